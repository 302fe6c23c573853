"""Values: nobody changes one that somebody else holds."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import msgspec
import pytest
from support.source_tree import PACKAGE

from simulator.core.refusals import Denial
from simulator.core.value import Reply, Value, is_instant

ROOMS = sorted(path.name for path in PACKAGE.iterdir() if path.is_dir() and list(path.glob("*.py")))


def kinds_of(room: str) -> Iterator[type[Value]]:
    """The classes of values that the modules of a room make."""
    for path in sorted((PACKAGE / room).rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and issubclass(value, Value) and value.__module__ == name:
                yield value


@pytest.mark.parametrize("room", ROOMS)
def test_every_value_is_frozen(room: str) -> None:
    """Each class of values has fields that cannot be set."""
    kinds = list(kinds_of(room))
    assert len(kinds) > 60 or room != "core"
    assert [kind.__name__ for kind in kinds if not kind.__struct_config__.frozen] == []


def test_a_value_cannot_be_changed() -> None:
    """To set a field of a value is an error."""
    reply = Reply()
    with pytest.raises(AttributeError):
        reply.notes = ("changed",)  # type: ignore[misc]
    assert reply.notes == ()
    assert issubclass(Denial, msgspec.Struct)
    assert Value.__struct_config__.gc is False  # the garbage collector never looks at the values of a world


def test_a_reply_that_no_client_gets() -> None:
    """It has no data, and to ask for them is an error that names it."""
    with pytest.raises(NotImplementedError, match="Reply is no answer to a client"):
        Reply().data()


@pytest.mark.parametrize(
    ("field", "instant"),
    [("at", True), ("business", True), ("created_at", True), ("cat", False), ("wall", False), ("at_once", False)],
)
def test_which_fields_hold_an_instant(field: str, instant: bool) -> None:
    """A time in ms has a name that ends so, or is the business clock's."""
    assert is_instant(field) is instant
