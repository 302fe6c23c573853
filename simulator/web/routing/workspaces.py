"""The workspaces of a server: isolated exchanges behind one port, and the routing of a request to its workspace.

Everything that a workspace mints names it (client_id, code, key, token), so a client needs no other address. The first
credential of a living workspace decides; else a path prefix `/w/{name}` or a host `{name}.localhost`; else the default
workspace, which always exists. A client_id that somebody chose may be in several workspaces, and then decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote

from msgspec.structs import replace

from simulator.clock import stopwatch
from simulator.core.mint import workspace_mark
from simulator.core.world import World
from simulator.evidence.journal import Journal
from simulator.messages import Request
from simulator.old_worlds import OLD_WORLDS
from simulator.scenario.client_names import ANY_TENANT, ClientNameError, Tenant
from simulator.scenario.loader import Scenario
from simulator.web.endpoints.beginning import opened
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import BASE
from simulator.web.routing.client_owners import ClientOwners
from simulator.web.routing.credentials import Credential, carried
from simulator.web.routing.doors import CONTROLLED, PLACED, Doors
from simulator.web.routing.host_names import host_origin, named_by_host
from simulator.web.routing.keeping import Keeper
from simulator.web.routing.paths import HOST, PATH, Destination, PathMatch, decided

CAPACITY: Final = 1000
"""Workspaces in addition to the default one."""
REMEMBERED: Final = 1000
"""Ended workspaces whose credentials are still recognised."""
ENTRIES, BYTES = 2_000, 4_194_304
"""Limits of a workspace's journal. They are lower than the default workspace's, because there may be many; a server
that is to write a readiness report has its own (`web/recording.py`)."""
IDLE: Final = 3_600_000
"""How long a workspace lives without calls, in ms of real time."""
ADDRESSED: Final = (PLACED, CONTROLLED)
"""The beginnings of paths that may name a workspace."""


class WorkspaceError(Exception):
    """A workspace cannot be created: the name is taken, or there are too many. `args[0]` says what to do."""


class FullError(WorkspaceError):
    """There are as many workspaces as allowed."""


class Workspace:
    """One workspace other than the default one. `ttl` = ms that it may be idle, `used` = when it was last called."""

    __slots__ = ("desk", "name", "ttl", "used")

    def __init__(self, name: str, desk: Desk, ttl: int, used: int) -> None:
        self.name, self.desk, self.ttl, self.used = name, desk, ttl, used


def idle_clock() -> int:
    """Real time in ms from an arbitrary start."""
    return stopwatch() // 1_000_000


class Workspaces:
    """All workspaces of a server by name, without regard to case. There is no timer: idle ones end when looked at."""

    def __init__(self, home: Desk, capacity: int = CAPACITY, clock: Callable[[], int] = idle_clock) -> None:
        self.home = home
        """The default workspace's desk."""
        self._home_destination = Destination(home)
        self.capacity, self._clock = capacity, clock
        self.home_name = home.exchange.world.workspace
        self._others: dict[str, Workspace] = {}
        self._ended: dict[str, None] = {}
        """Names of the workspaces that ended last, the oldest first."""
        self._marks = {workspace_mark(self.home_name): self.home_name}
        """The middle of an ObjectId -> its workspace, living or recently ended."""
        self._owners = ClientOwners(self.home_name, self._world_of, self._ended.__contains__)
        self._minted = 0
        self.doors = Doors()
        self.journal_limits = (ENTRIES, BYTES)
        self.keeper: Keeper | None = None
        """None = no readiness report is to be written."""

    @property
    def alone(self) -> bool:
        """True if there has never been a workspace but the default one, so every request is for it."""
        return not self._others and not self._ended

    def __len__(self) -> int:
        return len(self._others)

    def desks(self) -> Iterator[Desk]:
        """All desks."""
        yield self.home
        yield from (workspace.desk for workspace in self._others.values())

    # --- Creating and ending

    def create(
        self,
        scenario: Scenario,
        name: str | None = None,
        seed: int | None = None,
        ttl: int = IDLE,
        tenant: Tenant = ANY_TENANT,
    ) -> Workspace:
        """Create a workspace that plays a scenario from its start. Raises `WorkspaceError`.

        `tenant` says what the client is to be; the workspace's name is put into it.
        """
        self.sweep()
        if len(self._others) >= self.capacity:
            raise FullError(
                f"there are {self.capacity} workspaces already; DELETE {CONTROLLED}NAME ends one that is done with, and"
                " a shorter ttl lets idle ones end by themselves"
            )
        name = self.minted_name() if name is None else name
        folded = name.lower()
        if folded in self._others or folded == self.home_name:
            raise WorkspaceError(f"there is a workspace {name} already; take another name, or DELETE that one")
        other = self._marks.get(workspace_mark(folded), folded)
        if other != folded:
            raise WorkspaceError(
                f"credentials of {name} could not be distinguished from those of {other}; take another name"
            )
        from simulator.scenario.forking import forked  # a start needs one workspace

        tenant = replace(tenant, workspace=folded, began_with=(*scenario.world.clients,))
        try:
            forked_scenario = forked(scenario, tenant, seed)
        except ClientNameError as error:
            raise WorkspaceError(str(error)) from None
        client_ids = (*forked_scenario.world.clients,)
        for client_id in client_ids:
            if owner := self._owners.obstacle(client_id, minted=tenant.mints_names):
                raise WorkspaceError(f"{owner} has a client {client_id} already; take another name")
        workspace = Workspace(folded, self._opened(forked_scenario, tenant), ttl, self._clock())
        self._ended.pop(folded, None)
        self._owners.begin(folded, () if tenant.mints_names else client_ids)
        self._others[folded] = workspace
        self._marks[workspace_mark(folded)] = folded
        return workspace

    def _opened(self, scenario: Scenario, tenant: Tenant) -> Desk:
        """The desk of a new workspace. It has its own host name, and reports calls as the default workspace does."""
        home = self.home.exchange.world
        journal = Journal(*self.journal_limits, self.home.journal.reporting)
        name = scenario.world.workspace
        exchange = opened(scenario, (*home.origins, *self.doors.origins(name), host_origin(home, name)))
        return Desk(exchange, scenario, journal, tenant)

    def minted_name(self) -> str:
        """The next unused name of `w1`, `w2` ..."""
        while True:
            self._minted += 1
            name = f"w{self._minted}"
            if name not in self._others:
                return name

    def end(self, name: str) -> bool:
        """End a workspace: waiting calls end, its credentials become unknown. False = there is none of that name."""
        workspace = self._others.pop(name.lower(), None)
        if workspace is None:
            return False
        if self.keeper:
            self.keeper.keep(workspace.desk)
        self.doors.close(workspace.name)
        workspace.desk.stop()
        workspace.desk.journal.close()
        OLD_WORLDS.part_with(workspace.desk.exchange.world, workspace.desk.exchange.scenario)
        self._ended[workspace.name] = None
        self._owners.end(workspace.name)
        if len(self._ended) > REMEMBERED:
            oldest = next(iter(self._ended))
            del self._ended[oldest]
            self._owners.forget(oldest)
            del self._marks[workspace_mark(oldest)]
        return True

    def sweep(self) -> None:
        """End every workspace that has been idle for longer than its ttl."""
        now = self._clock()
        for workspace in [workspace for workspace in self._others.values() if now - workspace.used >= workspace.ttl]:
            self.end(workspace.name)

    # --- Finding

    def _world_of(self, name: str) -> World | None:
        """The world of a living workspace, or None."""
        workspace = self._others.get(name)
        if workspace is not None:
            return workspace.desk.exchange.world
        return self.home.exchange.world if name == self.home_name else None

    def listed(self) -> list[Workspace]:
        """All workspaces but the default one, the oldest first. This does not count as use."""
        self.sweep()
        return list(self._others.values())

    def get(self, name: str) -> Workspace | None:
        """The workspace of that name, or None. This does not count as use."""
        self.sweep()
        return self._others.get(name.lower())

    def idle(self, workspace: Workspace) -> int:
        """The time since its last call in ms."""
        return self._clock() - workspace.used

    def desk(self, name: str) -> Desk | None:
        """The desk of a living workspace, or None. This counts as use."""
        if name == self.home_name:
            return self.home
        workspace = self._others.get(name.lower())
        if workspace is None:
            return self.home if name.lower() == self.home_name else None
        now = self._clock()
        if now - workspace.used >= workspace.ttl:
            self.end(workspace.name)
            return None
        workspace.used = now
        return workspace.desk

    def missing(self, name: str) -> str:
        """The message that there is no workspace of that name."""
        if name.lower() in self._ended:
            return f"workspace {name} has ended: it was deleted, or idle for longer than its ttl"
        return f"there is no workspace {name}; POST {BASE}/workspaces makes one"

    def match_path(self, path: str) -> PathMatch:
        """The match of a path that begins as one of `ADDRESSED`. `/_sim/v1/workspaces/{name}` itself has no match."""
        desk, prefix = None, ""
        if path.startswith(PLACED):
            name, _, rest = path.removeprefix(PLACED).partition("/")
            prefix = PLACED + name
            path = f"/{rest}"
            desk = self.desk(unquote(name))
            if desk is None:
                return PathMatch(None, "", path, (self.missing(unquote(name)),))
        if path.startswith(CONTROLLED):
            name, slash, rest = path.removeprefix(CONTROLLED).partition("/")
            if slash:
                path = f"{BASE}/{rest}"
                desk = self.desk(unquote(name))
                if desk is None:
                    return PathMatch(None, "", path, (self.missing(unquote(name)),))
        return PathMatch(desk, prefix, path)

    def route(self, request: Request, addressed: Desk | None = None) -> Destination:
        """The destination of a request. `addressed` is the desk that its path or its port names."""
        if self.alone:
            return self._home_destination
        named: list[tuple[str, Desk]] = []
        notes: list[str] = []
        undecided: list[str] = []
        for credential in carried(request):
            name = self.named(credential)
            desk = None if name is None else self.desk(name)
            if desk is not None:
                named.append((credential.word, desk))
            elif name in self._ended:
                if (note := f"the credential's {self.missing(name)}") not in notes:
                    notes.append(note)
            elif name is None and credential.kind == "client_id":
                undecided.append(credential.text)
        host = request.headers.get(b"host", b"")
        hosted = self.hosted(host)
        if hosted is None and (message := self.ended_host(host)):
            notes.append(message)
        if undecided and not named:
            world = (addressed or hosted or self.home).exchange.world
            notes += [note for client_id in undecided for note in self._owners.undecided(client_id, world)]
        return decided(named, ((PATH, addressed), (HOST, hosted)), notes) or Destination(self.home, (*notes,))

    def hosted(self, host: bytes) -> Desk | None:
        """The desk of `{name}.localhost[:port]`."""
        name = named_by_host(host)
        return self.desk(name) if name else None

    def ended_host(self, host: bytes) -> str:
        """The message that the workspace of `{name}.localhost[:port]` has ended, "" if it has not."""
        name = named_by_host(host).lower()
        return self.missing(name) if name in self._ended else ""

    def named(self, credential: Credential) -> str | None:
        """The name of the workspace in a credential, living or not; None if there is none."""
        text = credential.text
        if credential.kind == "client_id":
            return self._owners.only(text)
        if credential.kind == "token":
            from simulator.core.fast_api.claims import issuer  # a start needs no tokens

            return issuer(text)
        return self._marks.get(text[8:18].lower()) if len(text) == 24 else None
