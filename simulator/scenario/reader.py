"""Nodes -> values by declared type. Every problem is collected; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from ipaddress import ip_address
from typing import Final, TypeVar

from simulator.core import spec
from simulator.scenario.nodes import Node, Problem

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Read = Callable[[Node, str], T | None]
"""Reads a node at a path; None when it could not, and then a problem has been noted."""

AMOUNT: Final = re.compile(r"\d{1,30}(\.\d{1,30})?", re.ASCII)
DURATION: Final = re.compile("".join(rf"(?:(\d{{1,15}}){unit})?" for unit in ("d", "h", "m", "s", "ms")), re.ASCII)
DURATION_UNITS: Final = (spec.DAY, spec.HOUR, spec.MINUTE, spec.SECOND, 1)


def duration_ms(text: str) -> int | None:
    """`1h30m`, `59m59s`, `3d`, `250ms` as milliseconds; None when it is no duration."""
    match = DURATION.fullmatch(text)
    if not text or not match:
        return None
    return sum(int(part) * unit for part, unit in zip(match.groups(), DURATION_UNITS, strict=True) if part)


def instant_ms(text: str) -> int | None:
    """An ISO 8601 instant with a zone as milliseconds since 1970; None when it is none."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        return None
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000


def _ip(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


class Reader:
    """Reads one file's nodes and remembers what was wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def wrong(self, node: Node, path: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.file, node.line, node.column, path, message))

    def entries(self, node: Node, path: str) -> dict[str, tuple[Node, Node]]:
        """The (key, value) nodes of a mapping by name; a key that stands twice is a problem."""
        if node.entries is None:
            if not node.is_null:
                self.wrong(node, path, f"expected a mapping, found {node.kind}")
            return {}
        found: dict[str, tuple[Node, Node]] = {}
        for key, value in node.entries:
            if key.text is None:
                self.wrong(key, path, f"a key must be a word, found {key.kind}")
            elif key.text in found:
                self.wrong(key, join(path, key.text), f"stands twice; first on line {found[key.text][0].line}")
            else:
                found[key.text] = (key, value)
        return found

    def names(self, node: Node) -> set[str]:
        """The keys of a mapping that have a value; nothing is noted."""
        return {key.text for key, value in node.entries or () if key.text is not None and not value.is_null}

    def fields(self, node: Node, path: str, known: Mapping[str, Read[object]]) -> dict[str, object]:
        """A mapping with these keys and no others. An absent or null key is not in the answer."""
        values: dict[str, object] = {}
        for name, (key, value) in self.entries(node, path).items():
            read = known.get(name)
            if read is None:
                self.wrong(key, join(path, name), f"unknown key{suggestion(name, known)}")
            elif not value.is_null:
                found = read(value, join(path, name))
                if found is not None:
                    values[name] = found
        return values

    def mapping_of(self, read: Read[T]) -> Read[dict[str, T]]:
        """A mapping of names of the user's own to values of one type."""

        def reader(node: Node, path: str) -> dict[str, T]:
            found: dict[str, T] = {}
            for name, (_, value) in self.entries(node, path).items():
                each = read(value, join(path, name))
                if each is not None:
                    found[name] = each
            return found

        return reader

    def list_of(self, read: Read[T]) -> Read[tuple[T, ...]]:
        """A list of values of one type."""

        def reader(node: Node, path: str) -> tuple[T, ...] | None:
            if node.items is None:
                self.wrong(node, path, f"expected a list, found {node.kind}")
                return None
            values = (read(each, f"{path}[{place}]") for place, each in enumerate(node.items))
            return tuple(value for value in values if value is not None)

        return reader

    def text(self, node: Node, path: str) -> str | None:
        """Any scalar but null, as it is written."""
        if node.text is None or node.is_null:
            self.wrong(node, path, f"expected text, found {node.kind}")
            return None
        return node.text

    def _scalar(self, node: Node, path: str, convert: Callable[[str], T | None], expected: str) -> T | None:
        value = convert(node.text) if node.text is not None else None
        if value is None:
            self.wrong(node, path, f"expected {expected}, found {node.kind}")
        return value

    def boolean(self, node: Node, path: str) -> bool | None:
        """`true` or `false`."""
        return self._scalar(node, path, {"true": True, "false": False}.get, "true or false")

    def integer(self, node: Node, path: str) -> int | None:
        """A whole number, 0 or more."""
        return self._scalar(
            node, path, lambda text: int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else None, "a whole number"
        )

    def amount(self, node: Node, path: str) -> Decimal | None:
        """A decimal number, exact."""
        return self._scalar(
            node, path, lambda text: Decimal(text) if AMOUNT.fullmatch(text) else None, "an amount such as 0.5"
        )

    def base32(self, node: Node, path: str) -> str | None:
        """The secret of an authenticator."""
        return self._scalar(
            node,
            path,
            lambda text: text if re.fullmatch(r"([A-Z2-7]{8}){2,}", text, re.ASCII) else None,
            "base32 digits (A-Z, 2-7), a multiple of 8 and at least 16",
        )

    def ip(self, node: Node, path: str) -> str | None:
        """An IP address in full; brokers register addresses, not networks (s2)."""
        return self._scalar(node, path, _ip, "an IP address such as 203.0.113.7 (no network, no name)")

    def positive(self, node: Node, path: str) -> int | None:
        """A whole number, 1 or more."""
        number = self.integer(node, path)
        if number == 0:
            self.wrong(node, path, "must be at least 1")
            return None
        return number

    def duration(self, node: Node, path: str) -> int | None:
        """A duration, in ms."""
        return self._scalar(node, path, duration_ms, "a duration such as 59m59s or 3d")

    def instant(self, node: Node, path: str) -> int | None:
        """An instant, in ms."""
        return self._scalar(node, path, instant_ms, "a time such as 2026-06-01T00:00:00Z")

    def word(self, words: Iterable[str]) -> Read[str]:
        """One of a closed list of words."""
        allowed = tuple(words)

        def reader(node: Node, path: str) -> str | None:
            if node.text not in allowed:
                hint = suggestion(node.text or "", allowed)
                self.wrong(node, path, f"expected one of {', '.join(allowed)}, found {node.kind}{hint}")
                return None
            return node.text

        return reader

    def member(self, words: type[E]) -> Read[E]:
        """A member of an enumeration, by its value."""
        read = self.word(str(word.value) for word in words)

        def reader(node: Node, path: str) -> E | None:
            text = read(node, path)
            return None if text is None else words(text)

        return reader


def join(path: str, name: str) -> str:
    """`given` and `users` -> `given.users`."""
    return f"{path}.{name}" if path else name


def suggestion(word: str, known: Iterable[str]) -> str:
    """` (did you mean ...?)`, or nothing."""
    near = get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
