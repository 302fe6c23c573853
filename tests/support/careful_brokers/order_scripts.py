"""What a careful broker's users want in scenarios about orders, as their comments say it."""

from __future__ import annotations

from decimal import Decimal

from support.careful_brokers.playing import FOR_TRADING, Played, script
from support.careful_brokers.trading import SECOND, Placed
from support.control_calls import steer

MAY_FUND = (*FOR_TRADING, "API_TRANSFER")
REST, TAKE = "59000", "60500"
"""A price at which a purchase rests, and one at which it is filled."""


def rests(played: Played, price: str = REST) -> Placed:
    """Frank buys at a price that the market has not."""
    played.broker.groups = FOR_TRADING
    return played.broker.order("frank", size="0.01", price=price)


def replaced(played: Played) -> None:
    """Frank wants it at another price, if it is not bought yet."""
    placed = rests(played)
    if played.broker.take_back(played.broker.account("frank"), placed):
        rests(played, "59500")


def obtained(played: Played, **order: str) -> None:
    """Frank has the whole of it in the end."""
    played.broker.groups = FOR_TRADING
    played.broker.obtain("frank", "0.01", price=TAKE, **order)


def price(played: Played, last: str) -> None:
    """The market moves."""
    assert steer(played.stage.send, "PUT", "/prices/BTC-USDT", {"last": last}).status == 200


# --- answers
@script
def order_answer_lost(played: Played) -> None:
    assert played.broker.look(played.broker.account("frank"), rests(played))


@script
def order_client_oid_again(played: Played) -> None:
    assert played.broker.take_back(played.broker.account("frank"), rests(played))


@script
def order_cancel_meets_fill(played: Played) -> None:
    replaced(played)


@script
def order_cancel_answer_lost(played: Played) -> None:
    replaced(played)


@script
def order_unknown_at_first(played: Played) -> None:
    assert played.broker.look(played.broker.account("frank"), rests(played))


@script
def order_burst(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    for _ in range(5):
        played.broker.order("frank", size="0.001", price=REST)


# --- what becomes of an order
@script
def order_partly_filled(played: Played) -> None:
    obtained(played)


@script
def order_expired_in_part(played: Played) -> None:
    obtained(played)


@script
def order_fill_seen_first(played: Played) -> None:
    obtained(played)


@script
def order_fok_killed(played: Played) -> None:
    obtained(played, timeInForce="FOK")


@script
def order_better_price(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    for size in ("0.01", "0.0065"):
        played.broker.obtain("frank", size, price="61000")


@script
def order_post_only_takes(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    ask = played.broker.best_ask()
    placed = played.broker.order("frank", size="0.01", price=str(ask), postOnly=True)
    if not played.broker.look(played.broker.account("frank"), placed):
        below = str(played.broker.best_ask() - Decimal("0.1"))
        played.broker.order("frank", size="0.01", price=below, postOnly=True)
    price(played, REST)


@script
def order_gtt_expires(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    placed = played.broker.order("frank", size="0.01", price=REST, timeInForce="GTT", cancelAfter=60)
    played.people.sleep(60 * SECOND)
    assert not played.broker.look(played.broker.account("frank"), placed)
    assert placed.filled == 0
    obtained(played)


@script
def order_dead_man(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.trader("frank")
    played.broker.guard(account, 60)
    placed = rests(played)
    for _ in range(6):
        played.people.sleep(30 * SECOND)
        played.broker.guard(account, 60)
    assert not played.broker.look(account, placed)
    assert placed.filled == placed.size


@script
def order_self_trade(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.trader("frank")
    own = played.broker.order("frank", side="sell", size="0.5", price="60100")
    placed = played.broker.order("frank", size="0.01", price="60100", stp="CN")
    if not played.broker.look(account, placed) and not placed.filled:
        assert played.broker.take_back(account, own)
        played.broker.obtain("frank", "0.01", price="60100", stp="CN")


@script
def order_rejected(played: Played) -> None:
    account = played.broker.account("frank")
    for deed in ("reject", "fill"):
        placed = rests(played)
        assert steer(played.stage.send, "POST", f"/orders/{placed.client_oid}/{deed}", {}).status == 200
        assert not played.broker.look(account, placed)
    assert placed.filled == placed.size


@script
def order_canceled_by_exchange(played: Played) -> None:
    placed = rests(played)
    played.people.sleep(60 * SECOND)
    assert not played.broker.look(played.broker.account("frank"), placed)
    if placed.filled:
        played.broker.order("frank", side="sell", size=str(placed.filled), price="61000")


@script
def stop_order_without_money(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.trader("frank")
    stop = played.broker.stop("frank", "61000", size="0.01", price="62000")
    other = played.broker.order("frank", size="0.015", price=REST)
    price(played, "61000")
    assert not played.broker.waits(account, stop)
    if played.broker.seen(account, Placed(stop.fields)) is None:
        assert played.broker.take_back(account, other)
        played.broker.obtain("frank", "0.01", price="62000")


# --- what is allowed
@script
def order_increments(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    placed = played.broker.order("frank", size="0.0123456789", price="59000.37")
    assert (placed.fields["size"], placed.fields["price"]) == ("0.01234567", "59000.3")


@script
def order_below_minimum(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    assert "too small" in played.declined("frank", size="0.0001", price=REST)
    played.broker.order("frank", size="0.0002", price=REST)


@script
def order_without_permission(played: Played) -> None:
    rests(played)
    assert played.people.logins == 2


@script
def order_price_too_far(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    why = played.declined("frank", size="0.001", price="670000")
    assert "too far" in why or "Max. price" in why
    obtained(played)


@script
def order_money_in_main(played: Played) -> None:
    played.broker.groups = MAY_FUND
    played.broker.order("frank", size="0.01", price=REST)


@script
def order_multi_in_part(played: Played) -> None:
    played.broker.groups = MAY_FUND
    assert len(played.broker.order_all("frank", [{"size": "0.008", "price": "54500"}] * 3)) == 3
