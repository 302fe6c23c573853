"""Operations by their commands and by their names, without importing every declaration at once.

A start needs few operations, and `endpoints.py` imports all of them. A command's class stands in the module that
declares the command's operation, so whoever has a command has that module already.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Final

from simulator.core.endpoint import Call, Operation

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


class _ByName(Mapping[str, Call]):
    """`endpoints.CALLS`. All declarations are imported when anything is asked of it."""

    def __getitem__(self, name: str) -> Call:
        return _calls()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_calls())

    def __len__(self) -> int:
        return len(_calls())


def _calls() -> Mapping[str, Call]:
    from simulator.core.endpoints import CALLS

    return CALLS


CALLS: Final[Mapping[str, Call]] = _ByName()
"""Every operation that a client calls, by name."""


class _Names(Mapping[str, object]):
    """Each name of `CALLS` as its own value."""

    def __getitem__(self, name: str) -> str:
        return CALLS[name].name

    def __iter__(self) -> Iterator[str]:
        return iter(CALLS)

    def __len__(self) -> int:
        return len(CALLS)


NAMES: Final[Mapping[str, object]] = _Names()
"""The names of the operations that a client calls, each as its own value: a choice of words."""
