"""A broker per test, and people at it. The broker knows nothing of a simulator: its hosts are KuCoin's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from broker.app import create_app
from broker.service import Broker
from broker.store import Store
from fastapi.testclient import TestClient
from mistakes import MISTAKES

ADDRESS = "TSomebodyTSomebodyTSomebodyTSomebo"
GRANT = ("API_COMMON", "API_WITHDRAW_OAUTH")


@pytest.fixture
def broker(kucoin: Any, kucoin_hosts: Any, tmp_path: Path) -> Iterator[Broker]:
    """The broker, whose calls to https://*.kucoin.com lead to this test's own workspace."""
    kucoin_type, broker_type = MISTAKES[os.environ.get("SAMPLE_BROKER_MISTAKE", "")]
    client = kucoin_type(kucoin.client_id, kucoin.redirect_uri, timeout=5)
    with client.http:
        yield broker_type(client, Store(tmp_path / "broker.sqlite"))


@dataclass
class Person:
    """A person with a browser at the broker. `name` is the person's name at KuCoin, too."""

    name: str
    browser: TestClient
    kucoin: Any

    def state(self) -> str:
        """The state of a login that this person begins."""
        link = self.browser.get("/connect").headers["location"]
        return parse_qs(urlsplit(link).query)["state"][0]

    def consents(self, state: str, grant: tuple[str, ...] = GRANT) -> Any:
        """The broker's answer to the callback after this person's consent."""
        code = self.kucoin.authorize(self.name, grant=grant, state=state)
        return self.browser.get("/callback", params={"code": code, "state": state})

    def connect(self, grant: tuple[str, ...] = GRANT) -> None:
        """Log in at KuCoin and come back."""
        answer = self.consents(self.state(), grant)
        assert answer.json() == {"connected": self.name}, answer.text

    def order(self, request_id: str = "r1", **more: str) -> Any:
        """The broker's answer to an order: 100 USDT by trx."""
        order = {"request_id": request_id, "address": ADDRESS, "amount": "100", **more}
        return self.browser.post("/payouts", json=order)

    def codes(self) -> dict[str, str]:
        """What this person reads in the mailbox and in the authenticator."""
        return {"EMV": self.kucoin.messages(self.name, wait=5)[0]["code"], "GAV": self.kucoin.totp(self.name)}

    def prove(self, request_id: str = "r1", **codes: str) -> Any:
        """The broker's answer to the codes."""
        return self.browser.post(f"/payouts/{request_id}/codes", json={"codes": {**self.codes(), **codes}})


@pytest.fixture
def person(broker: Broker, kucoin: Any) -> Iterator[Callable[[str], Person]]:
    """Makes people who are logged in at the broker, and not yet connected."""
    app, browsers = create_app(broker), []

    def make(name: str) -> Person:
        browser = TestClient(app, follow_redirects=False)
        browsers.append(browser)
        assert browser.post("/session", json={"user": name}).status_code == 201
        return Person(name, browser, kucoin)

    yield make
    for browser in browsers:
        browser.close()


@pytest.fixture
def alice(person: Callable[[str], Person]) -> Person:
    """Alice proves a payout by authenticator and e-mail."""
    return person("alice")


@pytest.fixture
def frank(person: Callable[[str], Person]) -> Person:
    """Frank needs no second factor."""
    return person("frank")
