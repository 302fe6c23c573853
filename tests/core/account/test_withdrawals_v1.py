"""The ordinary withdrawal by version 1."""

from __future__ import annotations

from support.desk import Desk, payment

from simulator.core.account.withdrawals_v1 import WithdrawV1
from simulator.core.funds.payouts import Withdrawn
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spec import WithdrawType


def test_a_withdrawal_of_version_1() -> None:
    """It pays to the `address`, without a service fee; what says to whom is not read, and counts in no window."""
    desk = Desk()
    key = desk.own_key("alice")
    body = {**payment(), "withdrawType": "UID"}
    made = desk.do(WithdrawV1(key.sign(path="/api/v1/withdrawals"), Body(body)), Withdrawn)
    assert made.withdrawal.payment.withdraw_type is WithdrawType.ADDRESS
    assert made.withdrawal.payment.address == payment()["address"]
    assert made.withdrawal.service_fee == 0
    assert [note for note in made.notes if "withdrawType" in note]
    assert not desk.world.windows.get(("alice", "withdrawals 24 h"))
    by_consent = WithdrawV1(desk.key("alice").sign(path="/api/v1/withdrawals"), Body(payment()))
    assert desk.reason(by_consent) is Reason.PERMISSION_MISSING
