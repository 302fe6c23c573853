"""What a failing test's report says of the exchange: refused calls with rule and fix, and faults without effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from .problems import SimulatorError

if TYPE_CHECKING:
    from .workspace import KucoinWorkspace

MOST: Final = 10
"""Refused calls that are shown; the newest."""
PERFORMED: Final = ("OK", "NOT_PERFORMED")


def section(workspace: KucoinWorkspace, replay: str) -> str:
    """The text of the section."""
    try:
        lines = [*_refused(workspace), *_unused_faults(workspace)]
    except (SimulatorError, KeyError) as error:  # a report must not hide the failure that it is about
        lines = [f"the simulator cannot be asked: {error}"]
    where = f"workspace {workspace.name} at {workspace.url}, scenario {workspace.info['scenario']}"
    return "\n".join([where, *(lines or ["no call was refused"]), f"replay: {replay}"])


def _refused(workspace: KucoinWorkspace) -> Iterator[str]:
    entries = [entry for entry in workspace.requests() if entry["outcome"] not in PERFORMED]
    if len(entries) > MOST:
        yield f"{len(entries)} calls were refused; the last {MOST}:"
    for entry in entries[-MOST:]:
        diagnosis: dict[str, Any] = dict(entry.get("diagnosis", {}))
        if "SIGNATURE" in entry["outcome"]:  # the list leaves out the search for the mistake in a signature
            diagnosis = dict(workspace.client.request(entry["number"]).get("diagnosis", {}))
        staged = ", staged by the scenario" if diagnosis.get("staged") else ""
        yield f"#{entry['number']} {entry['method']} {entry['path']}: {entry['status']} {entry['outcome']}{staged}"
        yield from (f"    {line}" for line in _explained(diagnosis))


def _explained(diagnosis: dict[str, Any]) -> Iterator[str]:
    """The rule, what was expected and received, and how to mend it."""
    for rule in diagnosis.get("rules", ())[:2]:
        quote = f'"{rule["quote"]}" - ' if rule["quote"] else ""
        yield f"rule {rule['id']}: {quote}{rule['reading']} ({rule['grade']})"
    if diagnosis.get("expected"):
        yield f"expected {diagnosis['expected']}; received {diagnosis.get('received') or 'nothing'}"
    elif diagnosis.get("received") and not diagnosis.get("staged"):
        yield f"received {diagnosis['received']}"
    signature = diagnosis.get("signature")
    if signature:
        yield f"signature: {signature['says']}"
    advice = [*diagnosis.get("found", ()), *diagnosis.get("causes", ())]
    yield from (f"fix: {line}" for line in advice[:2])


def _unused_faults(workspace: KucoinWorkspace) -> Iterator[str]:
    for fault in workspace.client.faults()["faults"]:
        if not fault["hits"]:
            seen = f"; {fault['seen']} calls were looked at" if fault["seen"] else ""
            keys = {name: value for name, value in fault.items() if name not in {"id", "hits", "seen", "spent"}}
            yield f"fault {fault['id']} never took effect{seen}: {json.dumps(keys)}"
