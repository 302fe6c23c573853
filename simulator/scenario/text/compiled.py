"""Shipped scenarios as nodes: who starts with one of them need not import a YAML parser, which takes 10 ms.

Beside a scenario `demo.yaml` may stand `demo.nodes`, made when the wheel is built (`hatch_build.py`). It has the text
that it was made of, and counts only as long as that is the text of the scenario.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from msgspec import DecodeError, msgpack

from simulator.scenario.text.nodes import Budget, Node

SUFFIX: Final = ".nodes"
FORM: Final = 1
"""Of what is in such a file. Another form is not read."""


def compiled(text: str, root: Node) -> bytes:
    """The bytes of the file that goes with a scenario of that text and these nodes."""
    return msgpack.encode((FORM, text, _data(root)))


def _data(node: Node) -> Any:
    items = None if node.items is None else [_data(item) for item in node.items]
    entries = None if node.entries is None else [(_data(key), _data(value)) for key, value in node.entries]
    return (node.line, node.column, node.text, node.plain, items, entries)


def nodes(path: Path, text: str, file: str, budget: Budget) -> Node | None:
    """The nodes of a shipped scenario, or None when they have to be read from its text.

    `path` is the scenario's file, `file` is what messages call it. They are paid for as those of a text are.
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
