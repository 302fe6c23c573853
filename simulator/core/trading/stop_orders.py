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
        replace(resting, stops=resting.stops.insert(stop.id, stop.number)),
        replace(trader, stops=trader.stops.insert(stop.id, stop.number)),
    )
    return stop


def cancel(draft: Draft, stop: StopOrder) -> StopOrder:
    """Cancel a stop order that waits."""
    return _no_longer(draft, replace(stop, status="CANCELED"))


def trigger_reached(draft: Draft, symbol: str, now: Now) -> tuple[Order, ...]:
    """Trigger the stop orders that the last price of a symbol reaches, the oldest first; the orders that come of them.

    The cost depends on how many stop orders wait in the symbol. [H102/stops]
    """
    last = draft.market(symbol).last
    stops = draft.resting(symbol).stops
    orders: list[Order] = []
    for stop_id in sorted(stops, key=stops.__getitem__):
        stop = draft.stop_order(stop_id)
        if last >= stop.stop_price if stop.stop == "entry" else last <= stop.stop_price:
            orders += _triggered(draft, stop, now)
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
        replace(resting, stops=resting.stops.remove(stop.id)),
        replace(trader, stops=trader.stops.remove(stop.id)),
    )
    return stop
