"""The order of calls that a fault holds, as a scenario writes it."""

from __future__ import annotations

import json

import pytest

from simulator.scenario.loader import load, read_faults
from simulator.scenario.staging.faults import ARRIVAL, REVERSED, Hold
from simulator.scenario.text.nodes import ScenarioError


@pytest.mark.parametrize("order", [[None, 1], [[], {}], [1, "x"], ["x", "y"], [True, 2], [1, 1], [1, 3]])
def test_a_place_that_is_none_is_told(order: list[object]) -> None:
    """Whatever stands in the list in place of a number is a problem of the scenario, and no error of ours."""
    text = json.dumps([{"operation": "withdraw", "hold": {"until": 2, "order": order}}])
    with pytest.raises(ScenarioError):
        read_faults(text, "body", load("demo"))


@pytest.mark.parametrize(
    ("order", "places"),
    [(ARRIVAL, (0, 1, 2)), (REVERSED, (2, 1, 0)), ((2, 3, 1), (1, 2, 0)), ((3, 2, 1), (2, 1, 0))],
)
def test_the_order_of_release(order: str | tuple[int, ...], places: tuple[int, ...]) -> None:
    """Places from 0 in the order of release: as calls arrived, backwards, or as they are named, in each batch."""
    assert {Hold(3, order).places(batch) for batch in range(5)} == {places}


def test_the_order_of_a_seed() -> None:
    """A seed gives each batch an order of its own, and the same one again."""
    hold = Hold(3, "seed:one")
    orders = [hold.places(batch) for batch in range(30)]
    assert orders == [hold.places(batch) for batch in range(30)]
    assert len({*orders}) == 6
    assert {tuple(sorted(places)) for places in orders} == {(0, 1, 2)}
    assert orders != [Hold(3, "seed:two").places(batch) for batch in range(30)]
