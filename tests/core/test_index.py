"""Operations that are found without importing every declaration are the declared ones."""

from __future__ import annotations

import pytest

from simulator.core import endpoints, index
from simulator.core.value import Value


def test_every_command_leads_to_its_operation() -> None:
    """The module of a command's class is enough to find the operation."""
    by_command = type(index.OPERATIONS)()
    for command, operation in endpoints.OPERATIONS.items():
        assert by_command[command] is operation


def test_no_other_type_is_a_command() -> None:
    """A type without an operation is a `KeyError`, and is not kept."""

    class Unknown(Value, frozen=True):
        pass

    with pytest.raises(KeyError):
        index.OPERATIONS[Unknown]
    assert Unknown not in index.OPERATIONS


def test_calls_by_name_are_the_declared_ones() -> None:
    """The same names in the same order, each with its operation, and as its own value."""
    assert [*index.CALLS.items()] == [*endpoints.CALLS.items()]
    assert [*index.NAMES.items()] == [(name, name) for name in endpoints.CALLS]
    assert len(index.CALLS) == len(index.NAMES) == len(endpoints.CALLS)
