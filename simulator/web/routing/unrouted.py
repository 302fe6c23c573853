"""Calls that the default workspace served because no workspace matched."""

from __future__ import annotations

from simulator.core.world import World
from simulator.messages import Request
from simulator.web.routing.credentials import Credential, carried
from simulator.web.routing.doors import PLACED
from simulator.web.routing.workspaces import Workspaces


def is_unrouted(workspaces: Workspaces, request: Request, world: World) -> bool:
    """True if the default workspace served a call only because no other workspace matched.

    `world` is the default workspace's world before the call: a credential that it knew is not unrouted.
    """
    if request.path.startswith(PLACED):
        return True
    credentials = list(carried(request))
    return bool(credentials) and not any(_is_known(workspaces, credential, world) for credential in credentials)


def _is_known(workspaces: Workspaces, credential: Credential, world: World) -> bool:
    kind, text = credential
    if kind == "client_id":
        return text in world.clients
    return text in world.api_keys or workspaces.named(credential) == workspaces.home_name
