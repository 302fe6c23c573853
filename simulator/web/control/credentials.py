"""Consents and API keys: listed without any secret, revoked, deleted."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control import issued
from simulator.core.control.administration import DeleteApiKey, RevokeConsent
from simulator.core.fast_api.tokens import LIFETIMES
from simulator.core.spec import AuthGroup
from simulator.core.world import ApiKey, Consent, World
from simulator.web.control.administration import REMOVED, administered
from simulator.web.control.people import OF_USER, user_name
from simulator.web.control.protocol.calls import answer
from simulator.web.control.protocol.declaration import LIMIT, ControlCall, QueryParameter
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.views.people import API_KEY_FIELDS, api_key_data
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, FLAG, MS, NAME, TEXT, WHOLE, Schema, closed, listed, maybe, word_of

OF_CLIENT: Final = QueryParameter("client", TEXT, "Only those of this client_id")


def _parties(desk: Desk, request: Request) -> tuple[str, str]:
    """The `user` and the `client` of the query, "" = all."""
    return user_name(desk, request), OF_CLIENT.text(request)


async def consents(desk: Desk, request: Request) -> Response:
    """What users granted to clients, newest first, of everybody or of one `user` or `client`."""
    world = desk.exchange.world
    newest = islice(issued.consents(world, *_parties(desk, request)), LIMIT.number(request))
    return answer({"consents": [consent_data(world, consent) for consent in newest]})


async def revoke(desk: Desk, request: Request) -> Response:
    """End a consent: its code and its tokens are dead, its keys live on (H22)."""
    await desk.free()
    consent_id = request.path_params["id"]
    if consent_id not in desk.exchange.world.consents:
        raise ProblemError(404, "no such consent; GET /_sim/v1/consents lists them")
    administered(desk, RevokeConsent(consent_id))
    world = desk.exchange.world
    return answer(consent_data(world, world.consents[consent_id]))


CONSENT: Final = closed(
    {
        "id": NAME,
        "user": NAME,
        "client": NAME,
        "groups": listed(word_of(AuthGroup)),
        "addressbook_only": FLAG,
        "unified_account": FLAG,
        "revoked": FLAG,
        "keys": COUNT,
        "generation": COUNT,
        "granted_at": MS,
        "code_expires_at": maybe(MS),
        "issued_at": maybe(MS),
        "access_token_expires_at": maybe(MS),
        "refresh_token_expires_at": maybe(MS),
    }
)


def consent_data(world: World, consent: Consent) -> dict[str, Any]:
    """A consent; instants in ms, None = that has not happened."""
    exchanged = consent.generation > 0
    ends = {kind: consent.issued_at + lifetime if exchanged else None for kind, lifetime in LIFETIMES.items()}
    code_end = consent.granted_at + world.choices.authorization_code_lifetime
    return {
        "id": consent.id,
        "user": consent.user,
        "client": consent.client_id,
        "groups": [group.value for group in consent.groups],
        "addressbook_only": consent.addressbook_only,
        "unified_account": consent.unified_account,
        "revoked": consent.revoked,
        "keys": consent.keys,
        "generation": consent.generation,
        "granted_at": consent.granted_at,
        "code_expires_at": None if exchanged else code_end,
        "issued_at": consent.issued_at if exchanged else None,
        "access_token_expires_at": ends["access"],
        "refresh_token_expires_at": ends["refresh"],
    }


async def api_keys(desk: Desk, request: Request) -> Response:
    """API keys, newest first, of everybody or of one `user` or `client`; no secrets."""
    newest = islice(issued.keys(desk.exchange.world, *_parties(desk, request)), LIMIT.number(request))
    return answer({"api_keys": [public_key_data(key) for key in newest]})


async def delete_api_key(desk: Desk, request: Request) -> Response:
    """Delete a key: it is unknown from now on, and its name and its place in the limit are free."""
    await desk.free()
    key = desk.exchange.world.api_keys.get(request.path_params["key"])
    if key is None:
        raise ProblemError(404, "no such key; GET /_sim/v1/api-keys lists them")
    return answer({**public_key_data(key), **administered(desk, DeleteApiKey(key.api_key))})


SECRETS: Final = ("secret", "passphrase")
KEY_FIELDS: Final[dict[str, Schema]] = {
    **{name: schema for name, schema in API_KEY_FIELDS.items() if name not in SECRETS},
    "user": NAME,
    "uid": WHOLE,
    "client": maybe(NAME),
    "ip_whitelist": listed(TEXT),
}


def public_key_data(key: ApiKey) -> dict[str, Any]:
    """A key without its secrets; `client` None = the user made it by hand."""
    return {
        **{name: value for name, value in api_key_data(key).items() if name not in SECRETS},
        "user": key.user,
        "uid": key.uid,
        "client": key.client_id or None,
        "ip_whitelist": list(key.ip_whitelist),
    }


PARTIES: Final = (LIMIT, OF_USER, OF_CLIENT)
CALLS: Final = (
    ControlCall("GET /consents", consents, closed({"consents": listed(CONSENT)}), query=PARTIES),
    ControlCall("POST /consents/{id}/revoke", revoke, CONSENT, problems=(404,)),
    ControlCall("GET /api-keys", api_keys, closed({"api_keys": listed(closed(KEY_FIELDS))}), query=PARTIES),
    ControlCall("DELETE /api-keys/{key}", delete_api_key, closed({**KEY_FIELDS, **REMOVED}), problems=(404,)),
)
