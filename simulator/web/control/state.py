"""Going back, and carrying away: snapshots, rewinding to an entry of the journal, the state as JSON."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
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
from simulator.state.consistency import problems
from simulator.state.decoding import WrongError, imported
from simulator.state.encoding import VERSION, exported, opened
from simulator.web.control.bodies import BodyFields
from simulator.web.control.calls import LONGEST_NUMBER, answer, call_of, check_json, fields_of, no_object
from simulator.web.control.clock import shown
from simulator.web.control.problems import ProblemError, wrong_field
from simulator.web.control.streamed import Streamed
from simulator.web.endpoints.desk import Desk
from simulator.web.work import aside

SNAPSHOTS: Final = 100
"""How many a workspace keeps."""
NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,60}", re.ASCII)
LARGEST: Final = 64 * 1_048_576
"""Bytes of a state that are read: that of 100,000 users has about half."""
TOLD: Final = 20
"""How many problems of a state are told."""


def _shown(name: str, moment: Checkpoint) -> dict[str, Any]:
    """A snapshot: the business instant at which it was taken, and the newest entry of the journal at that time."""
    return {"name": name, "at": instants.iso(moment.state.business), "entry": moment.entry}


async def snapshots(desk: Desk, request: Request) -> Response:
    """The snapshots that are kept, oldest first."""
    return answer({"snapshots": [_shown(name, moment) for name, moment in desk.snapshots.items()]})


async def take_snapshot(desk: Desk, request: Request) -> Response:
    """Keep everything as it is now under a name; one of that name is replaced."""
    with fields_of(await call_of(request), ("name",)) as fields:
        name = fields.text("name", required=True)
        if name and (not NAME.fullmatch(name) or set(name) == {"."}):
            raise FieldProblem("name", "must be 1 to 60 letters, digits, dots, dashes or underscores", name)
    replaced = desk.snapshots.pop(name, None)
    if replaced:
        OLD_WORLDS.part_with(replaced.state.world)
    elif len(desk.snapshots) >= SNAPSHOTS:
        raise ProblemError(409, f"there are {SNAPSHOTS} snapshots already; DELETE one, or take its name")
    desk.snapshots[name] = desk.moment()
    return answer(_shown(name, desk.snapshots[name]), 201)


def _known(desk: Desk, request: Request) -> str:
    name: str = request.path_params["name"]
    if name not in desk.snapshots:
        raise ProblemError(404, "no such snapshot; GET /_sim/v1/snapshots lists them")
    return name


async def delete_snapshot(desk: Desk, request: Request) -> Response:
    """Keep a snapshot no longer."""
    OLD_WORLDS.part_with(desk.snapshots.pop(_known(desk, request)).state.world)
    return Response(status_code=204)


async def restore_snapshot(desk: Desk, request: Request) -> Response:
    """Everything as it was: world, business time, faults and their counts, logins, what `expect` has counted."""
    name = _known(desk, request)
    moment = desk.snapshots[name]
    await desk.free()
    desk.go_back(moment)
    return answer({**shown(desk), "snapshot": _shown(name, moment)})


async def rewind(desk: Desk, request: Request) -> Response:
    """Everything as it was right after an entry of the journal (`to`), or right `before` its call."""
    with fields_of(await call_of(request), ("to", "before")) as fields:
        after, before = (fields.get(partial(_number, name=name), None) for name in ("to", "before"))
        if (fields.raw("to") is None) == (fields.raw("before") is None):
            raise ProblemError(400, 'give one of {"to": 7} and {"before": 7}: the number of an entry of the journal')
    moment = moments.after(_entry(desk, after)) if after is not None else moments.before(_entry(desk, before or 0))
    assert moment is not None, "the desk notes it with every entry"
    desk.go_back(moment)
    return answer({**shown(desk), "entry": moment.entry})


def _number(fields: Fields, name: str) -> int | None:
    given = fields.raw(name)
    if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
        raise FieldProblem(name, "must be the number of an entry", given)
    return given


def _entry(desk: Desk, number: int) -> Entry:
    entry = desk.journal.entry(number)
    if entry is not None:
        return entry
    if 0 < number <= desk.journal.last:
        raise ProblemError(410, f"entry {number} is no longer kept; a snapshot would have been")
    raise ProblemError(404, f"there is no entry {str(number)[:LONGEST_NUMBER]} yet; the newest is {desk.journal.last}")


async def state(desk: Desk, request: Request) -> Response:
    """Everything as JSON, secrets included: keep it in a file, or carry it to another server."""
    return Streamed(exported(desk.exchange.state()), headers={"cache-control": "no-store"})


async def put_state(desk: Desk, request: Request) -> Response:
    """Stand where an export was made, whole or not at all. Our own addresses stay; `expect` counts anew."""
    call, world = await call_of(request, LARGEST), desk.exchange.world
    found = await aside(partial(_imported, call, world.origins, world.workspace), request.receive)
    await desk.free()
    desk.restore(found)
    desk.journal.start_over()
    return answer(shown(desk))


def _imported(call: Call, origins: tuple[str, ...], home: str) -> State:
    check_json(call)
    try:
        members = json.decode(call.body or b"{}", type=dict[str, Raw])
        outer = {name: json.decode(part) for name, part in members.items() if name != "state"}
    except (DecodeError, RecursionError) as error:
        raise no_object(str(error)) from None
    with BodyFields({**members, **outer}, ("version", "page", "state")) as fields:
        if (version := fields.raw("version")) != VERSION or isinstance(version, bool):
            raise ProblemError(422, f"only version {VERSION} of the format can be read; nothing was changed")
        fields.text("page", required=True)
    try:
        data = opened(members["state"]) if "state" in members else None
        found = imported(data, origins)
    except WrongError as wrong:
        raise _refused([("state" + wrong.path, wrong.detail)]) from None
    if wrongs := _wrongs(found, home):
        OLD_WORLDS.part_with(found.world)
        raise _refused(wrongs)
    return found


def _wrongs(found: State, home: str) -> list[tuple[str, str]]:
    """What keeps a state from being put in place here: path and detail."""
    if (its_home := found.world.workspace) != home:
        return [("state.world.workspace", f"is {its_home}, and its credentials lead there; this is {home}")]
    return [("state" + path, detail) for path, detail in islice(problems(found), TOLD)]


def _refused(wrongs: list[tuple[str, str]]) -> ProblemError:
    path, detail = wrongs[0]
    errors = [wrong_field(each, said) for each, said in wrongs]
    return ProblemError(422, f"{path} {detail}; nothing was changed", errors)
