"""The floor: the least that a Starlette application can do, on the same server, parser and loop as the simulator."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ANSWER = {"code": "200000", "data": 1}


async def get(request: Request) -> JSONResponse:
    return JSONResponse(ANSWER)


async def post(request: Request) -> JSONResponse:
    await request.body()
    return JSONResponse(ANSWER)


app = Starlette(routes=[Route("/get", get), Route("/post", post, methods=["POST"])])
