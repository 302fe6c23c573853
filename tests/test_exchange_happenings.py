"""`first` and `then` of a fault: an event of the world just before a call, or just after it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.deposits_and_transfers import arrive, slow
from support.desk import IP, START, Desk, Key, groups_body, payment, refresh_body, token_query

from simulator.command_log import replay
from simulator.core.account.withdrawals import CancelWithdrawal
from simulator.core.choices import After
from simulator.core.control.happenings import KINDS
from simulator.core.control.world_event import EXPIRING, WorldEvent
from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import LIFETIMES, ExchangeCode
from simulator.core.funds.payouts import Withdrawn
from simulator.core.spec import AuthGroup
from simulator.core.world import DepositStatus, WithdrawalStatus
from simulator.evidence.races import invariants
from simulator.outcomes import Outcome
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault

MANUAL: dict[str, Any] = {"settlement": "manual", "cancel_with_oauth_key": "allow"}


def stage(desk: Desk, *faults: Fault) -> None:
    desk.exchange.stage(Staging(faults))


def paid(desk: Desk, key: Key, amount: str = "100") -> str:
    """The id of a new withdrawal."""
    result = desk.perform(desk.withdrawal(key, payment(amount=amount))).result
    assert isinstance(result, Withdrawn)
    return result.withdrawal.id


def cancel(key: Key, id: str) -> CancelWithdrawal:
    return CancelWithdrawal(key.sign(method="DELETE", path=f"/api/v1/withdrawals/{id}"), id)


def happened(outcome: Outcome) -> tuple[str, ...]:
    assert outcome.struck is not None
    return outcome.struck.happened


@pytest.mark.parametrize(("event", "status"), [("settle", "SUCCESS"), ("fail", "FAILURE")])
def test_the_cancel_that_comes_too_late(event: str, status: str) -> None:
    """The withdrawal that the cancel names ends just before it, also if it is not the newest one of the user."""
    desk = Desk(**MANUAL)
    key = desk.key("frank")
    older, newer = paid(desk, key), paid(desk, key, "7")
    stage(desk, Fault("cancel_withdrawal", times=1, first=WorldEvent(event)))
    outcome = desk.perform(cancel(key, older))
    assert outcome.word == "WITHDRAWAL_NOT_CANCELABLE"
    assert happened(outcome) == (f"{event}: withdrawal {older} of frank: {status}",)
    assert desk.world.withdrawals[newer].status is WithdrawalStatus.PROCESSING
    assert desk.perform(cancel(key, newer)).word == "OK"
    operations = [(type(logged.command).__name__, logged.outcome.operation) for logged in desk.exchange.log]
    assert ("Happen", "happen") in operations
    assert replay(desk.exchange.log) == desk.world


def test_after_a_call() -> None:
    """`then`: the payment is accepted, and fails before the answer arrives; what it changed counts as touched."""
    desk = Desk(**MANUAL)
    key = desk.key("frank")
    before = desk.world
    stage(desk, Fault("withdraw", at="after_commit", then=WorldEvent("fail")))
    outcome = desk.perform(desk.withdrawal(key, payment()))
    assert outcome.word == "OK"
    [withdrawal] = desk.world.withdrawals.values()
    assert (withdrawal.status, desk.world.wallet("frank")) == (WithdrawalStatus.FAILURE, before.wallet("frank"))
    touched = frozenset(desk.world.touched or ())
    assert ("withdrawals", withdrawal.id) in touched
    assert [*invariants.broken(before, desk.world, touched, [])] == []
    assert replay(desk.exchange.log) == desk.world


@pytest.mark.parametrize("event", sorted(KINDS))
def test_what_an_event_changes_counts_as_changed_by_the_call(event: str) -> None:
    """An event just before a call: the rows that it changed are listed with those of the call, and no older ones."""
    desk = Desk(**MANUAL)
    key = desk.key("frank")
    older = paid(desk, key, "5")
    stage(desk, Fault("withdraw", first=WorldEvent(event)))
    before = desk.world
    desk.perform(desk.withdrawal(key, payment()))
    tables = ("users", "wallets", "withdrawals", "consents", "api_keys", "codes")
    changed = {
        (table, row)
        for table in tables
        for row in {*getattr(before, table), *getattr(desk.world, table)}
        if getattr(before, table).get(row) != getattr(desk.world, table).get(row)
    }
    touched = {*(desk.world.touched or ())}
    assert {change for change in touched if change[0] in tables} >= changed
    assert (("withdrawals", older) in touched) is (event in ("settle", "fail", "review"))
    assert replay(desk.exchange.log) == desk.world


def test_what_time_changes_around_a_call_counts_as_changed_by_the_call() -> None:
    """A fault lets time pass before a call, or after it, and a withdrawal settles: both withdrawals are listed."""
    for at in ("before", "after_commit"):
        desk = Desk(settlement=After(1_000))
        key = desk.key("frank")
        older = paid(desk, key, "5")
        stage(desk, Fault("withdraw", at=at, advance=1_000))
        newer = paid(desk, key)
        touched = {row for table, row in desk.world.touched or () if table == "withdrawals"}
        assert touched == {older, newer}
        assert replay(desk.exchange.log) == desk.world


def test_after_a_call_that_is_refused() -> None:
    """With `at: before` the event follows whatever came of the call; with `after_commit` only a success."""
    for at, frozen in (("before", True), ("after_commit", False)):
        desk = Desk()
        key = desk.key("frank")
        stage(desk, Fault("withdraw", at=at, then=WorldEvent("freeze")))  # type: ignore[arg-type]  # a word of `Moment`
        assert desk.perform(desk.withdrawal(key, payment(amount="0"))).word != "OK"
        assert desk.world.users["frank"].frozen is frozen


def test_freeze_and_unfreeze() -> None:
    """The user is frozen when the call is judged, or no longer; a second freeze finds nothing to do."""
    desk = Desk()
    key = desk.key("frank")
    stage(desk, Fault("withdraw", first=WorldEvent("freeze"), times=2), Fault("withdraw", first=WorldEvent("unfreeze")))
    outcomes = [desk.perform(desk.withdrawal(key, payment())) for _ in range(3)]
    assert [outcome.word for outcome in outcomes] == ["USER_FROZEN", "USER_FROZEN", "OK"]
    assert happened(outcomes[1]) == ("freeze: there was nothing that it could happen to",)


def test_revoke() -> None:
    """The consent ends just before its token is used."""
    desk = Desk()
    pair = desk.pair()
    stage(desk, Fault("refresh_tokens", times=1, first=WorldEvent("revoke")))
    assert desk.perform(RefreshTokens(refresh_body(pair.refresh_token), IP)).word == "REFRESH_TOKEN_SUPERSEDED"
    assert all(consent.revoked for consent in desk.world.consents.values())


def test_narrow() -> None:
    """The user takes permissions back: the key that is in use can do less, and a new one may ask for less."""
    desk = Desk()
    key = desk.key("frank")
    event = WorldEvent("narrow", groups=(AuthGroup.API_COMMON,))
    stage(desk, Fault("withdraw", times=1, first=event))
    assert desk.perform(desk.withdrawal(key, payment())).word == "PERMISSION_MISSING"
    assert desk.world.api_keys[key.api_key].groups == (AuthGroup.API_COMMON,)
    pair = desk.pair()
    stage(desk, Fault("add_api_key", first=event))
    asks = AddApiKey(f"bearer {pair.access_token}", groups_body("API_COMMON", "API_SPOT"), IP)
    assert desk.perform(asks).word == "GROUPS_EXCEED_CONSENT"


def test_credit_of_a_deposit_that_waits() -> None:
    """The oldest deposit that waits is credited before the call, and the others still come in their time."""
    desk = Desk()
    slow(desk)
    for _ in range(2):
        desk.perform(arrive(seen=0))
    key = desk.key("alice")
    stage(desk, Fault("withdraw", times=1, first=WorldEvent("credit")))
    desk.perform(desk.withdrawal(key, payment()))
    statuses = [deposit.status for deposit in sorted(desk.world.deposits.values(), key=lambda it: it.id)]
    assert statuses == [DepositStatus.SUCCESS, DepositStatus.PROCESSING]
    assert sum(len(line) for line in desk.world.arriving.values()) == 1
    assert replay(desk.exchange.log) == desk.world


def test_credit_of_an_amount() -> None:
    """A deposit of so much arrives at the address of the user, who can spend it at once."""
    desk = Desk()
    key = desk.key("alice")
    before = desk.world.wallet("alice").account("USDT").balance
    stage(desk, Fault("withdraw", times=1, first=WorldEvent("credit", currency="USDT", amount=Decimal(5))))
    outcome = desk.perform(desk.withdrawal(key, payment()))
    assert happened(outcome)[0].endswith("of alice: SUCCESS")
    assert desk.world.wallet("alice").account("USDT").balance == before + 5


@pytest.mark.parametrize("what", EXPIRING)
def test_expire(what: str) -> None:
    """The clock jumps to where the token or the code has just expired, and the time is taken back by a rewind."""
    desk = Desk()
    code = desk.authorize().code if what == "code" else ""
    pair = None if code else desk.pair()
    started = desk.exchange.clock.now().business
    stage(desk, *desk_faults(what))
    command: Any = ExchangeCode(token_query(code), IP)
    if pair:
        command = RefreshTokens(refresh_body(pair.refresh_token), IP)
        if what == "access_token":
            command = AddApiKey(f"bearer {pair.access_token}", groups_body("API_COMMON"), IP)
    outcome = desk.perform(command)
    word = {"code": "CODE_EXPIRED", "access_token": "ACCESS_TOKEN_EXPIRED", "refresh_token": "REFRESH_TOKEN_EXPIRED"}
    assert outcome.word == word[what]
    assert outcome.struck
    lifetimes = {"access_token": LIFETIMES["access"], "refresh_token": LIFETIMES["refresh"]}
    lifetime = lifetimes.get(what, desk.world.choices.authorization_code_lifetime)
    assert outcome.struck.passed == desk.exchange.clock.now().business - started == lifetime


def desk_faults(what: str) -> list[Fault]:
    """A fault for each call that can meet an expiry."""
    event = WorldEvent("expire", user="alice", what=what)
    return [Fault(name, first=event) for name in ("exchange_code", "refresh_tokens", "add_api_key")]


def test_an_event_of_somebody_else() -> None:
    """`user` says whose event it is; the client of the call is then not meant."""
    desk = Desk()
    key = desk.key("frank")
    desk.pair()
    stage(desk, Fault("withdraw", first=WorldEvent("revoke", user="alice")))
    assert desk.perform(desk.withdrawal(key, payment())).word == "OK"
    revoked = {consent.user for consent in desk.world.consents.values() if consent.revoked}
    assert revoked == {"alice"}


@pytest.mark.parametrize("event", KINDS)
def test_an_event_without_a_subject_changes_nothing(event: str) -> None:
    """A call whose user nobody knows: no event happens, the entry says so, and the call goes on."""
    desk = Desk()
    before = desk.world
    stage(desk, Fault("exchange_code", first=WorldEvent(event), then=WorldEvent(event)))
    outcome = desk.perform(ExchangeCode(token_query("none"), IP))
    assert outcome.word == "CODE_UNKNOWN"
    assert happened(outcome) == (f"{event}: there was nothing that it could happen to",) * 2
    assert (desk.world.users, desk.exchange.clock.now().business) == (before.users, START)


def test_the_time_of_an_expiry_is_taken_back() -> None:
    """A checkpoint before the call stands at the instant before the jump, one after it at the instant after it."""
    desk = Desk()
    pair = desk.pair()
    assert pair
    stage(desk, Fault("refresh_tokens", advance=1000, then=WorldEvent("expire")))
    outcome = desk.perform(RefreshTokens(refresh_body(pair.refresh_token), IP))
    assert outcome.struck
    assert (outcome.struck.passed, outcome.struck.passed_after) == (1000, LIFETIMES["access"])
    assert desk.exchange.clock.now().business == START + 1000 + LIFETIMES["access"]


def test_what_happens_without_a_call_of_the_client() -> None:
    """Another process refreshes the pair, the user deletes the key or sets a factor up, and KuCoin begins a review."""
    desk = Desk(**MANUAL)
    pair = desk.pair()
    stage(desk, Fault("refresh_tokens", times=1, first=WorldEvent("refresh")))
    assert desk.perform(RefreshTokens(refresh_body(pair.refresh_token), IP)).word == "REFRESH_TOKEN_SUPERSEDED"
    key, bobs = desk.key("frank"), desk.key("bob")
    stage(
        desk,
        Fault("withdraw", user="bob", first=WorldEvent("bind")),
        Fault("withdraw", user="frank", times=1, at="after_commit", then=WorldEvent("review")),
        Fault("withdraw", user="frank", skip=1, first=WorldEvent("delete_key")),
    )
    paid(desk, key)
    assert [row.status for row in desk.world.withdrawals.values()] == [WithdrawalStatus.REVIEW]
    assert desk.perform(desk.withdrawal(key, payment())).word == "API_KEY_UNKNOWN"
    assert not desk.world.users["bob"].factor_sets
    assert desk.perform(desk.withdrawal(bobs, payment())).word == "OK"
    assert len(desk.world.users["bob"].factor_sets) == 1
    assert replay(desk.exchange.log) == desk.world


def test_an_expiry_beside_time_that_passes() -> None:
    """The time until a token expires is that which is left after the other time that the fault lets pass."""
    desk = Desk()
    pair = desk.pair()
    started = desk.exchange.clock.now().business
    first = WorldEvent("expire", user="alice", what="access_token")
    stage(desk, Fault("add_api_key", first=first, advance=1_000))
    outcome = desk.perform(AddApiKey(f"bearer {pair.access_token}", groups_body("API_COMMON"), IP))
    assert outcome.word == "ACCESS_TOKEN_EXPIRED"
    assert outcome.struck
    assert outcome.struck.passed == desk.exchange.clock.now().business - started == LIFETIMES["access"]
