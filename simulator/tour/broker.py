"""The broker's side: the code that you would write against KuCoin itself, with the standard library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from simulator.clock import wall_clock
from simulator.tour.wire import HttpResponse, Wire

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
NEW_KEY = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add"
WITHDRAWAL = "/api/v2/broker/withdrawal"
PARTNER, BROKER_NAME = "DEMOPARTNER", "DEMOBROKER"
PARTNER_KEY = "11111111-2222-3333-4444-555555555555"
"""With these three, which KuCoin gives to a broker, an order is tagged as the broker's."""
GROUPS = ("COMMON", "SPOT", "MARGIN", "FUTURES", "EARN", "TRANSFER", "WITHDRAW_OAUTH")


@dataclass(frozen=True, slots=True)
class ApiCredentials:
    """The credentials of an API key that a broker stores."""

    api_key: str
    secret: str
    passphrase: str


def hmac_sha256(secret: str, text: str) -> str:
    """base64(HMAC-SHA256(secret, text)), KuCoin's form of every signature."""
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker: its credentials from KuCoin (s2), and its calls."""

    wire: Wire
    client_id: str
    client_secret: str
    redirect_uri: str

    def login_link(self, state: str) -> str:
        """The link of s7.1 for the user's browser. "Please don't encode the redirect URL"."""
        return (
            f"/oauth?response_type=code&client_id={self.client_id}&redirect_uri={self.redirect_uri}"
            f"&scope=OAUTH_CREATE_API&state={state}"
        )

    def exchange_code(self, code: str) -> HttpResponse:
        """Exchange a code for tokens (s7.2)."""
        return self.wire.send(
            "GET",
            f"/_oauth/access-token?grant_type=authorization_code&code={code}&redirect_uri={self.redirect_uri}"
            f"&client_id={self.client_id}&client_secret={self.client_secret}",
        )

    def refresh(self, refresh_token: str) -> HttpResponse:
        """Refresh the tokens (s7.3)."""
        body = {"grant_type": "authorization_code", "refresh_token": refresh_token, "scope": "OAUTH_CREATE_API"}
        return self.wire.send("POST", "/_oauth/refresh-token", urlencode(body), Content_Type=FORM)

    def add_key(self, access_token: str, *groups: str) -> HttpResponse:
        """Create an API key (s4.2). `groups` are names of `authGroupMap` without `API_`."""
        body = {"authGroupMap": {f"API_{group}": group in groups for group in GROUPS}, "isAddressbookOnly": False}
        headers = {"Authorization": f"bearer {access_token}", "Content_Type": JSON}
        return self.wire.send("POST", NEW_KEY, json.dumps(body), **headers)

    def signed(
        self,
        key: ApiCredentials,
        method: str,
        target: str,
        body: Mapping[str, object] | None = None,
        *,
        tagged: bool = False,
    ) -> HttpResponse:
        """Send a call to /api with the five headers of s8.2. The signature covers the body's bytes as they are sent.

        `tagged` = with the partner headers, by which KuCoin knows whose order it is.
        """
        timestamp = str(wall_clock())
        text = json.dumps(body) if body else ""
        partner = {}
        if tagged:
            partner = {
                "KC_API_PARTNER": PARTNER,
                "KC_API_PARTNER_SIGN": hmac_sha256(PARTNER_KEY, f"{timestamp}{PARTNER}{key.api_key}"),
                "KC_API_PARTNER_VERIFY": "true",
                "KC_BROKER_NAME": BROKER_NAME,
            }
        return self.wire.send(
            method,
            target,
            text,
            KC_API_KEY=key.api_key,
            KC_API_SIGN=hmac_sha256(key.secret, f"{timestamp}{method}{target}{text}"),
            KC_API_TIMESTAMP=timestamp,
            KC_API_PASSPHRASE=hmac_sha256(key.secret, key.passphrase),
            KC_API_KEY_VERSION="3",
            Content_Type=JSON,
            **partner,
        )

    def withdraw(self, key: ApiCredentials, payment: Mapping[str, object]) -> HttpResponse:
        """Withdraw (s8.2)."""
        return self.signed(key, "POST", WITHDRAWAL, payment)
