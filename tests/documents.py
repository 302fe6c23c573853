"""An OpenAPI document that answers are held against, and answers to hold against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from support import payment
from wire import OLD, OPERATOR, Answer, Broker


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
    """Every reply that there is, some of them in several ways."""
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
