"""Withdrawals by name: whose permission cancels one, and how often one is looked up until it is paid."""

from __future__ import annotations

import pytest
from support.desk import Desk, payment

from simulator.core.account.withdrawals import CancelWithdrawal, GetWithdrawal, WithdrawalFound
from simulator.core.choices import Polls
from simulator.core.refusals import Reason
from simulator.core.world import WithdrawalStatus as S


@pytest.mark.parametrize(("switch", "word"), [("allow", "OK"), ("refuse", "PERMISSION_MISSING")])
def test_who_cancels(switch: str, word: str) -> None:
    """A key of the Fast API cancels its withdrawal if the switch says so; one by hand always does."""
    desk = Desk(settlement="manual", cancel_with_oauth_key=switch)
    key = desk.key("frank")
    for signer, outcome in ((key, word), (desk.own_key("frank"), "OK")):
        id = desk.pay(key, payment()).withdrawal.id  # noqa: A001 - KuCoin's name
        path = f"/api/v1/withdrawals/{id}"
        command = CancelWithdrawal(signer.sign(timestamp=desk.wall, method="DELETE", path=path), id)
        assert desk.perform(command).word == outcome
        assert desk.world.withdrawals[id].status is (S.FAILURE if outcome == "OK" else S.PROCESSING)


def test_a_key_without_either_permission() -> None:
    """Neither permission: the refusal asks for the ordinary one."""
    desk = Desk(settlement="manual", cancel_with_oauth_key="allow")
    id = desk.pay(desk.key("frank"), payment()).withdrawal.id  # noqa: A001 - KuCoin's name
    signed = desk.own_key("frank", withdrawal=False).sign(method="DELETE", path=f"/api/v1/withdrawals/{id}")
    refusal = desk.refusal(CancelWithdrawal(signed, id))
    assert (refusal.reason, refusal.expected) == (Reason.PERMISSION_MISSING, "Withdrawal")


def test_lookups_that_pay() -> None:
    """The first lookup finds it as it was, the next ones in the wallet's hands, and the one after the last paid."""
    desk = Desk(settlement=Polls(2))
    key = desk.key("frank")
    id = desk.pay(key, payment()).withdrawal.id  # noqa: A001 - KuCoin's name
    signed = key.sign(timestamp=desk.wall, method="GET", path=f"/api/v1/withdrawals/{id}")
    states = [desk.do(GetWithdrawal(signed, id), WithdrawalFound).row.withdrawal.status for _ in range(4)]
    assert states == [S.PROCESSING, S.WALLET_PROCESSING, S.SUCCESS, S.SUCCESS]
