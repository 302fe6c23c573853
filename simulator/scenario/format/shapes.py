"""What values of a scenario can look like, as data: the reader reads by them, the JSON Schema is made of them.

A record's keys say also which field of which value each becomes. A key that leads to no field is an error at import,
and so is one that is marked as obeyed by hand if no hand is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final

from simulator.core.value import Value
from simulator.scenario.format.scalars import Scalar


class Word(Value, frozen=True):
    """One of a closed list of words, and what each stands for. `expected` and `noun` are for messages."""

    values: Mapping[str, object]
    expected: str = ""
    noun: str = ""
    """What the words are, where there are too many of them to list."""


class List(Value, frozen=True):
    """A list of values of one shape, at least `least` of them."""

    of: Shape
    least: int = 0


class Names(Value, frozen=True):
    """A mapping of names of the user's own to values of one shape."""

    of: Shape
    name: Scalar | None = None
    """What a name must look like; None = anything but nothing."""
    least: int = 0
    known: Mapping[str, Shape] = {}
    """Names that are there without being said, each with its own shape: null takes such a one out."""

    def shape(self, name: str) -> Shape:
        """The shape of what stands under a name."""
        return self.known.get(name, self.of)


BY_HAND: Final = None
"""`into` of a key that becomes more, or something else, than one field: `by_hand` names it where it is obeyed."""


class Key(Value, frozen=True):
    """A key of a record: what stands under it, what it means in a line, and where it goes."""

    shape: Shape
    description: str
    required: bool = False
    into: str | None = ""
    """The field of the record's value that it becomes; "" = the one of its own name."""
    make: Callable[[Any], Any] | None = None
    """What makes the field's value of what was read; None = it is that value."""
    unmake: Callable[[Any], Any] | None = None
    """The inverse of `make`, by which the control surface shows the value; None = it shows the field as it is."""


class Record(Value, frozen=True):
    """A mapping with these keys and no others. A key with null is as good as absent."""

    keys: Mapping[str, Key]
    some: tuple[tuple[str, ...], ...] = ()
    """Of each of these groups of keys at least one is there."""
    apart: tuple[tuple[str, str], ...] = ()
    """Pairs of keys that exclude each other."""
    makes: type[Any] | None = None
    """The value whose fields the keys are; None = all keys are obeyed by hand."""

    def __post_init__(self) -> None:
        """Raise `LookupError` for a key that leads to no field."""
        for name in self.keys:
            field = self.field(name)
            if field and field not in getattr(self.makes, "__struct_fields__", ()):
                kind = self.makes.__name__ if self.makes else "nothing"
                raise LookupError(f"the key {name} is declared and not obeyed: {kind} has no field {field}")

    def part(self, name: str) -> Record | None:
        """The record under a key whose own keys are fields of the same value."""
        shape = self.keys[name].shape
        return shape if isinstance(shape, Record) and self.makes and shape.makes is self.makes else None

    def field(self, name: str) -> str:
        """The field that a key becomes; "" = it is obeyed by hand, or is a part with fields of its own."""
        into = self.keys[name].into
        return "" if self.makes is None or into is BY_HAND or self.part(name) else into or name


class Tagged(Value, frozen=True):
    """A mapping of which one key, `tag`, says what other keys it has."""

    tag: str
    description: str
    variants: Mapping[str, Record]


class Either(Value, frozen=True):
    """A shape for each kind of node: which it is shows at once."""

    expected: str
    scalar: Scalar | Word
    items: List | None = None
    entries: Record | None = None


Shape = Any
"""Scalar, Word, List, Names, Record, Tagged or Either."""


def fields(record: Record, found: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record's value that were read, by their names there. What is obeyed by hand is not among them."""
    values: dict[str, Any] = {}
    for name, value in found.items():
        if part := record.part(name):
            values |= fields(part, value)
        elif field := record.field(name):
            make = record.keys[name].make
            values[field] = make(value) if make else value
    return values


def by_hand(record: Record, *names: str) -> None:
    """Say which keys the caller's module obeys. Raise `LookupError` if others have no field."""
    without = {name for name in record.keys if not record.field(name) and not record.part(name)}
    if without != set(names):
        raise LookupError(f"keys that are declared and not obeyed, or obeyed and not declared: {without ^ set(names)}")


def words(*names: str, expected: str = "") -> Word:
    """Words that stand for themselves."""
    return Word({name: name for name in names}, expected)


def members(enumeration: Iterable[Enum]) -> Word:
    """The members of an enumeration, by their values."""
    return Word({str(member.value): member for member in enumeration})
