"""The ASGI application: from a connection's request to the workspace and the endpoint that it is for.

The exchange's own paths go through a thin table: routing and request objects of a framework cost more than the
operations themselves (docs/performance.md). Pages and the control surface are a Starlette application, which is
imported when somebody asks for one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from simulator.core.broker_pro.rebates import leads_to_file
from simulator.core.refusals import Refusal
from simulator.evidence.journal import Journal
from simulator.exchange import Exchange
from simulator.messages import Answer, Receive, Request, Scope, Send
from simulator.scenario.loader import Scenario
from simulator.web.endpoints.desk import Desk, too_large
from simulator.web.endpoints.envelope import Family, as_json
from simulator.web.endpoints.table import CONTROL, LIVE, READY, SITE, answer_call, family_of, find, misplaced
from simulator.web.guards import Policy
from simulator.web.routing.paths import Led, Way
from simulator.web.routing.visits import VISIT, Visit
from simulator.web.routing.workspaces import ADDRESSED, Workspaces
from simulator.web.wire import damage as network
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


HERE: Final = Led(None, "", "")
"""A path that names no workspace."""


class App:
    """The ASGI application: an exchange behind a port, and those of the other workspaces."""

    def __init__(
        self,
        exchange: Exchange,
        scenario: Scenario | None = None,
        journal: Journal | None = None,
        policy: Policy | None = None,
    ) -> None:
        self.desk = Desk(exchange, scenario or Scenario("unnamed", "", exchange.scenario), journal)
        """The default workspace's."""
        self.workspaces = Workspaces(self.desk)
        self.policy = policy or Policy()
        self._site: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request, or the server's start and stop."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, led = raw_path(scope), HERE
        if path.startswith(ADDRESSED):
            led = self.workspaces.led(path)
            path, scope = led.path, led.within(scope)
        found = None if led.notes else find(path)
        if found is None:
            if path in (LIVE, READY) and not led.notes:
                await health(path, scope["method"], send)
                return
            control = path == CONTROL or path.startswith(CONTROL + "/")
            if control or path in SITE:
                ends = Lingering(receive, send)
                visit = self._visit(scope, led, control=control)
                await self.site({**scope, VISIT: visit}, ends.receive, ends.send)
                return
        try:
            request = await read_request(scope, receive)
        except ClientGoneError:
            return
        except BodyTooLargeError as error:
            family = family_of(found) if found else Family.RESOURCE
            way = self.workspaces.route(request_head(scope), led.desk)
            request = replace(unread_request(scope), notes=led.notes or way.notes)
            answer = way.delivered(request, way.desk.refuse(request, too_large(), family))
            ends = Lingering(receive, send, complete=error.complete)
            await answer.having((b"connection", b"close")).send(ends.send)
            return
        way = self.workspaces.route(request, led.desk)
        if notes := led.notes or way.notes:
            request = replace(request, notes=notes)
        if refusal := refused(scope, request.headers):
            answer = way.desk.refuse(request, refusal, family_of(found) if found else Family.RESOURCE)
        elif leads_to_file(request.path):
            answer = self._file(way.desk, request)
        else:
            answer = await answer_call(way.desk, request, found)
        if notes:
            answer = way.delivered(request, answer)
        if answer.damage is None:
            await answer.send(send)
        else:
            await network.deliver(answer, scope, receive, send)

    def at_once(self, request: Request) -> Answer | None:
        """The answer to a call of the exchange that nothing has to be waited for; None = nothing was performed."""
        found = find(request.path)
        endpoint = found.get(request.method) if found else None
        if endpoint is None:
            return None
        way = self.workspaces.route(request)
        desk = way.desk
        if way.notes or not desk.prompt:
            return None
        command, family, notes = endpoint.decode(request), endpoint.family, misplaced(request, endpoint)
        return desk.perform_at_once(request, command, lambda outcome: desk.spell(family, outcome), notes)

    def _file(self, desk: Desk, request: Request) -> Answer:
        """A file. How it is written is not imported before somebody asks for one."""
        from simulator.web.endpoints.files import rebate_file

        return rebate_file(desk, request)

    def turn_away(self, request: Request, refusal: Refusal) -> Answer:
        """Refuse what the connection could not read as a request. Which workspace it was for is nobody's knowledge."""
        return self.desk.refuse(request, refusal, Family.RESOURCE)

    def _visit(self, scope: Scope, led: Led, *, control: bool) -> Visit:
        """The workspace of a page, by all that its request says; of the control surface only by path and host."""
        head = request_head(scope)
        if control:
            way = Way(led.desk or self.workspaces.hosted(head.headers.get(b"host", b"")) or self.desk)
        else:
            way = self.workspaces.route(head, led.desk)
        return Visit(way, self.workspaces, led.notes or way.notes, control, absent=bool(led.notes))

    def stop(self) -> None:
        """The server stops: nothing waits any longer, in no workspace."""
        for desk in self.workspaces.desks():
            desk.stop()

    @property
    def site(self) -> Starlette:
        """Pages and control surface."""
        if self._site is None:
            from simulator.web.site import build

            self._site = build(self.workspaces, self.policy)
        return self._site


async def health(path: str, method: str, send: Send) -> None:
    """Whether the server lives and is ready: it does and is, or nothing could answer. HEAD gets no body."""
    answer = Answer(200, as_json({"status": path.rpartition("/")[2]}))
    if method not in ("GET", "HEAD"):
        from simulator.web.control.problems import KIND, problem_body

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
