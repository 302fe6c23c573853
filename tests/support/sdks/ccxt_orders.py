"""Orders by ccxt."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from support.sdks.values import Filled, Ordered, number

SYMBOL: Final = "BTC/USDT"


class CcxtOrders:
    """What ccxt's unified methods can do. Its numbers are floats, of which the shortest text is read."""

    api: Any

    def _limit(self, side: str, price: str, size: str, oid: str, **more: object) -> Any:
        asked = {"clientOrderId": oid, **more}
        return self.api.create_order(SYMBOL, "limit", side, float(size), float(price), asked)

    def place(self, side: str, price: str, size: str, oid: str) -> str:
        return str(self._limit(side, price, size, oid)["id"])

    def place_test(self, side: str, price: str, size: str, oid: str) -> str:
        return str(self._limit(side, price, size, oid, test=True)["id"])

    def place_sync(self, side: str, price: str, size: str, oid: str) -> tuple[str, Decimal]:
        made = self._limit(side, price, size, oid, sync=True)
        return made["id"], number(made["filled"])

    def place_many(self, orders: list[tuple[str, str, str, str]]) -> list[str | None]:
        """By the older call: of the newer one's answer ccxt 4.5 reads nothing."""
        asked = [
            {"symbol": SYMBOL, "type": "limit", "side": side, "amount": float(size), "price": float(price)}
            | {"params": {"clientOrderId": oid}}
            for side, price, size, oid in orders
        ]
        return [row["id"] for row in self.api.create_orders(asked, {"hf": False})]

    def take(self, side: str, size: str, oid: str) -> str:
        return str(self.api.create_order(SYMBOL, "market", side, float(size), None, {"clientOrderId": oid})["id"])

    def spend(self, funds: str, oid: str) -> str:
        made = self.api.create_market_buy_order_with_cost(SYMBOL, float(funds), {"clientOrderId": oid})
        return str(made["id"])

    def alter(self, order_id: str, price: str, size: str) -> str:
        return str(self.api.edit_order(order_id, SYMBOL, "limit", "buy", float(size), float(price))["id"])

    def cancel_order(self, order_id: str) -> None:
        assert self.api.cancel_order(order_id, SYMBOL)["id"] == order_id

    def cancel_order_by_oid(self, oid: str) -> None:
        assert self.api.cancel_order(None, SYMBOL, {"clientOrderId": oid})["clientOrderId"] == oid

    def cancel_symbol(self) -> None:
        [done] = self.api.cancel_all_orders(SYMBOL)
        assert done["info"]["data"] == "success"

    def cancel_everything(self) -> None:
        [done] = self.api.cancel_all_orders()
        assert done["info"]["data"] == {"succeedSymbols": ["BTC-USDT"], "failedSymbols": []}

    def order(self, order_id: str) -> Ordered:
        return _ordered(self.api.fetch_order(order_id, SYMBOL))

    def order_by_oid(self, oid: str) -> Ordered:
        return _ordered(self.api.fetch_order(None, SYMBOL, {"clientOrderId": oid}))

    def open_orders(self) -> list[Ordered]:
        return [*map(_ordered, self.api.fetch_open_orders(SYMBOL))]

    def closed_orders(self) -> list[Ordered]:
        return [*map(_ordered, self.api.fetch_closed_orders(SYMBOL))]

    def fills(self) -> list[Filled]:
        return [*map(_filled, self.api.fetch_my_trades(SYMBOL))]

    def place_stop(self, side: str, stop: str, price: str, size: str, oid: str) -> str:
        return str(self._limit(side, price, size, oid, triggerPrice=float(stop))["id"])

    def stop_orders(self) -> dict[str, Decimal]:
        rows = self.api.fetch_open_orders(SYMBOL, None, None, {"trigger": True})
        return {row["clientOrderId"]: number(row["triggerPrice"]) for row in rows}

    def cancel_stop(self, order_id: str) -> None:
        assert self.api.cancel_order(order_id, SYMBOL, {"trigger": True})["id"] == order_id


def _ordered(row: Mapping[str, Any]) -> Ordered:
    amounts = (row["price"], row["amount"], row["filled"], row["cost"], row["fee"]["cost"])
    return Ordered.of(row["clientOrderId"], row["side"], *amounts, status=row["status"])


def _filled(row: Mapping[str, Any]) -> Filled:
    amounts = (row["price"], row["amount"], row["cost"], row["fee"]["cost"])
    return Filled.of(row["order"], row["side"], *amounts, liquidity=row["takerOrMaker"])
