"""Names of clients in the text for a workspace: `demo-broker` and `demo-broker-t1` are the same client in `t1`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec.structs import replace

from simulator.core.world import HOME, World
from simulator.scenario.text.nodes import Node, Problem

Rename = Callable[[str], str]
LITERAL: Final = ("respond", "refuse")
"""Keys whose values never name a client."""


def without_suffix(workspace: str) -> Rename:
    """A function that removes the workspace's suffix: `demo-broker-t1` -> `demo-broker`."""
    return lambda name: name.removesuffix(f"-{workspace}")


def as_known(world: World, name: str) -> str:
    """The client's name in a world: `demo-broker` -> `demo-broker-t1`, unless the world has a client `demo-broker`."""
    own = f"{name}-{world.workspace}"
    return own if world.workspace != HOME and name not in world.clients and own in world.clients else name


def in_words_of(world: World, root: Node) -> Node:
    """A part of a scenario with the client names of the world's workspace."""
    return root if world.workspace == HOME else with_names(root, partial(as_known, world))


def with_names(node: Node, rename: Rename, path: tuple[str, ...] = ()) -> Node:
    """The tree with every client renamed by `rename`."""
    if node.items is not None:
        return replace(node, items=tuple(with_names(item, rename, path) for item in node.items))
    if node.entries is None:
        return node
    return replace(node, entries=tuple(_entry(key, value, rename, path) for key, value in node.entries))


def _entry(key: Node, value: Node, rename: Rename, path: tuple[str, ...]) -> tuple[Node, Node]:
    name = key.text or ""
    if path == ("given", "clients"):
        return replace(key, text=rename(name)), value
    if value.text is not None and (name == "client" or (name == "client_id" and path[-1:] == ("match",))):
        return key, replace(value, text=rename(value.text))
    return key, value if name in LITERAL else with_names(value, rename, (*path, name))


def alike(root: Node, workspace: str) -> list[Problem]:
    """The problems of clients that are twice in `given.clients`: with the workspace's name and without it."""
    given = root.value("given")
    clients = given.value("clients") if given else None
    first: dict[str, Node] = {}
    problems = []
    for key, _ in (clients.entries or ()) if clients else ():
        if key.text is None:
            continue
        name = key.text.removesuffix(f"-{workspace}")
        if (earlier_key := first.setdefault(name, key)).text != key.text:
            message = (
                f"is {earlier_key.text} of line {earlier_key.line}: both names mean one client in workspace {workspace}"
            )
            problems.append(Problem(key.file, key.line, key.column, f"given.clients.{key.text}", message))
    return problems
