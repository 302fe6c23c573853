"""TLS of one server: its context, which is made when the first client speaks TLS, and the handshakes under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from ssl import SSLContext
from typing import Final, Protocol

from simulator.web.guards import Policy
from simulator.web.wire.handshakes import Explanation, Handshakes

MOST_HANDSHAKES: Final = 1000
"""Handshakes that may be under way at once. The oldest is ended if there are more: each costs some 50 KB."""
INTERNAL_ERROR: Final = bytes((21, 3, 3, 0, 2, 2, 80))
"""The alert of a server that cannot go on."""
MISSING: Final = "install the simulator with its extra `tls`, or start it with --tls off or --tls CERT,KEY"

Ready = Callable[[SSLContext | Exception], None]


class Pending(Protocol):
    """A handshake that is under way."""

    def give_way(self) -> None:
        """End it, because there are too many."""


def maker(policy: Policy) -> Callable[[], SSLContext]:
    """The function that makes the context which a policy wants."""
    if isinstance(policy.tls, tuple):
        return partial(from_files, *policy.tls)
    return partial(automatic, policy.kucoin)


def automatic(names: tuple[str, ...]) -> SSLContext:
    """The context with certificates of this installation's authority, for these names of KuCoin's besides its domain.

    It takes 150 ms, most of it for an import.
    """
    from simulator.certificates.authority import serving
    from simulator.certificates.contexts import server_context

    return server_context(serving(names))


def from_files(certificate: str, key: str) -> SSLContext:
    """A context with a certificate and its key in files. Raises `OSError`, as `SSLError` is."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["http/1.1"])
    return context


class Encryption:
    """Makes the context in a thread, once, so that neither a start nor other clients wait for it."""

    def __init__(self, make: Callable[[], SSLContext], handshakes: Handshakes) -> None:
        self._make = make
        self.handshakes = handshakes
        self.under_way: dict[Pending, None] = {}
        """Handshakes that have not ended, the oldest first."""
        self.context: SSLContext | None = None
        """None = it has not been made."""
        self._waiting: list[Ready] = []

    def provide(self, ready: Ready, loop: asyncio.AbstractEventLoop) -> None:
        """Make the context, and call `ready` with it, or with the error for which there is none."""
        self._waiting.append(ready)
        if len(self._waiting) == 1:
            loop.run_in_executor(None, self._make).add_done_callback(self._made)

    def _made(self, making: asyncio.Future[SSLContext]) -> None:
        waiting, self._waiting = self._waiting, []
        if making.cancelled():
            return
        error = making.exception()
        if error is None:
            self.context = making.result()
        outcome = self.context or (error if isinstance(error, Exception) else RuntimeError(repr(error)))
        for ready in waiting:
            ready(outcome)

    def begin(self, handshake: Pending) -> None:
        """One more is under way."""
        if len(self.under_way) >= MOST_HANDSHAKES:
            next(iter(self.under_way)).give_way()
        self.under_way[handshake] = None

    def end(self, handshake: Pending) -> None:
        """It has ended, well or badly."""
        self.under_way.pop(handshake, None)


def unavailable(error: Exception) -> Explanation:
    """Why there is no context."""
    if isinstance(error, ImportError):
        return Explanation(f"a library that makes certificates is missing: {error}", MISSING)
    return Explanation(f"no certificate can be made: {error}", "see `kucoin-simulator ca path`, or --tls CERT,KEY")
