"""docs/endpoints.md is what the tables say that serve the calls: written by this module, and held to it."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Final

from support.wire import WITHDRAWAL

from simulator.core.endpoint import API
from simulator.core.endpoints import ENDPOINTS
from simulator.core.gateway.tolls import NAMES
from simulator.core.refusals import Grade
from simulator.web.endpoints.schemas.call import BEARER, security_of
from simulator.web.endpoints.table import ROUTES, Route

PAGE = Path(__file__).parents[2] / "docs" / "endpoints.md"
README = PAGE.parent.parent / "README.md"
HEAD: Final = (
    "| call | operation | permission | pool | weight | source | grade |",
    "|---|---|---|---|---|---|---|",
)


def row(route: Route) -> str:
    """A line of the table. The grade is that of what the line says: pool and weight, or the call itself."""
    endpoint = route.endpoints[0]
    toll = endpoint.toll
    if toll is None:
        needs = "access token" if security_of(route) == (BEARER,) else "no key"
        cells = [needs, "-", "-", endpoint.section, Grade.DOCUMENTED.value]
    else:
        needs = f"`{NAMES[toll.needs]}`" if toll.needs else "public"
        cells = [needs, toll.pool.value, str(toll.weight), endpoint.section, toll.grade.value]
    operations = ", ".join(f"`{name}`" for name in (endpoint.name for endpoint in route.endpoints))
    return f"| {' | '.join([f'`{endpoint.call}`', operations, *cells])} |"


def tables() -> str:
    """A table for each of KuCoin's hosts, in the order of the table that serves."""
    parts = []
    for host, found in groupby(sorted(ROUTES, key=lambda each: each.host != API), lambda each: each.host):
        parts.append("\n".join([f"## {host}", "", *HEAD, *map(row, found)]))
    return "\n\n".join(parts) + "\n"


def test_the_page_is_what_serves() -> None:
    """The tables of docs/endpoints.md are generated from the rows that serve; this prints them when they are not."""
    text = PAGE.read_text(encoding="utf-8")
    assert tables() in text, f"put this into docs/endpoints.md:\n{tables()}"
    assert len(re.findall(r"^\| `[A-Z]+ /", text, re.MULTILINE)) == len(ROUTES)


def test_the_gateway_stands_before_api() -> None:
    """Every call to /api costs something of a pool, and no other call does."""
    assert [
        endpoint.call for endpoint in ENDPOINTS if bool(endpoint.toll) is not endpoint.path.startswith("/api/")
    ] == []
    assert {endpoint.name for endpoint in ENDPOINTS if not endpoint.toll} == {
        "exchange_code",
        "refresh_tokens",
        "add_api_key",
        "add_api_key_old",
    }


def test_the_readme_leads_to_every_path() -> None:
    """Its table of what is served names the paths of KuCoin's page, and this page for those beside it."""
    served = README.read_text(encoding="utf-8").partition("## What is served")[2].partition("\n## ")[0]
    of_the_page = [each.path for each in ENDPOINTS if not each.path.startswith("/api/")] + [WITHDRAWAL]
    assert len(of_the_page) == 5
    assert [path for path in of_the_page if f"{path}`" not in served] == []
    assert "](docs/endpoints.md)" in served
