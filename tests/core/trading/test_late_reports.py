"""When an order whose reports are late shows more of what has happened to it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.spot_world import SpotDesk

from simulator.core.trading.late_reports import instants, schedule
from simulator.core.world import Draft, Due, DueKind, FillStep, Order, OrderPlan, Stack

FILLED_AT = (100, 300)


def late(unknown_for: int, stale_for: int, *, created_at: int = 0) -> tuple[SpotDesk, Order]:
    """A desk, and an order with two fills whose plan delays its reports."""
    desk = SpotDesk(OrderPlan(steps=(FillStep(), FillStep(after=9_999))))
    order = desk.placed()
    (fill,) = order.fills
    fills: Stack[object] = Stack()
    for at in FILLED_AT:
        fills = fills.having(replace(fill, at=created_at + at), created_at + at, f"{at:04}")
    plan = OrderPlan(unknown_for=unknown_for, stale_for=stale_for)
    return desk, replace(order, plan=plan, fills=fills, created_at=created_at)


@pytest.mark.parametrize(
    ("unknown_for", "stale_for", "expected"),
    [(0, 0, []), (20, 0, [20]), (0, 50, [350, 150]), (20, 50, [350, 150, 20]), (1, 1, [301, 101, 1])],
)
def test_instants(unknown_for: int, stale_for: int, expected: list[int]) -> None:
    """Each fill when it is no longer held back, the latest first, and then the order itself."""
    _, order = late(unknown_for, stale_for)
    assert [*instants(order)] == expected
    assert [*instants(replace(order, plan=None))] == []


@pytest.mark.parametrize(
    ("unknown_for", "at", "following"),
    [
        *((20, 0, 20), (20, 19, 20), (20, 20, 150), (20, 149, 150), (20, 150, 350), (20, 349, 350), (20, 350, None)),
        *((200, 0, 150), (200, 150, 200), (200, 200, 350), (400, 349, 350), (400, 350, 400), (400, 400, None)),
        *((0, 0, 150), (0, 150, 350), (0, 350, None)),
    ],
)
def test_the_next_report(unknown_for: int, at: int, following: int | None) -> None:
    """The soonest instant after now is on the agenda, the order's own among them; none is left after the last one."""
    begin = 1_000_000
    desk, order = late(unknown_for, 50, created_at=begin)
    draft = Draft(desk.world)
    draft.agenda = draft.agenda.without(DueKind.PLAN_STEP, order.id)
    schedule(draft, order, begin + at)
    due = None if following is None else Due(begin + following, DueKind.ORDER_REPORT, order.id)
    assert draft.agenda.head == due
    if due is not None:
        schedule(draft, order, begin + at - 1)
        assert [*draft.agenda.entries.values()] == [due]  # the one that is there is the next one
    schedule(draft, replace(order, id="other", plan=None), begin)
    assert (DueKind.ORDER_REPORT.value, "other") not in draft.agenda.numbers


def test_an_order_that_rests_has_a_report() -> None:
    """An order that nobody knows for a while is on the agenda from its acceptance, also if nothing fills it."""
    desk = SpotDesk(OrderPlan(unknown_for=700))
    order = desk.placed()
    assert desk.world.agenda.head == Due(order.created_at + 700, DueKind.ORDER_REPORT, order.id)
    assert SpotDesk(OrderPlan(stale_for=700)).world.agenda.head is None
