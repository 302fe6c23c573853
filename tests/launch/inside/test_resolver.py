"""What the name server inside answers, and what it counts."""

from __future__ import annotations

import struct

import pytest

from simulator.launch.inside.attempts import MOST, Attempts
from simulator.launch.inside.resolver import KnownNames


def query(name: str, kind: int = 1) -> bytes:
    """A query of DNS."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part)
    return struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


@pytest.mark.parametrize(
    ("name", "kind", "code", "address"),
    [
        ("api.kucoin.com", 1, 0, "127.0.0.1"),
        ("API.KuCoin.Com", 1, 0, "127.0.0.1"),
        ("api.kucoin.com", 28, 0, ""),
        ("kucoin.site.test", 1, 0, "127.0.0.1"),
        ("localhost", 1, 0, "127.0.0.1"),
        ("w1.localhost", 1, 0, "127.0.0.1"),
        ("db.internal", 1, 0, "127.84.0.1"),
        ("kucoin.com.evil.test", 1, 3, ""),
        ("notkucoin.com", 1, 3, ""),
        ("", 1, 3, ""),
    ],
)
def test_names_are_answered(name: str, kind: int, code: int, address: str) -> None:
    """KuCoin's names and the allowed ones have one address of IPv4; no other name exists, and each is counted."""
    attempts = Attempts()
    answer = KnownNames({"db.internal": "127.84.0.1"}, ["kucoin.site.test"], attempts).answer(query(name, kind))
    assert (answer[:2], answer[3] & 15) == (b"\0\7", code)
    assert answer[7] == bool(address)
    if address:
        assert ".".join(map(str, answer[-4:])) == address
    assert list(attempts) == ([("name", name or ".", 1)] if code else [])


@pytest.mark.parametrize(
    ("data", "answered"),
    [
        (b"", False),
        (b"short", False),
        (query("api.kucoin.com")[:-3], True),
        (query("x")[:12] + b"\xc0\x0c\0\1\0\1", True),
        (b"\0\7\x81\x80" + bytes(20), False),
    ],
)
def test_what_is_no_query_counts_nothing(data: bytes, answered: bool) -> None:
    """A query that is cut off or points at itself gets an error, and an answer or noise gets nothing."""
    attempts = Attempts()
    answer = KnownNames({}, [], attempts).answer(data)
    assert bool(answer) == answered
    assert not answered or answer[3] & 15 == 1
    assert list(attempts) == []


def test_counting_is_bounded() -> None:
    """A program that asks for ever new names does not grow the report."""
    attempts = Attempts()
    for number in range(MOST + 50):
        attempts.add("name", f"{number}.test")
    assert len(list(attempts)) == MOST + 1
    assert list(attempts)[-1] == ("name", "others", 50)
