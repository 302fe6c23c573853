"""A line to a server whose faults are nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.faulty_server import Line

from simulator.web.server import LocalServer


@pytest.fixture(scope="session")
def faulty_server() -> Iterator[LocalServer]:
    """One server for all faults on sockets."""
    with LocalServer() as server:
        yield server


@pytest.fixture
def line(faulty_server: LocalServer) -> Line:
    """A line to the demo world as it is at the start, without a fault."""
    return Line(faulty_server)


@pytest.fixture(autouse=True)
def _one_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page has the same nonce, because answers are compared by bytes. Otherwise one is drawn for each answer."""
    monkeypatch.setattr("simulator.web.pages.render.new_nonce", lambda: "the-nonce-of-this-test")
