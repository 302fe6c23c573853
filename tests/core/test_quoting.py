"""What a message repeats of somebody's text is bounded, and so is what comparing texts costs."""

from __future__ import annotations

import ast
import difflib
import json
from difflib import SequenceMatcher

import pytest
from msgspec.structs import replace
from support.source_tree import PACKAGE, imports
from support.wire import JSON, TOKEN, V1, Broker, control, problem_of

from simulator.core.endpoints import CALLS
from simulator.core.quoting import COST, LONGEST_COMPARED, MOST_COMPARED, MOST_LIKELY, listed, most_like, shortened
from simulator.core.refusals import Reason, Refusal
from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.readiness.catalogue import SITUATIONS
from simulator.scenario.text.nodes import Problem, ScenarioError

LONG = "x" * 60_000


@pytest.mark.parametrize(
    ("text", "shown"), [("abc", "abc"), ("abcd", "abcd"), ("abcde", "abcd... (5 characters)"), ("", "")]
)
def test_a_long_text_is_cut(text: str, shown: str) -> None:
    """The beginning, and how long it was; a text that fits stays as it is."""
    assert shortened(text, 4) == shown


def test_a_long_list_is_cut() -> None:
    """The first names, and how many more there are."""
    assert listed("abcde", 3) == "a, b, c, and 2 more"
    assert listed("abc", 3) == "a, b, c"
    assert len(listed([LONG] * 5_000)) < 5_000


@pytest.mark.parametrize(
    ("text", "texts", "nearest"),
    [
        ("refrsh", ["refuse", "refresh", "fresh"], "refresh"),
        ("zzz", ["refuse"], ""),
        ("", ["a"], ""),
        ("a", [], ""),
        ("same", ["other", "same", "some"], "same"),
    ],
)
def test_the_nearest_text(text: str, texts: list[str], nearest: str) -> None:
    """The one that is most like it, if it is enough like it."""
    assert most_like(text, texts) == nearest


def test_comparing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long and many the texts are, a few short ones are compared letter by letter."""
    compared: list[int] = []

    class Counting(SequenceMatcher[str]):
        def ratio(self) -> float:
            compared.append(sum(block.size for block in self.get_matching_blocks()))
            return super().ratio()

    monkeypatch.setattr(difflib, "SequenceMatcher", Counting)
    affordable = MOST_COMPARED // (LONGEST_COMPARED + COST)
    texts = iter([f"{LONG}{number}" for number in range(affordable + 5)])
    assert most_like(LONG, texts).startswith("xxx")
    assert compared == [LONGEST_COMPARED] * MOST_LIKELY
    assert len(list(texts)) == 4  # the first one that costs too much has been taken


@pytest.mark.parametrize(
    "names",
    [
        sorted(rules()),
        sorted({part for rule in rules() for part in (rule, rule.partition("/")[0])}),
        sorted(situation.id for situation in SITUATIONS),
        sorted(CALLS),
        sorted(reason.name for reason in Reason),
    ],
    ids=["rules", "rules and sections", "situations", "operations", "reasons"],
)
def test_all_names_of_ours_are_compared(names: list[str]) -> None:
    """The bound leaves out no name of the simulator's own: the last one of each list is suggested, too."""
    assert most_like(f"{names[-1]}x", names) == names[-1]


def test_texts_are_compared_in_one_place() -> None:
    """Nothing else imports `difflib` to find a similar text, because its search has no bound."""
    users = {
        path.relative_to(PACKAGE).as_posix(): sorted(names)
        for path in PACKAGE.rglob("*.py")
        if (names := {name for name in imports(ast.parse(path.read_text(encoding="utf-8"))) if "difflib" in name})
    }
    assert users == {
        "core/quoting.py": ["difflib.SequenceMatcher"],
        "evidence/drift/learning.py": ["difflib.unified_diff"],
    }


def test_two_long_redirect_uris_are_compared_in_no_time(broker: Broker) -> None:
    """A redirect URI of fifty thousand characters beside a registered one of as many: page, entry and list answer."""
    uri = f"https://b.example/{'ab' * 25_000}"
    world = broker.send.app.desk.exchange.world  # type: ignore[attr-defined]
    client = world.clients["demo-broker"]
    broker.send.app.desk.exchange.world = world.put(replace(client, redirect_uris=(uri,)))  # type: ignore[attr-defined]
    sent = f"https://b.example/{'ba' * 25_000}"
    query = f"response_type=code&client_id=demo-broker&redirect_uri={sent}&scope=OAUTH_CREATE_API&state=s"
    assert broker.send("GET", f"/oauth?{query}").status == 400
    [line] = broker.send("GET", f"{V1}/requests?limit=1").json()["requests"]
    assert line["outcome"] == "REDIRECT_URI_UNREGISTERED"
    assert line["diagnosis"]["found"][0].startswith("Nearest is https://b.example/abab")
    assert len(json.dumps(line)) < 5_000


def test_a_refusal_quotes_little_on_the_wire() -> None:
    """A detail of a client's is cut in the text that it reads."""
    text = Refusal(Reason.PARAMETER_REPEATED, field=LONG).text
    assert text.startswith("invalid_request: xxx")
    assert len(text) < 700


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", f"{TOKEN}?{LONG}=1&{LONG[:100]}=2&{LONG}=3&client_id=demo-broker", b""),
        ("POST", "/_oauth/refresh-token", json.dumps({f"{LONG[:9]}{number}": 1 for number in range(3_000)}).encode()),
        ("POST", "/_oauth/refresh-token", json.dumps({LONG: LONG[:5]}).encode()),
        ("GET", f"/{LONG}", b""),
    ],
)
def test_notes_and_diagnoses_quote_little(broker: Broker, method: str, target: str, body: bytes) -> None:
    """Whatever a client sent, a line of the list with notes and diagnosis stays short, and so does the answer."""
    answer = broker.send(method, target, body, JSON if body else {})
    assert len(answer.body) < 1_000
    [line] = broker.send("GET", f"{V1}/requests?limit=1").json()["requests"]
    assert len(json.dumps(line)) < 5_000
    entry = broker.entry(answer)
    assert len(json.dumps([entry["notes"], entry["diagnosis"]])) < 5_000
    [kept] = broker.send.app.desk.journal.newest(1)  # type: ignore[attr-defined]
    assert sum(map(len, kept.notes)) < 5_000


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/explain", {LONG: 1}),
        ("/explain", {f"name-{number}": 1 for number in range(4_000)}),
        ("/authorizations", {"user": LONG, "client_id": LONG[:1000]}),
        ("/clock/advance", {"by": LONG}),
        ("/workspaces", {"name": LONG}),
        ("/verify", {"expect": [LONG]}),
        ("/verify", {"expect": [{LONG: LONG[:9]}]}),
        ("/faults", {"faults": [{"operation": LONG, "refuse": "X"}]}),
    ],
)
def test_a_problem_repeats_little(broker: Broker, path: str, body: object) -> None:
    """A problem of the control surface tells what is wrong and repeats neither sixty thousand letters nor names."""
    answer = control(broker.send, path, body)
    problem_of(answer, answer.status)
    assert len(answer.body) < 30_000


def test_a_problem_of_a_scenario_repeats_little() -> None:
    """What a scenario's problem quotes is cut, for the command line and for the control surface alike."""
    [problem] = ScenarioError([Problem("f", 1, 1, LONG, f"must be a word, found {LONG!r}")]).problems
    assert (len(problem.path), len(problem.message)) < (300, 2_100)
    assert problem.message.endswith(" characters)")
