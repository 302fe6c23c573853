"""The order of calls that a fault holds, as a scenario writes it."""

from __future__ import annotations

import json

import pytest

from simulator.scenario.loader import load, read_faults
from simulator.scenario.text.nodes import ScenarioError


@pytest.mark.parametrize("order", [[None, 1], [[], {}], [1, "x"], ["x", "y"], [True, 2], [1, 1], [1, 3]])
def test_a_place_that_is_none_is_told(order: list[object]) -> None:
    """Whatever stands in the list in place of a number is a problem of the scenario, and no error of ours."""
    text = json.dumps([{"operation": "withdraw", "hold": {"until": 2, "order": order}}])
    with pytest.raises(ScenarioError):
        read_faults(text, "body", load("demo"))
