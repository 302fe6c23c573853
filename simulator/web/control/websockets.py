"""Websocket sessions, what was said on them, and the faults on what is pushed."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.stream.topics import FAMILIES
from simulator.evidence.redaction import Redactor
from simulator.scenario import loader
from simulator.scenario.keys import json_schema
from simulator.scenario.keys.scenario import STREAM_FAULTS
from simulator.scenario.staging.armed import MOST
from simulator.scenario.staging.stream_faults import StreamEffect, StreamStaging
from simulator.web.control.protocol.calls import answer, played, text_of
from simulator.web.control.protocol.declaration import LONGEST_NUMBER, ControlCall, part_of_scenario
from simulator.web.control.protocol.long_answers import Streamed, members
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.scenarios import FILE
from simulator.web.control.written import duration
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import as_json
from simulator.web.json_schema import COUNT, FLAG, MS, TEXT, closed, listed, maybe
from simulator.web.work import aside

HIDDEN: Final = "(not shown: the entry of the session is no longer kept)"


def _sessions(desk: Desk) -> list[Any]:
    """All sessions that are known, the newest first."""
    return [] if desk.streams is None else desk.streams.known()


def _session_data(session: Any) -> dict[str, Any]:
    return {
        "number": session.number,
        "user": session.user,
        "connect_id": session.connect_id[:100],
        "opened_at": session.opened_at,
        "entry": session.entry,
        "topics": list(session.topics),
        "sent": session.sent,
        "received": session.received,
        "ended": session.ended,
    }


async def streams(desk: Desk, request: Request) -> Response:
    """The websocket sessions, the newest first; of those that ended only the last ones."""
    return answer({"streams": [_session_data(session) for session in _sessions(desk)]})


async def stream(desk: Desk, request: Request) -> Response:
    """One websocket session with its newest messages, oldest first; `fault` says what a fault did to one."""
    number = request.path_params["number"]
    known = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    session = next((session for session in _sessions(desk) if known and session.number == int(number)), None)
    if session is None:
        raise ProblemError(404, f"no websocket session {number[:LONGEST_NUMBER]}; GET /_sim/v1/streams lists them")
    journal = desk.journal
    entry = journal.entry(session.entry)
    redactor = None
    if entry is not None:
        redactor = Redactor(journal.known(), entry, show=journal.reporting.show_secrets)
    messages = (as_json(_message_data(message, redactor)) for message in list(session.texts))
    return Streamed(members(_session_data(session), "messages", messages))


def _message_data(message: Any, redactor: Redactor | None) -> dict[str, Any]:
    return {
        "at": message.at,
        "sent": message.sent,
        "text": redactor.text(message.text.decode(errors="replace")) if redactor else HIDDEN,
        **({"fault": message.fault} if message.fault else {}),
    }


def _listed(desk: Desk) -> Response:
    rows = [
        {
            "topic": armed.fault.topic,
            "effect": armed.fault.effect,
            "user": armed.fault.user,
            "times": armed.fault.times,
            "skip": armed.fault.skip,
            "messages": armed.fault.messages,
            "delay": duration(armed.fault.delay),
            "seen": armed.seen,
            "hits": armed.hits,
        }
        for armed in desk.stream_staging.armed
    ]
    return answer({"stream_faults": rows})


async def stream_faults(desk: Desk, request: Request) -> Response:
    """The faults on the websocket feeds: how many messages each applied to (`seen`) and how many it struck (`hits`)."""
    return _listed(desk)


async def put_stream_faults(desk: Desk, request: Request) -> Response:
    """Replace all faults on the websocket feeds by these, until a reset. The sessions go on."""
    text = await text_of(request)
    if not text.strip():
        raise ProblemError(422, 'the body is empty; {"stream_faults": []} takes all of them away')
    faults = await aside(partial(loader.read_stream_faults, text, FILE, played(desk)), request.receive)
    if len(faults) > MOST:
        raise ProblemError(422, f"{len(faults)} faults are too many; {MOST:,} can be in force")
    desk.stream_staging = StreamStaging(faults)
    return _listed(desk)


SESSION_FIELDS: Final = {
    "number": COUNT,
    "user": TEXT,
    "connect_id": TEXT,
    "opened_at": MS,
    "entry": COUNT,
    "topics": {**listed(TEXT), "description": "What it is subscribed to; of one that has ended: was, at its end"},
    "sent": COUNT,
    "received": COUNT,
    "ended": {**TEXT, "description": "Why it ended; empty = it is open"},
}
MESSAGE: Final = closed({"at": MS, "sent": FLAG, "text": TEXT, "fault?": {"enum": [*get_args(StreamEffect)]}})
ROW: Final = closed(
    {
        "topic": {**TEXT, "examples": [*FAMILIES][:1]},
        "effect": {"enum": [*get_args(StreamEffect)]},
        "user": TEXT,
        "times": maybe(COUNT),
        "skip": COUNT,
        "messages": {**COUNT, "description": "Of a gap: how many messages in a row are lost"},
        "delay": {**TEXT, "description": "Of late: after how long the message comes, in real time"},
        "seen": COUNT,
        "hits": COUNT,
    }
)
FAULTS: Final = closed({"stream_faults": listed(ROW)})
BODY: Final = part_of_scenario(
    lambda: closed({"stream_faults": json_schema.of(STREAM_FAULTS)["properties"]["stream_faults"]}),
    '{"stream_faults": [{"topic", "effect", "user"?, "times"?, "skip"?, "messages"?, "delay"?}]}',
)
CALLS: Final = (
    ControlCall("GET /streams", streams, closed({"streams": listed(closed(SESSION_FIELDS))})),
    ControlCall(
        "GET /streams/{number}", stream, closed({**SESSION_FIELDS, "messages": listed(MESSAGE)}), problems=(404,)
    ),
    ControlCall("GET /stream-faults", stream_faults, FAULTS),
    ControlCall("PUT /stream-faults", put_stream_faults, FAULTS, body=BODY),
)
