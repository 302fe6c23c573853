"""`expect:` held against what was counted, and the verdict that a person reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.deposits_and_transfers import move
from support.desk import IP, Desk, groups_body, payment, refresh_body
from support.spot_reads import tagged
from support.spot_world import SpotDesk

from simulator.core.control.administration import DeleteUser
from simulator.core.endpoint import Subject
from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Command
from simulator.core.world import FillStep, OrderPlan
from simulator.evidence.journal import Journal
from simulator.evidence.verification import VIOLATIONS, verify
from simulator.messages import Answer, Request
from simulator.outcomes import Outcome
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.expectations import FACTS, Expectation
from simulator.scenario.staging.faults import Fault

ASKED = Request("POST", "/somewhere", "", {}, IP, b"")


class Watched(Desk):
    """A desk whose calls are written down."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.exchange.stage(Staging(faults))
        self.journal = Journal(capacity=3)

    def perform(self, command: Command) -> Outcome:
        before = self.world
        outcome = super().perform(command)
        self.journal.add(ASKED, Answer(200, b""), outcome, before, self.world, 1)
        return outcome

    def count(self, **wanted: Any) -> int:
        return verify([Expectation(**wanted, exactly=-1)], self.journal, self.world).results[0].count

    def renew(self, token: str) -> Outcome:
        return self.perform(RefreshTokens(refresh_body(token), IP))


def test_calls_are_counted_by_operation_user_client_and_outcome() -> None:
    """Calls are counted whatever the ring has dropped; what is left open stands for any."""
    desk = Watched()
    pair = desk.pair()
    for token in (pair.refresh_token, pair.refresh_token, "none.of.ours", "nor.this.one"):
        desk.renew(token)
    desk.pair("bob")
    assert desk.count(operation="refresh_tokens") == 4
    assert desk.count(operation="refresh_tokens", user="alice") == 2
    assert desk.count(operation="refresh_tokens", outcome="OK") == 1
    assert desk.count(operation="refresh_tokens", outcome="REFRESH_TOKEN_UNKNOWN") == 2
    assert desk.count(operation="refresh_tokens", client="demo-broker") == 2
    assert desk.count(operation="exchange_code", user="bob", outcome="OK") == 1
    assert desk.count(outcome="OK") == 5
    assert len(desk.journal.newest(100)) == 3


def test_what_a_fault_did_is_counted_as_it_happened() -> None:
    """A lost answer counts as OK, a dropped call as NOT_PERFORMED, a staged refusal as its reason."""
    lost = Fault("refresh_tokens", times=1, at="after_commit", network="reset")
    dropped = Fault("refresh_tokens", times=1, network="empty")
    refused = Fault("refresh_tokens", refuse=Reason.REFRESH_TOKEN_SUPERSEDED)
    desk = Watched(lost, dropped, refused)
    pair = desk.pair()
    words = [desk.renew(pair.refresh_token).word for _ in range(2)]
    assert words == ["NOT_PERFORMED", "REFRESH_TOKEN_SUPERSEDED"]
    desk.exchange.staging.remove("f3")
    assert desk.renew(pair.refresh_token).word == "OK"
    assert [desk.count(operation="refresh_tokens", outcome=word) for word in ("OK", *words)] == [1, 1, 1]


def test_retired_tokens_used() -> None:
    """A call with a retired token is counted, access or refresh; a staged refusal that looks so is not."""
    desk = Watched(Fault("refresh_tokens", skip=2, times=1, refuse=Reason.REFRESH_TOKEN_SUPERSEDED))
    pair = desk.pair()
    desk.renew(pair.refresh_token)
    assert desk.count(fact="retired_tokens_used") == 0
    desk.perform(AddApiKey(f"bearer {pair.access_token}", groups_body("API_SPOT"), IP))
    desk.renew(pair.refresh_token)
    assert desk.count(fact="retired_tokens_used") == desk.count(fact="retired_tokens_used", user="alice") == 2
    assert desk.renew(pair.refresh_token).struck is not None
    assert desk.count(fact="retired_tokens_used") == 2
    assert desk.count(fact="retired_tokens_used", user="bob") == 0


def test_withdrawals_accepted() -> None:
    """Accepted withdrawals are counted in the world, by user and by the client whose key paid."""
    desk = Watched()
    desk.pay(desk.key(), payment())
    desk.perform(desk.withdrawal(desk.key(), payment()))
    assert desk.count(fact="withdrawals_accepted") == 1
    assert desk.count(fact="withdrawals_accepted", user="alice", client="demo-broker") == 1
    assert desk.count(fact="withdrawals_accepted", user="bob") == 0
    assert desk.count(fact="withdrawals_accepted", client="another") == 0
    desk.perform(DeleteUser("alice"))
    assert not desk.world.api_keys
    assert desk.count(fact="withdrawals_accepted", user="alice", client="demo-broker") == 1


def test_transfers_accepted() -> None:
    """Each transfer counts once, by user; a refused one does not, nor a clientOid that comes again."""
    desk = Watched()
    desk.world = desk.world.put(choices=replace(desk.world.choices, repeated_client_oid="same_answer"))
    key = desk.own_key()
    for changes in ({}, {}, {"amount": "999999999", "clientOid": "oid-2"}, {"amount": "1", "clientOid": "oid-3"}):
        desk.perform(move(key, **changes))
    assert desk.count(operation="make_transfer", outcome="OK") == 3
    assert desk.count(fact="transfers_accepted") == desk.count(fact="transfers_accepted", user="frank") == 2
    assert desk.count(fact="transfers_accepted", user="alice") == 0


def test_violations() -> None:
    """A request that no world excuses is a violation, and so is a noted departure; what befalls anybody is none."""
    desk = Watched()
    key = desk.key()
    assert desk.count(fact="violations") == 0
    desk.perform(desk.withdrawal(key, payment(amount="-1")))
    assert desk.count(fact="violations") == 1
    desk.perform(desk.withdrawal(key, payment(purpose="pizza")))
    assert desk.count(fact="violations", user="alice") == 2
    desk.perform(desk.withdrawal(key, payment(amount="999999999")))
    assert desk.count(fact="violations") == 2
    unknown = Outcome("", Subject(), desk.exchange.clock.now(), Refusal(Reason.UNKNOWN_PATH))
    desk.journal.add(ASKED, Answer(404, b""), unknown, desk.world, desk.world, 1)
    assert desk.count(fact="violations") == 3


def test_staged_violations_do_not_count() -> None:
    """What the scenario made of a call is not held against the broker."""
    desk = Watched(Fault("withdraw", refuse=Reason.SIGNATURE_INVALID))
    assert desk.perform(desk.withdrawal(desk.key(), payment())).word == "SIGNATURE_INVALID"
    assert desk.count(fact="violations") == 0


def test_violations_are_reasons() -> None:
    """Every violation is the name of a reason; what comes with time, money or a user's will is none."""
    assert {reason.name for reason in Reason} >= VIOLATIONS
    excused = ("ACCESS_TOKEN_EXPIRED", "BALANCE_INSUFFICIENT", "USER_FROZEN", "TIMESTAMP_INVALID", "IP_NOT_ALLOWED")
    assert not VIOLATIONS & {*excused, "GROUPS_EXCEED_CONSENT", "FACTOR_WRONG", "REPEATED_API_NAME"}


@pytest.mark.parametrize(
    ("wanted", "counts"),
    [
        (Expectation(outcome="OK", exactly=2), [2]),
        (Expectation(outcome="OK", at_least=2), [2, 3, 4]),
        (Expectation(outcome="OK", at_most=2), [0, 1, 2]),
        (Expectation(outcome="OK", at_least=1, at_most=3), [1, 2, 3]),
        (Expectation(outcome="OK", exactly=0), [0]),
    ],
)
def test_bounds(wanted: Expectation, counts: list[int]) -> None:
    """Each bound is held at its edge."""
    assert [count for count in range(5) if wanted.allows(count)] == counts


def test_verdict_says_what_was_seen() -> None:
    """The text has a line for each expectation; where the count is wrong it says what was counted instead."""
    desk = Watched()
    pair = desk.pair()
    desk.renew(pair.refresh_token)
    desk.renew(pair.refresh_token)
    wanted = [
        Expectation("refresh_tokens", user="alice", exactly=2),
        Expectation("refresh_tokens", outcome="OK", at_least=2),
        Expectation(fact="retired_tokens_used", exactly=0),
    ]
    both = ("refresh_tokens OK x1", "refresh_tokens REFRESH_TOKEN_SUPERSEDED x1")
    verdict = verify(wanted, desk.journal, desk.world)
    assert not verdict.ok
    assert verdict.text.splitlines() == [
        "ok    refresh_tokens, user alice: exactly 2, was 2",
        "FAIL  refresh_tokens, outcome OK: at least 2, was 1 (" + "; ".join(both) + ")",
        "FAIL  retired_tokens_used: exactly 0, was 1 (refresh_tokens REFRESH_TOKEN_SUPERSEDED x1)",
        "2 of 3 expectations failed",
    ]
    assert [each["ok"] for each in verdict.as_data()["results"]] == [True, False, False]


def renewals(**bound: Any) -> Expectation:
    return Expectation("refresh_tokens", user="alice", outcome="OK", **bound)


@pytest.mark.parametrize(
    ("any_of", "count"),
    [
        (((renewals(exactly=1),), (renewals(exactly=2),)), 1),
        (((renewals(exactly=2),), (renewals(exactly=3),)), 0),
        (((renewals(at_least=1),), (renewals(at_most=1),)), 2),
        (((renewals(exactly=1), renewals(exactly=2)),), 0),
        (((renewals(exactly=2),), (renewals(exactly=1), renewals(at_most=1))), 1),
    ],
)
def test_one_alternative_is_enough(any_of: tuple[tuple[Expectation, ...], ...], count: int) -> None:
    """Alternatives hold as soon as one does, and one holds if all of its expectations do."""
    desk = Watched()
    desk.renew(desk.pair().refresh_token)
    [result] = verify([Expectation(any_of=any_of)], desk.journal, desk.world).results
    assert (result.count, result.ok) == (count, count > 0)


def test_a_verdict_says_what_each_alternative_lacks() -> None:
    """Below the line of the alternatives each of their expectations has one, numbered by its alternative."""
    desk = Watched()
    desk.renew(desk.pair().refresh_token)
    looks = Expectation("list_accounts", at_least=1)
    wanted = Expectation(any_of=((renewals(exactly=1), looks), (Expectation(fact="violations", exactly=1),)))
    verdict = verify([wanted], desk.journal, desk.world)
    assert verdict.text.splitlines() == [
        "FAIL  any of 2 alternatives, was 0",
        "      1. ok    refresh_tokens, user alice, outcome OK: exactly 1, was 1",
        "      1. FAIL  list_accounts: at least 1, was 0",
        "      2. FAIL  violations: exactly 1, was 0",
        "1 of 1 expectations failed",
    ]
    assert str(wanted) == (
        "any of (refresh_tokens, user alice, outcome OK: exactly 1 and list_accounts: at least 1), "
        "(violations: exactly 1)"
    )
    [data] = verdict.as_data()["results"]
    assert (data["ok"], data["count"]) == (False, 0)
    assert [[part["ok"] for part in alternative] for alternative in data["any_of"]] == [[True, False], [False]]


def test_nothing_expected_holds() -> None:
    """Without expectations there is nothing to fail."""
    verdict = verify([], Journal(), Desk().world)
    assert (verdict.ok, verdict.text) == (True, "nothing is expected")


def test_starting_over_counts_anew() -> None:
    """When a scenario begins again, what was counted before is forgotten; what was written down stays."""
    desk = Watched()
    desk.pair()
    desk.journal.start_over()
    assert desk.count(outcome="OK") == 0
    assert desk.journal.newest(1)


def test_facts_of_orders() -> None:
    """Orders, those that were filled as a whole, and fills are counted by user and by client, whatever is answered."""
    trading = SpotDesk(OrderPlan(client_oid="half", steps=(FillStep(share=Decimal("0.5")), FillStep())))
    trading.placed()
    trading.placed(clientOid="half")
    tagged(trading, type="market", price=None)
    trading.perform(trading.order(size="0.000000001"))

    def counts(user: str = "", client: str = "") -> list[int]:
        facts = ("orders_accepted", "orders_filled", "fills")
        expected = [Expectation(fact=fact, exactly=0, user=user, client=client) for fact in facts]
        return [result.count for result in verify(expected, Journal(), trading.world).results]

    assert counts() == counts(user="alice") == [3, 2, 3]
    assert counts(client="demo-broker") == [1, 1, 1]
    assert counts(user="frank") == counts(client="another") == [0, 0, 0]


def test_every_fact_is_counted() -> None:
    """Each fact that the format knows is one that verification counts: a correct flow with one payout shows each."""
    desk = Watched()
    desk.pay(desk.key(), payment())
    assert {fact: desk.count(fact=fact) for fact in FACTS} == {
        "withdrawals_accepted": 1,
        "transfers_accepted": 0,
        "orders_accepted": 0,
        "orders_filled": 0,
        "fills": 0,
        "retired_tokens_used": 0,
        "violations": 0,
    }
