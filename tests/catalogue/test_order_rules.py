"""Scenarios about orders that a symbol, a market, a balance or a key does not allow."""

from __future__ import annotations

import pytest
from support.ordering import FUNDING, SHORT, Trader
from support.payouts import PAID, Playing, told
from support.spot_world import ADD

PERMISSION = (403, "400007", "Access denied, require more permission.")


def test_order_increments(play: Playing) -> None:
    """The symbol says how a size and a price are rounded, and then the order is accepted."""
    stage = play("order-increments")
    symbol = stage.send("GET", "/api/v2/symbols/BTC-USDT").json()["data"]
    assert (symbol["baseIncrement"], symbol["priceIncrement"]) == ("0.00000001", "0.1")
    Trader(stage).placed(size="0.01234567", price="59000.3")
    assert stage.holds()


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"price": "59000.37"}, "Price increment invalid."), ({"size": "0.0123456789"}, "Order size increment invalid.")],
)
def test_order_increments_mistake(play: Playing, typed: dict[str, str], said: str) -> None:
    """A broker that sends what was typed is refused, and rounds too late."""
    stage = play("order-increments")
    trader = Trader(stage)
    assert told(trader.order(**typed)) == (200, "400100", said)
    trader.placed(size="0.01234567", price="59000.3")
    assert not stage.holds()


def test_order_below_minimum(play: Playing) -> None:
    """The symbol says what the least is, and an order of that much is accepted."""
    stage = play("order-below-minimum")
    assert stage.send("GET", "/api/v2/symbols/BTC-USDT").json()["data"]["minFunds"] == "10"
    Trader(stage).placed(size="0.0002")
    assert stage.holds()


def test_order_below_minimum_mistake(play: Playing) -> None:
    """A broker that sends it is refused with the minimum in the text."""
    stage = play("order-below-minimum")
    trader = Trader(stage)
    assert trader.order(size="0.0001").json()["msg"] == "The order funds should more then 10 USDT."
    trader.placed(size="0.0002")
    assert not stage.holds()


def test_order_without_permission(play: Playing) -> None:
    """The first key cannot order; the second login brings one that can."""
    stage = play("order-without-permission")
    codes = [stage.login(f"s-{number}")["code"] for number in range(2)]
    tokens = [stage.broker.exchange(code).json()["access_token"] for code in codes]
    assert told(Trader(stage, key=stage.broker.add_key(tokens[0], "API_COMMON").key).order()) == PERMISSION
    Trader(stage, key=stage.broker.add_key(tokens[1], "API_COMMON", "API_SPOT").key).placed()
    assert stage.holds()


def test_order_without_permission_mistake(play: Playing) -> None:
    """A broker that repeats the order with the same key is refused a second time."""
    stage = play("order-without-permission")
    token = stage.broker.exchange(stage.login()["code"]).json()["access_token"]
    trader = Trader(stage, key=stage.broker.add_key(token, "API_COMMON").key)
    assert [told(trader.order()) for _ in range(2)] == [PERMISSION, PERMISSION]
    assert not stage.holds()


def test_order_price_too_far(play: Playing) -> None:
    """The refusal names the highest price; an order within it is filled."""
    stage = play("order-price-too-far")
    trader = Trader(stage)
    refused = trader.order(price="670000", size="0.001")
    assert (refused.json()["code"], refused.json()["msg"][:20]) == ("400370", "Max. price: 66000.11")
    trader.placed(price="60500")
    assert stage.holds()


def test_order_price_too_far_mistake(play: Playing) -> None:
    """A broker that tries it again is refused again."""
    stage = play("order-price-too-far")
    trader = Trader(stage)
    assert [trader.order(price="670000", size="0.001").json()["code"] for _ in range(2)] == ["400370"] * 2
    trader.placed(price="60500")
    assert not stage.holds()


def test_order_money_in_main(play: Playing) -> None:
    """The order cannot be paid from the main account; what it holds is moved, and it is accepted."""
    stage = play("order-money-in-main")
    trader = Trader(stage, *FUNDING)
    assert told(trader.order()) == SHORT
    trader.fund("590.59")
    trader.placed()
    assert trader.money() == ("590.59", "0")
    assert stage.holds()


def test_order_money_in_main_mistake(play: Playing) -> None:
    """A broker that tries again is refused again, and one that forgets the fee moves too little."""
    stage = play("order-money-in-main")
    trader = Trader(stage, *FUNDING)
    assert [told(trader.order()) for _ in range(2)] == [SHORT, SHORT]
    assert not stage.holds()

    stage = play("order-money-in-main")
    trader = Trader(stage, *FUNDING)
    trader.fund("590")
    assert told(trader.order()) == SHORT
    assert not stage.holds()


def test_order_self_trade(play: Playing) -> None:
    """With stp CN the purchase is canceled at once; without the own order in the way it is filled."""
    stage = play("order-self-trade")
    trader = Trader(stage)
    own = trader.placed(side="sell", size="0.5", price="60100")
    assert trader.filled(trader.placed(price="60100", stp="CN")) == (False, "0")
    assert told(trader.cancel(own)) == PAID
    assert trader.filled(trader.placed(price="60100", stp="CN")) == (False, "0.01")
    assert stage.holds()


@pytest.mark.parametrize("times", [1, 2])
def test_order_self_trade_mistake(play: Playing, times: int) -> None:
    """A broker that takes the accepted order for a purchase has none, however often it sends it."""
    stage = play("order-self-trade")
    trader = Trader(stage)
    trader.placed(side="sell", size="0.5", price="60100")
    for _ in range(times):
        trader.placed(price="60100", stp="CN")
    assert trader.fills() == []
    assert not stage.holds()


def together(trader: Trader) -> list[bool]:
    """Send three orders together; which of them were accepted."""
    one = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "54500", "size": "0.008"}
    answer = trader.signed("POST", f"{ADD}/multi", {"orderList": [one] * 3})
    assert told(answer) == PAID
    return [row["success"] for row in answer.json()["data"]]


def test_order_multi_in_part(play: Playing) -> None:
    """The third row is refused; with money from the main account that order alone is sent again."""
    stage = play("order-multi-in-part")
    trader = Trader(stage, *FUNDING)
    assert together(trader) == [True, True, False]
    trader.fund("500")
    trader.placed(price="54500", size="0.008")
    assert stage.holds()


def test_order_multi_in_part_mistake(play: Playing) -> None:
    """A broker that reads no rows has two orders, and one that sends all three again has too many."""
    stage = play("order-multi-in-part")
    trader = Trader(stage, *FUNDING)
    assert together(trader) == [True, True, False]
    assert not stage.holds()
    trader.fund("1000")
    assert together(trader) == [True, True, False]
    assert not stage.holds()
