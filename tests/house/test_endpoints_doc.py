"""docs/endpoints.md is what the tables say that serve the calls."""

from __future__ import annotations

import re
from pathlib import Path

from support.endpoints_table import written
from support.generated import OUTDATED
from support.wire import WITHDRAWAL

from simulator.core.endpoints import ENDPOINTS
from simulator.web.endpoints.table import ROUTES

PAGE = Path(__file__).parents[2] / "docs" / "endpoints.md"
README = PAGE.parent.parent / "README.md"


def test_the_page_is_what_serves() -> None:
    """The tables of docs/endpoints.md are made from the rows that serve, and have a line for each."""
    text = PAGE.read_text(encoding="utf-8")
    assert written(text) == text, OUTDATED
    assert len(re.findall(r"^\| `[A-Z]+ /", text, re.MULTILINE)) == len(ROUTES)


def test_the_gateway_stands_before_api() -> None:
    """Every call to /api costs something of a pool, and no other call does."""
    assert [
        endpoint.call for endpoint in ENDPOINTS if bool(endpoint.rate_limit) is not endpoint.path.startswith("/api/")
    ] == []
    assert {endpoint.name for endpoint in ENDPOINTS if not endpoint.rate_limit} == {
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
