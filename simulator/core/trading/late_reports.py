"""When an order that is behind what happened to it shows more of that: the plan of a test can delay its reports."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from simulator.core.world import Draft, Due, DueKind, Order


def instants(order: Order) -> Iterator[int]:
    """When look-ups and feeds begin to know each fill of an order, the latest first, and the order itself.

    In ms of the business clock; nothing if its plan delays no report.
    """
    plan = order.plan
    if plan is not None and plan.stale_for:
        for fill in order.fills:
            yield fill.at + plan.stale_for
    if plan is not None and plan.unknown_for:
        yield order.created_at + plan.unknown_for


def schedule(draft: Draft, order: Order, at: int) -> None:
    """Put the next report of an order after `at` (ms) on the agenda. If one is there already, it is the next one."""
    if order.plan is None or (DueKind.ORDER_REPORT.value, order.id) in draft.agenda.numbers:
        return
    begin = order.created_at + order.plan.unknown_for
    fills = takewhile(lambda instant: instant > at, instants(order))
    following = min((*fills, *([begin] if begin > at else ())), default=None)
    if following is not None:
        draft.agenda = draft.agenda.having(Due(following, DueKind.ORDER_REPORT, order.id))
