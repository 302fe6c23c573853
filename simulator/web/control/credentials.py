"""Consents and API keys: listed without any secret, revoked, deleted."""

from __future__ import annotations

from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control import issued
from simulator.core.control.administration import DeleteApiKey, RevokeConsent
from simulator.core.fast_api.tokens import LIFETIMES
from simulator.core.world import ApiKey, Consent, World
from simulator.web.control.administration import administered
from simulator.web.control.calls import answer, limit_of
from simulator.web.control.people import user_asked
from simulator.web.control.problems import ProblemError
from simulator.web.endpoints.desk import Desk


def _asked(desk: Desk, request: Request) -> tuple[str, str]:
    """The `user` and the `client` whose credentials are asked for, "" = all."""
    return user_asked(desk, request), request.query_params.get("client", "")


async def consents(desk: Desk, request: Request) -> Response:
    """What users granted to clients, newest first, of everybody or of one `user` or `client`."""
    world = desk.exchange.world
    newest = islice(issued.consents(world, *_asked(desk, request)), limit_of(request))
    return answer({"consents": [_consent(world, each) for each in newest]})


async def revoke(desk: Desk, request: Request) -> Response:
    """End a consent: its code and its tokens are dead, its keys live on (H22)."""
    await desk.free()
    consent = request.path_params["id"]
    if consent not in desk.exchange.world.consents:
        raise ProblemError(404, "no such consent; GET /_sim/v1/consents lists them")
    administered(desk, RevokeConsent(consent))
    world = desk.exchange.world
    return answer(_consent(world, world.consents[consent]))


def _consent(world: World, each: Consent) -> dict[str, Any]:
    """A consent; instants in ms, None = that never was."""
    bought = each.generation > 0
    ends = {kind: each.issued_at + lifetime if bought else None for kind, lifetime in LIFETIMES.items()}
    return {
        "id": each.id,
        "user": each.user,
        "client": each.client_id,
        "groups": [group.value for group in each.groups],
        "addressbookOnly": each.addressbook_only,
        "unifiedAccount": each.unified_account,
        "revoked": each.revoked,
        "keys": each.keys,
        "generation": each.generation,
        "grantedAt": each.granted_at,
        "codeExpiresAt": None if bought else each.granted_at + world.choices.authorization_code_lifetime,
        "issuedAt": each.issued_at if bought else None,
        "accessTokenExpiresAt": ends["access"],
        "refreshTokenExpiresAt": ends["refresh"],
    }


async def api_keys(desk: Desk, request: Request) -> Response:
    """API keys, newest first, of everybody or of one `user` or `client`; no secrets."""
    newest = islice(issued.keys(desk.exchange.world, *_asked(desk, request)), limit_of(request))
    return answer({"apiKeys": [_api_key(each) for each in newest]})


async def delete_api_key(desk: Desk, request: Request) -> Response:
    """Delete a key: it is unknown from now on, and its name and its place in the limit are free."""
    await desk.free()
    key = desk.exchange.world.api_keys.get(request.path_params["key"])
    if key is None:
        raise ProblemError(404, "no such key; GET /_sim/v1/api-keys lists them")
    return answer({**_api_key(key), **administered(desk, DeleteApiKey(key.api_key))})


def _api_key(each: ApiKey) -> dict[str, Any]:
    """A key without its secrets; no `client` = the user made it by hand."""
    return {
        "apiKey": each.api_key,
        "apiName": each.api_name,
        "user": each.user,
        "uid": each.uid,
        "client": each.client_id or None,
        "madeBy": each.made_by.value,
        "groups": [group.value for group in each.groups],
        "withdrawal": each.withdrawal,
        "addressbookOnly": each.addressbook_only,
        "ipWhitelist": list(each.ip_whitelist),
        "createdAt": each.created_at,
    }
