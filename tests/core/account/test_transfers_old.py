"""Transfers by version 2 of the call."""

from __future__ import annotations

import pytest
from support.deposits_and_transfers import move
from support.desk import Desk, told

from simulator.core.account.transfers import TransferMade
from simulator.core.account.transfers_old import MakeInnerTransfer
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason

SENT = {"clientOid": "a", "currency": "USDT", "amount": "100", "from": "main", "to": "trade"}


def inner(desk: Desk, **changes: str) -> MakeInnerTransfer:
    return MakeInnerTransfer(desk.own_key("alice").sign(path="/x"), Body({**SENT, **changes}))


def test_money_moves() -> None:
    """It goes as with a universal transfer; both share the clientOids, and the trading account has two names."""
    desk = Desk()
    assert len(desk.do(inner(desk), TransferMade).data().order_id) == 24
    desk.do(inner(desk, clientOid="b", to="contract", amount="5"), TransferMade)
    desk.do(inner(desk, clientOid="c", **{"from": "trade_hf"}, to="isolated", toTag="BTC-USDT"), TransferMade)
    wallet = desk.world.wallet("alice")
    places = ("trade", "contract", "isolated:BTC-USDT")
    assert told(*(wallet.account("USDT", place).balance for place in places)) == (0, 5, 100)
    assert desk.reason(move(desk.own_key("alice"), clientOid="a")) is Reason.CLIENT_OID_USED


@pytest.mark.parametrize(
    "changes",
    [{"to": "main"}, {"from": "contract"}, {"to": "isolated"}, {"to": "MAIN"}, {"from": "trade", "to": "trade_hf"}],
)
def test_what_cannot_be_asked(changes: dict[str, str]) -> None:
    """To the same account, out of the futures account, to a pair's account without its tag, in capitals."""
    desk = Desk()
    assert desk.reason(inner(desk, **changes)) is Reason.PARAMETER_INVALID
