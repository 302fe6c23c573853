"""Recordings of the simulator that the programs themselves wrote: each is read as the calls that were made.

The files in `recordings/` are of Chromium's and Firefox's developer tools, Playwright, mitmproxy, Polly.js,
axios-har-tracker and node-fetch-har, which recorded a flow of calls with the API key of the scenario `fixed-key`. Some
of them recorded it through a proxy that compresses answers with gzip. Only entries were left out of the files, and
what the developer tools write of the script that made a call.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.recordings import checked

from simulator.evidence.drift.recorded_calls import RecordedCall, recorded_call, recorded_request

FOLDER = Path(__file__).parent / "recordings"
FILES = sorted(path.stem for path in FOLDER.glob("*.har"))
BROWSERS = {"chromium", "firefox", "playwright"}
"""They recorded a call that was aborted and a websocket as well."""
CUT = "firefox-cut"
"""An answer that is larger than Firefox keeps."""
ABORTED_WITH_HEAD = {"chromium"}
"""Here the call was aborted after the head of its answer had come."""


def calls(name: str) -> list[RecordedCall]:
    """The calls of a file."""
    entries: list[Any] = json.loads((FOLDER / f"{name}.har").read_text(encoding="utf-8"))["log"]["entries"]
    return [recorded_call(entry, recorded_request(entry)) for entry in entries]


@pytest.mark.parametrize("name", [name for name in FILES if name != CUT])
def test_a_real_recording_is_compared(name: str) -> None:
    """Each answer that came is compared with its body and its head, and nothing is found."""
    report = checked((FOLDER / f"{name}.har").read_bytes())
    browser, with_head = name in BROWSERS, name in ABORTED_WITH_HEAD
    assert report.findings == ()
    assert report.coverage.operations == {
        "get_server_time": 1 + with_head,
        "list_accounts": 4,
        "refresh_tokens": 2,
        "withdraw": 1,
    }
    assert (report.coverage.without_body, report.coverage.without_headers) == (with_head, 0)
    assert (report.coverage.unanswered, report.coverage.unserved) == (browser and not with_head, browser)


@pytest.mark.parametrize("name", [name for name in FILES if name != CUT])
def test_requests_are_read_as_they_were_sent(name: str) -> None:
    """A query, a body of JSON with letters beyond ASCII, and a form."""
    sent = {(call.request.method, call.request.path, call.request_type): call for call in calls(name)}
    paid = sent["POST", "/api/v2/broker/withdrawal", "application/json"]
    assert json.loads(paid.request_body or "")["remark"] == "Grüße €"
    form = sent["POST", "/_oauth/refresh-token", "application/x-www-form-urlencoded"]
    assert form.request_body == "grant_type=refresh_token&refresh_token=no-token&client_id=demo-broker"
    queries = [call.query for call in calls(name) if call.request.path == "/api/v1/accounts"]
    assert (("currency", "USDT"), ("type", "main")) in queries


def test_an_answer_that_was_not_kept_is_counted() -> None:
    """Firefox leaves out the text of a large answer: it is compared without a body, and is no answer without one."""
    coverage = checked((FOLDER / f"{CUT}.har").read_bytes()).coverage
    assert (coverage.operations, coverage.without_body) == ({"list_withdrawals": 1}, 1)
