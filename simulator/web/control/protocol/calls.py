"""How a call of the control surface is read and answered, and how its problems are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any, Final, TypeVar

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from simulator.core.gateway.requests import MAXIMUM_BODY, FieldProblem
from simulator.core.world import Held, Stack, World
from simulator.messages import Request as Call
from simulator.scenario.loader import Scenario
from simulator.scenario.text.nodes import ScenarioError
from simulator.web.control.protocol.bodies import BodyFields
from simulator.web.control.protocol.declaration import LIMIT, SCENARIO_TEXTS, ControlCall, JsonBody
from simulator.web.control.protocol.problems import ProblemError, problem, wrong_field, wrong_text
from simulator.web.endpoints.decode import json_object, media_type
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import as_json
from simulator.web.routing.visits import desk_of
from simulator.web.wire.reading import BodyTooLargeError, ClientGoneError, read_request
from simulator.web.work import WorldGoneError, aside

T = TypeVar("T")
LONGEST_SCENARIO: Final = 1_048_576
"""Bytes of a scenario's text that are read."""


def answer(data: object, status: int = 200, media_type: str = "application/json") -> Response:
    """The data as a JSON response."""
    return Response(as_json(data), status, media_type=media_type)


async def call_of(request: Request, most: int = MAXIMUM_BODY, *, waits: bool = True) -> Call:
    """The request as the journal records it, with at most `most` bytes of its body.

    On return no long work has the workspace for itself, unless `waits` is false.
    """
    try:
        call = await read_request(request.scope, request.receive, most)
    except BodyTooLargeError:
        raise ProblemError(413, f"the body is larger than {most} bytes") from None
    if waits:
        await desk_of(request).free()
    return call


async def text_of(request: Request) -> str:
    """The body as the text of a scenario: YAML or JSON."""
    call = await call_of(request, LONGEST_SCENARIO)
    if call.body and media_type(call) not in SCENARIO_TEXTS:
        raise ProblemError(415, f"send {SCENARIO_TEXTS[1]} or {SCENARIO_TEXTS[0]}")
    try:
        return call.body.decode()
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"the body must be UTF-8: byte {error.start} is not") from None


async def alone(desk: Desk, request: Request, do: Callable[[Desk], T]) -> T:
    """Do long work that changes the workspace: on a fork, in a thread, while other calls to the workspace wait.

    The fork replaces the exchange at the end. If the client or the server goes away, or something is wrong, the fork
    is dropped and nothing has happened.
    """
    async with desk.alone() as (fork, over):
        return await aside(partial(do, fork), request.receive, over)


def fields_of(call: Call, body: JsonBody) -> BodyFields:
    """The JSON object of a call, to be read in a `with` block. An empty body is an empty object."""
    check_json(call)
    decoded = json_object(call.body or b"{}")
    if decoded.fields is None:
        raise no_object(decoded.detail)
    return BodyFields(decoded.fields, body.names)


def check_json(call: Call) -> None:
    """Refuse a body whose media type is not JSON."""
    if call.body and "json" not in media_type(call):
        raise ProblemError(415, "send application/json")


def no_object(detail: str) -> ProblemError:
    """The problem of a body that is no JSON object."""
    return ProblemError(400, f"the body must be a JSON object: {detail}")


def newest(request: Request, stack: Stack[Held], user: str = "") -> list[Held]:
    """The newest `limit` rows, newest first, of all users ("") or of one, who may have been deleted."""
    rows: Iterable[Held] = stack.newest(attrgetter("at", "id"))
    if user:
        rows = (row for row in rows if row.user == user)
    return [*islice(rows, LIMIT.number(request))]


def settled(desk: Desk) -> World:
    """The world as it is now: `Desk.settled`."""
    return desk.settled()


def played(desk: Desk) -> Scenario:
    """The scenario with the world of now: new users are known, deleted ones are not."""
    return replace(desk.scenario, world=desk.exchange.world)


def handled(calls: Mapping[str, ControlCall]) -> Any:
    """The Starlette endpoint of a path with its calls by method. Problems are answered as problem+json."""

    async def endpoint(request: Request) -> Response:
        desk, call = desk_of(request), calls[request.method]
        try:
            if desk.behind:
                await desk.caught_up()
            call.check_query(request)
            if call.body is None and call.method != "GET":
                await _check_no_body(request, call)
            return await call.handler(desk, request)
        except ScenarioError as error:
            return _problem(wrong_text(error))
        except ProblemError as error:
            return _problem(error)
        except FieldProblem as error:
            return problem(400, f"{error.field} {error.problem}", [wrong_field(error.field, error.problem)])
        except WorldGoneError:
            return problem(409, "the scenario or the workspace ended while this was under way; nothing was changed")
        except ClientGoneError:
            return Response(status_code=499)

    return endpoint


async def _check_no_body(request: Request, call: ControlCall) -> None:
    """Refuse a body that says something: nothing would read it."""
    if request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers:
        return
    body = (await call_of(request, waits=False)).body.strip()
    if body not in (b"", b"{}", b"null"):
        raise ProblemError(400, f"{call.name} takes no body; nothing was changed")


def _problem(error: ProblemError) -> Response:
    return problem(error.status, error.detail, error.errors)
