"""What `--allow HOST:PORT` may be, and where it is inside."""

from __future__ import annotations

import pytest

from simulator.launch.allowed import Address, Places, parse


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("localhost:5432", Address("localhost", 5432)),
        ("DB.Internal.:6379", Address("db.internal", 6379)),
        ("my_db-1:1", Address("my_db-1", 1)),
        ("10.0.0.5:65535", Address("10.0.0.5", 65535)),
        ("[fd00::0005]:5432", Address("fd00::5", 5432)),
    ],
)
def test_an_address_is_read(text: str, address: Address) -> None:
    """A name, an IPv4 and an IPv6 address with a port are read, and written again in one form."""
    assert parse(text) == address
    assert parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("localhost", "is no HOST:PORT"),
        (":5432", "is no HOST:PORT"),
        ("db:", "is no HOST:PORT"),
        ("db:0", "is no HOST:PORT"),
        ("db:65536", "is no HOST:PORT"),
        ("db:٣", "is no HOST:PORT"),
        ("fd00::5:5432", "write an IPv6 address in brackets"),
        ("[db]:5432", "is no IPv6 address"),
        ("http://db:80", "is no name of a host|write an IPv6"),
        ("a b:80", "is no name of a host"),
        ("a..b:80", "is no name of a host"),
        ("api.kucoin.com:443", "always leads to the simulator"),
        ("kucoin.site.test:443", "always leads to the simulator"),
    ],
)
def test_what_is_no_address_says_why(text: str, reason: str) -> None:
    """Each wrong text is an error that shows it and says what is wrong."""
    with pytest.raises(ValueError, match=reason):
        parse(text, ["kucoin.site.test"])


def test_places_inside() -> None:
    """A name has one address of loopback for all its ports, and a number is reached at itself."""
    texts = ("db:5432", "db:6432", "cache:6379", "localhost:80", "10.0.0.5:1", "[fd00::5]:2", "db:5432")
    places = Places(map(parse, texts))
    assert places.names == {"db": "127.84.0.1", "cache": "127.84.0.2"}
    assert [(host, port) for host, port, _ in places.listening] == [
        ("127.84.0.1", 5432),
        ("127.84.0.1", 6432),
        ("127.84.0.2", 6379),
        ("127.0.0.1", 80),
        ("::1", 80),
        ("10.0.0.5", 1),
        ("fd00::5", 2),
    ]


def test_too_many_names() -> None:
    """There is a limit to names, and it is told."""
    with pytest.raises(ValueError, match="more than 250 names"):
        Places(parse(f"h{number}:1") for number in range(251))
