"""The console: choose an operation and whose key signs it, see how it is signed, send it, and see what came of it."""

from __future__ import annotations

from itertools import islice
from shlex import quote as shell_quote
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control import issued
from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.core.fast_api.tokens import encode
from simulator.core.world import ApiKey, User, World
from simulator.evidence import views
from simulator.evidence.journal import Entry
from simulator.evidence.redaction import Redactor
from simulator.evidence.secrets import fingerprint
from simulator.evidence.signatures.steps import SigningSteps, signing_steps
from simulator.messages import Request as Call
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.dashboard.requests import LONGEST, body_of, fields_of, in_body, target_of
from simulator.web.dashboard.screens import Screen, form_of, query_of, screen
from simulator.web.dashboard.showing import redactor_of
from simulator.web.dashboard.steering import origin
from simulator.web.endpoints.decode import JSON
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import answer_call, find
from simulator.web.pages.forms import PageForm
from simulator.web.wire.reading import request_head

BY_NAME: Final = {endpoint.name: endpoint for endpoint in ENDPOINTS}
FIRST: Final = "list_accounts"
"""The operation that a console begins with."""
MOST: Final = 50
"""Keys and consents of a user, and users, that the console offers."""
MOST_ROWS: Final = 2_000
"""Rows that are looked at to find them."""
RECENT: Final = 100
"""Entries among which the one of the call is looked for."""


class CredentialChoice(NamedTuple):
    """One credential to choose from."""

    id: str
    label: str


class SignedText(NamedTuple):
    """One text of the signature."""

    title: str
    formula: str
    text: str


async def console(desk: Desk, request: Request) -> Response:
    """The form of an operation."""
    form = query_of(request)
    return await _shown(desk, request, form, _endpoint(form))


async def send(desk: Desk, request: Request) -> Response:
    """Sign the request, send it through the application, and show how and what came back."""
    form = await form_of(request)
    endpoint, typed = _endpoint(form), _typed(form)
    path, query = target_of(endpoint, typed)
    body = form.one("body", "").replace("\r\n", "\n").encode(errors="replace")
    head = request_head(request.scope)
    headers = {b"host": head.headers.get(b"host", b""), b"user-agent": b"simulator console"}
    if body:
        headers[b"content-type"] = JSON.encode()
    world, credential = desk.exchange.world, form.one("credential", "")
    steps = None
    if endpoint.permission:
        key = world.api_keys.get(credential)
        if key is None:
            raise ProblemError(400, "this operation is signed: choose one of the user's API keys")
        steps = signing_steps(key, desk.exchange.clock.now().wall, endpoint.method, path, query, body)
        headers |= steps.headers(key)
    elif endpoint.bearer:
        consent = world.consents.get(credential)
        if consent is None:
            raise ProblemError(400, "this operation takes an access token: choose one of the user's consents")
        headers[b"authorization"] = f"Bearer {encode(world, consent, 'access')}".encode()
    call = Call(endpoint.method, path, query, headers, head.ip, body, scheme=head.scheme)
    answer = await answer_call(desk, call, find(path))
    entry = next((entry for entry in desk.journal.newest(RECENT) if entry.request is call), None)
    damage = answer.damage.network if answer.damage else ""
    return await _shown(desk, request, form, endpoint, sent=_Sent(call, steps, entry, damage))


class _Sent(NamedTuple):
    """A call that was sent, and its entry; `damage` = how a fault spoils the answer on a real connection."""

    call: Call
    steps: SigningSteps | None
    entry: Entry | None
    damage: str


def _endpoint(form: PageForm) -> Endpoint:
    name = form.one("operation", "") or FIRST
    if name not in BY_NAME:
        raise ProblemError(404, f"no operation {name[:100]!r} of the API; choose one from the list")
    return BY_NAME[name]


def _typed(form: PageForm) -> dict[str, str]:
    """What was typed into the fields of path and query; their names begin with `p.`."""
    typed = {name[2:]: form.one(name) for name in form.fields if name.startswith("p.")}
    if long := next((name for name, value in typed.items() if len(value) > LONGEST), None):
        raise ProblemError(400, f"{long[:100]} has more than {LONGEST:,} characters")
    return typed


async def _shown(
    desk: Desk, request: Request, form: PageForm, endpoint: Endpoint, sent: _Sent | None = None
) -> Response:
    world = desk.exchange.world
    identity = form.one("user", "").strip()
    user = world.user_of(identity) if identity else _first_user(world)
    hide = await redactor_of(desk, request, user.name if user else "")
    credentials = _credentials(world, endpoint, user)
    chosen = form.one("credential", "") or (credentials[0].id if credentials else "")
    fields = fields_of(world, endpoint, _typed(form), user.name if user else "")
    body = form.one("body", "") if sent else body_of(endpoint)
    context: dict[str, Any] = {"steps": [], "pieces": [], "entry": None, "damage": "", "shell": ""}
    if sent:
        context = _of_sent(desk, sent, hide, origin(request))
    return screen(
        request,
        "dashboard/console.html",
        "/console",
        operation=endpoint,
        chapters=_sections(),
        user=user.name if user else identity,
        unknown=bool(identity and user is None),
        users=_users(world),
        credentials=[CredentialChoice(choice.id, hide.text(choice.label)) for choice in credentials],
        chosen=chosen,
        fields=[field._replace(value=hide.sent(field.value) if sent else field.value) for field in fields],
        body=hide.sent(body) if sent else body,
        has_body=in_body(endpoint),
        expect=_expect(endpoint, user, sent),
        **context,
    )


def _sections() -> list[tuple[str, list[Endpoint]]]:
    """The operations by the chapter of the documents that they are from."""
    chapters = [
        ("Fast API" if endpoint.section[:1] == "s" and endpoint.section[1:2].isdigit() else endpoint.section)
        for endpoint in ENDPOINTS
    ]
    pairs = sorted(zip(chapters, ENDPOINTS, strict=True), key=lambda pair: pair[0] != "Fast API")
    by_chapter: dict[str, list[Endpoint]] = {}
    for chapter, endpoint in pairs:
        by_chapter.setdefault(chapter, []).append(endpoint)
    return [*by_chapter.items()]


def _credentials(world: World, endpoint: Endpoint, user: User | None) -> list[CredentialChoice]:
    """The keys of the user, or the consents with tokens."""
    if user is None:
        return []
    if endpoint.permission:
        names = islice(world.key_ring(user.name).names.values(), MOST)
        keys = sorted((world.api_keys[name] for name in names), key=lambda key: key.created_at, reverse=True)
        return [CredentialChoice(key.api_key, _label(key)) for key in keys]
    if endpoint.bearer:
        newest = islice(issued.consents(world), MOST_ROWS)
        live = (one for one in newest if one.user == user.name and one.generation and not one.revoked)
        return [CredentialChoice(one.id, f"{one.client_id}, consent {one.id}") for one in islice(live, MOST)]
    return []


def _label(key: ApiKey) -> str:
    return f"{key.api_name} {key.api_key}: {', '.join(group.value for group in key.groups)}"


def _first_user(world: World) -> User | None:
    key = next(issued.keys(world), None)
    name = key.user if key else next(iter(world.users), "")
    return world.users.get(name)


def _users(world: World) -> list[str]:
    """The users with the newest keys, to choose from."""
    return [*dict.fromkeys(key.user for key in islice(issued.keys(world), MOST))]


def _of_sent(desk: Desk, sent: _Sent, hide: Redactor, origin: str) -> dict[str, Any]:
    """What the page shows of a call that was sent."""
    world, show = desk.exchange.world, desk.journal.reporting.show_secrets
    call, steps = sent.call, sent.steps

    def secret(kind: str, text: str) -> str:
        return text if show else fingerprint(kind, text)

    made: list[SignedText] = []
    pieces: list[tuple[str, str]] = []
    if steps is not None:
        key = world.api_keys.get(call.header(b"kc-api-key") or "")
        body = steps.body.decode(errors="backslashreplace")
        texts = (("timestamp", steps.timestamp), ("method", steps.method), ("path", steps.target), ("body", body))
        pieces = [(name, hide.sent(text)) for name, text in texts]
        names = {"secret": secret("api_secret", key.secret if key else ""), "passphrase": "the key's passphrase"}
        made = [
            SignedText(
                "The text to sign", "timestamp + METHOD + path and query + body", "".join(text for _, text in pieces)
            ),
            SignedText("KC-API-SIGN", f"base64(HMAC-SHA256({names['secret']}, text))", secret("signature", steps.sign)),
            SignedText(
                "KC-API-PASSPHRASE",
                f"base64(HMAC-SHA256({names['secret']}, {names['passphrase']}))",
                secret("signed_passphrase", steps.passphrase),
            ),
        ]
    return {
        "steps": made,
        "pieces": pieces,
        "shows_secrets": show,
        "entry": views.whole(desk.journal, sent.entry) if sent.entry else None,
        "damage": sent.damage,
        "shell": _shell(desk, sent, hide, origin),
    }


def _shell(desk: Desk, sent: _Sent, hide: Redactor, origin: str) -> str:
    """The call for a shell: the secrets are its variables."""
    call, steps = sent.call, sent.steps
    body = hide.sent(call.body.decode(errors="replace"))
    target = f"{call.path}{'?' if call.query else ''}{call.query}"
    lines, headers = [], []
    if body:
        lines.append(f"BODY={shell_quote(body)}")
    if steps is not None:
        by_hmac = 'openssl dgst -sha256 -hmac "$SECRET" -binary | base64 -w0'
        text = (
            f'"$TS"{shell_quote(steps.method + hide.sent(steps.target))}{chr(34) + "$BODY" + chr(34) if body else ""}'
        )
        lines += [
            "TS=$(date +%s%3N)",
            f"SIGN=$(printf %s {text} | {by_hmac})",
            f'PASSPHRASE_SIGN=$(printf %s "$PASSPHRASE" | {by_hmac})',
        ]
        headers = [
            f'"KC-API-KEY: {hide.text(call.header(b"kc-api-key") or "")}"',
            '"KC-API-SIGN: $SIGN"',
            '"KC-API-TIMESTAMP: $TS"',
            '"KC-API-PASSPHRASE: $PASSPHRASE_SIGN"',
            '"KC-API-KEY-VERSION: 3"',
        ]
    elif call.header(b"authorization"):
        headers = ['"Authorization: Bearer $ACCESS_TOKEN"']
    headers += [f'"content-type: {JSON}"'] if body else []
    address = shell_quote(origin + desk.exchange.world.prefix + hide.sent(target))
    options = "".join(f" \\\n  -H {header}" for header in headers)
    data = ' \\\n  -d "$BODY"' if body else ""
    lines.append(f"curl -sg -X {call.method} {address}{options}{data}")
    return "\n".join(lines)


def _expect(endpoint: Endpoint, user: User | None, sent: _Sent | None) -> str:
    """The line of a scenario that holds once this call was made."""
    outcome = sent.entry.outcome.word if sent and sent.entry else "OK"
    by = f"user: {user.name}, " if user and (endpoint.permission or endpoint.bearer) else ""
    return f"expect:\n  - {{operation: {endpoint.name}, {by}outcome: {outcome}, at_least: 1}}"


ROUTES: Final = (Screen("GET /console", console), Screen("POST /console", send))
