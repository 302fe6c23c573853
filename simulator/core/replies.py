"""What an operation answers when it says yes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The base of every reply. `notes` are departures from the document, fields nobody read: for the journal."""

    notes: tuple[str, ...] = ()
