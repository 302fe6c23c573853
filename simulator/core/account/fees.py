"""What trading costs: the base rates of a user, and the rates in symbols."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.data import Amount, Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import Text, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import plain
from simulator.core.refusals import Reason
from simulator.core.trading.fee_rates import base_rates, rates
from simulator.core.trading.placing import find_symbol
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

Rates = tuple[Decimal, Decimal]
"""The taker's and the maker's."""
MOST_SYMBOLS: Final = 10
CURRENCY_TYPE: Final = Word("currencyType", "0 = cryptocurrencies, 1 = fiat currencies; 0 without", words=("0", "1"))
SYMBOLS: Final = Text("symbols", f"Up to {MOST_SYMBOLS} symbols, with commas between them", required=True)


class GetBaseFee(Value, frozen=True):
    """`GET /api/v1/base-fee`. `parameters`: `currencyType`."""

    signed: SignedRequest
    parameters: Query


class BaseFeeData(Data, frozen=True):
    """The rates before the coefficient of a pair."""

    taker_fee_rate: Amount
    maker_fee_rate: Amount


class BaseFeeFound(Reply, frozen=True):
    """The taker's and the maker's rate of the user."""

    rates: Rates

    def data(self) -> BaseFeeData:
        """Both rates."""
        return BaseFeeData(*map(plain, self.rates))


class ListTradeFees(Value, frozen=True):
    """`GET /api/v1/trade-fees`. `parameters`: `symbols`."""

    signed: SignedRequest
    parameters: Query


class TradeFeeData(Data, frozen=True):
    """The rates of a pair."""

    symbol: Name
    taker_fee_rate: Amount
    maker_fee_rate: Amount


class TradeFeesListed(Reply, frozen=True):
    """The symbols that were named, each with the taker's and the maker's rate of the user."""

    symbols: tuple[tuple[str, Rates], ...]

    def data(self) -> tuple[TradeFeeData, ...]:
        """The rates of each."""
        return tuple(TradeFeeData(symbol, *map(plain, rates)) for symbol, rates in self.symbols)


def get_base_fee(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, BaseFeeFound]:
    """The rates of the user's VIP level, for both types of currencies [rest/base-fee]."""
    CURRENCY_TYPE.read(Fields(query))
    return world, BaseFeeFound(rates=base_rates(world.users[key.user]))


def list_trade_fees(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, TradeFeesListed]:
    """What a fill in these symbols would cost now, in the order of the request [rest/trade-fees]."""
    names = SYMBOLS.read(Fields(query)).split(",")
    if len(names) > MOST_SYMBOLS:
        raise FieldProblem(SYMBOLS.name, f"must name at most {MOST_SYMBOLS} symbols", len(names))
    user = world.users[key.user]
    return world, TradeFeesListed(symbols=tuple((name, rates(user, find_symbol(world, name))) for name in names))


ENDPOINTS: Final = (
    Endpoint(
        get_base_fee,
        GetBaseFee,
        REST,
        call="GET /api/v1/base-fee",
        parameters=(CURRENCY_TYPE,),
        example={"currencyType": "0"},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=3,
        refusals={Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        list_trade_fees,
        ListTradeFees,
        REST,
        call="GET /api/v1/trade-fees",
        parameters=(SYMBOLS,),
        example={"symbols": "BTC-USDT,ETH-USDT"},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=3,
        refusals={Reason.PARAMETER_INVALID, Reason.SYMBOL_UNKNOWN},
    ),
)
