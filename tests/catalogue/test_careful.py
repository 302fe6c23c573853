"""Every shipped scenario is passed by careful brokers of several styles: it asks no more than a real broker must do."""

from __future__ import annotations

import careful_orders
import careful_scripts
import pytest
from careful_payments import PayingBroker
from careful_people import People
from careful_play import SCRIPTS, Played, usual
from careful_styles import STYLES
from payouts import Playing

from simulator.scenario.loader import builtin, load

WRITTEN = (careful_orders, careful_scripts)
"""Where the scripts are."""
NAMES = sorted(path.stem for path in builtin())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_a_careful_broker_passes(play: Playing, name: str, style: type[PayingBroker]) -> None:
    """A broker that does what its users want, and looks, waits and tries again in its own style, is not found out."""
    stage, scenario = play(name), load(name)
    people = People(stage, scenario)
    SCRIPTS.get(name, usual)(Played(people, style(people)))
    ok, text = stage.verdict()
    assert ok, text


def test_each_script_has_its_scenario() -> None:
    """No script is left of a scenario that is gone, and none is overlooked."""
    assert {script.__module__ for script in SCRIPTS.values()} == {module.__name__ for module in WRITTEN}
    assert set(SCRIPTS) <= set(NAMES)
