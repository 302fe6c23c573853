"""The orders of held calls: all of them or so many, as a replay string, and put into a scenario."""

from __future__ import annotations

import pytest

from simulator.core import spec
from simulator.scenario.held_orders import (
    HeldOrder,
    count_of,
    held_calls,
    orders_of,
    read_orders,
    read_size,
    replay_text,
    with_orders,
)
from simulator.scenario.loader import Scenario, load, read_faults
from simulator.scenario.overrides import Overrides, override
from simulator.scenario.staging.faults import WITHIN

TWO = [("refresh_tokens", 2), ("withdraw", 3)]


def holding(*texts: str) -> Scenario:
    """The demo with these faults."""
    from msgspec.structs import replace

    demo = load()
    faults = [fault for text in texts for fault in read_faults(text, "t", demo)]
    return replace(demo, faults=tuple(faults))


def test_every_order_once() -> None:
    """If there are no more orders than runs, each is there once, and the order of arrival is the first."""
    every = list(orders_of(TWO, 64, 0))
    assert len(every) == len(set(every)) == count_of(TWO) == 12
    assert replay_text(every[0]) == "refresh_tokens:1-2,withdraw:1-2-3"


def test_some_of_very_many() -> None:
    """Of more orders as many as there are runs are drawn: each once, the same for a seed, others for another one."""
    sizes = [("withdraw", 8)]
    some = list(orders_of(sizes, 64, 7))
    assert len(some) == len(set(some)) == 64
    assert some == list(orders_of(sizes, 64, 7)) != list(orders_of(sizes, 64, 8))
    assert some[0][0].order == tuple(range(1, 9))
    assert all(sorted(held.order) == [*range(1, 9)] for orders in some for held in orders)


def test_a_replay_string_is_read_back() -> None:
    """What is printed can be given back."""
    for orders in orders_of(TWO, 64, 0):
        assert read_orders(replay_text(orders)) == orders


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no part of a replay string"),
        ("withdraw", "no part of a replay string"),
        ("withdraw:1-1", "each number from 1 to 2 once"),
        ("withdraw:1-3", "each number from 1 to 2 once"),
        ("withdrew:2-1", "there is no operation withdrew (did you mean withdraw?)"),
    ],
)
def test_a_wrong_replay_string(text: str, message: str) -> None:
    """It is said what is wrong, and what was probably meant."""
    with pytest.raises(ValueError, match=message.replace("(", r"\(").replace("?", r"\?").replace(")", r"\)")):
        read_orders(text)


def test_sizes() -> None:
    """`OPERATION=N`, or 2 without a number; a number that cannot be held is refused."""
    assert [read_size(text) for text in ("withdraw", "withdraw=3")] == [("withdraw", 2), ("withdraw", 3)]
    for wrong in ("withdraw=1", "withdraw=65", "withdraw=x", "=2", "nothing=2"):
        with pytest.raises(ValueError, match=r"."):
            read_size(wrong)


def test_an_order_is_put_into_the_faults_that_hold() -> None:
    """Each order goes to the first fault of its operation and size that has none; others keep theirs."""
    scenario = holding(
        "{operation: withdraw, hold: {until: 3, within: 9s}}",
        "{operation: refresh_tokens, delay: 1s}",
        "{operation: withdraw, hold: {until: 3, order: reversed}}",
    )
    assert held_calls(scenario) == [("withdraw", 3)] * 2
    changed = with_orders(scenario, read_orders("withdraw:3-1-2"))
    holds = [fault.hold for fault in changed.faults]
    assert [hold and (hold.order, hold.within) for hold in holds] == [((3, 1, 2), 9_000), None, ("reversed", WITHIN)]
    both = with_orders(scenario, read_orders("withdraw:3-1-2,withdraw:2-1-3"))
    assert [fault.hold.order for fault in both.faults if fault.hold] == [(3, 1, 2), (2, 1, 3)]


def test_a_fault_is_added_for_what_the_scenario_does_not_hold() -> None:
    """The order alone is enough; the new fault stands behind those of the scenario."""
    demo = load()
    changed = override(demo, Overrides(orders=(HeldOrder("withdraw", (2, 1)),), within=7))
    [fault] = changed.faults[len(demo.faults) :]
    assert fault.operation == "withdraw"
    assert fault.hold
    assert (fault.hold.until, fault.hold.order, fault.hold.within) == (2, (2, 1), 7)
    assert held_calls(demo) == []


def test_a_call_that_waits_in_vain_is_still_signed_in_time() -> None:
    """Without `within`, a parked call goes on before its KC-API-TIMESTAMP is too old."""
    assert spec.TIMESTAMP_WINDOW > WITHIN
