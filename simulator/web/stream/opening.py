"""A request for a websocket finds its workspace: by its token, or else by its address."""

from __future__ import annotations

from functools import partial

from simulator.core.fast_api.claims import issuer
from simulator.core.gateway.requests import pairs
from simulator.messages import Request
from simulator.web.endpoints.desk import Desk
from simulator.web.routing.workspaces import Workspaces
from simulator.web.stream.hub import Hub
from simulator.web.stream.socket import Handed


def open_stream(
    workspaces: Workspaces, connection: Handed, request: Request, rest: bytes, addressed: Desk | None
) -> None:
    """Make a websocket of a connection. `addressed` is the desk that path or port names.

    `rest` came behind the request.
    """
    query = dict(pairs(request.query)) if request.query else {}
    named = issuer(query.get("token", ""))
    desk = workspaces.desk(named) if named else None
    desk = desk or addressed or workspaces.hosted(request.headers.get(b"host", b"")) or workspaces.home
    hub = desk.streams
    if not isinstance(hub, Hub):
        name = desk.exchange.world.workspace
        hub = Hub(desk, partial(_use, workspaces, name))
    hub.open(connection, request, query, rest)


def _use(workspaces: Workspaces, name: str) -> None:
    workspaces.desk(name)
