"""Currencies and their chains: `GET /api/v3/currencies/{currency}`, to which s8.2 sends the reader for the chainId.

Beside it the list of all of them, and the server's time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from simulator.core.data import Amount, Count, Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.gateway.parameters import CHAIN
from simulator.core.gateway.rate_limits import Pool
from simulator.core.money import plain
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import Chain, Currency, Now, World


class GetCurrency(Value, frozen=True):
    """A currency by name, with all its chains or with the one that is named."""

    currency: str
    chain: str = ""


class ChainData(Data, frozen=True, kw_only=True):
    """A chain of a currency. Minimum and fee of a withdrawal stand there twice, under both names of KuCoin's."""

    chain_name: str
    withdrawal_min_size: Amount
    withdraw_min_size: Amount
    deposit_min_size: Amount | None
    withdraw_fee_rate: Amount
    withdrawal_min_fee: Amount
    withdraw_min_fee: Amount
    is_withdraw_enabled: bool
    is_deposit_enabled: bool
    confirms: Count
    pre_confirms: Count
    contract_address: str
    withdraw_precision: Count
    max_withdraw: None = None
    max_deposit: Amount | None
    need_tag: bool
    chain_id: str
    address_regex: str
    memo_regex: str


class CurrencyData(Data, frozen=True, kw_only=True):
    """A currency and its chains; of a dead coin they are null [H95/no-chains]."""

    currency: Name
    name: Name
    full_name: str
    precision: Count
    confirms: None = None
    contract_address: None = None
    is_margin_enabled: bool
    is_debit_enabled: bool
    chains: tuple[ChainData, ...] | None


class CurrencyFound(Reply, frozen=True):
    """The currency and the chains that were asked for."""

    currency: Currency
    chains: tuple[Chain, ...]

    def data(self) -> CurrencyData:
        """The currency with these chains."""
        return _currency_data(self.currency, self.chains)


class ListCurrencies(Value, frozen=True):
    """`GET /api/v3/currencies`."""


class CurrenciesListed(Reply, frozen=True):
    """Every currency with all its chains, by name [rest/currencies]."""

    currencies: tuple[Currency, ...]

    def data(self) -> tuple[CurrencyData, ...]:
        """Each currency with all its chains."""
        return tuple(_currency_data(currency, currency.chains) for currency in self.currencies)


def _chain_data(chain: Chain) -> ChainData:
    minimum, fee = plain(chain.withdrawal_min_size), plain(chain.withdrawal_min_fee)
    return ChainData(
        chain_name=chain.chain_name,
        withdrawal_min_size=minimum,
        withdraw_min_size=minimum,
        deposit_min_size=None if chain.deposit_min_size is None else plain(chain.deposit_min_size),
        withdraw_fee_rate="0",
        withdrawal_min_fee=fee,
        withdraw_min_fee=fee,
        is_withdraw_enabled=chain.withdraw_enabled,
        is_deposit_enabled=chain.deposit_enabled,
        confirms=chain.confirms,
        pre_confirms=chain.pre_confirms,
        contract_address=chain.contract_address,
        withdraw_precision=chain.withdraw_precision,
        max_deposit=None if chain.max_deposit is None else plain(chain.max_deposit),
        need_tag=chain.need_tag,
        chain_id=chain.chain_id,
        address_regex=chain.address_pattern,
        memo_regex=chain.memo_pattern,
    )


def _currency_data(currency: Currency, chains: Iterable[Chain]) -> CurrencyData:
    return CurrencyData(
        currency=currency.currency,
        name=currency.currency,
        full_name=currency.full_name,
        precision=currency.precision,
        is_margin_enabled=currency.margin_enabled,
        is_debit_enabled=currency.debit_enabled,
        chains=tuple(map(_chain_data, chains)) or None,
    )


def by_name(world: World) -> tuple[Currency, ...]:
    """All currencies in the order of their names."""
    return tuple(world.currencies[name] for name in sorted(world.currencies))


def with_chains(world: World, name: str, chain: str) -> tuple[Currency, tuple[Chain, ...]]:
    """A currency with the one chain, or with all of its chains if `chain` is ""."""
    currency = find_currency(world, name)
    return currency, (find_chain(currency, chain),) if chain else currency.chains


def get_currency(world: World, command: GetCurrency, now: Now) -> tuple[World, CurrencyFound]:
    """Public: no key is needed."""
    currency, chains = with_chains(world, command.currency, command.chain)
    return world, CurrencyFound(currency=currency, chains=chains)


def list_currencies(world: World, command: ListCurrencies, now: Now) -> tuple[World, CurrenciesListed]:
    """Public: no key is needed. There are no parameters: `chain` chooses nothing here."""
    return world, CurrenciesListed(currencies=by_name(world))


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
        example={"currency": "BTC"},
        pool=Pool.PUBLIC,
        weight=3,
        refusals={Reason.CURRENCY_UNKNOWN, Reason.CHAIN_INVALID},
    ),
)
