"""Records of workspaces that end, and the price of a server that writes none."""

from __future__ import annotations

from pathlib import Path

from support.processes import python
from support.wire import V1, Asgi, Broker
from support.workspaces import made, tenant

from simulator.evidence.readiness.concluding import NO_DEMANDS, records_in
from simulator.web.app import App
from simulator.web.recording import BYTES, ENTRIES, Recorder


def app_of(broker: Broker) -> App:
    """The application at the other end of a broker's wire."""
    assert isinstance(broker.send, Asgi)
    app = broker.send.app
    assert isinstance(app, App)
    return app


def test_ended_workspaces_and_emptied_journals_are_in_the_report(broker: Broker, tmp_path: Path) -> None:
    """What is deleted, emptied and still there: every call is in the report once."""
    recorder = Recorder(app_of(broker).workspaces, tmp_path)
    one = tenant(broker.send, name="one")
    one.tokens()
    broker.send("GET", "/api/v1/timestamp")
    broker.send("DELETE", f"{V1}/requests")
    assert broker.send("DELETE", f"{V1}/workspaces/one").status == 204
    tenant(broker.send, name="one").tokens()
    for _ in range(2):
        broker.send("GET", "/api/v1/timestamp")
    done: list[tuple[int, int]] = []
    report = recorder.report(NO_DEMANDS, lambda step, of: done.append((step, of)))
    calls = [(record.workspace, record.start, record.calls) for record in records_in(tmp_path)]
    assert sorted(calls)[:2] == [("default", 1, 1), ("default", 2, 2)]
    assert [workspace for workspace, _, _ in sorted(calls)] == ["default", "default", "one", "one"]
    assert report.calls == sum(count for _, _, count in calls)
    assert done
    assert done == sorted(done)
    assert (tmp_path / "report.html").exists()


def test_a_running_server_knows_what_has_ended(broker: Broker, tmp_path: Path) -> None:
    """The report of a running server with a recorder has workspaces that are gone."""
    app = app_of(broker)
    Recorder(app.workspaces, tmp_path)
    tenant(broker.send, name="one").tokens()
    app.workspaces.end("one")
    for thread in app.workspaces.keeper._threads:  # type: ignore[union-attr]  # the test waits for what it began
        thread.join()
    records = broker.send("GET", f"{V1}/report/records").json()["records"]
    assert [record["workspace"] for record in records] == ["one"]


def test_a_journal_keeps_more_if_there_is_a_report(broker: Broker, tmp_path: Path) -> None:
    """Without a report the rings are as small as ever; with one they keep a hundred thousand calls."""
    app = app_of(broker)
    before = app.desk.journal._capacity
    made(broker.send, name="small")
    Recorder(app.workspaces, tmp_path)
    made(broker.send, name="large")
    small, large = (app.workspaces.get(name) for name in ("small", "large"))
    assert small
    assert large
    assert small.desk.journal._capacity < before < ENTRIES
    assert (app.desk.journal._capacity, large.desk.journal._capacity) == (ENTRIES, ENTRIES)
    assert large.desk.journal._most_bytes == BYTES


def test_a_server_without_a_report_imports_nothing_of_it() -> None:
    """A start, a call and a workspace cost no import of situations, records or forms."""
    code = """
import sys
from urllib.request import Request, urlopen
from simulator.web.server import LocalServer
with LocalServer("demo") as server:
    urlopen(server.url + "/api/v1/timestamp").close()
    headers = {"content-type": "application/json"}
    urlopen(Request(server.url + "/_sim/v1/workspaces", data=b"{}", headers=headers)).close()
print(sorted(name for name in sys.modules if "evidence.readiness" in name))
"""
    assert python(code) == "[]\n"
