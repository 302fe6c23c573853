"""Seeded drifts: the operation, the change of its recorded calls, and the finding: its kind and its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from support.recordings import Change, at, body, header, put_field, without


def status(number: int) -> Change:
    return lambda entry: entry["response"].update(status=number)


def text(content: str, mime: str = "text/html") -> Change:
    def apply(entry: Any) -> None:
        entry["response"]["content"]["text"] = content
        entry["response"]["headers"].append({"name": "content-type", "value": mime})

    return apply


def both(*changes: Change) -> Change:
    def apply(entry: Any) -> None:
        for change in changes:
            change(entry)

    return apply


def query(target: str) -> Change:
    def apply(entry: Any) -> None:
        entry["request"]["url"] = entry["request"]["url"].partition("?")[0] + target

    return apply


def sent(change: Callable[[Any], Any]) -> Change:
    def apply(entry: Any) -> None:
        post = entry["request"]["postData"]
        post["text"] = json.dumps(change(json.loads(post["text"])))

    return apply


def renamed(data: Any) -> Any:
    return {("result" if name == "data" else name): value for name, value in data.items()}


def twice(entry: Any) -> None:
    content = entry["response"]["content"]
    content["text"] = content["text"].replace('{"code"', '{"code":"200000","code"', 1)


ROW = "answer data.items[]"
SEEDS: dict[str, tuple[str, Change, str, str]] = {
    # name: operation, change, kind, place
    "a text amount as number": ("list_ledgers", at("data.items[].amount", float), "type", f"{ROW}.amount"),
    "a balance as number": ("list_accounts", at("data[].balance", float), "type", "answer data[].balance"),
    "an instant as text": ("list_ledgers", at("data.items[].createdAt", str), "type", f"{ROW}.createdAt"),
    "an instant as date": (
        "list_ledgers",
        at("data.items[].createdAt", lambda _: "2026-06-01"),
        "type",
        f"{ROW}.createdAt",
    ),
    "seconds": ("list_ledgers", at("data.items[].createdAt", lambda ms: ms // 1000), "time unit", f"{ROW}.createdAt"),
    "microseconds": (
        "list_ledgers",
        at("data.items[].createdAt", lambda ms: ms * 1000),
        "time unit",
        f"{ROW}.createdAt",
    ),
    "nanoseconds": (
        "list_ledgers",
        at("data.items[].createdAt", lambda ms: ms * 10**6),
        "time unit",
        f"{ROW}.createdAt",
    ),
    "a text instant as number": ("list_hf_ledgers", at("data[].createdAt", int), "type", "answer data[].createdAt"),
    "a text instant in seconds": (
        "list_hf_ledgers",
        at("data[].createdAt", lambda ms: ms[:10]),
        "time unit",
        "answer data[].createdAt",
    ),
    "server time in seconds": ("get_server_time", at("data", lambda ms: ms // 1000), "time unit", "answer data"),
    "a lifetime in ms": ("exchange_code", at("expires_in", lambda s: s * 1000), "time unit", "answer expires_in"),
    "an exponent as text": ("list_ledgers", at("data.items[].fee", lambda _: "1E-8"), "number format", f"{ROW}.fee"),
    "an exponent": (
        "get_futures_account",
        body(lambda data: data["data"].update(riskRatio=1e-9)),
        "number format",
        "answer data.riskRatio",
    ),
    "a comma for the point": ("list_ledgers", at("data.items[].fee", lambda _: "1,5"), "number format", f"{ROW}.fee"),
    "fewer decimal places": (
        "list_deposits",
        at("data.items[].amount", lambda _: "7.5"),
        "number format",
        f"{ROW}.amount",
    ),
    "filled up with noughts": (
        "list_accounts",
        at("data[].balance", lambda _: "7.50000000"),
        "number format",
        "answer data[].balance",
    ),
    "four places less": (
        "get_commission",
        at("data.items[].totalCommission", lambda _: "7"),
        "number format",
        f"{ROW}.totalCommission",
    ),
    "a count as text": ("list_ledgers", at("data.totalNum", str), "type", "answer data.totalNum"),
    "a count with a point": ("list_ledgers", at("data.totalNum", float), "number format", "answer data.totalNum"),
    "a futures number as text": (
        "get_futures_account",
        at("data.accountEquity", str),
        "type",
        "answer data.accountEquity",
    ),
    "a list is null": ("list_ledgers", at("data.items", lambda _: None), "nullability", "answer data.items"),
    "a text is null": ("list_ledgers", at("data.items[].currency", lambda _: None), "nullability", f"{ROW}.currency"),
    "a name is empty": ("list_ledgers", at("data.items[].currency", lambda _: ""), "nullability", f"{ROW}.currency"),
    "data is null": ("get_withdrawal_quotas", at("data", lambda _: None), "nullability", "answer data"),
    "null that has a value": (
        "get_commission",
        at("data.items[].payoutTime", lambda _: 1_780_272_000_000),
        "nullability",
        f"{ROW}.payoutTime",
    ),
    "an object for a list": ("list_accounts", at("data", lambda rows: {"items": rows}), "type", "answer data"),
    "a bare list": ("list_ledgers", at("data", lambda data: data["items"]), "type", "answer data"),
    "a flag as text": (
        "get_withdrawal_quotas",
        at("data.isWithdrawEnabled", lambda flag: str(flag).lower()),
        "type",
        "answer data.isWithdrawEnabled",
    ),
    "a flag as number": (
        "get_withdrawal_quotas",
        at("data.isWithdrawEnabled", int),
        "type",
        "answer data.isWithdrawEnabled",
    ),
    "a new field in rows": (
        "list_accounts",
        put_field("data[]", "tradeFee", "1"),
        "new field",
        "answer data[].tradeFee",
    ),
    "a new field of no words of ours": ("list_accounts", put_field("data[]", "zzxq", 1), "new field", "answer data[]"),
    "a new field in the envelope": ("list_accounts", body(lambda data: data.update(msg="")), "new field", "answer msg"),
    "a field never comes": ("list_ledgers", without("data.items[].context"), "never came", f"{ROW}.context"),
    "a field comes at times": ("list_ledgers", without("data.items[].context", first=True), "absent", f"{ROW}.context"),
    "a new word": ("list_withdrawals", at("data.items[].status", lambda _: "PENDING"), "word", f"{ROW}.status"),
    "a word in another case": ("list_ledgers", at("data.items[].direction", str.upper), "word", f"{ROW}.direction"),
    "another status of success": ("create_deposit_address", status(201), "status", "answer"),
    "a gateway's page": ("list_accounts", both(status(502), text("<html>bad gateway</html>")), "status", "answer"),
    "a page for JSON": ("list_accounts", text("<html>maintenance</html>"), "body", "answer"),
    "another content type": ("list_accounts", header("content-type", "text/plain"), "body", "answer"),
    "JSON cut off": ("list_accounts", text('{"code":"200000","da', "application/json"), "body", "answer"),
    "the code as number": ("list_accounts", at("code", int), "type", "answer code"),
    "another code of success": ("list_currencies_v2", at("code", lambda _: "200"), "code", "refusal code"),
    "no data but a result": ("list_ledgers", body(renamed), "envelope", "answer data"),
    "retry is true": ("add_api_key", at("retry", lambda _: True), "envelope", "answer retry"),
    "success as text": ("add_api_key", at("success", lambda _: "true"), "type", "answer success"),
    "tokens in an envelope": (
        "exchange_code",
        body(lambda data: {"code": "200000", "data": data}),
        "envelope",
        "answer",
    ),
    "a list as text": ("exchange_code", at("scope", lambda scope: scope[0]), "type", "answer scope"),
    "a name that stands twice": ("list_accounts", twice, "type", "answer"),
    "a header never comes": (
        "list_hf_ledgers",
        header("gw-ratelimit-reset", None),
        "never came",
        "header gw-ratelimit-reset",
    ),
    "a header with a point": (
        "list_ledgers",
        header("gw-ratelimit-reset", "29.5"),
        "header format",
        "header gw-ratelimit-reset",
    ),
    "a header in seconds": (
        "list_ledgers",
        header("gw-ratelimit-reset", "30"),
        "time unit",
        "header gw-ratelimit-reset",
    ),
    "a header as an instant": (
        "list_ledgers",
        header("gw-ratelimit-reset", "1780272000000"),
        "time unit",
        "header gw-ratelimit-reset",
    ),
    "a new header": ("list_accounts", header("gw-ratelimit-scope", "x"), "new header", "header gw-ratelimit-scope"),
    "a header of no words of ours": ("list_accounts", header("gw-zzxq", "x"), "new header", "header"),
    "retry-after": ("list_accounts", header("retry-after", "3"), "new header", "header retry-after"),
    "identifiers of another form": (
        "list_accounts",
        at("data[].id", lambda _: "0f9e8d7c-1234-4abc-8def-001122334455"),
        "form",
        "answer data[].id",
    ),
    "rows where we have none": (
        "list_sub_users_v1",
        at("data", lambda _: [{"userId": "1"}]),
        "more rows",
        "answer data",
    ),
    "a parameter that we do not read": (
        "list_ledgers",
        query("?orderType=x"),
        "new parameter",
        "request query.orderType",
    ),
    "a word that we refuse": ("list_ledgers", query("?direction=sideways"), "request", "request query.direction"),
    "a parameter that we require": ("get_transferable", query("?currency=BTC"), "request", "request query.type"),
    "a body that we refuse": (
        "withdraw",
        sent(lambda fields: {name: value for name, value in fields.items() if name != "currency"}),
        "request",
        "request body.currency",
    ),
}
REFUSALS: dict[str, tuple[str, Change, str, str]] = {
    "a refusal's status": ("withdraw", status(400), "status", "refusal"),
    "a refusal's unknown code": ("withdraw", at("code", lambda _: "777001"), "code", "refusal code"),
    "a refusal's code of other calls": ("list_accounts", at("code", lambda _: "260000"), "code", "refusal code"),
    "a refusal's text": ("withdraw", at("msg", lambda _: "other words"), "refusal text", "refusal msg"),
    "a refusal without text": ("withdraw", without("msg"), "envelope", "refusal msg"),
    "a refusal's code as number": ("withdraw", at("code", int), "type", "refusal code"),
    "a token refusal as RFC 6749": (
        "exchange_code",
        body(lambda _: {"error": "invalid_grant", "error_description": "x"}),
        "code",
        "refusal code",
    ),
}
