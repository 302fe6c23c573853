"""Why a call is refused: a dry run of any request, a signature taken apart, and the rules."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.clock import Clock, ClockSettings
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.gateway.signature import signed_as_sent
from simulator.core.spec import SECURITY_PATH
from simulator.evidence.diagnosis import rules as rulebook
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.signatures import report as signing
from simulator.evidence.signatures import search as recipes
from simulator.evidence.signatures.search import Credentials, Signed
from simulator.evidence.views import whole
from simulator.exchange import Exchange
from simulator.messages import Request as Call
from simulator.scenario.staging.armed import Staging
from simulator.web.control import people
from simulator.web.control.protocol.bodies import BodyFields
from simulator.web.control.protocol.calls import answer, call_of, fields_of
from simulator.web.control.protocol.declaration import LONGEST_NUMBER, ControlCall, JsonBody, QueryParameter
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.views.entries import ENTRY_FIELDS, SIGNATURE
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import BASE, CONTROL, SITE, answer_call, find
from simulator.web.json_schema import NAME, TEXT, Schema, closed, listed, mapped, one_of
from simulator.web.pages import oauth, security
from simulator.web.pages.forms import FormError

WORLDS: Final = ("now", "then")
REQUEST: Final[dict[str, Schema]] = {
    "method?": NAME,
    "path?": NAME,
    "query?": TEXT,
    "headers?": mapped(TEXT),
    "body?": {**TEXT, "description": "A text"},
    "ip?": TEXT,
}
EXPLAINED: Final = JsonBody(
    closed(
        {
            **REQUEST,
            "entry?": {
                "type": "integer",
                "description": "Or the request of this entry",
                "examples": [7],
            },
            "at?": {**one_of(*WORLDS), "description": "Judged in the world of now, or in that of the entry"},
        },
        anyOf=[{"required": ["method", "path"]}, {"required": ["entry"]}],
    )
)
SIGNED: Final = JsonBody(
    closed(
        {
            "method": NAME,
            "path": NAME,
            "query?": TEXT,
            "body?": TEXT,
            "timestamp": {"type": ["string", "integer"]},
            "sign": NAME,
            "host?": TEXT,
            "key?": TEXT,
            "secret?": TEXT,
            "passphrase?": TEXT,
        }
    )
)
PAGES: Final = {
    ("GET", "/oauth"): oauth.login_page,
    ("POST", "/oauth"): oauth.submitted,
    ("GET", SECURITY_PATH): security.who_page,
    ("POST", SECURITY_PATH): security.submitted,
    ("POST", f"{BASE}/authorizations"): people.authorize,
}
"""The calls of pages that perform an operation, besides the exchange's own endpoints."""


class Rehearsal(Desk):
    """A desk for one call, at an exchange that is thrown away. It does not wait for a fault's delay."""

    async def _wait(self, milliseconds: int, until: asyncio.Future[None] | None = None) -> bool:
        return True

    async def play(self, request: Call) -> Entry:
        """Perform the request as if it had come in, and return its entry."""
        page = PAGES.get((request.method, request.path))
        ours = request.path in SITE or f"{request.path}/".startswith(f"{CONTROL}/")
        try:
            if page:
                await page(self, request)
            elif not ours:
                await answer_call(self, request, find(request.path))
        except FormError as error:
            raise ProblemError(400, f"the page would not take the form: {error}") from None
        entries = self.journal.newest(1)
        if not entries:
            raise ProblemError(400, f"{request.method} {request.path} asks nothing of the exchange")
        return entries[0]


async def explain(desk: Desk, request: Request) -> Response:
    """Perform a request or an entry as a dry run: the answer, and why. Nothing changes, no fault is used up."""
    call = await call_of(request)
    with fields_of(call, EXPLAINED) as fields:
        at, entry = fields.text("at") or "now", None
        if at not in WORLDS:
            fields.note(FieldProblem("at", f"must be one of {', '.join(WORLDS)}", at))
        if (number := fields.raw("entry")) is None:
            if at == "then":
                fields.note(FieldProblem("at", "then needs an entry", at))
            described = described_request(fields, call.ip, desk)
        else:
            if any(fields.raw(name.removesuffix("?")) is not None for name in REQUEST):
                raise FieldProblem("entry", "goes without a request", number)
            entry = _entry(desk, number)
            described = entry.request
    exchange = past(entry) if entry and at == "then" else desk.exchange.fork()
    played = await Rehearsal(exchange, desk.scenario, Journal()).play(described)
    data = whole(desk.journal, played, elsewhere=True)
    del data["number"]
    return answer(data)


def _entry(desk: Desk, number: object) -> Entry:
    entry = desk.journal.entry(number) if isinstance(number, int) and not isinstance(number, bool) else None
    if entry is None:
        raise ProblemError(404, f"no entry {str(number)[:LONGEST_NUMBER]}; it never was, or the ring has dropped it")
    return entry


def past(entry: Entry) -> Exchange:
    """The exchange as it was before a call, at its instant on both clocks, with the faults and pools of that time."""
    now = entry.outcome.now
    staging = Staging()
    if entry.was:
        staging.standing = entry.was.staging
    clock = Clock(ClockSettings(frozen=True, start=now.business), wall=lambda: now.wall)
    return Exchange(entry.before, clock, log_capacity=1, staging=staging, pools=entry.outcome.pools)


def described_request(fields: BodyFields, ip: str, desk: Desk) -> Call:
    """The request that a body describes. The path may have the query behind it, and a workspace's prefix before it."""
    path, _, in_path = _wire(fields, "path", required=True).partition("?")
    prefix = desk.exchange.world.prefix
    prefix = prefix if prefix and path.startswith(f"{prefix}/") else ""
    return Call(
        method=_wire(fields, "method", required=True),
        path=path.removeprefix(prefix),
        query=_wire(fields, "query") or in_path,
        headers=fields.get(_headers, {}),
        ip=fields.text("ip") or ip,
        body=fields.text("body").encode(),
        prefix=prefix,
    )


def _wire(fields: BodyFields, name: str, *, required: bool = False) -> str:
    """A text of the request line, which is Latin-1 here as it is on the wire."""
    text = fields.text(name, required=required)
    if any(ord(letter) > 0xFF for letter in text):
        fields.note(FieldProblem(name, "must be as it is on the wire, percent-encoded", text))
    return text


def _headers(fields: Fields) -> dict[bytes, bytes]:
    headers = fields.raw("headers")
    if headers is None:
        return {}
    problem = FieldProblem("headers", "must be an object of names and texts", headers)
    if not isinstance(headers, Mapping) or not all(isinstance(value, str) for value in headers.values()):
        raise problem
    try:
        return {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in headers.items()}
    except UnicodeEncodeError:
        raise problem from None


async def explain_signature(desk: Desk, request: Request) -> Response:
    """What a KC-API-SIGN was made of: the wrong recipe if it is a usual one, and the text that should be signed."""
    world = desk.exchange.world
    with fields_of(await call_of(request), SIGNED) as fields:
        path, _, in_path = _wire(fields, "path", required=True).partition("?")
        signed = Signed(
            method=_wire(fields, "method", required=True).upper(),  # clients send capitals whatever their caller wrote
            path=path,
            query=_wire(fields, "query") or in_path,
            body=fields.text("body").encode(),
            timestamp=fields.get(_timestamp, ""),
            host=fields.text("host") or world.origin.partition("://")[2],
            workspace=world.workspace,
            as_sent=signed_as_sent(world),
        )
        sign, credentials = fields.text("sign", required=True), _credentials(desk, fields)
    recipe = recipes.of_request(sign, signed, credentials)
    return answer(signing.explained("KC-API-SIGN", recipe, lambda text: text))


def _timestamp(fields: Fields) -> str:
    timestamp = fields.raw("timestamp")
    if isinstance(timestamp, bool) or not isinstance(timestamp, str | int):
        raise FieldProblem("timestamp", "must be the text of KC-API-TIMESTAMP", timestamp)
    return str(timestamp)


def _credentials(desk: Desk, fields: BodyFields) -> Credentials:
    """The credentials of a key of this workspace, or those of the body."""
    name, secret, passphrase = fields.text("key"), fields.text("secret"), fields.text("passphrase")
    key = desk.exchange.world.api_keys.get(name)
    if key and not secret:
        return signing.credentials(desk.exchange.world, key)
    if not secret:
        problem = "is no API key of this workspace: send its secret" if name else "or secret is compulsory"
        raise FieldProblem("key", problem, name).secret()
    return Credentials(secret, passphrase, name)


async def rules(desk: Desk, request: Request) -> Response:
    """Every rule: what the page says, how it is read, how we know, where it is obeyed, and which test holds it."""
    section = SECTION.text(request)
    if not section and not SECTION.texts(request):
        return answer({"rules": [rule.as_data() for rule in rulebook.rules().values()]})
    rules = rulebook.of_section(section) or rulebook.of_section(f"s{section}")
    if not rules:
        known = ", ".join(dict.fromkeys(rule.section for rule in rulebook.rules().values()))
        raise ProblemError(404, f"no rule of section {section[:40]}; there are {known}")
    return answer({"rules": [rule.as_data() for rule in rules]})


SECTION: Final = QueryParameter(
    "section", TEXT, "Only the rules of a section such as `s6.3`, or one rule such as `H44`"
)
RULE: Final = closed(
    {
        "id": NAME,
        "section": NAME,
        "quote": TEXT,
        "reading": TEXT,
        "grade": TEXT,
        "source": TEXT,
        "home": TEXT,
        "test": TEXT,
    }
)
EXPLANATION: Final = closed({name: schema for name, schema in ENTRY_FIELDS.items() if name != "number"})
CALLS: Final = (
    ControlCall("POST /explain", explain, EXPLANATION, problems=(404,), body=EXPLAINED),
    ControlCall("POST /explain/signature", explain_signature, SIGNATURE, body=SIGNED),
    ControlCall("GET /rules", rules, closed({"rules": listed(RULE)}), problems=(404,), query=(SECTION,)),
)
