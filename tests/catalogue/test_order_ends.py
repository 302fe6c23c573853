"""Scenarios about what becomes of an accepted order."""

from __future__ import annotations

import pytest
from support.ordering import SHORT, Trader
from support.payouts import PAID, Playing, told
from support.spot_world import ADD
from support.wire import Answer


def test_order_partly_filled(play: Playing) -> None:
    """0.004 are bought, the rest is canceled after five seconds and its money comes back; 0.006 more are ordered."""
    stage = play("order-partly-filled")
    trader = Trader(stage)
    order = trader.placed(price="60500")
    assert trader.filled(order) == (True, "0.004")
    stage.advance("5s")
    seen = trader.look(order)
    assert (seen["active"], seen["dealSize"], seen["cancelledSize"], seen["cancelExist"]) == (
        False, "0.004", "0.006", True,
    )  # fmt: skip
    assert trader.filled(trader.placed(price="60500", size="0.006")) == (False, "0.006")
    assert stage.holds()


@pytest.mark.parametrize("again", [False, True])
def test_order_partly_filled_mistake(play: Playing, again: bool) -> None:
    """A broker that takes it for filled has too little; one that orders all of it again gets another part."""
    stage = play("order-partly-filled")
    trader = Trader(stage)
    order = trader.placed(price="60500")
    stage.advance("5s")
    assert trader.filled(order) == (False, "0.004")
    if again:
        trader.placed(price="60500")
    assert not stage.holds()


def test_order_expired_in_part(play: Playing) -> None:
    """A quarter is bought, the rest expires after ten seconds; three quarters are ordered."""
    stage = play("order-expired-in-part")
    trader = Trader(stage)
    order = trader.placed(price="60500")
    stage.advance("10s")
    assert trader.filled(order) == (False, "0.0025")
    trader.placed(price="60500", size="0.0075")
    assert stage.holds()


def test_order_expired_in_part_mistake(play: Playing) -> None:
    """A broker that asks only whether something was filled is content with a quarter."""
    stage = play("order-expired-in-part")
    trader = Trader(stage)
    trader.placed(price="60500")
    stage.advance("10s")
    assert trader.fills() == ["0.0025"]
    assert not stage.holds()


def test_order_better_price(play: Playing) -> None:
    """What was held too much comes back with the fill, and pays for the second purchase."""
    stage = play("order-better-price")
    trader = Trader(stage)
    order = trader.look(trader.placed(price="61000"))
    assert (order["dealFunds"], order["fee"]) == ("600.001", "0.600001")
    assert trader.money() == ("399.398999", "399.398999")
    trader.placed(price="61000", size="0.0065")
    assert stage.holds()


def test_order_better_price_mistake(play: Playing) -> None:
    """A broker that books 0.01 x 61000 and the fee believes that the second purchase cannot be paid."""
    stage = play("order-better-price")
    trader = Trader(stage)
    trader.placed(price="61000")
    booked = 1000 - 0.01 * 61000 * 1.001
    assert booked < 0.0065 * 61000 * 1.001
    assert not stage.holds()


def test_order_fok_killed(play: Playing) -> None:
    """200000 and an orderId, and yet nothing is filled; without FOK it is."""
    stage = play("order-fok-killed")
    trader = Trader(stage)
    order = trader.placed(price="60500", timeInForce="FOK")
    assert trader.filled(order) == (False, "0")
    trader.placed(price="60500", timeInForce="IOC")
    assert trader.fills() == ["0.01"]
    assert stage.holds()


@pytest.mark.parametrize("times", [1, 3])
def test_order_fok_killed_mistake(play: Playing, times: int) -> None:
    """A broker that takes the accepted order for a purchase has nothing, and so has one that repeats it."""
    stage = play("order-fok-killed")
    trader = Trader(stage)
    for _ in range(times):
        trader.placed(price="60500", timeInForce="FOK")
    assert trader.fills() == []
    assert not stage.holds()


def test_order_post_only_takes(play: Playing) -> None:
    """At the ask it is canceled at once; a tick below it rests, and is filled as a maker when the price comes."""
    stage = play("order-post-only-takes")
    trader = Trader(stage)
    assert trader.filled(trader.placed(price="60000.1", postOnly=True)) == (False, "0")
    order = trader.placed(price="60000", postOnly=True)
    assert trader.filled(order) == (True, "0")
    trader.price("59000")
    assert trader.filled(order) == (False, "0.01")
    assert trader.look(order)["dealFunds"] == "600"
    assert stage.holds()


@pytest.mark.parametrize("again", [False, True])
def test_order_post_only_takes_mistake(play: Playing, again: bool) -> None:
    """A broker that believes the order to rest has none, and one that sends it without postOnly is rejected."""
    stage = play("order-post-only-takes")
    trader = Trader(stage)
    trader.placed(price="60000.1", postOnly=True)
    if again:
        trader.placed(price="60000.1")
    trader.price("59000")
    assert trader.fills() == []
    assert not stage.holds()


def test_order_gtt_expires(play: Playing) -> None:
    """At sixty seconds to the tick the order is over and its money is free."""
    stage = play("order-gtt-expires")
    trader = Trader(stage)
    order = trader.placed(timeInForce="GTT", cancelAfter=60)
    stage.advance("59s999ms")
    assert (trader.filled(order), trader.money()) == ((True, "0"), ("1000", "409.41"))
    stage.advance("1ms")
    assert (trader.filled(order), trader.money()) == ((False, "0"), ("1000", "1000"))
    trader.placed(price="60500")
    assert stage.holds()


def test_order_gtt_expires_mistake(play: Playing) -> None:
    """A broker that cancels the order before it orders at the market is refused, because there is none any more."""
    stage = play("order-gtt-expires")
    trader = Trader(stage)
    order = trader.placed(timeInForce="GTT", cancelAfter=60)
    stage.advance("60s")
    assert trader.cancel(order).json()["code"] == "400100"
    assert trader.filled(trader.placed(price="60500")) == (False, "0.01")
    assert not stage.holds()


def guarded(trader: Trader) -> None:
    """Have all orders canceled in a minute, unless this is said again."""
    assert told(trader.signed("POST", f"{ADD}/dead-cancel-all", {"timeout": 60})) == PAID


def test_order_dead_man(play: Playing) -> None:
    """Set anew each half minute, the switch leaves the order alone, and it is filled after three minutes."""
    stage = play("order-dead-man")
    trader = Trader(stage)
    guarded(trader)
    order = trader.placed()
    for _ in range(6):
        stage.advance("30s")
        guarded(trader)
    assert trader.filled(order) == (False, "0.01")
    assert stage.holds()


def test_order_dead_man_mistake(play: Playing) -> None:
    """A broker that sets the switch once has no order after a minute."""
    stage = play("order-dead-man")
    trader = Trader(stage)
    guarded(trader)
    order = trader.placed()
    stage.advance("60s")
    assert trader.filled(order) == (False, "0")
    stage.advance("2m")
    assert not stage.holds()


def test_order_rejected(play: Playing) -> None:
    """A look shows that the first order is over with nothing filled; the second one is filled."""
    stage = play("order-rejected")
    trader = Trader(stage)
    for deed, filled in (("reject", "0"), ("fill", "0.01")):
        order = trader.placed()
        trader.by_hand(order, deed)
        assert trader.filled(order) == (False, filled)
    assert stage.holds()


def test_order_rejected_mistake(play: Playing) -> None:
    """A broker that never looks again has no order."""
    stage = play("order-rejected")
    trader = Trader(stage)
    trader.by_hand(trader.placed(), "reject")
    assert trader.money() == ("1000", "1000")
    assert not stage.holds()


def test_order_canceled_by_exchange(play: Playing) -> None:
    """After a minute the order is over, with nothing filled: there is nothing to sell."""
    stage = play("order-canceled-by-exchange")
    trader = Trader(stage)
    order = trader.placed()
    stage.advance("1m")
    seen = trader.look(order)
    assert (seen["active"], seen["dealSize"], seen["cancelExist"]) == (False, "0", True)
    assert stage.holds()


def test_order_canceled_by_exchange_mistake(play: Playing) -> None:
    """A broker that takes an order which is not active for filled sells what is not there."""
    stage = play("order-canceled-by-exchange")
    trader = Trader(stage)
    order = trader.placed()
    stage.advance("1m")
    assert trader.look(order)["active"] is False
    assert told(trader.order(side="sell", price="61000")) == SHORT
    assert not stage.holds()


def stopped(trader: Trader) -> tuple[str, str]:
    """The ids of a stop order and of an order that takes its money."""
    fields = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "62000", "size": "0.01"}
    answer: Answer = trader.signed("POST", "/api/v1/stop-order", {**fields, "stopPrice": "61000", "clientOid": "stop"})
    assert told(answer) == PAID
    return str(answer.json()["data"]["orderId"]), trader.placed(size="0.015")


def test_stop_order_without_money(play: Playing) -> None:
    """The stop order is triggered and no order comes of it; without the other order there is money for one."""
    stage = play("stop-order-without-money")
    trader = Trader(stage)
    stop, other = stopped(trader)
    trader.price("61000")
    assert trader.signed("GET", f"/api/v1/stop-order/{stop}").json()["data"]["status"] == "TRIGGERED"
    assert trader.signed("GET", f"{ADD}/client-order/stop?symbol=BTC-USDT").json()["msg"] == "order not exist."
    assert told(trader.cancel(other)) == PAID
    assert trader.filled(trader.placed(price="62000")) == (False, "0.01")
    assert stage.holds()


def test_stop_order_without_money_mistake(play: Playing) -> None:
    """A broker that takes the triggered stop order for a purchase has bought nothing."""
    stage = play("stop-order-without-money")
    trader = Trader(stage)
    stop, _ = stopped(trader)
    trader.price("61000")
    assert trader.signed("GET", f"/api/v1/stop-order/{stop}").json()["data"]["status"] == "TRIGGERED"
    assert trader.fills() == []
    assert not stage.holds()
