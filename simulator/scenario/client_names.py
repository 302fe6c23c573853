"""The names of clients in a workspace: each client has one name there, in every call and in every scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec.structs import replace

from simulator.core.value import Value
from simulator.scenario.text.nodes import Node, Problem

Rename = Callable[[str], str]
DEFAULT_REDIRECT_URIS: Final = ("/demo/callback",)
"""The redirect URIs of a client that is given without any: our own page."""
LITERAL: Final = ("respond", "refuse")
"""Keys whose values never name a client."""


class ClientNameError(ValueError):
    """A scenario has no client that could be the workspace's. `args[0]` says what to do."""


class Tenant(Value, frozen=True):
    """What a workspace other than the default one makes of each scenario that it plays.

    Its client has the `client_id`, the `client_secret` and the `redirect_uris` that were given; "" and () = not given.
    Without a `client_id`, the clients that it began with have names with the workspace's: `demo-broker-t1` in `t1`
    takes the place of `demo-broker` in every scenario. Other clients have the names that are written.
    """

    workspace: str
    client_id: str = ""
    client_secret: str = ""
    redirect_uris: tuple[str, ...] = ()
    began_with: tuple[str, ...] = ()
    """The clients of the scenario that it played first, by the scenario's names."""
    as_written: bool = False
    """True if the caller wrote the scenario: names and secrets are what it says, unless others are given."""

    @property
    def mints_names(self) -> bool:
        """True if clients get names that lead to the workspace."""
        return not self.client_id and not self.as_written

    def in_scenario(self, name: str) -> str:
        """The name in scenarios of a client with a minted name; any other name is the same in both."""
        scenario_name = name.removesuffix(f"-{self.workspace}")
        return scenario_name if scenario_name in self.began_with else name

    def minted(self, name: str) -> str:
        """The minted name of a scenario's client, "" if its name is what is written."""
        scenario_name = self.in_scenario(name)
        return f"{scenario_name}-{self.workspace}" if self.mints_names and scenario_name in self.began_with else ""

    def client_of(self, clients: Iterable[str]) -> str:
        """The scenario's client that is the workspace's own, by the scenario's name: "" = none.

        Raises `ClientNameError` if it cannot be told and something is given for it.
        """
        known = sorted(clients)
        if self.client_id in known:
            return self.client_id
        if len(known) == 1:
            return known[0]
        if known and (self.client_id or self.client_secret or self.redirect_uris):
            raise ClientNameError(
                f"the scenario has the clients {', '.join(known)}; give one of them as client_id, or a scenario with"
                " one client, which then gets the client_id"
            )
        return ""

    def names(self, clients: Iterable[str]) -> dict[str, str]:
        """The names of a scenario's clients in the workspace, by the names in the scenario."""
        known = [*clients]
        if self.mints_names:
            return {name: self.minted(name) or name for name in known}
        own = self.client_of(known)
        return {name: self.client_id if self.client_id and name == own else name for name in known}


ANY_TENANT: Final = Tenant("")
"""Nothing is given for the client."""


def in_words_of_scenario(tenant: Tenant, roots: list[Node]) -> tuple[Node, list[Problem]]:
    """The first of some roots, each of which extends the next one, with the names of clients that the others use.

    So a text that calls the client by its name in the workspace changes the inherited client, and adds no second one.
    """
    root = roots[0]
    if tenant.mints_names:
        if problems := _alike(root, tenant):
            return root, problems
        return _with_names(root, tenant.in_scenario), []
    declared, inherited = _clients(root), {name for base in roots[1:] for name in _clients(base)}
    others = {*declared, *inherited} - {tenant.client_id}
    own = next(iter(others)) if len(others) == 1 else ""
    if not tenant.client_id or not own or tenant.client_id in inherited or {own, tenant.client_id} <= {*declared}:
        return root, []
    return _with_names(root, lambda name: own if name == tenant.client_id else name), []


def _clients(root: Node) -> dict[str, Node]:
    """The keys of `given.clients`, by name."""
    given = root.value("given")
    clients = given.value("clients") if given else None
    return {key.text: key for key, _ in (clients.entries or () if clients else ()) if key.text is not None}


def _with_names(node: Node, rename: Rename, path: tuple[str, ...] = ()) -> Node:
    """The tree with every client renamed by `rename`."""
    if node.items is not None:
        return replace(node, items=tuple(_with_names(item, rename, path) for item in node.items))
    if node.entries is None:
        return node
    return replace(node, entries=tuple(_entry(key, value, rename, path) for key, value in node.entries))


def _entry(key: Node, value: Node, rename: Rename, path: tuple[str, ...]) -> tuple[Node, Node]:
    name = key.text or ""
    if path == ("given", "clients"):
        return replace(key, text=rename(name)), value
    if value.text is not None and (name == "client" or (name == "client_id" and path[-1:] == ("match",))):
        return key, replace(value, text=rename(value.text))
    return key, value if name in LITERAL else _with_names(value, rename, (*path, name))


def _alike(root: Node, tenant: Tenant) -> list[Problem]:
    """The problems of clients that are twice in `given.clients`: with the workspace's name and without it."""
    first: dict[str, Node] = {}
    problems = []
    for text, key in _clients(root).items():
        name = tenant.in_scenario(text)
        if (earlier_key := first.setdefault(name, key)).text != text:
            where = f"{earlier_key.text} of line {earlier_key.line}"
            message = f"is {where}: both names mean one client in workspace {tenant.workspace}"
            problems.append(Problem(key.file, key.line, key.column, f"given.clients.{text}", message))
    return problems
