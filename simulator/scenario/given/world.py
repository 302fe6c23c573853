"""`given:` -> the world at the start: clients, users, currencies, with the checks between them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from simulator.core import mint
from simulator.core.choices import Choices
from simulator.core.funds import grants
from simulator.core.value import Value
from simulator.core.world import Account, ApiKey, Client, User, World, phone_of, with_keys, with_user
from simulator.scenario.format.reader import Path, Reader, unknown
from simulator.scenario.format.shapes import Values, by_hand, fields
from simulator.scenario.given.api_keys import api_keys
from simulator.scenario.given.currencies import currencies
from simulator.scenario.given.trading import traded
from simulator.scenario.keys.people import ACCOUNTS, AT_LIMIT, CLIENT, USER
from simulator.scenario.keys.scenario import GIVEN

by_hand(GIVEN, "clients", "users", "currencies", "prices_usdt", "symbols", "prices", "trades", "observed_ip")
by_hand(CLIENT)
by_hand(USER, *ACCOUNTS, "api_keys")


def built(reader: Reader, given: Values, seed: int, choices: Choices) -> World:
    """The world with everything in `given`. Problems are added to the reader."""
    table = currencies(reader, given)
    trading = traded(reader, given, table)
    world = World(
        seed=seed,
        choices=choices,
        observed_ip=given.get("observed_ip"),
        currencies=table,
        symbols=trading.symbols,
        markets=trading.markets,
    )
    world = world.put(*(client(client_id, values) for client_id, values in given.get("clients", {}).items()))
    for name, values in given.get("users", {}).items():
        new = person(reader, world, fresh(world, name), values, ("given", "users", name))
        world = with_keys(with_user(world, new.user, new.accounts), new.keys)
    invited = {client_id: values for client_id, values in given.get("clients", {}).items() if "invited" in values}
    if not invited and "trades" not in given:
        return grants.opened(world)
    from simulator.scenario.given.trades import check_invited, with_trades

    for client_id, values in invited.items():
        check_invited(reader, world.users, values, ("given", "clients", client_id))
    return with_trades(reader, grants.opened(world), given.get("trades", ()))


def client(client_id: str, values: Values) -> Client:
    """A new client with these values."""
    return amended_client(Client(client_id, client_id, "", ()), values)


def amended_client(client: Client, values: Values) -> Client:
    """The client with these values changed."""
    return replace(client, **fields(CLIENT, values))


class GivenUser(Value, frozen=True):
    """A user with their accounts and API keys."""

    user: User
    accounts: tuple[Account, ...]
    keys: tuple[ApiKey, ...]
    readdressed: bool
    """True if `deposit_addresses` is given."""


def person(reader: Reader, world: World, user: User, values: Values, path: Path) -> GivenUser:
    """The user with these values changed. `world` must not hold the user's identities."""
    chains = {chain.chain_id for _, currency in world.currencies.items() for chain in currency.chains}
    for place in ACCOUNTS:
        for code in values.get(place, ()):
            if code not in world.currencies:
                reader.refuse((*path, place, code), unknown("currency", code, world.currencies), key=True)
    for place in ("address_book", "deposit_addresses"):
        for chain in values.get(place, ()):
            if chain not in chains:
                reader.refuse((*path, place, chain), unknown("chain", chain, chains), key=True)
    accounts = tuple(
        Account(code, kind, amount)
        for place, kind in ACCOUNTS.items()
        for code, amount in values.get(place, {}).items()
    )
    user = _amended(world, user, values)
    for way, identity in _identities(user):
        if identity in world.identities:
            reader.refuse((*path, *way), f"{identity} is {world.identities[identity]}'s already")
    key_entries = values.get("api_keys")
    keys = api_keys(reader, world, user, key_entries, (*path, "api_keys")) if isinstance(key_entries, tuple) else ()
    return GivenUser(user, accounts, keys, "deposit_addresses" in values)


def fresh(world: World, name: str) -> User:
    """A new user with a name and defaults."""
    return User(name, mint.uid(name), totp_secret=mint.totp_secret(world.seed, name))


def _amended(world: World, user: User, values: Values) -> User:
    changes = fields(USER, values)
    keys = values.get("api_keys")
    count = world.choices.api_key_limit if keys == AT_LIMIT else keys
    if isinstance(count, int):
        changes["foreign_api_keys"] = count
    return replace(user, **changes)


def _identities(user: User) -> Iterable[tuple[Path, str]]:
    """The identities that a user can be found by, each with its path in the user's entry."""
    for key, identity in (("uid", str(user.uid)), ("email", user.email.lower()), ("phone", phone_of(user))):
        if identity:
            yield (key,), identity
    for address in user.deposit_addresses:
        yield ("deposit_addresses", address.chain), address.identity
