"""The careful broker after it has ordered: until an order is over, when it is taken back, several at once, a switch."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from support.mutants.calls import DeclinedError, LostError, Reply
from support.mutants.ordering import HF, SECOND, OrderingBroker, SpotOrder
from support.mutants.paying import STEPS

STOPS = "/api/v1/stop-order"
ASK_STEP = Decimal("0.1")
"""So far below the ask a purchase rests."""


class TradingBroker(OrderingBroker):
    """It believes no order to be filled, canceled or gone before it has seen it."""

    # --- until it is over
    def follow_order(self, wanted: SpotOrder) -> None:
        """Look at an order until it is over, but not for ever."""
        for _ in range(STEPS):
            if wanted.state == "open":
                self.order_seen(wanted, self.found(wanted))
                if wanted.state == "open":
                    self.is_not_over(wanted)

    def is_not_over(self, wanted: SpotOrder) -> None:
        """An order takes its time."""
        self.bench.sleep(SECOND)

    def obtain(self, wanted: SpotOrder) -> None:
        """Order until the customer has all of it: what is missing is ordered as it can be had."""
        try:
            for _ in range(STEPS):
                self.place(wanted)
                self.follow_order(wanted)
                if wanted.state != "over" or wanted.filled == wanted.size:
                    break
                wanted = self.rest_of(wanted)
        except DeclinedError:
            wanted.state = "declined"

    def rest_of(self, wanted: SpotOrder) -> SpotOrder:
        """What is ordered next, after an order that is over and was not filled whole."""
        fields = {**wanted.fields, "size": f"{wanted.size - wanted.filled:f}"}
        if not wanted.filled:
            self.change(wanted, fields)
        return SpotOrder(wanted.user, fields)

    def change(self, wanted: SpotOrder, fields: dict[str, Any]) -> None:
        """Make another order of one of which nothing was filled."""
        if "stp" in fields:
            self.clear_the_way(wanted, fields)
        elif fields.get("postOnly"):
            self.go_below_the_ask(wanted, fields)
        elif fields.get("timeInForce") == "FOK":
            self.take_what_there_is(fields)
        elif fields.get("timeInForce") == "IOC":
            self.pay_the_ask(wanted, fields)
        else:
            raise DeclinedError("KuCoin did not keep the order")

    def clear_the_way(self, wanted: SpotOrder, fields: dict[str, Any]) -> None:
        """Cancel the customer's own orders of the other side."""
        for row in self.active_orders(wanted.user):
            if row["side"] != fields["side"]:
                self.take_back(SpotOrder(wanted.user, wanted.fields, row["clientOid"], "open", row["id"]))

    def go_below_the_ask(self, wanted: SpotOrder, fields: dict[str, Any]) -> None:
        fields["price"] = f"{self.best_ask(wanted) - ASK_STEP:f}"

    def take_what_there_is(self, fields: dict[str, Any]) -> None:
        del fields["timeInForce"]

    def pay_the_ask(self, wanted: SpotOrder, fields: dict[str, Any]) -> None:
        fields["price"] = f"{self.best_ask(wanted):f}"

    def is_bought(self, wanted: SpotOrder) -> bool:
        """Whether all of it was bought, so that it can be sold again."""
        self.follow_order(wanted)
        return wanted.filled == wanted.size

    def sell_again(self, wanted: SpotOrder, price: str) -> None:
        """The customer wants to sell what has been bought."""
        if self.is_bought(wanted):
            self.place(SpotOrder(wanted.user, {**wanted.fields, "side": "sell", "price": price}))

    # --- taken back, and altered
    def take_back(self, wanted: SpotOrder) -> None:
        """Cancel an order. Whatever the answer, a look shows what has become of it."""
        if wanted.state == "open":
            self.cancel_order(wanted)
            self.order_seen(wanted, self.found(wanted))

    def cancel_order(self, wanted: SpotOrder) -> None:
        try:
            reply = self.send_order_cancel(wanted)
        except LostError:
            self.order_cancel_lost(wanted)
            return
        if not self.ok(reply):
            self.order_cancel_refused(wanted)

    def send_order_cancel(self, wanted: SpotOrder) -> Reply:
        return self.signed(wanted.user, "DELETE", f"{self.cancel_path(wanted)}?symbol={wanted.symbol}")

    def order_cancel_refused(self, wanted: SpotOrder) -> None:
        """It is over: the look shows how."""

    def replace_order(self, wanted: SpotOrder, price: str) -> None:
        """The customer wants it at another price: it is taken back, and if it is not bought yet, ordered anew."""
        self.take_back(wanted)
        if wanted.filled < wanted.size:
            self.place(SpotOrder(wanted.user, {**wanted.fields, "price": price}))

    def alter(self, wanted: SpotOrder, price: str) -> None:
        """Have KuCoin do the same in one step: the order has another id then."""
        body = {"symbol": wanted.symbol, "orderId": wanted.id, "newPrice": price}
        reply = self.signed(wanted.user, "POST", f"{HF}/alter", body)
        self.altered(wanted, str(reply.data["newOrderId"]))

    def altered(self, wanted: SpotOrder, order_id: str) -> None:
        wanted.id = order_id

    def inquire(self, user: str, client_oid: str) -> None:
        """The customer asks what has become of an order."""
        wanted = SpotOrder(user, {"symbol": "BTC-USDT"}, client_oid)
        try:
            self.order_seen(wanted, self.found(wanted))
        except DeclinedError:
            wanted.state = "declined"

    # --- several at once
    def place_all(self, orders: list[SpotOrder]) -> None:
        """Send some orders of one user together. What is refused is sent alone, if it can be mended."""
        for wanted in orders:
            wanted.client_oid = wanted.client_oid or self.new_order_oid()
        try:
            reply = self.send_orders(orders)
        except LostError:
            self.orders_lost(orders)
            return
        refused = [wanted for wanted, row in zip(orders, reply.data, strict=True) if not row["success"]]
        for wanted, row in zip(orders, reply.data, strict=True):
            if row["success"]:
                wanted.id, wanted.state = str(row["orderId"]), "open"
        if refused:
            self.orders_refused(orders, refused)

    def send_orders(self, orders: list[SpotOrder]) -> Reply:
        rows = [self.order_body(wanted) for wanted in orders]
        return self.signed(orders[0].user, "POST", f"{HF}/multi", {"orderList": rows})

    def orders_lost(self, orders: list[SpotOrder]) -> None:
        """After a lost answer: the list shows which of them are there, and the others are sent alone."""
        rows = {row["clientOid"]: row for row in self.active_orders(orders[0].user)}
        for wanted in orders:
            if wanted.client_oid in rows:
                self.order_seen(wanted, rows[wanted.client_oid])
            else:
                self.place(wanted)

    def orders_refused(self, orders: list[SpotOrder], refused: list[SpotOrder]) -> None:
        for wanted in refused:
            self.place(wanted)

    def new_oids(self, orders: list[SpotOrder]) -> None:
        """Forget under which clientOids orders were sent."""
        for wanted in orders:
            wanted.client_oid, wanted.state = "", "new"

    # --- a switch, and orders that wait for a price
    def guard(self, user: str) -> None:
        """Have all orders canceled in a minute, unless it is said again."""
        self.signed(user, "POST", f"{HF}/dead-cancel-all", {"timeout": 60})

    def after_a_break(self, user: str, orders: list[SpotOrder]) -> None:
        """The broker was away: what is not active any more was canceled or filled meanwhile."""
        active = {row["id"] for row in self.active_orders(user)}
        for wanted in orders:
            if wanted.id not in active:
                self.order_seen(wanted, self.found(wanted))

    def take_all_back(self, orders: list[SpotOrder]) -> None:
        """Cancel all that are open, and then look at each."""
        still_open = [wanted for wanted in orders if wanted.state == "open"]
        for wanted in still_open:
            self.cancel_order(wanted)
        for wanted in still_open:
            self.order_seen(wanted, self.found(wanted))

    def stop(self, wanted: SpotOrder, stop_price: str) -> None:
        """Have an order wait for a price."""
        wanted.client_oid = self.new_order_oid()
        reply = self.signed(wanted.user, "POST", STOPS, {**self.order_body(wanted), "stopPrice": stop_price})
        wanted.id, wanted.state = str(reply.data["orderId"]), "waiting"

    def take_stop_back(self, wanted: SpotOrder) -> None:
        """Cancel an order that waits. If it waits no more, a look shows what came of it."""
        if not self.ok(self.send_stop_cancel(wanted)):
            self.stop_cancel_refused(wanted)
        wanted.state = "over" if self.look(wanted.user, f"{STOPS}/{wanted.id}").data["status"] != "NEW" else "waiting"

    def send_stop_cancel(self, wanted: SpotOrder) -> Reply:
        return self.signed(wanted.user, "DELETE", f"{STOPS}/{wanted.id}")

    def stop_cancel_refused(self, wanted: SpotOrder) -> None:
        """It was triggered."""
