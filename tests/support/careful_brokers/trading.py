"""How a careful broker orders for its users: what it looks at before, what it makes of each answer, and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from support.careful_brokers.connecting import Account, DeclinedError, LostError, Reply
from support.careful_brokers.paying import PayingBroker

SYMBOL: Final = "BTC-USDT"
ORDERS: Final = "/api/v1/hf/orders"
FEES: Final = Decimal("1.001")
"""What an order holds of its price x size: the fee comes on top."""
LOOKS: Final = 12
"""How often the broker looks, a second apart, before it leaves an order to itself."""
SECOND: Final = 1_000


@dataclass(frozen=True)
class Sight:
    """What a look shows of an order."""

    active: bool
    filled: Decimal
    id: str


@dataclass
class Placed:
    """An order as the broker keeps it. `id` is "" as long as no answer has brought it."""

    fields: Mapping[str, Any]
    id: str = ""
    active: bool = True
    filled: Decimal = field(default_factory=Decimal)

    @property
    def client_oid(self) -> str:
        return str(self.fields["clientOid"])

    @property
    def size(self) -> Decimal:
        return Decimal(self.fields["size"])


class TradingBroker(PayingBroker):
    """A careful broker with the orders that all styles make alike."""

    adding = ""
    """The rest of the path by which it orders: `/sync` brings the state with the answer."""

    # --- what a style decides
    def may_trade(self, account: Account) -> bool:
        """Whether the key is worth a try."""
        return "API_SPOT" in account.groups

    def checked(self, account: Account, fields: dict[str, Any]) -> None:
        """What is looked at before an order is sent, beside the symbol's numbers."""

    def seen(self, account: Account, placed: Placed) -> Sight | None:
        """What a look shows of an order; None = there is none."""
        raise NotImplementedError

    def was_taken(self, account: Account, placed: Placed) -> bool:
        """After a lost answer: whether the order was accepted."""
        return self.seen(account, placed) is not None

    def cancel_target(self, placed: Placed) -> str:
        """The path by which it cancels."""
        raise NotImplementedError

    # --- an order
    def trader(self, user: str) -> Account:
        """The user's account with a key that can order, as far as the broker knows."""
        account = self.account(user)
        if account.pair is None and account.key is None:
            self.connect(user)
        self.have_key(account)
        if not self.may_trade(account):
            self.permit(account)
        return account

    def order(self, user: str, **order: Any) -> Placed:
        """Order what a user wants, a limit buy unless it is said. Raise `DeclinedError` if it is not to be done."""
        account = self.trader(user)
        fields = self.order_form(account, {"symbol": SYMBOL, "side": "buy", "type": "limit", **order})
        return self.send_order(account, fields)

    def order_form(self, account: Account, order: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of the order, held against the symbol, with a clientOid of its own."""
        symbol = self.hear("get_symbol", lambda http: http.send("GET", f"/api/v2/symbols/{SYMBOL}")).body["data"]
        if not symbol["enableTrading"]:
            raise DeclinedError("the market is closed")
        self._oids += 1
        fields = {**order, "clientOid": f"order-{self._oids}"}
        for name, increment in (("size", "baseIncrement"), ("price", "priceIncrement")):
            fields[name] = f"{rounded(Decimal(fields[name]), Decimal(symbol[increment])):f}"
        price, size = Decimal(fields["price"]), Decimal(fields["size"])
        if size < Decimal(symbol["baseMinSize"]) or price * size < Decimal(symbol["minFunds"]):
            raise DeclinedError("the order is too small")
        self.checked(account, fields)
        return fields

    def send_order(self, account: Account, fields: dict[str, Any]) -> Placed:
        """Send the order, under one clientOid, until it is accepted."""
        placed = Placed(fields)
        for _ in range(4):
            try:
                reply = self.signed(account, "POST", ORDERS + self.adding, json.dumps(fields).encode(), "add_order")
            except LostError:
                if self.was_taken(account, placed):
                    return placed
                continue
            if reply.code == "200000":
                placed.id = reply.body["data"]["orderId"]
                return placed
            if "clientOidDuplicated" in reply.text:
                self.look(account, placed)
                return placed
            self.take_order_no(account, fields, reply)
        raise AssertionError(f"{fields} is not accepted")

    def take_order_no(self, account: Account, fields: Mapping[str, Any], reply: Reply) -> None:
        """Do what a refusal asks for, so that the order can be sent again. Raise `DeclinedError` if nothing helps."""
        if reply.code == "400007":
            self.permit(account)
        elif reply.code == "200004":
            self.fund(account, fields)
        else:
            raise DeclinedError(reply.text)

    def fund(self, account: Account, fields: Mapping[str, Any]) -> None:
        """Move what the order needs, and the trading account lacks, from the main one."""
        base, quote = SYMBOL.split("-")
        buys = fields["side"] == "buy"
        currency = quote if buys else base
        needed = Decimal(fields["size"]) * (Decimal(fields["price"]) * FEES if buys else 1)
        lacking = needed - self.in_trade(account, currency)
        if lacking <= 0:
            return
        if "API_TRANSFER" not in account.groups or lacking > self.available(account, currency):
            raise DeclinedError("the balance does not cover it")
        self.move(account, currency, lacking, source="MAIN", target="TRADE")

    # --- afterwards
    def look(self, account: Account, placed: Placed) -> bool:
        """Look at an order that was accepted, until it is found, and tell whether it is active."""
        for _ in range(LOOKS):
            if (sight := self.seen(account, placed)) is not None:
                placed.id, placed.active, placed.filled = sight.id, sight.active, sight.filled
                return placed.active
            self.people.sleep(SECOND)
        raise AssertionError(f"{placed} is never found")

    def follow(self, account: Account, placed: Placed) -> bool:
        """Look at an order until it is over, but not for ever, and tell whether it is."""
        for _ in range(LOOKS):
            if not self.look(account, placed):
                return True
            self.people.sleep(SECOND)
        return False

    def obtain(self, user: str, size: str, **order: Any) -> None:
        """Order until all of it is filled: what one order does not bring, another one must, which need not be whole."""
        account, left = self.trader(user), Decimal(size)
        while left:
            placed = self.order(user, size=str(left), **order)
            assert self.follow(account, placed), placed
            left -= placed.filled
            order.pop("timeInForce", None)

    def take_back(self, account: Account, placed: Placed) -> bool:
        """Cancel an order; whether something of it was left. What has been filled by then is bought."""
        if not placed.id:
            self.look(account, placed)
        try:
            self.signed(account, "DELETE", f"{self.cancel_target(placed)}?symbol={SYMBOL}", operation="cancel_order")
        except LostError:
            self.after_lost_cancel(account, placed)
        self.look(account, placed)
        assert not placed.active, placed
        return placed.filled < placed.size

    def after_lost_cancel(self, account: Account, placed: Placed) -> None:
        """What is done before the look, after the answer to a cancellation was lost."""

    def best_ask(self) -> Decimal:
        """What a purchase costs now."""
        target = f"/api/v1/market/orderbook/level1?symbol={SYMBOL}"
        return Decimal(self.hear("get_ticker", lambda http: http.send("GET", target)).body["data"]["bestAsk"])

    # --- several at once, later, and a switch
    def order_all(self, user: str, orders: list[dict[str, str]]) -> list[Placed]:
        """Send some orders together; those that are refused are made possible and sent alone."""
        account = self.trader(user)
        limits = [{"symbol": SYMBOL, "side": "buy", "type": "limit", **order} for order in orders]
        forms = [self.order_form(account, limit) for limit in limits]
        body = json.dumps({"orderList": forms}).encode()
        rows = self.signed(account, "POST", f"{ORDERS}/multi{self.adding}", body, "add_orders").body["data"]
        placed = []
        for form, row in zip(forms, rows, strict=True):
            if row["success"]:
                placed.append(Placed(form, row["orderId"]))
            else:
                self.fund(account, form)
                placed.append(self.send_order(account, form))
        return placed

    def stop(self, user: str, stop_price: str, **order: str) -> Placed:
        """Have an order wait for a price."""
        account = self.trader(user)
        self._oids += 1
        fields = {"symbol": SYMBOL, "side": "buy", "type": "limit", **order, "clientOid": f"stop-{self._oids}"}
        body = json.dumps({**fields, "stopPrice": stop_price}).encode()
        reply = self.signed(account, "POST", "/api/v1/stop-order", body, "add_stop_order")
        assert reply.code == "200000", reply
        return Placed(fields, reply.body["data"]["orderId"])

    def waits(self, account: Account, stop: Placed) -> bool:
        """Whether a stop order waits still."""
        return bool(self.ask(account, f"/api/v1/stop-order/{stop.id}")["status"] == "NEW")

    def guard(self, account: Account, seconds: int) -> None:
        """Have all orders canceled unless this is said again in time."""
        body = json.dumps({"timeout": seconds}).encode()
        assert self.signed(account, "POST", f"{ORDERS}/dead-cancel-all", body).code == "200000"


def rounded(number: Decimal, increment: Decimal) -> Decimal:
    """The largest multiple of the increment that is not more than a number."""
    return (number / increment).quantize(Decimal(1), ROUND_DOWN) * increment
