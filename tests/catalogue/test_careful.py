"""Every shipped scenario is passed by careful brokers of several styles: it asks no more than a real broker must do.

And it stages what the catalogue of situations says of it.
"""

from __future__ import annotations

import pytest
from support.careful_brokers import feed_scripts, login_scripts, order_scripts, payment_scripts
from support.careful_brokers.people import People
from support.careful_brokers.playing import SCRIPTS, Played, usual
from support.careful_brokers.styles import STYLES
from support.careful_brokers.trading import TradingBroker
from support.payouts import Playing
from support.played_scenario import Play
from support.readiness.staged import RUNS

from simulator.evidence.readiness.assess import Assessment, assess
from simulator.evidence.readiness.catalogue import SITUATIONS
from simulator.evidence.readiness.history import History
from simulator.scenario.loader import builtin, load

WRITTEN = (payment_scripts, login_scripts, order_scripts, feed_scripts)
"""Where the scripts are."""
NAMES = sorted(path.stem for path in builtin())


def played(play: Playing, name: str, style: type[TradingBroker]) -> tuple[Play, Assessment]:
    """A scenario after a broker of that style has given its users what they want, and what the journal shows of it."""
    stage, scenario = play(name), load(name)
    begin = stage.journal.last
    people = People(stage, scenario)
    SCRIPTS.get(name, usual)(Played(people, style(people)))
    return stage, assess(History(stage.journal.after(begin), messages=stage.journal.order_messages))


@pytest.mark.parametrize("name", NAMES)
def test_careful_brokers_pass(play: Playing, name: str) -> None:
    """Brokers that do what their users want are not found out, in whatever style they look, wait and try again.

    Nothing that they do is called a mistake either, and they reach the situations that the scenario stages, except
    those that a careful broker escapes.
    """
    reached: set[str] = set()
    for style in STYLES:
        stage, assessment = played(play, name, style)
        ok, text = stage.verdict()
        assert ok, (style, text)
        occurrences = [row for rows in assessment.occurrences.values() for row in rows]
        assert [row.why for row in occurrences if row.handled is False] == [], style
        reached |= set(assessment.occurrences)
    staged = {situation.id for situation in SITUATIONS if situation.scenario == name}
    assert staged - set(RUNS) <= reached


@pytest.mark.parametrize("style", STYLES)
def test_a_careless_broker_does_not(play: Playing, style: type[TradingBroker]) -> None:
    """The same broker is found out as soon as it believes that a payment without an answer was not made.

    The rows of lost payments are broken then, and no others.
    """

    class Careless(style):  # type: ignore[misc, valid-type] # a style is a class
        def was_paid(self, *_: object) -> None:
            return None

    stage, assessment = played(play, "withdrawal-answer-lost", Careless)
    ok, text = stage.verdict()
    assert not ok
    assert "withdrawals_accepted, user alice: exactly 1, was 2" in text
    rows = assessment.occurrences
    broken = {situation for situation, occurrences in rows.items() if any(row.handled is False for row in occurrences)}
    assert broken == {"lost-answers/withdrawal", "lost-answers/verified-withdrawal"}


def test_each_script_has_its_scenario() -> None:
    """No script is left of a scenario that is gone, and none is overlooked."""
    assert {script.__module__ for script in SCRIPTS.values()} == {module.__name__ for module in WRITTEN}
    assert set(SCRIPTS) <= set(NAMES)
