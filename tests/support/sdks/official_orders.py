"""Orders by kucoin-universal-sdk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_type_hints

from support.sdks.values import SYMBOL, Filled, Ordered, filled, number, ordered


def answer(api: Any, method: str, /, **fields: Any) -> Any:
    """What a method of a part of the SDK answers to the request of these fields, under KuCoin's names.

    It is read out of the SDK's model of the answer.
    """
    ask = getattr(api, method)
    request = get_type_hints(ask).get("req")
    reply = ask(*([request.from_dict(fields)] if request else []))
    return reply.model_dump(mode="json", by_alias=True, exclude={"common_response"})


class OfficialOrders:
    """What the spot order API of the SDK can do. Requests are the SDK's models, made of KuCoin's names."""

    orders: Any

    def ask(self, method: str, /, **fields: Any) -> Any:
        """What a method of the spot order API answers."""
        return answer(self.orders, method, **fields)

    def place(self, side: str, price: str, size: str, oid: str, method: str = "add_order") -> str:
        return str(self.ask(method, **_limit(side, price, size, oid))["orderId"])

    def place_test(self, side: str, price: str, size: str, oid: str) -> str:
        return self.place(side, price, size, oid, "add_order_test")

    def place_sync(self, side: str, price: str, size: str, oid: str) -> tuple[str, Decimal]:
        made = self.ask("add_order_sync", **_limit(side, price, size, oid))
        return made["orderId"], number(made["dealSize"])

    def place_many(self, orders: list[tuple[str, str, str, str]]) -> list[str | None]:
        rows = self.ask("batch_add_orders", orderList=[_limit(*order) for order in orders])["data"]
        return [row["orderId"] for row in rows]

    def take(self, side: str, size: str, oid: str) -> str:
        asked = {"symbol": SYMBOL, "type": "market", "side": side, "size": size, "clientOid": oid}
        return str(self.ask("add_order", **asked)["orderId"])

    def spend(self, funds: str, oid: str) -> str:
        asked = {"symbol": SYMBOL, "type": "market", "side": "buy", "funds": funds, "clientOid": oid}
        return str(self.ask("add_order", **asked)["orderId"])

    def alter(self, order_id: str, price: str, size: str) -> str:
        asked = {"symbol": SYMBOL, "orderId": order_id, "newPrice": price, "newSize": size}
        return str(self.ask("modify_order", **asked)["newOrderId"])

    def cancel_order(self, order_id: str) -> None:
        self.ask("cancel_order_by_order_id", symbol=SYMBOL, orderId=order_id)

    def cancel_order_by_oid(self, oid: str) -> None:
        self.ask("cancel_order_by_client_oid", symbol=SYMBOL, clientOid=oid)

    def cancel_part(self, order_id: str, size: str) -> None:
        self.ask("cancel_partial_order", symbol=SYMBOL, orderId=order_id, cancelSize=size)

    def cancel_symbol(self) -> None:
        assert self.ask("cancel_all_orders_by_symbol", symbol=SYMBOL)["data"] == "success"

    def cancel_everything(self) -> None:
        assert self.ask("cancel_all_orders") == {"succeedSymbols": [SYMBOL], "failedSymbols": []}

    def order(self, order_id: str) -> Ordered:
        return ordered(self.ask("get_order_by_order_id", symbol=SYMBOL, orderId=order_id))

    def order_by_oid(self, oid: str) -> Ordered:
        return ordered(self.ask("get_order_by_client_oid", symbol=SYMBOL, clientOid=oid))

    def open_orders(self) -> list[Ordered]:
        rows = self.ask("get_open_orders", symbol=SYMBOL)["data"]
        page = self.ask("get_open_orders_by_page", symbol=SYMBOL, pageNum=1, pageSize=20)
        assert (page["items"], page["totalNum"]) == (rows, len(rows))
        return [*map(ordered, rows)]

    def closed_orders(self) -> list[Ordered]:
        return [*map(ordered, self.ask("get_closed_orders", symbol=SYMBOL)["items"])]

    def fills(self) -> list[Filled]:
        return [*map(filled, self.ask("get_trade_history", symbol=SYMBOL)["items"])]

    def place_stop(self, side: str, stop: str, price: str, size: str, oid: str) -> str:
        return str(self.ask("add_stop_order", stopPrice=stop, **_limit(side, price, size, oid))["orderId"])

    def stop_orders(self) -> dict[str, Decimal]:
        rows = self.ask("get_stop_orders_list", symbol=SYMBOL)["items"]
        return {row["clientOid"]: number(row["stopPrice"]) for row in rows}

    def cancel_stop(self, order_id: str) -> None:
        assert self.ask("cancel_stop_order_by_order_id", orderId=order_id)["cancelledOrderIds"] == [order_id]


def _limit(side: str, price: str, size: str, oid: str) -> dict[str, str]:
    return {"symbol": SYMBOL, "type": "limit", "side": side, "price": price, "size": size, "clientOid": oid}
