"""What the feed tells of stop orders."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace
from support.desk import START
from support.spot_world import SpotDesk
from support.transitions import of, watched

from simulator.core.control.administration import DeleteUser
from simulator.core.operations import UNTOUCHED
from simulator.core.stream.stop_orders import TOPIC
from simulator.core.trading import stop_orders
from simulator.core.world import Draft, OrderTerms, OrderType, Side, StopOrder

STOP = StopOrder(
    id="vs0000000000000000000001",
    number=1,
    user="alice",
    api_key="",
    client_id="",
    client_oid="s-1",
    tagged=False,
    terms=OrderTerms(
        symbol="BTC-USDT", side=Side.SELL, type=OrderType.LIMIT, price=Decimal(58_000), size=Decimal("0.01")
    ),
    stop="loss",
    stop_price=Decimal(59_000),
    created_at=START,
)


def _waiting() -> SpotDesk:
    """A desk at which the stop order waits."""
    desk = SpotDesk()
    desk.world = replace(desk.world, touched=UNTOUCHED)
    draft = Draft(desk.world)
    stop_orders.wait(draft, STOP)
    desk.world = draft.done()
    return desk


def test_a_stop_order_is_told() -> None:
    """It is open, and triggered when the price comes to it."""
    desk = SpotDesk()
    desk.world = replace(desk.world, touched=UNTOUCHED)
    with watched(desk.exchange) as pushes:
        draft = Draft(desk.world)
        stop_orders.wait(draft, STOP)
        desk.world = draft.done()
        desk.price("59000")
    opened, triggered = of(pushes, TOPIC, "alice")
    assert opened == {
        "createdAt": START,
        "orderId": STOP.id,
        "orderPrice": "58000",
        "orderType": "stop",
        "side": "sell",
        "size": "0.01",
        "stop": "loss",
        "stopPrice": "59000",
        "symbol": "BTC-USDT",
        "tradeType": "TRADE",
        "ts": START * 1_000_000,
        "type": "open",
    }
    assert (triggered["type"], triggered["triggerSuccess"]) == ("triggered", True)


def test_a_canceled_stop_order_is_told() -> None:
    """Once, and nothing of it afterwards."""
    desk = _waiting()
    with watched(desk.exchange) as pushes:
        draft = Draft(desk.world)
        stop_orders.cancel(draft, STOP)
        desk.world = draft.done()
        desk.price("59000")
    assert [data["type"] for data in of(pushes, TOPIC, "alice")] == ["cancel"]


def test_a_stop_order_that_cannot_be_paid() -> None:
    """It is triggered without success, and says why."""
    desk = _waiting()
    wallet = desk.world.wallet("alice")
    desk.world = desk.world.put(wallet.having(replace(wallet.account("BTC", "trade"), balance=Decimal(0))))
    with watched(desk.exchange) as pushes:
        desk.price("59000")
    [data] = of(pushes, TOPIC, "alice")
    assert (data["triggerSuccess"], data["error"]) == (False, "Balance insufficient!")


def test_a_stop_order_whose_user_is_deleted() -> None:
    """It is gone without a word."""
    desk = _waiting()
    with watched(desk.exchange) as pushes:
        desk.perform(DeleteUser("alice"))
    assert desk.world.stop_orders.get(STOP.id) is None
    assert [push for push in pushes if push.topic == TOPIC] == []
