"""Users: who they are, the codes that they are sent, and their consent without a browser."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from simulator.core import spec
from simulator.core.fast_api.authorization import GRANTABLE, Authorize, Authorized, Denied
from simulator.core.fast_api.redirects import build_query, secret_at_login
from simulator.core.fast_api.security import current_code
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup, Decision
from simulator.core.world import Client, User
from simulator.messages import Answer
from simulator.messages import Request as Call
from simulator.outcomes import Outcome
from simulator.scenario.staging.armed import MOST
from simulator.scenario.staging.logins import Decided, Trick
from simulator.web.control.protocol.bodies import BodyFields
from simulator.web.control.protocol.calls import answer, call_of, fields_of, settled
from simulator.web.control.protocol.declaration import LIMIT, ControlCall, JsonBody, QueryParameter
from simulator.web.control.protocol.problems import KIND, ProblemError, problem_body
from simulator.web.control.views.people import MESSAGES, USER_FIELDS, messages_data, user_data
from simulator.web.control.views.scenario import DECISION, decision_data
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import as_json
from simulator.web.json_schema import COUNT, FLAG, NAME, TEXT, Schema, closed, const, either, listed, maybe, word_of
from simulator.web.pages.people import NAMES
from simulator.web.pages.render import AnswerResponse

STATUS: Final = {Reason.USER_UNKNOWN: 404, Reason.CLIENT_UNKNOWN: 404}
OF_USER: Final = QueryParameter("user", TEXT, "Only those of this user: name, uid, e-mail or phone")
AFTER: Final = QueryParameter("after", TEXT, "The users after this name")


async def users(desk: Desk, request: Request) -> Response:
    """The users by name, `limit` of them after the name `after`."""
    world = settled(desk)
    limit = LIMIT.number(request)
    every = await NAMES.of(world.users)
    begin = bisect_right(every, AFTER.text(request))
    names = every[begin : begin + limit]
    following = names[-1] if begin + limit < len(every) else None
    return answer({"users": [user_data(world, world.users[name]) for name in names], "next": following})


def known_user(desk: Desk, identity: str) -> User:
    """The user of that name, uid, e-mail or phone."""
    user = desk.exchange.world.user_of(identity)
    if user is None:
        raise ProblemError(404, f"no user {identity!r}; GET /_sim/v1/users lists them")
    return user


def user_name(desk: Desk, request: Request) -> str:
    """The name of the `user` of the query, "" = everybody. A deleted user's withdrawals are found by the name."""
    identity = OF_USER.text(request)
    user = desk.exchange.world.user_of(identity)
    return user.name if user else identity


def known_client(desk: Desk, client_id: str) -> Client:
    """The client of that id."""
    client = desk.exchange.world.clients.get(client_id)
    if client is None:
        raise ProblemError(404, f"no client {client_id!r}; GET /_sim/v1/clients lists them")
    return client


async def user(desk: Desk, request: Request) -> Response:
    """One user, by name, uid, e-mail or phone."""
    world = settled(desk)
    return answer(user_data(world, known_user(desk, request.path_params["user"])))


async def messages(desk: Desk, request: Request) -> Response:
    """The one-time codes that the user was sent."""
    name = known_user(desk, request.path_params["user"]).name
    return answer(messages_data(desk.exchange.world.message_box(name)))


async def totp(desk: Desk, request: Request) -> Response:
    """What the user's authenticator shows now, on the wall clock; `valid_for` is in seconds."""
    code, valid_for = current_code(known_user(desk, request.path_params["user"]), desk.exchange.clock.now())
    return answer({"code": code, "valid_for": valid_for})


async def authorizations(desk: Desk, request: Request) -> Response:
    """Give a user's consent without a browser."""
    return AnswerResponse(await authorize(desk, await call_of(request)))


async def authorize(desk: Desk, call: Call) -> Answer:
    """Give a user's consent as the body of a request says that has been read already."""
    with fields_of(call, AUTHORIZATION) as fields:
        decided = _decided(fields)
        client_id, redirect_uri, state = (
            fields.text(name, required=True) for name in ("client_id", "redirect_uri", "state")
        )
        scope = fields.text("scope") or spec.SCOPE
    secret = secret_at_login(desk.exchange.world, client_id)
    query = build_query(client_id=client_id, redirect_uri=redirect_uri, scope=scope, state=state, client_secret=secret)
    command = Authorize(query, decided.user, decided.grant, decided.addressbook_only, decision=decided.decision)
    return await desk.perform(call, command, lambda outcome: _answer(outcome, state))


def _answer(outcome: Outcome, state: str) -> Answer:
    """The address to which the browser would be sent, or the problem."""
    result = outcome.result
    if isinstance(result, Refusal):
        status = STATUS.get(result.reason, 400)
        detail = f"{result.text} (expected {result.expected or '-'}, received {result.received})"
        return Answer(status, problem_body(status, detail), KIND.encode())
    assert isinstance(result, Authorized | Denied)
    code = result.code if isinstance(result, Authorized) else None
    return Answer(201, as_json({"code": code, "state": state, "redirect_to": result.redirect_to}))


async def logins(desk: Desk, request: Request) -> Response:
    """Let another user log in without a page: once, after those who wait already."""
    with fields_of(await call_of(request), LOGIN) as fields:
        decided = replace(_decided(fields), redirect=fields.word("redirect", Trick))
        if decided.redirect and decided.decision is Decision.DENY:
            raise FieldProblem("redirect", "goes with decision approve, not with deny", decided.redirect.value)
    name = known_user(desk, decided.user).name
    staging = desk.exchange.staging
    if len(staging.waiting) >= MOST:
        raise ProblemError(409, f"{MOST:,} logins wait already; let some of them happen first")
    staging.wait(replace(decided, user=name))
    return answer({"waiting": [decision_data(decided) for decided in staging.waiting]}, 201)


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
    grant = fields.raw("grant")
    if grant is None:
        return None
    if grant == "all":
        return GRANTABLE
    known = {group.value: group for group in AuthGroup}
    if isinstance(grant, Mapping) and all(name in known and isinstance(ticked, bool) for name, ticked in grant.items()):
        grant = [name for name, ticked in grant.items() if ticked]
    if not isinstance(grant, list) or not all(isinstance(name, str) and name in known for name in grant):
        expected = f"must be all, a list of {', '.join(known)}, or a map of them to true and false"
        raise FieldProblem("grant", expected, grant)
    return frozenset(known[name] for name in grant)


DECISION_BODY: Final[dict[str, Schema]] = {
    "decision?": word_of(Decision),
    "grant?": {
        **either(
            const("all"),
            listed(word_of(AuthGroup)),
            {"type": "object", "propertyNames": word_of(AuthGroup), "additionalProperties": FLAG},
        ),
        "description": "The permissions that the user ticks; what the consent page has ticked if absent",
        "examples": [["API_SPOT"]],
    },
    "addressbook_only?": FLAG,
}
AUTHORIZATION: Final = JsonBody(
    closed({"user": NAME, "client_id": NAME, "redirect_uri": NAME, "state": NAME, "scope?": TEXT, **DECISION_BODY})
)
LOGIN: Final = JsonBody(closed({"user": NAME, **DECISION_BODY, "redirect?": word_of(Trick)}))
USER: Final = closed(USER_FIELDS)
TOTP: Final = closed(
    {"code": {"type": "string", "pattern": "^[0-9]{6}$"}, "valid_for": {**COUNT, "description": "Seconds"}}
)
CALLS: Final = (
    ControlCall("GET /users", users, closed({"users": listed(USER), "next": maybe(TEXT)}), query=(LIMIT, AFTER)),
    ControlCall("GET /users/{user}", user, USER, problems=(404,)),
    ControlCall("GET /users/{user}/messages", messages, MESSAGES, problems=(404,)),
    ControlCall("GET /users/{user}/totp", totp, TOTP, problems=(404,)),
    ControlCall(
        "POST /authorizations",
        authorizations,
        closed({"code": maybe(TEXT), "state": TEXT, "redirect_to": TEXT}),
        201,
        problems=(404,),
        body=AUTHORIZATION,
    ),
    ControlCall("POST /logins", logins, closed({"waiting": listed(DECISION)}), 201, problems=(404, 409), body=LOGIN),
)
