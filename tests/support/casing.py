"""How names are written: ours in snake_case, so that KuCoin's camelCase shows whose word a name is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

SNAKE: Final = re.compile(r"[a-z][a-z0-9_]*")
STANDARDS: Final = ("GET /requests.har", "GET /openapi.json", "GET /schema/scenario.json")
"""Control calls whose replies have the names of a published format."""
MAPS: Final = {
    "headers",
    "match",
    "refuse",
    "grant",
    "balances",
    "trade",
    "created",
    "chains",
    "prices_usdt",
    "prices",
} | {
    "address_book",
    "prices",
    "deposit_addresses",
    "situations",
    "leanings",
}
"""Maps whose names are data: headers, KuCoin's parameters in a fault, permissions, currencies, situations."""


def names(value: Any, path: str = "") -> Iterator[str]:
    """The names in JSON data that this project chose, each behind the names that lead to it."""
    if isinstance(value, list):
        for item in value:
            yield from names(item, path)
    elif isinstance(value, dict):
        for name, part in value.items():
            if path.rpartition(".")[2] not in MAPS:
                yield f"{path}.{name}"
            if name != "changes":  # rows with the values that they had
                yield from names(part, f"{path}.{name}")


def wrong_names(value: Any) -> list[str]:
    """The names of ours that are not in snake_case."""
    return [path for path in names(value) if not SNAKE.fullmatch(path.rpartition(".")[2])]


def declared_names(schema: Any, path: str = "") -> Iterator[str]:
    """The names of fields that a JSON Schema declares."""
    if isinstance(schema, list | tuple):
        for part in schema:
            yield from declared_names(part, path)
    elif isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            yield f"{path}.{name}"
            yield from declared_names(part, f"{path}.{name}")
        for word in ("items", "anyOf", "allOf", "oneOf", "additionalProperties", "then"):
            yield from declared_names(schema.get(word), path)
