"""Tokens of the feeds: how long each opens sessions, what makes one invalid, and which address it is good for."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from support.desk import START
from support.shown import shown
from support.spot_world import SpotDesk

from simulator.core.control.removal import without_keys
from simulator.core.fast_api import claims
from simulator.core.mint import token_key
from simulator.core.stream.tokens import (
    LIFETIME,
    OpenPrivateStream,
    OpenPublicStream,
    StreamClaims,
    StreamOpened,
    endpoint,
    opened_by,
)
from simulator.core.value import Reply

ORIGIN = "https://api.kucoin.example"


def _private(desk: SpotDesk) -> str:
    """A token for the private topics of alice."""
    signed = desk.trading.sign(path="/api/v1/bullet-private", timestamp=desk.wall)
    return desk.do(OpenPrivateStream(signed, ORIGIN), StreamOpened).token


def _public(desk: SpotDesk) -> str:
    return desk.do(OpenPublicStream(ORIGIN), StreamOpened).token


def _opens(desk: SpotDesk, token: str) -> Any:
    return opened_by(desk.world, token, desk.exchange.clock.now())


def test_every_field_of_the_answer() -> None:
    """It has the token and one server: where it is, whether it speaks TLS, and how often a client sends a ping, ms."""
    for origin, address, encrypt in (
        (ORIGIN, "wss://api.kucoin.example/", True),
        ("http://127.0.0.1:1", "ws://127.0.0.1:1/", False),
    ):
        reply: Any = SpotDesk().do(OpenPublicStream(origin), Reply)
        data: Any = shown(reply.data())
        assert data.pop("token")
        server = {"endpoint": address, "encrypt": encrypt, "protocol": "websocket"}
        assert data == {"instanceServers": [{**server, "pingInterval": 18_000, "pingTimeout": 10_000}]}


def test_whose_token_it_is() -> None:
    """A private token names the user and the key, and a public one names nobody."""
    desk = SpotDesk()
    key = desk.trading.api_key
    assert _opens(desk, _private(desk)) == StreamClaims(desk.world.workspace, "alice", key, "stream", START)
    assert _opens(desk, _public(desk)) == StreamClaims(desk.world.workspace, "", "", "stream", START)


@pytest.mark.parametrize(("age", "expired"), [(LIFETIME - 1, False), (LIFETIME, True)])
def test_how_long_a_token_opens_sessions(age: int, expired: bool) -> None:
    """It opens sessions for 24 hours, and not at their last instant."""
    desk = SpotDesk()
    tokens = [_private(desk), _public(desk)]
    desk.advance(age)
    for token in tokens:
        assert (_opens(desk, token) == "token is expired") is expired
    assert LIFETIME == 24 * 60 * 60 * 1000


def test_a_token_whose_key_is_gone() -> None:
    """A private token is good as long as its key is; a public one has no key."""
    desk = SpotDesk()
    private, public = _private(desk), _public(desk)
    desk.world, _ = without_keys(desk.world, [desk.world.api_keys[desk.trading.api_key]])
    assert _opens(desk, private) == "token is invalid"
    assert isinstance(_opens(desk, public), StreamClaims)


def test_tokens_that_are_invalid() -> None:
    """What is signed by another key, names another workspace, is of another kind or is no token at all is invalid."""
    desk = SpotDesk()
    world, good = desk.world, StreamClaims(desk.world.workspace, "", "", "stream", START)
    key = token_key(world.seed, world.workspace)
    assert _opens(desk, claims.sign(good, key)) == good
    wrong = [
        claims.sign(good, token_key(world.seed, "another")),
        claims.sign(good, token_key(world.seed + 1, world.workspace)),
        claims.sign(replace(good, iss="another"), key),
        claims.sign(replace(good, typ="access"), key),  # what another token says
        claims.sign(good, key) + "x",
        "x" * 10_000,
        claims.sign(good, key) + "\udc80",
        "\udc80" + claims.sign(good, key),
        "a.b.c",
        "",
    ]
    assert {_opens(desk, token) for token in wrong} == {"token is invalid"}


@pytest.mark.parametrize(
    ("public", "asked", "address"),
    [
        ("http://sim.example:8080", "", "ws://sim.example:8080/"),
        ("https://sim.example", "", "wss://sim.example/"),
        ("https://sim.example", "http://sim.example", "wss://sim.example/"),
        ("http://sim.example", "https://sim.example", "wss://sim.example/"),
        ("https://sim.example", "http://other.example", "ws://other.example/"),
        ("https://sim.example", "https://other.example", "wss://other.example/"),
    ],
)
def test_the_address_of_the_feeds(public: str, asked: str, address: str) -> None:
    """It is where the caller addressed us, but by TLS if our public origin has it, and that origin if it is unknown."""
    assert endpoint(replace(SpotDesk().world, origins=(public,)), asked) == address


def test_the_address_of_a_workspace() -> None:
    """A workspace has its feeds below its own paths."""
    assert endpoint(replace(SpotDesk().world, workspace="w-1"), ORIGIN) == "wss://api.kucoin.example/w/w-1/"
