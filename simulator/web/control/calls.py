"""How a call of the control surface is read, and how its problems come out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from simulator.core.funds.settlement import PassTime, overtaken
from simulator.core.gateway.requests import MAXIMUM_BODY, FieldProblem
from simulator.core.world import Held, Stack, World
from simulator.messages import Request as Call
from simulator.scenario.loader import Scenario
from simulator.scenario.text.nodes import ScenarioError
from simulator.web.control.bodies import BodyFields
from simulator.web.control.problems import ProblemError, problem, wrong_field, wrong_text
from simulator.web.endpoints.decode import json_object, media_type
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import as_json
from simulator.web.endpoints.table import BASE
from simulator.web.routing.visits import desk_of
from simulator.web.wire.reading import BodyTooLargeError, ClientGoneError, read_request
from simulator.web.work import WorldGoneError, aside

T = TypeVar("T")
PAGE: Final = 100
"""How many things one answer lists at most, unless `limit` says otherwise."""
LONGEST_NUMBER: Final = 18
"""Digits."""

Handler = Callable[[Desk, Request], Awaitable[Response]]
"""Answers a call; named after what it does. Its docstring's first line stands in the index."""


class ControlCall(NamedTuple):
    """One call: its method and path below `/_sim/v1`, its handler, and the body that it takes."""

    method: str
    path: str
    handler: Handler
    body: str = ""

    def as_data(self) -> dict[str, str]:
        """The call as the index shows it."""
        does = (self.handler.__doc__ or "").partition("\n")[0]
        return {"call": f"{self.method} {BASE}{self.path}", "does": does, **({"body": self.body} if self.body else {})}


def answer(data: object, status: int = 200, media_type: str = "application/json") -> Response:
    """JSON."""
    return Response(as_json(data), status, media_type=media_type)


async def call_of(request: Request, most: int = MAXIMUM_BODY, *, waits: bool = True) -> Call:
    """The request as the journal writes it down. `most` bytes of its body are read.

    When it is here, no long work has the workspace for itself, unless the call does not wait for that.
    """
    try:
        call = await read_request(request.scope, request.receive, most)
    except BodyTooLargeError:
        raise ProblemError(413, f"the body is larger than {most} bytes") from None
    if waits:
        await desk_of(request).free()
    return call


async def alone(desk: Desk, request: Request, do: Callable[[Desk], T]) -> T:
    """Do long work that changes the workspace: on a fork, in a thread, while others' calls for it wait.

    The fork takes the place of what was there at the end, or never: when the client or the server goes, or when
    something is wrong, nothing has happened.
    """
    async with desk.alone() as (fork, over):
        return await aside(partial(do, fork), request.receive, over)


def fields_of(call: Call, known: Iterable[str]) -> BodyFields:
    """The JSON object of a call, to be read in a `with` block. An empty body is an empty object."""
    check_json(call)
    body = json_object(call.body or b"{}")
    if body.fields is None:
        raise no_object(body.detail)
    return BodyFields(body.fields, tuple(known))


def check_json(call: Call) -> None:
    """Refuse a body that is said to be something else than JSON."""
    if call.body and "json" not in media_type(call):
        raise ProblemError(415, "send application/json")


def no_object(detail: str) -> ProblemError:
    """What is said of a body that is no JSON object."""
    return ProblemError(400, f"the body must be a JSON object: {detail}")


def number_of(request: Request, name: str, default: int, least: int, most: int) -> int:
    """A whole number of the query."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and least <= int(text) <= most):
        raise ProblemError(400, f"{name} must be a whole number from {least} to {most}")
    return int(text)


def limit_of(request: Request) -> int:
    """`limit` of the query: how many things to list."""
    return number_of(request, "limit", PAGE, 1, 10_000)


def newest(request: Request, stack: Stack[Held], user: str = "") -> list[Held]:
    """So many rows as `limit` says, the newest first, of everybody ("") or of one user, also of one who is gone."""
    rows: Iterable[Held] = stack.newest(attrgetter("at", "id"))
    if user:
        rows = (held for held in rows if held.user == user)
    return [*islice(rows, limit_of(request))]


def settled(desk: Desk) -> World:
    """The world as it is now: what was due has happened, also when nobody has called since.

    While long work has the workspace for itself, it is the world before that.
    """
    if overtaken(desk.exchange.world) and not desk.taken:
        desk.exchange.perform(PassTime())
    return desk.exchange.world


def played(desk: Desk) -> Scenario:
    """The scenario with its world as it is now: who has come is known, who has gone is not."""
    return replace(desk.scenario, world=desk.exchange.world)


def handled(handlers: Mapping[str, Handler]) -> Any:
    """The endpoint of a path, by method, with its problems as problem+json."""

    async def endpoint(request: Request) -> Response:
        desk = desk_of(request)
        try:
            if desk.behind:
                await desk.caught_up()
            return await handlers[request.method](desk, request)
        except ScenarioError as error:
            return _told(wrong_text(error))
        except ProblemError as error:
            return _told(error)
        except FieldProblem as error:
            return problem(400, f"{error.field} {error.problem}", [wrong_field(error.field, error.problem)])
        except WorldGoneError:
            return problem(409, "the scenario or the workspace ended while this was under way; nothing was changed")
        except ClientGoneError:
            return Response(status_code=499)

    return endpoint


def _told(error: ProblemError) -> Response:
    return problem(error.status, error.detail, error.errors)
