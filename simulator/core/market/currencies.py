"""Currencies and their chains: `GET /api/v3/currencies/{currency}`, to which s8.2 sends the reader for the chainId.

Beside it the list of all of them, and the server's time.
"""

from __future__ import annotations

from typing import Final

from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.gateway.parameters import CHAIN
from simulator.core.gateway.tolls import Pool
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
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


def get_currency(world: World, command: GetCurrency, now: Now) -> tuple[World, CurrencyFound]:
    """Public: no key is needed."""
    currency = find_currency(world, command.currency)
    chains = (find_chain(currency, command.chain),) if command.chain else currency.chains
    return world, CurrencyFound(currency=currency, chains=chains)


def list_currencies(world: World, command: ListCurrencies, now: Now) -> tuple[World, CurrenciesListed]:
    """Public: no key is needed. There are no parameters: `chain` chooses nothing here."""
    return world, CurrenciesListed(currencies=tuple(world.currencies[name] for name in sorted(world.currencies)))


ENDPOINTS: Final = (
    Endpoint(
        list_currencies,
        ListCurrencies,
        REST,
        call="GET /api/v3/currencies",
        pool=Pool.PUBLIC,
        weight=3,
    ),
    Endpoint(
        get_currency,
        GetCurrency,
        "s8.2",
        call="GET /api/v3/currencies/{currency}",
        parameters=(CHAIN,),
        pool=Pool.PUBLIC,
        weight=3,
        refusals={Reason.CURRENCY_UNKNOWN, Reason.CHAIN_INVALID},
    ),
)
