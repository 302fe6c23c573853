"""Operations by their commands and by their names, without importing every declaration at once.

A start needs few operations, and `endpoints.py` imports all of them. A command's class stands in the module that
declares the command's operation, so code that has a command has that module already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final, TypeVar

from simulator.core.endpoint import Call, Operation

V = TypeVar("V")
TUPLES: Final = ("ENDPOINTS", "PAGES", "OPERATIONS")
"""The names under which a module declares its operations."""


class _ByCommand(dict[type, Operation]):
    """The operations of a module are put in when a command of that module is looked up for the first time."""

    def __missing__(self, command: type) -> Operation:
        module = sys.modules[command.__module__]
        declared = (operation for name in TUPLES for operation in getattr(module, name, ()))
        self.update((operation.command, operation) for operation in declared)
        if command not in self:
            raise KeyError(command)
        return self[command]


OPERATIONS: Final[Mapping[type, Operation]] = _ByCommand()
"""The operation of each type of command. It lists only those that were looked up: `endpoints.OPERATIONS` lists all."""


class _Late(Mapping[str, V]):
    """A mapping that is made when anything is asked of it: all declarations are imported then."""

    def __init__(self, make: Callable[[], Mapping[str, V]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[str, V]:
        return self._make()

    def __getitem__(self, name: str) -> V:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _calls() -> Mapping[str, Call]:
    from simulator.core.endpoints import CALLS

    return CALLS


CALLS: Final[Mapping[str, Call]] = _Late(_calls)
"""Every operation that a client calls, by name."""
NAMES: Final[Mapping[str, object]] = _Late(lambda: {name: name for name in _calls()})
"""The names of the operations that a client calls, each as its own value: a choice of words."""
