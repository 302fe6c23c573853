"""Careful brokers of three styles play every shipped scenario: whatever they do is right, so no situation is broken."""

from __future__ import annotations

import pytest
from catalogue.test_careful import NAMES
from support.careful_brokers.people import People
from support.careful_brokers.playing import SCRIPTS, Played, usual
from support.careful_brokers.styles import STYLES
from support.careful_brokers.trading import TradingBroker
from support.payouts import Playing

from simulator.evidence.readiness.assess import Assessment, assess
from simulator.evidence.readiness.history import History
from simulator.scenario.loader import load

pytestmark = pytest.mark.no_cover


def played(play: Playing, name: str, style: type[TradingBroker]) -> Assessment:
    """What the journal shows of a broker of that style in a scenario."""
    stage, scenario = play(name), load(name)
    begin = stage.journal.last
    people = People(stage, scenario)
    SCRIPTS.get(name, usual)(Played(people, style(people)))
    return assess(History(stage.journal.after(begin)))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_no_careful_broker_is_broken(play: Playing, name: str, style: type[TradingBroker]) -> None:
    """Nothing that a careful broker does is called a mistake, in whatever style it does it."""
    assessment = played(play, name, style)
    occurrences = [row for rows in assessment.occurrences.values() for row in rows]
    assert [row.why for row in occurrences if row.handled is False] == []


@pytest.mark.parametrize("style", STYLES)
def test_a_careless_broker_is(play: Playing, style: type[TradingBroker]) -> None:
    """The same broker breaks the rows of lost payments, and no other, if it never asks what became of a payment."""

    class Careless(style):  # type: ignore[misc, valid-type] # a style is a class
        def was_paid(self, *_: object) -> None:
            return None

    rows = played(play, "withdrawal-answer-lost", Careless).occurrences
    broken = {situation for situation, occurrences in rows.items() if any(row.handled is False for row in occurrences)}
    assert broken == {"lost-answers/withdrawal", "lost-answers/verified-withdrawal"}
