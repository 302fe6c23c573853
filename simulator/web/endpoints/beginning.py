"""The exchange that plays a scenario from its start."""

from __future__ import annotations

from msgspec.structs import replace

from simulator.clock import Clock
from simulator.exchange import Exchange
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.armed import Staging


def opened(scenario: Scenario, origins: tuple[str, ...]) -> Exchange:
    """The exchange that plays a scenario from its start, on these origins of ours."""
    world = replace(scenario.world, origins=origins)
    return Exchange(world, Clock(scenario.clock), staging=Staging(scenario.faults, scenario.login))
