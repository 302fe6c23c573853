"""The front page: the scenario, its clients and users, and links to begin with."""

from __future__ import annotations

from simulator.core import spec
from simulator.core.world import World
from simulator.messages import Answer, Request
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.explanation import clients, login_link
from simulator.web.pages.people import people
from simulator.web.pages.render import page


async def front_page(desk: Desk, request: Request) -> Answer:
    """The front page. Its cost does not depend on the size of the world."""
    world = desk.exchange.world
    origin = own_origin(world, request)
    client_links = [(client, login_link(world, client, origin)) for client in clients(world)]
    return page(
        "front.html",
        base=world.prefix,
        revision=spec.PAGE_REVISION,
        scenario=desk.scenario,
        world=world,
        clients=client_links,
        more_clients=len(world.clients) - len(client_links),
        people=people(world),
        security_path=spec.SECURITY_PATH,
    )


def own_origin(world: World, request: Request) -> str:
    """Our origin that the browser uses; the public one if the Host header names none of ours."""
    host = (request.header(b"host") or "").lower()
    ours = [origin for origin in world.origins if origin.partition("://")[2] == host]
    return next((origin for origin in ours if origin.startswith(f"{request.scheme}:")), [*ours, world.origin][0])
