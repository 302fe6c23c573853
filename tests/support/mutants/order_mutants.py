"""Mutants that err with orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from support.mutants.accounting import CarefulBroker
from support.mutants.calls import LostError
from support.mutants.mistakes import Change, Mutant, Style, instead, stubborn
from support.mutants.ordering import SpotOrder, buy
from support.mutants.styles import Reconcile, ReLogin


def usual_looks(self: CarefulBroker) -> None:
    """What many brokers look at before each order."""
    for target in ("/api/v2/symbols", "/api/v2/symbols/BTC-USDT", "/api/v1/market/orderbook/level1?symbol=BTC-USDT"):
        self.public(target)
    self.look("frank", "/api/v1/accounts?currency=USDT&type=trade")


def under_another_oid(self: CarefulBroker, wanted: SpotOrder) -> None:
    """The order is sent again, and the exchange takes it for another one."""
    wanted.client_oid = self.new_order_oid()


def no_remedy(name: str) -> Change:
    """A refusal is not read: the order is sent again as it was."""
    return Change(lambda style: {name: lambda self, wanted: None})


def batch_again(self: CarefulBroker, orders: list[SpotOrder], *_: object) -> None:
    """All of a batch is sent once more, under other clientOids."""
    if self.order_oids < 2 * len(orders):
        self.new_oids(orders)
        self.place_all(orders)


def batch_again_with_money(self: CarefulBroker, orders: list[SpotOrder], refused: list[SpotOrder]) -> None:
    """There is money for all of it now."""
    self.bring("frank", "2000")
    batch_again(self, orders)


def canceled_again(self: CarefulBroker, wanted: SpotOrder) -> None:
    for _ in range(4):
        self.send_order_cancel(wanted)


def ordered_anew(self: CarefulBroker, wanted: SpotOrder, price: str) -> None:
    """A cancellation that was answered is taken for a cancellation."""
    self.cancel_order(wanted)
    self.place(SpotOrder(wanted.user, {**wanted.fields, "price": price}))


def whole_again(self: CarefulBroker, wanted: SpotOrder) -> None:
    """An order that is not heard of for five seconds is given up, and all of it is ordered again."""
    self.bench.advance("5s")
    if wanted.state == "open":
        self.place(SpotOrder(wanted.user, wanted.fields))


def another_one(self: CarefulBroker, wanted: SpotOrder) -> None:
    """What is not there, or not filled, is ordered once more."""
    if self.order_oids == 1:
        self.place(SpotOrder(wanted.user, wanted.fields))


def unread(name: str, value: object, remedy: str) -> Change:
    """An order with this value is sent again as it was, without a look at what has become of it."""

    def change(style: Style) -> dict[str, Any]:
        follow = style.follow_order

        def follow_order(self: CarefulBroker, wanted: SpotOrder) -> None:
            if wanted.fields.get(name) == value:
                wanted.state = "over"
            else:
                follow(self, wanted)

        return {"follow_order": follow_order, remedy: lambda self, *_: None}

    return Change(change, remedy)


def as_ordered(self: CarefulBroker, wanted: SpotOrder) -> str:
    """What is left of 5000 USDT if the order cost its own price."""
    cost = Decimal(str(wanted.fields["price"])) * wanted.size * Decimal("1.001")
    return f"{5000 - cost:f}"


def asked_for_ever(self: CarefulBroker, wanted: SpotOrder) -> Mapping[str, Any] | None:
    for _ in range(6):
        if (row := self.shown(wanted)) is not None:
            return row
    return None


def stop_canceled_again(self: CarefulBroker, wanted: SpotOrder) -> None:
    for _ in range(4):
        self.send_stop_cancel(wanted)


def lost_is_refused(self: CarefulBroker, wanted: SpotOrder) -> None:
    """An order of which nothing came back is forgotten; the customer orders it by another form."""
    self.place(buy(wanted.fields["size"], wanted.fields["price"]))
    raise LostError


# fmt: off
MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant("orders-again", "orders again under another clientOid if the answer is lost", instead(order_lost=under_another_oid)),
    Mutant("orders-again-after-a-new-login", "orders again by the older family's calls if the answer is lost", instead(order_lost=lost_is_refused), style=ReLogin),
    Mutant("orders-again-after-its-usual-looks", "looks at no more after a lost answer than before every order, and orders again", instead(order_lost=under_another_oid), style=Reconcile),
    Mutant("has-no-client-oids", "gives orders no clientOid, and sends them again if the answer is lost", instead(new_order_oid=lambda self: "")),
    Mutant("orders-again-when-the-client-oid-is-used", "takes a used clientOid for a failure, and orders under another one", instead(oid_is_used=under_another_oid)),
    Mutant("orders-again-when-the-client-oid-is-used-after-its-usual-looks", "takes a used clientOid for a failure, looks as always, and orders under another one", instead(order_lost=lambda self, wanted: None, oid_is_used=under_another_oid), style=Reconcile),
    Mutant("sends-batches-again", "sends a batch again under other clientOids if the answer is lost", instead(orders_lost=batch_again)),
    Mutant("sends-whole-batches-again", "sends all of a batch again because some of it was refused", instead(orders_refused=batch_again_with_money)),
    Mutant("cancels-orders-again-and-again", "cancels an order again and again if the answer is lost", instead(order_cancel_lost=canceled_again)),
    Mutant("knocks-at-ended-orders", "cancels an order again and again if that is refused", instead(order_cancel_refused=canceled_again)),
    Mutant("knocks-at-ended-orders-by-client-oid", "cancels an order again and again if that is refused", instead(order_cancel_refused=canceled_again), style=Reconcile),
    Mutant("orders-anew-before-looking", "takes every answer to a cancellation for a success, and orders anew", instead(replace_order=ordered_anew)),
    Mutant("orders-anew-after-its-usual-looks", "takes every answer to a cancellation for a success, looks as always, and orders anew", instead(replace_order=ordered_anew), style=Reconcile),
    Mutant("asks-for-ever", "asks for an order that there is not again and again", instead(found=asked_for_ever)),
    Mutant("takes-hidden-for-not-placed", "orders again what is not found yet", instead(is_not_shown=another_one)),
    Mutant("takes-unlisted-for-not-placed", "orders again what is not in the list yet", instead(is_not_shown=another_one), style=Reconcile),
    Mutant("takes-late-for-not-filled", "orders again what does not say yet that it is filled", instead(is_not_over=another_one)),
    Mutant("orders-again-without-a-look", "orders all of it again if an order takes long", instead(follow_order=whole_again)),
    Mutant("orders-again-without-a-look-at-the-older-family", "orders all of it again if an order takes long", instead(follow_order=whole_again), style=ReLogin),
    Mutant("orders-again-after-its-usual-looks-when-it-takes-long", "looks as always, and orders all of it again if an order takes long", instead(follow_order=whole_again), style=Reconcile),
    Mutant("sells-what-was-never-bought", "takes every order for filled that was accepted", instead(is_bought=lambda self, wanted: True)),
    Mutant("books-the-price-of-the-order", "gives back what would be left if an order had cost its own price", instead(left_after=as_ordered)),
    Mutant("repeats-fok", "sends a FOK order again and again, and does not look what has become of it", unread("timeInForce", "FOK", "take_what_there_is")),
    Mutant("repeats-ioc", "sends an IOC order again and again at the same price, and does not look", unread("timeInForce", "IOC", "pay_the_ask")),
    Mutant("repeats-post-only", "sends a postOnly order again and again at the same price, and does not look", unread("postOnly", True, "go_below_the_ask")),
    Mutant("meets-its-own-order", "sends an order again and again that meets the customer's own, and does not look", unread("stp", "CN", "clear_the_way")),
    Mutant("forgets-what-the-switch-has-canceled", "does not look what is left after a break", instead(after_a_break=lambda self, user, orders: None)),
    Mutant("keeps-the-old-order-id", "goes on with the id of an order that was altered", instead(altered=lambda self, wanted, order_id: None)),
    Mutant("knocks-at-triggered-stops", "cancels a stop order again and again that was triggered", instead(stop_cancel_refused=stop_canceled_again)),
    Mutant("repeats-orders", "sends an order again that was refused", stubborn("send_order")),
    Mutant("looks-and-repeats-orders", "looks at the symbol, the prices and the money, and sends an order again that was refused", stubborn("send_order", between=usual_looks)),
    Mutant("knows-no-increments", "does not round", no_remedy("has_too_many_digits")),
    Mutant("knows-no-minimum", "repeats orders that are too small", no_remedy("is_too_small")),
    Mutant("knows-no-maximum", "repeats orders that are too large", no_remedy("is_too_large")),
    Mutant("does-not-check-numbers", "repeats orders of a size that is no positive number", no_remedy("is_no_number")),
    Mutant("knows-no-price-limit", "repeats orders whose price is too far from the market", no_remedy("is_too_far_from_the_market")),
    Mutant("moves-no-money-for-orders", "repeats orders that the trading account cannot pay", no_remedy("money_is_not_there")),
    Mutant("orders-without-permission", "goes on without the permission to trade", no_remedy("may_not_trade")),
    Mutant("knows-no-symbols", "repeats orders of a symbol that there is not", no_remedy("symbol_is_unknown")),
    Mutant("reads-no-enable-trading", "repeats orders of a symbol that is closed", no_remedy("symbol_is_closed")),
    Mutant("cancels-nothing", "repeats an order that is one too many", no_remedy("is_one_too_many")),
    Mutant("orders-for-frozen-users", "repeats orders of a user who is frozen", no_remedy("user_is_frozen")),
    Mutant("keeps-its-timestamp", "repeats an old order with its old clientTimestamp", no_remedy("came_too_late")),
)
# fmt: on
"""What errs here."""
