"""A state machine of the OAuth side: whatever a broker does in whatever order, at most one pair of a consent lives."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, invariant, multiple, rule
from support.desk import IP, Desk, groups_body, refresh_body, token_query
from support.hypothesis_settings import STEADY

from simulator.command_log import replay
from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode, TokensIssued
from simulator.core.operations import perform
from simulator.core.refusals import Refusal
from simulator.core.spec import DAY, HOUR, MINUTE

JUMPS = st.sampled_from([0, 1, 1_000, 5 * MINUTE - 1, 5 * MINUTE, HOUR - 1, HOUR, DAY, 3 * DAY - 1, 3 * DAY])

Pair = tuple[str, TokensIssued]
"""A pair of tokens and the code that names its consent."""
Issued = Pair | MultipleResults[Pair]


class Model:
    """What a broker may expect of one consent: which pair is the live one, and when it was issued."""

    def __init__(self, granted_at: int) -> None:
        self.granted_at = granted_at
        self.live: TokensIssued | None = None
        self.issued_at = 0
        self.retired: list[TokensIssued] = []

    def replace_pair(self, pair: TokensIssued, now: int) -> None:
        if self.live:
            self.retired.append(self.live)
        self.live, self.issued_at = pair, now


class Tokens(RuleBasedStateMachine):
    """Log in, exchange, refresh, use, and let time pass; compare with the model after every step."""

    codes: Bundle[str] = Bundle("codes")
    pairs: Bundle[Pair] = Bundle("pairs")

    @initialize()
    def open(self) -> None:
        self.desk = Desk(api_key_limit=10_000)
        self.models: dict[str, Model] = {}

    @property
    def now(self) -> int:
        return self.desk.exchange.clock.now().business

    @rule(target=codes, user=st.sampled_from(["alice", "bob"]))
    def authorize(self, user: str) -> str:
        code = self.desk.authorize(user).code
        self.models[code] = Model(self.now)
        return code

    @rule(target=pairs, code=codes)
    def exchange(self, code: str) -> Issued:
        model = self.models[code]
        result = self.desk.perform(ExchangeCode(token_query(code), IP)).result
        if isinstance(result, Refusal):
            expected = "CODE_USED" if model.live else "CODE_EXPIRED"
            assert result.reason.name == expected
            assert model.live or self.now - model.granted_at >= 5 * MINUTE
            return multiple()
        assert isinstance(result, TokensIssued)
        assert model.live is None
        assert self.now - model.granted_at < 5 * MINUTE
        model.replace_pair(result, self.now)
        return (code, result)

    @rule(target=pairs, pair=pairs)
    def refresh(self, pair: Pair) -> Issued:
        code, tokens = pair
        model = self.models[code]
        result = self.desk.perform(RefreshTokens(refresh_body(tokens.refresh_token), IP)).result
        if isinstance(result, Refusal):
            expired = self.now - model.issued_at >= 3 * DAY
            assert result.reason.name == (
                "REFRESH_TOKEN_EXPIRED" if tokens == model.live and expired else "REFRESH_TOKEN_SUPERSEDED"
            )
            return multiple()
        assert isinstance(result, TokensIssued)
        assert tokens == model.live
        assert self.now - model.issued_at < 3 * DAY
        model.replace_pair(result, self.now)
        return (code, result)

    @rule(pair=pairs)
    def use(self, pair: Pair) -> None:
        code, tokens = pair
        model = self.models[code]
        word = self.try_access(tokens)
        command = AddApiKey(f"bearer {tokens.access_token}", groups_body("API_SPOT"), IP)
        assert self.desk.perform(command).word == word
        if tokens != model.live:
            assert word == "ACCESS_TOKEN_SUPERSEDED"
        else:
            assert word == ("OK" if self.now - model.issued_at < HOUR else "ACCESS_TOKEN_EXPIRED")

    @rule(jump=JUMPS)
    def wait(self, jump: int) -> None:
        self.desk.advance(jump)

    def try_access(self, tokens: TokensIssued) -> str:
        """What the access token would earn: performed beside the exchange, so that looking changes nothing."""
        command = AddApiKey(f"bearer {tokens.access_token}", groups_body("API_SPOT"), IP)
        try:
            perform(self.desk.world, command, self.desk.exchange.clock.now())
        except Refusal as refusal:
            return refusal.reason.name
        return "OK"

    @invariant()
    def at_most_one_pair_lives(self) -> None:
        """No retired token works, ever, and tokens of different consents differ."""
        for model in self.models.values():
            for tokens in model.retired[-3:]:
                assert self.try_access(tokens) == "ACCESS_TOKEN_SUPERSEDED"
        live = [model.live.access_token for model in self.models.values() if model.live]
        assert len(set(live)) == len(live)

    def teardown(self) -> None:
        """The log of it all, performed again, gives the same tokens and the same world."""
        if hasattr(self, "desk") and self.desk.exchange.log:
            assert replay(self.desk.exchange.log) == self.desk.world


TestTokens = Tokens.TestCase
TestTokens.settings = STEADY
