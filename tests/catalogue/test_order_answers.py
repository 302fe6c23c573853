"""Scenarios about orders whose answers are lost, late, or believed too much."""

from __future__ import annotations

import pytest
from support.ordering import OVER, SYMBOL, TRADING, Trader
from support.payouts import PAID, Playing, told
from support.spot_world import ADD
from support.wire import Answer

USED = (200, "400100", "validation.createOrder.clientOidDuplicated")
UNKNOWN = (200, "400100", "order not exist.")
BUSY = (429, "429000", "Too Many Requests")


def test_order_answer_lost(play: Playing) -> None:
    """The answer is a reset, the money is held, and the clientOid finds the order or refuses another one."""
    stage = play("order-answer-lost")
    trader = Trader(stage)
    with pytest.raises(ConnectionResetError):
        trader.order(clientOid="mine")
    assert trader.money() == ("1000", "409.41")
    found = trader.signed("GET", f"{ADD}/client-order/mine?{SYMBOL}").json()["data"]
    assert (found["active"], found["dealSize"]) == (True, "0")
    assert stage.holds()


def test_order_answer_lost_by_the_same_client_oid(play: Playing) -> None:
    """The same clientOid again is refused, and that is an answer to the question."""
    stage = play("order-answer-lost")
    trader = Trader(stage)
    with pytest.raises(ConnectionResetError):
        trader.order(clientOid="mine")
    assert told(trader.order(clientOid="mine")) == USED
    assert stage.holds()


@pytest.mark.parametrize("path", [ADD, f"{ADD}/sync", "/api/v1/orders"])
def test_order_answer_lost_in_each_way(play: Playing, path: str) -> None:
    """Whichever call places the order, its answer is lost once, and the order is there."""
    stage = play("order-answer-lost")
    trader = Trader(stage)
    fields = {
        "symbol": "BTC-USDT",
        "side": "buy",
        "type": "limit",
        "price": "59000",
        "size": "0.01",
        "clientOid": "mine",
    }
    with pytest.raises(ConnectionResetError):
        trader.signed("POST", path, fields)
    assert told(trader.signed("POST", path, fields)) == USED
    assert stage.holds()


def test_order_answer_lost_mistake(play: Playing) -> None:
    """A broker that orders again under another clientOid, or without one, has two orders."""
    stage = play("order-answer-lost")
    trader = Trader(stage)
    with pytest.raises(ConnectionResetError):
        trader.order(size="0.005")
    trader.placed(size="0.005")
    assert len(trader.signed("GET", f"{ADD}/active?{SYMBOL}").json()["data"]) == 2
    assert not stage.holds()
    assert "orders_accepted, user frank: exactly 1, was 2" in stage.verdict()[1]


def test_order_client_oid_again(play: Playing) -> None:
    """The refusal says that the order is there; its clientOid finds it, and so it can be canceled."""
    stage = play("order-client-oid-again")
    trader = Trader(stage)
    assert trader.order(clientOid="mine").status == 504
    assert told(trader.order(clientOid="mine")) == USED
    assert told(trader.signed("DELETE", f"{ADD}/client-order/mine?{SYMBOL}")) == PAID
    assert trader.money() == ("1000", "1000")
    assert stage.holds()


def test_order_client_oid_again_mistake(play: Playing) -> None:
    """A broker that gives the order another clientOid after the refusal has two, of which it knows one."""
    stage = play("order-client-oid-again")
    trader = Trader(stage)
    assert trader.order(clientOid="mine", size="0.005").status == 504
    assert told(trader.order(clientOid="mine", size="0.005")) == USED
    second = trader.placed(clientOid="mine-2", size="0.005")
    assert told(trader.cancel(second)) == PAID
    assert trader.money() == ("1000", "704.705")
    assert not stage.holds()


def test_order_cancel_meets_fill(play: Playing) -> None:
    """The cancellation is refused, and a look shows that all of it was bought."""
    stage = play("order-cancel-meets-fill")
    trader = Trader(stage)
    order = trader.placed()
    assert trader.filled(order) == (True, "0")
    assert told(trader.cancel(order)) == OVER
    assert trader.filled(order) == (False, "0.01")
    assert stage.holds()


@pytest.mark.parametrize("again", [False, True])
def test_order_cancel_meets_fill_mistake(play: Playing, again: bool) -> None:
    """A broker that orders anew after the refusal buys twice; one that cancels again is refused again."""
    stage = play("order-cancel-meets-fill")
    trader = Trader(stage)
    order = trader.placed()
    assert told(trader.cancel(order)) == OVER
    if again:
        assert told(trader.cancel(order)) == OVER
        assert trader.filled(order) == (False, "0.01")
    else:
        trader.placed(size="0.005", price="59500")
        assert trader.filled(order) == (False, "0.01")
    assert not stage.holds()


def lost_cancel(trader: Trader, order: str) -> None:
    """The answer to a cancellation does not arrive."""
    with pytest.raises(ConnectionResetError):
        trader.cancel(order)


def test_order_cancel_answer_lost(play: Playing) -> None:
    """A look shows that the order is over and its money is free; the other order is placed."""
    stage = play("order-cancel-answer-lost")
    trader = Trader(stage)
    order = trader.placed()
    lost_cancel(trader, order)
    assert trader.filled(order) == (False, "0")
    trader.placed(price="59500")
    assert stage.holds()


def test_order_cancel_answer_lost_mistake(play: Playing) -> None:
    """A broker that cancels for ever is refused for ever, and the other order is never placed."""
    stage = play("order-cancel-answer-lost")
    trader = Trader(stage)
    order = trader.placed()
    lost_cancel(trader, order)
    assert [told(trader.cancel(order)) for _ in range(2)] == [OVER, OVER]
    assert not stage.holds()


def test_order_unknown_at_first(play: Playing) -> None:
    """For three seconds nothing finds the order, and to the tick afterwards everything does."""
    stage = play("order-unknown-at-first")
    trader = Trader(stage)
    order = trader.placed()
    assert told(trader.signed("GET", f"{ADD}/{order}?{SYMBOL}")) == UNKNOWN
    assert trader.signed("GET", f"{ADD}/active?{SYMBOL}").json()["data"] == []
    stage.advance("3s")
    assert trader.filled(order) == (True, "0")
    assert stage.holds()


def test_order_unknown_at_first_mistake(play: Playing) -> None:
    """A broker that orders again because nothing was found has two orders."""
    stage = play("order-unknown-at-first")
    trader = Trader(stage)
    assert told(trader.signed("GET", f"{ADD}/{trader.placed(size='0.005')}?{SYMBOL}")) == UNKNOWN
    second = trader.placed(size="0.005")
    stage.advance("3s")
    assert trader.filled(second) == (True, "0")
    assert not stage.holds()


def test_order_fill_seen_first(play: Playing) -> None:
    """The fill and the money are there at once; the order follows after five seconds."""
    stage = play("order-fill-seen-first")
    trader = Trader(stage)
    order = trader.placed(price="60500")
    assert (trader.filled(order), trader.fills()) == ((True, "0"), ["0.01"])
    assert trader.money() == ("399.398999", "399.398999")
    stage.advance("5s")
    assert trader.filled(order) == (False, "0.01")
    assert stage.holds()


def test_order_fill_seen_first_mistake(play: Playing) -> None:
    """A broker that believes the order, cannot cancel it and orders again has bought twice."""
    stage = play("order-fill-seen-first")
    trader = Trader(stage)
    order = trader.placed(price="60500", size="0.005")
    assert trader.filled(order) == (True, "0")
    assert told(trader.cancel(order)) == OVER
    trader.placed(price="60500", size="0.005")
    assert trader.fills() == ["0.005", "0.005"]
    assert not stage.holds()


def burst(trader: Trader, orders: int) -> list[Answer]:
    return [trader.order(size="0.001", clientOid=f"burst-{number}") for number in range(orders)]


def test_order_burst(play: Playing) -> None:
    """The third order waits as long as the answer says, and is accepted under its own clientOid."""
    stage = play("order-burst")
    trader = Trader(stage, *TRADING)
    answers = burst(trader, 3)
    assert told(answers[2]) == BUSY
    stage.wait(int(answers[2].headers["gw-ratelimit-reset"]))
    for number in (2, 3, 4):
        trader.placed(size="0.001", clientOid=f"burst-{number}")
    assert stage.holds()


def test_order_burst_mistake(play: Playing) -> None:
    """A broker that goes on with its burst is turned away each time, and one that drops the third order has four."""
    stage = play("order-burst")
    assert [answer.status for answer in burst(Trader(stage), 5)] == [200, 200, 429, 429, 429]
    assert not stage.holds()

    stage = play("order-burst")
    trader = Trader(stage)
    stage.wait(int(burst(trader, 3)[2].headers["gw-ratelimit-reset"]))
    for number in (3, 4):
        trader.placed(size="0.001", clientOid=f"burst-{number}")
    assert not stage.holds()
    assert "orders_accepted, user frank: exactly 5, was 4" in stage.verdict()[1]
