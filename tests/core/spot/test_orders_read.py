"""Look-ups of orders and fills by the high-frequency family."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.desk import START
from support.shown import shown
from support.spot_reads import looked_up, seen
from support.spot_world import SpotDesk

from simulator.core.refusals import Reason, Refusal
from simulator.core.spot.orders_done import ListHfFills, ListHfOrdersDone
from simulator.core.spot.orders_read import (
    GetHfOrder,
    GetHfOrderByClientOid,
    HfOrderFound,
    ListHfOrdersActive,
    ListHfSymbolsActive,
    PageHfOrdersActive,
)
from simulator.core.world import EndStep, FillStep, Order, OrderPlan

BTC = "BTC-USDT"


def of(desk: SpotDesk, order: Order) -> dict[str, object]:
    """The order as a client reads it by its id."""
    reply = looked_up(desk, GetHfOrder, order.id, order.terms.symbol)
    assert isinstance(reply, HfOrderFound), reply
    data: dict[str, object] = shown(reply.data())
    return data


def test_every_field_of_an_order() -> None:
    """A limit order at a better price than its own has the fields of KuCoin's sample, with its numbers."""
    desk = SpotDesk()
    desk.price(bid="60000", ask="60000.1")
    order = desk.placed(price="61000", size="0.00001", clientOid="c2", remark="order remarks")
    assert of(desk, order) == {
        "id": order.id,
        "clientOid": "c2",
        "symbol": BTC,
        "opType": "DEAL",
        "type": "limit",
        "side": "buy",
        "price": "61000",
        "size": "0.00001",
        "funds": "0.61",
        "dealSize": "0.00001",
        "dealFunds": "0.600001",
        "remainSize": "0",
        "remainFunds": "0.009999",
        "cancelledSize": "0",
        "cancelledFunds": "0",
        "fee": "0.000600001",
        "feeCurrency": "USDT",
        "stp": None,
        "timeInForce": "GTC",
        "postOnly": False,
        "hidden": False,
        "iceberg": False,
        "visibleSize": "0",
        "cancelAfter": 0,
        "channel": "API",
        "remark": "order remarks",
        "tags": None,
        "cancelExist": False,
        "tradeType": "TRADE",
        "inOrderBook": False,
        "active": False,
        "tax": "0",
        "createdAt": START,
        "lastUpdatedAt": START,
    }


def test_what_is_filled_and_what_is_left() -> None:
    """Filled, remaining and canceled add up to the whole, in size and in funds, of every kind of order."""
    desk = SpotDesk(OrderPlan(client_oid="half*", steps=(FillStep(share=Decimal("0.5")), EndStep())))
    rests, half = desk.placed(), desk.placed(clientOid="half")
    spends = desk.placed(type="market", price=None, size=None, funds="100.01")
    for order in (rests, half, spends):
        data = of(desk, order)
        for kind in ("Size", "Funds"):
            parts = [Decimal(str(data[f"{name}{kind}"])) for name in ("deal", "remain", "cancelled")]
            whole = Decimal(str(data[kind.lower()]))
            assert sum(parts) == whole or (kind == "Size" and not whole), data
    assert of(desk, rests)["inOrderBook"] is True
    assert [of(desk, half)[name] for name in ("dealSize", "cancelledSize", "cancelExist")] == ["0.0005", "0.0005", True]
    assert of(desk, spends)["price"] == of(desk, spends)["remainFunds"] == "0"


def test_one_by_its_ids() -> None:
    """An order is found by its id and by its clientOid, by its user and with its symbol only."""
    desk = SpotDesk()
    order = desk.placed(clientOid="mine")
    frank = desk.own_key("frank")
    assert isinstance(looked_up(desk, GetHfOrderByClientOid, "mine", BTC), HfOrderFound)
    for command, name in ((GetHfOrder, order.id), (GetHfOrderByClientOid, "mine")):
        refused = (
            looked_up(desk, command, name, "ETH-USDT"),
            looked_up(desk, command, name, BTC, key=frank),
            looked_up(desk, command, "0" * 24, BTC),
        )
        for refusal in refused:
            assert isinstance(refusal, Refusal)
            assert (refusal.reason, refusal.text) == (Reason.ORDER_UNKNOWN, "order not exist.")
        for symbol, reason in (("", Reason.PARAMETER_INVALID), ("NO-USDT", Reason.SYMBOL_UNKNOWN)):
            refusal = looked_up(desk, command, name, symbol)
            assert isinstance(refusal, Refusal)
            assert refusal.reason is reason


def test_active_ones() -> None:
    """The active orders of one symbol, the last change first, also a page at a time; and the symbols of all."""
    desk = SpotDesk()
    ids = []
    for number in range(3):
        ids.append(desk.placed(price=f"5000{number}").id)
        desk.advance(1)
    other = desk.placed(symbol="ETH-USDT", price="2000", size="1")
    assert [row["id"] for row in seen(desk, ListHfOrdersActive, symbol=BTC)] == ids[::-1]
    page = seen(desk, PageHfOrdersActive, symbol=BTC, pageNum="2", pageSize="2")
    assert [row["id"] for row in page.pop("items")] == ids[:1]
    assert page == {"currentPage": 2, "pageSize": 2, "totalNum": 3, "totalPage": 2}
    assert shown(looked_up(desk, ListHfSymbolsActive).data()) == {"symbols": [BTC, "ETH-USDT"]}
    desk.perform(desk.canceling(other))
    assert shown(looked_up(desk, ListHfSymbolsActive).data()) == {"symbols": [BTC]}


def test_done_ones_page_by_page() -> None:
    """The orders that have ended, the last one first; `lastId` goes on, also past orders that are left out."""
    desk = SpotDesk()
    ids: list[str] = []
    for number in range(5):
        side, price = ("sell", "70000") if number % 2 else ("buy", "50000")
        order = desk.placed(side=side, price=price)
        desk.perform(desk.canceling(order))
        ids.insert(0, order.id)
        desk.advance(1)
    desk.placed()
    first = seen(desk, ListHfOrdersDone, symbol=BTC, limit="2")
    second = seen(desk, ListHfOrdersDone, symbol=BTC, limit="2", lastId=first["lastId"])
    third = seen(desk, ListHfOrdersDone, symbol=BTC, limit="2", lastId=second["lastId"])
    assert [row["id"] for page in (first, second, third) for row in page["items"]] == ids
    assert seen(desk, ListHfOrdersDone, symbol=BTC, lastId=third["lastId"]) == {"lastId": 0, "items": []}
    assert [row["id"] for row in seen(desk, ListHfOrdersDone, symbol=BTC, side="sell")["items"]] == ids[1::2]
    span = {"startAt": START + 1, "endAt": START + 2}
    assert [row["id"] for row in seen(desk, ListHfOrdersDone, symbol=BTC, **span)["items"]] == ids[2:4]


def test_fills() -> None:
    """Each fill has the fields and the types of KuCoin's sample; `lastId` goes on; `orderId` alone counts."""
    desk = SpotDesk()
    order = desk.placed(type="market", price=None, size="0.00001")
    desk.placed(type="market", side="sell", price=None, size="0.002")
    sold, bought = seen(desk, ListHfFills, symbol=BTC)["items"]
    [fill] = desk.now_of(order).fills
    assert bought == {
        "id": fill.number,
        "orderId": order.id,
        "counterOrderId": fill.counter_order_id,
        "tradeId": fill.trade_id,
        "symbol": BTC,
        "side": "buy",
        "liquidity": "taker",
        "type": "market",
        "forceTaker": False,
        "price": f"{fill.price:f}",
        "size": "0.00001",
        "funds": f"{fill.funds:f}".rstrip("0"),
        "fee": f"{fill.fee:f}".rstrip("0"),
        "feeRate": "0.001",
        "feeCurrency": "USDT",
        "stop": "",
        "tradeType": "TRADE",
        "taxRate": "0",
        "tax": "0",
        "createdAt": START,
    }
    first = seen(desk, ListHfFills, symbol=BTC, limit="1")
    assert (first["items"], first["lastId"]) == ([sold], sold["id"])
    assert seen(desk, ListHfFills, symbol=BTC, lastId=first["lastId"]) == {"items": [bought], "lastId": bought["id"]}
    assert seen(desk, ListHfFills, symbol=BTC, lastId=bought["id"]) == {"items": [], "lastId": 0}
    assert seen(desk, ListHfFills, symbol=BTC, orderId=order.id, side="sell", lastId="1")["items"] == [bought]
    assert seen(desk, ListHfFills, desk.own_key("frank"), symbol=BTC, orderId=order.id)["items"] == []


@pytest.mark.parametrize("wait", [0, 999, 1_000])
def test_an_order_that_is_unknown_for_a_while(wait: int) -> None:
    """Until the time of its plan has passed, an order is in no list and under no id; its fills are seen."""
    desk = SpotDesk(OrderPlan(unknown_for=1_000))
    order = desk.placed(clientOid="late", type="market", price=None, size="0.001")
    desk.advance(wait)
    known = wait >= 1_000
    assert isinstance(looked_up(desk, GetHfOrder, order.id, BTC), HfOrderFound) is known
    assert isinstance(looked_up(desk, GetHfOrderByClientOid, "late", BTC), HfOrderFound) is known
    assert len(seen(desk, ListHfOrdersDone, symbol=BTC)["items"]) == known
    assert len(seen(desk, ListHfFills, symbol=BTC)["items"]) == 1


def test_an_order_that_is_behind_its_fills() -> None:
    """A fill is in `fills` at once, and in the order only later: until then the order is active, as it was before."""
    desk = SpotDesk(OrderPlan(stale_for=1_000, steps=(FillStep(share=Decimal("0.5")), FillStep(after=600))))
    order = desk.placed()
    desk.advance(600)
    seen_at = []
    for wait in (0, 399, 1, 599, 1):
        desk.advance(wait)
        data = of(desk, order)
        lists = [seen(desk, ListHfOrdersActive, symbol=BTC), seen(desk, ListHfOrdersDone, symbol=BTC)["items"]]
        assert [data in rows for rows in lists] == [data["active"], not data["active"]]
        seen_at.append((data["dealSize"], data["remainSize"], data["active"], data["inOrderBook"]))
        assert len(seen(desk, ListHfFills, symbol=BTC)["items"]) == 2
    before, half, whole = ("0", "0.001", True, True), ("0.0005", "0.0005", True, True), ("0.001", "0", False, False)
    assert seen_at == [before, before, half, half, whole]


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (ListHfOrdersActive, {}),
        (PageHfOrdersActive, {"symbol": BTC, "pageSize": "51"}),
        (ListHfOrdersDone, {}),
        (ListHfOrdersDone, {"symbol": BTC, "limit": "0"}),
        (ListHfFills, {"symbol": BTC, "limit": "101"}),
        (ListHfFills, {"symbol": BTC, "startAt": "2", "endAt": "1"}),
    ],
)
def test_what_cannot_be_asked(command: type, asked: dict[str, str]) -> None:
    """A symbol is compulsory; words, sizes and spans have their bounds."""
    desk = SpotDesk()
    signed = desk.trading.sign(method="GET", path="/x")
    assert desk.reason(command(signed, asked)) is Reason.PARAMETER_INVALID
