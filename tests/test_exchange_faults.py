"""Faults in the exchange: which call is struck, what is performed, what is counted. No wire is needed to see it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.demo_world import CALLBACK
from support.desk import IP, Desk, by_account, payment, refresh_body, token_query

from simulator.command_log import replay
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode, TokensIssued
from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.refusals import Reason, Refusal
from simulator.outcomes import NotPerformed, Outcome
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Condition, Fault
from simulator.scenario.staging.logins import Decided, Login

LOST = Fault("refresh_tokens", times=1, at="after_commit", network="reset")
CLOSED = Fault("withdraw", refuse=Reason.WITHDRAWAL_DISABLED)


def desk_with(*faults: Fault) -> Desk:
    desk = Desk()
    desk.exchange.stage(Staging(faults))
    return desk


def hits(desk: Desk) -> list[tuple[int, int]]:
    return [(each.seen, each.hits) for each in desk.exchange.staging.armed]


def open_withdrawal(desk: Desk, user: str = "alice", **changes: object) -> Outcome:
    return desk.perform(desk.withdrawal(desk.key(user), payment(**changes)))


def test_before_nothing_happens() -> None:
    """A call that is refused, answered or dropped `before` changes nothing and is not in the log that replays."""
    for fault in (
        CLOSED,
        Fault("withdraw", network="reset"),
        Fault("withdraw", network="truncate"),
    ):
        desk = desk_with(fault)
        key = desk.key()
        before, logged = desk.world, len(desk.exchange.log)
        outcome = desk.perform(desk.withdrawal(key, payment()))
        assert outcome.struck is not None
        assert desk.world is before
        assert len(desk.exchange.log) == logged
        assert replay(desk.exchange.log) == desk.world
        assert outcome.word == ("WITHDRAWAL_DISABLED" if fault.refuse else "NOT_PERFORMED")


def test_spoiled_before_shows_a_dry_run() -> None:
    """An answer that is to be spoilt although nothing was performed is the one that a performance would have had."""
    desk = desk_with(Fault("withdraw", times=1, network="truncate"))
    key = desk.key()
    command = desk.withdrawal(key, payment())
    dropped = desk.perform(command)
    assert isinstance(dropped.result, NotPerformed)
    assert isinstance(dropped.answered.result, Challenged)
    assert desk.perform(command).result == dropped.shown


def test_after_commit_it_happened() -> None:
    """`after_commit`: the pair is renewed and the old one is dead, although the client never hears of it."""
    desk = desk_with(LOST)
    pair = desk.pair()
    outcome = desk.perform(refreshing(pair.refresh_token))
    assert (outcome.word, outcome.struck is not None) == ("OK", True)
    assert desk.reason(refreshing(pair.refresh_token)) is Reason.REFRESH_TOKEN_SUPERSEDED
    assert hits(desk) == [(1, 1)]


def refreshing(token: str) -> RefreshTokens:
    return RefreshTokens(refresh_body(token), IP)


def test_after_commit_waits_for_a_success() -> None:
    """A call that is refused by itself does not use up an `after_commit` fault; a `mid_body` one strikes it."""
    desk = desk_with(LOST)
    assert desk.perform(refreshing("none.of.ours")).struck is None
    assert hits(desk) == [(0, 0)]
    desk = desk_with(Fault("refresh_tokens", at="mid_body", network="reset"))
    assert desk.perform(refreshing("none.of.ours")).struck is not None
    assert hits(desk) == [(1, 1)]


def test_happened_and_reported_as_failure() -> None:
    """`refuse` with `after_commit`: the new pair lives, and the client is told that it does not."""
    desk = desk_with(
        Fault("refresh_tokens", at="after_commit", refuse=Reason.REFRESH_TOKEN_UNKNOWN),
    )
    pair = desk.pair()
    outcome = desk.perform(refreshing(pair.refresh_token))
    assert isinstance(outcome.result, TokensIssued)
    assert isinstance(outcome.answered.result, Refusal)
    assert outcome.answered.result.reason is Reason.REFRESH_TOKEN_UNKNOWN
    assert desk.reason(refreshing(pair.refresh_token)) is Reason.REFRESH_TOKEN_SUPERSEDED


def test_skip_and_times() -> None:
    """A fault lets `skip` calls pass, strikes `times` calls, and then everything is as without it."""
    desk = desk_with(Fault("withdraw", skip=1, times=2, refuse=Reason.WITHDRAWAL_DISABLED))
    words = [open_withdrawal(desk).word for _ in range(5)]
    assert words == ["OK", "WITHDRAWAL_DISABLED", "WITHDRAWAL_DISABLED", "OK", "OK"]
    assert hits(desk) == [(3, 2)]
    assert desk.exchange.staging.armed[0].spent


def test_first_match_wins() -> None:
    """Of two faults that apply the first in the file strikes; a spent one falls through to the next."""
    desk = desk_with(
        Fault("withdraw", times=1, refuse=Reason.CHAIN_INVALID), Fault("withdraw", refuse=Reason.WITHDRAWAL_DISABLED)
    )
    assert [open_withdrawal(desk).word for _ in range(2)] == ["CHAIN_INVALID", "WITHDRAWAL_DISABLED"]
    assert hits(desk) == [(1, 1), (1, 1)]


def test_one_fault_a_call() -> None:
    """A call that was delayed before is not struck again afterwards."""
    desk = desk_with(Fault("refresh_tokens", delay=5), LOST)
    outcome = desk.perform(refreshing(desk.pair().refresh_token))
    assert outcome.struck is not None
    assert (outcome.struck.id, outcome.word) == ("f1", "OK")
    assert hits(desk) == [(1, 1), (0, 0)]


def test_user_and_client() -> None:
    """A fault for one user or client strikes no other, and nobody whose call tells not who it is."""
    for fault in (Fault("withdraw", user="carol", network="hang"), Fault("withdraw", client="other", network="hang")):
        desk = desk_with(fault)
        assert open_withdrawal(desk).word == "OK"
        assert hits(desk) == [(0, 0)]
    desk = desk_with(Fault("withdraw", user="carol", client="demo-broker", network="hang"))
    assert open_withdrawal(desk, "carol").word == "NOT_PERFORMED"


@pytest.mark.parametrize(
    ("condition", "struck"),
    [
        (Condition("currency", equals="USDT"), True),
        (Condition("currency", equals="usdt"), False),
        (Condition("amount", at_least=Decimal(100)), True),
        (Condition("amount", at_least=Decimal("100.01")), False),
        (Condition("amount", at_most=Decimal(100)), True),
        (Condition("amount", at_most=Decimal("99.99")), False),
        (Condition("amount", at_least=Decimal(50), at_most=Decimal(150)), True),
        (Condition("address", at_least=Decimal(0)), False),
        (Condition("memo", equals=""), False),
        (Condition("isInner", equals="false"), True),
    ],
)
def test_match(condition: Condition, struck: bool) -> None:
    """A condition holds for the request's own field: exact text, a boolean's word, or an amount within bounds."""
    desk = desk_with(Fault("withdraw", match=(condition,), refuse=Reason.WITHDRAWAL_DISABLED))
    assert (open_withdrawal(desk, isInner=False).struck is not None) is struck


def test_match_of_all_conditions() -> None:
    """All conditions of a fault must hold."""
    both = (Condition("currency", equals="USDT"), Condition("amount", at_least=Decimal(500)))
    desk = desk_with(Fault("withdraw", match=both, refuse=Reason.WITHDRAWAL_DISABLED))
    assert open_withdrawal(desk).word == "OK"
    assert open_withdrawal(desk, amount="500").word == "WITHDRAWAL_DISABLED"


def test_match_in_a_query() -> None:
    """The fields of a query are matched decoded, and redirect_uri whole although it was sent raw."""
    conditions = (Condition("redirect_uri", equals=CALLBACK), Condition("grant_type", equals="authorization_code"))
    desk = desk_with(Fault("exchange_code", user="alice", match=conditions, refuse=Reason.CODE_EXPIRED))
    code = desk.authorize().code
    assert desk.reason(ExchangeCode(token_query(code), IP)) is Reason.CODE_EXPIRED


def test_staged_refusal_uses_up_no_window() -> None:
    """A withdrawal by UID that is refused on purpose does not count against 3 in 10 s: it never came to that."""
    desk = desk_with(Fault("withdraw", times=5, refuse=Reason.WITHDRAWAL_DISABLED))
    key = desk.key()
    command = desk.withdrawal(key, by_account("UID", "200000002"))
    words = [desk.perform(command).word for _ in range(9)]
    assert words == ["WITHDRAWAL_DISABLED"] * 5 + ["OK"] * 3 + ["WITHDRAWAL_RATE_LIMITED"]


def test_reset_arms_again() -> None:
    """A reset brings the scenario's faults back unspent, and takes away those that were added since."""
    desk = desk_with(Fault("withdraw", times=1, refuse=Reason.WITHDRAWAL_DISABLED))
    open_withdrawal(desk)
    added = desk.exchange.staging.add(CLOSED)
    assert added.id == "f2"
    desk.exchange.reset()
    assert hits(desk) == [(0, 0)]
    assert open_withdrawal(desk).word == "WITHDRAWAL_DISABLED"


def test_fork_has_counts_of_its_own() -> None:
    """A fork stands where the exchange does, faults and their counts included, and goes its own way."""
    desk = desk_with(Fault("withdraw", times=2, refuse=Reason.WITHDRAWAL_DISABLED))
    open_withdrawal(desk)
    fork = desk.exchange.fork()
    open_withdrawal(desk)
    assert [each.hits for each in fork.staging.armed] == [1]
    assert hits(desk) == [(2, 2)]


def test_ids_are_not_given_twice() -> None:
    """A fault that was taken away leaves its id behind."""
    staging = Staging([CLOSED])
    assert staging.remove("f1")
    assert not staging.remove("f1")
    assert staging.add(CLOSED).id == "f2"
    staging.replace([CLOSED])
    assert [each.id for each in staging.armed] == ["f3"]


def test_logins() -> None:
    """`auto` decides each time, `queue` each decision once and then leaves it to the page, `page` never."""
    alice, bob = Decided("alice"), Decided("bob")
    assert Staging().next_login() is None
    auto = Staging(login=Login("auto", (alice,)))
    assert [auto.next_login() for _ in range(2)] == [alice, alice]
    queue = Staging(login=Login("queue", (alice, bob)))
    copy = queue.copy()
    assert [queue.next_login() for _ in range(3)] == [alice, bob, None]
    assert copy.next_login() == alice
