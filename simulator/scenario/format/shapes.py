"""The shapes of a scenario's values, as data: the reader uses them, and the JSON Schema is made of them.

A key of a record also says which field of which value it becomes. A key without a field is an error at import, and so
is a key that is marked `BY_HAND` but obeyed by no module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final

from simulator.core.value import Value
from simulator.scenario.format.scalars import Scalar


class OneOf(Value, frozen=True):
    """One of a closed list of words, each with its value. `expected`, `noun` and `listed_at` are for messages."""

    values: Mapping[str, object]
    expected: str = ""
    noun: str = ""
    """What the words are, if there are too many to list."""
    listed_at: str = ""
    """The control call that lists the words. It goes with `noun`."""


class List(Value, frozen=True):
    """A list of values of one shape, at least `least` of them."""

    of: Shape
    least: int = 0


class Names(Value, frozen=True):
    """A mapping from free names to values of one shape."""

    of: Shape
    name: Scalar | None = None
    """What a name must look like; None = any text that is not empty."""
    least: int = 0
    known: Mapping[str, Shape] = {}
    """Built-in names, each with its own shape. Null deletes such a name."""

    def shape(self, name: str) -> Shape:
        """The shape of a name's value."""
        return self.known.get(name, self.of)


BY_HAND: Final = None
"""`into` of a key that does not become exactly one field. The module that obeys it names it with `by_hand`."""


class Later(Value, frozen=True):
    """A shape that is imported when it is asked for: a text has few of the sections that a scenario can have."""

    load: Callable[[], Shape]


class Key(Value, frozen=True):
    """A key of a record: the shape of its value, a one-line description, and the field that it becomes."""

    declared: Shape | Later
    description: str
    required: bool = False
    into: str | None = ""
    """The field of the record's value that it becomes; "" = the field of the same name."""
    make: Callable[[Any], Any] | None = None
    """Makes the field's value of the value that was read; None = it is the same value."""
    unmake: Callable[[Any], Any] | None = None
    """The inverse of `make`, for the control surface; None = it shows the field's value as it is."""
    nullable: bool = False
    """True if null is a value of its own, None. Otherwise it counts as absent."""

    @property
    def shape(self) -> Shape:
        """The shape of the key's value."""
        return self.declared.load() if isinstance(self.declared, Later) else self.declared


class Record(Value, frozen=True):
    """A mapping with these keys and no others. A key with null counts as absent."""

    keys: Mapping[str, Key]
    some: tuple[tuple[str, ...], ...] = ()
    """Groups of keys; at least one key of each group is there."""
    apart: tuple[tuple[str, str], ...] = ()
    """Pairs of keys that exclude each other."""
    makes: type[Any] | None = None
    """The type whose fields the keys become; None = all keys are obeyed by hand."""

    def __post_init__(self) -> None:
        """Raise `LookupError` for a key without a field."""
        for name in self.keys:
            field = self.field(name)
            if field and field not in getattr(self.makes, "__struct_fields__", ()):
                kind = self.makes.__name__ if self.makes else "nothing"
                raise LookupError(f"the key {name} is declared and not obeyed: {kind} has no field {field}")

    def part(self, name: str) -> Record | None:
        """The nested record of a key, if its keys are fields of the same value; else None."""
        if self.makes is None:
            return None
        shape = self.keys[name].shape
        return shape if isinstance(shape, Record) and shape.makes is self.makes else None

    def field(self, name: str) -> str:
        """The field that a key becomes; "" = it is obeyed by hand, or is a nested record (`part`)."""
        into = self.keys[name].into
        return "" if self.makes is None or into is BY_HAND or self.part(name) else into or name


class Tagged(Value, frozen=True):
    """A mapping whose key `tag` says which other keys it has."""

    tag: str
    description: str
    variants: Mapping[str, Record]


class Either(Value, frozen=True):
    """A shape for each kind of node: scalar, list or mapping."""

    expected: str
    scalar: Scalar | OneOf | None = None
    items: List | None = None
    entries: Record | None = None


Values = dict[str, Any]
"""A mapping of the text as it was read: value by key. An absent key is not in it."""
Shape = Any
"""Scalar, OneOf, List, Names, Record, Tagged or Either."""


def fields(record: Record, values_read: Mapping[str, Any]) -> dict[str, Any]:
    """Field -> value of the keys that were read. Keys that are obeyed by hand are not among them."""
    values: dict[str, Any] = {}
    for name, value in values_read.items():
        if part := record.part(name):
            values |= fields(part, value)
        elif field := record.field(name):
            make = record.keys[name].make
            values[field] = make(value) if make else value
    return values


def by_hand(record: Record, *names: str) -> None:
    """Declare the keys that the calling module obeys. Raises `LookupError` unless they are those without a field."""
    without = {name for name in record.keys if not record.field(name) and not record.part(name)}
    if without != set(names):
        raise LookupError(f"keys that are declared and not obeyed, or obeyed and not declared: {without ^ set(names)}")


def words(*names: str, expected: str = "") -> OneOf:
    """A choice of words that are their own values."""
    return OneOf({name: name for name in names}, expected)


def members(enumeration: Iterable[Enum]) -> OneOf:
    """A choice of an enumeration's members, by their values."""
    return OneOf({str(member.value): member for member in enumeration})
