"""Currencies by the older versions of their calls: version 1 knew one chain of each, version 2 all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from simulator.core.data import Amount, Count, Data, Name
from simulator.core.endpoint import OLDER, Endpoint
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.gateway.parameters import CHAIN, ONE_CHAIN
from simulator.core.gateway.rate_limits import Pool
from simulator.core.market.currencies import by_name, with_chains
from simulator.core.money import plain
from simulator.core.refusals import Grade, Reason
from simulator.core.value import Reply, Value
from simulator.core.world import Chain, Currency, Now, World


class CurrencyDataV1(Data, frozen=True):
    """A currency with what is said of one of its chains."""

    currency: Name
    name: Name
    full_name: str
    precision: Count
    confirms: Count | None
    contract_address: str | None
    withdrawal_min_size: Amount | None
    withdrawal_min_fee: Amount | None
    is_withdraw_enabled: bool
    is_deposit_enabled: bool
    is_margin_enabled: bool
    is_debit_enabled: bool


class ChainDataV2(Data, frozen=True):
    """A chain of a currency."""

    chain_name: Name
    withdrawal_min_size: Amount
    withdrawal_min_fee: Amount
    is_withdraw_enabled: bool
    is_deposit_enabled: bool
    confirms: Count
    contract_address: str


class CurrencyDataV2(Data, frozen=True, kw_only=True):
    """A currency and its chains."""

    currency: Name
    name: Name
    full_name: str
    precision: Count
    confirms: None = None
    contract_address: None = None
    is_margin_enabled: bool
    is_debit_enabled: bool
    chains: tuple[ChainDataV2, ...]


class ListCurrenciesV1(Value, frozen=True):
    """`GET /api/v1/currencies`."""


class CurrenciesListedV1(Reply, frozen=True):
    """Every currency, by name."""

    currencies: tuple[Currency, ...]

    def data(self) -> tuple[CurrencyDataV1, ...]:
        """Each with its default chain."""
        return tuple(_data_v1(currency, currency.chain(currency.default_chain)) for currency in self.currencies)


class GetCurrencyV1(Value, frozen=True):
    """`GET /api/v1/currencies/{currency}`."""

    currency: str
    chain: str = ""


class CurrencyFoundV1(Reply, frozen=True):
    """The currency, and the chain of which something is said; None = it has none."""

    currency: Currency
    chain: Chain | None

    def data(self) -> CurrencyDataV1:
        """The currency with that chain."""
        return _data_v1(self.currency, self.chain)


class ListCurrenciesV2(Value, frozen=True):
    """`GET /api/v2/currencies`."""


class CurrenciesListedV2(Reply, frozen=True):
    """Every currency, by name."""

    currencies: tuple[Currency, ...]

    def data(self) -> tuple[CurrencyDataV2, ...]:
        """Each with all its chains."""
        return tuple(_data_v2(currency, currency.chains) for currency in self.currencies)


class GetCurrencyV2(Value, frozen=True):
    """`GET /api/v2/currencies/{currency}`."""

    currency: str
    chain: str = ""


class CurrencyFoundV2(Reply, frozen=True):
    """The currency and the chains that were asked for."""

    currency: Currency
    chains: tuple[Chain, ...]

    def data(self) -> CurrencyDataV2:
        """The currency with these chains."""
        return _data_v2(self.currency, self.chains)


def _data_v1(currency: Currency, chain: Chain | None) -> CurrencyDataV1:
    return CurrencyDataV1(
        currency=currency.currency,
        name=currency.currency,
        full_name=currency.full_name,
        precision=currency.precision,
        confirms=chain.confirms if chain else None,
        contract_address=chain.contract_address if chain else None,
        withdrawal_min_size=plain(chain.withdrawal_min_size) if chain else None,
        withdrawal_min_fee=plain(chain.withdrawal_min_fee) if chain else None,
        is_withdraw_enabled=chain.withdraw_enabled if chain else False,
        is_deposit_enabled=chain.deposit_enabled if chain else False,
        is_margin_enabled=currency.margin_enabled,
        is_debit_enabled=currency.debit_enabled,
    )


def _data_v2(currency: Currency, chains: Iterable[Chain]) -> CurrencyDataV2:
    return CurrencyDataV2(
        currency=currency.currency,
        name=currency.currency,
        full_name=currency.full_name,
        precision=currency.precision,
        is_margin_enabled=currency.margin_enabled,
        is_debit_enabled=currency.debit_enabled,
        chains=tuple(
            ChainDataV2(
                chain_name=chain.chain_name,
                withdrawal_min_size=plain(chain.withdrawal_min_size),
                withdrawal_min_fee=plain(chain.withdrawal_min_fee),
                is_withdraw_enabled=chain.withdraw_enabled,
                is_deposit_enabled=chain.deposit_enabled,
                confirms=chain.confirms,
                contract_address=chain.contract_address,
            )
            for chain in chains
        ),
    )


def list_currencies_v1(world: World, command: ListCurrenciesV1, now: Now) -> tuple[World, CurrenciesListedV1]:
    """Public: no key is needed [rest/currencies-v1]."""
    return world, CurrenciesListedV1(currencies=by_name(world))


def get_currency_v1(world: World, command: GetCurrencyV1, now: Now) -> tuple[World, CurrencyFoundV1]:
    """Public. Without `chain` it is about the default chain [H81/currency-v1]."""
    currency = find_currency(world, command.currency)
    chain = find_chain(currency, command.chain) if command.chain else currency.chain(currency.default_chain)
    return world, CurrencyFoundV1(currency=currency, chain=chain)


def list_currencies_v2(world: World, command: ListCurrenciesV2, now: Now) -> tuple[World, CurrenciesListedV2]:
    """Public: no key is needed [H81/currencies-v2]."""
    return world, CurrenciesListedV2(currencies=by_name(world))


def get_currency_v2(world: World, command: GetCurrencyV2, now: Now) -> tuple[World, CurrencyFoundV2]:
    """Public: no key is needed [rest/currency-v2]."""
    currency, chains = with_chains(world, command.currency, command.chain)
    return world, CurrencyFoundV2(currency=currency, chains=chains)


ENDPOINTS: Final = (
    Endpoint(
        list_currencies_v1,
        ListCurrenciesV1,
        OLDER,
        call="GET /api/v1/currencies",
        pool=Pool.PUBLIC,
        weight=3,
        grade=Grade.ASSUMED,
    ),
    Endpoint(
        get_currency_v1,
        GetCurrencyV1,
        OLDER,
        call="GET /api/v1/currencies/{currency}",
        parameters=(ONE_CHAIN,),
        example={"currency": "USDT", "chain": "trx"},
        pool=Pool.PUBLIC,
        weight=3,
        grade=Grade.ASSUMED,
        refusals={Reason.CURRENCY_UNKNOWN, Reason.CHAIN_INVALID},
    ),
    Endpoint(
        list_currencies_v2,
        ListCurrenciesV2,
        OLDER,
        call="GET /api/v2/currencies",
        pool=Pool.PUBLIC,
        weight=3,
        grade=Grade.ASSUMED,
    ),
    Endpoint(
        get_currency_v2,
        GetCurrencyV2,
        OLDER,
        call="GET /api/v2/currencies/{currency}",
        parameters=(CHAIN,),
        example={"currency": "USDT", "chain": "trx"},
        pool=Pool.PUBLIC,
        weight=3,
        grade=Grade.ASSUMED,
        refusals={Reason.CURRENCY_UNKNOWN, Reason.CHAIN_INVALID},
    ),
)
