"""The base of everything that is a value: frozen, equal by content, cheap to make and to change into another.

Change one with `msgspec.structs.replace`. Why msgspec and not dataclasses: docs/decisions.md.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Value(Struct, frozen=True, gc=False):
    """A frozen value. No value ever refers to itself, so the garbage collector need not look at any."""


Command = Any
"""A frozen value of one of the wings; `OPERATIONS` lists them."""


class Reply(Value, frozen=True, kw_only=True):
    """The base of every reply. `notes` are departures from the document, fields nobody read: for the journal."""

    notes: tuple[str, ...] = ()

    def data(self) -> Any:
        """The data of the answer that a client gets.

        A kind of reply that clients get has its own `data`. The type that this one returns is the answer's schema.
        """
        raise NotImplementedError(f"{type(self).__name__} is no answer to a client")
