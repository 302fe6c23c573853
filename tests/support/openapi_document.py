"""An OpenAPI document that answers are held against, and answers to hold against it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.web.endpoints.table import ROUTES
from simulator.web.own_trading import OwnOrders
from support.desk import Key, payment
from support.examples import request_of
from support.wire import JSON, OLD, OPERATOR, V1, Answer, Broker, control


@dataclass(frozen=True)
class Document:
    """The document as parsed JSON."""

    data: dict[str, Any]

    @cached_property
    def operations(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Each operation by method and path."""
        paths = self.data["paths"].items()
        return {(method.upper(), path): operation for path, each in paths for method, operation in each.items()}

    def problems(self, method: str, path: str, status: int, body: bytes, content_type: str) -> list[str]:
        """What of an answer is not as the document says; `path` is the document's, with its `{names}`."""
        responses = self.operations[method, path]["responses"]
        if str(status) not in responses:
            return [f"status {status} is not among {', '.join(responses)}"]
        content = responses[str(status)].get("content")
        if content is None:
            return ["there is a body"] if body else []
        if content_type not in content:
            return [f"{content_type} is not among {', '.join(content)}"]
        if not content_type.endswith("json"):
            return []
        return self.wrong(content[content_type]["schema"], json.loads(body))

    def wrong(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What of a value is not as a schema of this document says."""
        whole = {**schema, "components": self.data["components"]}
        return [f"{error.json_path}: {error.message[:300]}" for error in Draft202012Validator(whole).iter_errors(value)]


Seen = dict[int, set[str]]
"""The fields that were answered, by the identity of the schema in which they are declared."""


def seen_in(seen: Seen, schema: Any, value: Any) -> None:
    """Note the fields of an answer at the schemas that declare them."""
    for branch in schema.get("anyOf", ()):
        if not isinstance(value, dict) or value.keys() <= branch.get("properties", value).keys():
            seen_in(seen, branch, value)
    if isinstance(value, list):
        for item in value:
            seen_in(seen, schema.get("items", {}), item)
    if not isinstance(value, dict):
        return
    properties = schema.get("properties", {})
    seen.setdefault(id(properties), set()).update(value)
    for name, part in value.items():
        more = schema.get("additionalProperties") or {}
        seen_in(seen, properties.get(name, more if isinstance(more, dict) else {}), part)


def unseen(seen: Seen, schema: Any, path: str) -> Iterator[str]:
    """The declared fields that no answer had."""
    properties = schema.get("properties", {})
    for name, part in properties.items():
        if name not in seen.get(id(properties), ()):
            yield f"{path}.{name}"
        else:
            yield from unseen(seen, part, f"{path}.{name}")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from unseen(seen, schema[name], path)
    for branch in schema.get("anyOf", ()):
        yield from unseen(seen, branch, path)


def schemas(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object in a document."""
    if isinstance(node, dict):
        if "properties" in node and node.get("type") == "object":
            yield node
        for each in node.values():
            yield from schemas(each)
    elif isinstance(node, list):
        for each in node:
            yield from schemas(each)


def walk(broker: Broker) -> Iterator[tuple[str, Answer]]:
    """Every reply that there is, some of them in several ways. What is not named here is called by its example."""
    named = set[str]()
    for name, answer in (*walk_by_hand(broker), *walk_through_orders(broker)):
        named.add(name)
        yield name, answer
    key = broker.key("alice", "API_COMMON", "API_SPOT", "API_FUTURES", "API_TRANSFER")
    for route in ROUTES:
        if route.name not in named:
            yield route.name, by_example(broker, key, route.endpoints[0])


def by_example(broker: Broker, key: Key, endpoint: Endpoint) -> Answer:
    """The answer to the example of a declaration, signed if the call needs a permission."""
    target, body = request_of(endpoint)
    if endpoint.permission:
        return broker.signed(key, endpoint.method, target, body)
    return broker.send(endpoint.method, target, body, JSON)


def walk_through_orders(broker: Broker) -> list[tuple[str, Answer]]:
    """What calls about orders answer."""
    key = broker.key("alice", "API_COMMON", "API_SPOT", "API_TRANSFER")
    answers: list[tuple[str, Answer]] = []

    def send(method: str, target: str, body: Mapping[str, Any] | None) -> Any:
        answer = broker.signed(key, method, target, json.dumps(body).encode() if body else b"")
        answers.append((name_of(method, target.partition("?")[0]), answer))
        return answer.json().get("data")

    OwnOrders(send).walk()
    [account] = [row for row in send("GET", "/api/v1/accounts?type=trade", None) if row["currency"] == "USDT"]
    send("GET", f"/api/v1/accounts/{account['id']}/ledgers", None)
    return answers


def name_of(method: str, path: str) -> str:
    """The operation of a call. A path without parameters comes first."""
    for endpoint in sorted(ENDPOINTS, key=lambda endpoint: "{" in endpoint.path):
        if endpoint.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", endpoint.path), path):
            return endpoint.name
    raise LookupError(f"{method} {path}")


def walk_by_hand(broker: Broker) -> Iterator[tuple[str, Answer]]:
    """What needs more than an example: something that was made before, or several ways to ask."""
    send = broker.send
    for user in ("alice", "carol", "bob"):
        yield "exchange_code", broker.exchange(broker.authorize(user))
    tokens = broker.tokens()
    yield "refresh_tokens", broker.refresh(tokens["refresh_token"])
    yield "add_api_key", broker.add_key(broker.tokens()["access_token"])
    bearer = {"authorization": f"bearer {broker.tokens()['access_token']}"}
    yield "add_api_key_old", send("POST", OLD, b"", {"content-type": "application/json", **bearer})
    yield "get_server_time", send("GET", "/api/v1/timestamp")
    for currency in ("USDT", "BTC", "ETH"):
        yield "get_currency", send("GET", f"/api/v3/currencies/{currency}")
    key, free = broker.key(), broker.key("frank")
    for each in (key, free):
        for name, path in (("get_api_key_info", "/api/v1/user/api-key"), ("list_accounts", "/api/v1/accounts")):
            yield name, broker.signed(each, "GET", path)
    days = "begin=20260501&end=20260601&tradeType"
    for name, target in (
        ("get_rebate", f"/api/v1/broker/api/rebase/download?{days}=1"),
        ("get_rebate_v2", f"/api/v2/broker/api/rebate/download?{days}=SPOT"),
        ("get_commission", "/api/v2/broker/queryMyCommission"),
        ("list_broker_users", "/api/v2/broker/queryUser?tradeType=all"),
        ("list_broker_transactions", "/api/v2/broker/queryDetailByUid"),
    ):
        yield name, broker.signed(OPERATOR, "GET", target)
    challenged = broker.withdraw(key)
    yield "withdraw", challenged
    validation = broker.validation("alice", challenged.json()["data"])
    yield "withdraw", broker.withdraw(key, validation=validation)
    paid = broker.withdraw(free, payment(remark="r"))
    yield "withdraw", paid
    yield "get_withdrawal", broker.signed(free, "GET", f"/api/v1/withdrawals/{paid.json()['data']['withdrawalId']}")
    yield from walk_account(broker)
    yield from walk_older(broker)


def walk_account(broker: Broker) -> Iterator[tuple[str, Answer]]:
    """What a key of alice's, and one that frank made by hand, can do beside the page."""
    key = broker.key("alice", "API_COMMON", "API_TRANSFER", "API_WITHDRAW_OAUTH")
    own = own_key_over(broker, "frank")
    for name, path in (
        ("get_transferable", "/api/v1/accounts/transferable?currency=USDT&type=MAIN"),
        ("get_withdrawal_quotas", "/api/v1/withdrawals/quotas?currency=BTC"),
        ("get_withdrawal_quotas", "/api/v1/withdrawals/quotas?currency=USDT&chain=trx"),
    ):
        yield name, broker.signed(key, "GET", path)
    accounts = broker.signed(key, "GET", "/api/v1/accounts").json()["data"]
    yield "get_account", broker.signed(key, "GET", f"/api/v1/accounts/{accounts[0]['id']}")
    move = {"clientOid": "1", "currency": "USDT", "amount": "5", "type": "INTERNAL"}
    body = json.dumps({**move, "fromAccountType": "MAIN", "toAccountType": "TRADE"}).encode()
    yield "make_transfer", broker.signed(key, "POST", "/api/v3/accounts/universal-transfer", body)
    created = b'{"currency":"USDT","chain":"eth","to":"trade"}'
    yield "create_deposit_address", broker.signed(key, "POST", "/api/v3/deposit-address/create", created)
    for query in ("currency=USDT", "currency=USDT&chain=kcc"):
        yield "list_deposit_addresses_v2", broker.signed(key, "GET", f"/api/v2/deposit-addresses?{query}")
        yield "get_deposit_address_v1", broker.signed(key, "GET", f"/api/v1/deposit-addresses?{query}")
    yield "list_deposit_addresses", broker.signed(key, "GET", "/api/v3/deposit-addresses?currency=USDT")
    for more in ({}, {"confirmations": 0}):
        control(broker.send, "/deposits", {"user": "alice", "currency": "USDT", "chain": "eth", "amount": "7", **more})
    yield "list_deposits", broker.signed(key, "GET", "/api/v1/deposits?currency=USDT")
    paid = json.dumps({"currency": "USDT", "toAddress": payment()["address"], "amount": "20"} | V3).encode()
    yield "withdraw_v3", broker.signed(own, "POST", "/api/v3/withdrawals", paid)
    for each in (key, own):
        yield "list_withdrawals", broker.signed(each, "GET", "/api/v1/withdrawals")
        yield "list_ledgers", broker.signed(each, "GET", "/api/v1/accounts/ledgers")
        yield "list_hf_ledgers", broker.signed(each, "GET", "/api/v1/hf/accounts/ledgers")
    broker.send("PATCH", f"{V1}/choices", b'{"settlement": "manual"}', JSON)
    name = broker.signed(own, "POST", "/api/v3/withdrawals", paid).json()["data"]["withdrawalId"]
    held = next(row["id"] for row in broker.signed(own, "GET", "/api/v1/accounts?type=main").json()["data"])
    for call in ("holds", "ledgers"):
        yield OF_ACCOUNT[call], broker.signed(own, "GET", f"/api/v1/accounts/{held}/{call}")
    yield "cancel_withdrawal", broker.signed(own, "DELETE", f"/api/v1/withdrawals/{name}")
    broker.send("PATCH", f"{V1}/choices", b'{"settlement": "immediate"}', JSON)


OF_ACCOUNT = {"holds": "list_holds", "ledgers": "list_account_ledgers"}


def walk_older(broker: Broker) -> Iterator[tuple[str, Answer]]:
    """What older calls make, and accounts to which something was moved."""
    key = broker.key("alice", "API_COMMON", "API_SPOT", "API_FUTURES", "API_TRANSFER", "API_MARGIN")
    tag = {"toTag": "BTC-USDT"}
    for number, kind in enumerate(("contract", "margin", "margin_v2", "isolated", "isolated_v2")):
        move = {"clientOid": f"older-{number}", "currency": "USDT", "amount": "5", "from": "main", "to": kind, **tag}
        body = json.dumps(move).encode()
        yield "make_inner_transfer", broker.signed(key, "POST", "/api/v2/accounts/inner-transfer", body)
    for name, path in (
        ("list_margin_accounts", "/api/v3/margin/accounts"),
        ("list_isolated_accounts", "/api/v3/isolated/accounts"),
        ("get_margin_account_v1", "/api/v1/margin/account"),
        ("list_isolated_accounts_v1", "/api/v1/isolated/accounts"),
        ("list_margin_ledgers", "/api/v3/hf/margin/account/ledgers"),
        ("list_margin_ledgers_v1", "/api/v1/hf/margin/account/ledgers"),
        ("get_futures_account", "/api/v1/account-overview?currency=USDT"),
        ("list_futures_history", "/api/v1/transaction-history"),
    ):
        yield name, broker.signed(key, "GET", path)
    created = b'{"currency":"USDT","chain":"kcc"}'
    yield "create_deposit_address_v1", broker.signed(key, "POST", "/api/v1/deposit-addresses", created)
    own = own_key_over(broker, "alice")
    paid = json.dumps({"currency": "USDT", "address": payment()["address"], "amount": "20", "chain": "trx"}).encode()
    yield "withdraw_v1", broker.signed(own, "POST", "/api/v1/withdrawals", paid)


V3 = {"chain": "trx", "withdrawType": "ADDRESS"}


def own_key_over(broker: Broker, user: str) -> Key:
    """A key that a user made by hand, given by the control surface."""
    key = {"key": f"own-{user}", "secret": "s", "passphrase": "p", "groups": ["API_TRANSFER"]}
    ips = ["203.0.113.7", "127.0.0.1", "::1"]
    own = {**key, "made_by": "user", "withdrawal": True, "ip_whitelist": ips}
    body = json.dumps({"api_keys": [own]}).encode()
    answer = broker.send("PATCH", f"{V1}/users/{user}", body, JSON)
    assert answer.status == 200, answer
    return Key(f"own-{user}", "s", "p")
