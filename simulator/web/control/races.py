"""All orders of logged calls, on forks of the world before them: nothing of the workspace changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.web.control.protocol.calls import answer, call_of, fields_of
from simulator.web.control.protocol.declaration import ControlCall, JsonBody
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.views.entries import OPERATION
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import ANYTHING, COUNT, NAME, TEXT, WHOLE, closed, const, listed, mapped, maybe
from simulator.web.work import aside

if TYPE_CHECKING:
    from simulator.evidence.races.walk import Race

LONGEST_WITHIN: Final = 60_000
"""ms between two calls that are taken for overlapping, at most."""
WAYS: Final = ("entries", "overlapping", "replay")


async def races(desk: Desk, request: Request) -> Response:
    """Every order of up to 8 logged calls, on forks of the world before them: which outcomes there are."""
    from simulator.evidence.races import report

    with fields_of(await call_of(request), RACE) as fields:
        entries, overlapping = fields.get(_entries, None), fields.boolean("overlapping")
        replay, within = fields.text("replay"), fields.get(_within, None)
        if sum((entries is not None, overlapping, bool(replay))) != 1:
            example = '{"entries": [12, 13]}, {"overlapping": true} and {"replay": "13-12"}'
            raise ProblemError(400, f"give one of {example}")
        if within is not None and not overlapping:
            fields.note(FieldProblem("within", "goes with overlapping: true", within))
    race = await _race(desk, request, entries, replay, within)
    return answer(report.data_of(race))


async def _race(desk: Desk, request: Request, entries: list[int] | None, replay: str, within: int | None) -> Race:
    """The race, walked in a thread, which ends if the client goes away."""
    from simulator.evidence.races import calls, report, walk

    journal, exchange = desk.journal, desk.exchange
    try:
        if replay:
            numbers = report.entries_of(replay)
            lineup = calls.lineup(journal, exchange, numbers)
            places = {call.entry: place for place, call in enumerate(lineup.calls)}
            return await aside(partial(walk.played, lineup, [places[number] for number in numbers]), request.receive)
        if entries is None:
            entries = calls.overlapping(journal, exchange, calls.WITHIN if within is None else within)
        lineup = calls.lineup(journal, exchange, entries)
    except calls.RaceError as error:
        raise ProblemError(409, str(error)) from None
    return await aside(partial(walk.race, lineup), request.receive)


def _entries(fields: Fields) -> list[int] | None:
    entries: Any = fields.raw("entries")
    if entries is None:
        return None
    whole = isinstance(entries, list) and all(isinstance(entry, int) and entry is not True for entry in entries)
    if not whole or not all(0 < entry < 10**18 for entry in entries):
        raise FieldProblem("entries", "must be a list of numbers of entries, such as [12, 13]", entries)
    numbers: list[int] = entries
    return numbers


def _within(fields: Fields) -> int | None:
    within = fields.raw("within")
    if within is None:
        return None
    if not isinstance(within, int) or isinstance(within, bool) or not 0 <= within <= LONGEST_WITHIN:
        raise FieldProblem("within", f"must be a whole number of ms from 0 to {LONGEST_WITHIN}", within)
    return within


RACE: Final = JsonBody(
    closed(
        {
            "entries?": {
                **listed({**WHOLE, "minimum": 1}, minItems=2, maxItems=8),
                "description": "The calls, by the numbers of their entries",
                "examples": [[12, 13]],
            },
            "overlapping?": {**const(True), "description": "Or the newest calls that overlapped"},
            "within?": {
                **WHOLE,
                "minimum": 0,
                "maximum": LONGEST_WITHIN,
                "description": "So many ms may lie between two calls that overlap; 20 if absent",
            },
            "replay?": {**NAME, "description": "Or one order, as a race has given it", "examples": ["13-12"]},
        },
        oneOf=[{"required": [way]} for way in WAYS],
    )
)
CALL: Final = closed({"entry": COUNT, "operation": OPERATION, "user": TEXT, "client": TEXT, "reply": TEXT})
ROW: Final = closed(
    {
        "table": NAME,
        "key": {"anyOf": [TEXT, listed(TEXT)]},
        "changes": {
            **mapped(listed(ANYTHING, minItems=2, maxItems=2)),
            "description": "[after the order that happened, in this outcome]",
        },
    }
)
OUTCOME: Final = closed(
    {
        "orders": {**COUNT, "description": "How many orders lead to it"},
        "replay": {**NAME, "description": "The one of them that is nearest to the order that happened"},
        "swaps": {**COUNT, "description": "How many pairs of calls are the other way round in it"},
        "replies": {**listed(TEXT), "description": "Of each of the `calls`: OK, with what was read, or a reason"},
        "differs": {**listed(COUNT), "description": "The entries that get another reply"},
        "world": {**listed(ROW), "description": "The rows that differ"},
    }
)
BROKEN: Final = closed({"invariant": TEXT, "detail": TEXT, "replay": NAME})
REPLY: Final = closed(
    {
        "calls": listed(CALL),
        "left_out": {**listed(COUNT), "description": "Entries between the calls that are no part of the race"},
        "orders": COUNT,
        "performed": {**COUNT, "description": "How many calls were performed for it"},
        "distinct": {**COUNT, "description": "How many outcomes there are; up to 100 of them are listed"},
        "outcomes": {**listed(OUTCOME), "description": "The first one is that of the order that happened"},
        "broken": listed(BROKEN),
        "smallest": {**maybe(NAME), "description": "The nearest order with another outcome"},
        "text": TEXT,
    }
)
CALLS: Final = (ControlCall("POST /races", races, REPLY, problems=(409,), body=RACE),)
