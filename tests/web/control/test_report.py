"""The calls of the control surface for the readiness report."""

from __future__ import annotations

import json

import pytest
from support.wire import V1, Broker
from support.workspaces import tenant

from simulator.evidence.readiness.record import decode

PATHS = {
    "/report": "application/json",
    "/report.html": "text/html; charset=utf-8",
    "/report.xml": "application/xml",
    "/report.md": "text/markdown; charset=utf-8",
    "/report/records": "application/json",
}


@pytest.mark.parametrize("path", PATHS)
def test_every_form_is_answered(path: str, broker: Broker) -> None:
    """Each path gives the report in its form, also before the first call."""
    for _ in range(2):
        answer = broker.send("GET", V1 + path)
        assert (answer.status, answer.headers["content-type"]) == (200, PATHS[path])
        broker.tokens()


def test_the_default_address_is_about_all_workspaces(broker: Broker) -> None:
    """At the default address it is about every workspace, at a workspace's about that one."""
    one = tenant(broker.send, name="one")
    one.tokens()
    broker.send("GET", "/api/v1/timestamp")
    records = broker.send("GET", f"{V1}/report/records").json()["records"]
    assert [record["workspace"] for record in records] == ["default", "one"]
    (record,) = one.send("GET", f"{V1}/report/records").json()["records"]
    assert record["workspace"] == "one"
    assert one.send("GET", f"{V1}/report").json()["calls"] == record["last"]


def test_records_have_the_names_of_their_tests(broker: Broker) -> None:
    """What the caller says of the tests stands in the record, which can be read as one of a file."""
    broker.send("GET", "/api/v1/timestamp")
    answer = broker.send("GET", f"{V1}/report/records?test=tests/test_a.py::test%5B1%5D&test=b")
    (record,) = answer.json()["records"]
    assert decode(json.dumps(record).encode(), "x").tests == ("b", "tests/test_a.py::test[1]")


def test_the_run_is_the_same_at_each_call(broker: Broker) -> None:
    """Two records of one process can be merged, because they name the same run."""
    broker.send("GET", "/api/v1/timestamp")
    one, other = (broker.send("GET", f"{V1}/report/records").json()["records"][0] for _ in range(2))
    assert (one["run"], one["start"]) == (other["run"], other["start"])


def test_an_emptied_journal_begins_a_record_of_its_own(broker: Broker) -> None:
    """After `DELETE /requests` a record says that it begins there, not that calls are missing."""
    for _ in range(3):
        broker.send("GET", "/api/v1/timestamp")
    broker.send("DELETE", f"{V1}/requests")
    assert broker.send("GET", f"{V1}/report/records").json() == {"records": []}
    broker.send("GET", "/api/v1/timestamp")
    (record,) = broker.send("GET", f"{V1}/report/records").json()["records"]
    assert (record["start"], record["first"], record["last"]) == (4, 4, 4)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("/report?profile=login,payout", "did you mean payouts?"),
        ("/report.html?profile=", "there is no profile ''"),
        ("/report/records?test=" + "x" * 2_001, "at most 2000 characters"),
        ("/report?test=x", "unknown parameter test"),
    ],
)
def test_what_cannot_be_asked_is_named(query: str, says: str, broker: Broker) -> None:
    """A wrong profile, too long a name and an unknown parameter are problems with a sentence."""
    answer = broker.send("GET", V1 + query)
    assert answer.status == 400
    assert says in answer.text


def test_a_report_changes_nothing(broker: Broker) -> None:
    """It is no entry of the journal, and the world stays the same object."""
    broker.tokens()
    app = broker.send.app  # type: ignore[attr-defined]  # the fixture's wire
    before = app.desk.exchange.world, app.desk.journal.last
    for path in PATHS:
        broker.send("GET", V1 + path)
    assert app.desk.exchange.world is before[0]
    assert app.desk.journal.last == before[1]
