"""Clients with hard-wired hosts are led here; docs/clients.md has the whole table, and these are its cells in short."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import pytest
from support.hard_wired.matrix import CLIENTS, MODES, REASONS, ROOT, Client, contradictions, measure, table
from support.processes import MODULE
from support.samples import needs, users_environment

from simulator.launch.namespace import unavailable

LIGHT: Final = ("Python urllib", "Python requests", "Python httpx async", "Node fetch", "Node https", "curl", "wget")
TWINS: Final = ("Python urllib", "Python httpx", "Python ccxt", "curl")
"""Clients that are led as another one is; each takes a second of a processor."""
SHORT: Final = {
    "hooks": tuple(client.name for client in CLIENTS if client.name not in TWINS),
    "namespace": ("Python httpx", "Python aiohttp", "Node fetch", "Java HttpClient"),
    "proxy": (*LIGHT, "Python aiohttp"),
}
"""The cells that are measured here. `scripts/client_matrix` measures all of them."""
PAGE: Final = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")


def there(name: str) -> list[Client]:
    """That client, if this machine has what it needs."""
    [client] = [client for client in CLIENTS if client.name == name]
    if not client.package:
        needs(client.command[0])
    lack = client.missing()
    assert not (lack and os.environ.get("CI")), f"{name}: {lack}; `.ci/run` installs it"
    return [] if lack else [client]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", MODES)
def test_clients_are_led_here(mode: str, tmp_path: Path) -> None:
    """Each client is led here in this mode, or the table gives the reason why it is not."""
    if mode == "namespace" and (reason := unavailable()):
        pytest.skip(reason)
    clients = [client for name in SHORT[mode] for client in there(name)]
    failures = measure(mode, clients, tmp_path, MODULE, users_environment())
    assert len(failures) == len(clients) >= 4
    assert contradictions(mode, failures) == []


def test_page_has_every_client() -> None:
    """The page has a row a client, hooks and namespace lead them all, and each other cell has one of the reasons."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)[1:]
    assert [row[0] for row in rows] == [client.name for client in CLIENTS]
    assert {cell for row in rows for cell in row[1:3]} == {"yes"}
    reasons = dict(re.findall(r"^(\d+)\. (.+)\.$", PAGE, re.MULTILINE))
    for name, *_, proxy in rows:
        number = re.fullmatch(r"no \((\d+)\)", proxy)
        assert (reasons[number[1]] if number else None) == REASONS.get((name, "proxy")), name


def test_a_red_cell_needs_a_reason() -> None:
    """A client that is not led here and has no reason is a finding, and so is a reason that has become wrong."""
    name, mode = next(iter(REASONS))
    assert contradictions(mode, {name: "SSLError"}) == []
    assert contradictions("hooks", {name: "SSLError"}) == [f"{name} in mode hooks is not led here: SSLError"]
    assert contradictions(mode, {name: ""}) != []
    assert f"| {name} | no (1) |" in table({mode: {name: "SSLError"}})
