"""The name server inside: it knows KuCoin's names and the allowed ones. All others it counts, and does not know."""

from __future__ import annotations

import socket
import struct
from collections.abc import Collection, Mapping
from typing import Final

from simulator.hosts import is_kucoin
from simulator.launch.inside.attempts import NAME, Attempts

PORT: Final = 53
LOOPBACK: Final = "127.0.0.1"
LOOPBACK_NAMES: Final = ("localhost",)
_A: Final = 1
_PTR: Final = 12
_ANY: Final = 255
"""Types of records."""
_NO_SUCH_NAME: Final = 3
_MALFORMED: Final = 1
_LONGEST: Final = 512
"""Bytes of a query that are read. A name has at most 255."""
_MOST: Final = 16
"""Connections by TCP that are open at a time. The oldest is closed for a new one."""
_LIFETIME: Final = 60
"""Seconds that a client may keep an answer."""
_PACKET_INFO: Final = 8
"""IP_PKTINFO: which address a datagram was sent to, so that the answer comes from there."""


def _question(query: bytes) -> tuple[str, int, int]:
    """The name, the type, and where the question ends. Raises `ValueError`."""
    labels, place = [], 12
    while place < len(query) and query[place]:
        size = query[place]
        if size > 63 or place + size >= len(query):
            raise ValueError("a label that does not fit")
        labels.append(query[place + 1 : place + 1 + size].decode("ascii", "backslashreplace"))
        place += size + 1
    if place + 5 > len(query):
        raise ValueError("the question is cut off")
    return ".".join(labels).lower(), int.from_bytes(query[place + 1 : place + 3], "big"), place + 5


class KnownNames:
    """What is known inside, and the answers that follow from it."""

    def __init__(self, addresses: Mapping[str, str], hosts: Collection[str], attempts: Attempts) -> None:
        """`addresses` by allowed name; `hosts` are names that are KuCoin's as well."""
        self._addresses, self._hosts, self._attempts = addresses, hosts, attempts

    def answer(self, query: bytes) -> bytes:
        """The answer to a query of DNS, empty if it is none."""
        if len(query) < 12 or query[2] & 0x80:
            return b""
        try:
            name, kind, end = _question(query)
        except ValueError:
            return query[:2] + struct.pack(">HHHHH", 0x8180 | _MALFORMED, 0, 0, 0, 0)
        address = self._address(name)
        if not address and kind != _PTR:
            self._attempts.add(NAME, name or ".")
        record = b""
        if address and kind in {_A, _ANY}:
            record = struct.pack(">HHHIH", 0xC00C, _A, 1, _LIFETIME, 4) + socket.inet_aton(address)
        code = 0x8580 | (0 if address else _NO_SUCH_NAME)  # an answer of an authority that also recurses
        return query[:2] + struct.pack(">HHHHH", code, 1, bool(record), 0, 0) + query[12:end] + record

    def _address(self, name: str) -> str | None:
        """The address of a name. KuCoin's have IPv4 alone, so that each call comes from the same address."""
        if is_kucoin(name, self._hosts) or name in LOOPBACK_NAMES or name.endswith(".localhost"):
            return LOOPBACK
        return self._addresses.get(name)


class Resolver:
    """Answers queries of DNS at every address inside, also at that of a server that a program has built in."""

    def __init__(self, names: KnownNames) -> None:
        """Bind its sockets. Raises `OSError`."""
        self._names = names
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.setsockopt(socket.IPPROTO_IP, _PACKET_INFO, 1)
        self.datagrams.bind(("", PORT))
        self.listening = socket.create_server(("", PORT))
        for server in (self.datagrams, self.listening):
            server.setblocking(False)
        self.connections: list[socket.socket] = []

    def datagram(self) -> None:
        """Answer one datagram."""
        query, ancillary, _, client = self.datagrams.recvmsg(_LONGEST, socket.CMSG_SPACE(12))
        answer = self._names.answer(query)
        if answer:
            asked_at = [data[4:8] for level, kind, data in ancillary if (level, kind) == (0, _PACKET_INFO)]
            source = struct.pack("i4s4s", 0, asked_at[0] if asked_at else bytes(4), bytes(4))
            self.datagrams.sendmsg([answer], [(socket.IPPROTO_IP, _PACKET_INFO, source)], 0, client)

    def accept(self) -> socket.socket:
        """Accept one connection."""
        connection, _ = self.listening.accept()
        connection.setblocking(False)
        self.connections.append(connection)
        if len(self.connections) > _MOST:
            self.connections[0].close()
            del self.connections[0]
        return connection

    def stream(self, connection: socket.socket) -> bool:
        """Answer one query of a connection; False if there was none. It must come in one piece."""
        received = connection.recv(_LONGEST)
        answer = self._names.answer(received[2:])
        if answer:
            connection.send(struct.pack(">H", len(answer)) + answer)
        return bool(answer)
