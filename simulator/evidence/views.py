"""A journal entry as JSON data: its line in the list, or the whole entry. Everything here is redacted.

A part that cannot be shown is left out, and `evidence_failures` names it, so one bad entry does not take a list down.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import json

from simulator.core.endpoint import Subject
from simulator.core.value import Reply
from simulator.core.world import Now, World
from simulator.evidence import redaction
from simulator.evidence.changes import changes
from simulator.evidence.diagnosis.diagnosis import diagnose
from simulator.evidence.failures import attempt
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.redaction import Redactor
from simulator.messages import Answer, Request
from simulator.outcomes import Outcome

LONGEST: Final = 200
"""Characters of each client's text that a line shows."""
UNSHOWN: Final = "(could not be shown)"


class Blind(Redactor):
    """Shows nothing that a client sent. It is used if the search for the entry's secrets failed."""

    def __init__(self) -> None:
        self._literals = {}

    def text(self, text: str, most: int = redaction.LONGEST) -> str:
        """`UNSHOWN` in place of the text."""
        return UNSHOWN if text else ""

    sent = text

    def secret(self, value: str) -> str:
        """`UNSHOWN` in place of the text."""
        return self.text(value)

    otp = secret

    def request_parts(self) -> tuple[list[tuple[str, str]], str, str]:
        """`UNSHOWN` in place of the text."""
        return [], self.text("query"), self.text("body")

    def answer_parts(self) -> tuple[list[tuple[str, str]], str]:
        """`UNSHOWN` in place of the text."""
        return [], self.text("body")


BLIND: Final[Redactor] = Blind()
NOTHING: Final[dict[str, Any]] = {}
NO_CHANGES: Final[list[dict[str, Any]]] = []


def redactor(journal: Journal, entry: Entry, failures: list[str], *, elsewhere: bool = False) -> Redactor:
    """The redactor of an entry with this journal's settings; `BLIND` if the search for secrets fails.

    `elsewhere` = the entry is not in the journal. What its call minted is secret too, because the next call mints it.
    """

    def made() -> Redactor:
        known_secrets = journal.known()
        if elsewhere:
            known_secrets.learn(entry.before, entry.after)
        return Redactor(known_secrets, entry, show=journal.reporting.show_secrets)

    return attempt("the redaction", made, BLIND, failures)


def outside(journal: Journal, world: World, now: Now, user: str = "") -> Redactor:
    """A redactor for texts of a world that stand in no entry. `user` = whose one-time codes may stand there, too."""
    nothing = Request("GET", "", "", {}, "", b"")
    outcome = Outcome("", Subject(user), now, Reply())
    return redactor(journal, Entry(0, nothing, Answer(200, b""), outcome, world, world, 0), [], elsewhere=True)


def line(journal: Journal, entry: Entry) -> dict[str, Any]:
    """The entry's line in the list: user, call, time, outcome, and the diagnosis if the call was refused."""
    failures = [*entry.failures]
    return _with_failures(_line(entry, redactor(journal, entry, failures), failures), failures)


def _with_failures(data: dict[str, Any], failures: list[str]) -> dict[str, Any]:
    """The data, with the parts that could not be shown or written, if any."""
    return {**data, "evidence_failures": list(dict.fromkeys(failures))} if failures else data


def _line(entry: Entry, hide: Redactor, failures: list[str]) -> dict[str, Any]:
    outcome = entry.outcome

    def brief(text: str) -> str:
        return hide.text(text, LONGEST)

    data: dict[str, Any] = {
        "number": entry.number,
        "method": attempt("the method", lambda: brief(entry.request.method), UNSHOWN, failures),
        "path": attempt("the path", lambda: hide.sent(entry.request.path, LONGEST), UNSHOWN, failures),
        "status": entry.answer.status,
        "operation": outcome.operation,
        "user": outcome.subject.user,
        "client": outcome.subject.client,
        "business_time": outcome.now.business,
        "wall_time": outcome.now.wall,
        "microseconds": entry.duration,
        "outcome": outcome.word,
        "notes": attempt("the notes", lambda: [*map(brief, entry.notes)], [UNSHOWN], failures),
    }
    if outcome.struck:
        fault = outcome.struck.fault
        data["fault"] = {
            "id": outcome.struck.id,
            "at": fault.at,
            "effect": fault.effect,
            "custom": bool(fault.respond),
        }
        if happened := outcome.struck.happened:
            data["fault"]["happened"] = attempt("the fault", lambda: [*map(brief, happened)], [UNSHOWN], failures)
    if entry.refusal:
        diagnosis = attempt("the diagnosis", lambda: diagnose(entry, brief, thorough=False), NOTHING, failures)
        data |= {"diagnosis": diagnosis} if diagnosis else {}
    return data


def rendered(journal: Journal, entry: Entry) -> bytes:
    """The entry's line as JSON. It is cached for all readers of the journal."""
    failures: list[str] = []
    secret_count = attempt("the redaction", lambda: len(journal.known()), 0, failures)
    text = None if failures else journal.line_cache.get(entry.number, secret_count)
    if text is None:
        text = json.encode(line(journal, entry))
        if not failures:
            journal.line_cache.keep(entry.number, secret_count, text)
    return text


def exchanged(entry: Entry, hide: Redactor, failures: list[str]) -> dict[str, Any]:
    """Request and answer as JSON data. Bodies are texts as on the wire; a body that held a secret is written anew.

    Status 0 = the client got no answer, because of a fault.
    """
    request = entry.request
    withheld: list[tuple[str, str]] = []
    request_headers, query, request_body = attempt(
        "the request", hide.request_parts, (withheld, UNSHOWN, UNSHOWN), failures
    )
    answer_headers, answer_body = attempt("the answer", hide.answer_parts, (withheld, UNSHOWN), failures)
    return {
        "request": {
            "method": attempt("the method", lambda: hide.text(request.method), UNSHOWN, failures),
            "path": attempt("the path", lambda: hide.sent(request.prefix + request.path), UNSHOWN, failures),
            "query": query,
            "headers": dict(request_headers),
            "ip": request.ip,
            "body": request_body,
        },
        "answer": {"status": entry.answer.status, "headers": dict(answer_headers), "body": answer_body},
    }


def whole(journal: Journal, entry: Entry, *, elsewhere: bool = False) -> dict[str, Any]:
    """The whole entry: its line, the request, the answer, and what the call changed in the world."""
    failures = [*entry.failures]
    hide = redactor(journal, entry, failures, elsewhere=elsewhere)
    diagnosis = attempt("the diagnosis", lambda: diagnose(entry, hide.text), NOTHING, failures)
    data = {
        **_line(entry, hide, failures),
        **({"diagnosis": diagnosis} if diagnosis else {}),
        "workspace": entry.after.workspace,
        **exchanged(entry, hide, failures),
        "changes": attempt("the changes", lambda: _changed(entry, hide), NO_CHANGES, failures),
    }
    return _with_failures(data, failures)


def _changed(entry: Entry, hide: Redactor) -> list[dict[str, Any]]:
    return [change.as_data(hide) for change in changes(entry.before, entry.after)]
