"""The log line of a call, for a terminal or for a log collector. It holds no secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import json

from simulator.evidence import views
from simulator.evidence.failures import attempt
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.signatures.report import SIGNATURES, explain_signature
from simulator.printing import Printable, joined, line, painted, printable

GREEN, RED, YELLOW, DIM = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m"
NO_ANSWER: Final = "---"
LONGEST_SEARCHED: Final = 4_096
"""Bytes of a body whose wrong signature is explained here. Those of a longer one are in `GET /requests/{number}`."""


def human(journal: Journal, entry: Entry, *, colours: bool = False) -> Printable:
    """The log line of an entry, see `line_of`. The search for the mistake in a signature takes some milliseconds."""
    data = views.line(journal, entry)
    return line_of(data, entry.after.workspace, mistake=_mistake(journal, entry), colours=colours)


def line_of(data: dict[str, Any], workspace: str, *, mistake: str = "", colours: bool = False) -> Printable:
    """`12:00:00.000 default/4 GET /api/v1/timestamps 404 0.3 ms - - UNKNOWN_PATH: Nearest served is ...`.

    `data` is a line of `GET /requests`. The time is the wall clock's, UTC. `---` = no answer, `-` = no operation, no
    known user. The cause of a refusal stands at the end; `mistake` is that of a wrong signature.
    """
    wall = data["wall_time"]
    second = datetime.fromtimestamp(wall // 1000, UTC).strftime("%H:%M:%S")
    outcome = data["outcome"]
    where = f"{second}.{wall % 1000:03d} {workspace}/{data['number']}"
    what = f"{data['method']} {data['path']} {data['status'] or NO_ANSWER} {data['microseconds'] / 1000:.1f} ms"
    who = f"{data['operation'] or '-'} {data['user'] or '-'}"
    cause = _cause(data, mistake)
    rest = f": {cause}" if cause else ""
    if "fault" in data:
        rest += f" fault {data['fault']['id']}: {data['fault']['effect']}"
    if data["notes"]:
        rest += f" ({'; '.join(data['notes'])})"
    if colours:
        colour = YELLOW if "fault" in data else GREEN if outcome == "OK" else RED
        return joined(painted(where, DIM), f" {what} {who} ", painted(outcome, colour), painted(rest, DIM))
    return printable(f"{where} {what} {who} {outcome}{rest}")


def _cause(data: dict[str, Any], mistake: str) -> str:
    """The mistake in a wrong signature, else the first finding, else what was expected; "" if a fault refused it."""
    diagnosis = data.get("diagnosis", {})
    if "reason" not in diagnosis or "fault" in data:
        return ""
    if mistake:
        return mistake
    if diagnosis["found"]:
        return str(diagnosis["found"][0])
    parts = ("expected", diagnosis["expected"]), ("received", diagnosis["received"])
    return ", ".join(f"{word} {text}" for word, text in parts if text)


def _mistake(journal: Journal, entry: Entry) -> str:
    """How a wrong signature was made, as one sentence; "" if it is not known, or something else was refused."""
    refusal = entry.refusal
    if refusal is None or refusal.reason not in SIGNATURES or entry.outcome.prevented:
        return ""
    if len(entry.request.body) > LONGEST_SEARCHED:
        return ""

    def searched() -> str:
        explanation = explain_signature(entry, refusal.reason, views.redactor(journal, entry, []).text)
        return str(explanation["says"]) if explanation and explanation["recipe"] else ""

    return attempt("the cause of the wrong signature", searched, "", [])


def machine(journal: Journal, entry: Entry) -> Printable:
    """The line of `GET /requests` as JSON, with the workspace."""
    return printable(json.encode({"workspace": entry.after.workspace, **views.line(journal, entry)}).decode())


def logger(format: str, write: Callable[[str], object], *, colours: bool = False) -> Callable[[Journal, Entry], None]:
    """A function that writes a line per call. `format` is `human` or `json`; `write` neither fails nor blocks."""

    def log(journal: Journal, entry: Entry) -> None:
        write(line(machine(journal, entry) if format == "json" else human(journal, entry, colours=colours)))

    return log
