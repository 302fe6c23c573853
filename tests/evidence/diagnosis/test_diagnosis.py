"""The diagnosis of a refused call: its rule, what the page says, what was found, and what to try."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.desk import IP, START, payment, query
from support.refusal_cases import CASES
from support.wire import JSON, NEW, OLD, REFRESH, Answer, Broker, control

from simulator.core.refusals import Reason, Refusal
from simulator.evidence.diagnosis import rules as rulebook
from simulator.evidence.diagnosis.advice import ADVICE
from simulator.evidence.diagnosis.diagnosis import describe_refusal, diagnose
from simulator.evidence.diagnosis.hints import differing
from simulator.evidence.journal import Entry
from simulator.messages import Answer as Told
from simulator.messages import Request

LEDGER = Path(__file__).parents[3] / "simulator" / "core" / "rules.md"
ACCOUNTS = "/api/v1/accounts"


def same(text: str) -> str:
    return text


# --- the tables
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_causes_and_rules(reason: Reason) -> None:
    """Of every reason the usual causes are told in one to three short sentences, and its rules are in the ledger."""
    advice = ADVICE[reason]
    assert 1 <= len(advice.causes) <= 3
    for cause in advice.causes:
        assert re.fullmatch(r"[A-Za-z].{10,160}[.?]", cause), cause
    assert advice.rules
    assert [rule for rule in advice.rules if rule not in rulebook.rules()] == []


def test_no_rule_or_cause_is_told_twice() -> None:
    """A reason names a rule once, and no two reasons of other kinds have the same causes."""
    assert all(len(set(advice.rules)) == len(advice.rules) for advice in ADVICE.values())
    assert len({advice.causes for advice in ADVICE.values()}) == len(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_the_rule_of_a_reason_is_among_its_rules(reason: Reason) -> None:
    """Where the list of reasons names a chapter of the page or a hole, one of the rules is of it."""
    named = set(re.findall(r"H\d{2,3}|s\d", reason.denial.rule))
    told = {each for rule in ADVICE[reason].rules for each in re.findall(r"H\d{2,3}|s\d", rule)}
    assert not named or named & told


def test_the_rulebook_is_the_ledger() -> None:
    """Every row of the ledger is a rule, word for word, and nothing else is one."""
    text = LEDGER.read_text(encoding="utf-8").partition("## Errors whose code nobody published")[0]
    rows = [line for line in text.splitlines() if re.match(r"\| (?:s\d|H\d{2,3}|signing|rest)[\w./-]*/", line)]
    assert len(rows) == len(rulebook.rules()) > 100
    for row, rule in zip(rows, rulebook.rules().values(), strict=True):
        said = f"`{rule.quote}`" if rule.quote else "-"
        assert (
            row == f"| {rule.id} | {said} | {rule.reading} | {rule.grade} | {rule.source} | {rule.home} | {rule.test} |"
        )


def test_rules_of_a_section() -> None:
    """A section has its own rules, and a chapter those of all its sections."""
    assert {rule.section for rule in rulebook.of_section("s6")} == {"s6.1", "s6.2", "s6.3"}
    assert [rule.id for rule in rulebook.of_section("H44")] == ["H44/transaction", "H44/attempts"]
    assert rulebook.of_section("s1")[0].quote == "API key (Version 3)"
    assert rulebook.of_section("s") == rulebook.of_section("") == []


def test_a_start_reads_no_rules() -> None:
    """Neither the ledger nor the tables of causes and recipes are loaded before somebody asks why."""
    code = "import sys, simulator.cli, simulator.web.app; print([each for each in sys.modules if 'evidence' in each])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "journal" in loaded
    assert not re.findall("rulebook|causes|recipes|variants|diagnosis", loaded)


# --- what is said
@pytest.mark.parametrize("reason", Reason)
def test_what_is_said_of_a_reason(reason: Reason) -> None:
    """Section and quote belong together, and both are empty only where no rule quotes the page."""
    details = dict.fromkeys(re.findall(r"\{(\w+)\}", reason.denial.text), "x")
    said = describe_refusal(Refusal(reason, keep=None, expected="this", received="that", **details), str.upper)
    assert (said["reason"], said["expected"], said["received"]) == (reason.name, "THIS", "THAT")
    assert (said["meaning"], said["rule"], said["grade"]) == (
        reason.denial.meaning,
        reason.denial.rule,
        reason.denial.grade.value,
    )
    quotes = [rule["quote"] for rule in said["rules"] if rule["quote"]]
    assert said["quote"] == (quotes[0] if quotes else "")
    sections = {rule["id"].partition("/")[0] for rule in said["rules"]}
    assert said["section"] in {*sections, *re.findall(r"s\d(?:\.\d)?", reason.denial.rule), ""}
    quoted = [rule["id"] for rule in said["rules"] if rule["quote"] and rule["id"].startswith("s")]
    assert not quoted or said["section"] == quoted[0].partition("/")[0]
    assert json.loads(json.dumps(said)) == said


@pytest.mark.parametrize("section", ["s7.1", "s7.2", "s7.3"])
def test_the_section_is_that_of_what_was_asked(section: str) -> None:
    """A reason that several operations share quotes the section of the one that was called."""
    said = describe_refusal(Refusal(Reason.PARAMETER_MISSING, name="redirect_uri"), same, section)
    assert (said["section"], said["quote"]) == (section, rulebook.rules()[f"{section}/parameters"].quote)


@pytest.mark.parametrize("name", CASES)
def test_every_refusal_can_be_diagnosed(name: str) -> None:
    """Whatever a call is refused for, and whatever the request was, there is a diagnosis, and it is JSON."""
    for defect in CASES[name].defects:
        desk, command = CASES[name].refused(defect)
        before = desk.world
        outcome = desk.perform(command)
        for request in (
            Request("GET", "/", "", {}, IP, b""),
            Request(
                "\xff", "\xff", "%zz&=", {b"kc-api-key": b"\xff", b"kc-api-timestamp": b"9" * 40}, "", b'{"a":\xff'
            ),
            Request("POST", "/", "", {b"authorization": b"bearer"}, "", b"[" * 50_000),
            Request("POST", "/", "", {}, "", b"[1]"),
        ):
            entry = Entry(1, request, Told(200, b""), outcome, before, desk.world, 1)
            said = diagnose(entry, same)
            assert (said["reason"], said["staged"]) == (defect.reason.name, False)
            assert json.dumps(said)


def test_nothing_is_said_of_a_call_that_is_in_order() -> None:
    """An accepted call without a note has no diagnosis."""
    desk, command = CASES["exchange_code"].refused()
    outcome = desk.perform(command)
    entry = Entry(1, Request("GET", "/", "", {}, IP, b""), Told(200, b""), outcome, desk.world, desk.world, 1)
    assert diagnose(entry, same) == {}


def test_a_staged_refusal_says_so(broker: Broker) -> None:
    """What a fault of the scenario refuses is told to be staged: the request was not judged, so nothing is found."""
    key = broker.key()
    control(broker.send, "/faults", {"operation": "withdraw", "refuse": "SIGNATURE_INVALID", "times": 1})
    told = broker.entry(broker.withdraw(key))["diagnosis"]
    assert (told["reason"], told["staged"]) == ("SIGNATURE_INVALID", True)
    assert told["found"] == ["A fault of the scenario gave this answer; the request was not judged."]
    assert "signature" not in told
    headers = {**broker.headers(key, "GET", ACCOUNTS), "KC-API-SIGN": "x"}
    earned = broker.entry(broker.send("GET", ACCOUNTS, headers=headers))["diagnosis"]
    assert (earned["reason"], earned["staged"]) == ("SIGNATURE_INVALID", False)


# --- what this very request tells
def _stamped(stamp: object) -> Callable[[Broker], Answer]:
    def call(broker: Broker) -> Answer:
        headers = {**broker.headers(broker.key(), "GET", ACCOUNTS), "KC-API-TIMESTAMP": str(stamp)}
        return broker.send("GET", ACCOUNTS, headers=headers)

    return call


def _later(broker: Broker) -> Answer:
    key = broker.key()
    control(broker.send, "/clock/advance", {"by": "2h"})
    return _with(broker, key, **{"KC-API-TIMESTAMP": str(START + 7_200_000)})


def _with(broker: Broker, key: Any, **changes: str) -> Answer:
    return broker.send("GET", ACCOUNTS, headers={**broker.headers(key, "GET", ACCOUNTS), **changes})


def _bearer(token: str) -> Callable[[Broker], Answer]:
    return lambda broker: broker.send("POST", NEW, b"{}", {**JSON, "authorization": f"bearer {broker.tokens()[token]}"})


def _refresh(broker: Broker) -> Answer:
    form = f"grant_type=authorization_code&scope=OAUTH_CREATE_API&refresh_token={broker.tokens()['access_token']}"
    return broker.send("POST", REFRESH, form.encode(), {"content-type": "application/x-www-form-urlencoded"})


FOUND: list[tuple[Callable[[Broker], Answer], str]] = [
    (_stamped(START // 1000), "It is in seconds, but must be in milliseconds."),
    (_stamped(f"{START // 1000}.5"), "It is in seconds, but must be in milliseconds."),
    (_stamped(START * 1000), "It is in microseconds, but must be in milliseconds."),
    (_stamped(START - 5000), "It is 5000 ms behind the wall clock; less than 5000 ms is allowed."),
    (_stamped(START + 9000), "It is 9000 ms ahead of the wall clock; less than 5000 ms is allowed."),
    (_stamped("now"), "It is not a whole number."),
    (_stamped("9" * 70), "It is not a whole number."),
    (_later, "It is the business clock's time: timestamps are compared with the wall clock, which no advance moves."),
    (_bearer("refresh_token"), "What was sent is a refresh token of user alice."),
    (lambda broker: broker.refresh(broker.tokens()["access_token"]), "What was sent is an access token of user alice."),
    (_refresh, "What was sent is an access token of user alice."),
    (lambda broker: broker.exchange(broker.key().api_key), "What was sent is an API key."),
    (lambda broker: _with(broker, broker.key(), **{"KC-API-KEY": "demo-broker"}), "What was sent is a client_id."),
    (
        lambda broker: _with(broker, broker.key(), **{"KC-API-KEY": broker.authorize()}),
        "What was sent is an authorization code.",
    ),
    (
        lambda broker: broker.send("GET", f"/oauth?{query(client_id='demo-brokr')}"),
        "Nearest is demo-broker.",
    ),
    (
        lambda broker: broker.send("GET", f"/oauth?{query('https://localhost:3000/callback')}"),
        "Nearest is http://localhost:3000/callback: the scheme differs.",
    ),
    (
        lambda broker: broker.withdraw(broker.key(), chain="ERC20"),
        "ERC20 is the chain's name; its chainId is eth.",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), FOUND)
def test_what_a_request_tells(broker: Broker, call: Callable[[Broker], Answer], sentence: str) -> None:
    """Seconds for milliseconds, one credential in another's place, a near miss: the diagnosis says what was sent."""
    call(broker)
    newest = broker.send("GET", "/_sim/v1/requests?limit=1").json()["requests"][0]["number"]
    told = broker.send("GET", f"/_sim/v1/requests/{newest}").json()["diagnosis"]
    assert told["found"] == [sentence]


def test_nothing_is_found_where_nothing_is_known(broker: Broker) -> None:
    """Credentials that are nothing here are not guessed at."""
    for answer in (broker.exchange("x"), broker.refresh("x"), broker.send("POST", NEW, b"{}", {"authorization": "b"})):
        assert broker.entry(answer)["diagnosis"]["found"] == []


@pytest.mark.parametrize(
    ("other", "parts"),
    [
        ("http://a/b", ""),
        ("https://a:1/b#c", "the scheme and host or port and the fragment differ"),
        ("http://a/b?c", "the query differs"),
        ("http://[", ""),
    ],
)
def test_which_parts_of_a_url_differ(other: str, parts: str) -> None:
    """Two URLs are compared part by part; what is no URL is not."""
    assert differing("http://a/b", other) == parts


# --- departures
def test_a_departure_of_an_accepted_call_names_its_rule(broker: Broker) -> None:
    """An accepted call with notes says of each which rule it is about."""
    key = broker.key("frank")
    told = broker.entry(broker.withdraw(key, payment(extra=1)))["diagnosis"]
    assert [(each["note"], [rule["id"] for rule in each["rules"]]) for each in told["departures"]] == [
        ("fields that nothing read: extra", ["H37/unread"])
    ]
    headers = {**broker.headers(key, "GET", ACCOUNTS), "host": "www.kucoin.com"}
    told = broker.entry(broker.send("GET", ACCOUNTS, headers=headers))["diagnosis"]
    assert [rule["id"] for each in told["departures"] for rule in each["rules"]] == ["H27/one-port"]
    assert "diagnosis" not in broker.entry(broker.send("GET", "/api/v1/timestamp"))


def test_old_endpoint_with_a_body(broker: Broker) -> None:
    """Permissions that are sent to the old endpoint are ignored, and that is noted, accepted or refused."""
    body = json.dumps({"authGroupMap": {"API_SPOT": True}}).encode()
    note = f"a body of {len(body)} bytes that nothing read (s4.1)"
    token = broker.tokens()["access_token"]
    accepted = broker.send("POST", OLD, body, {"authorization": f"bearer {token}"})
    assert broker.entry(accepted)["notes"] == [note]
    refused = broker.send("POST", OLD, body, {"authorization": "bearer x"})
    assert broker.entry(refused)["notes"] == [note]
    for empty in (b"", b"{}", b" null "):
        assert broker.entry(broker.send("POST", OLD, empty, {"authorization": f"bearer {token}"}))["notes"] == []
