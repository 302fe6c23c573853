"""One HTTP/1.1 exchange with the control surface: connections that are kept, and problems as exceptions.

It asks for no proxy, reads no environment, and waits by no clock, so that those of the caller's process do not matter.
"""

from __future__ import annotations

import asyncio
import json
import select
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from contextvars import copy_context
from errno import ECONNRESET
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, RemoteDisconnected
from socket import SHUT_RDWR
from typing import Any, Final, Self, TypeVar
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

from .problems import NotASimulatorError, NotReachableError, Problem

BASE: Final = "/_sim/v1"
PROBLEM: Final = "application/problem+json"
Payload = str | bytes | Mapping[str, Any]
"""A scenario or a part of one: YAML as a text, or a mapping, which is sent as JSON."""
Content = tuple[bytes | None, dict[str, str]]
"""The bytes of a body, and its headers."""
T = TypeVar("T")


def quoted(part: str | int) -> str:
    """A part of a path, percent-encoded."""
    return quote(str(part), safe="")


class _Kept:
    """Connections that wait for the next call. Clients of one server share them."""

    def __init__(self, parts: SplitResult) -> None:
        self.address = (parts.scheme, parts.hostname, parts.port)
        self.idle: list[HTTPConnection] = []

    def close(self) -> None:
        while self.idle:
            self.idle.pop().close()

    def __del__(self) -> None:
        self.close()


class UnderWay:
    """A call that another thread can stop."""

    def __init__(self) -> None:
        self.connection: HTTPConnection | None = None
        self.stopped = False

    def check(self) -> None:
        """Raise an error if it was stopped before it had a connection."""
        if self.stopped:
            raise ConnectionResetError(ECONNRESET, "the call was cancelled")

    def stop(self) -> None:
        """End its wait for an answer."""
        self.stopped = True
        if self.connection is not None and self.connection.sock is not None:
            with suppress(OSError):  # it has ended
                self.connection.sock.shutdown(SHUT_RDWR)


class Transport:
    """Connections to the control surface at `url`, which may have the prefix of a workspace, such as `/w/NAME`.

    `token` is what the server was given by --control-token. `timeout` is in seconds, for each wait on the socket; calls
    that wait on purpose add what they wait for. It may be used by several threads at a time.
    """

    def __init__(self, url: str, *, token: str | None = None, timeout: float = 60.0) -> None:
        parts = _address(url)
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
        self._host, self._port = str(parts.hostname), parts.port
        self._connection = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._prefix = parts.path.rstrip("/") + BASE
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._token, self._timeout = token, timeout
        self._kept = _Kept(parts)

    def at(self, url: str) -> Self:
        """A client of the same kind, token and timeout at another URL, or at a path of this server such as `/w/NAME`.

        At a path of this server it uses the same connections.
        """
        other = type(self)(urljoin(self.url, url), token=self._token, timeout=self._timeout)
        return other._sharing(self._kept)  # noqa: SLF001 - of the same class

    def _sharing(self, kept: _Kept) -> Self:
        if self._kept.address == kept.address:
            self._kept = kept
        return self

    def close(self) -> None:
        """Close the connections that are kept. The next call opens a new one."""
        self._kept.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Payload | None = None,
        fields: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        text: bool = False,
        under_way: UnderWay | None = None,
    ) -> Any:
        """Send one call and return its reply: JSON, a text, or None. Raises `Problem` and `NotReachableError`."""
        target = _target(path, query)
        call = under_way or UnderWay()
        response, connection = self._sent(method, target, _content(body, fields), self._patience(query), call)
        try:
            content = response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            raise NotReachableError(f"{method} {self.url}{BASE}{target}: the answer broke off ({error!r})") from error
        if response.will_close:
            connection.close()
        else:
            self._kept.idle.append(connection)
        if text and response.status < 300:
            return content.decode()
        return self._reply(method, target, response, content)

    def _events(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        under_way: UnderWay | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The data of server-sent events as they come. Closing the iterator closes the connection."""
        target = _target(path, query)
        response, connection = self._sent(method, target, (None, {}), None, under_way or UnderWay())
        try:
            if response.status != 200:
                self._reply(method, target, response, response.read())
            dropped = False
            for line in response:
                if line.startswith(b"event: dropped"):
                    dropped = True
                elif line.startswith(b"data:") and not dropped:
                    yield json.loads(line.removeprefix(b"data:"))
                elif line == b"\n":
                    dropped = False
        finally:
            connection.close()

    def _patience(self, query: Mapping[str, object] | None) -> float:
        """Seconds to wait on the socket."""
        waits = (query or {}).get("timeout")
        return self._timeout + (float(str(waits)) if waits is not None else 10)

    def _sent(
        self, method: str, target: str, sent: Content, timeout: float | None, call: UnderWay
    ) -> tuple[HTTPResponse, HTTPConnection]:
        """Send a call on a kept connection, or on a new one, and read the head of the answer."""
        content, headers = sent
        while True:
            connection, kept = self._open(timeout)
            call.connection = connection
            try:
                connection.request(method, f"{self._prefix}{target}", content, {**self._headers, **headers})
                call.check()
                return connection.getresponse(), connection
            except (RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
                connection.close()
                if not kept or call.stopped:  # else the server closed it while it was idle
                    raise NotReachableError(f"{self.url} closed the connection without an answer") from error
            except TimeoutError as error:
                connection.close()
                raise NotReachableError(f"{method} {self.url}{BASE}{target}: no answer in {timeout:g} s") from error
            except OSError as error:
                connection.close()
                raise NotReachableError(
                    f"nothing answers at {self.url} ({error.strerror or error}); start one by `kucoin-simulator`,"
                    " or give the address of the one that runs"
                ) from error
            except HTTPException as error:
                connection.close()
                raise NotASimulatorError(f"{self.url} does not speak HTTP ({error!r})") from error

    def _open(self, timeout: float | None) -> tuple[HTTPConnection, bool]:
        """A connection, and whether it was kept from an earlier call."""
        while True:
            try:
                connection = self._kept.idle.pop()
            except IndexError:
                return self._connection(self._host, self._port, timeout=timeout), False
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                connection.sock.settimeout(timeout)
                return connection, True
            connection.close()  # the server has closed it

    def _reply(self, method: str, target: str, response: HTTPResponse, content: bytes) -> Any:
        kind = (response.headers.get("content-type") or "").partition(";")[0]
        if kind == PROBLEM:
            raise Problem(f"{method} {BASE}{target}", json.loads(content))
        if response.status >= 300:
            raise NotASimulatorError(
                f"{method} {self.url}{BASE}{target} was answered with {response.status} {kind or 'and no type'};"
                " a simulator answers in another way, so something else listens there"
            )
        if not content:
            return None
        try:
            return json.loads(content)
        except ValueError:
            raise NotASimulatorError(f"{method} {self.url}{BASE}{target} was answered with no JSON") from None


def _address(url: str) -> SplitResult:
    """The parts of the URL of a server. Raises `ValueError` for one that no server can have."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        usable = parts.scheme in ("http", "https") and parts.port != 0 and not (parts.query or parts.fragment)
    except ValueError:  # a port that is no number, or an open bracket
        usable = False
    if not usable or not parts.hostname or not url.isprintable() or " " in url:
        raise ValueError(f"{url!r} is not the address of a server, such as http://127.0.0.1:8080")
    return parts


def _target(path: str, query: Mapping[str, object] | None) -> str:
    pairs = {name: str(value) for name, value in (query or {}).items() if value is not None}
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _content(body: Payload | None, fields: Mapping[str, object] | None) -> Content:
    """The bytes of a body and its headers."""
    if isinstance(body, str | bytes):
        return body.encode() if isinstance(body, str) else body, {"Content-Type": "application/yaml"}
    if fields is not None:
        body = {name: value for name, value in fields.items() if value is not None}
    if body is None:
        return None, {}
    return json.dumps(body, default=str).encode(), {"Content-Type": "application/json"}


class AsyncTransport:
    """A `Transport` to be awaited. Calls run in threads, because that goes with asyncio, anyio and trio alike."""

    def __init__(self, url: str, *, token: str | None = None, timeout: float = 60.0) -> None:
        self._transport = Transport(url, token=token, timeout=timeout)
        self.url = self._transport.url

    @classmethod
    def over(cls, transport: Transport) -> Self:
        """A client that uses the connections of another one."""
        client = cls(transport.url)
        client._transport = transport
        return client

    async def close(self) -> None:
        """Close the connections that are kept. The next call opens a new one."""
        self._transport.close()

    async def _call(self, method: str, path: str, **more: Any) -> Any:
        call = UnderWay()
        return await in_thread(
            lambda: self._transport._call(method, path, under_way=call, **more),  # noqa: SLF001 - one half of it
            call.stop,
        )

    async def _events(self, method: str, path: str, **more: Any) -> AsyncIterator[dict[str, Any]]:
        call = UnderWay()
        events = self._transport._events(method, path, under_way=call, **more)  # noqa: SLF001 - the same
        while (event := await in_thread(lambda: next(events, None), call.stop)) is not None:
            yield event


async def in_thread(function: Callable[[], T], stop: Callable[[], None]) -> T:
    """The result of a function that waits, while the event loop goes on. Works in asyncio and in trio.

    `stop` makes the function return or raise; it is called if the task is cancelled.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        from trio import to_thread  # type: ignore[import-not-found,unused-ignore]  # it awaits this, so it is there

        result: T = await to_thread.run_sync(function)
        return result
    future = loop.run_in_executor(None, copy_context().run, function)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        stop()
        await asyncio.wait([future])
        future.exception()  # it was stopped, and nobody waits for it
        raise
