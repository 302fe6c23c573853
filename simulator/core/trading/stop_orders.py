"""Orders that wait until the market's price reaches theirs; nothing is held until then."""

from __future__ import annotations

from msgspec.structs import replace

from simulator.core.refusals import Refusal
from simulator.core.trading import placing
from simulator.core.trading.lifecycle import accept
from simulator.core.world import Draft, Now, Order, StopOrder


def wait(draft: Draft, stop: StopOrder) -> StopOrder:
    """Accept a stop order: it waits for the price of its symbol."""
    resting = draft.resting(stop.terms.symbol)
    draft.orders_made = stop.number
    trader = draft.trader(stop.user)
    draft.put(
        stop,
        resting.with_stop(stop.stop, stop.stop_price, stop.id, stop.number),
        trader.with_stop(stop.terms.symbol, stop.id, stop.number, stop.client_oid),
    )
    return stop


def cancel(draft: Draft, stop: StopOrder) -> StopOrder:
    """Cancel a stop order that waits."""
    return _no_longer(draft, replace(stop, status="CANCELED"))


def trigger_reached(draft: Draft, symbol: str, now: Now) -> tuple[Order, ...]:
    """Trigger the stop orders that the last price of a symbol reaches, the oldest first; the orders that come of them.

    No other stop order is looked at. [H102/stops]
    """
    orders: list[Order] = []
    for stop_id in draft.resting(symbol).triggered(draft.market(symbol).last):
        orders += _triggered(draft, draft.stop_order(stop_id), now)
    return tuple(orders)


def _triggered(draft: Draft, stop: StopOrder, now: Now) -> list[Order]:
    """The order that comes of a stop order; none if it is refused now, for example because the money is not there.

    An order that was placed since may have taken the clientOid.
    """
    stop = _no_longer(draft, replace(stop, status="TRIGGERED", triggered_at=now.business))
    try:
        placing.check_terms(draft, draft.users[stop.user], stop.terms)
        placing.check_client_oid(draft, stop.user, stop.client_oid)
        order = accept(draft, placing.order_of_stop(draft, stop, now), now)
    except Refusal:
        return []
    draft.put(replace(stop, order_id=order.id))
    return [order]


def _no_longer(draft: Draft, stop: StopOrder) -> StopOrder:
    resting, trader = draft.resting(stop.terms.symbol), draft.trader(stop.user)
    draft.put(
        stop,
        resting.without_stop(stop.stop, stop.stop_price, stop.id),
        trader.without_stop(stop.terms.symbol, stop.id, stop.client_oid),
    )
    return stop
