"""Canceling a withdrawal."""

from __future__ import annotations

import pytest
from support.desk import Desk, Key, payment, told

from simulator.core.account.withdrawals import CancelWithdrawal, WithdrawalCanceled
from simulator.core.choices import After
from simulator.core.funds.settlement import MoveWithdrawal
from simulator.core.passing import PassTime, TimePassed
from simulator.core.refusals import Reason
from simulator.core.spec import MINUTE


def cancel(desk: Desk, key: Key, name: str) -> CancelWithdrawal:
    path = f"/api/v1/withdrawals/{name}"
    return CancelWithdrawal(key.sign(method="DELETE", path=path, timestamp=desk.wall), name)


@pytest.mark.parametrize(
    ("steps", "word"),
    [
        ((), "OK"),
        (("review",), "WITHDRAWAL_NOT_CANCELABLE"),
        (("advance",), "WITHDRAWAL_NOT_CANCELABLE"),
        (("approve",), "WITHDRAWAL_NOT_CANCELABLE"),
        (("fail",), "WITHDRAWAL_NOT_CANCELABLE"),
    ],
)
def test_only_what_is_processing(steps: tuple[str, ...], word: str) -> None:
    """PROCESSING ends as FAILURE with all of the money back; every other state is refused and stays as it is."""
    desk = Desk(settlement="manual")
    paid = desk.pay(desk.key("frank"), payment()).withdrawal
    for step in steps:
        desk.perform(MoveWithdrawal(paid.id, step))
    before = desk.world.withdrawals[paid.id]
    key = desk.own_key("frank")
    desk.advance(5)
    outcome = desk.perform(cancel(desk, key, paid.id))
    assert outcome.word == word
    if word != "OK":
        assert desk.world.withdrawals[paid.id] == before
        return
    assert isinstance(outcome.result, WithdrawalCanceled)
    assert (outcome.result.withdrawal.status.value, outcome.result.withdrawal.updated_at) == (
        "FAILURE",
        before.created_at + 5,
    )
    assert told(desk.balance("frank"), desk.holds("frank"), len(desk.world.pots)) == (50_000, 0, 0)
    assert desk.reason(cancel(desk, key, paid.id)) is Reason.WITHDRAWAL_NOT_CANCELABLE


def test_permission() -> None:
    """It takes the ordinary permission; by switch the one of the Fast API will do, for who has it (H71)."""
    for switch, reason in (("refuse", "PERMISSION_MISSING"), ("allow", "OK")):
        desk = Desk(settlement="manual", cancel_with_oauth_key=switch)
        key = desk.key("frank")
        reads = desk.own_key("frank", withdrawal=False)
        paid = desk.pay(key, payment()).withdrawal
        assert desk.reason(cancel(desk, reads, paid.id)) is Reason.PERMISSION_MISSING
        assert desk.perform(cancel(desk, key, paid.id)).word == reason


def test_whose_it_is() -> None:
    """Nobody cancels somebody else's withdrawal, or one that never was."""
    desk = Desk(settlement="manual")
    paid = desk.pay(desk.key("frank"), payment()).withdrawal
    alice = desk.own_key("alice")
    assert desk.reason(cancel(desk, alice, paid.id)) is Reason.WITHDRAWAL_UNKNOWN
    assert desk.reason(cancel(desk, alice, "0" * 24)) is Reason.WITHDRAWAL_UNKNOWN


def test_a_canceled_one_is_not_settled_in_its_time() -> None:
    """What waits for its time and is canceled stays canceled."""
    desk = Desk(settlement=After(10 * MINUTE))
    paid = desk.pay(desk.key("frank"), payment()).withdrawal
    desk.advance(10 * MINUTE - 1)
    assert desk.perform(cancel(desk, desk.own_key("frank"), paid.id)).word == "OK"
    desk.advance(MINUTE)
    assert desk.do(PassTime(), TimePassed).settled == ()
    assert desk.balance("frank") == 50_000


def test_a_tick_too_late() -> None:
    """Once its time has come it has succeeded, though nobody has looked."""
    desk = Desk(settlement=After(10 * MINUTE))
    paid = desk.pay(desk.key("frank"), payment()).withdrawal
    desk.advance(10 * MINUTE)
    assert desk.reason(cancel(desk, desk.own_key("frank"), paid.id)) is Reason.WITHDRAWAL_NOT_CANCELABLE
    assert desk.world.withdrawals[paid.id].status.value == "SUCCESS"
