"""Orders by the broker: placed with its tag, followed until they end, and the commission that they earn.

It goes with `broker`, and knows what KuCoin's REST API reference says. It needs the standard library alone, too.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from simulator.web.pages.demo.broker import (
    BALANCE,
    NUMBER,
    Customer,
    DeclinedError,
    FastApiBroker,
    HttpReply,
    LostError,
    StoredKey,
    sign,
)

ORDERS: Final = "/api/v1/hf/orders"
FILLS: Final = "/api/v1/hf/fills"
FEES: Final = "/api/v1/trade-fees"
TRANSFER: Final = "/api/v3/accounts/universal-transfer"
KEY_INFO: Final = "/api/v1/user/api-key"
TRADES: Final = "/api/v2/broker/queryDetailByUid"
SMALLEST: Final = Decimal("0.000001")
"""What is moved between accounts has no more decimal places than this."""
SILENT: Final = "KuCoin did not answer; please try again."


class Partner(NamedTuple):
    """What KuCoin gives to a broker for its orders. `own` is the key of its own account; None = it has none."""

    name: str
    broker_name: str
    secret: str
    own: StoredKey | None


class OrderFill(NamedTuple):
    """A part of an order that was filled."""

    at: int
    size: str
    price: str
    fee: str
    role: str


@dataclass
class SpotOrder:
    """An order. `state` is `unknown` (no answer came), `active`, `filled` or `canceled`."""

    fields: dict[str, str]
    state: str = "unknown"
    id: str = ""
    filled: str = "0"
    fee: str = "0"
    fills: list[OrderFill] = field(default_factory=list)
    commission: str = ""  # "" = it is not known

    @property
    def look_up(self) -> str:
        """Its target: by the id that the broker gave it, which is known even if no answer came."""
        return f"{ORDERS}/client-order/{self.fields['clientOid']}?symbol={quote(self.fields['symbol'], safe='')}"


@dataclass
class TradingCustomer(Customer):
    """What is stored about a customer who trades."""

    orders: list[SpotOrder] = field(default_factory=list)
    uid: str = ""


class TradingBroker(FastApiBroker):
    """The broker with orders. Without `partner` they are not tagged, and earn nothing."""

    partner: Partner | None = None

    def headers(self, key: StoredKey, method: str, target: str, body: str) -> dict[str, str]:
        """The headers of a signed call. Those of an order say whose it is, so that its fees earn a commission."""
        headers = super().headers(key, method, target, body)
        if self.partner and method == "POST" and target == ORDERS:
            text = f"{headers['KC-API-TIMESTAMP']}{self.partner.name}{key.key}"
            headers["KC-API-PARTNER"] = self.partner.name
            headers["KC-API-PARTNER-SIGN"] = sign(self.partner.secret, text)
            headers["KC-API-PARTNER-VERIFY"] = "true"
            headers["KC-BROKER-NAME"] = self.partner.broker_name
        return headers

    async def order(self, customer: TradingCustomer, fields: Mapping[str, str]) -> SpotOrder:
        """Place a limit order. Its clientOid is ours, so that it can be found if no answer comes."""
        order = SpotOrder({"clientOid": f"demo-{secrets.token_hex(5)}", "type": "limit", **fields})
        price, size = order.fields.get("price", ""), order.fields.get("size", "")
        if not (NUMBER.fullmatch(price) and NUMBER.fullmatch(size)):
            raise DeclinedError("Price and size must be numbers such as 60000 or 0.01.")
        base, _, money = order.fields.get("symbol", "").partition("-")
        if order.fields.get("side") == "buy":
            [rates] = await self.data_of(customer, f"{FEES}?symbols={quote(order.fields['symbol'], safe='')}")
            await self.provide(customer, money, Decimal(price) * Decimal(size) * (1 + Decimal(rates["takerFeeRate"])))
        else:
            await self.provide(customer, base, Decimal(size))
        try:
            reply = await self.signed(customer, "POST", ORDERS, json.dumps(order.fields))
        except LostError:
            customer.orders.append(order)  # it may have been placed: look before you place it again
            return order
        order.id, order.state = str(_data(reply)["orderId"]), "active"
        customer.orders.append(order)
        await self.follow(customer, order)
        return order

    async def provide(self, customer: TradingCustomer, currency: str, amount: Decimal) -> None:
        """Move what the trading account lacks from the main account: orders are paid from the trading account only."""
        accounts = await self.data_of(customer, f"{BALANCE}?currency={quote(currency)}&type=trade")
        missing = amount - sum(Decimal(account["available"]) for account in accounts)
        if missing <= 0:
            return
        fields = {
            "clientOid": f"demo-{secrets.token_hex(5)}",
            "currency": currency,
            "amount": f"{missing.quantize(SMALLEST, ROUND_UP):f}",
            "type": "INTERNAL",
            "fromAccountType": "MAIN",
            "toAccountType": "TRADE",
        }
        try:
            _data(await self.signed(customer, "POST", TRANSFER, json.dumps(fields)))
        except LostError:
            raise DeclinedError(SILENT) from None

    async def follow(self, customer: TradingCustomer, order: SpotOrder) -> None:
        """Look how far an order is, what each part of it cost, and what it has earned."""
        data = await self.data_of(customer, order.look_up)
        order.id, order.filled, order.fee = str(data["id"]), str(data["dealSize"]), str(data["fee"])
        whole = Decimal(order.filled) == Decimal(order.fields["size"])
        order.state = "active" if data["active"] else "filled" if whole else "canceled"
        target = f"{FILLS}?symbol={quote(order.fields['symbol'], safe='')}&orderId={quote(order.id)}"
        names = ("size", "price", "fee", "liquidity")
        items = (await self.data_of(customer, target))["items"]
        order.fills = [OrderFill(int(row["createdAt"]), *(str(row[name]) for name in names)) for row in items]
        if order.fills:
            await self.earn(customer, order)

    async def cancel(self, customer: TradingCustomer, order: SpotOrder) -> None:
        """Cancel what is left of an order. It may be filled at the same time, so look afterwards."""
        try:
            reply = await self.signed(customer, "DELETE", order.look_up)
        except LostError:
            raise DeclinedError(SILENT) from None
        await self.follow(customer, order)
        if order.state == "active":
            _data(reply)

    async def earn(self, customer: TradingCustomer, order: SpotOrder) -> None:
        """Find the trades of an order among those that earn the broker something, which are signed with its own key."""
        if self.partner is None or self.partner.own is None:
            return
        customer.uid = customer.uid or str((await self.data_of(customer, KEY_INFO))["uid"])
        target = f"{TRADES}?tradeType=SPOT&uid={quote(customer.uid)}&pageSize=500"
        rows = list(await self.data_of(Customer(key=self.partner.own), target))
        earned = Decimal(0)
        for fill in order.fills:
            same = ((row["tradeTime"], Decimal(row["totalFee"])) == (fill.at, Decimal(fill.fee)) for row in rows)
            if row := next((row for row, is_it in zip(rows, same, strict=True) if is_it), None):
                rows.remove(row)
                earned += Decimal(row["totalCommission"])
        order.commission = f"{earned.normalize():f}"

    async def data_of(self, customer: Customer, target: str) -> Any:
        """`data` of a signed GET."""
        try:
            return _data(await self.signed(customer, "GET", target))
        except LostError:
            raise DeclinedError(SILENT) from None


def _data(reply: HttpReply) -> Any:
    if reply.body.get("code") != "200000":
        raise DeclinedError(f"KuCoin says: {reply.message}")
    return reply.body["data"]
