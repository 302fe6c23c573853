"""Careful brokers of three styles play every shipped scenario: whatever they do is right, so no situation is broken."""

from __future__ import annotations

import pytest
from catalogue.test_careful import NAMES
from support.careful_brokers.paying import PayingBroker
from support.careful_brokers.people import People
from support.careful_brokers.playing import SCRIPTS, Played, usual
from support.careful_brokers.styles import STYLES
from support.payouts import Playing
from support.played_scenario import Play

from simulator.evidence.readiness.assess import Assessment, assess
from simulator.evidence.readiness.catalogue import SITUATIONS
from simulator.evidence.readiness.history import History
from simulator.scenario.loader import load


def played(play: Playing, name: str, style: type[PayingBroker]) -> Assessment:
    """What the journal shows of a broker of that style in a scenario."""
    stage, scenario = play(name), load(name)
    begin = stage.journal.last
    people = People(stage, scenario)
    SCRIPTS.get(name, usual)(Played(people, style(people)))
    return assess(History(stage.journal.after(begin)))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_no_careful_broker_is_broken(play: Playing, name: str, style: type[PayingBroker]) -> None:
    """No situation is broken, and those that the scenario stages, if this style meets them, are handled."""
    assessment = played(play, name, style)
    occurrences = [row for rows in assessment.occurrences.values() for row in rows]
    assert [row.why for row in occurrences if row.handled is False] == []
    staged = {situation.id for situation in SITUATIONS if situation.scenario == name}
    undecided = [
        f"{id}: {row.why}"
        for id, rows in assessment.occurrences.items()
        if id in staged
        for row in rows
        if not row.handled
    ]
    assert undecided == []
