"""What values of a scenario can look like, as data: the reader reads by them, the JSON Schema is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

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


class Key(Value, frozen=True):
    """A key of a record: what stands under it, and what it means in a line."""

    shape: Shape
    description: str
    required: bool = False


class Record(Value, frozen=True):
    """A mapping with these keys and no others. A key with null is as good as absent."""

    keys: Mapping[str, Key]
    some: tuple[tuple[str, ...], ...] = ()
    """Of each of these groups of keys at least one is there."""
    apart: tuple[tuple[str, str], ...] = ()
    """Pairs of keys that exclude each other."""


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


def words(*names: str, expected: str = "") -> Word:
    """Words that stand for themselves."""
    return Word({name: name for name in names}, expected)


def members(enumeration: Iterable[Enum]) -> Word:
    """The members of an enumeration, by their values."""
    return Word({str(member.value): member for member in enumeration})
