"""Samples of KuCoin's REST reference for what a broker calls with its key, and what strict clients need of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.desk import payment
from support.json_samples import differences
from support.wire import DEMO, Asgi, Broker

TIMESTAMP = {"code": "200000", "data": 1729100692873}
API_KEY = {
    "remark": "account1",
    "apiKey": "6705f5c311545b000157d3eb",
    "apiVersion": 3,
    "permission": "General,Futures,Spot,Earn,InnerTransfer,Transfer,Margin",
    "ipWhitelist": "203.**.154,103.**.34",
    "createdAt": 1728443843000,
    "uid": 165111215,
    "isMaster": True,
}
ACCOUNTS = [
    {
        "id": "63355cd156298d0001b66e61",
        "currency": "USDT",
        "type": "main",
        "balance": "0.01",
        "available": "0.01",
        "holds": "0",
    }
]
CHAIN = {
    "chainName": "BTC",
    "withdrawalMinSize": "0.001",
    "depositMinSize": "0.0002",
    "withdrawFeeRate": "0",
    "withdrawalMinFee": "0.0005",
    "isWithdrawEnabled": True,
    "isDepositEnabled": True,
    "confirms": 3,
    "preConfirms": 1,
    "contractAddress": "",
    "withdrawPrecision": 8,
    "maxWithdraw": None,
    "maxDeposit": None,
    "needTag": False,
    "chainId": "btc",
}
CURRENCY = {
    "currency": "BTC",
    "name": "BTC",
    "fullName": "Bitcoin",
    "precision": 8,
    "confirms": None,
    "contractAddress": None,
    "isMarginEnabled": True,
    "isDebitEnabled": True,
    "chains": [CHAIN],
}
LIVE = {"withdrawMinSize": "withdrawalMinSize", "withdrawMinFee": "withdrawalMinFee"}
"""Names that live answers have beside the documented ones, each with its twin's value."""
ALSO_LIVE = ("addressRegex", "memoRegex")
WITHDRAWAL = {
    "id": "67e6515f7960ba0007b42025",
    "uid": 165111215,
    "currency": "USDT",
    "chainId": "trx",
    "chainName": "TRC20",
    "currencyName": "USDT",
    "status": "SUCCESS",
    "failureReason": "",
    "failureReasonMsg": None,
    "address": "TKFRQXSDcY4kd3QLzw7uK16GmLrjJggwX8",
    "memo": "",
    "isInner": True,
    "amount": "3.00000000",
    "fee": "0.00000000",
    "walletTxId": None,
    "addressRemark": None,
    "remark": "this is Remark",
    "createdAt": 1743147359000,
    "cancelType": "NON_CANCELABLE",
    "taxes": None,
    "taxDescription": None,
    "returnStatus": "NOT_RETURN",
    "returnAmount": None,
    "returnCurrency": "KCS",
}
NUMBER = re.compile(r"\d+(\.\d*[1-9])?")


def _documented(chain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chain.items() if name not in LIVE and name not in ALSO_LIVE}


def test_the_server_time_is_the_sample(send: Asgi) -> None:
    """An integer in the envelope."""
    assert differences(TIMESTAMP, send("GET", "/api/v1/timestamp").json()) == []


def test_the_key_is_the_sample(broker: Broker) -> None:
    """Names, order and types, and what live answers add; without a list of IPs `ipWhitelist` is absent, never null."""
    everything = ("API_COMMON", "API_SPOT", "API_MARGIN", "API_FUTURES", "API_EARN", "API_TRANSFER")
    sent = broker.signed(broker.key("alice", *everything), "GET", "/api/v1/user/api-key").json()["data"]
    live = {"region": "SC", "kycStatus": 1, "siteType": "global"}
    assert differences({name: value for name, value in API_KEY.items() if name != "ipWhitelist"} | live, sent) == []
    assert (sent["apiVersion"], sent["permission"]) == (API_KEY["apiVersion"], API_KEY["permission"])


def test_accounts_are_the_sample(broker: Broker) -> None:
    """A bare list; lower-case types; money as plain digits, without exponent or trailing zeros."""
    sent = broker.signed(broker.key(), "GET", "/api/v1/accounts").json()["data"]
    assert differences(ACCOUNTS, sent) == []
    amounts = [account[name] for account in sent for name in ("balance", "available", "holds")]
    assert all(NUMBER.fullmatch(amount) for amount in amounts)
    assert {account["type"] for account in sent} == {"main"}


def test_a_withdrawal_is_the_sample(broker: Broker) -> None:
    """One that stayed inside: the documented names in their order and types; `fee` is the service fee."""
    key = broker.key("frank")
    inside = payment(address=DEMO.users["alice"].deposit_addresses[0].address, isInner=True, remark="this is Remark")
    paid = broker.withdraw(key, inside).json()["data"]["withdrawalId"]
    sent = broker.signed(key, "GET", f"/api/v1/withdrawals/{paid}").json()["data"]
    assert differences(WITHDRAWAL, sent) == []
    assert (sent["id"], sent["chainName"], sent["remark"]) == (paid, "TRC20", "this is Remark")
    assert (sent["amount"], sent["fee"], sent["status"]) == ("100.00000000", "10.00000000", "SUCCESS")


@pytest.mark.parametrize("currency", ["BTC", "USDT", "ETH"])
def test_a_currency_is_the_sample_with_its_live_twins(send: Asgi, currency: str) -> None:
    """The documented names in their order; the twins that live answers add have the same values."""
    sent = send("GET", f"/api/v3/currencies/{currency}").json()["data"]
    assert list(sent) == list(CURRENCY)
    for chain in sent["chains"]:
        documented = _documented(chain)
        assert [name for name in chain if name in documented] == list(CHAIN)
        deposit = CHAIN["depositMinSize"] if documented["depositMinSize"] is not None else None
        most = "0.03" if documented["maxDeposit"] is not None else None
        assert differences({**CHAIN, "depositMinSize": deposit, "maxDeposit": most}, documented) == []
        assert {twin: chain[twin] for twin in LIVE} == {twin: chain[name] for twin, name in LIVE.items()}
        assert all(isinstance(chain[name], str) for name in ALSO_LIVE)
    documented_currency = {**sent, "chains": [_documented(sent["chains"][0])]}
    first = {**CURRENCY, "chains": [{**CHAIN}]}
    assert differences(first, documented_currency) == []


def test_a_success_has_no_msg_and_a_refusal_has_texts(broker: Broker) -> None:
    """Strict clients break on `msg: null` and on numbers for codes."""
    key = broker.key()
    for path in ("/api/v1/user/api-key", "/api/v1/accounts", "/api/v1/timestamp", "/api/v3/currencies/BTC"):
        answer = broker.signed(key, "GET", path)
        assert (answer.status, list(answer.json()), answer.json()["code"]) == (200, ["code", "data"], "200000")
    refused = broker.send("GET", "/api/v1/accounts").json()
    assert {type(value) for value in refused.values()} == {str}


def test_rate_headers_are_never_empty(broker: Broker) -> None:
    """An empty `gw-ratelimit-` value breaks the official Python client: they are whole numbers or absent."""
    answers = [
        broker.send("GET", "/api/v1/timestamp"),
        broker.send("GET", "/api/v1/accounts"),
        broker.withdraw(broker.key()),
        broker.send("POST", "/api/v1/accounts"),
    ]
    told = [[answer.headers[name] for name in answer.headers if name.startswith("gw-ratelimit")] for answer in answers]
    assert [len(values) for values in told] == [3, 3, 3, 0]
    assert all(value.isdigit() for values in told for value in values)
