"""What trading would cost: the base rate of an account, and the rates of pairs."""

from __future__ import annotations

from typing import Final

from simulator.core.data import Amount, Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import Text, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

RATE: Final = "0.001"
"""Taker and maker pay the same."""
MOST_SYMBOLS: Final = 10
CURRENCY_TYPE: Final = Word("currencyType", "0 = cryptocurrencies, 1 = fiat currencies; 0 without", words=("0", "1"))
SYMBOLS: Final = Text("symbols", f"Up to {MOST_SYMBOLS} pairs, with commas between them", required=True)


class GetBaseFee(Value, frozen=True):
    """`GET /api/v1/base-fee`. `parameters`: `currencyType`."""

    signed: SignedRequest
    parameters: Query


class BaseFeeData(Data, frozen=True):
    """The rates before the coefficient of a pair."""

    taker_fee_rate: Amount
    maker_fee_rate: Amount


class BaseFeeFound(Reply, frozen=True):
    """The same for everybody."""

    def data(self) -> BaseFeeData:
        """Both rates."""
        return BaseFeeData(RATE, RATE)


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
    """The pairs that were named."""

    symbols: tuple[str, ...]

    def data(self) -> tuple[TradeFeeData, ...]:
        """The rates of each."""
        return tuple(TradeFeeData(symbol, RATE, RATE) for symbol in self.symbols)


def get_base_fee(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, BaseFeeFound]:
    """The rate of the reference's sample, for both types of currencies and at every level [rest/base-fee]."""
    CURRENCY_TYPE.read(Fields(query))
    return world, BaseFeeFound()


def list_trade_fees(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, TradeFeesListed]:
    """The base rate for any two currencies with a hyphen between them, in the order of the request.

    [rest/trade-fees]
    """
    symbols = SYMBOLS.read(Fields(query)).split(",")
    if len(symbols) > MOST_SYMBOLS:
        raise FieldProblem(SYMBOLS.name, f"must name at most {MOST_SYMBOLS} pairs", len(symbols))
    for symbol in symbols:
        base, _, quote = symbol.partition("-")
        if not (base and quote):
            raise FieldProblem(SYMBOLS.name, "must be pairs such as BTC-USDT", symbol)
    return world, TradeFeesListed(symbols=tuple(symbols))


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
        refusals={Reason.PARAMETER_INVALID},
    ),
)
