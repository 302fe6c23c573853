"""The journal as an HTTP Archive (HAR 1.2), which the developer tools of browsers open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from msgspec import json

from simulator.evidence import views
from simulator.evidence.failures import attempt
from simulator.evidence.journal import Entry, Journal

HTTP: Final = "HTTP/1.1"
UNKNOWN: Final = -1
"""HAR's word for a size that was not measured."""
URL: Final = "!#$%&'()*+,-./:;=?@[]_~"
"""Characters that need no encoding in a URL (RFC 3986)."""


def archive(entries: Iterable[dict[str, Any]], version: str) -> Iterator[bytes]:
    """A HAR log as pieces of JSON. `entries` are from `archived`, in that order; `version` is the simulator's."""
    creator = {"name": "kucoin-fast-api-simulator", "version": version}
    yield b'{"log":' + json.encode({"version": "1.2", "creator": creator})[:-1] + b',"entries":['
    separator = b""
    for entry in entries:
        yield separator + json.encode(entry)
        separator = b","
    yield b"]}}"


def archived(journal: Journal, entry: Entry) -> dict[str, Any]:
    """An entry of a HAR log, redacted. Names with an underscore are ours, as the specification demands."""
    failures = [*entry.failures]
    exchanged = views.exchanged(entry, views.redactor(journal, entry, failures), failures)
    outcome, milliseconds = entry.outcome, entry.duration / 1000
    started = datetime.fromtimestamp(outcome.now.wall / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "startedDateTime": started.replace("+00:00", "Z"),
        "time": milliseconds,
        "request": attempt("the request", lambda: _request(exchanged["request"], entry), views.NOTHING, failures),
        "response": attempt("the answer", lambda: _response(exchanged["answer"], entry), views.NOTHING, failures),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"{entry.after.workspace}/{entry.number} {outcome.operation or '-'} {outcome.word}",
        "_number": entry.number,
        "_operation": outcome.operation,
        "_outcome": outcome.word,
        "_user": outcome.subject.user,
        **({"_fault": outcome.struck.id} if outcome.struck else {}),
        **({"_evidence_failures": failures} if failures else {}),
    }


def _request(parts: dict[str, Any], entry: Entry) -> dict[str, Any]:
    target = f"{parts['path']}?{parts['query']}" if parts["query"] else parts["path"]
    request: dict[str, Any] = {
        "method": parts["method"],
        "url": quote(f"{entry.after.origin}{target}", safe=URL),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _pairs(parts["headers"].items()),
        "queryString": _pairs(parse_qsl(parts["query"], keep_blank_values=True)),
        "headersSize": UNKNOWN,
        "bodySize": len(entry.request.body),
    }
    if parts["body"]:
        kind = parts["headers"].get("content-type", "")
        request["postData"] = {"mimeType": kind, "params": [], "text": parts["body"]}
    return request


def _response(parts: dict[str, Any], entry: Entry) -> dict[str, Any]:
    status, body = parts["status"], entry.answer.body
    return {
        "status": status,
        "statusText": _phrase(status),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _pairs(parts["headers"].items()),
        "content": {
            "size": len(body),
            "mimeType": parts["headers"].get("content-type", "x-unknown"),
            "text": parts["body"],
        },
        "redirectURL": parts["headers"].get("location", ""),
        "headersSize": UNKNOWN,
        "bodySize": len(body),
    }


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # no answer at all, or a status of the scenario's own
        return ""


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
