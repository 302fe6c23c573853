"""The routes of the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec.structs import replace
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response
from starlette.routing import Route

from simulator.core import spec
from simulator.core.refusals import Refusal
from simulator.messages import Answer, Request
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import ACCOUNT, STATIC
from simulator.web.endpoints.wire_refusals import too_large
from simulator.web.pages import account, callback, front, oauth, security, static_files
from simulator.web.pages.demo.carrier import Serve
from simulator.web.pages.demo.handlers import PATH as DEMO_PATH
from simulator.web.pages.demo.handlers import SOURCE_PATH, DemoSite
from simulator.web.pages.errors import error_answer
from simulator.web.pages.forms import FormError
from simulator.web.pages.render import AnswerResponse
from simulator.web.routing.visits import visit_of
from simulator.web.wire.reading import BodyTooLargeError, ClientGoneError, read_request, unread_request

PageHandler = Callable[[Desk, Request], Awaitable[Answer]]


def page_routes(serve: Serve, *, guarded: bool) -> list[Route]:
    """The routes of the pages: one per path, so that a 405 names all methods of the path.

    `serve` is the whole application, to which the demo broker talks; `guarded` = there is a control token.
    """
    demo = DemoSite(serve, guarded=guarded)
    served: dict[str, dict[str, PageHandler]] = {
        "/oauth": {"GET": oauth.login_page, "POST": oauth.submitted},
        spec.SECURITY_PATH: {"GET": security.who_page, "POST": security.submitted},
        ACCOUNT: {"GET": account.account_page, "POST": account.submitted},
        callback.PATH: {"GET": demo.callback},
        DEMO_PATH: {"GET": demo.page, "POST": demo.submitted},
        SOURCE_PATH: {"GET": demo.source},
        "/": {"GET": front.front_page},
        "/favicon.ico": {"GET": _no_icon},
        STATIC + "{name}": {"GET": static_files.static_file},
    }
    return [Route(path, _endpoint(handlers), methods=list(handlers)) for path, handlers in served.items()]


async def _no_icon(desk: Desk, request: Request) -> Answer:
    return Answer(204, b"", b"image/x-icon")


def _endpoint(handlers: dict[str, PageHandler]) -> Callable[[StarletteRequest], Awaitable[Response]]:
    """A Starlette endpoint that reads the request and calls the handler of its method."""

    async def endpoint(starlette_request: StarletteRequest) -> Response:
        visit = visit_of(starlette_request)
        desk = visit.desk
        try:
            request = await read_request(starlette_request.scope, starlette_request.receive)
        except ClientGoneError:
            return Response(status_code=499)  # nobody reads it
        except BodyTooLargeError:
            request = replace(unread_request(starlette_request.scope), notes=visit.notes)
            return AnswerResponse(visit.destination.delivered(request, _too_large(desk, request)))
        if visit.notes:
            request = replace(request, notes=visit.notes)
        try:
            answer = await handlers[request.method](desk, request)
        except FormError as error:
            answer = _unreadable(desk, request, error)
        return AnswerResponse(visit.destination.delivered(request, answer))

    return endpoint


def _too_large(desk: Desk, request: Request) -> Answer:
    refusal = too_large()
    # The rest of the body is not read, so the connection cannot be used again.
    return _turned_away(desk, request, refusal, refusal.text).having((b"connection", b"close"))


def _unreadable(desk: Desk, request: Request, error: FormError) -> Answer:
    if error.refusal is None:
        return error_answer(400, str(error), desk.exchange.world.prefix)
    return _turned_away(desk, request, error.refusal, str(error))


def _turned_away(desk: Desk, request: Request, refusal: Refusal, detail: str) -> Answer:
    base = desk.exchange.world.prefix
    return desk.turn_away(request, refusal, lambda outcome: error_answer(refusal.reason.denial.status, detail, base))
