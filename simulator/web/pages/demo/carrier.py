"""Carries the demo broker's requests to the exchange, in this process, and keeps what went over the wire.

The requests enter where those from a socket do, so they are routed, checked and journaled like every other call.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from simulator.core.value import Value
from simulator.evidence.journal import Entry
from simulator.evidence.views import exchanged, line, redactor
from simulator.messages import AsgiMessage, Receive, Scope, Send
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.demo.broker import HttpReply, LostError
from simulator.web.pages.demo.curl import as_curl
from simulator.web.wire.damage import NoTransportError

Serve = Callable[[Scope, Receive, Send], Awaitable[None]]
PATIENCE: Final = 10
"""Seconds that the broker waits for an answer."""
KEPT: Final = 24
"""Exchanges that are kept of one browser."""
LONGEST: Final = 6_000
"""Characters of a request or an answer that are kept."""
LOST: Final = "no answer"
UNANSWERED: Final = f"(no answer within {PATIENCE} s)"
BROKEN: Final = "(the connection ended without an answer)"


class Exchanged(Value, frozen=True):
    """A request of the broker and its answer as texts. Secrets are hidden as in the journal."""

    step: str
    action: int
    """Which action of the customer it belongs to, counted from 1."""
    number: int
    """Its number in the journal; 0 = it is not there."""
    call: str
    result: str
    outcome: str
    """The journal's word: `OK`, a reason, or `LOST`."""
    request: str = ""
    answer: str = ""
    curl: str = ""

    @property
    def kind(self) -> str:
        """The kind of its badge."""
        return "ok" if self.outcome == "OK" else "fault" if self.outcome == LOST else "refused"


class _Parts(NamedTuple):
    """What has come back so far."""

    heads: list[AsgiMessage]
    bodies: list[bytes]


class Carrier:
    """Sends requests for one action of a customer to the simulator at `origin`. `kept` gets what was sent."""

    def __init__(self, serve: Serve, desk: Desk, origin: str, step: str, action: int, kept: deque[Exchanged]) -> None:
        self._serve, self._desk = serve, desk
        self._scheme, _, self._host = origin.partition("://")
        self._origin, self._step, self._action, self._kept = origin, step, action, kept

    async def send(self, method: str, target: str, headers: Mapping[str, str], body: str) -> HttpReply:
        """The answer to a request. Raises `LostError`."""
        parts, gone, before = _Parts([], []), asyncio.Event(), self._desk.journal.last
        scope = self._scope(method, self._desk.exchange.world.prefix + target, headers, body.encode())
        task = asyncio.ensure_future(self._serve(scope, _receiver(body.encode(), gone), _collector(parts)))
        try:
            # The call goes on if nobody waits for it any more, as behind a gateway.
            await asyncio.wait({task}, timeout=PATIENCE)
        finally:
            gone.set()
        broken = task.done() and isinstance(task.exception(), NoTransportError)
        if task.done() and not broken:
            task.result()
        lost = broken or not parts.heads
        reply = None if lost else HttpReply(parts.heads[0]["status"], b"".join(parts.bodies).decode(errors="replace"))
        self._keep(method, target, self._entry(before, target), reply, BROKEN if task.done() else UNANSWERED)
        if reply is None:
            raise LostError
        return reply

    def _scope(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        path, _, query = target.partition("?")
        lines = {"host": self._host, "user-agent": "demo-broker", "accept": "application/json", **headers}
        if body:
            lines["content-length"] = str(len(body))
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": self._scheme,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in lines.items()],
            "client": ("127.0.0.1", 0),
            "server": None,
        }

    def _entry(self, before: int, target: str) -> Entry | None:
        """The journal's entry of the request."""
        path = target.partition("?")[0]
        entries = (self._desk.journal.entry(number) for number in range(before + 1, self._desk.journal.last + 1))
        return next((entry for entry in entries if entry and entry.request.path == path), None)

    def _keep(self, method: str, target: str, entry: Entry | None, reply: HttpReply | None, lost: str) -> None:
        call, result = f"{method} {target.partition('?')[0]}", f"{reply.status}" if reply else LOST
        if entry is None:
            self._kept.append(Exchanged(self._step, self._action, 0, call, result, LOST, answer=lost))
            return
        failures: list[str] = []
        journal = self._desk.journal
        hide = redactor(journal, entry, failures)
        shown = exchanged(entry, hide, failures)
        request, answer = shown["request"], shown["answer"]
        query = f"?{request['query']}" if request["query"] else ""
        self._kept.append(
            Exchanged(
                step=self._step,
                action=self._action,
                number=entry.number,
                call=call,
                result=result,
                outcome=line(journal, entry)["outcome"] if reply else LOST,
                request=_text(f"{method} {request['path']}{query} HTTP/1.1", request),
                answer=_text(f"HTTP/1.1 {answer['status']}", answer) if reply else lost,
                curl=as_curl(self._origin, request, reveal=journal.reporting.show_secrets, world=entry.after),
            )
        )


def _text(first: str, message: Mapping[str, Any]) -> str:
    """A request or an answer as it is read on the wire."""
    headers = [f"{name}: {value}" for name, value in message["headers"].items()]
    text = "\n".join([first, *headers, "", str(message["body"])]).rstrip()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n(cut)"


def _receiver(body: bytes, gone: asyncio.Event) -> Receive:
    """The request's body, and then nothing until nobody waits any more."""
    bodies = [body]

    async def receive() -> AsgiMessage:
        if bodies:
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    return receive


def _collector(parts: _Parts) -> Send:
    async def send(message: AsgiMessage) -> None:
        if message["type"] == "http.response.start":
            parts.heads.append(message)
        else:
            parts.bodies.append(message.get("body", b""))

    return send
