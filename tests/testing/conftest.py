"""A simulator in a thread, with the typed client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.testing import Client, KucoinWorkspace
from simulator.web.server import LocalServer


@pytest.fixture
def client(server: LocalServer) -> Iterator[Client]:
    """A client of the shared server."""
    with Client(server.url) as client:
        yield client


@pytest.fixture
def workspace(client: Client) -> Iterator[KucoinWorkspace]:
    """A workspace of the demo world at the shared server."""
    with KucoinWorkspace(client) as workspace:
        yield workspace
