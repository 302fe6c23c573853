"""Why is it refused? Any request, performed and thrown away; a signature, taken apart; the rules themselves."""

from __future__ import annotations

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
from simulator.web.control.bodies import BodyFields
from simulator.web.control.calls import LONGEST_NUMBER, answer, call_of, fields_of
from simulator.web.control.problems import ProblemError
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import BASE, CONTROL, SITE, answer_call, find
from simulator.web.pages import oauth, security
from simulator.web.pages.forms import FormError

REQUEST: Final = ("method", "path", "query", "headers", "body", "ip")
WORLDS: Final = ("now", "then")
SIGNED: Final = ("method", "path", "query", "body", "timestamp", "host")
CREDENTIALS: Final = ("key", "secret", "passphrase", "sign")
PAGES: Final = {
    ("GET", "/oauth"): oauth.login_page,
    ("POST", "/oauth"): oauth.submitted,
    ("GET", SECURITY_PATH): security.who_page,
    ("POST", SECURITY_PATH): security.submitted,
    ("POST", f"{BASE}/authorizations"): people.authorize,
}
"""What performs something beside the exchange's own endpoints."""


class Rehearsal(Desk):
    """A desk for one call, at an exchange that is thrown away. Nobody waits: a fault's delay is not sat out."""

    async def _wait(self, milliseconds: int) -> bool:
        return True

    async def play(self, request: Call) -> Entry:
        """Perform the request as it would be performed off the wire, and say what became of it."""
        page = PAGES.get((request.method, request.path))
        ours = request.path in SITE or f"{request.path}/".startswith(f"{CONTROL}/")
        try:
            if page:
                await page(self, request)
            elif not ours:
                await answer_call(self, request, find(request.path))
        except FormError as error:
            raise ProblemError(400, f"the page would not take the form: {error}") from None
        played = self.journal.newest(1)
        if not played:
            raise ProblemError(400, f"{request.method} {request.path} asks nothing of the exchange")
        return played[0]


async def explain(desk: Desk, request: Request) -> Response:
    """A dry run of a request or of an entry: the answer, and why. Nothing changes, and no fault is used up."""
    call = await call_of(request)
    with fields_of(call, (*REQUEST, "entry", "at")) as read:
        at, entry = read.text("at") or "now", None
        if at not in WORLDS:
            read.note(FieldProblem("at", f"must be one of {', '.join(WORLDS)}", at))
        if (number := read.raw("entry")) is None:
            if at == "then":
                read.note(FieldProblem("at", "then needs an entry", at))
            asked = asked_request(read, call.ip, desk)
        else:
            if any(read.raw(name) is not None for name in REQUEST):
                raise FieldProblem("entry", "stands without a request beside it", number)
            entry = _entry(desk, number)
            asked = entry.request
    exchange = past(entry) if entry and at == "then" else desk.exchange.fork()
    played = await Rehearsal(exchange, desk.scenario, Journal()).play(asked)
    data = whole(desk.journal, played, elsewhere=True)
    del data["number"]
    return answer(data)


def _entry(desk: Desk, number: object) -> Entry:
    found = desk.journal.entry(number) if isinstance(number, int) and not isinstance(number, bool) else None
    if found is None:
        raise ProblemError(404, f"no entry {str(number)[:LONGEST_NUMBER]}; it never was, or the ring has dropped it")
    return found


def past(entry: Entry) -> Exchange:
    """The exchange as it stood before a call, at its instant on both clocks, with the faults and pools of that time."""
    now = entry.outcome.now
    staging = Staging()
    if entry.was:
        staging.standing = entry.was.staging
    clock = Clock(ClockSettings(frozen=True, start=now.business), wall=lambda: now.wall)
    return Exchange(entry.before, clock, log_capacity=1, staging=staging, pools=entry.outcome.pools)


def asked_request(read: BodyFields, ip: str, desk: Desk) -> Call:
    """The request that is described. A query may stand in the path, and a workspace's prefix before it."""
    path, _, in_path = _wire(read, "path", required=True).partition("?")
    prefix = desk.exchange.world.prefix
    prefix = prefix if prefix and path.startswith(f"{prefix}/") else ""
    return Call(
        method=_wire(read, "method", required=True),
        path=path.removeprefix(prefix),
        query=_wire(read, "query") or in_path,
        headers=read.get(_headers, {}),
        ip=read.text("ip") or ip,
        body=read.text("body").encode(),
        prefix=prefix,
    )


def _wire(read: BodyFields, name: str, *, required: bool = False) -> str:
    """A text of the request line, which is Latin-1 here as it is on the wire."""
    text = read.text(name, required=required)
    if any(ord(letter) > 0xFF for letter in text):
        read.note(FieldProblem(name, "must be as it is on the wire, percent-encoded", text))
    return text


def _headers(read: Fields) -> dict[bytes, bytes]:
    given = read.raw("headers")
    if given is None:
        return {}
    problem = FieldProblem("headers", "must be an object of names and texts", given)
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        raise problem
    try:
        return {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in given.items()}
    except UnicodeEncodeError:
        raise problem from None


async def explain_signature(desk: Desk, request: Request) -> Response:
    """What a KC-API-SIGN was made of: the wrong recipe if it is a usual one, and the text that should be signed."""
    world = desk.exchange.world
    with fields_of(await call_of(request), (*SIGNED, *CREDENTIALS)) as read:
        path, _, in_path = _wire(read, "path", required=True).partition("?")
        signed = Signed(
            method=_wire(read, "method", required=True).upper(),  # clients send capitals whatever their caller wrote
            path=path,
            query=_wire(read, "query") or in_path,
            body=read.text("body").encode(),
            timestamp=read.get(_timestamp, ""),
            host=read.text("host") or world.origin.partition("://")[2],
            workspace=world.workspace,
            as_sent=signed_as_sent(world),
        )
        sign, known = read.text("sign", required=True), _known(desk, read)
    found = recipes.of_request(sign, signed, known)
    return answer(signing.explained("KC-API-SIGN", found, lambda text: text))


def _timestamp(read: Fields) -> str:
    given = read.raw("timestamp")
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise FieldProblem("timestamp", "must be the text of KC-API-TIMESTAMP", given)
    return str(given)


def _known(desk: Desk, read: BodyFields) -> Credentials:
    """The credentials of a key of ours, or those that are told."""
    key, secret, passphrase = read.text("key"), read.text("secret"), read.text("passphrase")
    found = desk.exchange.world.api_keys.get(key)
    if found and not secret:
        return signing.credentials(desk.exchange.world, found)
    if not secret:
        problem = "is no API key of this workspace: tell its secret" if key else "or secret is compulsory"
        raise FieldProblem("key", problem, key).secret()
    return Credentials(secret, passphrase, key)


async def rules(desk: Desk, request: Request) -> Response:
    """Every rule: what the page says, how it is read, how we know, where it is obeyed, and which test holds it."""
    section = request.query_params.get("section")
    if section is None:
        return answer({"rules": [rule.as_data() for rule in rulebook.rules().values()]})
    found = rulebook.of_section(section) or rulebook.of_section(f"s{section}")
    if not found:
        known = ", ".join(dict.fromkeys(rule.section for rule in rulebook.rules().values()))
        raise ProblemError(404, f"no rule of section {section[:40]}; there are {known}")
    return answer({"rules": [rule.as_data() for rule in found]})
