"""Calls of the control surface that a screen makes for the person in front of it, and the curl line of each.

A screen computes nothing twice: what it shows and does is what the control surface answers and does.
"""

from __future__ import annotations

import json
import re
from functools import cache
from shlex import quote as shell_quote
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlencode

from msgspec import DecodeError
from msgspec import json as msgspec_json
from starlette.requests import Request
from starlette.routing import Router

from simulator.messages import AsgiMessage
from simulator.web.control.routes import control_routes
from simulator.web.endpoints.decode import JSON
from simulator.web.endpoints.table import BASE
from simulator.web.pages.front import own_origin
from simulator.web.routing.visits import visit_of
from simulator.web.wire.reading import request_head

YAML: Final = "application/yaml"
ESCAPED: Final = re.compile("[\x7f-\x9f\ufeff\ufffe\uffff]")
"""Characters that JSON leaves as they are and YAML does not allow."""


class ControlRequest(NamedTuple):
    """A call of the control surface: `POST`, `/clock/advance`, the query, and the body.

    The body is JSON data, or a text in YAML as in a scenario; None = no body.
    """

    method: str
    path: str
    body: Any = None
    query: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> str:
        """The path with the query, below the origin and a workspace's prefix."""
        return f"{BASE}{self.path}{'?' if self.query else ''}{urlencode(self.query)}"

    @property
    def media_type(self) -> str:
        """The media type of the body."""
        return YAML if isinstance(self.body, str) else JSON

    @property
    def text(self) -> str:
        """The body as it is sent, "" if there is none."""
        if self.body is None or isinstance(self.body, str):
            return self.body or ""
        return json.dumps(self.body, ensure_ascii=False)

    def curl(self, request: Request) -> str:
        """The call as a line of curl, to the address that the browser uses."""
        visit = visit_of(request)
        world = visit.desk.exchange.world
        parts = ["curl", "-s"]
        if self.method != "GET":
            parts += ["-X", self.method]
        if visit.entrance.policy.token is not None:
            parts += ["-H", '"X-Sim-Token: $TOKEN"']
        if self.body is not None:
            parts += ["-H", f"'content-type: {self.media_type}'", "--data-binary", shell_quote(self.text)]
        return " ".join([*parts, shell_quote(f"{origin(request)}{world.prefix}{self.target}")])

    async def perform(self, request: Request) -> ControlReply:
        """Make the call as part of the request that the browser sent."""
        status, body = await self.answered(request)
        return ControlReply(status, _decoded(body))

    async def answered(self, request: Request) -> tuple[int, bytes]:
        """Make the call likewise, and return the status and the body of its answer."""
        body = self.text.encode(errors="replace")
        head = [(b"content-type", self.media_type.encode()), (b"content-length", b"%d" % len(body))] if body else []
        path, _, query = self.target.partition("?")
        scope = {
            **request.scope,
            "method": self.method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": head,
            "path_params": {},
        }
        pending: list[AsgiMessage] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[AsgiMessage] = []

        async def receive() -> AsgiMessage:
            return pending.pop() if pending else await request.receive()

        async def send(message: AsgiMessage) -> None:
            sent.append(message)

        await _router()(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


class ControlReply(NamedTuple):
    """The answer of the control surface: its status, and its body as JSON data."""

    status: int
    data: Any

    @property
    def good(self) -> bool:
        """True if the call did what it should."""
        return self.status < 400

    @property
    def detail(self) -> str:
        """What was wrong, in one sentence; "" if nothing was."""
        return "" if self.good else str(self.data["detail"])

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The wrong fields, each with a `detail`."""
        return [] if self.good else list(self.data.get("errors", ()))


@cache
def _router() -> Router:
    return Router(control_routes())


def _decoded(body: bytes) -> Any:
    try:
        return msgspec_json.decode(body) if body else None
    except DecodeError:
        return body.decode(errors="replace")


def scenario_lines(**sections: Any) -> str:
    """Sections of a scenario as its lines: an entry of a list a line. JSON is YAML."""
    lines: list[str] = []
    for name, section in sections.items():
        if isinstance(section, list) and section:
            lines += [f"{name}:", *(f"  - {_spelled(entry)}" for entry in section)]
        else:
            lines.append(f"{name}: {_spelled(section)}")
    return "\n".join(lines)


def _spelled(value: Any) -> str:
    return ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def origin(request: Request) -> str:
    """The origin that the browser uses if it is one of ours, else the public one."""
    return own_origin(visit_of(request).desk.exchange.world, request_head(request.scope))
