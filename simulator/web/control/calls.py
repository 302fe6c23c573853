"""How a call of the control surface is read and guarded, and how its problems come out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.fields import FieldProblem, Fields
from simulator.core.world import World
from simulator.web.control.problems import ProblemError, problem
from simulator.web.decode import json_object
from simulator.web.envelope import as_json
from simulator.web.guards import foreign
from simulator.web.messages import BodyTooLargeError, ClientGoneError, read_request
from simulator.web.messages import Request as Call

ANOTHER_NAME = "If this is the simulator under another name, start it with --public-url and that origin."
Handler = Callable[[Request], Awaitable[Response]]


def answer(data: object, status: int = 200) -> Response:
    """JSON."""
    return Response(as_json(data), status, media_type="application/json")


async def call_of(request: Request) -> Call:
    """The request as the journal writes it down."""
    try:
        return await read_request(request.scope, request.receive)
    except BodyTooLargeError:
        raise ProblemError(413, "the body is too large") from None


def fields_of(call: Call, known: Iterable[str]) -> Fields:
    """The JSON object of a call; a name that nobody knows is a problem. An empty body is an empty object."""
    if call.body and "json" not in (call.header(b"content-type") or "").lower():
        raise ProblemError(415, "send application/json")
    body = json_object(call.body or b"{}")
    if body.fields is None:
        raise ProblemError(400, f"the body must be a JSON object: {body.detail}")
    names = list(known)
    unknown = tuple((name, f"unknown; known are {', '.join(names)}") for name in body.fields if name not in names)
    if unknown:
        raise ProblemError(400, "unknown fields", unknown)
    return Fields(body.fields)


def guarded(world: Callable[[], World], handler: Handler) -> Handler:
    """The handler, closed to other sites' pages, with its problems as problem+json."""

    async def guarded_handler(request: Request) -> Response:
        if reason := foreign(request.headers, world().origins):
            return problem(403, f"{reason}; a web page of another site must not drive the simulator. {ANOTHER_NAME}")
        try:
            return await handler(request)
        except ProblemError as error:
            return problem(error.status, error.detail, error.errors)
        except FieldProblem as error:
            return problem(400, f"{error.field} {error.problem}", ((error.field, error.problem),))
        except ClientGoneError:
            return Response(status_code=499)

    return guarded_handler
