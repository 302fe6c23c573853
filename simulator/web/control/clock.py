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
from simulator.core.control.events import Event, Kind
from simulator.core.funds.settlement import PassTime, TimePassed
from simulator.core.gateway.requests import FieldProblem
from simulator.core.money import ZERO
from simulator.core.ordering import in_order
from simulator.core.world import Withdrawal, World
from simulator.exchange import Outcome
from simulator.messages import Request as Call
from simulator.scenario.format.scalars import INSTANT, duration_ms, instant_ms, offset_ms
from simulator.web.control import views
from simulator.web.control.bodies import BodyFields
from simulator.web.control.calls import alone, answer, call_of, fields_of, settled
from simulator.web.control.people import known_client, known_user
from simulator.web.control.problems import ProblemError, wrong_field
from simulator.web.control.streamed import Streamed, members
from simulator.web.control.written import duration
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import as_json

FULL_INSTANT: Final = re.compile(INSTANT)
LATEST: Final = 253_370_764_800_000
"""The year 9999 begins, in ms: dates end there."""
SPEEDS: Final = {"real": Decimal(1), "offset": Decimal(1), "frozen": Decimal(0)}
TOLD: Final = 20
"""How many pending events a problem tells."""


def shown(desk: Desk) -> dict[str, Any]:
    """Both clocks, how the business clock runs, and how the machine's was set."""
    its_clock = desk.exchange.clock
    return views.clock(its_clock.now(), its_clock)


async def clock(desk: Desk, request: Request) -> Response:
    """Both clocks."""
    return answer(shown(desk))


async def patch_clock(desk: Desk, request: Request) -> Response:
    """Let the business clock run in another mode or at another scale from now on; no instant is skipped."""
    with fields_of(await call_of(request), ("mode", "scale")) as fields:
        speed = _speed(fields, desk.exchange.clock)
    desk.exchange.clock.run(speed)
    return answer(shown(desk))


def _speed(fields: BodyFields, its_clock: Clock) -> Decimal:
    """How fast to run from now on."""
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
        if its_clock.mode == "scaled":
            return its_clock.scale
        raise FieldProblem("scale", "is missing; mode scaled needs one, such as 60")
    return scale


def _scale(fields: BodyFields) -> Decimal:
    scale = fields.amount("scale")
    if scale > SWIFTEST:
        raise FieldProblem("scale", f"must be at most {SWIFTEST}", scale)
    return scale


async def advance(desk: Desk, request: Request) -> Response:
    """Move the business clock forward; what happens on the way has happened on return, and is told in order."""
    call = await call_of(request)
    return await alone(desk, request, lambda fork: _advanced(fork, call))


def _advanced(desk: Desk, call: Call) -> Response:
    its_clock, before = desk.exchange.clock, desk.exchange.world
    begin = its_clock.now().business
    with fields_of(call, (*LEADS, *OF_EVENTS)) as fields:
        distance = _distance(desk, fields, begin)
    its_clock.advance(distance)
    outcome = desk.exchange.perform(PassTime())
    happened = _happened(before, begin, desk.exchange.world, outcome)
    return Streamed(members(shown(desk), "events", map(as_json, happened)))


LEADS: Final = ("by", "to", "to_event")
OF_EVENTS: Final = ("offset", "user", "client")
"""Fields of `advance`: where it leads, and what goes with `to_event` only."""


def _distance(desk: Desk, fields: BodyFields, begin: int) -> int:
    """How far to go, ms."""
    by, to, kind = (fields.text(name) for name in LEADS)
    if sum(map(fields.has, LEADS)) != 1:
        detail = 'give one of {"by": "1h"}, {"to": "2026-06-01T00:00:00Z"} and {"to_event": "access_token_expiry"}'
        raise ProblemError(400, detail)
    if not fields.has("to_event"):
        for name in filter(fields.has, OF_EVENTS):
            fields.note(FieldProblem(name, "goes with to_event"))
    if not (by or to or kind):
        return 0  # it was no string, which has been noted
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
    """How far it is to the next event of a kind, or to its `offset` from there."""
    kind = fields.word("to_event", Kind, required=True)
    user, client, text = (fields.text(name) for name in ("user", "client", "offset"))
    offset = fields.get(_offset, 0)
    user = known_user(desk, user).name if user else ""
    client = known_client(desk, client).client_id if client else ""
    waiting = events.pending(settled(desk), begin, user, client)
    event = next((each for each in waiting if each.kind is kind), None)
    if kind is None:
        return 0  # no such kind, which has been noted
    if event is None:
        raise _nothing(f"no {kind.value} is pending", waiting)
    if event.at + offset < begin:
        away = duration(event.at - begin)
        raise _nothing(f"the next {event.kind.value} is in {away}, so {text} of it is in the past", waiting)
    return event.at + offset - begin


def _offset(fields: BodyFields) -> int:
    """How far from the event, ms."""
    text = fields.text("offset")
    try:
        found = offset_ms(text) if text else 0
    except ValueError as error:
        raise FieldProblem("offset", str(error), text) from None
    if found is None:
        raise FieldProblem("offset", "must be a duration such as 1s or -1ms", text)
    return found


def _nothing(what: str, waiting: list[Event]) -> ProblemError:
    """There is no such instant ahead; what lies ahead is told."""
    kinds = ", ".join(dict.fromkeys(each.kind.value for each in waiting)) or "nothing"
    errors = [wrong_field(each.kind.value, _told(each)) for each in waiting[:TOLD]]
    return ProblemError(409, f"{what}; time goes forward only. Pending: {kinds}", errors)


def _told(event: Event) -> str:
    who = "".join(f", {name} {each}" for name, each in (("user", event.user), ("client", event.client)) if each)
    return f"at {instants.iso(min(event.at, END_OF_TIME))}{who}, {event.of}"


def _happened(before: World, begin: int, after: World, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """What happened on the way, in order: withdrawals as they were booked, deposits as they were credited."""
    done, end = outcome.result, outcome.now.business
    assert isinstance(done, TimePassed)
    told = (Kind.SETTLEMENT, Kind.DEPOSIT)
    others = (_shown(each) for each in events.passed(before, begin, end) if each.kind not in told)
    credited = ({"kind": Kind.DEPOSIT.value, **views.deposit(after, each, outcome.now)} for each in done.credited)
    settled = (_settlement(before, each) for each in done.settled)
    return in_order(chain(others, credited, settled), lambda each: (each["at"], PLACES[each["kind"]]))


def _settlement(before: World, each: Withdrawal) -> dict[str, Any]:
    key = before.api_keys.get(each.api_key)
    client = {"client": key.client_id} if key else {}
    return {"kind": Kind.SETTLEMENT.value, **views.withdrawal(each), **client}


def _shown(event: Event) -> dict[str, Any]:
    """An event; `user` and `client` are absent where nobody knows them."""
    who = {name: each for name, each in (("user", event.user), ("client", event.client)) if each}
    name = NAMES.get(event.kind, "consent")
    return {"kind": event.kind.value, "at": event.at, **who, name: event.of}


PLACES: Final = {kind.value: place for place, kind in enumerate(events.ORDER)}
"""How events of one instant follow each other."""
NAMES: Final = {Kind.TRANSACTION_EXPIRY: "transactionId", Kind.WINDOW_END: "window"}
"""What the thing is called that an event happens to; a consent without."""


async def reset(desk: Desk, request: Request) -> Response:
    """Back to the scenario: world, clock, faults and logins, same credentials; `expect` counts anew."""
    await desk.free()
    desk.reset()
    return answer(shown(desk))
