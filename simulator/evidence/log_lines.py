"""The log line of a call, for a terminal or for a log collector. It holds no secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import json

from simulator.evidence import views
from simulator.evidence.journal import Entry, Journal
from simulator.printing import Printable, joined, line, painted, printable

GREEN, RED, YELLOW, DIM = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m"
NO_ANSWER: Final = "---"


def human(journal: Journal, entry: Entry, *, colours: bool = False) -> Printable:
    """`12:00:00.000 default/4 GET /api/v1/timestamps 404 - - UNKNOWN_PATH 0.3 ms: Nearest served is ...`.

    The time is the wall clock's, UTC. `---` = no answer, `-` = no operation, no known user. The first finding about a
    refused call stands at the end.
    """
    data = views.line(journal, entry)
    wall = data["wall_time"]
    second = datetime.fromtimestamp(wall // 1000, UTC).strftime("%H:%M:%S")
    outcome = data["outcome"]
    where = f"{second}.{wall % 1000:03d} {entry.after.workspace}/{entry.number}"
    what = f"{data['method']} {data['path']} {data['status'] or NO_ANSWER}"
    who = f"{data['operation'] or '-'} {data['user'] or '-'}"
    rest = f"{data['microseconds'] / 1000:.1f} ms"
    if "fault" in data:
        rest += f" fault {data['fault']['id']}: {data['fault']['effect']}"
    if data["notes"]:
        rest += f" ({'; '.join(data['notes'])})"
    if finding := _finding(data):
        rest += f": {finding}"
    if colours:
        colour = YELLOW if "fault" in data else GREEN if outcome == "OK" else RED
        return joined(painted(where, DIM), f" {what} {who} ", painted(outcome, colour), " ", painted(rest, DIM))
    return printable(f"{where} {what} {who} {outcome} {rest}")


def _finding(data: dict[str, Any]) -> str:
    """The first finding about a refused call, else what was expected and received; "" if a fault refused it."""
    diagnosis = data.get("diagnosis", {})
    if "reason" not in diagnosis or "fault" in data:
        return ""
    if diagnosis["found"]:
        return str(diagnosis["found"][0])
    parts = ("expected", diagnosis["expected"]), ("received", diagnosis["received"])
    return ", ".join(f"{word} {text}" for word, text in parts if text)


def machine(journal: Journal, entry: Entry) -> Printable:
    """The line of `GET /requests` as JSON, with the workspace."""
    return printable(json.encode({"workspace": entry.after.workspace, **views.line(journal, entry)}).decode())


def logger(format: str, write: Callable[[str], object], *, colours: bool = False) -> Callable[[Journal, Entry], None]:
    """A function that writes a line per call. `format` is `human` or `json`; `write` neither fails nor blocks."""

    def log(journal: Journal, entry: Entry) -> None:
        write(line(machine(journal, entry) if format == "json" else human(journal, entry, colours=colours)))

    return log
