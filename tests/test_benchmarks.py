"""The benchmarks run. What they measure is not looked at here: a test has no stopwatch."""

from __future__ import annotations

import pytest
from growth import measure
from load import drive, request

from simulator.web.server import LocalServer


def test_growth() -> None:
    """Each operation is measured in process, on a world of the size that was asked for."""
    measured = measure(users=12, times=3)
    assert list(measured) == ["refresh", "withdrawal", "fork", "reset"]
    assert all(0 < median <= slow for median, slow in measured.values())


@pytest.mark.parametrize("connections", [1, 16])
def test_load(connections: int) -> None:
    """The load generator sends as many requests as it was told, hears every answer, and stops."""
    heard: list[bytes] = []
    sent = request("GET", "/api/v1/timestamp")
    with LocalServer() as server:
        measured = drive(server.port, connections, 50, lambda number: sent, lambda number, body: heard.append(body))
    assert len(heard) == 50
    assert all(body.startswith(b'{"code":"200000"') for body in heard)
    assert measured.per_second > 0


def test_a_refusal_ends_a_run() -> None:
    """A benchmark of refusals would look fast: anything but a success is an error."""
    sent = request("GET", "/api/v1/accounts")
    with LocalServer() as server, pytest.raises(RuntimeError, match="400001"):
        drive(server.port, 1, 1, lambda number: sent, lambda number, body: None)
