"""The desk of an SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.control_calls import steer
from support.desk import Key
from support.openapi_document import own_key_over
from support.sdks.checks import GROUPS, Desk
from support.wire import Broker

from simulator.web.server import LocalServer


@pytest.fixture
def desk(make: Callable[[str, Key], Any], server: LocalServer, online: Broker) -> Iterator[Desk]:
    """The demo world as it is at the start, seen through one SDK."""
    settings = getattr(make, "SETTINGS")  # noqa: B009 - a class of each adapter
    if settings:
        assert steer(online.send, "PATCH", "/choices", dict(settings)).status == 200
    key, own = online.key("alice", *GROUPS), own_key_over(online, "alice")
    found = Desk(make(server.url, key), make(server.url, own), online)
    yield found
    found.sdk.close()
    found.own.close()
