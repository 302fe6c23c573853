"""`given.currencies` and `given.prices_usdt` over the built-in list -> the currencies of a world.

They lie over it as a scenario over the one that it extends: key by key, and null takes something out.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core import money
from simulator.core.money import ZERO
from simulator.core.world import Chain, Currency
from simulator.scenario.built_in_currencies import BUILT_IN
from simulator.scenario.format.reader import Path, Reader, suggestion, unknown, words
from simulator.scenario.format.shapes import by_hand, fields
from simulator.scenario.keys.currencies import CHAIN, CURRENCY

by_hand(CURRENCY, "chains")
by_hand(CHAIN)
PRICES: Final = {"USDT": Decimal(1)}
"""What needs no saying."""
Found = dict[str, Any]


def currencies(reader: Reader, found: Found) -> HashTrieMap[str, Currency]:
    """The currencies of a world in which this is `given`. Problems are noted in the reader."""
    table, prices = BUILT_IN, found.get("prices_usdt", {})
    for code, said in found.get("currencies", {}).items():
        path, old = ("given", "currencies", code), BUILT_IN.get(code)
        if said is None:
            table = table.remove(code)
            continue
        price = prices.get(code, old.price_usdt if old else PRICES.get(code))
        if price is None:
            message = f"has no price; the service fee (s9) needs one in given.prices_usdt.{code}"
            reader.refuse(path, message + suggestion(code, sorted(BUILT_IN)), key=True)
        table = table.insert(code, currency(reader, code, said, price or ZERO, path, old))
    for code, price in prices.items():
        path, known = ("given", "prices_usdt", code), table.get(code)
        if known is None:
            reader.refuse(path, unknown("currency", code, table), key=True)
        elif check_price(reader, code, price, path):
            table = table.insert(code, replace(known, price_usdt=price))
    return table


def check_price(reader: Reader, code: str, price: Decimal, path: Path) -> bool:
    """Refuse a price that cannot be."""
    if not price:
        reader.refuse(path, "must be more than zero: the service fee (s9) is reckoned with it")
    elif code == "USDT" and price != 1:
        reader.refuse(path, "is 1: a price says how much USDT something is worth")
    else:
        return True
    return False


def currency(
    reader: Reader, code: str, found: Found, price: Decimal, place: Path, old: Currency | None = None
) -> Currency:
    """A currency as it is given: anew, or as what is said of an older one."""
    chains = _chains(found.get("chains", {}), old.chains if old else ())
    known = [chain.chain_id for chain in chains]
    default = found.get("default_chain", old.default_chain if old else known[0] if known else "")
    if not chains and old:
        reader.refuse((*place, "chains"), "must not take all of its chains out")
    elif chains and default not in known:
        which = f"{default!r} is none of its chains, which are {words(known)}{suggestion(default, known)}"
        reader.refuse((*place, "default_chain"), which if "default_chain" in found else f"is missing, for {which}")
    base = old or Currency(code, code, money.PRECISION, price, (), default)
    said = {name: value for name, value in found.items() if name in CURRENCY.keys}
    return replace(base, **{**fields(CURRENCY, said), "price_usdt": price, "chains": chains, "default_chain": default})


def _chains(found: Found, old: Iterable[Chain]) -> tuple[Chain, ...]:
    chains = {chain.chain_id: chain for chain in old}
    for chain_id, said in found.items():
        if said is None:
            del chains[chain_id]
        else:
            chains[chain_id] = replace(chains.get(chain_id) or _fresh(chain_id), **fields(CHAIN, said))
    return tuple(chains.values())


def _fresh(chain_id: str) -> Chain:
    """A chain of which nothing is said but its id."""
    return Chain(chain_id, chain_id.upper(), ZERO, ZERO, money.PRECISION)
