"""A scenario is data: no anchors, no tags, one document, and caps on size, depth and number of values."""

from __future__ import annotations

import re

import pytest
from support.scenario_texts import FILE, HEAD, problems, problems_of, situation, unknown_key

from simulator.scenario.keys.scenario import SCENARIO
from simulator.scenario.text import nodes, parsing


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("given: &all {}\n", "3:8"),
        ("given: *all\n", "3:8"),
        ("given: {users: {ann: &ann {}, ben: *ann}}\n", "3:22"),
        ("description: &d text\ngiven: {}\n", "3:14"),
        ("? &k given\n: {}\n", "3:3"),
    ],
)
def test_anchors_and_aliases_are_refused(text: str, place: str) -> None:
    """A value is written out: nothing can be made to grow by reference."""
    message = "a scenario has no anchors (&) or aliases (*); write the value out"
    assert problems(text) == [f"{FILE}:{place}: {message}"]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("given: !!python/object/apply:os.system [ls]\n", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("seed: !!int 1\n", "tag:yaml.org,2002:int"),
        ("given: !mine {}\n", "!mine"),
        ("given: {users: !!omap []}\n", "tag:yaml.org,2002:omap"),
    ],
)
def test_tags_are_refused(text: str, tag: str) -> None:
    """A scenario makes no objects, harmless ones included."""
    [problem] = problems(text)
    assert problem.endswith(f": a scenario has no tags ({tag}); write the value without it")


def test_a_second_document_is_refused() -> None:
    """One file is one situation; the start of the second is named."""
    assert problems("given: {}\n---\nversion: 1\n") == [f"{FILE}:4:1: a second document; a scenario is one"]


def test_merge_keys_are_keys_like_others() -> None:
    """`<<` merges nothing."""
    assert problems("given: {}\n<<: {seed: 1}\n") == [f"{FILE}:4:1: <<: {unknown_key(SCENARIO)}"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("given: {users: [\n", 4),
        ("given: {}\n\tseed: 1\n", 4),
        ('description: "\ngiven: {}\n', 5),
        ("given: {}\n seed: 1\n", 4),
        ("given: @x\n", 3),
    ],
)
def test_what_is_not_yaml_is_a_problem_with_a_place(text: str, line: int) -> None:
    """The parser's complaint is passed on with line and column; the column is the parser's own."""
    [problem] = problems(text)
    assert re.match(rf"{re.escape(FILE)}:{line}:\d+: not YAML: \S", problem)


@pytest.mark.parametrize("text", ["\x00", "name: \x07", "\ud800", "%YAML 9.9\n---\na: 1\n", "%FOO\n---\n%BAR"])
def test_text_that_yaml_forbids_is_a_problem(text: str) -> None:
    """Control characters, halves of surrogate pairs and foreign directives never surface as another error."""
    [problem] = problems_of(text)
    assert ": not YAML: " in problem


def test_a_byte_order_mark_does_no_harm() -> None:
    """Editors that write one are forgiven."""
    assert parsing.parse("\ufeff" + HEAD + "given: {}\n", FILE) == parsing.parse(HEAD + "given: {}\n", FILE)


def _nested(depth: int) -> str:
    return "given: " + "[" * depth + "]" * depth + "\n"


def test_depth_is_capped() -> None:
    """Twenty levels are read, the twenty-first is refused, and a hundred thousand cost no more than that."""
    assert "expected a mapping" in problems(_nested(nodes.MAXIMUM_DEPTH))[0]
    for depth in (nodes.MAXIMUM_DEPTH + 1, 100_000):
        assert problems(_nested(depth)) == [f"{FILE}:3:28: nested more than 20 deep"]


def test_length_is_capped() -> None:
    """A million characters are read; one more is refused before any parsing."""
    text = HEAD + "given: {}\n#"
    assert parsing.parse(text.ljust(nodes.MAXIMUM_CHARACTERS, "x"), FILE).entries
    assert problems_of(text.ljust(nodes.MAXIMUM_CHARACTERS + 1, "x")) == [f"{FILE}:1:1: longer than 1000000 characters"]


def test_the_number_of_values_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and values count; one too many is refused where it stands."""
    assert nodes.MAXIMUM_NODES == 200_000
    monkeypatch.setattr(nodes, "MAXIMUM_NODES", 7)
    assert situation("given: {}\n").name == "here"
    assert problems("given: {}\nseed: 1\n") == [f"{FILE}:4:1: more than 7 values"]


def test_both_parsers_read_the_same_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml the same text gives the same nodes, nulls and quotes included."""
    text = "a: ~\nb: '~'\nc: [1, \"null\", null, ]\nd: |\n  null\ne:\n"
    fast = parsing.parse(text, FILE)
    monkeypatch.delattr("yaml.CBaseLoader", raising=False)
    assert parsing.parse(text, FILE) == fast
    assert [value.is_null for _, value in fast.entries or ()] == [True, False, False, False, True]
