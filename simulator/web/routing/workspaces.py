"""The workspaces of a server: isolated exchanges behind one port, and how a request finds its own.

What a workspace mints names it - client_id, code, key, token - so that a client needs no other address. A request goes
where its first credential of a living workspace leads; else where a path prefix `/w/{name}` or a host
`{name}.localhost` leads; else to the default workspace, which is always there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from simulator.clock import stopwatch
from simulator.core.fast_api.claims import issuer
from simulator.core.mint import workspace_mark
from simulator.core.world import World
from simulator.evidence.journal import Journal
from simulator.messages import Request
from simulator.scenario.forking import forked
from simulator.scenario.loader import Scenario
from simulator.web.endpoints.desk import Desk, opened
from simulator.web.endpoints.table import BASE
from simulator.web.guards import hostname
from simulator.web.routing.credentials import Credential, carried, endings
from simulator.web.routing.paths import Led, Way

CAPACITY: Final = 1000
"""Workspaces beside the default one."""
REMEMBERED: Final = 1000
"""Ended workspaces whose credentials are still recognised."""
ENTRIES, BYTES = 2_000, 4_194_304
"""What the journal of a workspace holds: less than the default one's, for there may be many."""
IDLE: Final = 3_600_000
"""How long a workspace lives that nobody calls, ms of real time."""
PLACED: Final = "/w/"
CONTROLLED: Final = f"{BASE}/workspaces/"
ADDRESSED: Final = (PLACED, CONTROLLED)
"""How a path begins that may name a workspace."""


class WorkspaceError(Exception):
    """A workspace cannot be made: the name is taken, or there is no room. `args[0]` says what to do."""


class FullError(WorkspaceError):
    """There is no room."""


class Workspace:
    """One workspace beside the default one. `ttl` = ms that it may be idle, `used` = when it was last called."""

    __slots__ = ("desk", "name", "ttl", "used")

    def __init__(self, name: str, desk: Desk, ttl: int, used: int) -> None:
        self.name, self.desk, self.ttl, self.used = name, desk, ttl, used


def idle_clock() -> int:
    """Real time in ms, counted from anywhere."""
    return stopwatch() // 1_000_000


class Workspaces:
    """All workspaces of a server by name; upper and lower case are the same name. No timer: idle ones end when seen."""

    def __init__(self, home: Desk, capacity: int = CAPACITY, clock: Callable[[], int] = idle_clock) -> None:
        self.home = home
        """The default workspace's desk."""
        self._way_home = Way(home)
        self.capacity = capacity
        self._clock = clock
        self.home_name = home.exchange.world.workspace
        self._others: dict[str, Workspace] = {}
        self._ended: dict[str, None] = {}
        """Names of the last that ended, oldest first."""
        self._marks = {workspace_mark(self.home_name): self.home_name}
        """What stands in the middle of an ObjectId -> its workspace, living or lately ended."""
        self._minted = 0

    @property
    def alone(self) -> bool:
        """Whether the default workspace is the only one that ever was: every request is for it."""
        return not self._others and not self._ended

    def __len__(self) -> int:
        return len(self._others)

    def desks(self) -> Iterator[Desk]:
        """All desks."""
        yield self.home
        yield from (each.desk for each in self._others.values())

    # --- Making and ending

    def create(
        self, scenario: Scenario, name: str | None = None, seed: int | None = None, ttl: int = IDLE
    ) -> Workspace:
        """A workspace that plays a scenario from its start. Raises `WorkspaceError`."""
        self.sweep()
        if len(self._others) >= self.capacity:
            raise FullError(
                f"there are {self.capacity} workspaces already; DELETE {CONTROLLED}NAME ends one that is done with, and"
                " a shorter ttl lets idle ones end by themselves"
            )
        name = self._minted_name() if name is None else name
        folded = name.lower()
        if folded in self._others or folded == self.home_name:
            raise WorkspaceError(f"there is a workspace {name} already; take another name, or DELETE that one")
        other = self._marks.get(workspace_mark(folded), folded)
        if other != folded:
            raise WorkspaceError(f"credentials of {name} could not be told from those of {other}; take another name")
        mine = forked(scenario, folded, seed)
        for client_id in mine.world.clients:
            owner = self._owner(client_id)
            if owner is not None and owner != folded:
                raise WorkspaceError(f"{owner} has a client {client_id} already; take another name")
        made = Workspace(folded, self._opened(mine), ttl, self._clock())
        self._ended.pop(folded, None)
        self._others[folded] = made
        self._marks[workspace_mark(folded)] = folded
        return made

    def _opened(self, scenario: Scenario) -> Desk:
        """The desk of a workspace: a host of its own leads there; calls are told of as the default one's are."""
        home = self.home.exchange.world
        journal = Journal(ENTRIES, BYTES, self.home.journal.reporting)
        exchange = opened(scenario, (*home.origins, host_origin(home, scenario.world.workspace)))
        return Desk(exchange, scenario, journal)

    def _minted_name(self) -> str:
        """`w1`, `w2` ...: the first in order that was never given."""
        while True:
            self._minted += 1
            name = f"w{self._minted}"
            if name not in self._others:
                return name

    def end(self, name: str) -> bool:
        """End a workspace: what waits there ends, its credentials become unknown. False = there is no such one."""
        gone = self._others.pop(name.lower(), None)
        if gone is None:
            return False
        gone.desk.stop()
        gone.desk.journal.close()
        self._ended[gone.name] = None
        if len(self._ended) > REMEMBERED:
            oldest = next(iter(self._ended))
            del self._ended[oldest]
            del self._marks[workspace_mark(oldest)]
        return True

    def sweep(self) -> None:
        """End every workspace that has been idle for longer than its ttl."""
        now = self._clock()
        for each in [each for each in self._others.values() if now - each.used >= each.ttl]:
            self.end(each.name)

    # --- Finding

    def listed(self) -> list[Workspace]:
        """Those beside the default one, oldest first. Looking at them is no use of them."""
        self.sweep()
        return list(self._others.values())

    def found(self, name: str) -> Workspace | None:
        """One of them by name. Looking at it is no use of it."""
        self.sweep()
        return self._others.get(name.lower())

    def idle(self, workspace: Workspace) -> int:
        """For how long nobody has called it, ms."""
        return self._clock() - workspace.used

    def desk(self, name: str) -> Desk | None:
        """The desk of a living workspace, which is being called."""
        if name == self.home_name:
            return self.home
        found = self._others.get(name.lower())
        if found is None:
            return self.home if name.lower() == self.home_name else None
        now = self._clock()
        if now - found.used >= found.ttl:
            self.end(found.name)
            return None
        found.used = now
        return found.desk

    def missing(self, name: str) -> str:
        """Why there is no workspace of that name."""
        if name.lower() in self._ended:
            return f"workspace {name} has ended: it was deleted, or idle for longer than its ttl"
        return f"there is no workspace {name}; POST {BASE}/workspaces makes one"

    def led(self, path: str) -> Led:
        """Follow a path that begins as one of `ADDRESSED`. `/_sim/v1/workspaces/{name}` itself leads nowhere else."""
        desk, prefix = None, ""
        if path.startswith(PLACED):
            name, _, rest = path.removeprefix(PLACED).partition("/")
            prefix = PLACED + name
            path = f"/{rest}"
            desk = self.desk(unquote(name))
            if desk is None:
                return Led(None, "", path, (self.missing(unquote(name)),))
        if path.startswith(CONTROLLED):
            name, slash, rest = path.removeprefix(CONTROLLED).partition("/")
            if slash:
                path = f"{BASE}/{rest}"
                desk = self.desk(unquote(name))
                if desk is None:
                    return Led(None, "", path, (self.missing(unquote(name)),))
        return Led(desk, prefix, path)

    def route(self, request: Request, addressed: Desk | None = None) -> Way:
        """The desk that a request is for, and what is to be noted; `addressed` is where its path leads."""
        if self.alone:
            return self._way_home
        addressed, gone = addressed or self.hosted(request.headers.get(b"host", b"")), ""
        for credential in carried(request):
            name = self.named(credential)
            if name is None:
                continue
            desk = self.desk(name)
            if desk is not None:
                return _credited(credential, desk, addressed)
            gone = gone or name
        notes = (f"the credential's {self.missing(gone)}",) if gone in self._ended else ()
        return Way(addressed or self.home, notes)

    def hosted(self, host: bytes) -> Desk | None:
        """The desk of `{name}.localhost[:port]`."""
        if b".localhost" not in host.lower():
            return None
        try:
            name, _, rest = hostname(host.decode("latin-1")).partition(".")
        except ValueError:  # the exchange's own paths take any Host, and the gate refuses it on all others
            return None
        return self.desk(name) if rest == "localhost" else None

    def named(self, credential: Credential) -> str | None:
        """The workspace that a credential names, living or not."""
        text = credential.text
        if credential.kind == "client_id":
            return self._by_client(text)
        if credential.kind == "token":
            return issuer(text)
        return self._marks.get(text[8:18].lower()) if len(text) == 24 else None

    def _by_client(self, client_id: str) -> str | None:
        """`demo-broker-w1` is of `w1` unless the default workspace has such a client."""
        owner = self._owner(client_id)
        if owner is None:
            likely = (name for name in endings(client_id) if name in self._others or name in self._ended)
            owner = next(likely, None)
        return owner

    def _owner(self, client_id: str) -> str | None:
        """The workspace that has a client of that id."""
        if client_id in self.home.exchange.world.clients:
            return self.home_name
        for name in endings(client_id):
            other = self._others.get(name)
            if other and client_id in other.desk.exchange.world.clients:
                return name
        return None

    def unrouted(self, request: Request, world: World) -> bool:
        """Whether a call that the default workspace served was led there for want of a better place.

        `world` is the default workspace's as it was: what it knew is not unrouted.
        """
        if request.path.startswith(PLACED):
            return True
        credentials = list(carried(request))
        return bool(credentials) and not any(self._known(each, world) for each in credentials)

    def _known(self, credential: Credential, world: World) -> bool:
        kind, text = credential
        if kind == "client_id":
            return text in world.clients
        return text in world.api_keys or self.named(credential) == self.home_name


def _credited(credential: Credential, desk: Desk, addressed: Desk | None) -> Way:
    """The way of a request that a credential led to a desk, whatever it was addressed to."""
    if addressed is None or addressed is desk:
        return Way(desk)
    here, there = addressed.exchange.world.workspace, desk.exchange.world.workspace
    what = credential.kind.replace("api_key", "API key")
    note = f"addressed to workspace {here}, but served by {there}: its {what} counts before the address"
    return Way(desk, (note,), addressed)


def host_origin(world: World, name: str) -> str:
    """The origin by which a workspace can be addressed, at the port of ours."""
    port = urlsplit(world.origins[-1]).port
    return f"http://{name}.localhost" + (f":{port}" if port else "")
