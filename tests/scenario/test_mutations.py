"""Whatever becomes of a scenario's text, the loader answers with a scenario or with problems that have a place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from situations import FILE

from simulator.scenario.loader import Scenario, builtin_folder, read
from simulator.scenario.nodes import Problem, ScenarioError

DEMO_TEXT = (builtin_folder() / "demo.yaml").read_text(encoding="utf-8")
PIECES = (
    *(
        "[",
        "]",
        "{",
        "}",
        ":",
        ": ",
        "- ",
        ",",
        "\n",
        "\n  ",
        "\t",
        "#",
        "'",
        '"',
        "|",
        ">",
        "?",
        "!",
        "&a ",
        "*a",
        "---\n",
    ),
    *(
        "~",
        "null",
        "-1",
        "1e9",
        "0x1",
        "yes",
        "NaN",
        "9" * 40,
        "9" * 5_000 + "d",
        "\x00",
        "\ufeff",
        "\u2028",
        "é",
        "😀",
    ),
    *("<<: ", "%YAML 1.2\n", "!!python/name:os.system ", "version: 1\n", "given:", "users:", "at_limit", "[[[]]]"),
    *(
        "at_limit",
        "2026-06-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "clock: {start: 0001-01-01T00:00:00Z}\n",
        "3d",
        "USDT",
    ),
)
"""What a slip of the hand, a careless merge or malice puts into a scenario."""

Edit = tuple[int, int, str]
edits = st.lists(
    st.tuples(
        st.integers(0, len(DEMO_TEXT)),
        st.integers(0, 40),
        st.one_of(st.sampled_from(PIECES), st.text(max_size=8), st.just("")),
    ),
    min_size=1,
    max_size=6,
)


def _edited(text: str, changes: list[Edit]) -> str:
    """The text with each (place, how much is cut, what is put in)."""
    for place, cut, piece in changes:
        text = text[:place] + piece + text[place + cut :]
    return text


def _outcome(text: str) -> Scenario | list[Problem]:
    try:
        return read(text, FILE)
    except ScenarioError as error:
        return error.problems


def _check(text: str) -> None:
    outcome = _outcome(text)
    if isinstance(outcome, Scenario):
        return
    assert outcome, "refused without a reason"
    lines = len(text.splitlines()) + 2
    for problem in outcome:
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.message
        assert str(problem).startswith(f"{FILE}:{problem.line}:{problem.column}: ")


@settings(derandomize=True, max_examples=250, deadline=None)
@given(edits)
def test_a_mutated_scenario_is_read_or_refused_with_a_place(changes: list[Edit]) -> None:
    """No edit of the demo scenario makes the loader fall over."""
    _check(_edited(DEMO_TEXT, changes))


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.data())
def test_exchanged_lines_are_read_or_refused_with_a_place(data: st.DataObject) -> None:
    """Lines that are dropped, doubled or moved do no worse."""
    lines = DEMO_TEXT.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        line = lines[data.draw(st.integers(0, len(lines) - 1))]
        lines.insert(data.draw(st.integers(0, len(lines))), line)
        del lines[data.draw(st.integers(0, len(lines) - 1))]
    _check("".join(lines))


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    """A text that was never a scenario is refused like a broken one."""
    _check(text)
