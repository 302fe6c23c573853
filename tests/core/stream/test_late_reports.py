"""The feeds of an order whose plan delays its reports, or loses them: they tell what look-ups show, and when."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.hypothesis_settings import STEADY
from support.spot_world import SpotDesk
from support.transitions import of, watched

from simulator.core.control.administration import DeleteUser
from simulator.core.control.orders import EndOrder, FillOrder
from simulator.core.passing import PassTime
from simulator.core.spot.reports import reported
from simulator.core.stream.balances import TOPIC as BALANCE
from simulator.core.stream.orders import V1, V2
from simulator.core.world import Due, DueKind, EndStep, FillStep, Order, OrderPlan, OrderStatus
from simulator.state.consistency import problems

HALF = Decimal("0.5")
STEPS = (FillStep(share=HALF), FillStep(after=600))


def turns(pushes: list[Any], topic: str = V2) -> list[tuple[str, str]]:
    """Type and filled size of each message of alice's orders; the list is empty then."""
    told = [(data["type"], data["filledSize"]) for data in of(pushes, topic, "alice")]
    pushes.clear()
    return told


def later(desk: SpotDesk, milliseconds: int) -> None:
    """Let time pass, and let happen what is due."""
    desk.advance(milliseconds)
    desk.perform(PassTime())


def test_an_order_that_is_unknown_for_a_while() -> None:
    """Nothing is told of it, the balance aside, until look-ups find it; then all that has happened, in order."""
    desk = SpotDesk(OrderPlan(unknown_for=1_000))
    with watched(desk.exchange) as pushes:
        order = desk.placed(type="market", price=None, size="0.001")
        assert len(of(pushes, BALANCE, "alice")) == 3
        assert turns(pushes) == []
        later(desk, 999)
        assert turns(pushes) == []
        later(desk, 1)
        assert {data["ts"] for data in of(pushes, V2, "alice")} == {order.created_at * 1_000_000}
        assert turns(pushes) == [("received", "0"), ("match", "0.001"), ("filled", "0.001")]
        later(desk, 10_000)
        assert turns(pushes) == []


@pytest.mark.parametrize("topic", [V1, V2])
def test_a_fill_that_is_reported_late(topic: str) -> None:
    """Each fill is told when the order shows it, as of its own instant, and the end not before the last fill."""
    desk = SpotDesk(OrderPlan(stale_for=1_000, steps=STEPS))
    with watched(desk.exchange) as pushes:
        order = desk.placed()
        assert turns(pushes, topic)[-1] == ("open", "0")
        later(desk, 999)
        assert turns(pushes, topic) == []
        later(desk, 1)
        assert [data["ts"] for data in of(pushes, topic, "alice")] == [order.created_at * 1_000_000]
        assert turns(pushes, topic) == [("match", "0.0005")]
        later(desk, 599)
        assert turns(pushes, topic) == []
        later(desk, 1)
        assert turns(pushes, topic) == [("match", "0.001"), ("filled", "0.001")]


def test_a_fill_by_hand_is_late_as_well() -> None:
    """The plan delays the reports of whatever fills the order; what is canceled meanwhile is told behind the fill."""
    desk = SpotDesk(OrderPlan(stale_for=1_000))
    order = desk.placed()
    with watched(desk.exchange) as pushes:
        desk.perform(FillOrder(order.id, FillStep(share=HALF)))
        desk.exchange.perform(desk.canceling(order))
        assert turns(pushes) == []
        later(desk, 1_000)
        assert turns(pushes) == [("match", "0.0005"), ("canceled", "0.0005")]


def test_a_lost_fill() -> None:
    """Its match is never told, and neither is the end that it causes; later messages and the balance count it."""
    desk = SpotDesk(OrderPlan(steps=(FillStep(share=HALF, lost=True), FillStep(1_000, share=Decimal("0.3")))))
    with watched(desk.exchange) as pushes:
        desk.placed()
        assert len(of(pushes, BALANCE, "alice")) == 3
        assert turns(pushes) == [("received", "0"), ("open", "0")]
        later(desk, 1_000)
        assert turns(pushes) == [("match", "0.0008")]
    desk = SpotDesk(OrderPlan(steps=(FillStep(lost=True),)))
    with watched(desk.exchange) as pushes:
        order = desk.placed()
        assert turns(pushes) == [("received", "0"), ("open", "0")]
    assert desk.now_of(order).deal_size == order.terms.size


def test_a_lost_end() -> None:
    """The rest is canceled, and no feed says so; an end by hand is told all the same."""
    desk = SpotDesk(OrderPlan(steps=(FillStep(share=HALF), EndStep(1_000, lost=True))))
    with watched(desk.exchange) as pushes:
        order = desk.placed()
        assert turns(pushes)[-1] == ("match", "0.0005")
        later(desk, 1_000)
        assert turns(pushes) == []
        assert not desk.now_of(order).status.active
        desk.exchange.perform(desk.canceling(desk.placed()))
        assert turns(pushes)[-1] == ("canceled", "0.0005")


def told(pushes: list[Any], order: Order) -> tuple[str, Decimal]:
    """What a listener knows of the order: whether it is unknown, active or done, and how much of it is filled."""
    rows = [data for data in of(pushes, V2, "alice") if data["orderId"] == order.id]
    if not rows:
        return "unknown", Decimal(0)
    return "done" if rows[-1]["status"] == "done" else "active", Decimal(rows[-1]["filledSize"])


def looked_up(desk: SpotDesk, order: Order) -> tuple[str, Decimal]:
    """The same, from a look-up."""
    now = reported(desk.now_of(order), desk.exchange.clock.now().business)
    if now is None:
        return "unknown", Decimal(0)
    return "active" if now.status.active else "done", now.deal_size


ACTS = st.sampled_from(["fill", "cancel", "place", "1", "7", "40"])


@settings(STEADY, max_examples=40)
@given(st.sampled_from([0, 5, 30]), st.sampled_from([0, 7, 30]), st.lists(ACTS, max_size=12))
def test_feeds_and_look_ups_agree(unknown_for: int, stale_for: int, acts: list[str]) -> None:
    """Whatever happens in whatever order, the feed has told of an order what a look-up shows at that instant."""
    steps = (FillStep(share=HALF), FillStep(5, share=Decimal("0.3")), FillStep(12))
    desk = SpotDesk(
        OrderPlan(client_oid="p*", steps=steps, unknown_for=unknown_for, stale_for=stale_for),
        OrderPlan(unknown_for=unknown_for, stale_for=stale_for),
    )
    orders: list[Order] = []
    with watched(desk.exchange) as pushes:
        for act in acts:
            if act == "place":
                orders += [desk.placed(clientOid=f"p{len(orders)}"), desk.placed(clientOid=f"q{len(orders)}")]
            elif act.isdecimal():
                later(desk, int(act))
            elif orders and act == "fill":
                desk.perform(FillOrder(orders[-1].id, FillStep(size=Decimal("0.0002"))))
            elif orders:
                desk.exchange.perform(desk.canceling(orders[-1]))
            assert [told(pushes, order) for order in orders] == [looked_up(desk, order) for order in orders]
    assert list(problems(desk.exchange.state())) == []


def test_a_user_who_goes_leaves_no_report() -> None:
    """What is due for the orders of a deleted user goes with them."""
    desk = SpotDesk(OrderPlan(stale_for=1_000, steps=(FillStep(),)), OrderPlan(unknown_for=1_000))
    desk.placed()
    assert desk.world.agenda.head is not None
    desk.perform(DeleteUser("alice"))
    assert desk.world.agenda.head is None


@pytest.mark.parametrize("due", [(1_000, "alice"), (1, "")])
def test_an_imported_report_that_changes_nothing(due: tuple[int, str]) -> None:
    """A state whose agenda has a report of no order, or at another instant, contradicts itself."""
    desk = SpotDesk(OrderPlan(stale_for=1_000, steps=(FillStep(),)))
    order = desk.placed()
    agenda = desk.world.agenda.having(Due(due[0], DueKind.ORDER_REPORT, due[1] or order.id))
    state = replace(desk.exchange.state(), world=replace(desk.world, agenda=agenda))
    assert "nothing that it would change" in " ".join(map(" ".join, problems(state)))


@pytest.mark.parametrize("lost", [False, True])
def test_a_fill_by_hand_is_lost_as_that_of_a_plan(lost: bool) -> None:
    """With `lost` no feed of orders tells of it, nor of the end that it causes; the order counts it all the same."""
    desk = SpotDesk()
    order = desk.placed()
    with watched(desk.exchange) as pushes:
        desk.exchange.perform(FillOrder(order.id, FillStep(share=HALF, lost=lost)))
        assert turns(pushes) == ([] if lost else [("match", "0.0005")])
        desk.exchange.perform(FillOrder(order.id, FillStep(lost=lost)))
        assert turns(pushes) == ([] if lost else [("match", "0.001"), ("filled", "0.001")])
    assert desk.now_of(order).status is OrderStatus.FILLED


@pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED])
def test_an_end_by_hand_is_lost_as_that_of_a_plan(status: OrderStatus) -> None:
    """With `lost` no feed of orders tells how the order ended; without it, the feeds do."""
    for lost in (False, True):
        desk = SpotDesk()
        order = desk.placed()
        with watched(desk.exchange) as pushes:
            desk.exchange.perform(EndOrder(order.id, status, lost=lost))
            assert turns(pushes) == ([] if lost else [("canceled", "0")])
        assert desk.now_of(order).status is status


def test_a_part_that_is_canceled_is_always_told() -> None:
    """A part ends no order: with `lost` it is a problem that says so, and nothing changes."""
    desk = SpotDesk()
    order = desk.placed()
    result: Any = desk.perform(EndOrder(order.id, OrderStatus.CANCELED, Decimal("0.0005"), lost=True)).result
    assert (result.order, "leave out size" in result.problem) == (None, True)
    assert desk.now_of(order) == order


def test_a_fill_by_hand_is_late_if_the_plan_says_so() -> None:
    """`stale_for` of an order's plan holds for fills by hand as for those of its steps."""
    desk = SpotDesk(OrderPlan(stale_for=1_000))
    order = desk.placed()
    with watched(desk.exchange) as pushes:
        desk.exchange.perform(FillOrder(order.id, FillStep()))
        assert turns(pushes) == []
        later(desk, 1_000)
        assert turns(pushes) == [("match", "0.001"), ("filled", "0.001")]
