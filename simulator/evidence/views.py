"""What people see of an entry, as JSON data: a line of the list, or all of it. Everything here is redacted.

A part that cannot be shown is left out, and `evidence_failures` names it: one bad entry takes no list down.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import json

from simulator.evidence import redaction
from simulator.evidence.changes import changes
from simulator.evidence.diagnosis.diagnosis import diagnose
from simulator.evidence.failures import attempt
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.redaction import Redactor

LONGEST: Final = 200
"""Characters of anything a client sent that a line shows."""
UNSHOWN: Final = "(could not be shown)"


class Blind(Redactor):
    """Shows nothing that a client sent: for an entry whose secrets nobody could find."""

    def __init__(self) -> None:
        self._literals = {}

    def text(self, text: str, most: int = redaction.LONGEST) -> str:
        """Nothing of it."""
        return UNSHOWN if text else ""

    sent = text

    def secret(self, value: str) -> str:
        """Nothing of it."""
        return self.text(value)

    otp = secret

    def request_parts(self) -> tuple[list[tuple[str, str]], str, str]:
        """Nothing of it."""
        return [], self.text("query"), self.text("body")

    def answer_parts(self) -> tuple[list[tuple[str, str]], str]:
        """Nothing of it."""
        return [], self.text("body")


BLIND: Final[Redactor] = Blind()
NOTHING: Final[dict[str, Any]] = {}
NO_CHANGES: Final[list[dict[str, Any]]] = []


def redactor(journal: Journal, entry: Entry, failures: list[str], *, elsewhere: bool = False) -> Redactor:
    """What hides an entry's secrets, as this journal wants it; all that a client sent if they cannot be found.

    `elsewhere` = the entry is not in the journal: what its call minted is a secret too, for the next call mints it.
    """

    def made() -> Redactor:
        known = journal.known()
        if elsewhere:
            known.learn(entry.before, entry.after)
        return Redactor(known, entry, show=journal.reporting.show_secrets)

    return attempt("the redaction", made, BLIND, failures)


def line(journal: Journal, entry: Entry) -> dict[str, Any]:
    """What the list shows: who, what, when, what came of it, and if it was refused, by which rule and why."""
    failures = [*entry.failures]
    return _telling(_line(entry, redactor(journal, entry, failures), failures), failures)


def _telling(data: dict[str, Any], failures: list[str]) -> dict[str, Any]:
    """The data, and what went wrong with it, if anything did."""
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
    if entry.refusal:
        diagnosis = attempt("the diagnosis", lambda: diagnose(entry, brief, thorough=False), NOTHING, failures)
        data |= {"diagnosis": diagnosis} if diagnosis else {}
    return data


def rendered(journal: Journal, entry: Entry) -> bytes:
    """The line as JSON. It is made once for all who read the journal."""
    failures: list[str] = []
    known = attempt("the redaction", lambda: len(journal.known()), 0, failures)
    text = None if failures else journal.shown.get(entry.number, known)
    if text is None:
        text = json.encode(line(journal, entry))
        if not failures:
            journal.shown.keep(entry.number, known, text)
    return text


def exchanged(entry: Entry, hide: Redactor, failures: list[str]) -> dict[str, Any]:
    """Request and answer. Bodies are texts as they were on the wire; one that held a secret is written anew.

    An answer of status 0 is none: a fault kept it.
    """
    request = entry.request
    withheld: list[tuple[str, str]] = []
    asked_headers, query, asked = attempt("the request", hide.request_parts, (withheld, UNSHOWN, UNSHOWN), failures)
    answer_headers, answered = attempt("the answer", hide.answer_parts, (withheld, UNSHOWN), failures)
    return {
        "request": {
            "method": attempt("the method", lambda: hide.text(request.method), UNSHOWN, failures),
            "path": attempt("the path", lambda: hide.sent(request.prefix + request.path), UNSHOWN, failures),
            "query": query,
            "headers": dict(asked_headers),
            "ip": request.ip,
            "body": asked,
        },
        "answer": {"status": entry.answer.status, "headers": dict(answer_headers), "body": answered},
    }


def whole(journal: Journal, entry: Entry, *, elsewhere: bool = False) -> dict[str, Any]:
    """All of an entry: its line, the request, the answer, and what it changed in the world."""
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
    return _telling(data, failures)


def _changed(entry: Entry, hide: Redactor) -> list[dict[str, Any]]:
    return [each.as_data(hide) for each in changes(entry.before, entry.after)]
