"""`given:` in a scenario -> the world as it is at the start: clients, users, currencies and prices."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from simulator.core import mint, money
from simulator.core.money import ZERO
from simulator.core.spec import Factor
from simulator.core.world import Account, Chain, Client, Currency, User, World, with_user
from simulator.scenario.nodes import Node
from simulator.scenario.reader import Read, Reader, join

AT_LIMIT: Final = -1
"""What `api_keys: at_limit` is until the limit is known."""


class _Person(NamedTuple):
    """A user as the file describes them, and where."""

    user: User
    accounts: tuple[Account, ...]
    node: Node
    path: str


def read_given(reader: Reader, node: Node, world: World) -> World:
    """The world with everything that is given. Problems are noted in the reader."""
    found: dict[str, Any] = reader.fields(
        node,
        "given",
        {
            "clients": reader.mapping_of(lambda each, path: _client(reader, each, path)),
            "users": reader.mapping_of(lambda each, path: _person(reader, each, path)),
            "currencies": reader.mapping_of(lambda each, path: _currency(reader, each, path)),
            "prices_usdt": reader.mapping_of(reader.amount),
            "observed_ip": reader.ip,
        },
    )
    prices: dict[str, Decimal] = {"USDT": Decimal(1), **found.get("prices_usdt", {})}
    if prices["USDT"] != 1:
        reader.wrong(node, "given.prices_usdt.USDT", "is 1: a price says how much USDT something is worth")
    for currency in found.get("currencies", {}).values():
        price = prices.get(currency.currency, ZERO)
        if not price:
            path = f"given.prices_usdt.{currency.currency}"
            reader.wrong(node, path, "is missing or zero; the service fee (s9) needs a price")
        world = world.put(replace(currency, price_usdt=price))
    for code in prices:
        if code != "USDT" and code not in world.currencies:
            reader.wrong(node, f"given.prices_usdt.{code}", f"unknown currency {code}; {_known(world)}")
    world = world.put(*found.get("clients", {}).values())
    for person in found.get("users", {}).values():
        world = _with_person(reader, world, person)
    return replace(world, observed_ip=found.get("observed_ip"))


def _with_person(reader: Reader, world: World, person: _Person) -> World:
    user = person.user
    for account in person.accounts:
        if account.currency not in world.currencies:
            reader.wrong(person.node, person.path, f"unknown currency {account.currency}; {_known(world)}")
    chains = {chain.chain_id for currency in world.currencies.values() for chain in currency.chains}
    for chain in dict.fromkeys(chain for chain, _ in (*user.address_book, *user.deposit_addresses)):
        if chain not in chains:
            reader.wrong(person.node, person.path, f"unknown chain {chain}; the currencies have {_words(chains)}")
    addresses = (f"{chain}:{address}" for chain, address in user.deposit_addresses)
    for identity in (str(user.uid), user.email.lower(), user.phone, *addresses):
        if identity and identity in world.identities:
            reader.wrong(person.node, person.path, f"{identity} is {world.identities[identity]}'s already")
    secret = user.totp_secret or mint.totp_secret(world.seed, user.name)
    keys = world.choices.api_key_limit if user.foreign_api_keys == AT_LIMIT else user.foreign_api_keys
    return with_user(world, replace(user, totp_secret=secret, foreign_api_keys=keys), person.accounts)


def _words(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _known(world: World) -> str:
    return f"given.currencies has {_words(world.currencies)}"


def _last(path: str) -> str:
    """The name under which a mapping's value stands: what follows the path of the mapping."""
    return path.split(".", 2)[2]


def _client(reader: Reader, node: Node, path: str) -> Client:
    def section(*names: str, each: Read[object]) -> Read[object]:
        return lambda inner, place: reader.fields(inner, place, dict.fromkeys(names, each))

    found: dict[str, Any] = reader.fields(
        node,
        path,
        {
            "name": reader.text,
            "secret": reader.text,
            "redirect_uris": reader.list_of(reader.text),
            "ip_allowlist": section("oauth", "trading", each=reader.list_of(reader.ip)),
            "api_name": reader.text,
            "site": reader.word(["global", "local"]),
            "partner": section("name", "broker_name", "broker_key", each=reader.text),
        },
    )
    client_id = _last(path)
    for uri in found.get("redirect_uris", ()):
        if "#" in uri:
            reader.wrong(
                node, join(path, "redirect_uris"), f"{uri!r} has a fragment, where code and state would be lost"
            )
        if not uri.startswith("/") and "://" not in uri:
            reader.wrong(node, join(path, "redirect_uris"), f"{uri!r} is neither a URI nor a path of our own origin")
    allowed, partner = found.get("ip_allowlist", {}), found.get("partner", {})
    return Client(
        client_id=client_id,
        name=found.get("name", client_id),
        secret=found.get("secret", ""),
        redirect_uris=found.get("redirect_uris", ()),
        oauth_ips=allowed.get("oauth", ()),
        trading_ips=allowed.get("trading", ()),
        api_name=found.get("api_name"),
        local_site=found.get("site") == "local",
        partner=partner.get("name", ""),
        broker_name=partner.get("broker_name", ""),
        broker_key=partner.get("broker_key", ""),
    )


def _person(reader: Reader, node: Node, path: str) -> _Person:
    def api_keys(inner: Node, place: str) -> int | None:
        return AT_LIMIT if inner.text == "at_limit" else reader.integer(inner, place)

    amounts = reader.mapping_of(reader.amount)
    found: dict[str, Any] = reader.fields(
        node,
        path,
        {
            "uid": reader.integer,
            "email": reader.text,
            "phone": reader.text,
            "level": reader.integer,
            "frozen": reader.boolean,
            "futures": reader.boolean,
            "factor_sets": reader.list_of(reader.list_of(reader.member(Factor))),
            "totp_secret": reader.base32,
            "balances": amounts,
            "trade": amounts,
            "address_book": reader.mapping_of(reader.list_of(reader.text)),
            "deposit_addresses": reader.mapping_of(reader.text),
            "api_keys": api_keys,
        },
    )
    accounts = [
        Account(currency, kind, amount)
        for kind, name in (("main", "balances"), ("trade", "trade"))
        for currency, amount in found.pop(name, {}).items()
    ]
    book = tuple((chain, each) for chain, known in found.pop("address_book", {}).items() for each in known)
    own = tuple(found.pop("deposit_addresses", {}).items())
    name = _last(path)
    user = User(
        name=name,
        uid=found.pop("uid", mint.uid(name)),
        address_book=book,
        deposit_addresses=own,
        foreign_api_keys=found.pop("api_keys", 0),
        **found,
    )
    return _Person(user, tuple(accounts), node, path)


def _currency(reader: Reader, node: Node, path: str) -> Currency:
    found: dict[str, Any] = reader.fields(
        node,
        path,
        {
            "full_name": reader.text,
            "precision": reader.integer,
            "default_chain": reader.text,
            "margin_enabled": reader.boolean,
            "debit_enabled": reader.boolean,
            "chains": reader.mapping_of(lambda each, inner: _chain(reader, each, inner)),
        },
    )
    code = _last(path)
    chains: tuple[Chain, ...] = tuple(found.pop("chains", {}).values())
    default = found.pop("default_chain", chains[0].chain_id if chains else "")
    if not chains:
        reader.wrong(node, join(path, "chains"), "is missing; a currency has at least one chain")
    elif default not in [chain.chain_id for chain in chains]:
        reader.wrong(node, join(path, "default_chain"), f"{default!r} is none of its chains")
    precision = found.pop("precision", money.PRECISION)
    if precision > money.MOST_PRECISE:
        reader.wrong(node, join(path, "precision"), f"at most {money.MOST_PRECISE}")
        precision = money.PRECISION
    full_name = found.pop("full_name", code)
    return Currency(code, full_name, precision, ZERO, chains, default, **found)


def _chain(reader: Reader, node: Node, path: str) -> Chain:
    found: dict[str, Any] = reader.fields(
        node,
        path,
        {
            "chain_name": reader.text,
            "withdrawal_min_size": reader.amount,
            "withdrawal_min_fee": reader.amount,
            "withdraw_precision": reader.integer,
            "deposit_min_size": reader.amount,
            "confirms": reader.integer,
            "pre_confirms": reader.integer,
            "contract_address": reader.text,
            "withdraw_enabled": reader.boolean,
            "deposit_enabled": reader.boolean,
            "need_tag": reader.boolean,
        },
    )
    chain_id = path.rpartition(".chains.")[2]
    if found.get("withdraw_precision", 0) > money.MOST_PRECISE:
        reader.wrong(node, join(path, "withdraw_precision"), f"at most {money.MOST_PRECISE}")
    return Chain(
        chain_id,
        found.pop("chain_name", chain_id.upper()),
        found.pop("withdrawal_min_size", ZERO),
        found.pop("withdrawal_min_fee", ZERO),
        found.pop("withdraw_precision", money.PRECISION),
        **found,
    )
