"""Names of new things: what they look like, what they depend on, and that the same seed gives the same ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from msgspec.structs import replace
from support.demo_world import demo_world

from simulator.core import mint
from simulator.core.mint import OBJECT_KINDS, Mint
from simulator.core.world import World

WORLD = replace(demo_world(), seed=1, workspace="w", step=5)
NOW = 1_780_272_000_999

NAMES: dict[str, Callable[[World], object]] = {
    "object": lambda world: Mint(world, NOW).object_id("code"),
    "order": lambda world: Mint(world, NOW).order_id(7),
    "counter order": lambda world: Mint(world, NOW).counter_order_id(7),
    "row": lambda world: Mint(world, NOW).row_id(3),
    "uuid": lambda world: Mint(world, NOW).uuid("secret"),
    "word": lambda world: Mint(world, NOW).word("passphrase", 16),
    "digits": lambda world: Mint(world, NOW).digits("EMV"),
    "account": lambda world: mint.account_id(world, "ann", "main", "BTC"),
    "party secret": lambda world: mint.party_secret(world, "secret", "one"),
    "party key": lambda world: mint.party_key(world, "key"),
    "party word": lambda world: mint.party_word(world, "passphrase", "key"),
    "token key": lambda world: mint.token_key(world.seed, world.workspace).hex(),
    "totp": lambda world: mint.totp_secret(world.seed, "ann"),
    "uid": lambda world: mint.uid("ann"),
}
"""What is minted in a world."""


def test_what_is_minted() -> None:
    """The names of a known world are what they were: a log of yesterday replays today."""
    assert {name: make(WORLD) for name, make in NAMES.items()} == {
        "object": "6a1ccb80b1766d7900000023",
        "order": "6a1ccb803a2ae4a598000007",
        "counter order": "6a1ccb80763e2e86dd000007",
        "row": "6a1ccb80b1766d790000002900000003",
        "uuid": "f00fd8bb-a45f-4f64-b673-ab0f61026c55",
        "word": "6bce292f30550f8a",
        "digits": "846479",
        "account": "7b23dde4390aca6333dceafc",
        "party secret": "798acf3d-c30e-42c3-bdc1-e2729ea17ba3",
        "party key": "5c91430bb1766d790086c760",
        "party word": "45613cebed96e5d3",
        "token key": "69b87aa800a5e15def04853aa1118e350a28f3dea66cd602a0b1f698d07c9000",
        "totp": "LXELKGMPWKZAR7UEHV6SSLXBJUAAK5F6",
        "uid": 351071727,
    }


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("object", "[0-9a-f]{24}"),
        ("order", "[0-9a-f]{24}"),
        ("counter order", "[0-9a-f]{24}"),
        ("row", "[0-9a-f]{24}[0-9]{8}"),
        ("word", "[0-9a-f]{16}"),
        ("digits", "[0-9]{6}"),
        ("account", "[0-9a-f]{24}"),
        ("party key", "[0-9a-f]{24}"),
        ("party word", "[0-9a-f]{16}"),
        ("token key", "[0-9a-f]{64}"),
        ("totp", "[A-Z2-7]{32}"),
        ("uid", "[3-8][0-9]{8}"),
    ],
)
def test_form(name: str, form: str) -> None:
    """Ids have 24 hex digits, codes six digits, words sixteen hex digits, keys 32 bytes, uids nine digits."""
    assert re.fullmatch(form, str(NAMES[name](WORLD)))


def test_secrets_are_uuids() -> None:
    """Secrets are version 4 UUIDs as KuCoin's are."""
    assert UUID(str(NAMES["uuid"](WORLD))).version == UUID(str(NAMES["party secret"](WORLD))).version == 4


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"seed": 2}, {"object", "order", "row", "uid"}),
        ({"workspace": "v"}, {"counter order", "totp", "uid"}),
        (
            {"step": 6},
            {
                *("order", "counter order", "account", "party secret", "party key", "party word", "token key"),
                *("totp", "uid"),
            },
        ),
    ],
)
def test_what_a_name_depends_on(changes: dict[str, object], same: set[str]) -> None:
    """Another seed, workspace or step changes the names that depend on it, and no others."""
    world = replace(WORLD, **changes)
    assert {name for name, make in NAMES.items() if make(world) == make(WORLD)} == same


def test_the_kinds_of_objects() -> None:
    """The counters of a step belong to these kinds, in this order."""
    assert OBJECT_KINDS == ("code", "consent", "api_key", "transaction", "withdrawal", "deposit", "transfer")


def test_an_object_id_tells_when_where_and_which() -> None:
    """Seconds of the business time, the workspace's mark, and a counter that no other kind or step shares."""
    names = {kind: Mint(WORLD, NOW).object_id(kind) for kind in OBJECT_KINDS}
    assert {name[:8] for name in names.values()} == {f"{1_780_272_000:08x}"}
    assert {name[8:18] for name in names.values()} == {mint.workspace_mark("w")}
    assert [int(name[18:], 16) for name in names.values()] == list(range(35, 42))
    assert int(Mint(replace(WORLD, step=6), NOW).object_id(OBJECT_KINDS[0])[18:], 16) == 42


def test_an_object_id_keeps_its_length() -> None:
    """A time beyond 32 bits of seconds and a counter beyond 24 bits start again from nought."""
    world = replace(WORLD, step=2**24)
    assert len(Mint(world, 2**32 * 1000).object_id("code")) == 24
    assert Mint(world, 2**32 * 1000).object_id("code").startswith("00000000")
