"""What a connection becomes by its first bytes: TLS, or one that came through a proxy.

What that needs is imported when the first such byte comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from simulator.core.refusals import Reason, Refusal
from simulator.hosts import is_kucoin
from simulator.web.guards import Policy
from simulator.web.wire import protocols

if TYPE_CHECKING:
    from simulator.web.wire.encryption import Encryption
    from simulator.web.wire.handshakes import Handshakes
    from simulator.web.wire.proxy import Target, Tunnels


class RefusedError(Exception):
    """A request must not be served, whatever follows: the connection ends with the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


class Entering(Protocol):
    """A connection that may become another one."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    client: tuple[str, int] | None
    url: bytes

    def shielded(self, transport: asyncio.Transport) -> None:
        """From now on its bytes are those of this transport, which decrypts them."""

    def established(self, rest: bytes) -> None:
        """The client may begin anew, with these bytes first."""

    def leave(self) -> bytes:
        """It takes no more bytes. What it has received and not read."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""


class Entrance:
    """The ways into a server, and what was tried and failed."""

    def __init__(self, policy: Policy, origins: Callable[[], tuple[str, ...]], now: Callable[[], int]) -> None:
        self._policy, self._origins, self._now = policy, origins, now
        self.names = policy.kucoin
        """Names that are KuCoin's besides those below its domain."""
        self.ports: set[int] = set()
        """The ports at which this server listens."""
        self.speaks_tls = policy.tls is not False
        self._handshakes: Handshakes | None = None
        self._encryption: Encryption | None = None
        self._tunnels: Tunnels | None = None

    @property
    def policy(self) -> Policy:
        """The policy of this server."""
        return self._policy

    @property
    def handshakes(self) -> Handshakes:
        """The TLS handshakes that failed."""
        if self._handshakes is None:
            from simulator.web.wire.handshakes import Handshakes

            self._handshakes = Handshakes(self._now, self._knows)
        return self._handshakes

    def _knows(self, name: str) -> bool:
        """True if a certificate can be valid for a name."""
        name = name.lower().removesuffix(".")
        return is_kucoin(name, self._policy.kucoin) or name == "localhost" or name.endswith(".localhost")

    # --- TLS
    def encrypt(self, connection: Any, data: bytes) -> None:
        """Put TLS between a connection and its transport. These are the first encrypted bytes."""
        from simulator.web.wire.shield import Shield

        if self._encryption is None:
            from simulator.web.wire.encryption import Encryption, maker

            self._encryption = Encryption(maker(self._policy), self.handshakes)
        shield = Shield(connection.transport, connection, self._encryption)
        connection.shielded(shield)
        shield.begin(data)

    # --- a proxy's requests
    def connect(self, connection: Entering, rest: bytes) -> None:
        """Obey `CONNECT host:port`. `rest` is what came behind it. Raises `RefusedError`."""
        from simulator.web.wire import proxy

        text = connection.url.decode("latin-1")
        target = proxy.target_of(text)
        if target is None:
            raise RefusedError(
                Refusal(Reason.NOT_HTTP, expected="CONNECT host:port, as in CONNECT www.kucoin.com:443", received=text)
            )
        if self._is_here(target):
            connection.established(rest)
        elif self._policy.tunnel and proxy.on_this_machine(connection.client):
            self._tunnels = self._tunnels or proxy.Tunnels()
            self._tunnels.begin(connection, target, rest + connection.leave())
        else:
            raise RefusedError(proxy.refused(target, self._policy, connect=True))

    def locate(self, url: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        """See which host a request with its whole URL is for; `Host` becomes that host. Raises `RefusedError`.

        The host of the URL counts, whatever stands in `Host` (RFC 9112 s3.2.2).
        """
        from simulator.web.wire import proxy

        authority, target = proxy.named(url)
        if target is None:
            shown = authority.decode("latin-1")
            raise RefusedError(Refusal(Reason.NOT_HTTP, expected="a URL as http://api.kucoin.com/path", received=shown))
        if not self._is_here(target):
            raise RefusedError(proxy.refused(target, self._policy, connect=False))
        headers[:] = [(b"host", authority), *(header for header in headers if header[0] != b"host")]

    def _is_here(self, target: Target) -> bool:
        from simulator.web.wire import proxy

        return proxy.ends_here(target, self._policy, frozenset(self.ports)) or proxy.is_origin(target, self._origins())


TWICE: Final = protocols.not_served(protocols.CONNECT)
"""The refusal of a CONNECT within a CONNECT, or behind a request that has not been answered."""
