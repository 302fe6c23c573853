"""The tables of docs/endpoints.md, made from the declarations of the endpoints."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from simulator.core.endpoint import API
from simulator.core.gateway.permissions import NAMES
from simulator.core.refusals import Grade
from simulator.web.endpoints.schemas.call import BEARER, security_of
from simulator.web.endpoints.table import ROUTES, Route

HEAD: Final = (
    "| call | operation | permission | pool | weight | source | grade |",
    "|---|---|---|---|---|---|---|",
)


def row(route: Route) -> str:
    """A line of the table. The grade is that of what the line says: pool and weight, or the call itself."""
    endpoint = route.endpoints[0]
    rate_limit = endpoint.rate_limit
    if rate_limit is None:
        needs = "access token" if security_of(route) == (BEARER,) else "no key"
        cells = [needs, "-", "-", endpoint.section, Grade.DOCUMENTED.value]
    else:
        needs = f"`{NAMES[endpoint.permission]}`" if endpoint.permission else "public"
        cells = [needs, rate_limit.pool.value, str(rate_limit.weight), endpoint.section, rate_limit.grade.value]
    operations = ", ".join(f"`{name}`" for name in (endpoint.name for endpoint in route.endpoints))
    return f"| {' | '.join([f'`{endpoint.call}`', operations, *cells])} |"


def tables() -> str:
    """A table for each of KuCoin's hosts, in the order of the table that serves."""
    parts = []
    for host, routes in groupby(sorted(ROUTES, key=lambda route: route.host != API), lambda route: route.host):
        parts.append("\n".join([f"## {host}", "", *HEAD, *map(row, routes)]))
    return "\n\n".join(parts) + "\n"


def written(page: str) -> str:
    """The page with the tables of now, which are its last sections."""
    return page.partition(f"## {API}\n")[0] + tables()
