"""`/spotMarket/tradeOrdersV2` and `/spotMarket/tradeOrders`: the life of an order, a message for each turn of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, Final, Literal

from simulator.core import money
from simulator.core.money import ZERO, plain
from simulator.core.spec import NANOSECONDS
from simulator.core.spot.reports import reported
from simulator.core.stream.message import Push, Transition
from simulator.core.world import DueKind, Fill, Order, OrderStatus, World

V2: Final = "/spotMarket/tradeOrdersV2"
V1: Final = "/spotMarket/tradeOrders"
SUBJECT: Final = "orderChange"
TurnStatus = Literal["new", "open", "match", "done"]
OrderTurn = Literal["received", "open", "match", "update", "filled", "canceled"]
FEE_TYPES: Final = {"taker": "takerFee", "maker": "makerFee"}


def messages(change: Transition) -> Iterator[Push]:
    """What the users learn of their orders: V2."""
    for user, fields in turns(change):
        yield Push(V2, SUBJECT, fields, user)


def older_messages(change: Transition) -> Iterator[Push]:
    """What the users learn of their orders: V1, which is silent about an order before it is in the book or trades."""
    for user, fields in turns(change):
        if fields["type"] != "received":
            yield Push(V1, SUBJECT, fields, user)


def turns(change: Transition) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each turn of each order with its user, an order after the other [H128/orders].

    An order whose plan delays its reports takes its turns when look-ups show them. Those that a plan loses are left out
    [H128/lost-reports].
    """
    for key in change.keys("orders"):
        order = known_of(change.after, key)
        if order is not None:
            for fields in _Life(known_of(change.before, key), order).turns():
                yield order.user, fields


def known_of(world: World, order_id: str) -> Order | None:
    """The order as far as it has been reported; None = it has not, or there is no such order.

    While a report is on the agenda, everything before the report is known, and nothing after it.
    """
    order = world.orders.get(order_id)
    if order is None or order.plan is None:
        return order
    number = world.agenda.numbers.get((DueKind.ORDER_REPORT.value, order_id))
    return order if number is None else reported(order, world.agenda.entries[number].at - 1)


class _Life:
    """What has happened to an order between two of its states. The fields of a message are as of its turn."""

    def __init__(self, before: Order | None, after: Order) -> None:
        self._before, self._after = before, after
        self._filled = before.deal_size if before else ZERO
        self._funds = before.deal_funds if before else ZERO
        self._canceled = before.canceled_size if before else ZERO
        self._size = money.subtract(after.terms.size or ZERO, self._canceled)

    def turns(self) -> Iterator[dict[str, Any]]:
        before, after = self._before, self._after
        in_book = before is not None and before.in_book
        if before is None:
            yield self._turn("received", "new", after.created_at)
        known = len(before.fills) if before else 0
        fills = list(islice(after.fills, len(after.fills) - known))[::-1]
        for fill in fills:
            if fill.liquidity == "maker" and not in_book:
                in_book = True
                yield self._turn("open", "open", after.created_at)
            match = self._match(fill)
            if not fill.lost:
                yield match
        if after.in_book and not in_book:
            yield self._turn("open", "open", after.updated_at)
        if before is None or before.status.active:
            yield from self._end(before.canceled_size if before else ZERO)

    def _end(self, known: Decimal) -> Iterator[dict[str, Any]]:
        """How it ended, or was made smaller."""
        after = self._after
        at, size = after.updated_at, self._size
        self._canceled = after.canceled_size
        if after.end_lost and not after.status.active:
            return
        if after.status is OrderStatus.FILLED:
            yield self._turn("filled", "done", at)
        elif not after.status.active:
            yield self._turn("canceled", "done", at)
        elif after.canceled_size != known:
            self._size = money.subtract(size, money.subtract(after.canceled_size, known))
            yield {**self._turn("update", "open" if after.in_book else "match", at), "oldSize": plain(size)}

    def _match(self, fill: Fill) -> dict[str, Any]:
        self._filled = money.add(self._filled, fill.size)
        self._funds = money.add(self._funds, fill.funds)
        taker = fill.liquidity == "taker"
        return {
            **self._turn("match", "match" if taker else "open", fill.at),
            "matchPrice": plain(fill.price),
            "matchSize": plain(fill.size),
            "tradeId": str(fill.trade_id),
            "liquidity": fill.liquidity,
            "feeType": FEE_TYPES[fill.liquidity],
        }

    def _turn(self, turn: OrderTurn, status: TurnStatus, at: int) -> dict[str, Any]:
        """The fields of every message. An order by funds has no size of its own."""
        order, terms = self._after, self._after.terms
        rest = remain_funds = ZERO
        if status != "done" and terms.size is not None:
            rest = money.subtract(terms.size, money.add(self._filled, self._canceled))
        if status != "done" and terms.funds is not None:
            remain_funds = money.subtract(terms.funds, self._funds)
        price = {} if terms.price is None else {"price": plain(terms.price)}
        funds = {} if terms.funds is None else {"originFunds": plain(terms.funds), "remainFunds": plain(remain_funds)}
        return {
            "canceledSize": plain(self._canceled),
            "clientOid": order.client_oid,
            "filledSize": plain(self._filled),
            "orderId": order.id,
            "orderTime": order.created_at,
            "orderType": terms.type.value,
            "originSize": plain(terms.size or ZERO),
            **price,
            "remainSize": plain(rest),
            **funds,
            "side": terms.side.value,
            "size": plain(self._size),
            "status": status,
            "symbol": terms.symbol,
            "ts": at * NANOSECONDS,
            "type": turn,
        }
