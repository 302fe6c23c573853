"""Faults and expectations that come alone, JSON in place of YAML, and what else the loader tells of scenarios."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.editor_yaml import as_texts
from support.scenario_texts import CAST, FILE, HEAD, problems_of, situation, unknown_key

from simulator.scenario.keys.scenario import EXPECT, GIVEN
from simulator.scenario.loader import builtin, comment, load, read, read_expectations, read_faults
from simulator.scenario.staging.expectations import Expectation
from simulator.scenario.staging.faults import Fault
from simulator.scenario.text import nodes, parsing
from simulator.scenario.text.nodes import ScenarioError

SCENARIO = situation(CAST)
WITHDRAW = '{"operation": "withdraw", "user": "ann", "network": "reset"}'
REFRESH = '{"operation": "refresh_tokens", "delay": "1s"}'
FAULTS = (Fault("withdraw", user="ann", network="reset"), Fault("refresh_tokens", delay=1_000))
EXPECTED = (Expectation("withdraw", exactly=1), Expectation(fact="violations", at_most=0))


@pytest.mark.parametrize(
    "text",
    [
        "- {operation: withdraw, user: ann, network: reset}\n- {operation: refresh_tokens, delay: 1s}\n",
        "faults:\n- {operation: withdraw, user: ann, network: reset}\n- {operation: refresh_tokens, delay: 1s}\n",
        f"[{WITHDRAW}, {REFRESH}]",
        f'{{"faults": [{WITHDRAW},\t{REFRESH}]}}',
    ],
)
def test_faults_come_as_a_list_or_under_their_key(text: str) -> None:
    """YAML and JSON, with and without the word `faults`, are the same faults."""
    assert read_faults(text, FILE, SCENARIO) == FAULTS


@pytest.mark.parametrize(
    "text",
    ["operation: refresh_tokens\ndelay: 1s\n", '{"operation": "refresh_tokens", "delay": "1s"}'],
)
def test_a_single_fault_needs_no_list(text: str) -> None:
    """One fault comes as it is."""
    assert read_faults(text, FILE, SCENARIO) == FAULTS[1:]


@pytest.mark.parametrize(("text", "count"), [("[]", 0), ("faults: []", 0)])
def test_no_faults_are_a_list_of_none(text: str, count: int) -> None:
    """An empty list is what takes all faults away."""
    assert len(read_faults(text, FILE, SCENARIO)) == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["1:1: faults: expected a list, found nothing"]),
        ("faults:", ["1:8: faults: expected a list, found nothing"]),
        ('{"faults": null}', ["1:12: faults: expected a list, found nothing"]),
        ("word", ["1:1: faults: expected a list, found 'word'"]),
        ("{", ["1:2: not YAML: did not find expected node content"]),
        (
            "- {operation: withdraw, user: zoe, delay: 1s}",
            ["1:31: faults[0].user: unknown user zoe; given.users has ann, ben"],
        ),
        (
            "operation: withdraw\nnetwok: reset\n",
            ["faults[0]: must have", "2:1: faults[0].netwok: unknown key (did you"],
        ),
        ("faults: []\nexpect: []\n", ["2:1: expect: unknown key"]),
        ("faults: []\nfaults: []\n", ["2:1: faults: is repeated; first on line 1"]),
        ("- {delay: 1s, delay: 2s, operation: withdraw}", ["1:15: faults[0].delay: is repeated; first on line 1"]),
        ('[{"operation": "withdraw", "delay": "1s", "delay": "2s"}]', ["1:43: faults[0].delay: is repeated"]),
    ],
)
def test_faults_that_make_no_sense_are_refused_with_a_place(text: str, found: list[str]) -> None:
    """Whatever the form, the path begins with `faults` and the place is that of the text."""
    with pytest.raises(ScenarioError) as caught:
        read_faults(text, FILE, SCENARIO)
    assert len(caught.value.problems) == len(found)
    for problem, expected in zip(caught.value.problems, found, strict=True):
        assert expected in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "- {operation: withdraw, exactly: 1}\n- {fact: violations, at_most: 0}\n",
        "expect:\n- {operation: withdraw, exactly: 1}\n- {fact: violations, at_most: 0}\n",
        '{"expect": [{"operation": "withdraw", "exactly": 1}, {"fact": "violations", "at_most": 0}]}',
    ],
)
def test_expectations_come_as_a_list_or_under_their_key(text: str) -> None:
    """YAML and JSON, with and without the word `expect`, are the same expectations."""
    assert read_expectations(text, FILE, SCENARIO) == EXPECTED


@pytest.mark.parametrize("text", ["", "   \n", "# nothing\n", "[]", "null", "expect: []", '{"expect": null}', "{}"])
def test_nothing_is_expected_of_an_empty_text(text: str) -> None:
    """An empty body expects nothing."""
    assert read_expectations(text, FILE, SCENARIO) == ()


def test_expectations_that_make_no_sense_are_refused_with_a_place() -> None:
    """Unknown users and keys are told with line and column."""
    with pytest.raises(ScenarioError) as caught:
        read_expectations("operation: withdraw\nexactly: 1\n", FILE, SCENARIO)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{FILE}:1:1: operation: {unknown_key(EXPECT)}",
        f"{FILE}:2:1: exactly: {unknown_key(EXPECT, 'expect')}",
    ]
    with pytest.raises(ScenarioError, match=r":1:43: expect\[0\]\.user: unknown user zoe"):
        read_expectations("- {operation: withdraw, at_most: 1, user: zoe}", FILE, SCENARIO)


def _as_json(text: str, **how: object) -> str:
    """The same scenario as an API client sends it: every scalar a string."""
    return json.dumps(as_texts(text), **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", builtin(), ids=lambda path: path.stem)
def test_a_scenario_can_be_json(path: Path) -> None:
    """Each shipped scenario says the same in JSON, on one line or indented with tabs."""
    text = path.read_text(encoding="utf-8")
    scenario = load(str(path))
    for how in ({}, {"indent": "\t"}, {"separators": (",", ":"), "ensure_ascii": False}):
        other = read(_as_json(text, **how), FILE)
        assert (other.name, other.world, other.clock) == (scenario.name, scenario.world, scenario.clock)
        assert (other.faults, other.expect, other.login) == (scenario.faults, scenario.expect, scenario.login)


def test_json_keeps_its_numbers_exact_and_its_characters_whole() -> None:
    """Numbers are read from their text, escaped surrogate pairs are one character, true and null are what they are."""
    text = r"""{
	"version": 1, "name": "\ud83d\ude00\u00e9\/", "description": null,
	"given": {"users": {"ann": {"frozen": true, "balances": {"USDT": 0.10000000000000000000000000001}}},
		"currencies": {"USDT": {"chains": {"trx": {}}}}}}"""
    scenario = read(text, FILE)
    assert (scenario.name, scenario.description, scenario.world.users["ann"].frozen) == ("😀é/", "", True)
    assert str(scenario.world.wallet("ann").account("USDT").balance) == "0.10000000000000000000000000001"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            '{"version": 1,\n "name": "x",\n\t"given": {"usres": {}}}',
            f"3:12: given.usres: {unknown_key(GIVEN, 'users')}",
        ),
        ('{"version": 1, "name": "x", "given": {}, "seed": 1e3}', "1:50: seed: expected a whole number, found '1e3'"),
        ('{"version": 1, "name": "x", "given": {}, "name": "y"}', "1:42: name: is repeated; first on line 1"),
        ('{"version": 1, "name": "\\ud800", "given": {}}', "1:24: an unpaired surrogate is not valid text"),
        ('{"version": 1, "name": "x", "given": {}, "seed": NaN}', "1:50: seed: expected a whole number, found 'NaN'"),
    ],
)
def test_problems_of_json_have_a_place(text: str, problem: str) -> None:
    """Line and column are those of the JSON text."""
    assert problems_of(text) == [f"{FILE}:{problem}"]


def test_caps_hold_for_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Depth and number of values are capped as they are in YAML."""
    depth = nodes.MAXIMUM_DEPTH + 2
    for levels in (depth, 100_000):
        assert "nested more than 20 deep" in problems_of("[" * levels + "]" * levels)[0]
    monkeypatch.setattr(nodes, "MAXIMUM_NODES", 7)
    text = '{"version": 1, "name": "x", "given": {}%s}'
    assert read(text % "", FILE).name == "x"
    assert problems_of(text % ', "seed": 1') == [f"{FILE}:1:42: more than 7 values"]


def test_json_and_yaml_give_the_same_nodes() -> None:
    """A text that is both is read the same by both, places included."""
    text = '{"a": ["1", "null", {"b": "\\n\\t\\""}],\n "c": {}, "d": []}'
    loaded = parsing.parse(text, FILE)
    as_yaml = parsing.parse("# a comment, so it is YAML\n" + text, FILE)
    assert [str(key.text) for key, _ in as_yaml.entries or ()] == [str(key.text) for key, _ in loaded.entries or ()]
    assert as_yaml.value("a").items[2].value("b").text == loaded.value("a").items[2].value("b").text  # type: ignore[union-attr,index]
    places = [(key.line, key.column) for key, _ in loaded.entries or ()]
    assert places == [(1, 2), (2, 2), (2, 11)]
    assert [(key.line - 1, key.column) for key, _ in as_yaml.entries or ()] == places


def test_built_in_scenarios_are_listed_by_name() -> None:
    """Every shipped file is there, sorted, and loads by its name."""
    names = [path.stem for path in builtin()]
    assert names == sorted(names)
    assert "demo" in names
    assert load("demo").files == (str(next(path for path in builtin() if path.stem == "demo").resolve()),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# One.\n#  Two.\nversion: 1\n# Three.\n", "One. Two."),
        ("#One\n#\n#Two", "One Two"),
        ("\ufeff# One\n", "One"),
        ("version: 1\n# One\n", ""),
        ("\n# One\n", ""),
        ("", ""),
    ],
)
def test_the_first_comment_says_what_a_scenario_is_for(text: str, said: str) -> None:
    """The comment lines at the very top are joined, without their marks."""
    assert comment(text) == said


def test_a_scenario_keeps_its_text() -> None:
    """The text is there as it was read."""
    assert situation("given: {} # here\n").text == HEAD + "given: {} # here\n"


@pytest.mark.parametrize("name", ["a\x00b", "a\x00b.yaml", "x" * 5_000, "x" * 5_000 + ".yaml", "\udcff.yaml", "."])
def test_a_name_that_no_file_can_have_is_a_problem(name: str) -> None:
    """Whatever is asked for, what comes back is a scenario or its problems."""
    with pytest.raises(ScenarioError) as caught:
        load(name)
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(1, 1)]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """A file that cannot be a scenario is refused by its size."""
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(4 * nodes.MAXIMUM_CHARACTERS + 1)
    with pytest.raises(ScenarioError, match="longer than 1000000 characters"):
        load(str(tmp_path / "huge.yaml"))
