"""The encoder of a state: `State` -> JSON text in small steps, so that other work can run between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from msgspec import Raw, Struct, json
from rpds import HashTrieMap, List, Queue

from simulator.core.ordering import merged, runs
from simulator.core.spec import PAGE_REVISION
from simulator.core.world import Statement
from simulator.exchange import State
from simulator.state.decoding import PLAIN, ClockState, Exported, decoded, fields, has_key, word_of
from simulator.state.indexes import exported_statement

VERSION: Final = 1
MANY: Final = 100
"""A list or table with more items is written item by item."""


def exported(state: State) -> Iterator[bytes]:
    """The state with the versions of this form and of KuCoin's page, as pieces; an empty piece is only a pause."""
    content = Exported(state.world, ClockState(state.business, state.mark.scale), state.mark.staging)
    yield json.encode({"version": VERSION, "page": PAGE_REVISION})[:-1] + b',"state":'
    yield from _pieces(content)
    yield b"}"


def data_of(value: Any) -> Any:
    """The value as JSON data."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, Statement):
        value = exported_statement(value)
    if isinstance(value, Struct):
        return {name: data_of(getattr(value, name)) for name in fields(type(value))}
    if isinstance(value, Enum):
        return word_of(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, HashTrieMap):
        return [_row_data(key, row) for key, row in sorted(value.items(), key=itemgetter(0))]
    if isinstance(value, frozenset):
        return sorted(map(data_of, value))
    if isinstance(value, tuple | List | Queue):
        return [data_of(item) for item in value]
    raise TypeError(f"there is no form for {type(value)}")


def _row_data(key: Any, row: Any) -> Any:
    return data_of(row) if has_key(type(row)) else [key, data_of(row)]


def _pieces(value: Any) -> Iterator[bytes]:
    if isinstance(value, Statement):
        value = exported_statement(value)
    if not _is_large(value):
        yield json.encode(data_of(value))
    elif isinstance(value, HashTrieMap):
        parts = []
        for part in runs(value.items(), itemgetter(0)):
            parts.append(part)
            yield b""
        yield from _joined(b"[]", (_row(key, row) for key, row in merged(parts, itemgetter(0))))
    elif isinstance(value, Struct):
        members = ((name, getattr(value, name)) for name in fields(type(value)))
        yield from _joined(b"{}", (chain((json.encode(name) + b":",), _pieces(part)) for name, part in members))
    else:
        yield from _joined(b"[]", map(_pieces, value))


def _row(key: Any, row: Any) -> Iterable[bytes]:
    if has_key(type(row)):
        return _pieces(row)
    if _is_large(row):
        return _joined(b"[]", map(_pieces, (key, row)))
    return (json.encode((data_of(key), data_of(row))),)


def _joined(brackets: bytes, parts: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """One or more parts, each of one or more pieces, between brackets."""
    separator = brackets[:1]
    for part in parts:
        for piece in part:
            yield separator + piece
            separator = b""
        separator = b","
    yield brackets[1:]


def _is_large(value: Any) -> bool:
    """True if a value is or holds a table or list of more than `MANY` items."""
    if isinstance(value, Struct):
        return any(_is_large(part) for name in fields(type(value)) if type(part := getattr(value, name)) not in PLAIN)
    return isinstance(value, HashTrieMap | tuple | List | Queue) and len(value) > MANY


def opened(state: Raw) -> Any:
    """The data that `decoding.imported` takes; rows of the world's tables are still JSON. Raises `WrongError`."""
    members = _split(state, b"{", dict[str, Raw])
    if not isinstance(members, dict):
        return members
    data = {name: _split(part, b"{", dict[str, Raw]) for name, part in members.items() if name == "world"}
    if isinstance(world := data.get("world"), dict):
        data["world"] = {name: _split(table, b"[", list[Raw]) for name, table in world.items()}
    return {name: data.get(name) or decoded(part) for name, part in members.items()}


def _split(data: Raw, bracket: bytes, kind: Any) -> Any:
    """The undecoded items of an object or list with that bracket; anything else decoded."""
    return decoded(data, kind if bytes(memoryview(data)[:1]) == bracket else Any)
