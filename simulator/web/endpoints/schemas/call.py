"""The credentials and the replies of a call, read from its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args, get_type_hints

from simulator.core.value import Reply
from simulator.web.endpoints.table import Route

SIGNED: Final = ("KC-API-KEY", "KC-API-SIGN", "KC-API-TIMESTAMP", "KC-API-PASSPHRASE", "KC-API-KEY-VERSION")
"""The headers of s8.2, all of them at once."""
BEARER: Final = "bearer"


def security_of(route: Route) -> tuple[str, ...]:
    """The credentials that a call needs, all of them at once; () = none."""
    endpoint = route.endpoints[0]
    if endpoint.permission:
        return SIGNED
    return (BEARER,) if "authorization" in endpoint.command.__struct_fields__ else ()


def replies_of(route: Route) -> tuple[type[Reply], ...]:
    """The types of all replies of a route's endpoints, from the annotations of their functions."""
    return tuple(dict.fromkeys(reply for endpoint in route.endpoints for reply in _replies(endpoint.run)))


def _replies(run: object) -> Iterator[type[Reply]]:
    _, reply = get_args(get_type_hints(run)["return"])
    yield from get_args(reply) or (reply,)
