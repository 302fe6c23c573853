"""JSON that keeps how it was written: the order of members, repeated members, the digits of numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any, Final, NamedTuple

from simulator.core.nesting import too_deep


class TooDeepError(ValueError):
    """JSON that is nested deeper than the cap."""


class Members(list[tuple[str, Any]]):
    """An object: its members in order."""


class Number(str):
    """A number as its digits; also any other text that is written without quotes."""

    __slots__ = ()


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=Number
)


def read_json(text: str) -> Any:
    """The value of a JSON text. Raises `ValueError`, and `TooDeepError` if it is nested too deeply."""
    if too_deep(text):
        raise TooDeepError("nested too deeply")
    try:
        return _DECODER.decode(text)
    except RecursionError:  # the caller has used up most of the stack
        raise TooDeepError("nested too deeply") from None


def written(value: Any) -> str:
    """A value of `read_json` as compact JSON. It does not recurse, so the value may be nested deeply."""
    pieces: list[str] = []
    left: list[Any] = [value]
    """Values that are still to be written, the next one last."""
    while left:
        value = left.pop()
        if isinstance(value, Number):
            pieces.append(str(value))
        elif isinstance(value, Members):
            parts: list[Any] = [Number("{")]
            for place, (name, inner) in enumerate(value):
                parts += [Number(f"{',' if place else ''}{_quoted(name)}:"), inner]
            left += reversed([*parts, Number("}")])
        elif isinstance(value, list):
            parts = [Number("[")]
            for place, inner in enumerate(value):
                parts += [Number(","), inner] if place else [inner]
            left += reversed([*parts, Number("]")])
        else:
            pieces.append(_quoted(value))
    return "".join(pieces)


class _Open(NamedTuple):
    """An object or a list whose members are being mapped."""

    left: Iterator[tuple[str, Any]]
    """The members that are still to come; the items of a list have the list's name."""
    shown: list[Any]
    """The members that are done."""
    inside: bool
    keyed: bool
    """True if it is an object."""


def mapped(
    root: Any,
    show_name: Callable[[str], str],
    show: Callable[[str, Any, bool], Any],
    encloses: Callable[[str, bool], bool],
) -> tuple[Any, bool]:
    """A value of `read_json` with mapped names and values, and whether anything differs. It does not recurse.

    `show_name(name)` maps a name. `show(name, value, inside)` maps a value; `inside` is true within an object or list
    for which `encloses(name, is_object)` is true. The items of a list have the list's name.
    """
    top: list[Any] = []
    changed = False
    way = [_Open(iter([("", root)]), top, inside=False, keyed=False)]
    while way:
        left, into, inside, keyed = way[-1]
        for name, value in left:
            nested = isinstance(value, list)
            result: Any
            if nested:
                inner = isinstance(value, Members)
                result = Members() if inner else []
                members = iter(value) if inner else zip(repeat(name), value, strict=False)
                way.append(_Open(members, result, inside or encloses(name, inner), inner))
            else:
                result = show(name, value, inside)
                changed = changed or result is not value
            if keyed:
                mapped_name = show_name(name)
                changed = changed or mapped_name != name
                result = (mapped_name, result)
            into.append(result)
            if nested:
                break
        else:
            way.pop()
    return top[0], changed


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
