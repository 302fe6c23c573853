"""Why `/oauth` shows no login page, in words that a broker's developer can act on. It never redirects (H24)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from simulator.core.redirects import login_query, nearest, read_query, resolve
from simulator.core.refusals import Reason, Refusal
from simulator.core.world import Client, World
from simulator.messages import Answer
from simulator.web.pages.render import page

SHOWN: Final = 20
"""How many clients are listed."""
PARTS: Final = ("the scheme", "host or port", "the path", "the query", "the fragment")
ADVICE: Final = {
    Reason.CLIENT_UNKNOWN: "No broker of this client_id is registered here. Send a known one, or add yours.",
    Reason.REDIRECT_URI_UNREGISTERED: "A user is sent to a registered redirect URI only, and this is none of the"
    " client's. They are compared character for character.",
    Reason.REDIRECT_URI_ENCODED: "The scenario refuses a percent-encoded redirect_uri (choices: encoded_redirect_uri)."
    " The page says: “please don't encode the redirect URL”. Send it raw, as registered.",
    Reason.PARAMETER_REPEATED: "Each parameter stands once. A raw redirect_uri that is not registered exactly as"
    " sent may spill its own parameters into the query.",
    Reason.PARAMETER_MISSING: "response_type, client_id, redirect_uri, scope and state are compulsory, state too,"
    " and none may be empty.",
    Reason.RESPONSE_TYPE_UNSUPPORTED: "There is the authorization code mode only (s5).",
    Reason.SCOPE_INVALID: "There is one scope.",
}


def explanation(world: World, query: str, refusal: Refusal) -> Answer:
    """The page, with the status of the refusal (400 where its envelope would say 200) [H24/no-redirect]."""
    denial = refusal.reason.denial
    asked = read_query(world, query)
    client = world.clients.get(asked.values.get("client_id", ""))
    return page(
        "refused.html",
        max(denial.status, 400),
        refusal=refusal,
        denial=denial,
        advice=ADVICE.get(refusal.reason, ""),
        client=client,
        registered=resolve(world, client) if client else (),
        clients=clients(world),
        unregistered=refusal.reason is Reason.REDIRECT_URI_UNREGISTERED,
        **_near(world, client, asked.redirect_uri),
        example=login_link(world, client) if client else "",
    )


def _near(world: World, client: Client | None, uri: str) -> dict[str, Any]:
    """The registered URI that is most like the one sent, and which parts of them differ."""
    near = nearest(world, client, uri) if client and uri else ""
    if not near:
        return {"near": "", "differing": ""}
    try:
        pairs = zip(PARTS, urlsplit(near), urlsplit(uri), strict=True)
        different = [part for part, one, other in pairs if one != other]
    except ValueError:  # the one sent is no URL
        different = []
    return {"near": near, "differing": " and ".join(different)}


def clients(world: World) -> list[Client]:
    """The clients by id, not more than a page can show."""
    return [world.clients[client_id] for client_id in sorted(world.clients)[:SHOWN]]


def login_link(world: World, client: Client, origin: str = "") -> str:
    """A login that would be accepted: to a redirect URI on that origin if there is one, else to the first; or ""."""
    query = login_query(world, client, origin or world.origin, "demo-state")
    return f"/oauth?{query}" if query else ""
