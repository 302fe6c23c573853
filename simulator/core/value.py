"""The base class of all values: frozen, equal by content, cheap to create and to copy with changes.

Change one with `msgspec.structs.replace`. Why msgspec and not dataclasses: docs/decisions.md.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Value(Struct, frozen=True, gc=False):
    """A frozen value. No value refers to itself, so the garbage collector does not have to track any."""


Command = Any
"""A frozen value of one of the wings; `OPERATIONS` lists them."""


class Reply(Value, frozen=True, kw_only=True):
    """The base class of all replies. `notes` for the journal name departures from the document and unknown fields."""

    notes: tuple[str, ...] = ()

    def data(self) -> Any:
        """The `data` of the response to a client.

        A reply that clients get overrides this method. The return type is the schema of the response.
        """
        raise NotImplementedError(f"{type(self).__name__} is no answer to a client")


def is_instant(field: str) -> bool:
    """True if a field of a value holds a time in ms."""
    return field in ("business", "at") or field.endswith("_at")
