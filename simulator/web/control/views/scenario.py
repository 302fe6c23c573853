"""The scenario that is played, how users log in, and the faults in force, in the words of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from simulator.core.control.happenings import KINDS
from simulator.core.control.world_event import EXPIRING, WorldEvent
from simulator.core.endpoints import CALLS
from simulator.core.money import plain
from simulator.core.refusals import Reason
from simulator.core.spec import AuthGroup, Decision
from simulator.evidence.changes import plain as as_json_data
from simulator.instants import iso
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.armed import Armed
from simulator.scenario.staging.faults import Condition, Fault, Hold
from simulator.scenario.staging.logins import Decided, Login, Trick
from simulator.web.control.views.clock import MODE
from simulator.web.control.written import duration
from simulator.web.json_schema import (
    COUNT,
    DECIMAL,
    FLAG,
    INSTANT,
    NAME,
    TEXT,
    WHOLE,
    Schema,
    closed,
    either,
    listed,
    mapped,
    maybe,
    one_of,
    word_of,
)

DECISION_FIELDS: Final[dict[str, Schema]] = {
    "user": TEXT,
    "decision": word_of(Decision),
    "grant?": listed(word_of(AuthGroup)),
    "addressbook_only": FLAG,
    "redirect?": word_of(Trick),
}
DECISION: Final = closed(DECISION_FIELDS)


def decision_data(decided: Decided) -> dict[str, Any]:
    """What a user does at the login page; `grant` is absent if it is what the page has ticked."""
    return {
        "user": decided.user,
        "decision": decided.decision.value,
        **({} if decided.grant is None else {"grant": sorted(group.value for group in decided.grant)}),
        "addressbook_only": decided.addressbook_only,
        **({"redirect": decided.redirect.value} if decided.redirect else {}),
    }


SCENARIO_FIELDS: Final[dict[str, Schema]] = {
    "name": TEXT,
    "description": TEXT,
    "seed": COUNT,
    "clock": closed({"mode": MODE, "scale?": DECIMAL, "start": maybe(INSTANT), "wall_offset": TEXT}),
    "login": closed(
        {
            "mode": TEXT,
            **{f"{name.removesuffix('?')}?": schema for name, schema in DECISION_FIELDS.items()},
            "logins?": listed(DECISION),
        }
    ),
    "users": COUNT,
    "clients": COUNT,
    "faults": COUNT,
    "expectations": COUNT,
    "files": listed(TEXT),
}


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """A scenario without its text: what it is about and how much of everything it has. Files have no folders."""
    world, clock = scenario.world, scenario.clock
    return {
        "name": scenario.name,
        "description": scenario.description,
        "seed": world.seed,
        "clock": {
            "mode": clock.mode,
            **({"scale": plain(clock.scale)} if clock.mode == "scaled" else {}),
            "start": None if clock.start is None else iso(clock.start),
            "wall_offset": duration(clock.wall_offset),
        },
        "login": _login_data(scenario.login),
        "users": len(world.users),
        "clients": len(world.clients),
        "faults": len(scenario.faults),
        "expectations": len(scenario.expect),
        "files": [Path(file).name for file in scenario.files],
    }


def _login_data(login: Login) -> dict[str, Any]:
    if login.mode == "auto":
        return {"mode": login.mode, **decision_data(login.decisions[0])}
    return {"mode": login.mode, **({"logins": [*map(decision_data, login.decisions)]} if login.mode == "queue" else {})}


EVENT: Final = closed(
    {
        "event": TEXT,
        "user?": TEXT,
        "client?": TEXT,
        "currency?": TEXT,
        "amount?": DECIMAL,
        "groups?": listed(word_of(AuthGroup)),
        "what?": one_of(*EXPIRING),
    }
)
FAULT: Final = closed(
    {
        "id": NAME,
        "hits": {**COUNT, "description": "How many calls it struck"},
        "seen": {**COUNT, "description": "How many calls it applied to"},
        "spent": FLAG,
        "operation": one_of(*CALLS),
        "user?": TEXT,
        "client?": TEXT,
        "match?": mapped(either(TEXT, closed({"at_least?": DECIMAL, "at_most?": DECIMAL}))),
        "times?": COUNT,
        "skip?": COUNT,
        "at": TEXT,
        "refuse?": either(one_of(*Reason.__members__), {"type": "object", "additionalProperties": TEXT}),
        "respond?": closed({"status": WHOLE, "headers?": mapped(TEXT), "body": TEXT}),
        "network?": TEXT,
        "delay?": TEXT,
        "advance?": TEXT,
        "hold?": closed({"until": COUNT, "order": either(TEXT, listed(COUNT)), "within": TEXT}),
        "first?": EVENT,
        "then?": EVENT,
    }
)
FAULTS: Final = closed({"faults": listed(FAULT)})


def armed_data(armed: Armed) -> dict[str, Any]:
    """A fault in force, with its counts."""
    counts = {"id": armed.id, "hits": armed.hits, "seen": armed.seen, "spent": armed.spent}
    return {**counts, **_fault_data(armed.fault)}


def _fault_data(fault: Fault) -> dict[str, Any]:
    return {
        "operation": fault.operation,
        **({"user": fault.user} if fault.user else {}),
        **({"client": fault.client} if fault.client else {}),
        **({"match": {condition.field: _condition(condition) for condition in fault.match}} if fault.match else {}),
        **({} if fault.times is None else {"times": fault.times}),
        **({"skip": fault.skip} if fault.skip else {}),
        "at": fault.at,
        **_effect(fault),
        **({"delay": duration(fault.delay)} if fault.delay else {}),
        **({"advance": duration(fault.advance)} if fault.advance else {}),
        **({"hold": _hold_data(fault.hold)} if fault.hold else {}),
        **({"first": _event_data(fault.first)} if fault.first else {}),
        **({"then": _event_data(fault.then)} if fault.then else {}),
    }


def _hold_data(hold: Hold) -> dict[str, Any]:
    order = [*hold.order] if isinstance(hold.order, tuple) else hold.order
    return {"until": hold.until, "order": order, "within": duration(hold.within)}


def _event_data(event: WorldEvent) -> dict[str, Any]:
    """An event with what it says itself."""
    kind = KINDS[event.event]
    names = ("user", "client", *kind.takes, *kind.needs)
    values = {name: value for name in names if (value := getattr(event, name)) not in ("", None)}
    return {"event": event.event, **{name: as_json_data(value) for name, value in values.items()}}


def _condition(condition: Condition) -> str | dict[str, str]:
    if condition.equals is not None:
        return condition.equals
    bounds = {"at_least": condition.at_least, "at_most": condition.at_most}
    return {name: plain(bound) for name, bound in bounds.items() if bound is not None}


def _effect(fault: Fault) -> dict[str, Any]:
    if fault.refuse:
        name = fault.refuse.name
        return {"refuse": {"reason": name, **dict(fault.details)} if fault.details else name}
    if fault.respond:
        status, headers, body = fault.respond.status, dict(fault.respond.headers), fault.respond.body
        return {"respond": {"status": status, **({"headers": headers} if headers else {}), "body": body}}
    return {"network": fault.network} if fault.network else {}
