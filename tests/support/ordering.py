"""A broker that orders for frank in a played scenario, call by call: what the tests of the catalogue share."""

from __future__ import annotations

import json
from typing import Any

from support.desk import Key
from support.payouts import PAID, told
from support.played_scenario import Play
from support.spot_world import ADD
from support.wire import Answer, control

TRADING = ("API_COMMON", "API_SPOT")
FUNDING = (*TRADING, "API_TRANSFER")
SYMBOL = "symbol=BTC-USDT"
OVER = (200, "400100", "Order not exist or not allow to be cancelled")
SHORT = (200, "200004", "Balance insufficient!")


class Trader:
    """Frank's key, and what is asked for with it."""

    def __init__(self, stage: Play, *groups: str, key: Key | None = None) -> None:
        self.stage = stage
        self.key = key or stage.broker.key("frank", *(groups or TRADING))

    def signed(self, method: str, target: str, body: object = None) -> Answer:
        return self.stage.broker.signed(self.key, method, target, b"" if body is None else json.dumps(body).encode())

    def order(self, **changes: object) -> Answer:
        """Ask for 0.01 BTC at 59000, which rests, or as it is said."""
        fields = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "59000", "size": "0.01", **changes}
        return self.signed("POST", ADD, fields)

    def placed(self, **changes: object) -> str:
        """An order is accepted; its id."""
        answer = self.order(**changes)
        assert told(answer) == PAID
        return str(answer.json()["data"]["orderId"])

    def look(self, order: str) -> dict[str, Any]:
        """What an order says of itself."""
        answer = self.signed("GET", f"{ADD}/{order}?{SYMBOL}")
        assert told(answer) == PAID
        data: dict[str, Any] = answer.json()["data"]
        return data

    def filled(self, order: str) -> tuple[bool, str]:
        """Whether an order is active, and how much of it is filled."""
        data = self.look(order)
        return data["active"], data["dealSize"]

    def cancel(self, order: str) -> Answer:
        return self.signed("DELETE", f"{ADD}/{order}?{SYMBOL}")

    def fills(self) -> list[str]:
        """The sizes of the fills, the newest first."""
        listed = self.signed("GET", f"/api/v1/hf/fills?{SYMBOL}").json()["data"]["items"]
        return [fill["size"] for fill in listed]

    def fund(self, amount: str) -> None:
        """Move USDT from the main account to the trading account."""
        body = {"clientOid": f"fund-{amount}", "currency": "USDT", "amount": amount, "type": "INTERNAL"}
        body |= {"fromAccountType": "MAIN", "toAccountType": "TRADE"}
        assert told(self.signed("POST", "/api/v3/accounts/universal-transfer", body)) == PAID

    def money(self) -> tuple[str, str]:
        """`balance` and `available` of USDT in the trading account."""
        [row] = self.signed("GET", "/api/v1/accounts?currency=USDT&type=trade").json()["data"]
        return row["balance"], row["available"]

    def by_hand(self, order: str, deed: str) -> None:
        """The other side fills or ends the order."""
        assert control(self.stage.send, f"/orders/{order}/{deed}", {}).status == 200

    def price(self, last: str) -> None:
        """The market moves."""
        body = json.dumps({"last": last}).encode()
        answer = self.stage.send("PUT", "/_sim/v1/prices/BTC-USDT", body, {"content-type": "application/json"})
        assert answer.status == 200
