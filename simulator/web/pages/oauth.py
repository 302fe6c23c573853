"""`/oauth` (s7.1): who logs in, what they grant, and the way back to the broker. Nothing is remembered (H21)."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote_plus

from simulator.core.fast_api.authorization import (
    AuthorizationRequested,
    Authorize,
    Authorized,
    Decision,
    Denied,
    LoggedIn,
    LogIn,
    RequestAuthorization,
    preticked,
    validated,
)
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import PERMISSIONS, AuthGroup
from simulator.core.world import User
from simulator.exchange import Outcome
from simulator.messages import Answer, Request
from simulator.scenario.staging.logins import Decided
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import Family, authorized
from simulator.web.pages.explanation import explanation
from simulator.web.pages.forms import Form, FormError, read_form
from simulator.web.pages.people import people
from simulator.web.pages.render import GUARDED, go, page, query_text, sentence

ALWAYS: Final = "Comes with every key and cannot be left out."
WITHDRAWAL: Final = "Never ticked beforehand: the broker guides its users to tick it themselves (s7.1)."
NO_FUTURES: Final = "{} has no futures account: a key that asks for API_FUTURES will be refused (40503)."
WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
"""RFC 9110 s12.4.2."""
UNIFIED: Final = "Named in s3, but no key of it is published: no API key will grant it."


async def login_page(desk: Desk, request: Request) -> Answer:
    """GET: the login page, or why there is none. Where the scenario decides for the user, the way back at once."""
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

    shown = await desk.perform(request, RequestAuthorization(query), show)
    lost = shown.damage and shown.damage.network
    decided = desk.exchange.staging.next_login() if in_order and not lost else None
    return await _decide(desk, request, query, decided) if decided else shown


async def _decide(desk: Desk, request: Request, query: str, decided: Decided) -> Answer:
    """What `login:` says that a user does, as if they had clicked through the pages."""
    command = Authorize(
        query, decided.user, decided.grant, addressbook_only=decided.addressbook_only, decision=decided.decision
    )
    as_json = prefers_json(request.header(b"accept") or "")
    return await desk.perform(
        request, command, lambda outcome: _decided(desk, query, decided.user, outcome, as_json=as_json)
    )


async def submitted(desk: Desk, request: Request) -> Answer:
    """POST: a user logs in (`step=login`) or decides (`step=consent`). Raises `FormError`."""
    query = query_text(request.query)
    form = read_form(request)
    identity = form.one("identity")
    if form.word("step", "login", "consent") == "login":
        return await desk.perform(
            request, LogIn(query, identity), lambda outcome: _logged_in(desk, query, identity, outcome)
        )
    as_json = prefers_json(request.header(b"accept") or "")
    return await desk.perform(
        request,
        _decision(query, identity, form),
        lambda outcome: _decided(desk, query, identity, outcome, as_json=as_json),
    )


def _decision(query: str, identity: str, form: Form) -> Authorize:
    """What the user ticked, and which button they pressed. Raises `FormError`."""
    known = {group.value: group for group in AuthGroup}
    ticked = form.fields.get("grant", [])
    unknown = [name for name in ticked if name not in known]
    if unknown:
        raise FormError(f"The form's field grant has {unknown[0]}; known are {', '.join(known)}.")
    return Authorize(
        query,
        identity,
        grant=frozenset(known[name] for name in ticked),
        addressbook_only="addressbook_only" in form.fields,
        unified_account="unified_account" in form.fields,
        decision=Decision(form.word("decision", *(decision.value for decision in Decision))),
    )


def _logged_in(desk: Desk, query: str, identity: str, outcome: Outcome) -> Answer:
    result = outcome.result
    if isinstance(result, Refusal):
        return _refused(desk, query, identity, result)
    assert isinstance(result, LoggedIn)
    return page(
        "consent.html",
        base=desk.exchange.world.prefix,
        query=query,
        client=result.client,
        redirect_uri=result.redirect_uri,
        user=result.user,
        identity=identity,
        permissions=_permissions(result.user),
    )


def _decided(desk: Desk, query: str, identity: str, outcome: Outcome, *, as_json: bool) -> Answer:
    """Back to the broker with a code or with `access_denied`; the printed JSON for who asks for it [H07/json]."""
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
    """A wrong identity can be typed again; anything else is the broker's to mend."""
    if refusal.reason is Reason.USER_UNKNOWN:
        return _login(desk, query, typed=identity, error=sentence(refusal.text))
    return explanation(desk.exchange.world, query, refusal)


def _login(desk: Desk, query: str, *, notes: tuple[str, ...] = (), typed: str = "", error: str = "") -> Answer:
    world = desk.exchange.world
    try:
        client, asked, _ = validated(world, query)
    except Refusal as refusal:  # a user who is unknown because the scenario says so may come with a bad request
        return explanation(world, query, refusal)
    return page(
        "login.html",
        400 if error else 200,
        base=world.prefix,
        query=query,
        client=client,
        redirect_uri=asked.redirect_uri,
        notes=notes,
        people=people(world),
        typed=typed,
        error=error,
    )


def _permissions(user: User) -> list[dict[str, Any]]:
    """The eight checkboxes of s3: their names, how they are ticked at first, what is to be known of each (H17, H25)."""
    notes = {AuthGroup.API_COMMON: ALWAYS, AuthGroup.API_WITHDRAW_OAUTH: WITHDRAWAL}
    if not user.futures:
        notes[AuthGroup.API_FUTURES] = NO_FUTURES.format(user.name)
    ticked = preticked(user)
    return [
        {
            "label": label,
            "field": "grant" if group else "unified_account",
            "value": group.value if group else "yes",
            "group": group.value if group else "",
            "ticked": group in ticked,
            "fixed": group is AuthGroup.API_COMMON,
            "note": notes.get(group, "") if group else UNIFIED,
        }
        for label, group in PERMISSIONS
    ]


def prefers_json(accept: str) -> bool:
    """Whether an `Accept` header names application/json with more weight than text/html (RFC 9110 s12.5.1)."""
    weights: dict[str, float] = {}
    for each in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in each.split(";"))
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        weights[kind] = float(weight) if WEIGHT.fullmatch(weight) else 0
    return weights.get("application/json", 0) > weights.get("text/html", 0)
