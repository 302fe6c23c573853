"""The HTTP Archive: read by a library that knows nothing of us, and held against the specification's fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from haralyzer import HarParser
from support.desk import payment
from support.wire import FORM, V1, Asgi, Broker, still_app

from simulator.evidence.har import archive, archived
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault

TEXT, NUMBER, LIST = (str,), (int, float), (list,)
ENTRY: Mapping[str, Any] = {
    "startedDateTime": TEXT,
    "time": NUMBER,
    "request": {
        "method": TEXT,
        "url": TEXT,
        "httpVersion": TEXT,
        "cookies": LIST,
        "headers": LIST,
        "queryString": LIST,
        "headersSize": NUMBER,
        "bodySize": NUMBER,
    },
    "response": {
        "status": NUMBER,
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": LIST,
        "headers": LIST,
        "content": {"size": NUMBER, "mimeType": TEXT},
        "redirectURL": TEXT,
        "headersSize": NUMBER,
        "bodySize": NUMBER,
    },
    "cache": {},
    "timings": {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
}
"""What HAR 1.2 makes compulsory in an entry."""


def lacking(data: Mapping[str, Any], wanted: Mapping[str, Any], place: str = "") -> list[str]:
    """What an object lacks of the specification."""
    wrong = []
    for name, kind in wanted.items():
        if name not in data:
            wrong.append(f"{place}{name} is absent")
        elif isinstance(kind, Mapping):
            wrong += lacking(data[name], kind, f"{place}{name}.")
        elif not isinstance(data[name], kind):
            wrong.append(f"{place}{name} is a {type(data[name]).__name__}")
    return wrong


@pytest.fixture
def har(broker: Broker) -> dict[str, Any]:
    """The archive of a login, a refused and an accepted call, a page, a redirect and an unknown path."""
    key = broker.key("frank")
    broker.withdraw(key)
    broker.withdraw(key, payment(amount="-1"))
    broker.send("GET", "/oauth?x=1&y=%20")
    query = "response_type=code&client_id=demo-broker&redirect_uri=http://localhost:3000/callback"
    consent = b"step=consent&identity=alice&decision=approve"
    assert broker.send("POST", f"/oauth?{query}&scope=OAUTH_CREATE_API&state=s", consent, FORM).status == 303
    broker.send("GET", "/nowhere?a b")
    answer = broker.send("GET", f"{V1}/requests.har")
    assert answer.headers["content-type"] == "application/json"
    data: dict[str, Any] = answer.json()
    return data


def test_another_reader_reads_it(har: dict[str, Any]) -> None:
    """A library that reads browsers' archives finds every call, its times, headers, query and body."""
    parser = HarParser(har)
    assert (parser.version, parser.creator["name"]) == ("1.2", "kucoin-fast-api-simulator")
    entries = [page for page in parser.pages for page in page.entries]
    assert len(entries) == len(har["log"]["entries"]) == 8
    exchange = entries[1]
    assert exchange.startTime == datetime.fromisoformat("2026-06-01T00:00:00.000+00:00")
    assert exchange.request.url.startswith(
        "http://127.0.0.1:8080/_oauth/access-token?grant_type=authorization_code&code=code:"
    )
    assert {each["name"] for each in exchange.request.queryString} == {
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
    }
    assert (exchange.response.status, exchange.response.mimeType) == (200, "application/json")
    assert "access_token:" in exchange.response.text
    assert entries[3].request.headers[0] == {"name": "kc-api-key", "value": entries[3].request.headers[0]["value"]}
    assert '"currency": "USDT"' in entries[3].request.text
    assert entries[6].response.status == 303


def test_every_entry_has_what_the_specification_wants(har: dict[str, Any]) -> None:
    """Each compulsory field of HAR 1.2 is there and of its type; the times add up."""
    assert set(har) == {"log"}
    assert set(har["log"]) == {"version", "creator", "entries"}
    for entry in har["log"]["entries"]:
        assert lacking(entry, ENTRY) == []
        assert entry["time"] == sum(entry["timings"].values())
        assert entry["request"]["url"].isascii()
        assert " " not in entry["request"]["url"]
        for part in (entry["request"], entry["response"]):
            assert all(set(each) == {"name", "value"} for each in part["headers"])


def test_it_is_in_the_order_of_the_calls(har: dict[str, Any], broker: Broker) -> None:
    """Oldest first, as browsers write it; `limit` keeps the newest, and the list's filters narrow it."""
    numbers = [entry["_number"] for entry in har["log"]["entries"]]
    assert numbers == list(range(1, 9))
    asked = broker.send("GET", f"{V1}/requests.har?operation=withdraw&limit=1").json()
    assert [entry["_number"] for entry in asked["log"]["entries"]] == [5]
    assert asked["log"]["entries"][0]["comment"] == "default/5 withdraw PARAMETER_INVALID"


def test_a_call_without_an_answer_has_status_0(runner: Any) -> None:
    """As browsers write a request that failed; a status of the scenario's own has no phrase."""
    send = Asgi(still_app(staging=Staging((Fault("get_currency", network="hang"),))), runner)
    app = send.app
    with pytest.raises(RuntimeError, match="network"):
        send("GET", "/api/v3/currencies/BTC")
    entry = archived(app.desk.journal, app.desk.journal.newest(1)[0])
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (0, "")
    assert lacking(entry, ENTRY) == []


def test_nothing_makes_an_archive_of_nothing() -> None:
    """An empty journal is an archive without entries."""
    assert json.loads(b"".join(archive([], "1")))["log"]["entries"] == []
