"""`/oauth` (s7.1): the login page, the consent page, and the redirect to the broker. Nothing is stored (H21)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

from simulator.core.fast_api.authorization import (
    AuthorizationRequested,
    Authorize,
    Authorized,
    Denied,
    LoggedIn,
    LogIn,
    RequestAuthorization,
    validated,
)
from simulator.core.fast_api.redirects import read_query
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup, Decision
from simulator.messages import Answer, Request
from simulator.outcomes import Outcome
from simulator.scenario.staging.logins import Decided, Trick
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import Family, authorized
from simulator.web.pages import adversary
from simulator.web.pages.adversary import TRICKS
from simulator.web.pages.explanation import explanation
from simulator.web.pages.forms import FormError, PageForm, read_form
from simulator.web.pages.headers import GUARDED
from simulator.web.pages.people import People, people, search
from simulator.web.pages.permissions import permissions
from simulator.web.pages.render import go, page, query_text, sentence

WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
"""RFC 9110 s12.4.2."""


async def login_page(desk: Desk, request: Request) -> Answer:
    """GET: the login page, or an explanation. If the scenario decides for the user, the redirect at once."""
    query = query_text(request.query)
    in_order = False

    def show(outcome: Outcome) -> Answer:
        nonlocal in_order
        result = outcome.result
        if isinstance(result, Refusal):
            return explanation(desk.exchange.world, query, result)
        assert isinstance(result, AuthorizationRequested)
        in_order = True
        return _login(desk, query, notes=result.notes)

    answer = await desk.perform(request, RequestAuthorization(query), show)
    lost = answer.damage and answer.damage.network
    decided = desk.exchange.staging.next_login() if in_order and not lost else None
    return await _decide(desk, request, query, decided) if decided else answer


async def _decide(desk: Desk, request: Request, query: str, decided: Decided) -> Answer:
    """The answer to the decision that `login:` makes for the user, as if they had clicked through the pages."""
    command = Authorize(
        query, decided.user, decided.grant, addressbook_only=decided.addressbook_only, decision=decided.decision
    )
    as_json = prefers_json(request.header(b"accept") or "")
    if decided.redirect:
        return await _tricked(desk, request, command, decided.redirect, as_json=as_json)
    return await desk.perform(
        request, command, lambda outcome: _decided(desk, query, decided.user, outcome, as_json=as_json)
    )


async def submitted(desk: Desk, request: Request) -> Answer:
    """POST: a user is looked for (`step=find`), logs in (`login`) or decides (`consent`). Raises `FormError`."""
    query = query_text(request.query)
    form = read_form(request)
    if form.fields.get("step") == ["find"]:
        shown = await search(desk.exchange.world, form.one("find", ""), form.one("after", ""))
        return _login(desk, query, shown=shown)
    identity = form.one("identity")
    step = form.word("step", "login", "consent")
    if step == "consent" and "trick" in form.fields:
        command, trick = _decision(query, identity, form), Trick(form.word("trick", *adversary.NAMES))
        if trick is Trick.REPLAY_STATE and _old_state(desk, query) is None:
            raise FormError("There is no earlier login whose state could be sent again. Approve one login first.")
        return await _tricked(desk, request, command, trick)
    if step == "login":
        return await desk.perform(
            request, LogIn(query, identity), lambda outcome: _logged_in(desk, query, identity, outcome)
        )
    as_json = prefers_json(request.header(b"accept") or "")
    return await desk.perform(
        request,
        _decision(query, identity, form),
        lambda outcome: _decided(desk, query, identity, outcome, as_json=as_json),
    )


def _decision(query: str, identity: str, form: PageForm) -> Authorize:
    """The command for the boxes that the user ticked and the button they pressed. Raises `FormError`."""
    groups = {group.value: group for group in AuthGroup}
    ticked = form.fields.get("grant", [])
    unknown = [name for name in ticked if name not in groups]
    if unknown:
        raise FormError(f"The form's field grant has {unknown[0]}; known are {', '.join(groups)}.")
    return Authorize(
        query,
        identity,
        grant=frozenset(groups[name] for name in ticked),
        addressbook_only="addressbook_only" in form.fields,
        unified_account="unified_account" in form.fields,
        decision=_word(form),
    )


def _word(form: PageForm) -> Decision:
    """What the pressed button decides. A button of the adversary drawer approves. Raises `FormError`."""
    if "trick" in form.fields and "decision" not in form.fields:
        return Decision.APPROVE
    return Decision(form.word("decision", *(decision.value for decision in Decision)))


def _old_state(desk: Desk, query: str) -> str | None:
    """The state of the client's last approved login that had another one than this query."""
    parsed = read_query(desk.exchange.world, query)
    return adversary.earlier_state(desk.journal, desk.exchange.world, parsed.values.get("client_id", ""), parsed.state)


async def _tricked(desk: Desk, request: Request, command: Authorize, trick: Trick, *, as_json: bool = False) -> Answer:
    """The answer to a decision; the redirect of an approval is not as it should be, and never JSON."""
    query, old = command.query, _old_state(desk, command.query)
    code = ""

    def show(outcome: Outcome) -> Answer:
        nonlocal code
        if not isinstance(outcome.result, Authorized):
            return _decided(desk, query, command.identity, outcome, as_json=as_json)
        code = outcome.result.code
        return adversary.redirect(desk.exchange.world, command, trick, outcome.result, old)

    notes = (adversary.NOTHING_OLD if trick is Trick.REPLAY_STATE and old is None else adversary.note(trick),)
    answer = await desk.perform(request, command, show, notes)
    if code and trick is Trick.USED_CODE:
        exchange = ExchangeCode(adversary.exchange_query(desk.exchange.world, query, code), request.ip)
        await desk.perform(request, exchange, lambda outcome: desk.spell(Family.TOKEN, outcome), notes)
    return answer


def _logged_in(desk: Desk, query: str, identity: str, outcome: Outcome) -> Answer:
    result = outcome.result
    if isinstance(result, Refusal):
        return _refused(desk, query, identity, result)
    assert isinstance(result, LoggedIn)
    return page(
        "consent.html",
        leads_out=True,
        base=desk.exchange.world.prefix,
        query=query,
        client=result.client,
        redirect_uri=result.redirect_uri,
        user=result.user,
        identity=identity,
        permissions=permissions(result.user),
        tricks=TRICKS,
    )


def _decided(desk: Desk, query: str, identity: str, outcome: Outcome, *, as_json: bool) -> Answer:
    """The redirect to the broker with a code or `access_denied`; JSON if the client prefers it [H07/json]."""
    result = outcome.result
    if isinstance(result, Refusal):
        if as_json:
            return desk.spell(Family.RESOURCE, outcome).having(*GUARDED)
        return _refused(desk, query, identity, result)
    assert isinstance(result, Authorized | Denied)
    if as_json and isinstance(result, Authorized):
        return authorized(result, unquote_plus(result.state)).having(*GUARDED)
    return go(result.redirect_to)


def _refused(desk: Desk, query: str, identity: str, refusal: Refusal) -> Answer:
    """The login page again for a wrong identity; else the explanation, because the broker must fix it."""
    if refusal.reason is Reason.USER_UNKNOWN:
        return _login(desk, query, typed=identity, error=sentence(refusal.text))
    return explanation(desk.exchange.world, query, refusal)


def _login(
    desk: Desk,
    query: str,
    *,
    notes: tuple[str, ...] = (),
    typed: str = "",
    error: str = "",
    shown: People | None = None,
) -> Answer:
    world = desk.exchange.world
    try:
        client, parameters, _ = validated(world, query)
    except Refusal as refusal:  # a staged USER_UNKNOWN can come with a bad request
        return explanation(world, query, refusal)
    return page(
        "login.html",
        400 if error else 200,
        base=world.prefix,
        query=query,
        client=client,
        redirect_uri=parameters.redirect_uri,
        notes=notes,
        people=shown or people(world),
        typed=typed,
        error=error,
    )


def prefers_json(accept: str) -> bool:
    """True if an `Accept` header gives application/json more weight than text/html (RFC 9110 s12.5.1)."""
    weights: dict[str, float] = {}
    for media_range in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in media_range.split(";"))
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        weights[kind] = float(weight) if WEIGHT.fullmatch(weight) else 0
    return weights.get("application/json", 0) > weights.get("text/html", 0)
