"""A broker that places orders over the wire for a user who has money in the trade account."""

from __future__ import annotations

import json
from typing import Any

from support.desk import Key
from support.wire import Broker

GROUPS = ("API_COMMON", "API_SPOT", "API_TRANSFER")
ORDERS = "/api/v1/hf/orders"


def trading_key(broker: Broker, user: str = "alice", amount: str = "1000") -> Key:
    """A key that may trade, of a user who has moved so many USDT from main to trade."""
    key = broker.key(user, *GROUPS)
    provide(broker, key, amount)
    return key


def provide(broker: Broker, key: Key, amount: str = "1000") -> None:
    """Move so many USDT from main to trade."""
    fields = {"clientOid": f"move-{key.api_key}", "currency": "USDT", "amount": amount, "type": "INTERNAL"}
    fields |= {"fromAccountType": "MAIN", "toAccountType": "TRADE"}
    moved = broker.signed(key, "POST", "/api/v3/accounts/universal-transfer", json.dumps(fields).encode()).json()
    assert moved["code"] == "200000", moved


def place(broker: Broker, key: Key, **changes: Any) -> str:
    """The id of a limit buy of 0.004 BTC at 50000, which rests. A change to None leaves the field out."""
    fields = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "50000", "size": "0.004", **changes}
    sent = {name: value for name, value in fields.items() if value is not None}
    answer = broker.signed(key, "POST", ORDERS, json.dumps(sent).encode()).json()
    assert answer["code"] == "200000", answer
    order_id: str = answer["data"]["orderId"]
    return order_id
