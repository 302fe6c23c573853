"""Nothing is found in a recording of our own, whatever was played."""

from __future__ import annotations

import asyncio
import io
import json
from urllib.request import urlopen

import pytest
from support.careful_brokers.people import People
from support.careful_brokers.playing import SCRIPTS, Played, usual
from support.careful_brokers.styles import STYLES
from support.desk import START
from support.payouts import Playing
from support.recordings import checked, exported, recording
from support.wire import Asgi, Broker, control, still_app

import simulator.tour
from simulator import LocalServer
from simulator.scenario.loader import load
from simulator.web.endpoints.table import BASE, ROUTES
from simulator.web.own_answers import own_answers, own_declarations, own_tally


def test_our_own_export_has_no_finding() -> None:
    """A walk through every call, money and Broker Pro included, and refusals of each family: no finding at all."""
    report = checked(exported())
    assert report.findings == ()
    assert report.coverage.operations.keys() == {route.name for route in ROUTES}
    assert report.coverage.compared >= 115


def test_our_own_answers_fit_our_declarations() -> None:
    """The walk that the forms are taken from has no difference from the declarations either, and reaches every call."""
    assert own_tally().differences == {}
    accepted = set()
    for answer in own_answers():
        call = own_declarations().find(answer.method, answer.path)
        assert call
        if call.path.startswith("/_oauth/") or b'"code":"200000"' in answer.body:
            accepted.add(call.operation)
    assert accepted == {route.name for route in ROUTES}


def test_several_recordings_are_one() -> None:
    """Several files are compared as one recording, and their entries are told apart."""
    har = recording()
    for entry in har["log"]["entries"]:
        entry["response"]["content"]["text"] = entry["response"]["content"]["text"].replace('"available"', '"fee"')
    report = checked(exported(), har)
    assert report.entries == 2 * len(har["log"]["entries"])
    absent = [finding for finding in report.findings if finding.difference.kind.word == "absent"]
    assert absent
    assert all(entry.startswith("1#") for finding in absent for entry in finding.entries)


@pytest.mark.parametrize("scenario", ["withdrawal-answer-lost", "refresh-retires-old-token", "gateway-429"])
def test_a_world_of_another_workspace(scenario: str) -> None:
    """Paths with a workspace's prefix are the calls behind it, and a staged refusal is one of ours."""
    with asyncio.Runner() as runner:
        broker = Broker(Asgi(still_app(), runner), now=lambda: START)
        assert control(broker.send, "/workspaces", {"name": "w1", "scenario": scenario}).status == 201
        answers = [broker.send("GET", f"/w/w1{target}") for target in ("/api/v1/timestamp", "/api/v3/currencies/BTC")]
        assert {answer.status for answer in answers} <= {200, 429}
        har = json.loads(broker.send("GET", f"/w/w1{BASE}/requests.har").body)
    report = checked(har)
    assert report.findings == ()
    assert report.coverage.compared == 2


def test_a_recorded_tour_has_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tour over real HTTP - logins, tokens, keys, payouts, limits, refusals - exported as a HAR: no finding."""
    exports: list[bytes] = []

    class Recorded(LocalServer):
        """Exports its journal before it ends."""

        def __exit__(self, *error: object) -> None:
            with urlopen(f"{self.url}{BASE}/requests.har?limit=10000") as answer:
                exports.append(answer.read())
            super().__exit__(*error)  # type: ignore[arg-type]  # they are passed on

    monkeypatch.setattr(simulator.tour, "LocalServer", Recorded)
    assert simulator.tour.walk(io.StringIO(), quiet=True)
    report = checked(*exports)
    assert report.findings == ()
    assert report.coverage.compared > 40
    assert {"exchange_code", "refresh_tokens", "add_api_key", "withdraw"} <= report.coverage.operations.keys()


def test_staged_answers_are_left_out() -> None:
    """An answer that a scenario's fault made up is the scenario's: it is counted, and is no drift of ours."""
    with asyncio.Runner() as runner:
        broker = Broker(Asgi(still_app(), runner), now=lambda: START)
        page = {"status": 502, "body": "<html>bad gateway</html>", "headers": {"content-type": "text/html"}}
        fault = {"operation": "get_server_time", "at": "before", "respond": page, "times": 1}
        assert control(broker.send, "/faults", fault).status == 201
        statuses = [broker.send("GET", "/api/v1/timestamp").status for _ in range(2)]
        har = json.loads(broker.send("GET", f"{BASE}/requests.har").body)
    assert statuses == [502, 200]
    report = checked(har)
    assert report.findings == ()
    assert (report.coverage.staged, report.coverage.operations) == (1, {"get_server_time": 1})
    assert any("staged" in remark for remark in report.remarks)


@pytest.mark.parametrize("name", ["gateway-5xx-html", "withdrawal-answer-lost", "truncated-json"])
def test_a_played_scenario_has_no_finding(play: Playing, name: str) -> None:
    """What a careful broker meets in a shipped scenario, faults included, is no drift."""
    stage = play(name)
    people = People(stage, load(name))
    SCRIPTS.get(name, usual)(Played(people, STYLES[0](people)))
    assert checked(stage.send("GET", f"{BASE}/requests.har?limit=10000").body).findings == ()
