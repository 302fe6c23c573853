"""Made-up deposit addresses: of the form that the chain's have, always the same for a seed, and nobody's."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.demo_world import demo_world

from simulator.core.funds.addresses import BASE58, BASE64URL, BECH32, FORMS, HEX, mint_address, mint_wallet_tx_id
from simulator.core.world import Chain

WORLD = replace(demo_world(), seed=1, workspace="w")


def chain(name: str, *, need_tag: bool = False) -> Chain:
    return Chain(name, name, Decimal(1), Decimal(1), 6, need_tag=need_tag)


def test_alphabets() -> None:
    """Digits and letters of each encoding, without those that it leaves out because they look alike."""
    letters = "".join(map(chr, range(ord("a"), ord("z") + 1)))
    whole = "0123456789" + letters.upper() + letters
    assert "".join(letter for letter in whole if letter not in "0OIl") == BASE58
    assert "".join(letter for letter in "0123456789" + letters if letter not in "1bio") == BECH32
    assert letters.upper() + letters + "0123456789-_" == BASE64URL
    assert HEX == "0123456789abcdef"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("btc", f"1[{BASE58}]{{33}}"),
        ("bech32", f"bc1q[{BECH32}]{{38}}"),
        ("btcln", f"lnbc1p[{BECH32}]{{250}}"),
        ("trx", f"T[{BASE58}]{{33}}"),
        ("sol", f"[{BASE58}]{{44}}"),
        ("xrp", f"r[{BASE58}]{{33}}"),
        ("ton", r"EQ[\w-]{46}"),
        ("eth", "0x[0-9a-f]{40}"),
        ("arbitrum", "0x[0-9a-f]{40}"),
    ],
)
def test_forms(name: str, form: str) -> None:
    """Beginning, alphabet and length are the chain's; a chain that is not listed is taken for one of Ethereum's kin."""
    address, memo = mint_address(WORLD, "ann", chain(name), 0)
    assert re.fullmatch(form, address)
    assert memo == ""
    assert (name in FORMS) is (name not in ("eth", "arbitrum"))


def test_what_an_address_depends_on() -> None:
    """Another seed, workspace, user, number or chain has another address; the same of all have the same one."""
    others = [replace(WORLD, seed=2), replace(WORLD, workspace="v")]
    addresses = [mint_address(world, "ann", chain("trx"), 0)[0] for world in (WORLD, *others)]
    addresses += [mint_address(WORLD, "ben", chain("trx"), 0)[0], mint_address(WORLD, "ann", chain("trx"), 1)[0]]
    addresses += [mint_address(WORLD, "ann", chain("sol"), 0)[0]]
    assert len(set(addresses)) == 6
    assert mint_address(WORLD, "ann", chain("trx"), 0)[0] == addresses[0]
    assert addresses[0] == "TZ7bCQkMvUkK9LVxVV753eowqDenS4wDPW"


def test_memos() -> None:
    """Where a memo is needed everybody has the same address, and a memo of ten digits of their own, the first a one."""
    tagged = chain("xrp", need_tag=True)
    places = [mint_address(WORLD, user, tagged, number) for user, number in (("ann", 0), ("ann", 1), ("ben", 0))]
    assert len({address for address, _ in places}) == 1
    assert len({memo for _, memo in places}) == 3
    assert all(re.fullmatch("1[0-9]{9}", memo) for _, memo in places)
    assert places[0] == ("rpip6xcknAXjZwTC5udMTL4z9ivbbidQWm", "1160987098")
    assert mint_address(replace(WORLD, seed=2), "ann", tagged, 0) != places[0]


def test_transactions_of_no_chain() -> None:
    """A hash has 64 hex digits and depends on the seed, the workspace and the id."""
    hashes = {
        mint_wallet_tx_id(world, name)
        for world in (WORLD, replace(WORLD, seed=2), replace(WORLD, workspace="v"))
        for name in ("a", "b")
    }
    assert len(hashes) == 6
    assert all(re.fullmatch("[0-9a-f]{64}", text) for text in hashes)
    assert mint_wallet_tx_id(WORLD, "a") == "0fe25b5b3e931cf7e59615c41ed42a35514630d1954c24b558d3d0e1a2b8196a"
