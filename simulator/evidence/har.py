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
"""HAR's word for a size that nobody took down."""
URL: Final = "!#$%&'()*+,-./:;=?@[]_~"
"""What may stand in a URL as it is (RFC 3986)."""


def archive(entries: Iterable[dict[str, Any]], version: str) -> Iterator[bytes]:
    """A HAR log of what `archived` makes, in that order, as JSON in pieces. `version` is the simulator's."""
    creator = {"name": "kucoin-fast-api-simulator", "version": version}
    yield b'{"log":' + json.encode({"version": "1.2", "creator": creator})[:-1] + b',"entries":['
    separator = b""
    for entry in entries:
        yield separator + json.encode(entry)
        separator = b","
    yield b"]}}"


def archived(journal: Journal, entry: Entry) -> dict[str, Any]:
    """An entry of a HAR log; redacted. Names with an underscore are ours, as the specification wants it."""
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
        **({"_evidence_failures": failures} if failures else {}),
    }


def _request(asked: dict[str, Any], entry: Entry) -> dict[str, Any]:
    target = f"{asked['path']}?{asked['query']}" if asked["query"] else asked["path"]
    request: dict[str, Any] = {
        "method": asked["method"],
        "url": quote(f"{entry.after.origin}{target}", safe=URL),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _pairs(asked["headers"].items()),
        "queryString": _pairs(parse_qsl(asked["query"], keep_blank_values=True)),
        "headersSize": UNKNOWN,
        "bodySize": len(entry.request.body),
    }
    if asked["body"]:
        kind = asked["headers"].get("content-type", "")
        request["postData"] = {"mimeType": kind, "params": [], "text": asked["body"]}
    return request


def _response(answered: dict[str, Any], entry: Entry) -> dict[str, Any]:
    status, body = answered["status"], entry.answer.body
    return {
        "status": status,
        "statusText": _phrase(status),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _pairs(answered["headers"].items()),
        "content": {
            "size": len(body),
            "mimeType": answered["headers"].get("content-type", "x-unknown"),
            "text": answered["body"],
        },
        "redirectURL": answered["headers"].get("location", ""),
        "headersSize": UNKNOWN,
        "bodySize": len(body),
    }


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # none at all, or one of the scenario's own
        return ""


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
