"""The clock and the way back to the start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator import instants
from simulator.clock import LATEST as END_OF_TIME
from simulator.clock import SWIFTEST, Clock
from simulator.core.control import events
from simulator.core.control.events import Event, EventKind
from simulator.core.gateway.requests import FieldProblem
from simulator.core.money import ZERO
from simulator.core.ordering import in_order
from simulator.core.passing import PassTime, TimePassed
from simulator.core.world import DueKind, Withdrawal, World
from simulator.messages import Request as Call
from simulator.outcomes import Outcome
from simulator.scenario.format.scalars import INSTANT, duration_ms, instant_ms, offset_ms
from simulator.web.control.people import known_client, known_user
from simulator.web.control.protocol.bodies import BodyFields
from simulator.web.control.protocol.calls import alone, answer, call_of, fields_of, settled
from simulator.web.control.protocol.declaration import ControlCall, JsonBody
from simulator.web.control.protocol.long_answers import Streamed, members
from simulator.web.control.protocol.problems import ProblemError, wrong_field
from simulator.web.control.views.clock import CLOCK, CLOCK_FIELDS, MODE, clock_data
from simulator.web.control.views.money import DEPOSIT_FIELDS, WITHDRAWAL_FIELDS, deposit_data, withdrawal_data
from simulator.web.control.written import duration
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import as_json
from simulator.web.json_schema import FLAG, MS, TEXT, Schema, closed, listed, word_of

FULL_INSTANT: Final = re.compile(INSTANT)
LATEST: Final = 253_370_764_800_000
"""The year 9999 begins, in ms: dates end there."""
SPEEDS: Final = {"real": Decimal(1), "offset": Decimal(1), "frozen": Decimal(0)}
MOST_PENDING: Final = 20
"""Pending events that a problem lists."""
RUN: Final = JsonBody(
    closed(
        {
            "mode?": MODE,
            "scale?": {
                "type": ["string", "number"],
                "description": "Of mode `scaled`: 60 = a minute a second",
                "examples": ["60"],
            },
        },
        minProperties=1,
    )
)


async def clock(desk: Desk, request: Request) -> Response:
    """Both clocks."""
    return answer(clock_data(desk))


async def patch_clock(desk: Desk, request: Request) -> Response:
    """Let the business clock run in another mode or at another scale from now on. No instant is skipped."""
    with fields_of(await call_of(request), RUN) as fields:
        speed = _speed(fields, desk.exchange.clock)
    desk.exchange.clock.run(speed)
    if desk.streams is not None:
        desk.streams.look()
    return answer(clock_data(desk))


def _speed(fields: BodyFields, clock: Clock) -> Decimal:
    """The speed of the business clock from now on."""
    mode, scaled = fields.text("mode"), fields.raw("scale") is not None
    scale = fields.get(_scale, ZERO) if scaled else ZERO
    if not fields.has("mode") and not scaled:
        raise ProblemError(400, 'say "mode" or "scale", such as {"mode": "frozen"} or {"scale": "60"}')
    if mode and mode not in (*SPEEDS, "scaled"):
        raise FieldProblem("mode", f"must be one of {', '.join((*SPEEDS, 'scaled'))}", mode)
    if mode in SPEEDS:
        if scaled:
            raise FieldProblem("scale", f"goes with mode scaled, not with mode {mode}")
        return SPEEDS[mode]
    if not scaled:
        if clock.mode == "scaled":
            return clock.scale
        raise FieldProblem("scale", "is missing; mode scaled needs one, such as 60")
    return scale


def _scale(fields: BodyFields) -> Decimal:
    scale = fields.amount("scale")
    if scale > SWIFTEST:
        raise FieldProblem("scale", f"must be at most {SWIFTEST}", scale)
    return scale


async def advance(desk: Desk, request: Request) -> Response:
    """Move the business clock forward. The answer lists what happened on the way, in order."""
    call = await call_of(request)
    return await alone(desk, request, lambda fork: _advanced(fork, call))


def _advanced(desk: Desk, call: Call) -> Response:
    clock, before = desk.exchange.clock, desk.exchange.world
    begin = clock.now().business
    with fields_of(call, ADVANCE) as fields:
        distance, wall = _distance(desk, fields, begin), fields.boolean("wall")
    clock.advance(distance, wall=wall)
    outcome = desk.exchange.perform(PassTime())
    passed = _passed(before, begin, desk.exchange.world, outcome)
    return Streamed(members(clock_data(desk), "events", map(as_json, passed)))


TARGETS: Final = ("by", "to", "to_event")
OF_EVENTS: Final = ("offset", "user", "client")
"""Fields of `advance`: the target, and what goes with `to_event` only."""
ADVANCE: Final = JsonBody(
    closed(
        {
            "by?": {"type": "string", "description": "A duration such as `59m59s`", "examples": ["1h"]},
            "to?": {
                "type": "string",
                "description": "An instant such as `2026-06-01T00:00:00Z`",
                "examples": ["2026-06-01T00:00:00Z"],
            },
            "to_event?": {**word_of(EventKind), "description": "The next one of this kind"},
            "offset?": {"type": "string", "description": "Before (`-1s`) or after that event", "examples": ["-1s"]},
            "user?": TEXT,
            "client?": TEXT,
            "wall?": {**FLAG, "description": "Move the exchange's wall clock, too: for a caller whose own moves"},
        },
        oneOf=[{"required": [name]} for name in TARGETS],
    )
)


def _distance(desk: Desk, fields: BodyFields, begin: int) -> int:
    """The distance to advance, in ms."""
    by, to, kind = (fields.text(name) for name in TARGETS)
    if sum(map(fields.has, TARGETS)) != 1:
        detail = 'give one of {"by": "1h"}, {"to": "2026-06-01T00:00:00Z"} and {"to_event": "access_token_expiry"}'
        raise ProblemError(400, detail)
    if not fields.has("to_event"):
        for name in filter(fields.has, OF_EVENTS):
            fields.note(FieldProblem(name, "goes with to_event"))
    if not (by or to or kind):
        return 0  # it was no string; that has been noted
    if by:
        distance = duration_ms(by)
        if distance is None:
            raise FieldProblem("by", "must be a duration such as 59m59s or 3d", by)
    elif to:
        instant = instant_ms(to) if FULL_INSTANT.fullmatch(to) else None
        if instant is None:
            raise FieldProblem("to", "must be a time such as 2026-06-01T00:00:00Z", to)
        distance = instant - begin
        if distance < 0:
            raise FieldProblem("to", "is in the past; time goes forward only, POST /_sim/v1/reset goes back", to)
    else:
        distance = _until(desk, fields, begin)
    if begin + distance > LATEST:
        raise FieldProblem("by" if by else "to" if to else "to_event", "leads past the year 9999", by or to or kind)
    return distance


def _until(desk: Desk, fields: BodyFields, begin: int) -> int:
    """The distance to the next event of a kind, or to `offset` from that event, in ms."""
    kind = fields.word("to_event", EventKind, required=True)
    user, client, text = (fields.text(name) for name in ("user", "client", "offset"))
    offset = fields.get(_offset, 0)
    user = known_user(desk, user).name if user else ""
    client = known_client(desk, client).client_id if client else ""
    pending = events.pending(settled(desk), begin, user, client)
    event = next((event for event in pending if event.kind is kind), None)
    if kind is None:
        return 0  # there is no such kind; that has been noted
    if event is None:
        raise _not_ahead(f"no {kind.value} is pending", pending)
    if event.at + offset < begin:
        distance = duration(event.at - begin)
        raise _not_ahead(f"the next {event.kind.value} is in {distance}, so {text} of it is in the past", pending)
    return event.at + offset - begin


def _offset(fields: BodyFields) -> int:
    """The distance from the event, in ms."""
    text = fields.text("offset")
    try:
        offset = offset_ms(text) if text else 0
    except ValueError as error:
        raise FieldProblem("offset", str(error), text) from None
    if offset is None:
        raise FieldProblem("offset", "must be a duration such as 1s or -1ms", text)
    return offset


def _not_ahead(detail: str, pending: list[Event]) -> ProblemError:
    """The problem that there is no such instant ahead, with the events that are ahead."""
    kinds = ", ".join(dict.fromkeys(event.kind.value for event in pending)) or "nothing"
    errors = [wrong_field(event.kind.value, _described(event)) for event in pending[:MOST_PENDING]]
    return ProblemError(409, f"{detail}; time goes forward only. Pending: {kinds}", errors)


def _parties(event: Event) -> dict[str, str]:
    """The user and the client of an event, as far as they are known."""
    return {name: party for name, party in (("user", event.user), ("client", event.client)) if party}


def _described(event: Event) -> str:
    parties = "".join(f", {name} {party}" for name, party in _parties(event).items())
    return f"at {instants.iso(min(event.at, END_OF_TIME))}{parties}, {event.of}"


def _passed(before: World, begin: int, after: World, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The events on the way, in order: withdrawals as they were booked, deposits as they were credited.

    Steps of a plan can lead to further ones, so what happened to orders comes from the passing of time itself.
    """
    result, end = outcome.result, outcome.now.business
    assert isinstance(result, TimePassed)
    kinds = (EventKind.SETTLEMENT, EventKind.DEPOSIT, *OF_ORDERS)
    others = (_event_data(event) for event in events.passed(before, begin, end) if event.kind not in kinds)
    orders = (_event_data(events.of_due(after, due)) for due in result.happened)
    deposits = (
        {"kind": EventKind.DEPOSIT.value, **deposit_data(after, deposit, outcome.now)} for deposit in result.credited
    )
    withdrawals = (_settlement_data(before, withdrawal) for withdrawal in result.settled)
    return in_order(chain(others, deposits, withdrawals, orders), lambda event: (event["at"], PLACES[event["kind"]]))


def _settlement_data(before: World, withdrawal: Withdrawal) -> dict[str, Any]:
    key = before.api_keys.get(withdrawal.api_key)
    client = {"client": key.client_id} if key else {}
    return {"kind": EventKind.SETTLEMENT.value, **withdrawal_data(withdrawal), **client}


def _event_data(event: Event) -> dict[str, Any]:
    """An event; `user` and `client` are absent if they are unknown."""
    name = NAMES.get(event.kind, "consent")
    return {"kind": event.kind.value, "at": event.at, **_parties(event), name: event.of}


PLACES: Final = {kind.value: place for place, kind in enumerate(events.ORDER)}
"""The order of events of one instant."""
OF_ORDERS: Final = tuple(EventKind(kind.value) for kind in DueKind)
NAMES: Final = {
    EventKind.TRANSACTION_EXPIRY: "transaction_id",
    EventKind.WINDOW_END: "window",
    EventKind.PLAN_STEP: "order_id",
    EventKind.ORDER_EXPIRY: "order_id",
    EventKind.DEAD_MAN_SWITCH: "user",
    EventKind.ORDER_REPORT: "order_id",
}
"""The field of what an event happens to; for other kinds it is `consent`."""


async def reset(desk: Desk, request: Request) -> Response:
    """Back to the scenario: world, clock, faults and logins, same credentials; `expect` counts anew."""
    await desk.free()
    desk.reset()
    return answer(clock_data(desk))


OF_MONEY: Final[dict[str, Schema]] = {**DEPOSIT_FIELDS, **WITHDRAWAL_FIELDS}
"""The fields of the withdrawal or the deposit that an event happens to."""
EVENT: Final = closed(
    {
        "kind": word_of(EventKind),
        "at": MS,
        "user?": TEXT,
        "client?": TEXT,
        "consent?": TEXT,
        "transaction_id?": TEXT,
        "window?": TEXT,
        "order_id?": TEXT,
        **{f"{name}?": schema for name, schema in OF_MONEY.items() if name not in ("at", "user")},
    }
)
CALLS: Final = (
    ControlCall("GET /clock", clock, CLOCK),
    ControlCall("PATCH /clock", patch_clock, CLOCK, body=RUN),
    ControlCall(
        "POST /clock/advance",
        advance,
        closed({**CLOCK_FIELDS, "events": listed(EVENT)}),
        problems=(404, 409),
        body=ADVANCE,
    ),
    ControlCall("POST /reset", reset, CLOCK),
)
