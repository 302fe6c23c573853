"""No value of a recording reaches the output: canaries stand wherever a value can be, and in nothing that is said."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result
from support.recordings import Har, checked, entries_of, recording

from simulator.commands.drift import drift
from simulator.evidence.drift.comparing import Comparison
from simulator.evidence.drift.har_stream import HarError
from simulator.evidence.drift.learning import patch
from simulator.evidence.drift.report import DriftReport, as_data, as_markdown, as_text

CANARY: Final = "cAnArYqX"
DIGITS: Final = "918273645546372819"


def outputs(report: DriftReport) -> str:
    """Everything that can be written about a report."""
    return "\n".join((as_text(report), as_markdown(report), json.dumps(as_data(report)), patch(report.findings)))


def silent(text: str) -> bool:
    """True if no canary is in a text, in any case of letters."""
    return CANARY.lower() not in text.lower() and DIGITS[:6] not in text


def poisoned(value: Any, number: int = 0) -> Any:
    """JSON whose texts, numbers and names are canaries; its structure stays."""
    if isinstance(value, dict):
        return {f"{CANARY}{place}{name}": poisoned(inner, place) for place, (name, inner) in enumerate(value.items())}
    if isinstance(value, list):
        return [poisoned(inner, place) for place, inner in enumerate(value)]
    if isinstance(value, str):
        return f"{CANARY}{number}"
    return value if isinstance(value, bool) or value is None else int(f"{DIGITS}{number}")


def values_poisoned(value: Any) -> Any:
    """The same, with the names as they are."""
    if isinstance(value, dict):
        return {name: values_poisoned(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [values_poisoned(inner) for inner in value]
    return poisoned(value)


def in_text(change: Any) -> Any:
    """A change of the JSON in a text."""
    return lambda text: json.dumps(change(json.loads(text)))


def with_map(data: Any) -> Any:
    """Maps whose names are values, at several depths and among declared fields."""
    names = {CANARY: CANARY, f"{CANARY}@example.test": {CANARY: 1}, f"{DIGITS}": 1, f"a{CANARY}": [CANARY]}
    if isinstance(data, dict):
        return {**{name: with_map(inner) for name, inner in data.items()}, **names}
    if isinstance(data, list):
        return [with_map(inner) for inner in data] + [names]
    return data


def places() -> Iterator[tuple[str, Any]]:
    """Where values are, with the change that puts canaries there."""
    for part, change in (("values", values_poisoned), ("names", poisoned), ("maps", with_map)):
        yield f"answer {part}", lambda entry, change=change: _content(entry, in_text(change))
        yield f"request {part}", lambda entry, change=change: _post(entry, in_text(change))
    yield "answer as text", lambda entry: _content(entry, lambda text: f"{CANARY} {text}")
    yield "answer cut off", lambda entry: _content(entry, lambda text: text[: len(text) // 2] + CANARY)
    yield "request as text", lambda entry: _post(entry, lambda text: CANARY + text)
    yield "code and text", lambda entry: _content(entry, lambda _: json.dumps({"code": DIGITS, "msg": CANARY}))
    yield "code as text", lambda entry: _content(entry, lambda _: json.dumps({"code": CANARY, "msg": f"Too {CANARY}"}))
    yield "token error", lambda entry: _content(entry, lambda _: json.dumps({"error": CANARY, CANARY: CANARY}))
    yield "query", lambda entry: _url(entry, f"?{CANARY}={CANARY}&currency={CANARY}&pageSize={CANARY}")
    yield "headers of the answer", lambda entry: _headers(entry["response"])
    yield "headers of the request", lambda entry: _headers(entry["request"])
    yield "status", lambda entry: entry["response"].update(status=int(DIGITS))
    yield "day", lambda entry: entry.update(startedDateTime=f"2026-06-01T{CANARY}")
    yield "comment", lambda entry: entry.update(comment=CANARY, _note=CANARY, pageref=CANARY)


def _content(entry: Any, change: Any) -> None:
    content = entry["response"]["content"]
    content["text"] = change(content["text"])


def _post(entry: Any, change: Any) -> None:
    if "postData" in entry["request"]:
        entry["request"]["postData"]["text"] = change(entry["request"]["postData"]["text"])


def _url(entry: Any, query: str) -> None:
    entry["request"]["url"] = entry["request"]["url"].partition("?")[0] + query


def _headers(part: Any) -> None:
    for row in part["headers"]:
        row["value"] = CANARY
    names = ("set-cookie", f"gw-{CANARY}", f"x-{CANARY}", CANARY, "kc-api-key", "retry-after")
    part["headers"] += [{"name": name, "value": CANARY} for name in names]


PLACES: Final = dict(places())


@pytest.mark.parametrize("place", PLACES)
def test_no_value_is_shown(place: str) -> None:
    """Canaries at one kind of place in every call, refused ones included, are in no report and in no patch."""
    har = recording()
    for entry in har["log"]["entries"]:
        PLACES[place](entry)
    assert silent(outputs(checked(har)))


def test_the_changes_are_seen() -> None:
    """The canaries of answers, requests and headers do make findings: silence is no lack of them."""
    for place in ("answer names", "answer maps", "answer values", "request maps", "headers of the answer", "query"):
        har = recording()
        for entry in har["log"]["entries"]:
            PLACES[place](entry)
        assert len(checked(har).findings) > 5, place


def broken(har: Har) -> Iterator[tuple[str, bytes]]:
    """Files that are no HAR, all with canaries near the place where they break."""
    entry = next(entries_of(har, "list_accounts"))
    text = json.dumps({"log": {"entries": [entry, json.loads(json.dumps(entry))]}})
    whole = text.replace("demo-broker", CANARY).replace('"comment": "', f'"comment": "{CANARY}')
    for place in range(10, len(whole), len(whole) // 12):
        yield f"cut off at {place}", whole[:place].encode()
        yield f"spoilt at {place}", (whole[:place] + CANARY + whole[place:]).encode()
    for name in ("request", "response", "startedDateTime"):
        yield f"{name} is a text", json.dumps({"log": {"entries": [{**entry, name: CANARY}]}}).encode()
        yield f"{name} is a list", json.dumps({"log": {"entries": [{**entry, name: [CANARY, {CANARY: 1}]}]}}).encode()
    for part, field in (("request", "url"), ("request", "method"), ("response", "status"), ("response", "headers")):
        for value in (CANARY, [CANARY], {CANARY: CANARY}, None, f"http://[{CANARY}"):
            changed = {**entry, part: {**entry[part], field: value}}
            yield f"{field} is {type(value).__name__}", json.dumps({"log": {"entries": [changed]}}).encode()
    yield "no JSON", CANARY.encode()
    yield "no UTF-8", b'{"log": {"entries": ["' + CANARY.encode() + b'\xff\xfe"]}}'
    yield "another object", json.dumps({CANARY: {CANARY: CANARY}}).encode()
    yield "a list", json.dumps([CANARY]).encode()


def test_no_message_shows_a_value(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is wrong with a file, the message, the output and the log have no canary."""
    caplog.set_level(logging.DEBUG)
    failed = 0
    for number, (what, data) in enumerate(broken(recording())):
        file = tmp_path / f"{number}.har"
        file.write_bytes(data)
        ended = run(str(file))
        assert silent(ended.output + ended.stderr), what
        assert ended.exit_code in (0, 1, 2), (what, ended.exception)
        failed += ended.exit_code == 2
    assert failed > 35
    assert silent(caplog.text)


def run(*arguments: str) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(drift, arguments, catch_exceptions=False)


def test_no_traceback_shows_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours while an entry is compared names the line of our source, and nothing of the entry."""

    def fail(self: Comparison, *call: object) -> None:
        raise KeyError(CANARY, call)

    monkeypatch.setattr(Comparison, "take", fail)
    with pytest.raises(HarError, match=r"entry 2: .*KeyError in test_canaries\.py, line \d+") as raised:
        checked(recording())
    assert silent("".join(traceback.format_exception(raised.value)))
