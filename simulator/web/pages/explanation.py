"""The page that explains to a broker's developer why `/oauth` refused a login. It never redirects (H24)."""

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
"""Clients that are listed at most."""


def explanation(world: World, query: str, refusal: Refusal) -> Answer:
    """The page, with the status of the refusal (400 if its envelope would say 200) [H24/no-redirect]."""
    denial = refusal.reason.denial
    parameters = read_query(world, query)
    client = world.clients.get(parameters.values.get("client_id", ""))
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
        **_near(world, client, parameters.redirect_uri),
        example=login_link(world, client) if client else "",
    )


def _near(world: World, client: Client | None, uri: str) -> dict[str, Any]:
    """The registered URI that is most similar to the sent one, and the parts that differ."""
    near = nearest(world, client, uri) if client and uri else ""
    if not near:
        return {"near": "", "differing": ""}
    return {"near": near, "differing": differing(near, uri)}


def clients(world: World) -> list[Client]:
    """The first clients by id, at most `SHOWN`."""
    return [world.clients[client_id] for client_id in sorted(world.clients)[:SHOWN]]


def login_link(world: World, client: Client, origin: str = "") -> str:
    """A valid login link: to a redirect URI on that origin if there is one, else to the first; "" if there is none."""
    query = login_query(world, client, origin or world.origin, "demo-state")
    return f"{world.prefix}/oauth?{query}" if query else ""
