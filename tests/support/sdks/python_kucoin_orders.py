"""Orders by python-kucoin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from support.sdks.values import SYMBOL, Filled, Ordered, filled, number, ordered


class PythonKucoinOrders:
    """What python-kucoin's calls of the high-frequency family can do."""

    api: Any

    def place(self, side: str, price: str, size: str, oid: str) -> str:
        return str(self.api.hf_create_limit_order(SYMBOL, side, price, size, client_oid=oid)["orderId"])

    def place_test(self, side: str, price: str, size: str, oid: str) -> str:
        made = self.api.hf_create_test_order(SYMBOL, "limit", side, size=size, price=price, client_oid=oid)
        return str(made["orderId"])

    def place_sync(self, side: str, price: str, size: str, oid: str) -> tuple[str, Decimal]:
        made = self.api.sync_hf_create_order(SYMBOL, "limit", side, size=size, price=price, client_oid=oid)
        return made["orderId"], number(made["dealSize"])

    def place_many(self, orders: list[tuple[str, str, str, str]]) -> list[str | None]:
        names = ("side", "price", "size", "client_oid")
        asked = [{"symbol": SYMBOL, "type": "limit", **dict(zip(names, order, strict=True))} for order in orders]
        return [row.get("orderId") for row in self.api.hf_create_orders(asked)]

    def take(self, side: str, size: str, oid: str) -> str:
        return str(self.api.hf_create_market_order(SYMBOL, side, size=size, client_oid=oid)["orderId"])

    def spend(self, funds: str, oid: str) -> str:
        return str(self.api.hf_create_market_order(SYMBOL, "buy", funds=funds, client_oid=oid)["orderId"])

    def alter(self, order_id: str, price: str, size: str) -> str:
        made = self.api.hf_modify_order(SYMBOL, order_id=order_id, new_price=price, new_size=size)
        return str(made["newOrderId"])

    def cancel_order(self, order_id: str) -> None:
        assert self.api.hf_cancel_order(order_id, SYMBOL) == {"orderId": order_id}

    def cancel_part(self, order_id: str, size: str) -> None:
        self.api.hf_cancel_specified_quantity_of_order(order_id, SYMBOL, size)

    def cancel_symbol(self) -> None:
        assert self.api.hf_cancel_orders_by_symbol(SYMBOL) == "success"

    def cancel_everything(self) -> None:
        assert self.api.hf_cancel_all_orders() == {"succeedSymbols": [SYMBOL], "failedSymbols": []}

    def order(self, order_id: str) -> Ordered:
        return ordered(self.api.hf_get_order(order_id, SYMBOL))

    def order_by_oid(self, oid: str) -> Ordered:
        return ordered(self.api.hf_get_order_by_client_oid(oid, SYMBOL))

    def open_orders(self) -> list[Ordered]:
        return [*map(ordered, self.api.hf_get_active_orders(SYMBOL))]

    def closed_orders(self) -> list[Ordered]:
        return [*map(ordered, self.api.hf_get_completed_orders(SYMBOL)["items"])]

    def fills(self) -> list[Filled]:
        return [*map(filled, self.api.hf_get_fills(SYMBOL)["items"])]

    def place_stop(self, side: str, stop: str, price: str, size: str, oid: str) -> str:
        made = self.api.create_stop_order(SYMBOL, "limit", side, stop, size=size, price=price, client_oid=oid)
        return str(made["orderId"])

    def stop_orders(self) -> dict[str, Decimal]:
        rows = self.api.get_stop_orders(SYMBOL)["items"]
        return {row["clientOid"]: number(row["stopPrice"]) for row in rows}

    def cancel_stop(self, order_id: str) -> None:
        assert self.api.cancel_stop_order(order_id) == {"cancelledOrderIds": [order_id]}
