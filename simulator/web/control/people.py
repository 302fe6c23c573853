"""Users: who they are, what they read on phone and mailbox, and their consent without a browser."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

from rpds import HashTrieMap
from starlette.requests import Request
from starlette.responses import Response

from simulator.core import spec
from simulator.core.fast_api.authorization import GRANTABLE, Authorize, Authorized, Decision, Denied
from simulator.core.fast_api.redirects import build_query, secret_at_login
from simulator.core.fast_api.security import current_code
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.ordering import in_order
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup
from simulator.core.world import Client, User
from simulator.exchange import Outcome
from simulator.messages import Answer
from simulator.messages import Request as Call
from simulator.scenario.client_names import as_known
from simulator.scenario.staging.armed import MOST
from simulator.scenario.staging.logins import Decided
from simulator.web.control import views
from simulator.web.control.bodies import BodyFields
from simulator.web.control.calls import answer, call_of, fields_of, limit_of, settled
from simulator.web.control.problems import KIND, ProblemError, problem_body
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import as_json
from simulator.web.pages.render import AnswerResponse

STATUS: Final = {Reason.USER_UNKNOWN: 404, Reason.CLIENT_UNKNOWN: 404}
DECIDED: Final = ("user", "grant", "addressbook_only", "decision")
"""What a user does at the login page."""


async def users(desk: Desk, request: Request) -> Response:
    """The users by name, `limit` of them after the name `after`."""
    world = settled(desk)
    after = request.query_params.get("after", "")
    limit = limit_of(request)
    every = NAMES.of(world.users)
    begin = bisect_right(every, after)
    names = every[begin : begin + limit]
    more = names[-1] if begin + limit < len(every) else None
    return answer({"users": [views.user(world, world.users[name]) for name in names], "next": more})


class Names:
    """The names of the users in order. They are sorted again only when the table is another one."""

    def __init__(self) -> None:
        self._users: HashTrieMap[str, User] = HashTrieMap()
        self._names: list[str] = []

    def of(self, users: HashTrieMap[str, User]) -> list[str]:
        """The names in a table of users."""
        if users is not self._users:
            self._users, self._names = users, list(in_order(users))
        return self._names


NAMES: Final = Names()


def known_user(desk: Desk, identity: str) -> User:
    """The user of that name, uid, e-mail or phone."""
    found = desk.exchange.world.user_of(identity)
    if found is None:
        raise ProblemError(404, f"no user {identity!r}; GET /_sim/v1/users lists them")
    return found


def user_asked(desk: Desk, request: Request) -> str:
    """`user` of the query, as a name: who is gone has left withdrawals behind. "" = everybody."""
    asked = request.query_params.get("user", "")
    found = desk.exchange.world.user_of(asked)
    return found.name if found else asked


def known_client(desk: Desk, client_id: str) -> Client:
    """The client of that id, which in a workspace may go without the workspace's name."""
    world = desk.exchange.world
    found = world.clients.get(as_known(world, client_id))
    if found is None:
        raise ProblemError(404, f"no client {client_id!r}; GET /_sim/v1/clients lists them")
    return found


async def user(desk: Desk, request: Request) -> Response:
    """One user, by name, uid, e-mail or phone."""
    world = settled(desk)
    return answer(views.user(world, known_user(desk, request.path_params["user"])))


async def messages(desk: Desk, request: Request) -> Response:
    """The one-time codes that the user was sent."""
    name = known_user(desk, request.path_params["user"]).name
    return answer(views.messages(desk.exchange.world.message_box(name)))


async def totp(desk: Desk, request: Request) -> Response:
    """What the user's authenticator shows now, on the wall clock; `validFor` is in seconds."""
    code, valid_for = current_code(known_user(desk, request.path_params["user"]), desk.exchange.clock.now())
    return answer({"code": code, "validFor": valid_for})


async def authorizations(desk: Desk, request: Request) -> Response:
    """A user's consent without a browser."""
    return AnswerResponse(await authorize(desk, await call_of(request)))


async def authorize(desk: Desk, call: Call) -> Answer:
    """The same for a request that has been read."""
    with fields_of(call, ("user", "client_id", "redirect_uri", "scope", "state", *DECIDED[1:])) as fields:
        decided = _decided(fields)
        client_id, redirect_uri, state = (
            fields.text(name, required=True) for name in ("client_id", "redirect_uri", "state")
        )
        scope = fields.text("scope") or spec.SCOPE
    secret = secret_at_login(desk.exchange.world, client_id)
    query = build_query(client_id=client_id, redirect_uri=redirect_uri, scope=scope, state=state, client_secret=secret)
    command = Authorize(query, decided.user, decided.grant, decided.addressbook_only, decision=decided.decision)
    return await desk.perform(call, command, lambda outcome: _shown(outcome, state))


def _shown(outcome: Outcome, state: str) -> Answer:
    """Where the browser would go, or why nowhere."""
    result = outcome.result
    if isinstance(result, Refusal):
        status = STATUS.get(result.reason, 400)
        detail = f"{result.text} (expected {result.expected or '-'}, received {result.received})"
        return Answer(status, problem_body(status, detail), KIND.encode())
    assert isinstance(result, Authorized | Denied)
    code = result.code if isinstance(result, Authorized) else None
    return Answer(201, as_json({"code": code, "state": state, "redirect_to": result.redirect_to}))


async def logins(desk: Desk, request: Request) -> Response:
    """Another user who logs in without being asked: once, behind those who wait already."""
    with fields_of(await call_of(request), DECIDED) as fields:
        decided = _decided(fields)
    name = known_user(desk, decided.user).name
    staging = desk.exchange.staging
    if len(staging.waiting) >= MOST:
        raise ProblemError(409, f"{MOST} logins wait already; let some of them happen first")
    staging.wait(Decided(name, decided.decision, decided.grant, decided.addressbook_only))
    return answer({"waiting": [views.decided(each) for each in staging.waiting]}, 201)


def _decided(fields: BodyFields) -> Decided:
    return Decided(
        fields.text("user", required=True),
        fields.word("decision", Decision) or Decision.APPROVE,
        fields.get(_grant, None),
        fields.boolean("addressbook_only"),
    )


def _grant(fields: Fields) -> frozenset[AuthGroup] | None:
    """The permissions that the user ticks: names of authGroupMap, as a list or as that map, or `all`.

    Absent = what the consent page has ticked beforehand.
    """
    given = fields.raw("grant")
    if given is None:
        return None
    if given == "all":
        return GRANTABLE
    known = {group.value: group for group in AuthGroup}
    if isinstance(given, Mapping) and all(name in known and isinstance(ticked, bool) for name, ticked in given.items()):
        given = [name for name, ticked in given.items() if ticked]
    if not isinstance(given, list) or not all(isinstance(name, str) and name in known for name in given):
        expected = f"must be all, a list of {', '.join(known)}, or a map of them to true and false"
        raise FieldProblem("grant", expected, given)
    return frozenset(known[name] for name in given)
