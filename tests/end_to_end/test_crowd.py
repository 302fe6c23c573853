"""More connections than the process can have files for, and an end that no clock is needed for."""

from __future__ import annotations

import json
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from support.polling import wait_until
from support.processes import running

from simulator.web.server import LocalServer
from simulator.web.wire.crowd import CROWDED, RESERVE

FILES = 100
FEW_FILES = ("sh", "-c", f'ulimit -n {FILES}; exec {sys.executable} -m simulator "$@"', "sh")
TIME = b"GET /api/v1/timestamp HTTP/1.1\r\nHost: x\r\n\r\n"


def served(url: str) -> bool:
    """Whether a new connection gets an answer."""
    try:
        with urlopen(f"{url}/api/v1/timestamp") as answer:
            return bool(answer.status == 200)
    except HTTPError as error:
        error.close()
        return False


def test_silent_connections_make_room() -> None:
    """Connections that send nothing are ended, oldest first, when there are too many: whoever asks is served."""
    with running(command=FEW_FILES) as started, ExitStack() as stack:
        for _ in range(5 * FILES):
            stack.enter_context(socket.create_connection(("127.0.0.1", started.port), timeout=30))
        for _ in range(3):
            with urlopen(f"{started.url}/api/v1/timestamp") as answer:
                assert answer.status == 200
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait(timeout=30) == -signal.SIGTERM
        assert started.stderr() == f"WARNING simulator.web.server: {CROWDED}\n"


def test_one_too_many_is_told_so() -> None:
    """When all connections are in use a new one gets a 503 that says why, one line is printed, and it passes."""
    with running(command=FEW_FILES) as started:
        with ExitStack() as stack:
            for _ in range(FILES - RESERVE):
                connection = stack.enter_context(socket.create_connection(("127.0.0.1", started.port), timeout=30))
                connection.sendall(TIME)
                assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
            for _ in range(3):
                with pytest.raises(HTTPError) as refused:
                    urlopen(f"{started.url}/api/v1/timestamp")
                with refused.value as error:
                    assert error.code == 503
                    assert "ulimit -n" in json.load(error)["msg"]
        wait_until(lambda: served(started.url))  # it may hear of this one before the ends of others
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait(timeout=30) == -signal.SIGTERM
        assert started.stderr() == f"WARNING simulator.web.server: {CROWDED}\n"


def test_a_server_ends_though_time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a test that has stopped the clocks the server ends with its block, and leaves no thread."""
    threads = threading.active_count()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    with LocalServer("max-keys") as server:
        assert server.app.desk.scenario.name == "max-keys"
        with urlopen(f"{server.url}/api/v1/timestamp") as answer:
            assert answer.status == 200
    assert threading.active_count() == threads
