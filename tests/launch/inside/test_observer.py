"""Which packets count as attempts to leave."""

from __future__ import annotations

import socket
import struct

import pytest

from simulator.launch.inside.attempts import Attempts
from simulator.launch.inside.observer import count

RST_ACK, RST, SYN = 0x14, 0x04, 0x02


def packet(protocol: int, source: str, target: str, ports: tuple[int, int], flags: int = 0, sequence: int = 0) -> bytes:
    """The headers of a packet, from IP on."""
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    addresses = socket.inet_pton(family, source) + socket.inet_pton(family, target)
    head = bytes([0x60, 0, 0, 0, 0, 0, protocol, 64]) if ":" in source else bytes([0x45, *bytes(8), protocol, 0, 0])
    return head + addresses + struct.pack(">HHIIBBHHH", *ports, sequence, 1, 0x50, flags, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "attempt"),
    [
        (packet(6, "1.2.3.4", "127.0.0.1", (443, 5000), RST_ACK), ("tcp", "1.2.3.4:443")),
        (packet(6, "2001:db8::1", "::1", (443, 5000), RST_ACK), ("tcp", "[2001:db8::1]:443")),
        (packet(6, "127.0.0.1", "127.0.0.1", (5432, 5000), RST_ACK), ("refused", "127.0.0.1:5432")),
        (packet(6, "::1", "::1", (5432, 5000), RST_ACK), ("refused", "[::1]:5432")),
        (packet(6, "1.2.3.4", "127.0.0.1", (443, 5000), RST_ACK, 77), None),
        (packet(6, "127.0.0.1", "127.0.0.1", (80, 5000), RST, 77), None),
        (packet(17, "127.0.0.1", "10.0.0.9", (5000, 8125)), ("udp", "10.0.0.9:8125")),
        (packet(17, "::1", "fd00::9", (5000, 8125)), ("udp", "[fd00::9]:8125")),
        (packet(17, "127.0.0.1", "8.8.8.8", (5000, 53)), None),
        (packet(17, "8.8.8.8", "127.0.0.1", (53, 5000)), None),
        (packet(1, "127.0.0.1", "9.9.9.9", (0, 0)), ("packet", "9.9.9.9")),
        (packet(58, "::1", "ff02::16", (0, 0)), None),
    ],
)
def test_what_counts(data: bytes, attempt: tuple[str, str] | None) -> None:
    """A refused connection, a datagram and a ping count with their target; a broken connection and DNS do not."""
    attempts = Attempts()
    count(data, attempts)
    assert list(attempts) == ([(*attempt, 1)] if attempt else [])
