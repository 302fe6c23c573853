"""Values: nobody changes one that somebody else holds."""

from __future__ import annotations

import importlib

import msgspec
import pytest
from source_tree import PACKAGE

from simulator.core.refusals import Denial
from simulator.core.value import Reply, Value

MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py")
)


def test_every_value_is_frozen() -> None:
    """Each class of values, wherever it stands, has fields that cannot be set."""
    for module in MODULES:
        importlib.import_module(module)
    kinds, waiting = set[type[Value]](), [Value]
    while waiting:
        kind = waiting.pop()
        kinds.add(kind)
        waiting += kind.__subclasses__()
    assert len(kinds) > 100
    assert sorted(kind.__name__ for kind in kinds if not kind.__struct_config__.frozen) == []


def test_a_value_cannot_be_changed() -> None:
    """To set a field of a value is an error."""
    reply = Reply()
    with pytest.raises(AttributeError):
        reply.notes = ("changed",)  # type: ignore[misc]
    assert reply.notes == ()
    assert issubclass(Denial, msgspec.Struct)
