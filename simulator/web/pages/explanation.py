"""Why `/oauth` shows no login page, in words that a broker's developer can act on. It never redirects (H24)."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.fast_api.redirects import login_query, nearest, read_query, resolve
from simulator.core.refusals import Reason, Refusal
from simulator.core.world import Client, World
from simulator.evidence.diagnosis.advice import ADVICE
from simulator.evidence.diagnosis.hints import differing
from simulator.messages import Answer
from simulator.web.pages.render import page

SHOWN: Final = 20
"""How many clients are listed."""


def explanation(world: World, query: str, refusal: Refusal) -> Answer:
    """The page, with the status of the refusal (400 where its envelope would say 200) [H24/no-redirect]."""
    denial = refusal.reason.denial
    asked = read_query(world, query)
    client = world.clients.get(asked.values.get("client_id", ""))
    return page(
        "refused.html",
        max(denial.status, 400),
        base=world.prefix,
        refusal=refusal,
        denial=denial,
        causes=ADVICE[refusal.reason].causes,
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
    return {"near": near, "differing": differing(near, uri)}


def clients(world: World) -> list[Client]:
    """The clients by id, not more than a page can show."""
    return [world.clients[client_id] for client_id in sorted(world.clients)[:SHOWN]]


def login_link(world: World, client: Client, origin: str = "") -> str:
    """A login that would be accepted: to a redirect URI on that origin if there is one, else to the first; or ""."""
    query = login_query(world, client, origin or world.origin, "demo-state")
    return f"{world.prefix}/oauth?{query}" if query else ""
