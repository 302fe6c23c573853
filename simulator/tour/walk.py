"""The state that the tour carries from step to step, and its checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from simulator.tour.broker import JSON, ApiCredentials, Broker
from simulator.tour.browser import Browser, BrowserPage
from simulator.tour.wire import HttpResponse


class MismatchError(Exception):
    """A value was not as expected."""

    def __init__(self, what: str, expected: object, received: object) -> None:
        super().__init__(what)
        self.what, self.expected, self.received = what, expected, received


@dataclass(slots=True)
class Walk:
    """The broker, the users' browser, and what they hold. `on_check` is called with every check that passes."""

    broker: Broker
    browser: Browser
    on_check: Callable[[str, object], None]
    workspace: str = ""
    """The workspace that the broker is in; "" = the default one."""
    page: BrowserPage = field(default_factory=lambda: BrowserPage("", "", [], HttpResponse(0, {}, "")))
    """The page that the browser shows."""
    code: str = ""
    access_token: str = ""
    refresh_token: str = ""
    older_access_token: str = ""
    older_refresh_token: str = ""
    keys: dict[str, ApiCredentials] = field(default_factory=dict)
    """Each user's API key."""
    payment: dict[str, Any] = field(default_factory=dict)
    transaction: str = ""
    link: str = ""
    order: str = ""
    """The id of the order."""

    # --- checks
    def check(self, what: str, expected: object, received: object) -> None:
        """Raise `MismatchError` unless both are equal."""
        if expected != received:
            raise MismatchError(what, expected, received)
        self.on_check(what, received)

    def answered(self, answer: HttpResponse, *fields: str) -> dict[str, Any]:
        """The JSON object of a successful call, with exactly these fields if some are given."""
        if answer.status != 200:
            raise MismatchError("HTTP status", 200, f"{answer.status} {answer.text}")
        data: dict[str, Any] = answer.json
        if fields:
            self.check("fields", " ".join(fields), " ".join(data))
        return data

    def data(self, answer: HttpResponse, *fields: str) -> Any:
        """`data` of a successful call to /api, with exactly these fields if some are given."""
        body = self.answered(answer)
        self.check("code", "200000", body.get("code"))
        if fields:
            self.check("fields", " ".join(fields), " ".join(body["data"]))
        return body["data"]

    def refused(self, answer: HttpResponse, status: int, code: str, text: str) -> None:
        """Check that the call was refused with this HTTP status and code, and that `text` is in the message."""
        self.check("HTTP status", status, answer.status)
        self.check("code", code, answer.json.get("code"))
        message = answer.json.get("msg", "")
        if text not in message:
            raise MismatchError("message", text, message)
        self.on_check("message", message)

    # --- actions of several steps
    def control(self, method: str, path: str, **body: object) -> Any:
        """The JSON answer of the control surface of the workspace. KuCoin has none."""
        headers = {"Content_Type": JSON} if body else {}
        base = f"/_sim/v1/workspaces/{self.workspace}" if self.workspace else "/_sim/v1"
        answer = self.broker.wire.send(method, f"{base}{path}", json.dumps(body) if body else "", **headers)
        if answer.status not in (200, 201):
            raise MismatchError("the control surface's answer", "200 or 201", f"{answer.status} {answer.text}")
        return answer.json

    def take_pair(self, answer: HttpResponse) -> None:
        """Keep a new pair of tokens and the one before."""
        pair = self.answered(answer, "access_token", "token_type", "expires_in", "refresh_token", "scope")
        self.older_access_token, self.older_refresh_token = self.access_token, self.refresh_token
        self.access_token, self.refresh_token = pair["access_token"], pair["refresh_token"]
        self.check("token_type", "bearer", pair["token_type"])
        self.check("expires_in, seconds", 3600, pair["expires_in"])
        self.check("scope", ["OAUTH_CREATE_API"], pair["scope"])

    def take_key(self, user: str, answer: HttpResponse) -> dict[str, Any]:
        """Keep a new API key and return the answer's `data`."""
        body = self.answered(answer, "success", "code", "msg", "retry", "data")
        self.check("success", expected=True, received=body["success"])
        self.check("code", "200", body["code"])
        data: dict[str, Any] = body["data"]
        self.keys[user] = ApiCredentials(data["apiKey"], data["secret"], data["passphrase"])
        return data

    def connect(self, user: str, *groups: str) -> None:
        """Get an API key from a consent that is given without a browser."""
        granted = self.control(
            "POST",
            "/authorizations",
            user=user,
            client_id=self.broker.client_id,
            redirect_uri=self.broker.redirect_uri,
            scope="OAUTH_CREATE_API",
            state=f"{user}-1",
            grant=[f"API_{group}" for group in groups],
        )
        pair = self.answered(self.broker.exchange_code(granted["code"]))
        self.take_key(user, self.broker.add_key(pair["access_token"], *groups))

    def looked_up(self, user: str, target: str) -> Any:
        """`data` of a signed GET."""
        return self.data(self.broker.signed(self.keys[user], "GET", target))

    def balance(self, user: str) -> Decimal:
        """USDT in the user's main account."""
        accounts = self.looked_up(user, "/api/v1/accounts?currency=USDT&type=main")
        return Decimal(accounts[0]["balance"])

    def challenged(self, user: str) -> None:
        """Send the payment and check that the exchange asks for second factors."""
        answer = self.broker.withdraw(self.keys[user], self.payment)
        challenge = self.data(answer, "transactionId", "allFactors", "sentFactors")
        self.check("allFactors: one way, both together", [["GAV", "EMV"]], challenge["allFactors"])
        self.check("sentFactors: an authenticator needs no sending", [["EMV"]], challenge["sentFactors"])
        self.transaction = challenge["transactionId"]

    def prove(self, user: str) -> None:
        """Send the payment again with the codes from the user's mailbox and authenticator."""
        message = self.control("GET", f"/users/{user}/messages")["messages"][0]
        self.check("the newest message is for this transaction", self.transaction, message["transaction_id"])
        authenticator = self.control("GET", f"/users/{user}/totp")
        factors = [
            {"factorType": message["factor"], "factorValue": message["code"]},
            {"factorType": "GAV", "factorValue": authenticator["code"]},
        ]
        validation = {"transactionId": self.transaction, "factors": factors}
        self.data(self.broker.withdraw(self.keys[user], {**self.payment, "validation": validation}), "withdrawalId")
