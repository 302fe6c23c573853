"""The making of a record from a journal: counts, examples, cited calls, and no secret."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from support.desk import START
from support.leaky_broker import Careless
from support.readiness_reports import CATALOGUE, situation
from support.wire import Asgi, Broker, still_app
from support.written_secrets import gives_away, minted

from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.journal import Entry
from simulator.evidence.readiness import assess, recording
from simulator.evidence.readiness.formats.terminal import lines
from simulator.evidence.readiness.formats.writing import FORMS, written
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.judging import judged
from simulator.evidence.readiness.record import ReadinessRecord, encode
from simulator.evidence.readiness.recording import Origin, record_of
from simulator.evidence.readiness.setup import SetupFinding
from simulator.evidence.readiness.situation import Occurrence
from simulator.evidence.redaction import Redactor
from simulator.evidence.secrets import KnownSecrets
from simulator.web.app import App

ORIGIN = Origin("1.0", "run", "default", "demo", 0, 1)


def leaking(history: History) -> Iterator[Occurrence]:
    """A detector that quotes everything that it sees."""
    for place, entry in enumerate(history.entries):
        request, number = entry.request, history.number(place)
        quoted = f"{request.path}?{request.query} {request.body!r} {request.headers!r} {entry.answer.body!r}"
        yield Occurrence(number, place % 3 != 0, f"#{number} said {quoted}", number)


LEAK = situation("leaks/everything", operations=("exchange_code",), detect=leaking)


def setup_leak(history: History) -> tuple[SetupFinding, ...]:
    """Findings that quote what clients sent."""
    texts = [f"{entry.request.query} {entry.request.body!r}" for entry in history.entries]
    return tuple(SetupFinding("setup/x", "x", text, text, 1, place + 1) for place, text in enumerate(texts))


@pytest.fixture
def careless(runner: asyncio.Runner) -> tuple[App, set[str]]:
    """An application to which everything has been done, and every secret that is known of."""
    app = still_app()
    played = Careless(Broker(Asgi(app, runner), lambda: START))
    played.everything()
    return app, played.secrets | minted(app.desk.exchange.world)


def test_no_secret_is_in_a_record_or_in_any_form_of_its_report(
    careless: tuple[App, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a detector that quotes whole requests and answers cannot put a token, a code or a secret into a report."""
    app, secrets = careless
    monkeypatch.setattr(assess, "SITUATIONS", (LEAK,))
    monkeypatch.setattr(assess, "setup_findings", setup_leak)
    monkeypatch.setattr(recording, "MOST_MISTAKES", 1_000)
    monkeypatch.setattr(recording, "MOST_OTHERS", 1_000)
    record = record_of([*app.desk.journal.after(0)], ORIGIN, ["test_a"])
    assert record
    assert len(record.situations[LEAK.id].examples) == app.desk.journal.last
    report = judged([record], [LEAK], rules(), "1.0")
    texts = {form: written(report, form).decode() for form in FORMS}
    texts |= {"record": encode(record).decode(), "terminal": "\n".join(lines(report))}
    assert len(secrets) > 20
    assert {(secret, form) for form, text in texts.items() for secret in secrets if gives_away(secret, text)} == set()


def test_secrets_stay_hidden_where_the_journal_shows_them(careless: tuple[App, set[str]]) -> None:
    """`--show-secrets` is for the journal; a report is a file that goes to other people."""
    app, secrets = careless
    object.__setattr__(app.desk.journal, "reporting", type(app.desk.journal.reporting)(show_secrets=True))
    record = record_of([*app.desk.journal.after(0)], ORIGIN)
    assert record
    assert not [secret for secret in secrets if gives_away(secret, encode(record).decode())]


def recorded(broker: Broker, situations: tuple[object, ...], monkeypatch: pytest.MonkeyPatch) -> ReadinessRecord:
    """The record of a broker's calls, with a catalogue."""
    monkeypatch.setattr(assess, "SITUATIONS", situations)
    assert isinstance(broker.send, Asgi)
    record = record_of([*broker.send.app.desk.journal.after(0)], ORIGIN, ["b", "a", "b"])
    assert record
    return record


def test_a_record_counts_all_and_shows_a_few(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a situation was reached, it is counted each time; mistakes are shown before other examples."""
    for _ in range(60):
        broker.send("GET", "/api/v1/timestamp")
    seen = situation("a/b", operations=("get_server_time",), detect=leaking)
    record = recorded(broker, (seen,), monkeypatch)
    sightings = record.situations["a/b"]
    assert (sightings.handled, sightings.broken, sightings.undecided) == (40, 20, 0)
    handled = [example.handled for example in sightings.examples]
    assert handled == [False] * recording.MOST_MISTAKES + [True] * recording.MOST_OTHERS
    assert {call.number for call in record.cited} == {example.entry for example in sightings.examples}
    assert record.operations == {"get_server_time": 60}
    assert record.tests == ("a", "b")
    assert (record.first, record.last, record.calls, record.missing) == (1, 60, 60, 0)


def test_cited_calls_are_those_of_the_journal(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call is shown with its method, path, status and outcome; a number that nobody keeps is left out."""

    def detect(history: History) -> Iterator[Occurrence]:
        yield Occurrence(1, False, "#1 and #2 and #999 are named", 2)

    broker.send("GET", "/api/v1/timestamp")
    broker.send("GET", "/api/v1/accounts")
    record = recorded(broker, (situation("a/b", operations=("get_server_time",), detect=detect),), monkeypatch)
    assert [(call.number, call.method, call.path, call.status, call.outcome) for call in record.cited] == [
        (1, "GET", "/api/v1/timestamp", 200, "OK"),
        (2, "GET", "/api/v1/accounts", 400, "HEADER_MISSING"),
    ]


def test_only_what_is_shown_is_redacted(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for secrets is made for the few calls that a record shows, however many there are."""
    redacted: list[int] = []

    class Counted(Redactor):
        def __init__(self, known_secrets: KnownSecrets, entry: Entry, *, show: bool = False) -> None:
            redacted.append(entry.number)
            super().__init__(known_secrets, entry, show=show)

    monkeypatch.setattr(recording, "Redactor", Counted)
    for _ in range(300):
        broker.send("GET", "/api/v1/timestamp")
    seen = situation("a/b", operations=("get_server_time",), detect=leaking)
    record = recorded(broker, (seen,), monkeypatch)
    assert len(redacted) == len(set(redacted)) == len(record.cited) < 20


def test_nothing_makes_no_record() -> None:
    """A workspace that nobody called has no record."""
    assert record_of([], ORIGIN) is None


def test_the_ring_may_have_lost_calls(broker: Broker) -> None:
    """A record says from which call on it knows everything."""
    for _ in range(5):
        broker.send("GET", "/api/v1/timestamp")
    assert isinstance(broker.send, Asgi)
    record = record_of([*broker.send.app.desk.journal.after(3)], ORIGIN)
    assert record
    assert (record.first, record.last, record.missing) == (4, 5, 3)


def test_the_small_catalogue_is_sound() -> None:
    """What the tests of reports are made of names rules that the ledger has."""
    assert {rule for each in CATALOGUE for rule in each.rules} <= rules().keys()
