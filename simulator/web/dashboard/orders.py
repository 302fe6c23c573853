"""The orders and the stop orders as lists, the prices with a form that sets them, and the plans for orders to come."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.money import plain
from simulator.core.world import Market, World
from simulator.web.control.protocol.calls import settled
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.views.orders import plan_data
from simulator.web.dashboard.screens import Screen, form_of, query_of, screen
from simulator.web.dashboard.showing import instant, redactor_of
from simulator.web.dashboard.steering import ControlReply, ControlRequest, scenario_lines
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.forms import FormError, PageForm

MOST: Final = 50
"""Orders, symbols and plans that are listed."""
STATES: Final = ("active", "done")
FILTERS: Final = ("user", "symbol", "state")
QUOTES: Final = ("last", "bid", "ask")
EXAMPLE: Final[dict[str, Any]] = {
    "client_oid": "slow-*",
    "plan": [{"fill": "40%"}, {"after": "5s", "fill": "30%"}, {"after": "1m", "cancel": "rest"}],
}
"""A plan for the drawer and the empty form."""


async def orders(desk: Desk, request: Request) -> Response:
    """The newest orders, of everybody or as the filters of the query say; `price` = a symbol whose form is filled."""
    return await _shown(desk, request, query_of(request))


async def steer(desk: Desk, request: Request) -> Response:
    """Set prices of a symbol, or replace the plans."""
    form = await form_of(request)
    action = form.word("do", "price", "plans")
    if action == "price":
        symbol = form.one("symbol").strip()
        if "/" in symbol:
            raise FormError("A symbol has no slash in it.")
        call = price_call(symbol, {name: form.one(name, "").strip() for name in QUOTES})
    else:
        call = ControlRequest("PUT", "/order-plans", form.one("written").replace("\r\n", "\n"))
    return await _shown(desk, request, form, action, call, await call.perform(request))


def price_call(symbol: str, quotes: dict[str, str]) -> ControlRequest:
    """The call that sets these prices; an empty one is left out, so that it follows from the others."""
    body = {name: price for name, price in quotes.items() if price}
    return ControlRequest("PUT", f"/prices/{quote(symbol, safe='')}", body)


async def _shown(
    desk: Desk,
    request: Request,
    form: PageForm,
    action: str = "",
    call: ControlRequest | None = None,
    reply: ControlReply | None = None,
) -> Response:
    filters = {} if action else {name: text for name in FILTERS if (text := form.one(name, "").strip())}
    listing = ControlRequest("GET", "/orders", query=(*filters.items(), ("limit", str(MOST + 1))))
    listed = await listing.perform(request)
    if not listed.good:
        raise ProblemError(listed.status, listed.detail)
    of_whom = tuple((name, text) for name, text in filters.items() if name != "state")
    stop_listing = ControlRequest("GET", "/stop-orders", query=(*of_whom, ("limit", str(MOST + 1))))
    stops: list[dict[str, Any]] = (await stop_listing.perform(request)).data["stop_orders"]
    world = settled(desk)
    hide = await redactor_of(desk, request, filters.get("user", ""))
    rows: list[dict[str, Any]] = hide.data(listed.data["orders"])
    prices = [_quotes(world.markets[symbol]) for symbol in sorted(world.markets)[:MOST]]
    given = _given(world, form, prices)
    plans: list[dict[str, Any]] = hide.data([plan_data(plan) for plan in islice(world.order_plans, MOST)])
    refused = reply is not None and not reply.good
    kept = form.one("written", "") if action == "plans" and refused else ""
    sample = {name: given[name] for name in ("last", "bid", "ask")}
    return screen(
        request,
        "dashboard/orders.html",
        "/orders",
        reply.status if reply and refused else 200,
        rows=rows[:MOST],
        more=len(rows) > MOST,
        most=MOST,
        filters={name: hide.text(filters.get(name, "")) for name in FILTERS},
        filtered=bool(filters),
        states=STATES,
        at=instant,
        listing=listing,
        listing_lines=scenario_lines(orders=plans or [EXAMPLE]),
        stops=hide.data(stops[:MOST]),
        more_stops=len(stops) > MOST,
        stop_listing=stop_listing,
        prices=prices,
        symbols=len(world.markets),
        given=given,
        typed={name: hide.text(form.one(name, "")) for name in given} if refused and action == "price" else given,
        price_call=price_call(given["symbol"], sample),
        price_lines=scenario_lines(given={"prices": {given["symbol"]: sample}}),
        plans=[json.dumps(plan, ensure_ascii=False) for plan in plans],
        plan_count=len(world.order_plans),
        plans_call=ControlRequest("PUT", "/order-plans", {"orders": plans or [EXAMPLE]}),
        written=kept or scenario_lines(orders=plans or [EXAMPLE]),
        action=action,
        call=call,
        reply=reply,
    )


def _quotes(market: Market) -> dict[str, str]:
    return {
        "symbol": market.symbol,
        "last": plain(market.last),
        "bid": plain(market.bid),
        "ask": plain(market.ask),
    }


def _given(world: World, form: PageForm, prices: list[dict[str, str]]) -> dict[str, str]:
    """What the form of prices begins with: the prices of the symbol that was asked for, of the first one without."""
    symbol = form.one("price", "") or form.one("symbol", "").strip()
    market = world.markets.get(symbol)
    if market is not None:
        return _quotes(market)
    return prices[0] if prices else {"symbol": "BTC-USDT", "last": "60000", "bid": "59999.9", "ask": "60000.1"}


ROUTES: Final = (Screen("GET /orders", orders), Screen("POST /orders", steer))
