"""The ordinary withdrawal, for keys made by hand."""

from __future__ import annotations

import json

import pytest
from support.desk import Desk, Key, payment, told

from simulator.core.account.withdrawals_v3 import WithdrawV3
from simulator.core.funds.ledger import movements
from simulator.core.funds.payouts import Withdrawn
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason


def pay(key: Key, **changes: object) -> WithdrawV3:
    """100 USDT by TRON to the outside."""
    fields = payment(**changes)
    fields = {"toAddress": fields.pop("address"), **fields}
    return WithdrawV3(key.sign(json.dumps(fields).encode(), path="/api/v3/withdrawals"), Body(fields))


def test_no_factors_and_no_service_fee() -> None:
    """One step, whatever factors the user has; the chain's fee is all that it costs (H70)."""
    desk = Desk()
    key = desk.own_key("alice")
    paid = desk.do(pay(key), Withdrawn).withdrawal
    assert told(paid.service_fee, paid.network_fee, paid.debit, paid.payout, paid.terms) == (0, 1, 101, 100, None)
    assert (paid.client_id, paid.api_key) == ("", key.api_key)
    assert desk.pot("service_fee") == 0
    debit = movements(desk.world, "alice")[0]
    assert [part.kind for part in debit.parts] == ["payout", "network_fee"]
    assert told(*debit.fees or ()) == (0, 1)


def test_permission() -> None:
    """A key that a consent made is refused, whatever it may do: no consent grants the ordinary permission."""
    desk = Desk()
    refusal = desk.refusal(pay(desk.key("alice")))
    assert (refusal.reason, refusal.expected) == (Reason.PERMISSION_MISSING, "Withdrawal")
    assert desk.reason(pay(desk.own_key("alice", withdrawal=False))) is Reason.PERMISSION_MISSING


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"toAddress": None}, None),
        ({"amount": "0.5"}, Reason.AMOUNT_BELOW_MINIMUM),
        ({"amount": "1.0000001"}, Reason.AMOUNT_INCREMENT_INVALID),
        ({"chain": "doge"}, Reason.CHAIN_INVALID),
        ({"withdrawType": None}, Reason.PARAMETER_INVALID),
        ({"withdrawType": "UID", "address": "7"}, Reason.RECIPIENT_UNKNOWN),
        ({"memo": "x"}, Reason.ADDRESS_INVALID),
    ],
)
def test_judged_as_any_other(changes: dict[str, object], reason: Reason | None) -> None:
    """Precision, minimum, chain, recipient and memo are those of the Fast API's withdrawal."""
    desk = Desk()
    command = pay(desk.own_key("frank"), **changes)
    assert desk.perform(command).word == (reason.name if reason else "OK")


def test_both_endpoints_share_the_windows() -> None:
    """Payments to persons count together, whichever endpoint they come by."""
    desk = Desk()
    own, key = desk.own_key("frank"), desk.key("frank")
    to_bob = {"withdrawType": "UID", "address": "200000002", "chain": None, "amount": "5"}
    assert [desk.perform(pay(own, **to_bob)).word for _ in range(2)] == ["OK", "OK"]
    assert desk.perform(desk.withdrawal(key, payment(**to_bob))).word == "OK"
    assert desk.reason(pay(own, **to_bob)) is Reason.WITHDRAWAL_RATE_LIMITED


def test_the_old_name_of_the_address_is_not_read() -> None:
    """`address` is the Fast API's name; here it is missing, and noted as read by nobody."""
    desk = Desk()
    fields = payment()
    key = desk.own_key("frank")
    refusal = desk.refusal(WithdrawV3(key.sign(json.dumps(fields).encode()), Body(fields)))
    assert refusal.text == "Parameter Error: toAddress is compulsory"
    assert refusal.notes == ("fields that nothing read: address",)
