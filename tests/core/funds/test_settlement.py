"""H52: money is held at acceptance, booked on success, given back on failure."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.desk import START, Desk, by_account, payment

from simulator.core.account.withdrawals import GetWithdrawal, WithdrawalFound
from simulator.core.choices import After, Polls
from simulator.core.funds.payouts import Withdrawn
from simulator.core.funds.settlement import STEPS, MoveWithdrawal, WithdrawalMoved
from simulator.core.passing import PassTime, TimePassed
from simulator.core.refusals import Reason
from simulator.core.spec import MINUTE
from simulator.core.world import Withdrawal, WithdrawalStatus

LATER = After(10 * MINUTE)


def opened(desk: Desk, **changes: object) -> Withdrawal:
    return desk.do(desk.withdrawal(desk.key("frank"), payment(**changes)), Withdrawn).withdrawal


def hand(id: str, success: bool) -> MoveWithdrawal:
    return MoveWithdrawal(id, "approve" if success else "fail")


def look(desk: Desk, id: str, user: str = "frank") -> GetWithdrawal:
    """A lookup by the user's key, the first if there are several."""
    key = desk.key(user)
    path = f"/api/v1/withdrawals/{id}"
    return GetWithdrawal(key.sign(timestamp=desk.wall, method="GET", path=path), id)


def money(desk: Desk) -> tuple[int, ...]:
    """Frank's balance and holds, and the three pots: whole numbers in these tests."""
    pots = (desk.pot("outside"), desk.pot("service_fee"), desk.pot("network_fee"))
    amounts = (desk.balance("frank"), desk.holds("frank"), *pots)
    assert all(amount == int(amount) for amount in amounts)
    return tuple(int(amount) for amount in amounts)


@pytest.mark.parametrize("settlement", ["manual", LATER])
def test_acceptance_holds_the_money(settlement: object) -> None:
    """At acceptance amount and fees are held and nothing is booked; what is held cannot be spent."""
    desk = Desk(settlement=settlement)
    withdrawal = opened(desk, amount="30000")
    assert withdrawal.status is WithdrawalStatus.PROCESSING
    assert money(desk) == (50_000, 30_031, 0, 0, 0)
    again = desk.withdrawal(desk.key("frank"), payment(amount="19970"))
    assert desk.reason(again) is Reason.BALANCE_INSUFFICIENT


def test_immediate() -> None:
    """By default a withdrawal is booked at once: the payout outside, each fee in its pot."""
    desk = Desk()
    assert opened(desk).status is WithdrawalStatus.SUCCESS
    assert money(desk) == (49_889, 0, 100, 10, 1)


def test_after_a_time() -> None:
    """With `after: 10m` it is booked at ten minutes and not a tick sooner, dated at that very tick."""
    desk = Desk(settlement=LATER)
    withdrawal = opened(desk)
    desk.advance(10 * MINUTE - 1)
    assert desk.do(PassTime(), TimePassed).settled == ()
    assert money(desk) == (50_000, 111, 0, 0, 0)
    desk.advance(1_000_000)
    (settled,) = desk.do(PassTime(), TimePassed).settled
    assert (settled.id, settled.status) == (withdrawal.id, WithdrawalStatus.SUCCESS)
    assert settled.updated_at == START + 10 * MINUTE
    assert money(desk) == (49_889, 0, 100, 10, 1)
    assert desk.do(PassTime(), TimePassed).settled == ()


def test_due_settlements_come_before_any_call() -> None:
    """Whatever is called, even if refused, finds what was due by then settled, oldest first."""
    desk = Desk(settlement=LATER)
    ids = [opened(desk).id for _ in range(2)]
    desk.advance(MINUTE)
    ids.append(opened(desk).id)
    desk.advance(9 * MINUTE)
    key = desk.key("bob")
    assert money(desk)[1] == 111
    desk.advance(MINUTE)
    assert desk.reason(desk.withdrawal(key, payment())) is Reason.MORE_FACTORS_NEEDED
    assert money(desk) == (50_000 - 333, 0, 300, 30, 3)
    assert [desk.world.withdrawals[each].updated_at for each in ids] == [
        START + 10 * MINUTE,
        START + 10 * MINUTE,
        START + 11 * MINUTE,
    ]
    assert len(desk.world.unsettled) == 0


@pytest.mark.parametrize("settlement", ["manual", LATER])
@pytest.mark.parametrize("success", [True, False])
def test_by_hand(settlement: object, success: bool) -> None:
    """By hand a withdrawal ends once: booked, or all of it given back; time does not touch it again."""
    desk = Desk(settlement=settlement)
    withdrawal = opened(desk)
    desk.advance(MINUTE)
    settled = desk.do(hand(withdrawal.id, success), WithdrawalMoved).withdrawal
    assert settled is not None
    assert settled.status is (WithdrawalStatus.SUCCESS if success else WithdrawalStatus.FAILURE)
    assert settled.updated_at == START + MINUTE
    after = (49_889, 0, 100, 10, 1) if success else (50_000, 0, 0, 0, 0)
    assert money(desk) == after
    assert desk.do(hand(withdrawal.id, not success), WithdrawalMoved).withdrawal is None
    desk.advance(20 * MINUTE)
    desk.do(PassTime(), TimePassed)
    assert money(desk) == after


def test_manual_never_settles_by_itself() -> None:
    """With `manual` no time settles anything; an unknown id settles nothing."""
    desk = Desk(settlement="manual")
    opened(desk)
    desk.advance(1_000 * MINUTE)
    assert desk.do(PassTime(), TimePassed).settled == ()
    assert desk.do(hand("0" * 24, True), WithdrawalMoved).withdrawal is None
    assert money(desk) == (50_000, 111, 0, 0, 0)


@pytest.mark.parametrize("success", [True, False])
def test_recipient_is_credited_on_success_only(success: bool) -> None:
    """A user who is paid gets the money when it is booked, and nothing on failure (H47)."""
    desk = Desk(settlement="manual")
    command = desk.withdrawal(desk.key("frank"), by_account("UID", "200000002"))
    withdrawal = desk.do(command, Withdrawn).withdrawal
    assert desk.balance("bob") == 1_000
    desk.do(hand(withdrawal.id, success), WithdrawalMoved)
    assert desk.balance("bob") == (1_100 if success else 1_000)


def test_statuses() -> None:
    """The states are KuCoin's five; two of them are final."""
    assert [each.name for each in WithdrawalStatus] == [
        *("PROCESSING", "REVIEW", "WALLET_PROCESSING", "SUCCESS", "FAILURE")
    ]
    assert [each.name for each in WithdrawalStatus if each.final] == ["SUCCESS", "FAILURE"]


def test_settlement_switched_while_running() -> None:
    """Withdrawals that waited for a time wait for a hand once the switch says `manual`, and for time again after it."""
    desk = Desk(settlement=LATER)
    opened(desk)
    choices = desk.world.choices
    desk.world = desk.world.put(choices=replace(choices, settlement="manual"))
    desk.advance(20 * MINUTE)
    assert desk.do(PassTime(), TimePassed).settled == ()
    desk.world = desk.world.put(choices=choices)
    assert len(desk.do(PassTime(), TimePassed).settled) == 1


def test_a_wrong_code_and_a_due_settlement_both_count() -> None:
    """A refused call keeps what time has settled by then and the attempt that it has used up."""
    desk = Desk(settlement=LATER)
    withdrawal = opened(desk)
    desk.advance(5 * MINUTE)
    key = desk.key("carol")
    challenge = desk.challenge(key)
    desk.advance(5 * MINUTE)
    assert desk.reason(desk.answer(key, payment(), challenge, SMS="wrong")) is Reason.FACTOR_WRONG
    assert desk.world.withdrawals[withdrawal.id].status is WithdrawalStatus.SUCCESS
    assert desk.world.transactions[challenge.transaction_id].wrong_answers == 1


def test_states_in_order() -> None:
    """By hand: PROCESSING, REVIEW, WALLET_PROCESSING, SUCCESS; review only at first; nothing leads on from an end."""
    desk = Desk(settlement="manual")
    withdrawal = opened(desk)
    states = []
    for step in ("review", "review", "advance", "review", "advance", "advance", "approve", "fail"):
        moved = desk.do(MoveWithdrawal(withdrawal.id, step), WithdrawalMoved).withdrawal
        states.append(moved.status.value if moved else None)
    assert states == ["REVIEW", None, "WALLET_PROCESSING", None, "SUCCESS", None, None, None]
    assert money(desk) == (49_889, 0, 100, 10, 1)


def test_every_state_but_an_end_can_end() -> None:
    """From each state that is no end a withdrawal can be paid and can fail, with all of the money given back."""
    under_way = {status for status in WithdrawalStatus if not status.final}
    assert STEPS["approve"].keys() == STEPS["fail"].keys() == STEPS["advance"].keys() == under_way
    for steps in (["review"], ["advance"], ["review", "advance"]):
        desk = Desk(settlement="manual")
        withdrawal = opened(desk)
        for step in (*steps, "fail"):
            desk.do(MoveWithdrawal(withdrawal.id, step), WithdrawalMoved)
        assert money(desk) == (50_000, 0, 0, 0, 0)


def test_review_holds_time_up() -> None:
    """What is under review is not paid when its time comes: it waits for a hand, and others do not wait for it."""
    desk = Desk(settlement=LATER)
    first, second = opened(desk), opened(desk)
    desk.do(MoveWithdrawal(first.id, "review"), WithdrawalMoved)
    desk.advance(10 * MINUTE)
    assert [each.id for each in desk.do(PassTime(), TimePassed).settled] == [second.id]
    desk.advance(10 * MINUTE)
    assert desk.do(PassTime(), TimePassed).settled == ()
    moved = desk.do(MoveWithdrawal(first.id, "approve"), WithdrawalMoved).withdrawal
    assert moved is not None
    assert moved.updated_at == START + 20 * MINUTE


@pytest.mark.parametrize("times", [0, 1, 3])
def test_after_lookups(times: int) -> None:
    """With `polls: n` n lookups find it under way, in the wallet's hands from the second on, and the next one paid."""
    desk = Desk(settlement=Polls(times))
    withdrawal = opened(desk)
    seen = [desk.do(look(desk, withdrawal.id), WithdrawalFound).row.withdrawal.status.value for _ in range(times + 2)]
    under_way = ["PROCESSING", *["WALLET_PROCESSING"] * (times - 1)] if times else []
    assert seen == [*under_way, "SUCCESS", "SUCCESS"]
    assert money(desk) == (49_889, 0, 100, 10, 1)


def test_a_lookup_lists_only_its_own_changes() -> None:
    """A lookup that changes the withdrawal lists that one row, however many calls changed rows before it."""
    desk = Desk(settlement=Polls(5))
    withdrawal = opened(desk)
    for _ in range(3):
        desk.do(look(desk, withdrawal.id), WithdrawalFound)
        assert list(desk.world.touched or ()) == [("withdrawals", withdrawal.id)]


def test_lookups_do_not_end_a_review() -> None:
    """However often a withdrawal under review is looked up, it stays there."""
    desk = Desk(settlement=Polls(1))
    withdrawal = opened(desk)
    desk.do(MoveWithdrawal(withdrawal.id, "review"), WithdrawalMoved)
    seen = {desk.do(look(desk, withdrawal.id), WithdrawalFound).row.withdrawal.status for _ in range(4)}
    assert seen == {WithdrawalStatus.REVIEW}


def test_lookup() -> None:
    """A user's own withdrawals are found by their id, with the chain they went by; nobody else's, and no other id."""
    desk = Desk()
    withdrawal = opened(desk)
    found = desk.do(look(desk, withdrawal.id), WithdrawalFound)
    assert (found.row.withdrawal.id, found.uid) == (withdrawal.id, desk.world.users["frank"].uid)
    assert found.chain is not None
    assert (found.chain.chain_id, found.currency_name) == ("trx", "USDT")
    assert desk.reason(look(desk, withdrawal.id, "alice")) is Reason.WITHDRAWAL_UNKNOWN
    assert desk.reason(look(desk, "0" * 24)) is Reason.WITHDRAWAL_UNKNOWN


def test_lookup_of_an_inner_payment() -> None:
    """A payment that stayed inside went by no chain."""
    desk = Desk()
    paid = desk.do(desk.withdrawal(desk.key("frank"), by_account("UID", "200000002")), Withdrawn).withdrawal
    found = desk.do(look(desk, paid.id), WithdrawalFound)
    assert (found.chain, found.row.chain, found.row.withdrawal.chain) == (None, "", "")


@pytest.mark.parametrize("step", [step for step in STEPS if WithdrawalStatus.PROCESSING in STEPS[step]])
def test_a_step_is_dated(step: str) -> None:
    """A withdrawal that goes into another state has the instant of that as its last change."""
    desk = Desk(settlement="manual")
    withdrawal = opened(desk)
    desk.advance(7)
    moved = desk.do(MoveWithdrawal(withdrawal.id, step), WithdrawalMoved).withdrawal
    assert moved == desk.world.withdrawals[withdrawal.id]
    assert moved is not None
    assert (moved.created_at, moved.updated_at) == (START, START + 7)
