"""The table of faults: whole, obeyed by the reader, and the one that the documentation shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from simulator.core.control.world_event import WorldEvent
from simulator.scenario.loader import load, read_faults
from simulator.scenario.staging.faults import Fault, Hold, Response
from simulator.scenario.staging.strikes import EFFECTS, STRIKES, Impossible, Moment, Network, Strike, obstacles
from simulator.scenario.text.nodes import ScenarioError

DOCS: Final = Path(__file__).parents[3] / "docs" / "scenarios.md"
SAID: Final = {
    "refuse": "refuse: USER_FROZEN",
    "respond": "respond: {status: 500}",
    "hold": "hold: {until: 2}",
    "first": "first: freeze",
    "then": "then: freeze",
    "advance": "advance: 61m",
    "delay": "delay: 1s",
}


def said(effect: str, at: str) -> str:
    """A fault of that effect as a scenario writes it."""
    return f"{{operation: withdraw, at: {at}, {SAID.get(effect, f'network: {effect}')}}}"


def test_every_pair_has_its_row() -> None:
    """Each effect has a row for each moment, and there are no rows of anything else."""
    assert set(STRIKES) == {(effect, at) for effect in EFFECTS for at in get_args(Moment)}
    assert set(EFFECTS) == {*SAID, *get_args(Network)}


@pytest.mark.parametrize(("effect", "at"), STRIKES)
def test_the_reader_takes_what_the_table_has(effect: Any, at: Any) -> None:
    """A fault can be written exactly if the table does not call it impossible, and then strikes as its row says."""
    row = STRIKES[effect, at]
    if isinstance(row, Impossible):
        with pytest.raises(ScenarioError) as raised:
            read_faults(said(effect, at), "t", load())
        assert [(problem.path, problem.message) for problem in raised.value.problems] == [("faults[0].at", row.why)]
    else:
        [fault] = read_faults(said(effect, at), "t", load())
        assert (fault.effects, fault.strike) == ((effect,), row)


@pytest.mark.parametrize(("effect", "at"), [pair for pair, row in STRIKES.items() if isinstance(row, Strike)])
def test_rows_are_sound(effect: str, at: str) -> None:
    """An effect before the call keeps it from happening, unless it only takes time; a dry run's answer is cut short."""
    row = STRIKES[effect, at]  # type: ignore[index]  # words of `Effect` and `Moment`
    assert isinstance(row, Strike)
    assert row.performed == (at != "before" or effect in ("hold", "first", "then", "advance", "delay"))
    if row.answer == "dry run":
        assert not row.performed
        assert row.ends == "FIN"
        assert row.begins in ("head", "half")
    if row.answer == "none":
        assert row.begins == "nothing"
        assert row.ends != "open"
    if at == "mid_body":
        assert row.begins == "half"


def test_obstacles_name_their_key() -> None:
    """What cannot be is said of the key that is wrong: too late a moment, a delay without end, or of nothing."""
    assert obstacles(("hang",), "before", 5) == [("delay", "has no effect with hang, which never ends; leave it out")]
    assert obstacles(("hang",), "before", None) == obstacles(("reset",), "mid_body", 5) == []
    assert obstacles(("delay",), "before", 0) == [("delay", "must be longer than 0s, or the fault does nothing")]
    assert [key for key, _ in obstacles(("refuse", "empty"), "mid_body", 1)] == ["at", "at"]
    assert [key for key, _ in obstacles(("reset", "advance"), "before", 1, 0)] == ["advance"]
    assert obstacles(("hang", "advance"), "after_commit", None, 1) == []


def test_effects_of_a_fault() -> None:
    """A fault without refuse, respond and network only takes time; the first effect says how the call is struck."""
    assert Fault("withdraw", delay=1).effects == ("delay",)
    assert Fault("withdraw", delay=1, advance=1).effects == ("advance",)
    assert Fault("withdraw", network="reset", advance=1).effects == ("reset", "advance")
    everything = Fault(
        "withdraw", delay=1, advance=1, hold=Hold(2), first=WorldEvent("freeze"), then=WorldEvent("fail")
    )
    assert (everything.effects, everything.effect) == (
        ("hold", "first", "then", "advance"),
        "hold until 2, first freeze, then fail",
    )
    assert Fault("withdraw", respond=Response(500), network="reset").effects == ("respond", "reset")


def shown(effect: str, at: Any) -> str:
    """A cell of the documentation's table."""
    row = STRIKES[effect, at]  # type: ignore[index]  # words of `Effect`
    if isinstance(row, Impossible):
        return "-"
    answer = {"own": "its answer", "refusal": "the refusal", "response": "the response", "none": "no answer"}
    parts = [answer.get(row.answer, "a dry run's answer")]
    parts += ["half of it"] if row.begins == "half" and row.ends != "open" and row.then == "nothing" else []
    parts += ["a pause after half"] if effect == "delay" and row.begins == "half" else []
    parts += ["byte by byte"] if row.waits == "byte by byte" else []
    parts += ["half announced"] if row.announced == "half" else []
    parts += ["half of it, then garbage" if row.begins == "half" else "garbage"] if row.then == "garbage" else []
    parts += ["without its last byte"] if row.then == "rest but a byte" or (effect, at) == ("drip", "before") else []
    parts += [{"open": "", "FIN": "FIN", "RST": "RST", "never": "silence"}[row.ends]]
    return ", ".join(filter(None, parts))


def test_the_documentation_has_the_table() -> None:
    """docs/scenarios.md shows, for each effect and moment, what the table says."""
    text = DOCS.read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| `(\w+)` \| (.+) \|$", text.partition("| effect | `before` |")[2], re.MULTILINE)[: len(EFFECTS)]
    )
    expected = {effect: " | ".join(shown(effect, at) for at in get_args(Moment)) for effect in EFFECTS}
    assert rows == expected
