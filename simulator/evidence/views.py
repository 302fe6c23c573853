"""What people see of an entry, as JSON data: a line of the list, or all of it. Everything here is redacted."""

from __future__ import annotations

from typing import Any, Final

from msgspec import json

from simulator.evidence.changes import changes
from simulator.evidence.diagnosis import diagnose
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.redaction import Redactor

LONGEST: Final = 200
"""Characters of anything a client sent that a line shows."""


def redactor(journal: Journal, entry: Entry) -> Redactor:
    """What hides an entry's secrets, as this journal wants it."""
    return Redactor(journal.known(), entry, show=journal.reporting.show_secrets)


def line(journal: Journal, entry: Entry, hide: Redactor | None = None) -> dict[str, Any]:
    """What the list shows: who, what, when, what came of it, and if it was refused, by which rule and why."""
    hide = hide or redactor(journal, entry)
    outcome = entry.outcome

    def brief(text: str) -> str:
        return hide.text(text[: 2 * LONGEST])[:LONGEST]

    data: dict[str, Any] = {
        "number": entry.number,
        "method": brief(entry.request.method),
        "path": hide.sent(entry.request.path[: 2 * LONGEST])[:LONGEST],
        "status": entry.answer.status,
        "operation": outcome.operation,
        "user": outcome.subject.user,
        "client": outcome.subject.client,
        "businessTime": outcome.now.business,
        "wallTime": outcome.now.wall,
        "microseconds": entry.duration,
        "outcome": outcome.word,
        "notes": list(map(brief, entry.notes)),
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
        data["diagnosis"] = diagnose(entry, brief, thorough=False)
    return data


def rendered(journal: Journal, entry: Entry) -> bytes:
    """The line as JSON. It is made once for all who read the journal."""
    known = len(journal.known())
    text = journal.shown.get(entry.number, known)
    if text is None:
        text = json.encode(line(journal, entry))
        journal.shown.keep(entry.number, known, text)
    return text


def exchanged(entry: Entry, hide: Redactor) -> dict[str, Any]:
    """Request and answer. Bodies are texts as they were on the wire; one that held a secret is written anew.

    An answer of status 0 is none: a fault kept it.
    """
    request = entry.request
    asked_headers, query, asked = hide.request_parts()
    answer_headers, answered = hide.answer_parts()
    return {
        "request": {
            "method": hide.text(request.method),
            "path": hide.sent(request.prefix + request.path),
            "query": query,
            "headers": dict(asked_headers),
            "ip": request.ip,
            "body": asked,
        },
        "answer": {"status": entry.answer.status, "headers": dict(answer_headers), "body": answered},
    }


def whole(journal: Journal, entry: Entry) -> dict[str, Any]:
    """All of an entry: its line, the request, the answer, and what it changed in the world."""
    hide = redactor(journal, entry)
    diagnosis = diagnose(entry, hide.text)
    return {
        **line(journal, entry, hide),
        **({"diagnosis": diagnosis} if diagnosis else {}),
        "workspace": entry.after.workspace,
        **exchanged(entry, hide),
        "changes": [each.as_data(hide) for each in changes(entry.before, entry.after)],
    }
