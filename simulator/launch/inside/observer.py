"""Sees packets on loopback that were meant for an address outside, and connections that nobody accepted."""

from __future__ import annotations

import ctypes
import socket
import struct
from typing import Final

from simulator.launch.inside.attempts import OTHER, REFUSED, TCP, UDP, Attempts

_EVERY_PROTOCOL: Final = 3
_ATTACH_FILTER: Final = 26
_OUTGOING: Final = 4
_SEEN: Final = 128
"""Bytes of a packet that are read: its headers."""
_TURN: Final = 64
"""Packets that are read before somebody else gets a turn."""
_RST: Final = 0x04
_RST_ACK: Final = 0x14
_TCP: Final = 6
_UDP: Final = 17
_MULTICAST: Final = 0xFF
_DNS: Final = 53

_WORD: Final = 0x20
_BYTE: Final = 0x30
_AND: Final = 0x54
_EQUAL: Final = 0x15
_ANY_BIT: Final = 0x45
_HEADER_SIZE: Final = 0xB1
_BYTE_AFTER_HEADER: Final = 0x50
_RETURN: Final = 0x06
"""Instructions of the kernel's packet filter."""
_PROGRAM: Final[tuple[tuple[str, int, int, str, str], ...]] = (
    ("", _BYTE, 0, "", ""),
    ("", _AND, 0xF0, "", ""),
    ("", _EQUAL, 0x40, "ipv4", "ipv6"),
    ("ipv4", _BYTE, 9, "", ""),
    ("", _EQUAL, _TCP, "tcp over ipv4", "other over ipv4"),
    ("tcp over ipv4", _HEADER_SIZE, 0, "", ""),
    ("", _BYTE_AFTER_HEADER, 13, "", ""),
    ("", _ANY_BIT, _RST, "keep", "drop"),
    ("other over ipv4", _WORD, 16, "", ""),
    ("", _AND, 0xFF000000, "", ""),
    ("", _EQUAL, 0x7F000000, "drop", "keep"),  # to 127.0.0.0/8
    ("ipv6", _BYTE, 6, "", ""),
    ("", _EQUAL, _TCP, "tcp over ipv6", "other over ipv6"),
    ("tcp over ipv6", _BYTE, 53, "", ""),
    ("", _ANY_BIT, _RST, "keep", "drop"),
    ("other over ipv6", _WORD, 24, "", ""),
    ("", _EQUAL, 0, "second word", "keep"),
    ("second word", _WORD, 28, "", ""),
    ("", _EQUAL, 0, "third word", "keep"),
    ("third word", _WORD, 32, "", ""),
    ("", _EQUAL, 0, "last word", "keep"),
    ("last word", _WORD, 36, "", ""),
    ("", _EQUAL, 1, "drop", "keep"),  # to ::1
    ("keep", _RETURN, _SEEN, "", ""),
    ("drop", _RETURN, 0, "", ""),
)
"""Label, instruction, operand, and the labels where a comparison goes on. The data of a call on loopback is dropped, so
that watching costs nothing for it."""


def _filter() -> bytes:
    """The program as the kernel reads it."""
    places = {label: number for number, (label, *_) in enumerate(_PROGRAM) if label}
    return b"".join(
        struct.pack("HBBI", code, *(places[name] - number - 1 if name else 0 for name in (yes, no)), operand)
        for number, (_, code, operand, yes, no) in enumerate(_PROGRAM)
    )


class Observer:
    """A socket that receives those packets, and counts them as attempts."""

    def __init__(self, attempts: Attempts) -> None:
        """Begin to watch. Raises `OSError`."""
        self._attempts = attempts
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        program = ctypes.create_string_buffer(_filter())
        pointer = struct.pack(
            "HxxxxxxP" if struct.calcsize("P") == 8 else "HxxP", len(_PROGRAM), ctypes.addressof(program)
        )
        self.socket.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, pointer)
        self.socket.bind(("lo", _EVERY_PROTOCOL))
        self.socket.setblocking(False)

    def read(self) -> None:
        """Count the packets that wait."""
        for _ in range(_TURN):
            try:
                packet, (_, _, direction, *_) = self.socket.recvfrom(_SEEN)
            except OSError:  # nothing waits, or some packets were lost
                return
            if direction == _OUTGOING:  # loopback shows each packet a second time when it arrives
                count(packet, self._attempts)


def count(packet: bytes, attempts: Attempts) -> None:
    """Count one packet, from its IP header on."""
    if packet[0] >> 4 == 4:
        family, protocol, start, addresses = socket.AF_INET, packet[9], (packet[0] & 0xF) * 4, packet[12:20]
    else:
        family, protocol, start, addresses = socket.AF_INET6, packet[6], 40, packet[8:40]
    source, target = (
        socket.inet_ntop(family, half) for half in (addresses[: len(addresses) // 2], addresses[len(addresses) // 2 :])
    )
    if protocol not in {_TCP, _UDP}:
        if packet[16 if family == socket.AF_INET else 24] != _MULTICAST:
            attempts.add(OTHER, target)
        return
    ports = struct.unpack_from(">HH", packet, start)
    if protocol == _UDP:
        if ports[1] != _DNS and ports[0] != _DNS:  # the resolver counts names
            attempts.add(UDP, _written(target, ports[1]))
        return
    if packet[start + 13] & _RST_ACK == _RST_ACK and not any(packet[start + 4 : start + 8]):
        # the answer to a SYN that nobody accepted: its sequence number is 0, that of a broken connection is not
        attempts.add(REFUSED if _local(source) else TCP, _written(source, ports[0]))


def _local(address: str) -> bool:
    """True for an address of loopback."""
    return address.startswith("127.") or address == "::1"


def _written(address: str, port: int) -> str:
    """An address with its port."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
