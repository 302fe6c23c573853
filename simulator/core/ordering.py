"""Sorting in parts, because one call of `sorted` over a hundred thousand rows would block all other threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import Any, Final, TypeVar

T = TypeVar("T")
RUN: Final = 1_000
"""The number of rows that are sorted at a time."""


def runs(rows: Iterable[T], key: Callable[[T], Any] | None = None) -> Iterator[list[T]]:
    """The rows in parts, each sorted."""
    remaining = iter(rows)
    while run := sorted(islice(remaining, RUN), key=key):  # type: ignore[type-var, arg-type]  # as sorted() has it
        yield run


def merged(parts: Iterable[list[T]], key: Callable[[T], Any] | None = None) -> Iterator[T]:
    """The rows of sorted parts, in order. Equal rows stay in the order of their parts."""
    return merge(*parts, key=key)  # type: ignore[arg-type]  # as sorted() has it


def in_order(rows: Iterable[T], key: Callable[[T], Any] | None = None) -> Iterator[T]:
    """All rows in the order of `sorted`."""
    return merged(runs(rows, key), key)
