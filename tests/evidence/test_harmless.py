"""Whatever a request holds, its call is answered, and so are every view of its entry and every list that it is in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.desk import START, Key, payment
from support.wire import FORM, JSON, NEW, OLD, REFRESH, TOKEN, V1, WITHDRAWAL, Answer, Asgi, Broker, control, still_app

from simulator.core.nesting import DEEPEST
from simulator.core.refusals import Reason
from simulator.evidence.filters import EntryFilter
from simulator.evidence.journal import Entry, Journal, Reporting
from simulator.evidence.log_lines import human, logger, machine
from simulator.evidence.redaction import Redactor
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Condition, Fault
from simulator.web.control.journal_events import EventStream

DEEP = '{"a":' * 400 + "1" + "}" * 400
HUGE = (
    *("1e400000000", "-1e-400000000", "9" * 10_000, f"{'9' * 5_000}.{'9' * 5_000}", "1E+999999999999999999", "NaN"),
    *("1e999999999999999999999", "-0", "0." + "0" * 9_000 + "1", DEEP, "[" * 600, "[" * 499 + "]" * 499),
    *('"\\ud800"', '"\\u0000"', '{"a":1,"a":2,"":{"":[]}}', '"' + "%25" * 500 + '41"', '{"secret":' + DEEP + "}"),
    json.dumps([{"secret": f"abcdef{number}"} for number in range(70)]),
    json.dumps({f"name-{number}": number for number in range(300)}),
)
"""JSON values at which a reader may stumble."""
TEXTS = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30)
BYTES = st.binary(max_size=40).filter(lambda value: not set(value) & {0, 10, 13})
VALUES = st.sampled_from(HUGE) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
).map(json.dumps)
FIELDS = (
    *("currency", "address", "amount", "withdrawType", "chain", "isInner", "remark", "memo", "feeDeductType"),
    *("validation", "grant_type", "refresh_token", "scope", "authGroupMap", "isAddressbookOnly", "extra", "secret"),
)
BODIES = (
    st.binary(max_size=200)
    | VALUES.map(str.encode)
    | st.lists(st.tuples(st.sampled_from(FIELDS), VALUES), max_size=4).map(
        lambda pairs: ("{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}").encode()
    )
)
PATHS = st.sampled_from((REFRESH, NEW, OLD, WITHDRAWAL, TOKEN, "/api/v3/currencies/", "/api/v1/accounts", "/no/"))
HEADERS = st.dictionaries(
    st.sampled_from((b"authorization", b"kc-api-key", b"kc-api-sign", b"kc-api-timestamp", b"host", b"cookie", b"x")),
    BYTES,
    max_size=4,
)
KINDS = st.sampled_from((b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"", b"\xff"))
PLAIN = settings(max_examples=60, phases=(Phase.generate,))


class Standing(NamedTuple):
    """A simulator with a log and with faults that look into requests."""

    send: Asgi
    broker: Broker
    key: Key
    logged: list[str]


@pytest.fixture(scope="module")
def standing(runner: asyncio.Runner) -> Standing:
    """One for all: what was sent before makes no difference."""
    faults = [
        Fault(operation, match=(Condition(field, equals="never"),), at=at, refuse=Reason.PARAMETER_INVALID)
        for operation, field in (("withdraw", "amount"), ("withdraw", "remark"), ("verify_withdrawal", "address"))
        for at in ("before", "after_commit")
    ]
    send = Asgi(still_app(staging=Staging(faults)), runner)
    broker = Broker(send, lambda: START)
    key = broker.key("frank")
    logged: list[str] = []
    logs = [logger("human", logged.append), logger("json", logged.append)]

    def log(journal: Journal, entry: Entry) -> None:
        for write in logs:
            write(journal, entry)

    send.app.desk.journal.reporting = Reporting(log=log)
    return Standing(send, broker, key, logged)


def streamed(send: Asgi, since: int) -> str:
    """What a reader of the stream is sent of the entries after that number."""
    return b"".join(EventStream(send.app.desk.journal, EntryFilter(), since)._events()).decode()


def views(send: Asgi) -> Iterator[tuple[str, Answer]]:
    """Every view of the newest entry that is an answer, by its name."""
    number = send.app.desk.journal.last
    yield "list", send("GET", f"{V1}/requests?limit=3")
    yield "since", send("GET", f"{V1}/requests?since={number - 1}")
    yield "entry", send("GET", f"{V1}/requests/{number}")
    yield "archive", send("GET", f"{V1}/requests.har?limit=3")
    yield "wait", send("GET", f"{V1}/requests/wait?since={number - 1}&timeout=0")
    for at in ("now", "then"):
        yield f"explained {at}", control(send, "/explain", {"entry": number, "at": at})
    yield "unrouted", send("GET", f"{V1}/requests/unrouted")
    yield "ledger", send("GET", f"{V1}/ledger")
    yield "verdict", control(send, "/verify", {})


def shown(send: Asgi) -> str:
    """All that can be read of the newest entry, once every view has been looked at."""
    journal = send.app.desk.journal
    number = journal.last
    [entry] = journal.newest(1)
    answers = dict(views(send))
    assert {name: answer.status for name, answer in answers.items() if answer.status != 200} == {}
    assert all(json.loads(answer.body) for answer in answers.values())
    lines = [streamed(send, number - 1), human(journal, entry), machine(journal, entry)]
    assert human(journal, entry).isprintable()
    return "".join([*lines, *(answer.text for answer in answers.values())])


@PLAIN
@given(
    method=st.sampled_from(("GET", "POST", "DELETE")) | TEXTS.filter(bool),
    path=PATHS,
    tail=TEXTS,
    query=BYTES,
    kind=KINDS,
    headers=HEADERS,
    body=BODIES,
)
def test_any_request_is_answered_and_shown(
    standing: Standing,
    method: str,
    path: str,
    tail: str,
    query: bytes,
    kind: bytes,
    headers: dict[bytes, bytes],
    body: bytes,
) -> None:
    """Any bytes in method, path, query, headers and body: no error of ours, in the call or in any view of its entry."""
    target = path.encode() + tail.replace("?", "").encode("latin-1") + b"?" + query
    raw = [*headers.items(), (b"content-type", kind), (b"content-length", str(len(body)).encode())]
    answer = standing.send.raw(method, target, raw, [body])
    assert answer.status < 500
    assert "evidence_failures" not in shown(standing.send)


@PLAIN
@given(pairs=st.lists(st.tuples(st.sampled_from(FIELDS), VALUES), max_size=4))
def test_any_signed_payment_is_answered_and_shown(standing: Standing, pairs: list[tuple[str, str]]) -> None:
    """Any JSON in any field of a payment that is signed well, also where money moves."""
    text = json.dumps(payment())[:-1] + "".join(f',"{name}":{value}' for name, value in pairs) + "}"
    answer = standing.broker.signed(standing.key, "POST", WITHDRAWAL, text.encode())
    assert answer.status < 500
    assert "evidence_failures" not in shown(standing.send)


@pytest.mark.parametrize("path", [REFRESH, TOKEN, NEW, WITHDRAWAL, "/nowhere"])
@pytest.mark.parametrize("kind", ["application/json", FORM["content-type"], "text/plain", "", "text/html"])
def test_nested_json_breaks_no_view(standing: Standing, path: str, kind: str) -> None:
    """Two thousand bytes of nested JSON, as any kind of body, to any path."""
    assert standing.send("POST", path, DEEP.encode(), {"content-type": kind}).status < 500
    assert "evidence_failures" not in shown(standing.send)


def test_a_payment_with_a_nested_field_is_paid_and_answered(standing: Standing) -> None:
    """A field that nothing reads, nested four hundred deep: one payout, one answer, one line in each log."""
    before, lines = standing.broker.balance("frank"), len(standing.logged)
    answer = standing.broker.signed(
        standing.key, "POST", WITHDRAWAL, f'{json.dumps(payment())[:-1]},"extra":{DEEP}}}'.encode()
    )
    assert (answer.status, answer.json()["code"]) == (200, "200000")
    assert standing.broker.balance("frank") != before
    assert len(standing.logged) == lines + 2
    entry = standing.broker.entry(answer)
    assert entry["notes"] == ["fields that nothing read: extra"]
    assert DEEP in entry["request"]["body"]


@pytest.mark.parametrize(("depth", "reason"), [(DEEPEST, "PARAMETER_MISSING"), (DEEPEST + 1, "BODY_NOT_JSON")])
def test_the_deepest_body(standing: Standing, depth: int, reason: str) -> None:
    """At the cap a body is read and shown; one level more is not JSON that anybody reads, and its size is shown."""
    body = '{"a":' + "[" * (depth - 1) + '"[{"' + "]" * (depth - 1) + "}"
    entry = standing.broker.entry(standing.send("POST", REFRESH, body.encode(), JSON))
    assert entry["outcome"] == reason
    told = f"({len(body)} bytes of JSON, nested too deeply to show)"
    assert entry["request"]["body"] == (body if depth == DEEPEST else told)


def test_a_secret_is_found_at_any_depth(standing: Standing) -> None:
    """Nested as deeply as is read, a credential is hidden in its place and wherever else it stands."""
    depth = DEEPEST - 1
    body = '{"x":"hunter2-hunter2","secret":' + "[" * depth + '"hunter2-hunter2"' + "]" * depth + "}"
    standing.send("POST", "/hunter2-hunter2", body.encode(), JSON)
    assert "hunter2" not in shown(standing.send)


@pytest.mark.parametrize("count", [64, 65, 3_000])
def test_many_credentials_in_one_entry_are_all_hidden(standing: Standing, count: int) -> None:
    """Up to 64 are looked for everywhere; with more, no text of the entry is shown at all."""
    secrets = json.dumps({"secret": [f"abcdef-{number:04}" for number in range(count)]}).encode()
    standing.send("POST", f"/x/abcdef-{count - 1:04}", secrets, JSON)
    assert "abcdef" not in shown(standing.send)
    entry = json.loads(standing.send("GET", f"{V1}/requests/{standing.send.app.desk.journal.last}").body)
    assert (entry["path"] == "/x/(not ours)") == (count == 64)


class PlantedError(Exception):
    """What a test makes go wrong; its text must not be repeated."""


def _fail(*_: Any, **__: Any) -> Any:
    raise PlantedError("hunter2-hunter2")


def test_a_log_that_fails_is_told_in_the_entry(broker: Broker, send: Asgi) -> None:
    """The payment is made and answered although its log line cannot be written; the entry says so, list and all."""
    key = broker.key("frank")
    send.app.desk.journal.reporting = Reporting(log=_fail)
    answer = broker.withdraw(key)
    assert (answer.status, answer.json()["code"]) == (200, "200000")
    [failure] = broker.entry(answer)["evidence_failures"]
    assert failure.startswith("the log line: PlantedError in test_harmless.py, line ")
    assert send("GET", f"{V1}/requests").json()["requests"][0]["evidence_failures"] == [failure]
    assert send("GET", f"{V1}/requests.har").json()["log"]["entries"][-1]["_evidence_failures"] == [failure]
    assert "evidence_failures" not in send("GET", f"{V1}/requests").json()["requests"][1]


def test_a_waiter_that_fails_is_told_in_the_entry(broker: Broker, send: Asgi) -> None:
    """Others who wait are told all the same, and the caller has the answer."""
    told: list[int] = []
    journal = send.app.desk.journal
    with journal.subscribed(_fail), journal.subscribed(lambda: told.append(1)):
        answer = send("GET", "/api/v1/timestamp")
    assert (answer.status, told) == (200, [1])
    assert broker.entry(answer)["evidence_failures"][0].startswith("the notice to a waiting reader: PlantedError in ")


@pytest.mark.parametrize(
    ("place", "what"),
    [
        ("simulator.evidence.views.diagnose", "the diagnosis"),
        ("simulator.evidence.views.changes", "the changes"),
        ("simulator.evidence.redaction.Redactor._meet", "the redaction"),
        ("simulator.evidence.redaction.Redactor.request_parts", "the redaction"),
        ("simulator.evidence.redaction.Redactor.answer_parts", "the answer"),
        ("simulator.evidence.redaction.Redactor.sent", "the redaction"),
        ("simulator.evidence.journal.Journal.known", "the redaction"),
        ("simulator.evidence.har._request", ""),
    ],
)
def test_what_cannot_be_shown_is_told_and_nothing_else_is_lost(
    standing: Standing, monkeypatch: pytest.MonkeyPatch, place: str, what: str
) -> None:
    """Whatever part of a view fails, every view answers, and says which part it was without quoting anything."""
    monkeypatch.setattr(place, _fail)
    body = b'{"secret": "hunter2-hunter2"}'
    answer = standing.send("POST", "/nowhere/hunter2-hunter2", body, {**JSON, "kc-api-passphrase": "hunter2-hunter2"})
    assert answer.status == 404
    text = shown(standing.send)
    assert "hunter2" not in text
    entry = standing.broker.entry(answer)
    assert (entry["outcome"], entry["status"]) == ("UNKNOWN_PATH", 404)
    assert f"{what}: PlantedError" in " ".join(entry.get("evidence_failures", ["" if what else ": PlantedError"]))


def test_one_entry_that_cannot_be_shown_takes_no_list_down(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    """List, archive and stream have the entries before and after it as ever."""
    marked = f"/mark/{'x' * 10}"
    [standing.send("GET", path) for path in ("/before", marked, "/after")]
    begin = Redactor._meet

    def meet(self: Redactor, entry: Any) -> bool:
        return bool(_fail()) if entry.request.path == marked else begin(self, entry)

    monkeypatch.setattr(Redactor, "_meet", meet)
    last = standing.send.app.desk.journal.last
    shown_paths = [each["path"] for each in standing.send("GET", f"{V1}/requests?limit=3").json()["requests"]]
    assert shown_paths == ["/after", "(could not be shown)", "/before"]
    entries = standing.send("GET", f"{V1}/requests.har?limit=3").json()["log"]["entries"]
    assert ["_evidence_failures" in each for each in entries] == [False, True, False]
    assert streamed(standing.send, last - 3).count("\nid: ") == 2


def test_nothing_is_lost_of_an_entry_that_was_told_of(send: Asgi) -> None:
    """The ring's sum of bytes stays right when a failure is noted in an entry."""
    journal: Journal = send.app.desk.journal
    journal.reporting = Reporting(log=_fail)
    for _ in range(3):
        send("GET", "/api/v1/timestamp")
    assert journal._bytes == sum(entry.size for entry in journal.after(0))
    assert [len(entry.failures) for entry in journal.after(0)] == [1, 1, 1]
