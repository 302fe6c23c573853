"""JSON as it was written: members in order, also repeated ones, and numbers by their digits."""

from __future__ import annotations

import json
from typing import Any, Final


class Members(list[tuple[str, Any]]):
    """An object: its members in order."""


class Number(str):
    """A number, by its digits."""

    __slots__ = ()


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=Number
)


def read_json(text: str) -> Any:
    """What a JSON text says. Raises `ValueError`, also for one that is nested too deeply."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def written(value: Any) -> str:
    """What `read_json` has read as compact JSON."""
    if isinstance(value, Members):
        return "{" + ",".join(f"{_quoted(name)}:{written(each)}" for name, each in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return str(value) if isinstance(value, Number) else _quoted(value)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
