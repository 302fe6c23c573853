"""The workspaces that have a client: one of a minted client_id, any number of a client_id that somebody chose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final

from simulator.core.world import World
from simulator.web.routing.credentials import endings

ADDRESS_IT: Final = "say which one by the path prefix /w/NAME, the host NAME.localhost or the workspace's own port"


class ClientOwners:
    """The owners of client_ids. A look-up costs the same however many workspaces there are.

    `world_of` returns the world of a living workspace, by name; `has_ended` is true for one that has ended lately.
    """

    def __init__(
        self, home_name: str, world_of: Callable[[str], World | None], has_ended: Callable[[str], bool]
    ) -> None:
        self._home_name, self._world_of, self._has_ended = home_name, world_of, has_ended
        self._chosen: dict[str, tuple[str, ...]] = {}
        """Workspaces, living or ended, and the client_ids that they began with and did not mint."""
        self._living: dict[str, dict[str, None]] = {}
        """Those client_ids and the living workspaces that began with them."""
        self._last_ended: dict[str, str] = {}
        """Those client_ids and the workspace that ended last."""

    def begin(self, workspace: str, chosen: tuple[str, ...]) -> None:
        """A workspace begins with these client_ids, which it did not mint."""
        self.forget(workspace)
        if chosen:
            self._chosen[workspace] = chosen
        for client_id in chosen:
            self._living.setdefault(client_id, {})[workspace] = None

    def end(self, workspace: str) -> None:
        """A workspace ends."""
        for client_id in self._chosen.get(workspace, ()):
            self._last_ended[client_id] = workspace
            names = self._living[client_id]
            del names[workspace]
            if not names:
                del self._living[client_id]

    def forget(self, workspace: str) -> None:
        """Forget a workspace that has ended."""
        for client_id in self._chosen.pop(workspace, ()):
            if self._last_ended.get(client_id) == workspace:
                del self._last_ended[client_id]

    def of(self, client_id: str) -> list[str]:
        """The workspaces that have a client of that id: of many, two. Two decide as little as many do."""
        owners: list[str] = []
        candidates: Iterable[str] = chain((self._home_name,), endings(client_id), self._living.get(client_id, ()))
        for name in candidates:
            world = self._world_of(name)
            if world is not None and client_id in world.clients and name not in owners:
                owners.append(name)
                if len(owners) == 2:
                    break
        return owners

    def only(self, client_id: str) -> str | None:
        """The workspace that a client_id leads to; None if there is none, or more than one.

        `demo-broker-w1` leads to `w1`, even if that has no such client, or has ended, unless another workspace has.
        """
        owners = self.of(client_id)
        if owners:
            return owners[0] if len(owners) == 1 else None
        likely = (name for name in endings(client_id) if name != self._home_name and self._is_known(name))
        return next(likely, None) or self._last_ended.get(client_id)

    def _is_known(self, name: str) -> bool:
        return self._has_ended(name) or self._world_of(name) is not None

    def undecided(self, client_id: str, world: World) -> list[str]:
        """The note about a client_id that leads to no workspace, for the world that is asked in the end."""
        if client_id in world.clients or not self.of(client_id):
            return []
        return [f"several workspaces have a client {client_id}, and {world.workspace} has none: {ADDRESS_IT}"]

    def obstacle(self, client_id: str, *, minted: bool) -> str | None:
        """The workspace because of which another one cannot have that client_id. A minted one has a single owner."""
        for owner in self.of(client_id):
            if minted or (owner != self._home_name and owner not in self._living.get(client_id, ())):
                return owner
        return None
