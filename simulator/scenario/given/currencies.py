"""`given.currencies` and `given.prices_usdt`, merged over the built-in currencies -> the currencies of a world.

They are merged as a scenario is merged over the one that it extends: key by key, and null deletes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core import money
from simulator.core.money import ZERO
from simulator.core.world import Chain, Currency
from simulator.scenario.built_in_currencies import BUILT_IN
from simulator.scenario.format.reader import Path, Reader, suggestion, unknown, words
from simulator.scenario.format.shapes import Values, by_hand, fields
from simulator.scenario.keys.currencies import CHAIN, CURRENCY

by_hand(CURRENCY, "chains")
by_hand(CHAIN)
PRICES: Final = {"USDT": Decimal(1)}
"""Prices that need not be given."""


def currencies(reader: Reader, values: Values) -> HashTrieMap[str, Currency]:
    """The currencies of a world with these values of `given`. Problems are added to the reader."""
    table, prices = BUILT_IN, values.get("prices_usdt", {})
    for code, entry in values.get("currencies", {}).items():
        path, old = ("given", "currencies", code), BUILT_IN.get(code)
        if entry is None:
            table = table.remove(code)
            continue
        price = prices.get(code, old.price_usdt if old else PRICES.get(code))
        if price is None:
            message = f"has no price; the service fee (s9) needs one in given.prices_usdt.{code}"
            reader.refuse(path, message + suggestion(code, sorted(BUILT_IN)), key=True)
        table = table.insert(code, currency(reader, code, entry, price or ZERO, path, old))
    for code, price in prices.items():
        path, priced = ("given", "prices_usdt", code), table.get(code)
        if priced is None:
            reader.refuse(path, unknown("currency", code, table), key=True)
        elif check_price(reader, code, price, path):
            table = table.insert(code, replace(priced, price_usdt=price))
    return table


def check_price(reader: Reader, code: str, price: Decimal, path: Path) -> bool:
    """True if the price is possible; else a problem is added to the reader."""
    if not price:
        reader.refuse(path, "must be more than zero: the service fee (s9) is reckoned with it")
    elif code == "USDT" and price != 1:
        reader.refuse(path, "is 1: a price says how much USDT something is worth")
    else:
        return True
    return False


def currency(
    reader: Reader, code: str, values: Values, price: Decimal, place: Path, old: Currency | None = None
) -> Currency:
    """A new currency with these values, or an old one with these values over it."""
    dead = values.get("chains", ()) is None
    chains = () if dead else _chains(values.get("chains", {}), old.chains if old else ())
    chain_ids = [chain.chain_id for chain in chains]
    default = values.get("default_chain", old.default_chain if old else chain_ids[0] if chain_ids else "")
    if dead:
        if "default_chain" in values:
            reader.refuse((*place, "default_chain"), "must be absent: with chains: null there is none")
        default = ""
    elif not chains and old:
        reader.refuse((*place, "chains"), "must not take all of its chains out; chains: null does")
    elif chains and default not in chain_ids:
        which = f"{default!r} is none of its chains, which are {words(chain_ids)}{suggestion(default, chain_ids)}"
        reader.refuse((*place, "default_chain"), which if "default_chain" in values else f"is missing: {which}")
    base = old or Currency(code, code, money.PRECISION, price, (), default)
    own_values = {name: value for name, value in values.items() if name in CURRENCY.keys}
    return replace(
        base, **{**fields(CURRENCY, own_values), "price_usdt": price, "chains": chains, "default_chain": default}
    )


def _chains(values: Values, old: Iterable[Chain]) -> tuple[Chain, ...]:
    chains = {chain.chain_id: chain for chain in old}
    for chain_id, entry in values.items():
        if entry is None:
            del chains[chain_id]
        else:
            chains[chain_id] = replace(chains.get(chain_id) or _fresh(chain_id), **fields(CHAIN, entry))
    return tuple(chains.values())


def _fresh(chain_id: str) -> Chain:
    """A chain with an id and defaults."""
    return Chain(chain_id, chain_id.upper(), ZERO, ZERO, money.PRECISION)
