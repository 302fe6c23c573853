"""The ASGI application: it routes a request to its workspace and its endpoint.

The exchange's own paths go through a thin table, because routing and request objects of a framework cost more than the
operations themselves (docs/performance.md). Pages and the control surface are a Starlette application, which is
imported with the first request for one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from simulator.core.refusals import Refusal
from simulator.evidence.journal import Journal
from simulator.exchange import Exchange
from simulator.messages import Answer, Receive, Request, Scope, Send
from simulator.scenario.loader import Scenario
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import Family, as_json
from simulator.web.endpoints.table import LIVE, READY, SITE, STATIC, answer_call, family_of, find, is_control, misplaced
from simulator.web.endpoints.wire_refusals import too_large
from simulator.web.guards import Policy
from simulator.web.routing.doors import Door
from simulator.web.routing.paths import Destination, PathMatch
from simulator.web.routing.visits import VISIT, Visit
from simulator.web.routing.workspaces import ADDRESSED, Workspaces
from simulator.web.wire import damage as network
from simulator.web.wire.entrance import Entrance
from simulator.web.wire.reading import (
    BodyTooLargeError,
    ClientGoneError,
    Lingering,
    raw_path,
    read_request,
    refused,
    request_head,
    unread_request,
)

if TYPE_CHECKING:
    from starlette.applications import Starlette


HERE: Final = PathMatch(None, "", "")
"""The match of a path that names no workspace."""
STREAMS: Final = ("/", "/endpoint")
"""Paths of the websocket: KuCoin's is the first one today, and was the second one."""
NOWHERE: Final = "/w/"
"""A path that neither pages nor control surface serve."""


class App:
    """The ASGI application: the exchanges of all workspaces behind a port."""

    def __init__(
        self,
        exchange: Exchange,
        scenario: Scenario | None = None,
        journal: Journal | None = None,
        policy: Policy | None = None,
    ) -> None:
        self.desk = Desk(exchange, scenario or Scenario("unnamed", "", exchange.scenario), journal)
        """The desk of the default workspace."""
        self.workspaces = Workspaces(self.desk)
        self.policy = policy or Policy()
        self.entrance = Entrance(self.policy, lambda: exchange.world.origins, lambda: exchange.clock.now().business)
        self._site: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request, or the server's start and stop."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def serve_at(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request that came to a workspace's own port."""
        await self._serve(scope, receive, send, door)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, door: Door | None = None) -> None:
        path, path_match = raw_path(scope), HERE
        if door is not None:
            path_match = door.match_path(path)
            path, scope = path_match.path, path_match.within(scope)
        elif path.startswith(ADDRESSED):
            path_match = self.workspaces.match_path(path)
            path, scope = path_match.path, path_match.within(scope)
        elif not self.workspaces.alone and (message := self.workspaces.ended_host(host_of(scope))):
            path_match = PathMatch(None, "", path, (message,))
        methods = None if path_match.notes else find(path)
        if methods is None:
            if path in (LIVE, READY) and not path_match.notes:
                await health(path, scope["method"], send)
                return
            control = is_control(path)
            if control or path in SITE or path.startswith(STATIC):
                ends = Lingering(receive, send)
                visit = self._visit(scope, path_match, control=control)
                site = self._site or await self._imported()
                here = {**scope, "path": NOWHERE} if visit.absent else scope
                await site({**here, VISIT: visit}, ends.receive, ends.send)
                return
        try:
            request = await read_request(scope, receive)
        except ClientGoneError:
            return
        except BodyTooLargeError as error:
            family = family_of(methods) if methods else Family.RESOURCE
            destination = self.workspaces.route(request_head(scope), path_match.desk)
            request = replace(unread_request(scope), notes=path_match.notes or destination.notes)
            answer = destination.delivered(request, destination.desk.refuse(request, too_large(), family))
            ends = Lingering(receive, send, complete=error.complete)
            await answer.having((b"connection", b"close")).send(ends.send)
            return
        destination = self.workspaces.route(request, path_match.desk)
        if notes := path_match.notes or destination.notes:
            request = replace(request, notes=notes)
        if refusal := refused(scope, request.headers):
            answer = destination.desk.refuse(request, refusal, family_of(methods) if methods else Family.RESOURCE)
        elif methods is None and _leads_to_file(request.path):
            answer = self._file(destination.desk, request)
        else:
            answer = await answer_call(destination.desk, request, methods)
        if notes:
            answer = destination.delivered(request, answer)
        if answer.damage is None:
            await answer.send(send)
        else:
            await network.deliver(answer, scope, receive, send)

    def at_once(self, request: Request, addressed: Desk | None = None) -> Answer | None:
        """The answer to a call of the exchange that need not wait; None = nothing was performed.

        `addressed` is the desk whose port the call came to, if it is not the common one.
        """
        methods = find(request.path)
        endpoint = methods.get(request.method) if methods else None
        if endpoint is None:
            return None
        destination = self.workspaces.route(request, addressed)
        desk = destination.desk
        if destination.notes or not desk.prompt:
            return None
        command, family, notes = endpoint.decode(request), endpoint.family, misplaced(request, endpoint)
        return desk.perform_at_once(request, command, lambda outcome: desk.spell(family, outcome), notes)

    def _file(self, desk: Desk, request: Request) -> Answer:
        """The answer with a rebate file. The module that writes it is imported with the first one."""
        from simulator.web.endpoints.files import rebate_file

        return rebate_file(desk, request)

    def streams_at(self, path: str, door: Door | None = None) -> bool:
        """True if there is a websocket at a path."""
        return self._match(path, door).path in STREAMS

    def stream(self, connection: Any, request: Request, rest: bytes, door: Door | None = None) -> None:
        """Make a websocket of a connection. `rest` came behind its request. What that needs is imported here."""
        from simulator.web.stream.opening import open_stream

        open_stream(self.workspaces, connection, request, rest, self._match(request.path, door).desk)

    def _match(self, path: str, door: Door | None) -> PathMatch:
        if door is not None:
            return door.match_path(path)
        return self.workspaces.match_path(path) if path.startswith(ADDRESSED) else PathMatch(None, "", path)

    def turn_away(self, request: Request, refusal: Refusal) -> Answer:
        """The refusal of a request that could not be read. Its workspace is unknown, so the default one records it."""
        return self.desk.refuse(request, refusal, Family.RESOURCE)

    def _visit(self, scope: Scope, path_match: PathMatch, *, control: bool) -> Visit:
        """The `Visit` of a request. For the control surface, only path and host decide the workspace."""
        head = request_head(scope)
        if control:
            destination = Destination(
                path_match.desk or self.workspaces.hosted(head.headers.get(b"host", b"")) or self.desk
            )
        else:
            destination = self.workspaces.route(head, path_match.desk)
        notes = path_match.notes or destination.notes
        return Visit(destination, self.workspaces, notes, control, bool(path_match.notes), self.entrance)

    def stop(self) -> None:
        """End everything that waits in any workspace, because the server stops."""
        for desk in self.workspaces.desks():
            desk.stop()

    async def _imported(self) -> Starlette:
        """Pages and control surface. Their import takes 100 ms, so it runs in a thread that nothing interrupts."""
        build = await asyncio.get_running_loop().run_in_executor(None, _builder)
        if self._site is None:
            self._site = build(self.workspaces, self.policy, self)
        return self._site


def host_of(scope: Scope) -> bytes:
    """The Host of a request."""
    return next((value for name, value in scope["headers"] if name == b"host"), b"")


def _leads_to_file(path: str) -> bool:
    """True if a path is a rebate file's. It is asked of paths that are no call of the exchange."""
    from simulator.core.broker_pro.rebates import leads_to_file

    return leads_to_file(path)


def _builder() -> Callable[[Workspaces, Policy, App], Starlette]:
    from simulator.web.site import build

    return build


async def health(path: str, method: str, send: Send) -> None:
    """Answer a health check: a server that answers is alive and ready. HEAD gets no body."""
    answer = Answer(200, as_json({"status": path.rpartition("/")[2]}))
    if method not in ("GET", "HEAD"):
        from simulator.web.control.protocol.problems import KIND, problem_body

        wrong = problem_body(405, "a health check is GET or HEAD")
        answer = Answer(405, wrong, KIND.encode()).having((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.head})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
