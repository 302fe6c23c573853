"""Stop orders: they wait, are triggered by a price, and are canceled."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from rpds import HashTrieMap
from support.spot_world import SpotDesk, order_fields

from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spot.stop_order_answers import (
    StopOrderAdded,
    StopOrderCanceledByClientOid,
    StopOrderFound,
    StopOrdersCanceled,
    StopOrdersFound,
    StopOrdersListed,
)
from simulator.core.spot.stop_orders import (
    AddStopOrder,
    GetStopOrder,
    ListStopOrders,
    ListStopOrdersByClientOid,
)
from simulator.core.spot.stop_orders_cancel import CancelStopOrder, CancelStopOrderByClientOid, CancelStopOrders
from simulator.core.trading import prices
from simulator.core.trading.placing import MOST_OF_A_SYMBOL, MOST_OF_A_USER
from simulator.core.world import Draft, OrderStatus, StopOrder

ADD = "/api/v1/stop-order"


class StopDesk(SpotDesk):
    """A desk whose user places stop orders."""

    def stop(self, **changes: object) -> AddStopOrder:
        """A stop order that buys 0.001 BTC at 61000 once the price is at 61000."""
        fields = order_fields(**{"price": "61000", "stopPrice": "61000", **changes})
        raw = json.dumps(fields).encode()
        return AddStopOrder(self.trading.sign(raw, path=ADD, timestamp=self.wall), Body(fields))

    def waiting(self, **changes: object) -> StopOrder:
        """The stop order after it was accepted."""
        return self.do(self.stop(**changes), StopOrderAdded).stop


@pytest.fixture
def desk() -> StopDesk:
    return StopDesk()


def listed(desk: StopDesk, **query: str) -> list[str]:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    reply = desk.do(
        ListStopOrders(desk.trading.sign(method="GET", path=ADD, query=text, timestamp=desk.wall), query),
        StopOrdersListed,
    )
    return [row.id for row in reply.data().items]


@pytest.mark.parametrize(
    ("changes", "stop"),
    [
        ({"stopPrice": "60000.1"}, "entry"),
        ({"stopPrice": "60000"}, "loss"),
        ({"stopPrice": "59999.9"}, "loss"),
        ({"stopPrice": "59999.9", "stop": "entry"}, "entry"),
        ({"stopPrice": "60000.1", "stop": "loss"}, "loss"),
    ],
)
def test_the_price_says_the_direction(desk: StopDesk, changes: dict[str, str], stop: str) -> None:
    """Above the last price it waits for a rise, at or below it for a fall, unless the request says it."""
    assert desk.waiting(**changes).stop == stop


def test_it_waits_and_holds_nothing(desk: StopDesk) -> None:
    """One tick before its price nothing happens and nothing is held; at the price it becomes an order."""
    stop = desk.waiting(clientOid="mine")
    desk.price("60999.9")
    assert desk.trade("USDT").holds == 0
    assert not desk.world.orders
    desk.price("61000")
    [order] = desk.world.orders.values()
    assert (order.client_oid, order.terms, order.status) == ("mine", stop.terms, OrderStatus.OPEN)
    triggered = desk.world.stop_orders[stop.id]
    assert (triggered.status, triggered.order_id) == ("TRIGGERED", order.id)
    desk.price("62000")
    assert len(desk.world.orders) == 1


def test_without_the_money_it_is_triggered_for_nothing(desk: StopDesk) -> None:
    """The money is looked at when the price is reached: if it is not there, no order comes of it."""
    stop = desk.waiting(size="100000")
    desk.price("61000")
    assert not desk.world.orders
    assert desk.world.stop_orders[stop.id].status == "TRIGGERED"
    assert listed(desk) == []


def test_rows_are_padded(desk: StopDesk) -> None:
    """Amounts have twenty decimal places and `orderTime` is in ns; what the order does not have is null."""
    stop = desk.waiting(clientOid="mine", remark="why")
    path = f"/{stop.id}"
    data = desk.do(
        GetStopOrder(desk.trading.sign(method="GET", path=ADD + path, timestamp=desk.wall), stop.id), StopOrderFound
    ).data()
    assert (data.price, data.size, data.funds) == ("61000." + "0" * 20, "0.001" + "0" * 17, None)
    assert (data.status, data.stop, data.stop_price) == ("NEW", "entry", "61000." + "0" * 20)
    assert data.order_time == data.created_at * 1_000_000
    assert (data.client_oid, data.remark, data.tags, data.visible_size, data.stop_trigger_time) == (
        "mine",
        "why",
        None,
        None,
        None,
    )
    assert (data.fee_currency, data.taker_fee_rate) == ("USDT", "0.001" + "0" * 17)


def test_listed_by_what_is_asked(desk: StopDesk) -> None:
    """The newest first; by symbol, side, direction and ids."""
    first = desk.waiting().id
    second = desk.waiting(symbol="ETH-USDT", side="sell", price="2900", stopPrice="2900").id
    assert listed(desk) == [second, first]
    assert listed(desk, symbol="BTC-USDT") == [first]
    assert listed(desk, side="sell") == [second]
    assert listed(desk, stop="entry") == [first]
    assert listed(desk, orderIds=f"{first},x") == [first]
    assert listed(desk, type="market") == []


def test_found_by_client_oid(desk: StopDesk) -> None:
    """The answer is a list: of the one that waits, or of none."""
    desk.waiting(clientOid="mine")
    for name, ids in (("mine", 1), ("other", 0)):
        query = {"clientOid": name}
        signed = desk.trading.sign(
            method="GET", path=f"{ADD}/queryOrderByClientOid", query=f"clientOid={name}", timestamp=desk.wall
        )
        assert len(desk.do(ListStopOrdersByClientOid(signed, query), StopOrdersFound).data()) == ids


def test_a_client_oid_waits_once(desk: StopDesk) -> None:
    """The clientOid of a stop order that waits, or of an order, is no other stop order's."""
    desk.waiting(clientOid="mine")
    assert desk.reason(desk.stop(clientOid="mine")) is Reason.ORDER_CLIENT_OID_USED
    desk.placed(clientOid="order")
    assert desk.reason(desk.stop(clientOid="order")) is Reason.ORDER_CLIENT_OID_USED


def test_canceled_once(desk: StopDesk) -> None:
    """By id and by clientOid, once; a canceled one is not found and no price triggers it."""
    stop, other = desk.waiting(), desk.waiting(clientOid="mine")
    cancel = CancelStopOrder(desk.trading.sign(method="DELETE", path=f"{ADD}/{stop.id}", timestamp=desk.wall), stop.id)
    assert desk.do(cancel, StopOrdersCanceled).data().cancelled_order_ids == (stop.id,)
    assert desk.reason(cancel) is Reason.ORDER_NOT_CANCELABLE
    get = GetStopOrder(desk.trading.sign(method="GET", path=f"{ADD}/{stop.id}", timestamp=desk.wall), stop.id)
    assert desk.reason(get) is Reason.ORDER_UNKNOWN
    query = {"clientOid": "mine"}
    signed = desk.trading.sign(
        method="DELETE", path=f"{ADD}/cancelOrderByClientOid", query="clientOid=mine", timestamp=desk.wall
    )
    by_client_oid = CancelStopOrderByClientOid(signed, query)
    data = desk.do(by_client_oid, StopOrderCanceledByClientOid).data()
    assert (data.client_oid, data.cancelled_order_id) == ("mine", other.id)
    assert desk.reason(by_client_oid) is Reason.ORDER_NOT_CANCELABLE
    desk.price("61000")
    assert not desk.world.orders


def test_canceled_by_symbol_and_ids(desk: StopDesk) -> None:
    """Those of a symbol, those that are named, or all; none is an answer, too."""
    ids = [desk.waiting().id for _ in range(3)]
    ids.append(desk.waiting(symbol="ETH-USDT", price="2900", stopPrice="2900").id)

    def canceled(**query: str) -> set[str]:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        signed = desk.trading.sign(method="DELETE", path=f"{ADD}/cancel", query=text, timestamp=desk.wall)
        return set(desk.do(CancelStopOrders(signed, query), StopOrdersCanceled).data().cancelled_order_ids)

    assert canceled(orderIds=ids[0]) == {ids[0]}
    assert canceled(symbol="ETH-USDT") == {ids[3]}
    assert canceled() == {ids[1], ids[2]}
    assert canceled() == set()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"stopPrice": None}, Reason.PARAMETER_INVALID),
        ({"stopPrice": "61000.05"}, Reason.PRICE_INCREMENT_INVALID),
        ({"stop": "up"}, Reason.PARAMETER_INVALID),
        ({"tradeType": "MARGIN_TRADE"}, Reason.PARAMETER_INVALID),
        ({"size": "0.000001"}, Reason.SIZE_BELOW_MINIMUM),
        ({"symbol": "DOGE-USDT"}, Reason.SYMBOL_UNKNOWN),
    ],
)
def test_what_is_refused(desk: StopDesk, changes: dict[str, object], reason: Reason) -> None:
    """Terms are checked when it is placed, as those of an order."""
    assert desk.reason(desk.stop(**changes)) is reason


def test_a_price_far_away_can_wait(desk: StopDesk) -> None:
    """Price protection is about the market of then, so a price far from that of now is accepted."""
    assert desk.waiting(side="sell", price="30000", stopPrice="30000").stop == "loss"


def test_how_many_wait() -> None:
    """Stop orders that wait are among the 200 of a symbol and the 2000 of a user, and leave their place free."""
    desk = StopDesk()
    trader = desk.world.trader("alice")
    counts = trader.active.insert("BTC-USDT", MOST_OF_A_SYMBOL - 1)
    for active in (counts, trader.active.insert("ETH-USDT", MOST_OF_A_USER - 1)):
        desk.world = desk.world.put(replace(desk.world.trader("alice"), active=active))
        stop = desk.waiting()
        for order in (desk.stop(), desk.order()):
            assert desk.reason(order) is Reason.TOO_MANY_ORDERS
        desk.do(CancelStopOrder(desk.stop().signed, stop.id), StopOrdersCanceled)
        assert desk.waiting().status == "NEW"
        for stop_id in desk.world.trader("alice").stops:
            desk.do(CancelStopOrder(desk.stop().signed, stop_id), StopOrdersCanceled)
    assert desk.world.trader("alice").waiting == trader.waiting


def test_a_price_looks_at_the_stop_orders_that_it_triggers() -> None:
    """However many stop orders wait in a symbol, a price looks only at those that it reaches, the oldest first."""
    desk = StopDesk()
    for number in range(60):
        desk.waiting(stopPrice=f"{62_000 - number}", clientOid=f"stop-{number}", stop="entry" if number % 2 else "loss")
    desk.price("50000")  # reaches all of `loss`, none of `entry`
    assert {stop.stop for stop in desk.world.stop_orders.values() if stop.status == "TRIGGERED"} == {"loss"}
    looked: list[str] = []

    class Counted:
        def __init__(self, rows: HashTrieMap[str, StopOrder]) -> None:
            self.rows = rows

        def __getitem__(self, stop_id: str) -> StopOrder:
            looked.append(stop_id)
            return self.rows[stop_id]

    counted: Any = Counted(desk.world.stop_orders)
    draft = Draft(replace(desk.world, stop_orders=counted))
    prices.set_price(draft, "BTC-USDT", desk.exchange.clock.now().business, Decimal(61945), None, None)
    names = [desk.world.stop_orders[stop_id].client_oid for stop_id in looked]
    assert names == ["stop-55", "stop-57", "stop-59"]
