"""The parameters of a request, each declared once: what reads one is what the documents and faults know of it.

A parameter stands in the query or in the body. A function reads its parameters in the order in which it judges them;
the documents list them as they are declared. Problems are `FieldProblem`s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Final, Generic, TypeVar

from simulator.core.gateway.paging import LARGEST_PAGE, SMALLEST_PAGE, read_whole, read_word
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.value import Value

E = TypeVar("E", bound=Enum)
_WHOLE: Final = lazy_pattern(r"-?\d{1,15}", re.ASCII)


class Parameter(Value, frozen=True):
    """KuCoin's name for it, what to tell people about it, and whether it is compulsory."""

    name: str
    description: str = ""
    required: bool = False

    @property
    def matchable(self) -> tuple[str, ...]:
        """The single values in it that a fault can match: a field in an object is written with a dot."""
        return (self.name,)


class Text(Parameter, frozen=True):
    """Any text of at most `longest` characters. `pattern` is for the documents: who reads it looks more closely."""

    pattern: str = ""
    longest: int | None = None

    def read(self, fields: Fields, *, required: bool = False) -> str:
        """The text, "" when absent. `required` = compulsory here, if it is not always."""
        text = fields.text(self.name, required=self.required or required)
        if self.longest is not None and len(text) > self.longest:
            raise FieldProblem(self.name, f"must have at most {self.longest} characters", text)
        return text


class Word(Parameter, frozen=True, kw_only=True):
    """One of a closed list, in lower case if it can be written in `any_case`."""

    words: tuple[str, ...]
    any_case: bool = False

    def read(self, fields: Fields) -> str:
        """The word, "" when absent."""
        if self.any_case:
            fields = Fields({self.name: fields.text(self.name).lower()})
        return read_word(fields, self.name, self.words, required=self.required)


class Member(Parameter, Generic[E], frozen=True, kw_only=True):
    """One of a closed list, as a member of an enumeration."""

    words: type[E]

    def read(self, fields: Fields, *, optional: bool = False) -> E | None:
        """The member, None when absent. `optional` = can be absent here, although it is compulsory elsewhere."""
        return fields.word(self.name, self.words, required=self.required and not optional)


class Whole(Parameter, frozen=True):
    """A whole number."""

    least: int = 0
    most: int | None = None

    def read(self, fields: Fields) -> int | None:
        """The number, None when absent."""
        number = read_whole(fields, self.name, self.least)
        if number is not None and self.most is not None and number > self.most:
            raise FieldProblem(self.name, f"must be at most {self.most}", number)
        return number


class JsonWhole(Whole, frozen=True):
    """A whole number of a body: a number of JSON, or text."""

    def read(self, fields: Fields) -> int | None:
        """The number, None when absent."""
        value = fields.raw(self.name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise FieldProblem(self.name, "must be a whole number", value)
        if value < self.least:
            raise FieldProblem(self.name, f"must be at least {self.least}", value)
        if self.most is not None and value > self.most:
            raise FieldProblem(self.name, f"must be at most {self.most}", value)
        return value


class Positive(Parameter, frozen=True):
    """An amount: text or a number."""

    def read(self, fields: Fields) -> Decimal:
        """The amount, which is compulsory wherever it is read."""
        return fields.amount(self.name)


class Flag(Parameter, frozen=True):
    """True or false."""

    def read(self, fields: Fields) -> bool:
        """The boolean, false when absent."""
        return fields.boolean(self.name)


class Flags(Parameter, frozen=True, kw_only=True):
    """An object of booleans, at least one of which is true."""

    names: tuple[str, ...]

    @property
    def matchable(self) -> tuple[str, ...]:
        """Each boolean."""
        return tuple(f"{self.name}.{name}" for name in self.names)

    def read(self, fields: Fields) -> frozenset[str]:
        """The names of those that are true."""
        flags = fields.raw(self.name)
        if not isinstance(flags, Mapping):
            raise FieldProblem(self.name, "must be an object of permissions and booleans", flags)
        for name, flag in flags.items():
            if name not in self.names:
                raise FieldProblem(f"{self.name}.{name}", f"must be one of {', '.join(self.names)}", flag)
            if not isinstance(flag, bool):
                raise FieldProblem(f"{self.name}.{name}", "must be true or false", flag)
        names = frozenset(name for name, flag in flags.items() if flag)
        if not names:
            raise FieldProblem(self.name, "must ask for at least one permission", flags)
        return names


class Group(Parameter, frozen=True, kw_only=True):
    """An object with parameters of its own."""

    fields: tuple[Parameter, ...]

    @property
    def matchable(self) -> tuple[str, ...]:
        """What can be matched of its own parameters."""
        return tuple(f"{self.name}.{name}" for field in self.fields for name in field.matchable)

    def read(self, fields: Fields) -> Fields:
        """What is in the object."""
        group = fields.raw(self.name)
        if not isinstance(group, Mapping):
            raise FieldProblem(self.name, "must be an object", group)
        return Fields(group)


class Items(Parameter, frozen=True, kw_only=True):
    """A list of objects, each with these parameters."""

    fields: tuple[Parameter, ...]

    @property
    def matchable(self) -> tuple[str, ...]:
        """Nothing: an item of a list has no name."""
        return ()

    def read(self, fields: Fields) -> list[object]:
        """The items as they came."""
        return fields.items(self.name)


class Absent(Parameter, frozen=True):
    """Makes another operation of the call, at the same place, if it is there: here it is absent or null."""

    @property
    def matchable(self) -> tuple[str, ...]:
        """Nothing: it has no value here."""
        return ()


def names_of(parameters: Iterable[Parameter]) -> tuple[str, ...]:
    """KuCoin's names for these."""
    return tuple(parameter.name for parameter in parameters)


CURRENCY: Final = Text("currency")
NEEDED_CURRENCY: Final = Text("currency", required=True)
CHAIN: Final = Text("chain")
ONE_CHAIN: Final = Text("chain", "A chainId; the currency's default chain without")
AMOUNT: Final = Positive("amount", required=True)
SPAN: Final = (Whole("startAt", "ms"), Whole("endAt", "ms"))
"""As `paging.read_span` reads them."""
PAGE: Final = (Whole("currentPage", least=1), Whole("pageSize", least=SMALLEST_PAGE, most=LARGEST_PAGE))
"""As `paging.read_page` reads them."""
