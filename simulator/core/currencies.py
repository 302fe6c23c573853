"""Currencies and their chains: `GET /api/v3/currencies/{currency}`, to which s8.2 sends the reader for the chainId.

Beside it the list of all of them, and the server's time.
"""

from __future__ import annotations

from simulator.core.refusals import Reason, Refusal
from simulator.core.replies import Reply
from simulator.core.value import Value
from simulator.core.world import Chain, Currency, Now, World


class GetCurrency(Value, frozen=True):
    """A currency by name, with all its chains or with the one that is named."""

    currency: str
    chain: str = ""


class CurrencyFound(Reply, frozen=True):
    """The currency and the chains that were asked for."""

    currency: Currency
    chains: tuple[Chain, ...]


class ListCurrencies(Value, frozen=True):
    """`GET /api/v3/currencies`."""


class CurrenciesListed(Reply, frozen=True):
    """Every currency with all its chains, by name [rest/currencies]."""

    currencies: tuple[Currency, ...]


class GetServerTime(Value, frozen=True):
    """`GET /api/v1/timestamp`."""


class ServerTime(Reply, frozen=True):
    """The wall clock, ms: what KC-API-TIMESTAMP is held against."""

    milliseconds: int


def find_currency(world: World, name: str) -> Currency:
    """The currency, or the refusal."""
    currency = world.currencies.get(name)
    if currency is None:
        raise Refusal(Reason.CURRENCY_UNKNOWN, expected=", ".join(sorted(world.currencies)), received=name)
    return currency


def find_chain(currency: Currency, chain_id: str | None) -> Chain:
    """The chain of a currency, without a name its default one, or the refusal [s8.2/chain] [H38/default-chain]."""
    wanted = chain_id or currency.default_chain
    chain = currency.chain(wanted)
    if chain is None:
        known = ", ".join(each.chain_id for each in currency.chains)
        raise Refusal(Reason.CHAIN_INVALID, expected=known, received=wanted)
    return chain


def get_currency(world: World, command: GetCurrency, now: Now) -> tuple[World, CurrencyFound]:
    """Public: no key is needed."""
    currency = find_currency(world, command.currency)
    chains = (find_chain(currency, command.chain),) if command.chain else currency.chains
    return world, CurrencyFound(currency=currency, chains=chains)


def list_currencies(world: World, command: ListCurrencies, now: Now) -> tuple[World, CurrenciesListed]:
    """Public: no key is needed. There are no parameters: `chain` chooses nothing here."""
    return world, CurrenciesListed(currencies=tuple(world.currencies[name] for name in sorted(world.currencies)))


def get_server_time(world: World, command: GetServerTime, now: Now) -> tuple[World, ServerTime]:
    """Public: no key is needed."""
    return world, ServerTime(milliseconds=now.wall)
