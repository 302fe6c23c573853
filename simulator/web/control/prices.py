"""Prices of symbols and of currencies, set while the world goes on. A reset undoes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control.trading import PricesSet
from simulator.core.money import plain
from simulator.core.world import Market
from simulator.scenario.given import amending
from simulator.scenario.given.amending import PRICES
from simulator.web.control.administration import CURRENCY_REPLY, administered, currency_data
from simulator.web.control.protocol.calls import alone, answer, settled, text_of
from simulator.web.control.protocol.declaration import ControlCall, part_of_scenario
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, DECIMAL, NAME, Schema, closed, mapped

QUOTES: Final[Mapping[str, Schema]] = {"last": DECIMAL, "bid": DECIMAL, "ask": DECIMAL}
PRICES_REPLY: Final = closed({"prices": mapped(closed(QUOTES))})
PRICE_REPLY: Final = closed(
    {
        **{f"{name}?": schema for name, schema in CURRENCY_REPLY["properties"].items()},
        "symbol?": NAME,
        **{f"{name}?": schema for name, schema in QUOTES.items()},
        "fills?": {**COUNT, "description": "Fills of orders that came of it"},
    }
)
"""What is known of a currency, or the prices of a symbol."""


async def prices(desk: Desk, request: Request) -> Response:
    """The last price, the bid and the ask of each symbol."""
    markets = settled(desk).markets
    return answer({"prices": {name: _quotes(markets[name]) for name in sorted(markets)}})


async def put_price(desk: Desk, request: Request) -> Response:
    """Set prices of a symbol, which fill the orders that they cross, or what a currency is worth in USDT (s9)."""
    text, name = await text_of(request), request.path_params["name"]
    return await alone(desk, request, lambda fork: _put_price(fork, name, text))


def _put_price(desk: Desk, name: str, text: str) -> Response:
    world = settled(desk)
    if name in world.symbols:
        result = desk.exchange.perform(amending.set_prices(world, name, text)).result
        assert isinstance(result, PricesSet)
        return answer({"symbol": name, **_quotes(result.market), "fills": result.fills})
    currency = world.currencies.get(name)
    if currency is None:
        symbols, currencies = (", ".join(sorted(names)) or "none" for names in (world.symbols, world.currencies))
        raise ProblemError(404, f"no symbol or currency {name!r}; there are {symbols}; {currencies}")
    command = amending.put_price(currency, text)
    administered(desk, command)
    return answer(currency_data(command.currency))


def _quotes(market: Market) -> dict[str, Any]:
    return {"last": plain(market.last), "bid": plain(market.bid), "ask": plain(market.ask)}


CALLS: Final = (
    ControlCall("GET /prices", prices, PRICES_REPLY),
    ControlCall(
        "PUT /prices/{name}",
        put_price,
        PRICE_REPLY,
        problems=(404,),
        body=part_of_scenario(
            PRICES,
            '`{"last": "65000", "bid": "64999", "ask": "65001"}` of a symbol, some or all; '
            '`{"price_usdt": "65000"}` of a currency',
        ),
    ),
)
