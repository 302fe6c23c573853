"""Recordings for `drift`: an export of our own journal, changed in one way, and what a check makes of it."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from simulator.evidence.drift.checking import take_file
from simulator.evidence.drift.comparing import Comparison
from simulator.evidence.drift.findings import DriftFinding
from simulator.evidence.drift.report import DriftReport
from simulator.web.own_answers import own_declarations, own_tally
from support.broker_pro import earning
from support.desk import START, payment
from support.openapi_document import walk
from support.wire import DEMO, OPERATOR, V1, Asgi, Broker, still_app

Har = dict[str, Any]
Entry = dict[str, Any]
Change = Callable[[Entry], None]
"""Changes an entry in place."""


@cache
def exported() -> bytes:
    """The journal of a walk through every call, refusals included, as `/_sim/v1/requests.har` gives it."""
    with asyncio.Runner() as runner:
        broker = Broker(Asgi(still_app(earning(DEMO)), runner), now=lambda: START)
        for _ in walk(broker):
            pass
        key = broker.key("frank")
        broker.withdraw(key, payment(amount="-1"))
        broker.withdraw(key, payment(currency="NOPE"))
        broker.signed(key, "GET", "/api/v1/accounts?type=nonsense")
        broker.signed(key, "GET", "/api/v2/broker/queryUser")
        broker.signed(OPERATOR, "GET", "/api/v2/broker/queryDetailByUid?pageSize=501")
        broker.send("GET", "/api/v1/accounts")
        broker.exchange("no-code")
        broker.refresh("no-token")
        broker.add_key("no-token")
        return broker.send("GET", f"{V1}/requests.har?limit=10000").body


def recording() -> Har:
    """The export as data, which may be changed."""
    har: Har = json.loads(exported())
    return har


def checked(*recordings: Har | bytes, hosts: tuple[str, ...] = ()) -> DriftReport:
    """The report about recordings."""
    comparison = Comparison(own_declarations(), hosts)
    entries = 0
    for number, each in enumerate(recordings):
        data = each if isinstance(each, bytes) else json.dumps(each).encode()
        label = f"{number}" if len(recordings) > 1 else ""
        entries += take_file(comparison, io.BytesIO(data), "test.har", label, lambda size: None)
    return DriftReport(entries, comparison.coverage, tuple(comparison.findings(own_tally())))


def entries_of(har: Har, operation: str, *, ok: bool = True) -> Iterator[Entry]:
    """The entries of an operation that were accepted, or refused."""
    for entry in har["log"]["entries"]:
        if entry["_operation"] == operation and (entry["_outcome"] == "OK") is ok:
            yield entry


def changed(operation: str, change: Change, *, ok: bool = True, most: int = 10_000) -> Har:
    """The recording with a change to the first entries of an operation; there is at least one."""
    har = recording()
    entries = list(entries_of(har, operation, ok=ok))[:most]
    assert entries, operation
    for entry in entries:
        change(entry)
    return har


def body(change: Callable[[Any], Any]) -> Change:
    """A change of the answer's JSON; `change` may change it in place, or return another."""

    def apply(entry: Entry) -> None:
        content = entry["response"]["content"]
        data = json.loads(content["text"])
        result = change(data)
        content["text"] = json.dumps(data if result is None else result)

    return apply


def at(path: str, change: Callable[[Any], Any]) -> Change:
    """A change of each value at a path such as `data.items[].amount`."""
    return body(lambda data: _each(data, path.replace("[]", ".[]").split("."), change))


def _each(value: Any, path: list[str], change: Callable[[Any], Any]) -> None:
    name, *rest = path
    if name == "[]":
        for place, item in enumerate(value):
            if rest:
                _each(item, rest, change)
            else:
                value[place] = change(item)
    elif rest:
        if isinstance(value, dict) and value.get(name) is not None:
            _each(value[name], rest, change)
    elif isinstance(value, dict) and name in value:
        value[name] = change(value[name])


def put_field(path: str, name: str, value: Any) -> Change:
    """A change that adds a field to each object at a path."""
    return at(path, lambda fields: {**fields, name: value})


def without(path: str, *, first: bool = False) -> Change:
    """A change that removes a field of each object, or of the first of a list."""
    parent, _, name = path.rpartition(".")

    def remove(data: Any) -> None:
        objects = [data]
        for part in filter(None, parent.replace("[]", ".[]").split(".")):
            objects = [item for each in objects for item in (each if part == "[]" else [each[part]])]
        for each in objects[: 1 if first else None]:
            del each[name]

    return body(remove)


def header(name: str, value: str | None) -> Change:
    """A change of a header of the answer; None = it is removed."""

    def apply(entry: Entry) -> None:
        headers = [row for row in entry["response"]["headers"] if row["name"] != name]
        entry["response"]["headers"] = headers if value is None else [*headers, {"name": name, "value": value}]

    return apply


def rows(report: DriftReport) -> set[tuple[str, str, str]]:
    """Kind, operation and place of all findings."""
    return {row(finding) for finding in report.findings}


def row(finding: DriftFinding) -> tuple[str, str, str]:
    """Kind, operation and place of a finding."""
    return finding.difference.kind.word, finding.difference.place.operation, finding.difference.place.at
