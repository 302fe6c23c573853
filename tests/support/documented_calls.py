"""Calls of the control surface that need something that was made before, as its document is held against answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from support.control_calls import steer
from support.demo_world import CALLBACK
from support.desk import payment
from support.wire import JSON, V1, Broker

CHAIN = {"withdrawal_min_fee": "1", "withdrawal_min_size": "2"}
COIN = {"precision": 6, "price_usdt": "2", "chains": {"eth": CHAIN}}
ASKED = {"user": "alice", "client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "1"}
PLAN = {
    "user": "alice",
    "symbol": "BTC-USDT",
    "side": "buy",
    "type": "limit",
    "client_oid": "planned-*",
    "match": {"postOnly": "false"},
    "unknown_for": "1s",
    "stale_for": "1s",
}
STEPS = [{"after": "1s", "fill": "40%", "price": "50000", "role": "maker", "report": "lost"}, {"cancel": "rest"}]
RESTING = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "50000", "size": "0.0001"}
Call = Callable[..., Any]
"""Makes a call by its name, its target and its body, and returns the answer's data."""


def people(call: Call, broker: Broker) -> None:
    """Users, clients, currencies, choices, credentials, money."""
    for user in ("alice", "bob"):
        call("GET /users/{user}", f"/users/{user}")
    broker.withdraw(broker.key("alice"))
    call("GET /users/{user}/messages", "/users/alice/messages")
    call("GET /users/{user}/totp", "/users/alice/totp")
    call("PATCH /choices", body={"settlement": "manual"})
    paying = broker.key("frank")
    ids = [broker.withdraw(paying).json()["data"]["withdrawalId"] for _ in range(2)]
    rich = [broker.withdraw(paying, payment(amount=amount)) for amount in ("30000", "0", "40000")]
    first, _, last = (broker.entry(answer)["number"] for answer in rich)
    call("POST /races", body={"entries": [first, last]})
    call("GET /withdrawals/{id}", f"/withdrawals/{ids[0]}")
    for number, step in ((0, "review"), (0, "advance"), (0, "approve"), (1, "fail")):
        call(f"POST /withdrawals/{{id}}/{step}", f"/withdrawals/{ids[number]}/{step}")
    call("GET /ledger", "/ledger?user=frank")
    arriving = {"user": "alice", "currency": "USDT", "chain": "trx", "amount": "5"}
    call("POST /deposits", body=arriving)
    call("POST /deposits", body={**arriving, "confirmations": 0})
    call("GET /deposits", "/deposits?user=alice")
    call("POST /clock/advance", body={"to_event": "deposit"})
    call("GET /ledger", "/ledger?user=alice")
    call("PATCH /choices", body={"settlement": {"polls": 2}})
    call("PATCH /choices", body={"settlement": {"after": "10m"}, "amount_cap_24h": "1000"})
    broker.withdraw(paying)
    call("GET /consents", "/consents?user=frank")
    consent = call("GET /consents")["consents"][0]["id"]
    call("POST /consents/{id}/revoke", f"/consents/{consent}/revoke")
    key = call("GET /api-keys")["api_keys"][0]["key"]
    call("DELETE /api-keys/{key}", f"/api-keys/{key}")
    call("PUT /users/{user}", "/users/zoe", {"like": "alice", "balances": {"USDT": "5"}})
    broker.tokens("zoe")
    call("PUT /users/{user}", "/users/zoe", {"like": "alice"})
    call("PATCH /users/{user}", "/users/zoe", {"balances": {"USDT": "7"}})
    broker.tokens("zoe")
    call("DELETE /users/{user}", "/users/zoe")
    call("PUT /clients/{client}", "/clients/mine", {"redirect_uris": ["http://localhost:3000/cb"]})
    call("PATCH /clients/{client}", "/clients/mine", {"site": "local"})
    call("GET /clients/{client}", "/clients/mine")
    for method in ("PUT", "DELETE"):
        redirecting = {"redirect_uris": [CALLBACK]} if method == "PUT" else None
        broker.send("PUT", f"{V1}/clients/mine", json.dumps({"redirect_uris": [CALLBACK]}).encode(), JSON)
        steer(broker.send, "POST", "/authorizations", {**ASKED, "client_id": "mine"})
        call(f"{method} /clients/{{client}}", "/clients/mine", redirecting)
    call("PUT /currencies/{currency}", "/currencies/NEW", COIN)
    call("PUT /prices/{name}", "/prices/NEW", {"price_usdt": "3"})
    call("PUT /prices/{name}", "/prices/BTC-USDT", {"last": "65000"})
    call("POST /authorizations", body=ASKED)
    call("POST /authorizations", body={**ASKED, "decision": "deny"})
    call("POST /logins", body={"user": "alice", "grant": ["API_COMMON"]})


def trading(call: Call, broker: Broker) -> None:
    """Orders by hand and by plan."""
    key = broker.key("alice", "API_COMMON", "API_SPOT")
    call("PATCH /users/{user}", "/users/alice", {"trade": {"USDT": "1000"}})

    def placed(**changes: Any) -> str:
        answer = broker.signed(key, "POST", "/api/v1/hf/orders", json.dumps(RESTING | changes).encode()).json()
        order_id: str = answer["data"]["orderId"]
        return order_id

    ends = ({"cancel": "rest"}, {"reject": "rest"}, {"expire": "rest"})
    call("PUT /order-plans", body={"orders": [{**PLAN, "plan": STEPS}, *({"plan": [end]} for end in ends)]})
    placed(clientOid="planned-1")
    call("PUT /order-plans", body={"orders": []})
    placed(type="market", price=None, size=None, funds="5")
    first = placed()
    call("POST /orders/{order}/fill", f"/orders/{first}/fill", {"size": "40%", "price": "49999", "role": "maker"})
    call("GET /orders/{order}", f"/orders/{first}")
    call("POST /orders/{order}/cancel", f"/orders/{first}/cancel", {"size": "0.00001"})
    for deed in ("reject", "expire"):
        call(f"POST /orders/{{order}}/{deed}", f"/orders/{placed()}/{deed}")
    lost = {"report": "lost"}
    for deed in ("fill", "cancel", "reject", "expire"):
        order = placed()
        call("POST /orders/{order}/fill", f"/orders/{order}/fill", {"size": "40%", **lost})
        call(f"POST /orders/{{order}}/{deed}", f"/orders/{order}/{deed}", lost)
        call("GET /orders/{order}", f"/orders/{order}")
    call("GET /orders")
    broker.signed(key, "POST", "/api/v1/stop-order", json.dumps(RESTING | {"stopPrice": "61000"}).encode())
    call("GET /stop-orders")
