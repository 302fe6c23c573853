"""What an SDK needs to be told before it works here."""

from __future__ import annotations

import pytest
from support.sdks import SDKS
from support.wire import Broker

from simulator.web.server import LocalServer


def test_python_kucoin_needs_a_switch(server: LocalServer, online: Broker) -> None:
    """By the page's rules it reads what is public, and its signed calls miss KC-API-KEY-VERSION (H31)."""
    [make] = [each for each in SDKS if getattr(each, "SETTINGS")]  # noqa: B009 - a class of each adapter
    sdk = make(server.url, online.key("alice"))
    assert sdk.status() == "open"
    with pytest.raises(Exception, match="400009"):
        sdk.balance("USDT")
    sdk.close()
