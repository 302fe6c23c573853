"""What an operation answers when it says yes."""

from __future__ import annotations

from simulator.core.value import Value


class Reply(Value, frozen=True, kw_only=True):
    """The base of every reply. `notes` are departures from the document, fields nobody read: for the journal."""

    notes: tuple[str, ...] = ()
