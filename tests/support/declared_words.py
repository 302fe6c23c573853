"""What no line of a rule reads, written down once more: words that parameters take, and fields that never change."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final

from msgspec import NODEFAULT, UNSET
from msgspec.structs import fields

from simulator.core.data import Data
from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS

WRITTEN: Final = Path(__file__).parents[1] / "core" / "declared_words.txt"
EMPTY: Final = (None, False, 0, "", "0", ())


def words_of(parameter: Any) -> str:
    """The words that a parameter takes, with blanks between them; "" if it takes others too."""
    words = getattr(parameter, "words", ())
    return " ".join(word.value if isinstance(word, Enum) else word for word in words)


def vocabularies(endpoint: Endpoint) -> Iterator[str]:
    """A line for each parameter that takes some words only."""
    for parameter in endpoint.parameters:
        if words := words_of(parameter):
            yield f"{endpoint.name} {parameter.name}: {words}"


def kinds(kind: type[Data]) -> Iterator[type[Data]]:
    """All classes of data below one."""
    for child in kind.__subclasses__():
        yield child
        yield from kinds(child)


def constants(kind: type[Data]) -> Iterator[str]:
    """A line for each field that has one value always, unless the value is empty."""
    for field in fields(kind):
        if field.default not in (NODEFAULT, UNSET, *EMPTY):
            yield f"{kind.__name__} {field.encode_name} = {field.default!r}"


def written(_: str = "") -> str:
    """The whole file."""
    of_the_core = [kind for kind in kinds(Data) if kind.__module__.startswith("simulator.core.")]
    words = [line for endpoint in ENDPOINTS for line in vocabularies(endpoint)]
    always = sorted({line for kind in of_the_core for line in constants(kind)})
    parts = ("# Parameters that take these words only", *words, "", "# Fields that have this value always", *always)
    return "".join(f"{line}\n" for line in parts)
