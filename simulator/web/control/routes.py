"""The control surface `/_sim`: what pages, command line and tests drive the simulator with."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nlargest
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from simulator.clock import stopwatch
from simulator.core import spec
from simulator.core.authorization import Authorize, Authorized, Decision, Denied
from simulator.core.fields import FieldProblem, Fields
from simulator.core.redirects import build_query
from simulator.core.refusals import Reason, Refusal
from simulator.core.security import current_code
from simulator.core.settlement import PassTime, SettleWithdrawal, TimePassed, WithdrawalSettled
from simulator.core.spec import AuthGroup
from simulator.core.world import User, Withdrawal, World
from simulator.scenario.reader import duration_ms, instant_ms
from simulator.version import __version__
from simulator.web.control import views
from simulator.web.control.calls import Handler, answer, call_of, fields_of, guarded
from simulator.web.control.problems import ProblemError
from simulator.web.envelope import as_json
from simulator.web.messages import Answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from simulator.web.desk import Desk

PAGE: Final = 100
"""How many users or entries one answer lists at most, unless `limit` says otherwise."""
STATUS: Final = {Reason.USER_UNKNOWN: 404, Reason.CLIENT_UNKNOWN: 404}


class Control:
    """The handlers, each named after what it does."""

    def __init__(self, desk: Desk, scenario: str) -> None:
        self._desk = desk
        self._exchange = desk.exchange
        self._scenario = scenario

    def _now(self) -> World:
        """The world as it is now: what was due has happened, also when nobody has called since."""
        if self._exchange.world.unsettled:
            self._exchange.perform(PassTime())
        return self._exchange.world

    async def index(self, request: Request) -> Response:
        """What runs here, and where everything is."""
        world = self._exchange.world
        base = f"{world.origin}/_sim/v1"
        return answer(
            {
                "name": "kucoin-fast-api-simulator",
                "version": __version__,
                "page": spec.PAGE_REVISION,
                "scenario": self._scenario,
                "seed": world.seed,
                "workspace": world.workspace,
                "clients": [views.client(world, world.clients[each]) for each in sorted(world.clients)],
                "users": len(world.users),
                "calls": [call.as_data() for call in CALLS],
                "links": {
                    path.name: base + path.path for path in CALLS if path.method == "GET" and "{" not in path.path
                },
            }
        )

    async def clock(self, request: Request) -> Response:
        """Both clocks."""
        return answer(views.clock(self._exchange.clock.now(), self._exchange.clock.mode))

    async def advance(self, request: Request) -> Response:
        """Move the business clock `by` a duration or `to` an instant. What is due by then has happened on return."""
        fields = fields_of(await call_of(request), ("by", "to"))
        by, to = fields.text("by"), fields.text("to")
        if bool(by) == bool(to):
            raise ProblemError(400, 'give one of {"by": "1h"} and {"to": "2026-06-01T00:00:00Z"}')
        self._exchange.clock.advance(self._distance(by, to))
        passed = self._exchange.perform(PassTime()).result
        assert isinstance(passed, TimePassed)
        clock = self._exchange.clock
        return answer({**views.clock(clock.now(), clock.mode), "events": views.events(passed)})

    def _distance(self, by: str, to: str) -> int:
        if by:
            distance = duration_ms(by)
            if distance is None:
                raise FieldProblem("by", "must be a duration such as 59m59s or 3d", by)
        else:
            instant = instant_ms(to)
            if instant is None:
                raise FieldProblem("to", "must be a time such as 2026-06-01T00:00:00Z", to)
            distance = instant - self._exchange.clock.now().business
            if distance < 0:
                raise FieldProblem("to", "is in the past; time goes forward only, POST /_sim/v1/reset goes back", to)
        if self._exchange.clock.now().business + distance > LATEST:
            raise FieldProblem("by" if by else "to", "leads past the year 9999", by or to)
        return distance

    async def reset(self, request: Request) -> Response:
        """Back to the scenario: world and clock, same credentials."""
        self._exchange.reset()
        return answer(views.clock(self._exchange.clock.now(), self._exchange.clock.mode))

    async def users(self, request: Request) -> Response:
        """The users by name, `limit` of them after the name `after`."""
        world = self._now()
        after = request.query_params.get("after", "")
        limit = _limit(request)
        names = sorted(name for name in world.users if name > after)
        more = names[limit - 1] if len(names) > limit else None
        return answer({"users": [views.user(world, world.users[name]) for name in names[:limit]], "next": more})

    def _user(self, request: Request) -> User:
        identity = request.path_params["user"]
        found = self._exchange.world.user_of(identity)
        if found is None:
            raise ProblemError(404, f"no user {identity!r}; GET /_sim/v1/users lists them")
        return found

    async def user(self, request: Request) -> Response:
        """One user, by name, uid, e-mail or phone."""
        return answer(views.user(self._now(), self._user(request)))

    async def messages(self, request: Request) -> Response:
        """The one-time codes that the user was sent."""
        return answer(views.messages(self._exchange.world.message_box(self._user(request).name)))

    async def totp(self, request: Request) -> Response:
        """What the user's authenticator shows now, on the wall clock; `validFor` is in seconds."""
        code, valid_for = current_code(self._user(request), self._exchange.clock.now())
        return answer({"code": code, "validFor": valid_for})

    async def authorizations(self, request: Request) -> Response:
        """A user's consent without a browser."""
        began = stopwatch()
        call = await call_of(request)
        fields = fields_of(call, ("user", "client_id", "redirect_uri", "scope", "state", *OPTIONAL))
        query = build_query(
            client_id=fields.text("client_id", required=True),
            redirect_uri=fields.text("redirect_uri", required=True),
            scope=fields.text("scope") or spec.SCOPE,
            state=fields.text("state", required=True),
        )
        command = Authorize(
            query,
            fields.text("user", required=True),
            _grant(fields),
            fields.boolean("addressbook_only"),
            decision=fields.word("decision", Decision) or Decision.APPROVE,
        )
        outcome = self._exchange.perform(command)
        result = outcome.result
        if isinstance(result, Refusal):
            status = STATUS.get(result.reason, 400)
            self._desk.record(call, outcome, Answer(status, b""), began)
            raise ProblemError(status, f"{result.text} (expected {result.expected}, received {result.received})")
        assert isinstance(result, Authorized | Denied)
        data = {
            "code": result.code if isinstance(result, Authorized) else None,
            "state": fields.text("state"),
            "redirect_to": result.redirect_to,
        }
        recorded = self._desk.record(call, outcome, Answer(201, as_json(data)), began)
        response = answer(data, 201)
        response.raw_headers.extend(recorded.headers)
        return response

    async def withdrawals(self, request: Request) -> Response:
        """The newest withdrawals first, of everybody or of one `user`."""
        user = self._exchange.world.user_of(request.query_params.get("user", ""))
        every = self._now().withdrawals.values()
        chosen = (each for each in every if "user" not in request.query_params or (user and each.user == user.name))
        newest = nlargest(_limit(request), chosen, key=lambda each: (each.created_at, each.id))
        return answer({"withdrawals": [views.withdrawal(each) for each in newest]})

    async def withdrawal(self, request: Request) -> Response:
        """One withdrawal, by its id."""
        return answer(views.withdrawal(self._withdrawal(request)))

    def _withdrawal(self, request: Request) -> Withdrawal:
        found = self._now().withdrawals.get(request.path_params["id"])
        if found is None:
            raise ProblemError(404, "no such withdrawal; GET /_sim/v1/withdrawals lists them")
        return found

    async def approve(self, request: Request) -> Response:
        """End a withdrawal that waits: it is paid (H52)."""
        return self._settle(request, success=True)

    async def fail(self, request: Request) -> Response:
        """End a withdrawal that waits: all of the money goes back to the sender (H52)."""
        return self._settle(request, success=False)

    def _settle(self, request: Request, *, success: bool) -> Response:
        waiting = self._withdrawal(request)
        settled = self._exchange.perform(SettleWithdrawal(waiting.id, success)).result
        assert isinstance(settled, WithdrawalSettled)
        if settled.withdrawal is None:
            raise ProblemError(409, f"the withdrawal is over: {waiting.status.value}")
        return answer(views.withdrawal(settled.withdrawal))

    async def requests(self, request: Request) -> Response:
        """The journal, newest first."""
        return answer({"requests": [entry.as_data() for entry in self._desk.journal.newest(_limit(request))]})

    async def entry(self, request: Request) -> Response:
        """One entry of the journal, with the diagnosis if it was refused."""
        number = request.path_params["number"]
        known = number.isascii() and number.isdigit() and len(number) < 19
        found = self._desk.journal.entry(int(number)) if known else None
        if found is None:
            raise ProblemError(404, f"no entry {number}; it never was, or the ring has dropped it")
        return answer(found.as_data())


LATEST: Final = 253_370_764_800_000
"""The year 9999 begins, in ms: dates end there."""
OPTIONAL: Final = ("grant", "addressbook_only", "decision")


def _limit(request: Request) -> int:
    limit = request.query_params.get("limit", str(PAGE))
    if not (limit.isascii() and limit.isdigit() and 0 < int(limit[:9]) <= 10_000):
        raise ProblemError(400, "limit must be a whole number from 1 to 10000")
    return int(limit)


def _grant(fields: Fields) -> frozenset[AuthGroup] | None:
    """The permissions that the user ticks: names of authGroupMap, as a list or as that map. Absent = all."""
    given = fields.raw("grant")
    if given is None:
        return None
    known = {group.value: group for group in AuthGroup}
    if isinstance(given, Mapping) and all(name in known and isinstance(ticked, bool) for name, ticked in given.items()):
        given = [name for name, ticked in given.items() if ticked]
    if not isinstance(given, list) or not all(isinstance(name, str) and name in known for name in given):
        raise FieldProblem("grant", f"must be a list of {', '.join(known)}, or a map of them to true and false", given)
    return frozenset(known[name] for name in given)


class ControlCall:
    """One call: its method and path below `/_sim/v1`, the handler's name, and the JSON body that it takes."""

    def __init__(self, method: str, path: str, name: str, body: str = "") -> None:
        self.method, self.path, self.name, self.body = method, path, name, body

    def as_data(self) -> dict[str, str]:
        """The call as the index shows it."""
        does = (getattr(Control, self.name).__doc__ or "").partition("\n")[0]
        return {
            "call": f"{self.method} /_sim/v1{self.path}",
            "does": does,
            **({"body": self.body} if self.body else {}),
        }


CALLS: Final = (
    ControlCall("GET", "", "index"),
    ControlCall("GET", "/clock", "clock"),
    ControlCall("POST", "/clock/advance", "advance", '{"by": "1h"} or {"to": "2026-06-01T00:00:00Z"}'),
    ControlCall("POST", "/reset", "reset"),
    ControlCall("GET", "/users", "users"),
    ControlCall("GET", "/users/{user}", "user"),
    ControlCall("GET", "/users/{user}/messages", "messages"),
    ControlCall("GET", "/users/{user}/totp", "totp"),
    ControlCall(
        "POST",
        "/authorizations",
        "authorizations",
        '{"user", "client_id", "redirect_uri", "state", "scope"?, "grant"?, "addressbook_only"?, "decision"?}',
    ),
    ControlCall("GET", "/withdrawals", "withdrawals"),
    ControlCall("GET", "/withdrawals/{id}", "withdrawal"),
    ControlCall("POST", "/withdrawals/{id}/approve", "approve"),
    ControlCall("POST", "/withdrawals/{id}/fail", "fail"),
    ControlCall("GET", "/requests", "requests"),
    ControlCall("GET", "/requests/{number}", "entry"),
)


def control_routes(desk: Desk, scenario: str) -> list[Route]:
    """The routes of the control surface."""
    control = Control(desk, scenario)

    def route(path: str, method: str, name: str) -> Route:
        handler: Handler = getattr(control, name)
        endpoint: Any = guarded(lambda: desk.exchange.world, handler)
        return Route(path, endpoint, methods=[method])

    return [route(f"/_sim/v1{call.path}", call.method, call.name) for call in CALLS]
