"""A set-up as data: the environment, the command, the simulator, and what the probe and the command did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from simulator.hosts import is_loopback
from simulator.launch.doctor.proxies import Proxy, here, proxy_for
from simulator.launch.listening import ListenerKind

HOST: Final = "api.kucoin.com"
"""The name by which a set-up is tried."""
PORT: Final = 443
LEAD: Final = "KUCOIN_SIMULATOR_LEAD"
"""The variable that tells the hooks where led connections go, as HOST:PORT."""


class SimulatorFacts(NamedTuple):
    """What is known of the simulator. `ca` is the PEM of its authority, "" = it was not given.

    `wall` and `wall_after` are its clock before and after the probe, ms; 0 = it was not asked.
    """

    url: str
    kind: ListenerKind = ListenerKind.READY
    evidence: str = ""
    token: str = "ok"  # noqa: S105 - a state: ok, missing or wrong
    version: str = ""
    own_version: str = ""
    observes: bool = True
    """True if it lists failed handshakes."""
    tls: bool = True
    ipv6: bool = True
    """True if it also listens on ::1."""
    wall: int = 0
    wall_after: int = 0
    ca: str = ""


class Bundle(NamedTuple):
    """A file with certificates: whether it can be read, has the simulator's, has an older one of ours, and others'."""

    readable: bool
    ours: bool = False
    stale: bool = False
    others: int = 0


class Runtime(NamedTuple):
    """What runs the command: `kind` is python, node, java, curl or other; `program` the file, "" = not found."""

    kind: str = "other"
    program: str = ""
    frozen: bool = False
    """True if it is a Python program packed into one file, with certificates of its own."""


class CommandRun(NamedTuple):
    """What the command itself did. `calls` are those that reached the simulator, `handshakes` those that failed."""

    status: int
    calls: int = 0
    handshakes: tuple[Mapping[str, Any], ...] = ()
    loaded: frozenset[str] = frozenset()
    """Libraries that were seen in its processes, such as uvloop."""
    unled: tuple[str, ...] = ()
    """Processes that could have reached the real exchange, which is why it was ended."""


class Case(NamedTuple):
    """All that is judged. `probe` is what the probe printed, None = none was run."""

    simulator: SimulatorFacts
    environment: Mapping[str, str] = {}
    command: tuple[str, ...] = ()
    runtime: Runtime = Runtime()
    bundles: Mapping[str, Bundle] = {}
    """By path, of every file that a variable or the probe names."""
    probe: Mapping[str, Any] | None = None
    run: CommandRun | None = None
    container: bool = False
    """True if this is inside a container."""
    hooks: str = ""
    """The folder of the Python hook."""
    blind: str = ""
    """Why no hook can be in the program of the command, such as a static binary."""

    @property
    def lead(self) -> str:
        """Where hooks lead to; "" = hooks do nothing."""
        return self.environment.get(LEAD, "")

    @property
    def hooked(self) -> bool:
        """True if the probe has seen that a hook is at work in its process."""
        return bool(self.probe and self.probe.get("hook"))

    @property
    def proxy(self) -> Proxy:
        """The proxy that a call of https goes through."""
        return proxy_for(self.environment, HOST)

    @property
    def proxied(self) -> bool:
        """True if variables send calls through the simulator as a proxy."""
        proxy = self.proxy
        return bool(proxy.url) and not proxy.bypass and here(proxy.url, self.simulator.url)

    @property
    def addresses(self) -> tuple[str, ...]:
        """What the name resolves to in the probe's process."""
        return tuple((self.probe or {}).get("addresses") or ())

    @property
    def outside(self) -> tuple[str, ...]:
        """The addresses that are neither loopback nor the simulator's."""
        return tuple(address for address in self.addresses if not self.inside(address))

    def inside(self, address: str) -> bool:
        """True if an address is loopback or the simulator's."""
        from urllib.parse import urlsplit

        return is_loopback(address) or address == urlsplit(self.simulator.url).hostname

    @property
    def reached(self) -> bool:
        """True if the probe's call was answered over TLS."""
        return bool(self.probe and self.probe.get("answer"))
