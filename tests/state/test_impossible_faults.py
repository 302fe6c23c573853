"""An imported state has no fault that a scenario could not have."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.core.refusals import Reason
from simulator.exchange import Exchange
from simulator.scenario.loader import load
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault, Response
from simulator.scenario.staging.strikes import STRIKES, Impossible
from simulator.state.consistency import problems

EFFECTS: dict[str, dict[str, Any]] = {
    "refuse": {"refuse": Reason.USER_FROZEN},
    "respond": {"respond": Response(500)},
    "delay": {"delay": 5},
    "advance": {"advance": 5},
}


def found(fault: Fault) -> list[tuple[str, str]]:
    """What is wrong with a state in which that fault is in force."""
    return list(problems(Exchange(load().world, staging=Staging([fault])).state()))


@pytest.mark.parametrize(("effect", "at"), STRIKES)
def test_a_state_has_the_faults_of_the_table(effect: Any, at: Any) -> None:
    """A fault in a state is refused exactly if the table calls its effect impossible at its moment."""
    row = STRIKES[effect, at]
    fault = Fault("withdraw", at=at, **EFFECTS.get(effect, {"network": effect}))
    wrong = [(".staging.armed[0].fault", f"at: {row.why}")] if isinstance(row, Impossible) else []
    assert found(fault) == wrong


def test_a_hang_has_no_delay() -> None:
    """What has no end cannot be delayed in a state either."""
    [(place, wrong)] = found(Fault("withdraw", network="hang", delay=5))
    assert (place, wrong.partition(":")[0]) == (".staging.armed[0].fault", "delay")
