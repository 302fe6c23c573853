"""Addresses and names as flags give them."""

from __future__ import annotations

import pytest

from simulator.hosts import is_loopback
from simulator.web.guards import host_name, origin_of, unspecified
from simulator.web.server import origins


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://x", "http://x"),
        ("http://x/", "http://x"),
        ("http://x:80", "http://x"),
        ("https://x:443/", "https://x"),
        ("http://x:443", "http://x:443"),
        ("http://x:65535", "http://x:65535"),
        ("http://SIM.example:8443", "http://sim.example:8443"),
        ("http://my_sim", "http://my_sim"),
        ("http://10.0.0.1:1", "http://10.0.0.1:1"),
        ("http://[FD00::0:1]:8080", "http://[fd00::1]:8080"),
        ("http://x:99999", None),
        ("http://x:65536", None),
        ("http://x:0", None),
        ("http://x:", None),
        ("http://x:8a", None),
        ("http://x:+8", None),
        ("http://", None),
        ("http:///", None),
        ("http://:80", None),
        ("x", None),
        ("//x", None),
        ("ftp://x", None),
        ("http:x", None),
        ("http://x//", None),
        ("http://x/path", None),
        ("http://x?y", None),
        ("http://x#y", None),
        ("http://user@x", None),
        ("http://user:pw@x", None),
        ("http://x y", None),
        ("http://x\n", None),
        ("http://-x", None),
        ("http://x..y", None),
        ("http://b\xfccher.example", None),
        ("http://[::1", None),
        ("http://[x]", None),
        ("http://::1", None),
    ],
)
def test_a_public_url_is_an_origin(text: str, origin: str | None) -> None:
    """It is spelled as browsers spell `Origin`; what no browser could send is refused."""
    if origin:
        assert origin_of(text) == origin
    else:
        with pytest.raises(ValueError, match="is not"):
            origin_of(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("simulator", "simulator"),
        ("Sim.Example", "sim.example"),
        ("192.168.1.5", "192.168.1.5"),
        ("::1", "[::1]"),
        ("[fd00::0:1]", "[fd00::1]"),
        ("", None),
        ("*", None),
        ("*.example", None),
        ("x:80", None),
        ("http://x", None),
        ("x/y", None),
        ("x y", None),
        ("x.", None),
        ("[x]", None),
        ("[::1", None),
    ],
)
def test_an_allowed_host_is_a_name(text: str, name: str | None) -> None:
    """A name or an address, without scheme, port or wildcard."""
    if name:
        assert host_name(text) == name
    else:
        with pytest.raises(ValueError, match="is not a name"):
            host_name(text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("LocalHost", True),
        ("::1%lo", True),
        ("0:0:0:0:0:0:0:1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("127.0.0.1.example", False),
        ("999.0.0.1", False),
        ("", False),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("simulator", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    """Only what no other machine reaches needs no decision."""
    assert is_loopback(host) is expected


EVERYWHERE = ["0.0.0.0", "0", "0x0", "0x0.0", "00.0.0", "::", "0:0::0", "::ffff:0.0.0.0", "::ffff:0:0", "::0.0.0.0"]


@pytest.mark.parametrize("host", EVERYWHERE)
def test_every_address_is_nobody(host: str) -> None:
    """A server that listens everywhere is called by loopback; no flag makes "every address" a name of ours."""
    bracketed = f"[{host}]" if ":" in host else host
    assert unspecified(host)
    assert unspecified(bracketed)
    own = origins(host, 8080)
    assert own[0] in ("http://127.0.0.1:8080", "http://[::1]:8080")
    assert sorted(own) == ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:8080"]
    for wrong in (host, bracketed):
        with pytest.raises(ValueError, match="an address to listen on"):
            host_name(wrong)
    with pytest.raises(ValueError, match="an address to listen on"):
        origin_of(f"http://{bracketed}:8080")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "192.168.1.5", "0.0.0.0.example", "cafe", "1"])
def test_what_is_somebody_stays_an_origin(host: str) -> None:
    """An address or a name to listen on is an origin of ours."""
    assert not unspecified(host)
    assert origins(host, 8080)[0] == f"http://[{host}]:8080" if ":" in host else f"http://{host}:8080"
