"""The part of our own answers that trading gives: every call that places, shows or cancels an order, accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final

SYMBOL: Final = "BTC-USDT"
RESTING: Final = {"symbol": SYMBOL, "side": "buy", "type": "limit", "price": "50000", "size": "0.00002"}
"""A buy far below the built-in price, which rests."""
FILLED: Final = {"symbol": SYMBOL, "side": "buy", "type": "market", "funds": "10"}
HF, OLD, STOP = "/api/v1/hf/orders", "/api/v1/orders", "/api/v1/stop-order"
SendSigned = Callable[[str, str, Mapping[str, Any] | None], Any]
"""Makes a signed call by method, target and body: its `data`."""


class OwnOrders:
    """Places orders one after the other, each with a clientOid of its own."""

    def __init__(self, send: SendSigned) -> None:
        self._send = send
        self._numbers = count(1)

    def walk(self) -> None:
        """Money for the trade account, then each call."""
        moved = {"clientOid": "own-trade", "currency": "USDT", "amount": "500", "type": "INTERNAL"}
        moved |= {"fromAccountType": "MAIN", "toAccountType": "TRADE"}
        self._send("POST", "/api/v3/accounts/universal-transfer", moved)
        self._placed()
        self._hf()
        self._old()
        self._stops()
        for kind in ("public", "private"):
            self._send("POST", f"/api/v1/bullet-{kind}", None)

    def _add(self, path: str = HF, **changes: Any) -> tuple[str, str]:
        """The id and the clientOid of a new order."""
        client_oid = f"own-{next(self._numbers)}"
        data = self._send("POST", path, {**RESTING, **changes, "clientOid": client_oid})
        return data["orderId"], client_oid

    def _placed(self) -> None:
        self._send("POST", HF, FILLED)
        self._add(remark="own", tags="own", timeInForce="GTT", cancelAfter=600, iceberg=True, visibleSize="0.00001")
        for path in (f"{HF}/sync", f"{HF}/test"):
            self._send("POST", path, RESTING)
        for path in (f"{HF}/multi", f"{HF}/multi/sync"):
            self._send("POST", path, {"orderList": [RESTING, {**RESTING, "size": "0.000001"}]})
        altered, _ = self._add()
        self._send("POST", f"{HF}/alter", {"symbol": SYMBOL, "orderId": altered, "newPrice": "50001"})

    def _hf(self) -> None:
        named = f"?symbol={SYMBOL}"
        order, client_oid = self._add()
        for path in (order, f"client-order/{client_oid}"):
            self._send("GET", f"{HF}/{path}{named}", None)
        self._send("DELETE", f"{HF}/cancel/{order}{named}&cancelSize=0.00001", None)
        self._send("DELETE", f"{HF}/{order}{named}", None)
        self._send("DELETE", f"{HF}/sync/{self._add()[0]}{named}", None)
        for way in ("client-order", "sync/client-order"):
            self._send("DELETE", f"{HF}/{way}/{self._add()[1]}{named}", None)
        self._send("GET", f"{HF}/done{named}", None)
        self._send("POST", f"{HF}/dead-cancel-all", {"timeout": 600, "symbols": SYMBOL})
        self._send("DELETE", f"{HF}{named}", None)
        self._add()
        self._send("DELETE", f"{HF}/cancelAll", None)

    def _old(self) -> None:
        order, client_oid = self._add(OLD)
        self._send("POST", f"{OLD}/test", {**RESTING, "clientOid": "own-test"})
        several = [{**RESTING, "clientOid": f"own-several-{number}"} for number in range(2)]
        self._send("POST", f"{OLD}/multi", {"symbol": SYMBOL, "orderList": several})
        self._send("GET", f"{OLD}/{order}", None)
        self._send("GET", f"/api/v1/order/client-order/{client_oid}", None)
        self._send("DELETE", f"{OLD}/{order}", None)
        self._send("DELETE", f"/api/v1/order/client-order/{self._add(OLD)[1]}", None)
        self._send("DELETE", f"{OLD}?symbol={SYMBOL}", None)
        self._add()

    def _stops(self) -> None:
        order, _ = self._add_stop()
        self._send("GET", f"{STOP}/{order}", None)
        self._send("DELETE", f"{STOP}/{order}", None)
        _, client_oid = self._add_stop()
        self._send("GET", f"{STOP}/queryOrderByClientOid?clientOid={client_oid}", None)
        self._send("DELETE", f"{STOP}/cancelOrderByClientOid?clientOid={client_oid}", None)
        self._add_stop()
        self._send("DELETE", f"{STOP}/cancel?symbol={SYMBOL}", None)
        self._add_stop()

    def _add_stop(self) -> tuple[str, str]:
        return self._add(STOP, stopPrice="51000")
