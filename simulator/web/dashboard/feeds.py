"""The websocket sessions with their topics, the messages of one session, and the faults on what is pushed."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.web.control.protocol.problems import ProblemError
from simulator.web.dashboard.screens import Screen, form_of, screen
from simulator.web.dashboard.showing import instant, redactor_of
from simulator.web.dashboard.steering import ControlReply, ControlRequest, scenario_lines
from simulator.web.endpoints.desk import Desk

MOST: Final = 50
"""Sessions, faults, and topics of one session that are listed."""
MOST_MESSAGES: Final = 100
FEW: Final = 3
"""Topics of a session that the list names."""
EXAMPLE: Final[dict[str, Any]] = {"topic": "/spotMarket/tradeOrdersV2", "effect": "gap", "messages": 2}
"""A fault for the drawer and the empty form."""


async def feeds(desk: Desk, request: Request) -> Response:
    """The sessions, the newest first, and the faults in force."""
    return await _shown(desk, request)


async def steer(desk: Desk, request: Request) -> Response:
    """Replace the faults on the feeds."""
    form = await form_of(request)
    written = form.one("written").replace("\r\n", "\n")
    call = ControlRequest("PUT", "/stream-faults", written)
    return await _shown(desk, request, written, call, await call.perform(request))


async def _shown(
    desk: Desk,
    request: Request,
    written: str = "",
    call: ControlRequest | None = None,
    reply: ControlReply | None = None,
) -> Response:
    hide = await redactor_of(desk, request)
    listing, faults_call = ControlRequest("GET", "/streams"), ControlRequest("GET", "/stream-faults")
    sessions: list[dict[str, Any]] = (await listing.perform(request)).data["streams"]
    faults: list[dict[str, Any]] = (await faults_call.perform(request)).data["stream_faults"]
    refused = reply is not None and not reply.good
    return screen(
        request,
        "dashboard/feeds.html",
        "/feeds",
        reply.status if reply and refused else 200,
        sessions=[_summary(hide.data(session)) for session in sessions[:MOST]],
        count=len(sessions),
        open_count=sum(not session["ended"] for session in sessions),
        at=instant,
        listing=listing,
        faults=hide.data(faults[:MOST]),
        fault_count=len(faults),
        faults_call=ControlRequest("PUT", "/stream-faults", {"stream_faults": [EXAMPLE]}),
        fault_lines=scenario_lines(stream_faults=[EXAMPLE]),
        written=written if refused else "",
        call=call,
        reply=reply,
    )


def _summary(session: dict[str, Any]) -> dict[str, Any]:
    """A session with its first topics only."""
    topics = session["topics"]
    return {**session, "topics": topics[:FEW], "more": len(topics[FEW:])}


async def feed(desk: Desk, request: Request) -> Response:
    """One session: its topics and its newest messages."""
    number = request.path_params["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise ProblemError(404, "There is no such session.")
    call = ControlRequest("GET", f"/streams/{number}")
    reply = await call.perform(request)
    if not reply.good:
        raise ProblemError(reply.status, reply.detail)
    hide = await redactor_of(desk, request, reply.data["user"])
    messages: list[dict[str, Any]] = reply.data.pop("messages")
    session: dict[str, Any] = hide.data(reply.data)
    return screen(
        request,
        "dashboard/feed.html",
        "/feeds",
        session={**session, "topics": session["topics"][:MOST], "more": len(session["topics"][MOST:])},
        messages=[{**message, "text": _spelled(message["text"])} for message in messages[: -MOST_MESSAGES - 1 : -1]],
        count=len(messages),
        kept=desk.journal.entry(session["entry"]) is not None,
        at=instant,
        call=call,
    )


def _spelled(text: str) -> str:
    """A message as JSON with spaces, so that its lines can be broken; any other text as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


ROUTES: Final = (
    Screen("GET /feeds", feeds),
    Screen("POST /feeds", steer),
    Screen("GET /feeds/{number}", feed),
)
