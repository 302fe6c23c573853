"""How far an order is, as the calls that wait for the matching tell."""

from __future__ import annotations

from typing import Annotated

from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.money import ZERO, plain
from simulator.core.world import Order

SyncStatus = Annotated[str, words("open", "done")]


class SyncData(Data, frozen=True):
    """An order that was just accepted."""

    order_id: Name
    client_oid: str | None
    order_time: Milliseconds
    origin_size: Amount
    deal_size: Amount
    remain_size: Amount
    canceled_size: Amount
    status: SyncStatus
    match_time: Milliseconds


def sync_data(order: Order) -> SyncData:
    """How far an order is. One by funds has no size of its own, so what was bought is its size."""
    origin, deal, remain, canceled, status = sizes(order)
    return SyncData(
        order.id, order.client_oid or None, order.created_at, origin, deal, remain, canceled, status, order.updated_at
    )


def sizes(order: Order) -> tuple[str, str, str, str, str]:
    """Original, dealt, remaining and canceled size, and `open` or `done`."""
    size = order.terms.size
    original = order.deal_size if size is None else size
    remain = ZERO if size is None else order.rest
    status = "open" if order.status.active else "done"
    return plain(original), plain(order.deal_size), plain(remain), plain(order.canceled_size), status
