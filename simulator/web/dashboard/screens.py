"""A screen of the dashboard as one value, how it is answered, and how its problems are shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.gateway.requests import FieldProblem
from simulator.web.control.protocol.calls import call_of
from simulator.web.control.protocol.declaration import Handler
from simulator.web.control.protocol.problems import Errors, ProblemError
from simulator.web.dashboard.nav import ENTER, LEAVE, SECTIONS
from simulator.web.dashboard.steering import ControlRequest, origin
from simulator.web.endpoints.table import CONTROL
from simulator.web.pages.forms import FormError, PageForm, read_form
from simulator.web.pages.render import AnswerResponse, page
from simulator.web.routing.visits import desk_of, visit_of
from simulator.web.wire.reading import ClientGoneError
from simulator.web.work import WorldGoneError

NO_LINE: Final = "# No line of a scenario does this: it belongs to one run, and a scenario is how a run begins."
"""What stands where the lines of a scenario would, for a control that only a run can have."""


class Screen(NamedTuple):
    """One route: `GET /calls`, below `/_sim`, and the function that answers it."""

    target: str
    handler: Handler

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.target.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path with the prefix of the dashboard, as Starlette takes it."""
        return CONTROL + self.target.partition(" ")[2]


def screen(
    request: Request,
    template: str,
    section: str,
    status: int = 200,
    /,
    *,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    **context: Any,
) -> Response:
    """The page of a screen. `section` is the path of its section in the navigation, such as `/calls`.

    Every template has: `base` (the workspace's prefix), `dash` (the dashboard's root), `sections`, `section`,
    `workspace`, `scenario`, `guarded` (True if the server wants a token), and `curl` (`ControlRequest` -> a line).
    """
    visit = visit_of(request)
    world = visit.desk.exchange.world
    dash = f"{world.prefix}{CONTROL}"
    answer = page(
        template,
        status,
        base=world.prefix,
        dash=dash,
        sections=SECTIONS,
        section=section,
        workspace=world.workspace,
        scenario=visit.desk.scenario,
        guarded=visit.entrance.policy.token is not None,
        enter=dash + ENTER,
        leave=dash + LEAVE,
        origin=origin(request),
        curl=lambda call: call.curl(request),
        control=ControlRequest,
        no_line=NO_LINE,
        **context,
    )
    return AnswerResponse(answer.having(*headers))


def wrong(request: Request, status: int, detail: str, errors: Errors = ()) -> Response:
    """The page that says why a screen cannot be shown, or why nothing was done."""
    return screen(request, "dashboard/wrong.html", "", status, status=status, detail=detail, errors=errors)


async def form_of(request: Request) -> PageForm:
    """The form that the browser sent. Raises `ProblemError` and `FormError`."""
    return read_form(await call_of(request, waits=False))


def query_of(request: Request) -> PageForm:
    """The parameters of the query, to be read as a form is."""
    raw: str = request.scope["query_string"].decode("latin-1")
    return PageForm(parse_qs(raw, keep_blank_values=True, errors="replace"))


def answered(screens: Mapping[str, Screen]) -> Callable[[Request], Awaitable[Response]]:
    """The Starlette endpoint of a path with its screens by method."""

    async def endpoint(request: Request) -> Response:
        desk = desk_of(request)
        try:
            if desk.behind:
                await desk.caught_up()
            return await screens[request.method].handler(desk, request)
        except ProblemError as error:
            return wrong(request, error.status, error.detail, error.errors)
        except FieldProblem as error:
            return wrong(request, 400, f"{error.field} {error.problem}")
        except FormError as error:
            return wrong(request, 400, str(error))
        except WorldGoneError:
            return wrong(request, 409, "The scenario or the workspace ended while this was under way.")
        except ClientGoneError:
            return Response(status_code=499)

    return endpoint
