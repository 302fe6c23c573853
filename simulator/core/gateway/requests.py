"""The named fields of a request, read one by one; what nothing reads is listed.

A field that is missing or of the wrong kind raises `FieldProblem`; the operation says which refusal that is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from reprlib import Repr
from typing import Final, TypeVar
from urllib.parse import unquote_plus

from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.quoting import listed
from simulator.core.refusals import NOT_IN_RANGE, Reason, Refusal
from simulator.core.value import Value

E = TypeVar("E", bound=Enum)

AMOUNT: Final = lazy_pattern(r"\d{1,30}(\.\d{1,30})?", re.ASCII)
MAXIMUM_BODY: Final = 65_536
"""Bytes of a request's body that are read. No documented call needs a tenth of it, and the log keeps thousands."""
LONGEST_EXPONENT: Final = 64
"""A JSON number such as 1e999999 is not written out: it is no amount."""
_BRIEF: Final = Repr()
_BRIEF.maxstring = _BRIEF.maxother = 80


def pairs(text: str, errors: str = "replace") -> list[tuple[str, str]]:
    """The names and values of a query or a form, decoded, in order, empty values as well.

    The same as `parse_qsl` in a third of its time. `errors` = "strict" raises `UnicodeDecodeError`.
    """
    parts = [part.partition("=") for part in text.split("&") if part]
    if "%" in text or "+" in text:
        return [(unquote_plus(name, errors=errors), unquote_plus(value, errors=errors)) for name, _, value in parts]
    return [(name, value) for name, _, value in parts]


class Body(Value, frozen=True):
    """A request's body, decoded, or why it could not be. The operation looks inside once the caller is known."""

    fields: Mapping[str, object] | None
    problem: Reason | None = None
    encoding: str = "json"
    detail: str = ""

    def opened(self) -> Mapping[str, object]:
        """The fields, or the refusal of a body that could not be read."""
        if self.fields is None:
            assert self.problem is not None
            raise Refusal(self.problem, received=self.detail, limit=self.detail, field=self.detail)
        return self.fields


class FieldProblem(Exception):
    """A field is missing or not what it should be."""

    def __init__(self, field: str, problem: str, received: object = None) -> None:
        super().__init__(field, problem)
        self.field = field
        self.problem = problem
        self.received = "absent" if received is None else _BRIEF.repr(received)
        self._kind = type(received).__name__

    def secret(self) -> FieldProblem:
        """The problem without the value, which must stay secret: only its type is left."""
        self.received = self.received if self.received == "absent" else f"a {self._kind}"
        return self

    def within(self, place: str) -> FieldProblem:
        """The problem, seen from outside: `factorType` in `factors[0]` is `factors[0].factorType`."""
        self.field = f"{place}.{self.field}"
        return self

    def refusal(self, reason: Reason = Reason.PARAMETER_INVALID, *, in_query: bool = False) -> Refusal:
        """The refusal that names the field. `in_query` = it is a parameter of a query, not a field of a body."""
        return Refusal(reason, field=self.field, problem=self.problem, received=self.received, expected=self.problem)


class NotInRange(FieldProblem):
    """A value is none of a closed list."""

    def __init__(self, field: str, known: Iterable[str], received: object) -> None:
        super().__init__(field, f"must be one of {', '.join(known)}", received)

    def refusal(self, reason: Reason = Reason.PARAMETER_INVALID, *, in_query: bool = False) -> Refusal:
        """The refusal in KuCoin's words: they name a field of a body, and no parameter of a query.

        [H93/not-in-range]
        """
        if reason is not Reason.PARAMETER_INVALID:
            return super().refusal(reason)
        field, expected = "" if in_query else self.field, f"{self.field} {self.problem}"
        return Refusal(reason, field=field, problem=NOT_IN_RANGE, received=self.received, expected=expected)


def unread(values: Mapping[str, object], known: Container[str]) -> tuple[str, ...]:
    """A note that names the fields that nothing reads, in their order; none when every one is `known`."""
    names = [name for name in values if name not in known]
    return (f"fields that nothing read: {listed(names)}",) if names else ()


def unread_bytes(size: int) -> tuple[str, ...]:
    """A note on a body that is not read at all; none when it is empty."""
    return (f"a body of {size} bytes that nothing read (s4.1)",) if size else ()


@cache
def _by_value(words: type[E]) -> dict[str, E]:
    """The members of an Enum by their words. The Enum itself looks one up in Python, which takes much longer."""
    return {str(word.value): word for word in words}


class Fields:
    """Reads a mapping by name."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def raw(self, name: str) -> object:
        """The value as it came, None when absent; JSON's null counts as absent."""
        return self._values.get(name)

    def text(self, name: str, *, required: bool = False) -> str:
        """A string, "" when absent."""
        value = self._values.get(name)
        if value is None or value == "" or (required and isinstance(value, str) and not value.strip()):
            if required:
                raise FieldProblem(name, "is compulsory", value)
            return ""
        if not isinstance(value, str):
            raise FieldProblem(name, "must be a string", value)
        return value

    def items(self, name: str) -> list[object]:
        """A list."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise FieldProblem(name, "must be a list", value)
        return value

    def boolean(self, name: str) -> bool:
        """A boolean, false when absent."""
        value = self._values.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise FieldProblem(name, "must be true or false", value)
        return value

    def word(self, name: str, words: type[E], *, required: bool = False) -> E | None:
        """A member of a closed list."""
        value = self.text(name, required=required)
        if not value:
            return None
        members: dict[str, E] = _by_value(words)
        if value not in members:
            raise NotInRange(name, list(members), value)
        return members[value]

    def amount(self, name: str) -> Decimal:
        """A positive amount: a decimal string or a JSON number, kept exact [s8.2/amount-positive]."""
        value = self._values.get(name)
        if value is None or value == "":
            raise FieldProblem(name, "is compulsory", value)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            exact = isinstance(value, Decimal) and abs(value.adjusted()) < LONGEST_EXPONENT
            text = f"{value:f}" if exact else str(value)
            if AMOUNT.fullmatch(text) and (amount := Decimal(text)):
                return amount
        raise FieldProblem(name, "must be a positive decimal number", value)
