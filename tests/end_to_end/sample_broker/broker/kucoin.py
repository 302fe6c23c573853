"""KuCoin as this broker calls it: login link, tokens, API key, and signed calls. The hosts are constants."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

WWW: Final = "https://www.kucoin.com"
API: Final = "https://api.kucoin.com"
SCOPE: Final = "OAUTH_CREATE_API"
TRUST: Final = httpx.create_ssl_context()
"""Made once, because reading the roots takes a tenth of a second."""
NEW_KEY: Final = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add"
WITHDRAWAL: Final = "/api/v2/broker/withdrawal"
GROUPS: Final = ("API_COMMON", "API_WITHDRAW_OAUTH")
"""What a key of this broker may do: read, and pay."""
EVERY_GROUP: Final = (
    "API_COMMON",
    "API_SPOT",
    "API_MARGIN",
    "API_FUTURES",
    "API_EARN",
    "API_TRANSFER",
    "API_WITHDRAW_OAUTH",
)


class RefusedError(Exception):
    """KuCoin said no. `status` is the one of HTTP, `code` and `message` are KuCoin's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message


class NoAnswerError(Exception):
    """No usable answer came. The call may have been performed."""


@dataclass(frozen=True)
class Tokens:
    """A pair of tokens. `expires_at` is when the access token expires, in s since 1970."""

    access: str
    refresh: str
    expires_at: float


@dataclass(frozen=True)
class Key:
    """An API key of a user, made for this broker."""

    key: str
    secret: str
    passphrase: str
    groups: tuple[str, ...]


def signature(secret: str, text: str) -> str:
    """base64(HMAC-SHA256(secret, text))."""
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


class KuCoin:
    """The calls of one broker."""

    def __init__(self, client_id: str, redirect_uri: str, timeout: float = 10) -> None:
        self.client_id, self.redirect_uri = client_id, redirect_uri
        self.http = httpx.Client(timeout=timeout, verify=TRUST)

    # --- OAuth
    def login_link(self, state: str) -> str:
        """Where the user's browser is sent. The redirect URI is not encoded: KuCoin asks for that."""
        return (
            f"{WWW}/oauth?response_type=code&client_id={self.client_id}"
            f"&redirect_uri={self.redirect_uri}&scope={SCOPE}&state={state}"
        )

    def exchange_code(self, code: str) -> Tokens:
        """The tokens for the code of a callback."""
        query = f"grant_type=authorization_code&code={code}&redirect_uri={self.redirect_uri}&client_id={self.client_id}"
        return self.tokens(self.send("GET", f"{WWW}/_oauth/access-token?{query}"))

    def refresh(self, tokens: Tokens) -> Tokens:
        """A new pair. The old one is worth nothing from then on."""
        body = {"grant_type": "authorization_code", "refresh_token": tokens.refresh, "scope": SCOPE}
        return self.tokens(self.send("POST", f"{WWW}/_oauth/refresh-token", body=json.dumps(body)))

    def add_key(self, tokens: Tokens) -> Key:
        """An API key for this broker. Its secret is shown this once."""
        body = {"authGroupMap": {group: group in GROUPS for group in EVERY_GROUP}, "isAddressbookOnly": False}
        headers = {"Authorization": f"bearer {tokens.access}"}
        data = self.send("POST", WWW + NEW_KEY, headers=headers, body=json.dumps(body))["data"]
        groups = data["authGroup"]
        return Key(
            data["apiKey"],
            data["secret"],
            data["passphrase"],
            tuple(groups.split(",") if isinstance(groups, str) else groups),
        )

    @staticmethod
    def tokens(answer: Mapping[str, Any]) -> Tokens:
        """The pair in an answer."""
        return Tokens(answer["access_token"], answer["refresh_token"], time.time() + answer["expires_in"])

    # --- calls that a key signs
    def withdraw(self, key: Key, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`withdrawalId`, or `transactionId`, `allFactors` and `sentFactors` if the user must prove it."""
        data: dict[str, Any] = self.signed(key, "POST", WITHDRAWAL, body=json.dumps(fields))
        return data

    def signed(self, key: Key, method: str, path: str, query: str = "", body: str = "") -> Any:
        """The `data` of a signed call."""
        target = f"{path}?{query}" if query else path
        now = str(int(time.time() * 1000))
        headers = {
            "KC-API-KEY": key.key,
            "KC-API-SIGN": signature(key.secret, now + method + self.to_sign(path, query) + body),
            "KC-API-TIMESTAMP": now,
            "KC-API-PASSPHRASE": signature(key.secret, key.passphrase),
            "KC-API-KEY-VERSION": "3",
        }
        return self.send(method, API + target, headers=headers, body=body)["data"]

    @staticmethod
    def to_sign(path: str, query: str) -> str:
        """Path and query in the order in which they are sent."""
        return f"{path}?{query}" if query else path

    # --- the wire
    def send(self, method: str, url: str, headers: Mapping[str, str] | None = None, body: str = "") -> dict[str, Any]:
        """The JSON of an answer. Raise `RefusedError` or `NoAnswerError`."""
        try:
            response = self.http.request(
                method, url, headers={**(headers or {}), "Content-Type": "application/json"}, content=body or None
            )
            answer = response.json()
        except (httpx.TransportError, httpx.DecodingError, ValueError) as error:
            raise NoAnswerError(f"{method} {url.partition('?')[0]}: {error!r}") from error
        if not isinstance(answer, dict):
            raise NoAnswerError(f"{method} {url.partition('?')[0]}: {response.status_code}")
        good = "access_token" in answer or str(answer.get("code")) in {"200", "200000"}
        if response.status_code >= 400 or not good or answer.get("success") is False:
            code, message = answer.get("code", answer.get("error", "")), answer.get("msg", answer.get("message", ""))
            raise RefusedError(response.status_code, str(code), str(message or answer.get("error_description", "")))
        return answer
