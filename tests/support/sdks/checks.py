"""The table of what SDKs are asked: a desk with one SDK, and a row a question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from support.control_calls import steer
from support.sdks import SDKS, WITHOUT
from support.wire import Broker

EACH = pytest.mark.parametrize("make", SDKS, ids=lambda make: make.__name__)
GROUPS = ("API_COMMON", "API_SPOT", "API_FUTURES", "API_EARN", "API_TRANSFER", "API_MARGIN", "API_WITHDRAW_OAUTH")
EVM = "eth"


@dataclass
class Desk:
    """An SDK with a key, another with the own key, and the broker's hand on the server."""

    sdk: Any
    own: Any
    broker: Broker

    def comes(self, amount: str, chain: str = EVM, **more: object) -> None:
        """A deposit arrives."""
        body = {"user": "alice", "currency": "USDT", "chain": chain, "amount": amount, **more}
        assert steer(self.broker.send, "POST", "/deposits", body).status == 201

    def has(self, name: str) -> bool:
        """Whether the SDK can; when it cannot, its table says so."""
        has = hasattr(self.sdk, name)
        assert has is (name not in WITHOUT[type(self.sdk).__name__])
        return has

    def steers(self, method: str, path: str, body: object) -> None:
        """The broker's hand: a control call that must succeed."""
        assert steer(self.broker.send, method, path, body).status in (200, 201)

    def chooses(self, **choices: object) -> None:
        assert steer(self.broker.send, "PATCH", "/choices", choices).status == 200


@dataclass(frozen=True)
class Check:
    """What an SDK is asked, and what it must answer. `needs` = the adapter's method; `before` makes it interesting."""

    needs: str
    ask: Callable[[Any], object]
    answer: object
    before: tuple[Callable[[Desk], object], ...] = ()
