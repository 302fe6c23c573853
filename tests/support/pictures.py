"""The pictures of README and docs: which pages they show. `scripts/screenshots` takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from simulator.web.server import LocalServer
from support.every_page import Way, login
from support.source_tree import ROOT

FOLDER: Final = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1120, 700
LARGEST: Final = 120_000
"""Bytes of a picture at most."""


class Picture(NamedTuple):
    """A page as it is opened, and the heading that it has then."""

    way: Way
    heading: str


def pictures(server: LocalServer) -> dict[str, Picture]:
    """Every picture by its name."""
    return {
        "demo": Picture(Way("/demo"), "Demo Broker"),
        "consent": Picture(Way(login(server), ("alice",)), "What may Demo Broker do with alice's account?"),
        "account": Picture(Way("/account?user=alice"), "alice's account"),
        "call": Picture(Way("/_sim/calls/4"), "GET /_oauth/access-token"),
    }


def path_of(name: str) -> Path:
    """The file of a picture."""
    return FOLDER / f"{name}.png"
