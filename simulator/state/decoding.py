"""The decoder of an exported state: JSON data -> `State`. The form of an export is defined here.

The form follows the types of the values: a struct is an object, a tuple a list, an enum its word, a `Decimal` a string
of digits, a persistent map the list of its rows by key. It includes all secrets, because it must be complete.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import DecodeError, Raw, Struct, json
from msgspec.structs import replace
from rpds import HashTrieMap, List, Queue

from simulator.clock import LATEST
from simulator.core.value import Value, is_instant
from simulator.core.world import Agenda, BrokerBook, DepositBook, Stack, Statement, Trader, World
from simulator.exchange import Mark, State
from simulator.scenario.format.scalars import EARLIEST, LARGEST
from simulator.scenario.staging.armed import Standing
from simulator.state import indexes
from simulator.state.limits import problem

OURS: Final[Mapping[type[Struct], tuple[str, ...]]] = {
    World: ("origins", "touched", *indexes.DERIVED),
    DepositBook: ("spots",),
    BrokerBook: ("fills",),
    Trader: ("active", "client_oids", "stops", "waiting", "stop_client_oids"),
    Agenda: ("instants", "numbers"),
    Stack: ("at", "id", "ordered"),
}
"""Fields that are not exported: the server's own addresses, the rows that the last operation touched, most indexes."""
LEAST: Final = {("OrderTerms", "cancel_after"): -1}
"""The least whole number of a field, if it is not 0."""
PLAIN: Final = (str, int, bool, NoneType)
DIGITS: Final = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,150})?")
"""An amount as it can come of amounts that are written: a fee has the digits of four of them."""
Read = Callable[[Any], Any]
"""JSON data -> a value. Raises `WrongError`."""
K = TypeVar("K")
V = TypeVar("V")


class ClockState(Value, frozen=True):
    """The business clock: its instant in ms, and its scale."""

    business: int
    scale: Decimal


class Exported(Value, frozen=True):
    """The part of a `State` that is exported."""

    world: World
    clock: ClockState
    staging: Standing


class WrongError(Exception):
    """The data is not a state. `path` is the place below `state`: `.world.users[3].uid`."""

    def __init__(self, detail: str, path: str = "") -> None:
        super().__init__(detail)
        self.detail, self.path = detail, path

    def within(self, place: str) -> WrongError:
        """The error with `place` before its path."""
        self.path = place + self.path
        return self


class _Rows(Generic[K, V]):
    """Replaces `HashTrieMap` when type hints are read, because it has no type parameters at run time."""


class _Waiting(Generic[V]):
    """Replaces `List` when type hints are read."""


class _Queued(Generic[V]):
    """Replaces `Queue` when type hints are read."""


def imported(data: object, origins: tuple[str, ...]) -> State:
    """The `State` of an export's `state`, with these origins of the server. Raises `WrongError`.

    Only the form is checked; `consistency.problems` checks if the parts fit together. Items of a list may still be JSON
    text; each is decoded when it is read.
    """
    state = _reader(Exported)(data)
    world = indexes.indexed(replace(state.world, origins=origins))
    return State(world, state.clock.business, Mark(state.staging, state.clock.scale, 0))


@cache
def fields(cls: type[Struct]) -> tuple[str, ...]:
    """The fields of a struct that are exported."""
    return tuple(name for name in cls.__struct_fields__ if name not in OURS.get(cls, ()))


def word_of(member: Enum) -> str:
    """An enum member's word: its value, or its name if the value is not a text."""
    return member.value if isinstance(member.value, str) else member.name


def has_key(cls: Any) -> bool:
    """True if a row of a table holds its own key."""
    return isinstance(cls, type) and hasattr(cls, "key")


@cache
def _reader(hint: Any) -> Read:
    """The reader of data of a type."""
    hint = indexes.ExportedStatement if hint is Statement else hint
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _either(parts)
    if origin is Literal:
        return _one_of({word: word for word in parts})
    if origin is tuple:
        return _listed(parts[0], tuple) if parts[1:] == (...,) else _tuple(parts)
    if origin is frozenset:
        return _listed(parts[0], frozenset)
    if origin is _Waiting:
        return _listed(parts[0], List)
    if origin is _Queued:
        return _listed(parts[0], Queue)
    if origin is _Rows:
        return _table(_reader(parts[1])) if has_key(parts[1]) else _rows(_tuple(parts))
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(origin, type) and issubclass(origin, Struct):
        return _struct(origin, parts)
    if issubclass(hint, Enum):
        return _one_of({word_of(word): word for word in hint})
    return _struct(hint)


def _struct(cls: type[Struct], parts: tuple[Any, ...] = ()) -> Read:
    """A reader of a struct; `parts` replace the type variables of a generic one."""
    hints = get_type_hints(cls, localns={"HashTrieMap": _Rows, "List": _Waiting, "Queue": _Queued})
    hints = {name: hint[parts] if getattr(hint, "__parameters__", ()) else hint for name, hint in hints.items()}
    readers = {
        name: _instant
        if hints[name] is int and is_instant(name)
        else _from(LEAST[cls.__name__, name])
        if (cls.__name__, name) in LEAST
        else _reader(hints[name])
        for name in fields(cls)
    }

    def read(data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise WrongError("must be an object")
        values = {}
        for name, item in data.items():
            if name not in readers:
                raise WrongError("is unknown here", f".{name}")
            try:
                values[name] = readers[name](item)
            except WrongError as wrong:
                raise wrong.within(f".{name}") from None
            if violation := problem(cls.__name__, name, values[name]):
                raise WrongError(violation, f".{name}")
        for name in readers:
            if name not in values:
                raise WrongError("is missing", f".{name}")
        return cls(**values)

    return read


def _items(data: Any, read: Read) -> list[Any]:
    if not isinstance(data, list):
        raise WrongError("must be a list")
    return [_at(place, read, item) for place, item in enumerate(data)]


def decoded(data: Raw, kind: Any = Any) -> Any:
    """The data of a JSON text. Raises `WrongError`."""
    try:
        return json.decode(data, type=kind)
    except (DecodeError, RecursionError) as error:
        raise WrongError(f"is not JSON: {error}") from None


def _at(place: int, read: Read, item: Any) -> Any:
    try:
        return read(decoded(item) if isinstance(item, Raw) else item)
    except WrongError as wrong:
        raise wrong.within(f"[{place}]") from None


def _listed(part: Any, make: Callable[[list[Any]], Any]) -> Read:
    read = _reader(part)
    return lambda data: make(_items(data, read))


def _tuple(parts: tuple[Any, ...]) -> Read:
    readers = [_reader(part) for part in parts]

    def read(data: Any) -> tuple[Any, ...]:
        if not isinstance(data, list) or len(data) != len(readers):
            raise WrongError(f"must be a list of {len(readers)}")
        return tuple(_at(place, read, data[place]) for place, read in enumerate(readers))

    return read


def _table(read: Read) -> Read:
    """A reader of rows that hold their own keys."""
    return _rows(lambda data: ((row := read(data)).key, row))


def _rows(read: Read) -> Read:
    def read_all(data: Any) -> HashTrieMap[Any, Any]:
        table: HashTrieMap[Any, Any] = HashTrieMap()
        for place, (key, row) in enumerate(_items(data, read)):
            if key in table:
                raise WrongError("is repeated", f"[{place}]")
            table = table.insert(key, row)
        return table

    return read_all


def _either(parts: tuple[Any, ...]) -> Read:
    """A reader of one of several types, perhaps None."""
    readers = [_reader(part) for part in parts if part is not NoneType]

    def read(data: Any) -> Any:
        if data is None and NoneType in parts:
            return None
        if len(readers) == 1:
            return readers[0](data)
        for reader in readers:
            try:
                return reader(data)
            except WrongError as wrong:
                detail = wrong.detail
        raise WrongError(f"is none of the {len(readers)} forms that it can have; of the last it {detail}")

    return read


def _one_of(words: Mapping[str, Any]) -> Read:
    def read(data: Any) -> Any:
        if not isinstance(data, str) or data not in words:
            raise WrongError(f"must be one of {', '.join(words)}")
        return words[data]

    return read


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise WrongError("must be a string")
    return data


def _boolean(data: Any) -> bool:
    if not isinstance(data, bool):
        raise WrongError("must be true or false")
    return data


def _from(least: int) -> Read:
    """A reader of whole numbers from that one on."""

    def read(data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool) or not least <= data <= LARGEST:
            raise WrongError(f"must be a whole number from {least} to {LARGEST}")
        return data

    return read


def _instant(data: Any) -> int:
    """A time in ms, negative before 1970."""
    if not isinstance(data, int) or isinstance(data, bool) or not EARLIEST <= data <= LATEST:
        raise WrongError("must be a time in the years 1 to 9999, in ms")
    return data


def _decimal(data: Any) -> Decimal:
    if not isinstance(data, str) or not DIGITS.fullmatch(data):
        raise WrongError("must be a string of digits such as 0.5")
    return Decimal(data)


SIMPLE: Final[dict[Any, Read]] = {str: _text, bool: _boolean, int: _from(0), Decimal: _decimal}
