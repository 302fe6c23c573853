"""The careful broker orders on the spot market: each order once, and it knows what became of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from support.mutants.calls import DeclinedError, LostError, Reply
from support.mutants.paying import STEPS, PayingBroker

HF: Final = "/api/v1/hf/orders"
SECOND: Final = 1_000
FEE: Final = Decimal("1.001")
"""What an order holds of its price x size."""


@dataclass
class SpotOrder:
    """What a customer wants to buy or sell, and what the broker knows of it."""

    user: str
    fields: dict[str, Any]
    client_oid: str = ""
    state: str = "new"
    """new, open, over, or declined."""
    id: str = ""
    """The orderId, once it is known."""
    filled: Decimal = field(default_factory=Decimal)
    stamp: int | None = None
    """When the customer asked for it, if that counts, ms."""

    @property
    def size(self) -> Decimal:
        return Decimal(self.fields["size"])

    @property
    def symbol(self) -> str:
        return str(self.fields["symbol"])


def buy(size: str = "0.01", price: str = "59000", user: str = "frank", **changes: Any) -> SpotOrder:
    """An order for BTC at a price that the market has not, unless it is said."""
    return SpotOrder(
        user, {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": price, "size": size, **changes}
    )


REMEDIES: Final = {
    "clientOidDuplicated": "oid_is_used",
    "increment invalid": "has_too_many_digits",
    "below the minimum": "is_too_small",
    "should more then": "is_too_small",
    "above the maximum": "is_too_large",
    "invalid": "is_no_number",
    "price": "is_too_far_from_the_market",
    "Balance insufficient": "money_is_not_there",
    "require more permission": "may_not_trade",
    "symbol not exists": "symbol_is_unknown",
    "symbolNotAvailable": "symbol_is_closed",
    "Too many open orders": "is_one_too_many",
    "frozen": "user_is_frozen",
    "later than": "came_too_late",
}
"""By a part of its text: the method that does what a refusal asks for, and raises `DeclinedError` if nothing helps."""


class OrderingBroker(PayingBroker):
    """A style says by which calls it orders and looks, and what it does about lost answers."""

    adding = HF
    order_oids = 0
    finding_tries = 2
    """Looks for an order of which no answer has come, before it reads the list."""

    # --- what a style decides
    def check_order(self, wanted: SpotOrder) -> None:
        """Look before the order. Raise `DeclinedError` if it cannot succeed."""

    def shown(self, wanted: SpotOrder) -> Mapping[str, Any] | None:
        """What a look-up shows of an order, by KuCoin's names of the newer family; None = it is not found."""
        raise NotImplementedError

    def order_lost(self, wanted: SpotOrder) -> None:
        """After a lost answer. The order stays new if it may be sent again."""

    def cancel_path(self, wanted: SpotOrder) -> str:
        """The call that cancels."""
        raise NotImplementedError

    def order_cancel_lost(self, wanted: SpotOrder) -> None:
        """What is done before the look, after the answer to a cancellation was lost."""

    # --- an order
    def place(self, wanted: SpotOrder) -> None:
        """Bring an order on its way, or decline it."""
        try:
            for _ in range(STEPS):
                if wanted.state == "new":
                    self.check_order(wanted)
                    self.try_order(wanted)
        except (DeclinedError, LostError):
            wanted.state = "declined"

    def try_order(self, wanted: SpotOrder) -> None:
        """Send the order once, under its own clientOid."""
        wanted.client_oid = wanted.client_oid or self.new_order_oid()
        try:
            reply = self.send_order(wanted)
        except LostError:
            self.order_lost(wanted)
            return
        if self.ok(reply):
            self.order_accepted(wanted, reply.data)
        else:
            self.order_refused(wanted, reply)

    def new_order_oid(self) -> str:
        """A clientOid for each order."""
        self.order_oids += 1
        return f"order-{self.order_oids}"

    def order_body(self, wanted: SpotOrder) -> dict[str, Any]:
        """The request, the same whenever it is sent."""
        stamp = {} if wanted.stamp is None else {"clientTimestamp": wanted.stamp, "allowMaxTimeWindow": 1_000}
        return {**wanted.fields, **stamp, "clientOid": wanted.client_oid}

    def send_order(self, wanted: SpotOrder) -> Reply:
        return self.signed(wanted.user, "POST", self.adding, self.order_body(wanted))

    def order_accepted(self, wanted: SpotOrder, data: Mapping[str, Any]) -> None:
        wanted.id, wanted.state = str(data["orderId"]), "open"
        if data.get("status") == "done":
            wanted.state, wanted.filled = "over", Decimal(data["dealSize"])

    def order_refused(self, wanted: SpotOrder, reply: Reply) -> None:
        """Do what the refusal asks for. Raise `DeclinedError` if nothing helps."""
        for text, remedy in REMEDIES.items():
            if text in reply.text:
                getattr(self, remedy)(wanted)
                return
        raise DeclinedError(reply.text)

    # --- what is done about a refusal
    def oid_is_used(self, wanted: SpotOrder) -> None:
        """The order is there: an earlier answer was lost."""
        self.order_seen(wanted, self.found(wanted))

    def has_too_many_digits(self, wanted: SpotOrder) -> None:
        """Round by the symbol's increments: the price in the customer's favor."""
        symbol = self.symbol(wanted)
        for name, increment in (("size", "baseIncrement"), ("price", "priceIncrement")):
            wanted.fields[name] = f"{rounded(Decimal(wanted.fields[name]), Decimal(symbol[increment])):f}"

    def is_too_small(self, wanted: SpotOrder) -> None:
        raise DeclinedError(f"at least {self.symbol(wanted)['baseMinSize']}")

    def is_too_large(self, wanted: SpotOrder) -> None:
        raise DeclinedError(f"at most {self.symbol(wanted)['baseMaxSize']}")

    def is_no_number(self, wanted: SpotOrder) -> None:
        raise DeclinedError("the size is no positive number")

    def is_too_far_from_the_market(self, wanted: SpotOrder) -> None:
        raise DeclinedError(f"the market asks for {self.best_ask(wanted)}")

    def money_is_not_there(self, wanted: SpotOrder) -> None:
        """Move what is missing from the main account, or decline."""
        missing = wanted.size * Decimal(wanted.fields["price"]) * FEE - self.money(wanted, "trade")
        if not 0 < missing <= self.money(wanted, "main"):
            raise DeclinedError("the balance does not cover it")
        self.bring(wanted.user, f"{missing:f}")

    def may_not_trade(self, wanted: SpotOrder) -> None:
        raise DeclinedError("tick spot trading at the next login")

    def symbol_is_unknown(self, wanted: SpotOrder) -> None:
        raise DeclinedError("there is no such symbol")

    def symbol_is_closed(self, wanted: SpotOrder) -> None:
        raise DeclinedError("the symbol is not open for trading")

    def is_one_too_many(self, wanted: SpotOrder) -> None:
        """Cancel the oldest one."""
        oldest = SpotOrder(wanted.user, wanted.fields, id=str(self.active_orders(wanted.user)[-1]["id"]))
        self.signed(oldest.user, "DELETE", f"{HF}/{oldest.id}?symbol={oldest.symbol}")

    def user_is_frozen(self, wanted: SpotOrder) -> None:
        raise DeclinedError("KuCoin has frozen the account")

    def came_too_late(self, wanted: SpotOrder) -> None:
        """The customer wants it still, and asks for it now."""
        wanted.stamp = self.clock()

    # --- what it looks at
    def symbol(self, wanted: SpotOrder) -> Mapping[str, Any]:
        """The numbers of the order's symbol. Raise `DeclinedError` if there is none."""
        reply = self.public(f"/api/v2/symbols/{wanted.symbol}")
        if not self.ok(reply):
            raise DeclinedError("there is no such symbol")
        data: Mapping[str, Any] = reply.data
        return data

    def best_ask(self, wanted: SpotOrder) -> Decimal:
        """What a purchase costs now."""
        return Decimal(self.public(f"/api/v1/market/orderbook/level1?symbol={wanted.symbol}").data["bestAsk"])

    def money(self, wanted: SpotOrder, kind: str) -> Decimal:
        """What is there and not held of the currency that a purchase costs."""
        rows = self.look(wanted.user, f"/api/v1/accounts?currency=USDT&type={kind}").data
        return sum((Decimal(row["available"]) for row in rows), Decimal(0))

    def bring(self, user: str, amount: str) -> None:
        """Move USDT into the trading account."""
        raise NotImplementedError

    def active_orders(self, user: str) -> list[Mapping[str, Any]]:
        """The orders of the symbol that are not over, the last change first."""
        return list(self.look(user, f"{HF}/active?symbol=BTC-USDT").data)

    def found(self, wanted: SpotOrder) -> Mapping[str, Any] | None:
        """What is known of an order. One that was accepted is looked for until it is shown, another one twice."""
        tries = STEPS if wanted.id else self.finding_tries
        for _ in range(tries):
            if (row := self.shown(wanted)) is not None:
                return row
            self.is_not_shown(wanted)
        rows = [row for row in self.active_orders(wanted.user) if row["clientOid"] == wanted.client_oid]
        return rows[0] if rows else None

    def is_not_shown(self, wanted: SpotOrder) -> None:
        """An accepted order is shown after some moments."""
        self.bench.sleep(SECOND)

    def order_seen(self, wanted: SpotOrder, row: Mapping[str, Any] | None) -> None:
        """Keep what a look has shown. Raise `DeclinedError` if there is no such order."""
        if row is None:
            raise DeclinedError("there is no such order")
        wanted.id, wanted.filled = str(row["id"]), Decimal(row["dealSize"])
        wanted.state = "open" if row["active"] else "over"


def rounded(number: Decimal, increment: Decimal) -> Decimal:
    """The largest multiple of the increment that is not more than a number."""
    return (number / increment).quantize(Decimal(1), ROUND_DOWN) * increment
