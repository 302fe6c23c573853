"""One call: request, answer, what it changed, why it was refused, the same call again, and the way back to it."""

from __future__ import annotations

import json
from shlex import quote as shell_quote
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.evidence import views
from simulator.evidence.journal import Entry
from simulator.web.control.journal import archive_of
from simulator.web.control.protocol.declaration import LONGEST_NUMBER
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.dashboard.screens import Screen, form_of, screen
from simulator.web.dashboard.steering import ControlReply, ControlRequest, origin
from simulator.web.endpoints.desk import Desk

AGAIN: Final = {"again-now": "now", "again-then": "then"}
"""What a form does, and the world in which the call is performed again."""
BACK: Final = {"rewind-to": "to", "rewind-before": "before"}
NOT_COPIED: Final = frozenset(("host", "content-length", "connection", "accept-encoding"))
"""Headers that curl makes by itself."""


async def one_call(desk: Desk, request: Request) -> Response:
    """The call of that number."""
    return _shown(request, desk, _entry(desk, request))


async def steer(desk: Desk, request: Request) -> Response:
    """Perform the call again as a dry run, or rewind the workspace to it."""
    entry = _entry(desk, request)
    action = (await form_of(request)).word("do", *AGAIN, *BACK)
    call = steps(entry.number)[action]
    return _shown(request, desk, entry, action, await call.perform(request))


def steps(number: int) -> dict[str, ControlRequest]:
    """What can be done with a call, as calls of the control surface."""
    again = {name: ControlRequest("POST", "/explain", {"entry": number, "at": at}) for name, at in AGAIN.items()}
    return again | {name: ControlRequest("POST", "/rewind", {field: number}) for name, field in BACK.items()}


async def har(desk: Desk, request: Request) -> Response:
    """The call as a HAR, to save."""
    entry = _entry(desk, request)
    return archive_of(desk.journal, [entry], f"call-{entry.number}.har")


def _entry(desk: Desk, request: Request) -> Entry:
    text = str(request.path_params["number"])
    known = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    entry = desk.journal.entry(int(text)) if known else None
    if entry is None:
        raise ProblemError(404, f"There is no call {text[:LONGEST_NUMBER]}; it never was, or the ring has dropped it.")
    return entry


def _shown(request: Request, desk: Desk, entry: Entry, action: str = "", reply: ControlReply | None = None) -> Response:
    journal = desk.journal
    call = views.whole(journal, entry)
    return screen(
        request,
        "dashboard/call.html",
        "/calls",
        reply.status if reply and not reply.good else 200,
        call=call,
        request_text=as_curl(origin(request), call),
        request_body=call["request"]["body"],
        answer_body=indented(call["answer"]["body"]),
        action=action,
        reply=reply,
        again_body=indented(reply.data["answer"]["body"]) if reply and reply.good and action in AGAIN else "",
        steps=steps(entry.number),
        spelled=spelled,
        older=entry.number - 1 if journal.entry(entry.number - 1) else 0,
        newer=entry.number + 1 if journal.entry(entry.number + 1) else 0,
        hidden=not journal.reporting.show_secrets,
    )


def as_curl(origin: str, call: dict[str, Any]) -> str:
    """The request of a call as a line of curl. What the journal hides is hidden in it."""
    sent = call["request"]
    parts = ["curl -sg", *(["-X", sent["method"]] if sent["method"] != "GET" else [])]
    for name, value in sent["headers"].items():
        if name not in NOT_COPIED:
            parts += ["\\\n ", "-H", shell_quote(f"{name}: {value}")]
    if sent["body"]:
        parts += ["\\\n ", "--data-raw", shell_quote(sent["body"])]
    target = f"{sent['path']}?{sent['query']}" if sent["query"] else sent["path"]
    return " ".join([*parts, "\\\n ", shell_quote(f"{origin}{target}")])


def indented(body: str) -> str:
    """A body as people read it: JSON with line breaks, anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def spelled(value: Any) -> str:
    """A value of a change: a text as it is, nothing as a dash, anything else as JSON."""
    if value is None:
        return "\N{EM DASH}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


ROUTES: Final = (
    Screen("GET /calls/{number}/har", har),
    Screen("GET /calls/{number}", one_call),
    Screen("POST /calls/{number}", steer),
)
