"""`/demo/callback` for a login that the demo broker did not begin: what a broker receives, and its next calls."""

from __future__ import annotations

import json
from shlex import quote as shell_quote
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote

from simulator.core import spec
from simulator.core.spec import AuthGroup
from simulator.core.world import Client, World
from simulator.messages import Answer, Request
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.front import own_origin
from simulator.web.pages.render import page, query_text

PATH: Final = "/demo/callback"
TOKEN_PATH: Final = "/_oauth/access-token"  # noqa: S105 - a path
KEY_PATH: Final = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add"


class CodeGrant(NamedTuple):
    """What a code stands for: its client, the redirect URI, the granted permissions."""

    client: Client
    redirect_uri: str
    groups: tuple[AuthGroup, ...]
    addressbook_only: bool


async def callback_page(desk: Desk, request: Request, declined: str = "") -> Answer:
    """GET: a page with the received parameters and the next two calls as curl lines.

    `declined` = what the demo broker says to its customer about it; "" = nothing.
    """
    world = desk.exchange.world
    query = query_text(request.query)
    received = parse_qsl(query, keep_blank_values=True)
    values = dict(received)
    code = values.get("code", "")
    origin = own_origin(world, request)
    grant_of_code = _known(world, code)
    grant = grant_of_code or _demo(world, origin)
    return page(
        "callback.html",
        base=world.prefix,
        query=query,
        received=received,
        code=code,
        declined=declined,
        error=values.get("error", ""),
        known=grant_of_code is not None,
        lifetime=world.choices.authorization_code_lifetime // spec.MINUTE,
        client=grant.client if grant else None,
        exchange=_exchange(world, origin, grant, code) if grant and code else "",
        add_key=_add_key(origin, grant) if grant and code else "",
    )


def _known(world: World, code: str) -> CodeGrant | None:
    """What a code of ours stands for; None if the code is unknown."""
    code_row = world.codes.get(code)
    consent = world.consents.get(code_row.consent) if code_row else None
    client = world.clients.get(consent.client_id) if consent else None
    if consent is None or client is None:
        return None
    return CodeGrant(client, consent.redirect_uri, consent.groups, consent.addressbook_only)


def _demo(world: World, origin: str) -> CodeGrant | None:
    """For an unknown code: the demo broker's client."""
    client = demo_client(world)
    return CodeGrant(client, origin + PATH, (AuthGroup.API_COMMON,), False) if client else None


def demo_client(world: World) -> Client | None:
    """The client that the demo broker is: the first one that has this page as its redirect URI."""
    ids = (client_id for client_id in sorted(world.clients) if PATH in world.clients[client_id].redirect_uris)
    first = next(ids, None)
    return world.clients[first] if first else None


def _exchange(world: World, origin: str, grant: CodeGrant, code: str) -> str:
    """The curl line of s7.2, with redirect_uri unencoded. It has the secret only if a choice requires it (H01)."""
    client = grant.client
    url = (
        f"{origin}{TOKEN_PATH}?grant_type={spec.GRANT_TYPE}&code={quote(code, safe='')}"
        f"&redirect_uri={grant.redirect_uri}&client_id={quote(client.client_id, safe='')}"
    )
    if world.choices.client_secret == "required":  # noqa: S105 - a switch, no secret
        url += f"&client_secret={quote(client.secret, safe='')}"
    return f"curl -sg {shell_quote(url)}"


def _add_key(origin: str, grant: CodeGrant) -> str:
    """The curl line of s4.2, which asks for what was granted."""
    body = {
        "authGroupMap": {group.value: group in grant.groups for group in AuthGroup},
        "isAddressbookOnly": grant.addressbook_only,
    }
    return (
        f"curl -sg {shell_quote(origin + KEY_PATH)} \\\n"
        '  -H "Authorization: Bearer $ACCESS_TOKEN" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {shell_quote(json.dumps(body))}"
    )
