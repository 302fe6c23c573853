"""Connections that are forwarded to a service outside."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from support.polling import wait_until

from simulator.launch import forwarding
from simulator.launch.allowed import Address
from simulator.launch.forwarding import Forwarder


@pytest.fixture
def service() -> Iterator[socket.socket]:
    """A listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def forwarder() -> Iterator[Forwarder]:
    with Forwarder() as running:
        yield running


def place(forwarder: Forwarder, service: socket.socket) -> tuple[str, int]:
    """Where to connect to, in order to be forwarded to the service."""
    listening = socket.create_server(("127.0.0.1", 0))
    address: tuple[str, int] = listening.getsockname()
    forwarder.forward(listening, Address("127.0.0.1", service.getsockname()[1]))
    return address


def test_both_directions_and_half_a_close(forwarder: Forwarder, service: socket.socket) -> None:
    """Much data goes through unchanged, and a side that has shut its half still gets the other's answer."""
    sent = bytes(range(256)) * 8192
    received = bytearray()

    def serve() -> None:
        connection, _ = service.accept()
        with connection:
            while piece := connection.recv(65536):
                received.extend(piece)
            connection.sendall(received[::-1])

    thread = threading.Thread(target=serve)
    thread.start()
    with socket.create_connection(place(forwarder, service)) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    thread.join()
    assert answer == sent[::-1]


def test_connections_are_bounded(forwarder: Forwarder, service: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """One connection more than the limit is broken off and counted; when one ends, there is room again."""
    monkeypatch.setattr(forwarding, "MOST", 1)
    address = place(forwarder, service)
    with socket.create_connection(address):
        connection, _ = service.accept()
        with socket.create_connection(address) as second, pytest.raises(ConnectionResetError):
            second.recv(1)
    assert list(forwarder.failures.values()) == [1]
    with connection:
        assert connection.recv(1) == b""
    wait_until(lambda: not forwarder._open)
    with socket.create_connection(address), service.accept()[0]:
        assert list(forwarder.failures.values()) == [1]
