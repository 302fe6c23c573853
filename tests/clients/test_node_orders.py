"""Clients of Node trade: ccxt, of which only `urls.api` is changed, and KuCoin's own SDK."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any, Final

import pytest
from support.control_calls import steer
from support.hard_wired.matrix import CLIENTS, HERE, NODE_FOLDER
from support.samples import needs
from support.wire import Broker

from simulator.web.server import LocalServer

SEEN: Final[dict[str, dict[str, Any]]] = {
    "ccxt": {
        "open": [["node", 51_000, 0.02, "open"]],
        "held": 1021.02,
        "canceled": "canceled",
        "filled": ["closed", 0.01, 600.001, 0.600001],
        "trades": [[60000.1, 0.01, 0.600001, "taker"]],
        "waiting": [59_000],
        "fee": 0.001,
    },
    "kucoin-universal-sdk": {
        "open": ["node", "50000", "0.01", True],
        "canceled": [False, True, "0.01"],
        "trades": [["60000.1", "0.01", "0.600001", "taker"]],
    },
}


@pytest.mark.parametrize("name", SEEN)
def test_node_client_trades(name: str, server: LocalServer, online: Broker) -> None:
    """Orders are placed, changed, canceled and filled, and the client sees the world's values."""
    needs("node")
    [client] = [client for client in CLIENTS if client.name == f"Node {name}"]
    if lack := client.missing():
        assert not os.environ.get("CI"), f"{lack}; `.ci/run` installs it"
        pytest.skip(lack)
    assert steer(online.send, "PATCH", "/users/alice", {"trade": {"USDT": "10000", "BTC": "2"}}).status == 200
    key = online.key("alice", "API_COMMON", "API_SPOT")
    command = ["node", str(HERE / "node_orders.mjs"), name, str(NODE_FOLDER), server.url]
    run = subprocess.run(
        [*command, key.api_key, key.secret, key.passphrase], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == SEEN[name]
