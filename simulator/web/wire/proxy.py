"""The port as a proxy: `CONNECT host:port` to KuCoin ends here, and so do requests that name their whole URL.

Nothing is ever passed on without having been asked for: only with `--proxy-others tunnel` does a CONNECT to another
host become a pipe of bytes, and only for clients on this machine, so that nobody gets an open relay.
"""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple, Protocol

from msgspec import json

from simulator.core.refusals import Reason, Refusal
from simulator.hosts import is_kucoin, is_loopback
from simulator.messages import Answer
from simulator.web.guards import LARGEST_PORT, LOOPBACK_NAMES, Policy, hostname

ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
MOST_TUNNELS: Final = 100
"""Connections to other hosts that may be open at once."""
ARRIVAL: Final = 10.0
"""Seconds until another host must have answered."""
IDLE: Final = 600.0
"""Seconds after which a tunnel without traffic is closed."""
PORTS: Final = {b"http": 80, b"https": 443}
OTHER: Final = "put {host} into NO_PROXY, so that the client calls it itself{more}"
TUNNEL: Final = ", or start the simulator with --proxy-others tunnel"
OF_THIS_MACHINE: Final = "; only clients on this machine get a tunnel"
PLAIN: Final = "; requests by http:// are never passed on"


class Target(NamedTuple):
    """A host in the form of `Host`, in lower case, and a port."""

    host: str
    port: int


def target_of(authority: str, default: int | None = None) -> Target | None:
    """The target of `host:port`, or None if it is none. Without a default the port must be there."""
    try:
        name = hostname(authority)
    except ValueError:
        return None
    port = authority[len(name) :].lstrip(":") if not authority.startswith("[") else authority.partition("]:")[2]
    if not name or (not port and default is None):
        return None
    number = int(port) if port else default or 0
    return Target(name, number) if 0 < number <= LARGEST_PORT else None


def ends_here(target: Target, policy: Policy, own_ports: frozenset[int]) -> bool:
    """True if a host is KuCoin's, or this server's own name and port [H74/proxy]."""
    if is_kucoin(target.host, policy.kucoin):
        return True
    own = target.host in (*LOOPBACK_NAMES, *policy.names) or target.host.endswith(".localhost")
    return own and target.port in own_ports


def is_origin(target: Target, origins: tuple[str, ...]) -> bool:
    """True if the target is one of our own origins, such as the public one."""
    texts = [f"{scheme.decode()}://{target.host}" for scheme, port in PORTS.items() if port == target.port]
    texts += [f"{scheme.decode()}://{target.host}:{target.port}" for scheme in PORTS]
    return any(text in origins for text in texts)


def refused(target: Target, policy: Policy, *, connect: bool) -> Refusal:
    """The refusal of a host that is neither KuCoin's nor ours."""
    more = (OF_THIS_MACHINE if policy.tunnel else TUNNEL) if connect else PLAIN
    host = f"{target.host}:{target.port}"
    return Refusal(
        Reason.HOST_NOT_SERVED,
        expected="a host of KuCoin's",
        received=host,
        host=host,
        advice=OTHER.format(host=target.host, more=more),
    )


def named(url: bytes) -> tuple[bytes, Target | None]:
    """The authority of a request target in absolute form, and what it means."""
    scheme, _, rest = url.partition(b"://")
    authority = rest.partition(b"/")[0].partition(b"?")[0]
    return authority, target_of(authority.decode("latin-1"), PORTS.get(scheme.lower(), 0))


def on_this_machine(client: tuple[str, int] | None) -> bool:
    """True if a client is on this machine."""
    return client is not None and is_loopback(client[0])


class Near(Protocol):
    """The end of a tunnel at the client."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""


class Tunnels:
    """All tunnels of a server."""

    def __init__(self) -> None:
        self._open: set[asyncio.Transport] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun = 0

    def begin(self, near: Near, target: Target, rest: bytes) -> None:
        """Connect the client with the target, after it has sent these bytes already."""
        near.transport.pause_reading()
        if self._begun >= MOST_TUNNELS:
            _fail(near.transport, f"{MOST_TUNNELS} tunnels are open already")
            return
        self._begun += 1
        task = near.loop.create_task(self._connect(near, target, rest))
        self._tasks.add(task)
        task.add_done_callback(self._connected)

    def _connected(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)

    async def _connect(self, near: Near, target: Target, rest: bytes) -> None:
        host = target.host.strip("[]")
        try:
            async with asyncio.timeout(ARRIVAL):
                far, _ = await near.loop.create_connection(asyncio.Protocol, host, target.port)
        except (OSError, TimeoutError) as error:
            self._begun -= 1
            _fail(near.transport, f"{target.host}:{target.port} cannot be reached: {error or 'no answer'}")
            return
        if near.transport.is_closing():
            self._begun -= 1
            far.abort()
            return
        near.transport.write(ESTABLISHED)
        far.write(rest)
        Pipe(self, near, far)

    def ended(self) -> None:
        """A tunnel is closed."""
        self._begun -= 1


def _fail(transport: asyncio.Transport, why: str) -> None:
    transport.write(Answer(502, json.encode({"msg": why})).last)
    transport.close()


class Pipe:
    """The two directions of a tunnel. An end that is slow holds the other one up, and both close together."""

    def __init__(self, tunnels: Tunnels, near: Near, far: asyncio.Transport) -> None:
        self._tunnels, self._loop = tunnels, near.loop
        self._ends = (near.transport, far)
        self._moved = self._loop.time()
        self._over, self._halves = False, 2
        near.transport.set_protocol(_End(self, near.transport, far, near))
        far.set_protocol(_End(self, far, near.transport))
        near.transport.resume_reading()
        self._timer = self._loop.call_later(IDLE, self._look)

    def moved(self) -> None:
        """Bytes have come from one side."""
        self._moved = self._loop.time()

    def _look(self) -> None:
        left = self._moved + IDLE - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
        else:
            for end in self._ends:
                end.abort()

    def half_closed(self) -> None:
        """One direction has ended. With the second one the tunnel is closed."""
        self._halves -= 1
        if not self._halves:
            self.close()

    def close(self) -> None:
        """One end is gone, and so is the other."""
        if not self._over:
            self._over = True
            self._timer.cancel()
            self._tunnels.ended()
            for end in self._ends:
                end.close()


class _End(asyncio.Protocol):
    """What comes from one end of a tunnel goes to the other."""

    def __init__(
        self, pipe: Pipe, own: asyncio.Transport, other: asyncio.Transport, connection: Near | None = None
    ) -> None:
        self._pipe, self._own, self._other, self._connection = pipe, own, other, connection

    def data_received(self, data: bytes) -> None:
        """Pass bytes on."""
        self._pipe.moved()
        self._other.write(data)

    def eof_received(self) -> bool:
        """Pass the end of one direction on."""
        if not self._other.is_closing():
            self._other.write_eof()
        self._pipe.half_closed()
        return True

    def pause_writing(self) -> None:
        """The end is slow: read nothing more from the other."""
        if not self._other.is_closing():
            self._other.pause_reading()

    def resume_writing(self) -> None:
        """It has caught up."""
        if not self._other.is_closing():
            self._other.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Close both ends."""
        self._pipe.close()
        if self._connection is not None:
            self._connection.connection_lost(exc)
