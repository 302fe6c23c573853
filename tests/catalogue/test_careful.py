"""Every shipped scenario is passed by careful brokers of several styles: it asks no more than a real broker must do."""

from __future__ import annotations

import pytest
from support.careful_brokers import feed_scripts, login_scripts, order_scripts, payment_scripts
from support.careful_brokers.people import People
from support.careful_brokers.playing import SCRIPTS, Played, usual
from support.careful_brokers.styles import STYLES
from support.careful_brokers.trading import TradingBroker
from support.payouts import Playing

from simulator.scenario.loader import builtin, load

pytestmark = pytest.mark.no_cover

WRITTEN = (payment_scripts, login_scripts, order_scripts, feed_scripts)
"""Where the scripts are."""
NAMES = sorted(path.stem for path in builtin())


def verdict_of(play: Playing, name: str, style: type[TradingBroker]) -> tuple[bool, str]:
    """What the scenario says of a broker of that style, once its users have had what they want."""
    stage, scenario = play(name), load(name)
    people = People(stage, scenario)
    SCRIPTS.get(name, usual)(Played(people, style(people)))
    return stage.verdict()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_a_careful_broker_passes(play: Playing, name: str, style: type[TradingBroker]) -> None:
    """A broker that does what its users want, and looks, waits and tries again in its own style, is not found out."""
    ok, text = verdict_of(play, name, style)
    assert ok, text


@pytest.mark.parametrize("style", STYLES)
def test_a_careless_broker_does_not(play: Playing, style: type[TradingBroker]) -> None:
    """The same broker is found out as soon as it believes that a payment without an answer was not made."""

    class Careless(style):  # type: ignore[misc, valid-type] # a style is a class
        def was_paid(self, *_: object) -> None:
            return None

    ok, text = verdict_of(play, "withdrawal-answer-lost", Careless)
    assert not ok
    assert "withdrawals_accepted, user alice: exactly 1, was 2" in text


def test_each_script_has_its_scenario() -> None:
    """No script is left of a scenario that is gone, and none is overlooked."""
    assert {script.__module__ for script in SCRIPTS.values()} == {module.__name__ for module in WRITTEN}
    assert set(SCRIPTS) <= set(NAMES)
