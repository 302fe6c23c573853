"""What an `exec` leaves behind: the journal, the verdict and the refused calls, as files or as lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from msgspec import json

from simulator.evidence import views
from simulator.evidence.har import archive, archived
from simulator.evidence.verification import Verdict
from simulator.version import __version__
from simulator.web.app import App

KEYS: Final = ("number", "method", "path", "status", "operation", "user", "outcome")
"""What the list of refused calls has of each, besides the diagnosis with its rules and its fix."""
SHOWN: Final = 5
"""Refused calls that are texts of on the terminal, at most."""


def refused(app: App) -> list[dict[str, Any]]:
    """The calls of all workspaces that were refused for a reason of the client's, each with its rule and its fix."""
    calls = []
    for name, journal in journals(app):
        for entry in journal.after(0):
            if entry.refusal and not entry.outcome.struck:
                line = views.line(journal, entry)
                shown = {key: line[key] for key in KEYS}
                calls.append({"workspace": name, **shown, "diagnosis": line.get("diagnosis", {})})
    return calls


def journals(app: App) -> list[tuple[str, Any]]:
    """The journals of all workspaces, by name."""
    return [(desk.exchange.world.workspace, desk.journal) for desk in app.workspaces.desks()]


def lines(calls: list[dict[str, Any]]) -> list[str]:
    """Lines for the terminal about refused calls."""
    texts = []
    for call in calls[:SHOWN]:
        diagnosis = call["diagnosis"]
        expected = f"expected {diagnosis.get('expected')}, received {diagnosis.get('received')}"
        finding = (diagnosis.get("found") or [expected])[0]
        texts.append(f"refused: {call['method']} {call['path']} {call['outcome']}: {finding}")
    if len(calls) > SHOWN:
        texts.append(f"and {len(calls) - SHOWN} more refused calls; --report DIR writes all of them")
    return texts


def write(folder: Path, app: App, verdict: Verdict | None, calls: list[dict[str, Any]], run: dict[str, Any]) -> None:
    """Write `journal.har`, `verify.json`, `refused.json` and `run.json`. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = [archived(journal, entry) for _, journal in journals(app) for entry in journal.after(0)]
    (folder / "journal.har").write_bytes(b"".join(archive(entries, __version__)))
    (folder / "refused.json").write_bytes(json.format(json.encode(calls)))
    (folder / "run.json").write_bytes(json.format(json.encode(run)))
    if verdict:
        (folder / "verify.json").write_bytes(json.format(json.encode(verdict.as_data())))
