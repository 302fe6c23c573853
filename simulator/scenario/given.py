"""`given:` -> the world as it is at the start: clients, users, currencies and prices, and what one asks of another."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from simulator.core import mint, money
from simulator.core.choices import Choices
from simulator.core.money import ZERO
from simulator.core.value import Value
from simulator.core.world import Account, ApiKey, Chain, Client, Currency, User, World, with_user
from simulator.scenario.given_keys import api_keys
from simulator.scenario.keys import AT_LIMIT
from simulator.scenario.reader import Path, Reader, suggestion, unknown, words
from simulator.scenario.trades import check_invited, with_trades

CLIENT_KEYS: Final = ("name", "secret", "redirect_uris", "api_name", "rcode", "invited")
"""Keys of a client that are fields of the same name."""
PRICES: Final = {"USDT": Decimal(1)}
"""What needs no saying."""
Found = dict[str, Any]


def built(reader: Reader, given: Found, seed: int, choices: Choices) -> World:
    """The world with everything that is given. Problems are noted in the reader."""
    world = World(seed=seed, choices=choices, observed_ip=given.get("observed_ip"))
    world = _with_currencies(reader, world, given.get("currencies", {}), given.get("prices_usdt", {}))
    world = world.put(*(client(client_id, found) for client_id, found in given.get("clients", {}).items()))
    for name, found in given.get("users", {}).items():
        new = person(reader, world, fresh(world, name), found, ("given", "users", name))
        world = with_user(world, new.user, new.accounts).put(*new.keys)
    for client_id, found in given.get("clients", {}).items():
        check_invited(reader, world.users, found, ("given", "clients", client_id))
    return with_trades(reader, world, given.get("trades", ()))


def _with_currencies(reader: Reader, world: World, currencies: Found, priced: dict[str, Decimal]) -> World:
    path = ("given", "prices_usdt")
    for code, price in priced.items():
        if code not in currencies and code != "USDT":
            reader.refuse((*path, code), unknown("currency", code, currencies), key=True)
        else:
            check_price(reader, code, price, (*path, code))
    prices = {**PRICES, **priced}
    for code, found in currencies.items():
        if code not in prices:
            message = f"has no price; the service fee (s9) needs one in given.prices_usdt.{code}"
            reader.refuse(("given", "currencies", code), message, key=True)
        world = world.put(currency(reader, code, found, prices.get(code, ZERO), ("given", "currencies", code)))
    return world


def check_price(reader: Reader, code: str, price: Decimal, path: Path) -> None:
    """Refuse a price that cannot be."""
    if not price:
        reader.refuse(path, "must be more than zero: the service fee (s9) is reckoned with it")
    elif code == "USDT" and price != 1:
        reader.refuse(path, "is 1: a price says how much USDT something is worth")


def currency(reader: Reader, code: str, found: Found, price: Decimal, place: Path) -> Currency:
    """A currency as it is given."""
    chains = tuple(_chain(chain_id, each) for chain_id, each in found.get("chains", {}).items())
    known = [chain.chain_id for chain in chains]
    default = found.get("default_chain", known[0] if known else "")
    if chains and default not in known:
        reader.refuse(
            (*place, "default_chain"),
            f"{default!r} is none of its chains, which are {words(known)}{suggestion(default, known)}",
        )
    rest = {name: value for name, value in found.items() if name in ("margin_enabled", "debit_enabled")}
    precision = found.get("precision", money.PRECISION)
    return Currency(code, found.get("full_name", code), precision, price, chains, default, **rest)


def _chain(chain_id: str, found: Found) -> Chain:
    usual = {
        "chain_name": chain_id.upper(),
        "withdrawal_min_size": ZERO,
        "withdrawal_min_fee": ZERO,
        "withdraw_precision": money.PRECISION,
    }
    return Chain(chain_id=chain_id, **{**usual, **found})


def client(client_id: str, found: Found) -> Client:
    """A client as it is given."""
    return amended_client(Client(client_id, client_id, "", ()), found)


def amended_client(client: Client, found: Found) -> Client:
    """The client with what is said of it, and as it was in all else."""
    changes: Found = {key: found[key] for key in CLIENT_KEYS if key in found}
    allowed, partner = found.get("ip_allowlist", {}), found.get("partner", {})
    changes |= {f"{use}_ips": addresses for use, addresses in allowed.items()}
    names = {"name": "partner", "broker_name": "broker_name", "broker_key": "broker_key"}
    changes |= {names[key]: text for key, text in partner.items()}
    if "site" in found:
        changes["local_site"] = found["site"] == "local"
    return replace(client, **changes)


class Person(Value, frozen=True):
    """A user, what they own, and the keys that are given them."""

    user: User
    accounts: tuple[Account, ...]
    keys: tuple[ApiKey, ...]


def person(reader: Reader, world: World, user: User, found: Found, path: Path) -> Person:
    """The user with what is said of them, and as they were in all else. `world` knows nobody by their identities."""
    chains = {chain.chain_id for _, currency in world.currencies.items() for chain in currency.chains}
    for place in ("balances", "trade"):
        for code in found.get(place, ()):
            if code not in world.currencies:
                reader.refuse((*path, place, code), unknown("currency", code, world.currencies), key=True)
    for place in ("address_book", "deposit_addresses"):
        for chain in found.get(place, ()):
            if chain not in chains:
                reader.refuse((*path, place, chain), unknown("chain", chain, chains), key=True)
    accounts = tuple(
        Account(code, kind, amount)
        for kind, place in (("main", "balances"), ("trade", "trade"))
        for code, amount in found.get(place, {}).items()
    )
    user = _amended(world, user, found)
    for way, identity in _identities(user):
        if identity in world.identities:
            reader.refuse((*path, *way), f"{identity} is {world.identities[identity]}'s already")
    listed = found.get("api_keys")
    keys = api_keys(reader, world, user, listed, (*path, "api_keys")) if isinstance(listed, tuple) else ()
    return Person(replace(user, api_names=(*user.api_names, *(key.api_name for key in keys))), accounts, keys)


def fresh(world: World, name: str) -> User:
    """A user of whom nothing is said but the name."""
    return User(name, mint.uid(name), totp_secret=mint.totp_secret(world.seed, name))


def _amended(world: World, user: User, found: Found) -> User:
    same = ("uid", "email", "phone", "level", "frozen", "futures", "factor_sets", "totp_secret", "registered_at")
    changes: Found = {key: found[key] for key in same if key in found}
    if "address_book" in found:
        changes["address_book"] = tuple(
            (chain, each) for chain, known in found["address_book"].items() for each in known
        )
    if "deposit_addresses" in found:
        changes["deposit_addresses"] = tuple(found["deposit_addresses"].items())
    keys = found.get("api_keys")
    count = world.choices.api_key_limit if keys == AT_LIMIT else keys
    if isinstance(count, int):
        changes["foreign_api_keys"] = count
    return replace(user, **changes)


def _identities(user: User) -> Iterable[tuple[Path, str]]:
    """What a user can be found by, and where in their entry it stands."""
    for key, identity in (("uid", str(user.uid)), ("email", user.email.lower()), ("phone", user.phone)):
        if identity:
            yield (key,), identity
    for chain, address in user.deposit_addresses:
        yield ("deposit_addresses", chain), f"{chain}:{address}"
