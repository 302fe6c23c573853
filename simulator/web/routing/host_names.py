"""The host names of workspaces: `{name}.localhost`."""

from __future__ import annotations

from urllib.parse import urlsplit

from simulator.core.world import World
from simulator.web.guards import hostname


def named_by_host(host: bytes) -> str:
    """The name in `{name}.localhost[:port]`, "" for any other host."""
    if b".localhost" not in host.lower():
        return ""
    try:
        name, _, rest = hostname(host.decode("latin-1")).partition(".")
    except ValueError:  # the exchange's own paths take any Host, and the gate refuses it on all others
        return ""
    return name if rest == "localhost" else ""


def host_origin(world: World, name: str) -> str:
    """The origin that addresses a workspace by host name, at our port."""
    port = urlsplit(world.origins[-1]).port
    return f"http://{name}.localhost" + (f":{port}" if port else "")
