"""A query's parameters, each declared once: what reads it is what the documents say of it.

A function reads its parameters in the order in which it judges them; the documents have them as they are declared.
Problems are `FieldProblem`s.
"""

from __future__ import annotations

from typing import Final

from simulator.core.gateway.paging import LARGEST_PAGE, SMALLEST_PAGE, read_whole, read_word
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.value import Value


class Parameter(Value, frozen=True):
    """KuCoin's name for it, what to tell people about it, and whether it is compulsory."""

    name: str
    description: str = ""
    required: bool = False


class Text(Parameter, frozen=True, kw_only=True):
    """Any text. `pattern` is what the documents say of it, for whoever reads it more closely."""

    pattern: str = ""

    def read(self, query: Fields) -> str:
        """The text, "" when absent."""
        return query.text(self.name, required=self.required)


class Word(Parameter, frozen=True, kw_only=True):
    """One of a closed list."""

    words: tuple[str, ...]

    def read(self, query: Fields) -> str:
        """The word, "" when absent."""
        return read_word(query, self.name, self.words, required=self.required)


class Whole(Parameter, frozen=True, kw_only=True):
    """A whole number."""

    least: int = 0
    most: int | None = None

    def read(self, query: Fields) -> int | None:
        """The number, None when absent."""
        number = read_whole(query, self.name, self.least)
        if number is not None and self.most is not None and number > self.most:
            raise FieldProblem(self.name, f"must be at most {self.most}", number)
        return number


CURRENCY: Final = Text("currency")
NEEDED_CURRENCY: Final = Text("currency", required=True)
CHAIN: Final = Text("chain")
ONE_CHAIN: Final = Text("chain", "A chainId; the currency's default chain without")
SPAN: Final = (Whole("startAt", "ms"), Whole("endAt", "ms"))
"""As `paging.read_span` reads them."""
PAGE: Final = (Whole("currentPage", least=1), Whole("pageSize", least=SMALLEST_PAGE, most=LARGEST_PAGE))
"""As `paging.read_page` reads them."""
