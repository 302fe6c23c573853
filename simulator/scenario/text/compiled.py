"""Shipped scenarios as nodes, so that a start with one of them need not import a YAML parser, which takes 10 ms.

Next to a scenario `demo.yaml` there may be a `demo.nodes`, made when the wheel is built (`hatch_build.py`). It holds
the text that it was made of, and is used only if the scenario still has this text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from msgspec import DecodeError, msgpack

from simulator.scenario.text.nodes import Budget, Node

SUFFIX: Final = ".nodes"
FORM: Final = 1
"""The version of the file's format. A file of another version is not read."""


def compiled(text: str, root: Node) -> bytes:
    """The bytes of the `.nodes` file for a scenario with that text and these nodes."""
    return msgpack.encode((FORM, text, _data(root)))


def _data(node: Node) -> Any:
    items = None if node.items is None else [_data(item) for item in node.items]
    entries = None if node.entries is None else [(_data(key), _data(value)) for key, value in node.entries]
    return (node.line, node.column, node.text, node.plain, items, entries)


def nodes(path: Path, text: str, file: str, budget: Budget) -> Node | None:
    """The nodes of a shipped scenario, or None if they have to be read from its text.

    `path` is the file of the scenario, `file` is its name in messages. The nodes use up `budget` like those of a text.
    """
    try:
        form, of, root = msgpack.decode(path.with_suffix(SUFFIX).read_bytes())
    except (OSError, DecodeError, ValueError, TypeError):
        return None
    if (form, of) != (FORM, text):
        return None
    budget.take(text, file)
    return _node(root, file, budget, 0)


def _node(data: Any, file: str, budget: Budget, depth: int) -> Node:
    line, column, text, plain, items, entries = data
    budget.node(file, line, column, depth)
    if items is not None:
        items = tuple([_node(item, file, budget, depth + 1) for item in items])
    if entries is not None:
        entries = tuple(
            [(_node(key, file, budget, depth + 1), _node(value, file, budget, depth + 1)) for key, value in entries]
        )
    return Node(line, column, file, text, plain, items, entries)
