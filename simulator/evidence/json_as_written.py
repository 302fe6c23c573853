"""JSON as it was written: members in order, also repeated ones, and numbers by their digits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any, Final, NamedTuple

from simulator.core.nesting import too_deep


class TooDeepError(ValueError):
    """JSON that is nested deeper than anybody reads."""


class Members(list[tuple[str, Any]]):
    """An object: its members in order."""


class Number(str):
    """A number, by its digits; also anything else that is written as it is."""

    __slots__ = ()


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=Number
)


def read_json(text: str) -> Any:
    """What a JSON text says. Raises `ValueError`, and `TooDeepError` for one that is nested too deeply."""
    if too_deep(text):
        raise TooDeepError("nested too deeply")
    try:
        return _DECODER.decode(text)
    except RecursionError:  # the caller has used up most of the stack
        raise TooDeepError("nested too deeply") from None


def written(value: Any) -> str:
    """What `read_json` has read as compact JSON. It does not recurse, so the value may be nested deeply."""
    pieces: list[str] = []
    left: list[Any] = [value]
    """What is still to be written, the next last."""
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
    """An object or a list that is being gone through."""

    left: Iterator[tuple[str, Any]]
    """Its members that are still to come; those of a list go by the list's name."""
    shown: list[Any]
    """What has become of those that have been."""
    inside: bool
    keyed: bool
    """Whether it is an object."""


def mapped(
    root: Any,
    show_name: Callable[[str], str],
    show: Callable[[str, Any, bool], Any],
    encloses: Callable[[str, bool], bool],
) -> tuple[Any, bool]:
    """What `read_json` has read with other names and values, and whether anything is another one. It does not recurse.

    `show` gets the name, the value and whether it lies within something that `encloses`, which is asked of the name of
    each object and list and of whether it is an object; a list's values go by the list's name.
    """
    top: list[Any] = []
    changed = False
    way = [_Open(iter([("", root)]), top, inside=False, keyed=False)]
    while way:
        left, into, inside, keyed = way[-1]
        for name, value in left:
            nested = isinstance(value, list)
            shown: Any
            if nested:
                inner = isinstance(value, Members)
                shown = Members() if inner else []
                members = iter(value) if inner else zip(repeat(name), value, strict=False)
                way.append(_Open(members, shown, inside or encloses(name, inner), inner))
            else:
                shown = show(name, value, inside)
                changed = changed or shown is not value
            if keyed:
                shown_name = show_name(name)
                changed = changed or shown_name != name
                shown = (shown_name, shown)
            into.append(shown)
            if nested:
                break
        else:
            way.pop()
    return top[0], changed


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
