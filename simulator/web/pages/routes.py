"""The pages' addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.requests import Request as Asked
from starlette.responses import Response
from starlette.routing import Route

from simulator.core import spec
from simulator.core.refusals import Refusal
from simulator.messages import Answer, Request
from simulator.web.desk import too_large
from simulator.web.guards import foreign
from simulator.web.messages import BodyTooLargeError, ClientGoneError, read_request, unread_request
from simulator.web.pages import callback, front, oauth, security
from simulator.web.pages.errors import error_answer
from simulator.web.pages.forms import FormError
from simulator.web.pages.render import AnswerResponse

if TYPE_CHECKING:
    from simulator.web.desk import Desk

Handler = Callable[[Request], Awaitable[Answer]]

ANOTHER_SITE: Final = (
    "The form was not sent by a page of this simulator: {}. Nothing happened. Our own origins are {};"
    " if this is the simulator under another name, start it with --public-url and that origin."
)


def page_routes(desk: Desk) -> list[Route]:
    """The routes of the pages: one a path, so that a 405 names all its methods."""
    served: dict[str, dict[str, Handler]] = {
        "/oauth": {"GET": partial(oauth.login_page, desk), "POST": partial(oauth.submitted, desk)},
        spec.SECURITY_PATH: {"GET": partial(security.who_page, desk), "POST": partial(security.submitted, desk)},
        callback.PATH: {"GET": partial(callback.callback_page, desk)},
        "/": {"GET": partial(front.front_page, desk)},
        "/favicon.ico": {"GET": _no_icon},
    }
    return [Route(path, _endpoint(desk, handlers), methods=list(handlers)) for path, handlers in served.items()]


async def _no_icon(request: Request) -> Answer:
    return Answer(204, b"", b"image/x-icon")


def _endpoint(desk: Desk, handlers: dict[str, Handler]) -> Callable[[Asked], Awaitable[Response]]:
    """Read the request, keep other sites' forms out, and let the method's handler answer."""

    async def endpoint(asked: Asked) -> Response:
        try:
            request = await read_request(asked.scope, asked.receive)
        except ClientGoneError:
            return Response(status_code=499)  # nobody is there to read it
        except BodyTooLargeError:
            return AnswerResponse(_too_large(desk, asked))
        origins = desk.exchange.world.origins
        if request.method == "POST" and (reason := foreign(asked.headers, origins)):
            return AnswerResponse(error_answer(403, ANOTHER_SITE.format(reason, ", ".join(origins))))
        try:
            answer = await handlers[request.method](request)
        except FormError as error:
            answer = _unreadable(desk, request, error)
        return AnswerResponse(answer)

    return endpoint


def _too_large(desk: Desk, asked: Asked) -> Answer:
    refusal = too_large()
    # What is left of the body is not read, so the connection cannot be used again.
    return _turned_away(desk, unread_request(asked.scope), refusal, refusal.text).having((b"connection", b"close"))


def _unreadable(desk: Desk, request: Request, error: FormError) -> Answer:
    if error.refusal is None:
        return error_answer(400, str(error))
    return _turned_away(desk, request, error.refusal, str(error))


def _turned_away(desk: Desk, request: Request, refusal: Refusal, detail: str) -> Answer:
    return desk.turn_away(request, refusal, lambda outcome: error_answer(refusal.reason.denial.status, detail))
