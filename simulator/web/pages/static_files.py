"""The answer to a browser that loads a file of the pages."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from simulator.messages import Answer, Request
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import STATIC
from simulator.web.pages.assets import assets
from simulator.web.pages.errors import error_answer
from simulator.web.pages.headers import NOT_SNIFFED

FOREVER: Final = b"public, max-age=31536000, immutable"


async def static_file(desk: Desk, request: Request) -> Answer:
    """GET: a file. It may be kept forever if the query has its digest, because another content has another address."""
    name = request.path.removeprefix(STATIC)
    asset = assets().get(name)
    if asset is None:
        return error_answer(404, f"There is no file {name}. The files are {', '.join(assets())}.")
    current = parse_qs(request.query).get("v") == [asset.digest]
    answer = Answer(200, asset.content, asset.kind)
    return answer.having((b"cache-control", FOREVER if current else b"no-cache"), NOT_SNIFFED)
