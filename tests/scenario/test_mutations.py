"""Whatever becomes of a scenario's text, the loader answers with a scenario or with problems that have a place."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.scenario_texts import FILE

from simulator.scenario.loader import (
    Scenario,
    builtin,
    builtin_folder,
    load,
    read,
    read_expectations,
    read_faults,
)
from simulator.scenario.text.nodes import Problem, ScenarioError
from simulator.scenario.text.yaml_text import LINE_BREAK

DEMO = load("demo")
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

SMALL = "withdrawal-answer-lost"
"""A short scenario with faults and expectations, which extends another: read in a fraction of the time."""
TEXTS = {name: (builtin_folder() / f"{name}.yaml").read_text(encoding="utf-8") for name in (SMALL, "demo")}
KEYS = (
    *("extends: demo\n", "extends: nobody\n", "clock: {wall_offset: -30s}\n", "login: {mode: auto, user: alice}\n"),
    *("faults: [{operation: withdraw, refuse: PARAMETER_INVALID}]\n", "expect: [{fact: violations, exactly: 0}]\n"),
    *("faults: ~\n", "given: ~\n", "given: []\n", "choices: {settlement: {}}\n", "login: {mode: [page]}\n"),
    *("faults: [[]]\n", "expect: {a: b}\n", "faults: [{operation: withdraw, match: {amount: {}}}]\n", "name: {}\n"),
    "given: {users: {alice: {api_keys: [{key: a}, {}, []]}, zoe: ~}, clients: {x: ~}, currencies: {USDT: ~}}\n",
    "faults: [{operation: [], user: {}, at: mid_body, refuse: {reason: {}}, respond: {headers: {a: []}}}]\n",
)
"""Keys with values that make sense, and with values of another kind."""
OTHERS = (
    "[]",
    "{}",
    "[a, [b]]",
    "{a: b}",
    "~",
    "''",
    "5",
    "at_limit",
    "-30s",
    "\n- a\n",
    '"\\u00e9"',
    "[{}]",
    "{a: {b: ~}}",
)
"""What a scalar is replaced by."""
SCALAR = re.compile(r"(?<=: )[^\s{}\[\],#][^{}\[\],#\n]*")


def _lines(draw: st.DrawFn, text: str) -> str:
    """Lines that are dropped, doubled, exchanged or indented otherwise."""
    lines = text.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        here, there = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["drop", "double", "swap", "in", "out", "tab"]))
        if how == "drop" and len(lines) > 1:
            del lines[here]
        elif how == "double":
            lines.insert(there, lines[here])
        elif how == "swap":
            lines[here], lines[there] = lines[there], lines[here]
        else:
            lines[here] = {"in": "  " + lines[here], "out": lines[here].lstrip(" "), "tab": "\t" + lines[here]}.get(
                how, lines[here]
            )
    return "".join(lines)


def _characters(draw: st.DrawFn, text: str) -> str:
    """Characters that are cut out and put in."""
    for _ in range(draw(st.integers(1, 6))):
        place, cut = draw(st.integers(0, len(text))), draw(st.sampled_from([0, 0, 1, 2, 7, 40]))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=8), st.just("")))
        text = text[:place] + piece + text[place + cut :]
    return text


def _keys(draw: st.DrawFn, text: str) -> str:
    """Keys that are put in at the top level, before some line."""
    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3)):
        lines = text.splitlines(keepends=True)
        tops = [place for place, line in enumerate(lines) if line[:1].isalpha()] or [0]
        lines.insert(draw(st.sampled_from([*tops, len(lines)])), key)
        text = "".join(lines)
    return text


def _scalars(draw: st.DrawFn, text: str) -> str:
    """Scalars that become lists, mappings, nothing or another scalar."""
    for _ in range(draw(st.integers(1, 3))):
        found = list(SCALAR.finditer(text))
        if found:
            one = draw(st.sampled_from(found))
            text = text[: one.start()] + draw(st.sampled_from(OTHERS)) + text[one.end() :]
    return text


def _bytes(draw: st.DrawFn, text: str) -> str:
    """Bytes that are overwritten, read as a text once more."""
    raw = bytearray(text, "utf-8", "surrogatepass")
    for _ in range(draw(st.integers(1, 5))):
        raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    return raw.decode("utf-8", draw(st.sampled_from(["replace", "surrogateescape"])))


@st.composite
def mutants(draw: st.DrawFn, name: str) -> str:
    """The text of a shipped scenario after one to three accidents."""
    text = TEXTS[name]
    for _ in range(draw(st.integers(1, 3))):
        text = draw(st.sampled_from([_lines, _characters, _keys, _scalars, _bytes]))(draw, text or "\n")
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
    lines = LINE_BREAK.split(text)
    for problem in outcome:
        assert problem.message
        if problem.file != FILE:
            assert problem.file in map(str, builtin())  # what is inherited stands elsewhere
            continue
        assert 1 <= problem.line <= len(lines), problem
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1, problem


@settings(max_examples=900)
@given(mutants(SMALL))
def test_a_mutated_scenario_is_read_or_refused_with_a_place(text: str) -> None:
    """No accident makes the loader fall over: what comes back is a scenario, or problems with places in the text."""
    _check(text)


@settings(max_examples=120)
@given(mutants("demo"))
def test_a_mutated_demo_is_read_or_refused_with_a_place(text: str) -> None:
    """The same of the demo world, which has more to it."""
    _check(text)


@settings(max_examples=150)
@given(st.one_of(st.text(), st.text("{}[]:,- \n\"'#|>?!&*a1\t")))
@example("---")
@example("--- # nothing\n\n")
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    """A text that was never a scenario is refused like a broken one."""
    _check(text)


@settings(max_examples=150)
@given(st.data())
def test_any_part_is_read_or_refused_with_a_place(data: st.DataObject) -> None:
    """Faults and expectations that come alone are no worse, whatever they are."""
    text = data.draw(st.one_of(st.sampled_from(KEYS), st.text('{}[]:,- \n"a1'), mutants(SMALL)))
    for reading in (read_faults, read_expectations):
        try:
            reading(text, FILE, DEMO)
        except ScenarioError as error:
            assert error.problems, "refused without a reason"  # noqa: PT017 - most texts are refused
            assert {problem.file for problem in error.problems} == {FILE}  # noqa: PT017 - the same
