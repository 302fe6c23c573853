"""The security set-up (s8.1, H41): the identity page, the QR code and six digits, the way back to the broker."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl

from simulator.core.fast_api.redirects import origin_of, resolve
from simulator.core.fast_api.security import (
    BindFactor,
    FactorBound,
    FactorPrepared,
    PrepareFactor,
    prepare_factor,
    return_target,
)
from simulator.core.refusals import Reason, Refusal
from simulator.core.world import User, World
from simulator.messages import Answer, Request
from simulator.outcomes import Outcome
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.errors import error_answer
from simulator.web.pages.forms import read_form
from simulator.web.pages.people import People, people, search
from simulator.web.pages.render import fit, go, page, query_text, sentence


class BackLink(NamedTuple):
    """The link back to the broker: `target`; if that is "", `reason` says why there is no link back."""

    query: str
    target: str
    reason: str
    broker: str
    base: str
    """The prefix of our own paths: the workspace's."""


async def who_page(desk: Desk, request: Request) -> Answer:
    """GET: the page that asks who the user is."""
    return _who(desk.exchange.world, _back_link(desk.exchange.world, request.query))


async def submitted(desk: Desk, request: Request) -> Answer:
    """POST: a user is looked for (`step=find`), says who they are (`identify`), or shows the six digits (`bind`).

    Raises `FormError`.
    """
    back_link = _back_link(desk.exchange.world, request.query)
    form = read_form(request)
    if form.fields.get("step") == ["find"]:
        shown = await search(desk.exchange.world, form.one("find", ""), form.one("after", ""))
        return _who(desk.exchange.world, back_link, shown=shown)
    identity = form.one("identity")
    if form.word("step", "identify", "bind") == "identify":
        return await desk.perform(
            request, PrepareFactor(identity), lambda outcome: _prepared(desk, back_link, identity, outcome)
        )
    command = BindFactor(identity, form.one("code").replace(" ", ""))
    return await desk.perform(request, command, lambda outcome: _bound(desk, back_link, identity, outcome))


def _prepared(desk: Desk, back_link: BackLink, identity: str, outcome: Outcome) -> Answer:
    if isinstance(outcome.result, Refusal):
        return _refused(desk.exchange.world, back_link, identity, outcome.result)
    assert isinstance(outcome.result, FactorPrepared)
    return _factor(back_link, outcome.result)


def _bound(desk: Desk, back_link: BackLink, identity: str, outcome: Outcome) -> Answer:
    world = desk.exchange.world
    if isinstance(outcome.result, Refusal):
        if outcome.result.reason is not Reason.FACTOR_WRONG:
            return _refused(world, back_link, identity, outcome.result)
        try:
            _, prepared = prepare_factor(world, PrepareFactor(identity), outcome.now)
        except Refusal as refusal:  # a staged FACTOR_WRONG can come with any identity
            return _refused(world, back_link, identity, refusal)
        return _factor(back_link, prepared, error=sentence(outcome.result.text))
    assert isinstance(outcome.result, FactorBound)
    return go(back_link.target) if back_link.target else _done(back_link, outcome.result.user, already=False)


def _refused(world: World, back_link: BackLink, identity: str, refusal: Refusal) -> Answer:
    if refusal.reason is Reason.USER_UNKNOWN:
        return _who(world, back_link, typed=identity, error=sentence(refusal.text))
    user = world.user_of(identity.strip())
    if refusal.reason is Reason.FACTOR_ALREADY_BOUND and user:
        return _done(back_link, user, already=True)
    return error_answer(max(refusal.reason.denial.status, 400), sentence(refusal.text), back_link.base)


def _who(world: World, back_link: BackLink, *, typed: str = "", error: str = "", shown: People | None = None) -> Answer:
    return page(
        "who.html",
        400 if error else 200,
        base=back_link.base,
        back_link=back_link,
        people=shown or people(world),
        typed=typed,
        error=error,
    )


def _factor(back_link: BackLink, prepared: FactorPrepared, *, error: str = "") -> Answer:
    """The page with the QR code: black on white, because scanners need that. No code if the data is too long."""
    import segno

    try:
        code = segno.make(prepared.uri, error="m", micro=False)
        image = code.svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    except segno.DataOverflowError:  # a user of a scenario may have an address of any length
        image = ""
    status = 400 if error else 200
    user, uri = prepared.user, prepared.uri
    return page(
        "factor.html",
        status,
        base=back_link.base,
        leads_out=True,
        back_link=back_link,
        user=user,
        uri=uri,
        image=image,
        error=error,
    )


def _done(back_link: BackLink, user: User, *, already: bool) -> Answer:
    sets = [[factor.value for factor in factors] for factors in user.factor_sets]
    return page("bound.html", base=back_link.base, back_link=back_link, user=user, sets=sets, already=already)


def _back_link(world: World, raw: str) -> BackLink:
    """The link back, from the two optional parameters that a broker appends to the link (s8.1, H41)."""
    query = query_text(raw)
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    client_id, redirect_uri = parameters.get("client_id", ""), parameters.get("redirect_uri", "")
    client = world.clients.get(client_id)
    target = return_target(world, client_id, redirect_uri)
    reason = ""
    if redirect_uri and not client_id:
        reason = "client_id is missing, so the client of this redirect_uri is unknown."
    elif redirect_uri and client is None:
        reason = f"client_id {client_id} is unknown."
    elif redirect_uri and client and not target:
        origins = dict.fromkeys(origin_of(uri) for uri in resolve(world, client))
        origin_list = ", ".join(origin for origin in origins if origin) or "none"
        reason = (
            f"{redirect_uri} is on no origin of a registered redirect URI of {client_id} (these are: {origin_list})."
        )
    return BackLink(query, fit(target), reason, client.name if client else "", world.prefix)
