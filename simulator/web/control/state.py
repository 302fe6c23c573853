"""Snapshots, rewinding to an entry of the journal, and the state as JSON."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Final

from msgspec import DecodeError, Raw, json
from starlette.requests import Request
from starlette.responses import Response

from simulator import instants
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.evidence import checkpoints as moments
from simulator.evidence.checkpoints import Checkpoint
from simulator.evidence.journal import Entry
from simulator.exchange import State
from simulator.messages import Request as Call
from simulator.old_worlds import OLD_WORLDS
from simulator.state.admission import NotAdmittedError, admitted
from simulator.state.encoding import VERSION, exported
from simulator.state.files import LARGEST
from simulator.web.control.protocol.bodies import BodyFields
from simulator.web.control.protocol.calls import answer, call_of, check_json, fields_of, no_object
from simulator.web.control.protocol.declaration import LONGEST_NUMBER, ControlCall, JsonBody
from simulator.web.control.protocol.long_answers import Streamed
from simulator.web.control.protocol.problems import ProblemError, wrong_field
from simulator.web.control.views.clock import CLOCK, CLOCK_FIELDS, clock_data
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, INSTANT, NAME, WHOLE, closed, const, listed
from simulator.web.work import aside

SNAPSHOTS: Final = 100
"""How many a workspace keeps."""
SNAPSHOT_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,60}", re.ASCII)
SNAPSHOT: Final = closed({"name": NAME, "at": INSTANT, "entry": COUNT})
SNAPSHOT_BODY: Final = JsonBody(closed({"name": {"type": "string", "pattern": f"^{SNAPSHOT_NAME.pattern}$"}}))
REWIND: Final = JsonBody(
    closed(
        {
            "to?": {**WHOLE, "description": "An entry of the journal", "examples": [7]},
            "before?": {**WHOLE, "description": "The same, without its call", "examples": [7]},
        },
        oneOf=[{"required": ["to"]}, {"required": ["before"]}],
    )
)
STATE: Final = closed({"version": const(VERSION), "page": NAME, "state": {"type": "object"}})
STATE_BODY: Final = JsonBody(STATE, f'{{"version": {VERSION}, "page", "state"}}, as GET gives them')


def _snapshot_data(name: str, moment: Checkpoint) -> dict[str, Any]:
    """A snapshot: the business instant at which it was taken, and the newest entry of the journal at that time."""
    return {"name": name, "at": instants.iso(moment.state.business), "entry": moment.entry}


async def snapshots(desk: Desk, request: Request) -> Response:
    """The snapshots of the workspace, oldest first."""
    return answer({"snapshots": [_snapshot_data(name, moment) for name, moment in desk.snapshots.items()]})


async def take_snapshot(desk: Desk, request: Request) -> Response:
    """Keep everything as it is now under a name; a snapshot of that name is replaced."""
    with fields_of(await call_of(request), SNAPSHOT_BODY) as fields:
        name = fields.text("name", required=True)
        if name and (not SNAPSHOT_NAME.fullmatch(name) or set(name) == {"."}):
            raise FieldProblem("name", "must be 1 to 60 letters, digits, dots, dashes or underscores", name)
    replaced = desk.snapshots.pop(name, None)
    if replaced:
        OLD_WORLDS.part_with(replaced.state.world)
    elif len(desk.snapshots) >= SNAPSHOTS:
        raise ProblemError(409, f"there are {SNAPSHOTS} snapshots already; DELETE one, or take its name")
    desk.snapshots[name] = desk.moment()
    return answer(_snapshot_data(name, desk.snapshots[name]), 201)


def _known(desk: Desk, request: Request) -> str:
    name: str = request.path_params["name"]
    if name not in desk.snapshots:
        raise ProblemError(404, "no such snapshot; GET /_sim/v1/snapshots lists them")
    return name


async def delete_snapshot(desk: Desk, request: Request) -> Response:
    """Delete a snapshot."""
    OLD_WORLDS.part_with(desk.snapshots.pop(_known(desk, request)).state.world)
    return Response(status_code=204)


async def restore_snapshot(desk: Desk, request: Request) -> Response:
    """Restore a snapshot: world, business time, faults and their counts, logins, what `expect` has counted."""
    name = _known(desk, request)
    moment = desk.snapshots[name]
    await desk.free()
    desk.go_back(moment)
    return answer({**clock_data(desk), "snapshot": _snapshot_data(name, moment)})


async def rewind(desk: Desk, request: Request) -> Response:
    """Restore the state right after an entry of the journal (`to`), or right `before` its call."""
    with fields_of(await call_of(request), REWIND) as fields:
        after, before = (fields.get(partial(_number, name=name), None) for name in ("to", "before"))
        if (fields.raw("to") is None) == (fields.raw("before") is None):
            raise ProblemError(400, 'give one of {"to": 7} and {"before": 7}: the number of an entry of the journal')
    moment = moments.after(_entry(desk, after)) if after is not None else moments.before(_entry(desk, before or 0))
    assert moment is not None, "the desk notes it with every entry"
    desk.go_back(moment)
    return answer({**clock_data(desk), "entry": moment.entry})


def _number(fields: Fields, name: str) -> int | None:
    number = fields.raw(name)
    if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
        raise FieldProblem(name, "must be the number of an entry", number)
    return number


def _entry(desk: Desk, number: int) -> Entry:
    entry = desk.journal.entry(number)
    if entry is not None:
        return entry
    if 0 < number <= desk.journal.last:
        raise ProblemError(410, f"entry {number} is no longer kept; a snapshot would have been")
    raise ProblemError(404, f"there is no entry {str(number)[:LONGEST_NUMBER]} yet; the newest is {desk.journal.last}")


async def state(desk: Desk, request: Request) -> Response:
    """The whole state as JSON, secrets included, for a file or another server."""
    return Streamed(exported(desk.moment().state), headers={"cache-control": "no-store"})


async def put_state(desk: Desk, request: Request) -> Response:
    """Take over the state of an export, whole or not at all. Our own addresses stay; `expect` counts anew."""
    call, world = await call_of(request, LARGEST), desk.exchange.world
    state = await aside(partial(_imported, call, world.origins, world.workspace), request.receive)
    await desk.free()
    desk.restore(state)
    desk.journal.start_over()
    return answer(clock_data(desk))


def _imported(call: Call, origins: tuple[str, ...], home: str) -> State:
    check_json(call)
    try:
        members = json.decode(call.body or b"{}", type=dict[str, Raw])
        outer = {name: json.decode(part) for name, part in members.items() if name != "state"}
    except (DecodeError, RecursionError) as error:
        raise no_object(str(error)) from None
    with BodyFields({**members, **outer}, STATE_BODY.names) as fields:
        if (version := fields.raw("version")) != VERSION or isinstance(version, bool):
            raise ProblemError(422, f"only version {VERSION} of the format can be read; nothing was changed")
        fields.text("page", required=True)
    try:
        return admitted(members.get("state"), origins, home)
    except NotAdmittedError as error:
        raise _refused(error.wrong) from None


def _refused(wrong: list[tuple[str, str]]) -> ProblemError:
    path, detail = wrong[0]
    errors = [wrong_field(*error) for error in wrong]
    return ProblemError(422, f"{path} {detail}; nothing was changed", errors)


CALLS: Final = (
    ControlCall("GET /snapshots", snapshots, closed({"snapshots": listed(SNAPSHOT)})),
    ControlCall("POST /snapshots", take_snapshot, SNAPSHOT, 201, problems=(409,), body=SNAPSHOT_BODY),
    ControlCall("DELETE /snapshots/{name}", delete_snapshot, None, 204, problems=(404,)),
    ControlCall(
        "POST /snapshots/{name}/restore",
        restore_snapshot,
        closed({**CLOCK_FIELDS, "snapshot": SNAPSHOT}),
        problems=(404,),
    ),
    ControlCall("POST /rewind", rewind, closed({**CLOCK_FIELDS, "entry": COUNT}), problems=(404, 410), body=REWIND),
    ControlCall("GET /state", state, STATE),
    ControlCall("PUT /state", put_state, CLOCK, problems=(422,), body=STATE_BODY),
)
