"""Queries of s7 taken apart: where a raw redirect URI ends, and every flag of what was read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.demo_world import CALLBACK, demo_world

from simulator.core.fast_api.redirects import (
    ParsedQuery,
    append,
    build_query,
    login_query,
    nearest,
    origin_of,
    read_query,
    resolve,
)

SHORT, LONG = "https://b.example/cb", "https://b.example/cb?tenant=7&lang=en"
CLIENT = replace(demo_world().clients["demo-broker"], redirect_uris=(SHORT, LONG, "/callback"))
WORLD = demo_world().put(CLIENT)
MINE = "client_id=demo-broker"


def read(raw: str) -> ParsedQuery:
    return read_query(WORLD, raw)


@pytest.mark.parametrize(
    ("raw", "redirect_uri", "registered", "encoded", "others"),
    [
        (f"{MINE}&redirect_uri={SHORT}&scope=x", SHORT, True, False, {"scope": "x"}),
        (f"redirect_uri={SHORT}&{MINE}", SHORT, True, False, {}),
        (f"{MINE}&redirect_uri={SHORT}", SHORT, True, False, {}),
        (f"{MINE}&redirect_uri={LONG}&scope=x", LONG, True, False, {"scope": "x"}),
        (f"{MINE}&redirect_uri={SHORT}?tenant=7&scope=x", f"{SHORT}?tenant=7", False, False, {"scope": "x"}),
        (f"{MINE}&redirect_uri={SHORT}?a=1&b=2&scope=x", f"{SHORT}?a=1&b=2", False, False, {"scope": "x"}),
        (f"{MINE}&redirect_uri={SHORT}?a=1&b=2", f"{SHORT}?a=1&b=2", False, False, {}),
        (f"{MINE}&redirect_uri={SHORT}x&scope=x", f"{SHORT}x", False, False, {"scope": "x"}),
        (f"{MINE}&redirect_uri=https%3A%2F%2Fb.example%2Fcb&scope=x", SHORT, True, True, {"scope": "x"}),
        (
            *(f"{MINE}&redirect_uri=https%3A%2F%2Fc.example&scope=x", "https%3A%2F%2Fc.example", False, False),
            {"scope": "x"},
        ),
        (f"{MINE}&redirect_uri=&scope=x", "", False, False, {"scope": "x"}),
        (f"{MINE}&scope=x", "", False, False, {"scope": "x"}),
        (f"{MINE}&my_redirect_uri={SHORT}", "", False, False, {"my_redirect_uri": SHORT}),
        (f"client_id=nobody&redirect_uri={SHORT}&scope=x", SHORT, False, False, {"scope": "x"}),
        (f"{MINE}&redirect_uri={SHORT}?codes=1&scope=x", f"{SHORT}?codes=1", False, False, {"scope": "x"}),
        (f"{MINE}&redirect_uri={SHORT}?a=1&codes=1&scope=x", f"{SHORT}?a=1&codes=1", False, False, {"scope": "x"}),
    ],
)
def test_where_a_redirect_uri_ends(
    raw: str, redirect_uri: str, registered: bool, encoded: bool, others: dict[str, str]
) -> None:
    """What is registered decides, else the next parameter of s7; the flags say whether it is registered and encoded."""
    query = read(raw)
    assert (query.redirect_uri, query.registered, query.encoded) == (redirect_uri, registered, encoded)
    assert {name: value for name, value in query.values.items() if name != "client_id"} == others
    assert query.repeated == ""


@pytest.mark.parametrize(
    "name", ["response_type", "client_id", "client_secret", "scope", "state", "grant_type", "code", "redirect_uri"]
)
def test_which_parameters_end_a_redirect_uri(name: str) -> None:
    """Each parameter of s7 ends a redirect URI that nobody registered, and none of them is noted as unread."""
    query = read(f"redirect_uri=https://c.example?a=1&{name}=2")
    assert query.redirect_uri == "https://c.example?a=1"
    assert query.notes == ()


@pytest.mark.parametrize(
    ("raw", "repeated"),
    [
        (f"{MINE}&scope=x&scope=x", "scope"),
        (f"{MINE}&scope=x&scope=", "scope"),
        (f"{MINE}&redirect_uri={SHORT}&redirect_uri={SHORT}", "redirect_uri"),
        (f"{MINE}&scope=x&state=x", ""),
    ],
)
def test_a_parameter_that_stands_twice(raw: str, repeated: str) -> None:
    """A parameter that stands twice is named, the redirect URI among them."""
    assert read(raw).repeated == repeated


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("state=a%20b+c", "a%20b+c"),
        ("state=a=b", "a=b"),
        ("state=", ""),
        ("scope=x", ""),
        ("%73tate=x", "x"),
        ("my_state=x", ""),
        ("scope=x&state=1&state=2", "1"),
    ],
)
def test_the_state_is_raw(raw: str, state: str) -> None:
    """The state is what was sent, byte for byte, since it goes back so."""
    assert read(raw).state == state


def test_an_empty_parameter_was_sent() -> None:
    """A parameter without a value is one with an empty value."""
    assert read("scope=&state").values == {"scope": "", "state": ""}


def test_unread_parameters_are_noted() -> None:
    """The note names the parameters that the page does not list, in their order."""
    assert read(f"{MINE}&b=1&a=2").notes == ("parameters that nothing read: b, a",)


def test_the_first_known_client_decides() -> None:
    """A client_id that nobody has does not keep a later one from being found."""
    assert read(f"client_id=nobody&{MINE}&redirect_uri={LONG}").redirect_uri == LONG


def test_resolve() -> None:
    """A registered path is on each origin of the simulator, and a whole URI is itself."""
    world = replace(WORLD, origins=("http://localhost:1", "http://127.0.0.1:1"))
    assert resolve(world, CLIENT) == (SHORT, LONG, "http://localhost:1/callback", "http://127.0.0.1:1/callback")


@pytest.mark.parametrize(
    ("uri", "whole"),
    [
        ("https://b.example/cb", "https://b.example/cb?code=1&state=2"),
        ("https://b.example/cb?a=b", "https://b.example/cb?a=b&code=1&state=2"),
    ],
)
def test_append(uri: str, whole: str) -> None:
    """Parameters follow whatever query there is."""
    assert append(uri, code="1", state="2") == whole


def test_build_query() -> None:
    """The query of s7.1: all encoded but the redirect URI."""
    assert build_query(client_id="a/b", redirect_uri="https://b/c?d=1", scope="e/f", state="g/h") == (
        "response_type=code&client_id=a%2Fb&redirect_uri=https://b/c?d=1&scope=e%2Ff&state=g%2Fh"
    )


@pytest.mark.parametrize(
    ("uris", "origin", "redirect_uri"),
    [
        ((SHORT, "https://c.example/cb"), "https://c.example", "https://c.example/cb"),
        ((SHORT, "https://c.example.org/cb"), "https://c.example", SHORT),
        ((SHORT, LONG), "https://c.example", SHORT),
        ((), "https://c.example", ""),
    ],
)
def test_login_query(uris: tuple[str, ...], origin: str, redirect_uri: str) -> None:
    """A login goes to the redirect URI on that origin, else to the first; without any there is no login."""
    query = login_query(WORLD, replace(CLIENT, redirect_uris=uris), origin, "s")
    scope = "OAUTH_CREATE_API"
    expected = build_query(client_id="demo-broker", redirect_uri=redirect_uri, scope=scope, state="s")
    assert query == (expected if redirect_uri else "")


def test_nearest() -> None:
    """The registered URI that is most like the one that was sent, however little that is."""
    assert nearest(WORLD, CLIENT, "https://b.example/cb?tenant=8") == LONG
    assert nearest(WORLD, CLIENT, "~") != ""
    assert nearest(WORLD, replace(CLIENT, redirect_uris=()), CALLBACK) == ""


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("HTTPS://B.example:8443/cb?x", "https://b.example:8443"),
        ("http://b.example", "http://b.example"),
        ("ftp://b.example/cb", ""),
        ("https:///cb", ""),
        ("/cb", ""),
        ("http://[::1", ""),
    ],
)
def test_origin(uri: str, origin: str) -> None:
    """Scheme, host and port of a web address in lower case, and nothing of any other text."""
    assert origin_of(uri) == origin
