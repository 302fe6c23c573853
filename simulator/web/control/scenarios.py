"""The scenario that is played: read, replaced by another, and compared with what has happened."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.evidence.journal import Journal
from simulator.evidence.verification import Verdict
from simulator.evidence.verification import verify as verdict_of
from simulator.old_worlds import OLD_WORLDS
from simulator.scenario import loader
from simulator.scenario.keys.json_schema import schema as scenario_schema
from simulator.scenario.loader import Scenario
from simulator.scenario.text.nodes import Node
from simulator.scenario.text.parsing import parse
from simulator.web.control.protocol.calls import answer, played, text_of
from simulator.web.control.protocol.declaration import ControlCall, part_of_scenario
from simulator.web.control.protocol.problems import problem
from simulator.web.control.views.scenario import SCENARIO_FIELDS, scenario_data
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, FLAG, TEXT, Schema, closed, const, listed
from simulator.web.work import aside

FILE: Final = "body"
"""What a body is called where a file would be."""


async def scenario(desk: Desk, request: Request) -> Response:
    """The scenario that is played, with its text."""
    return _shown(desk)


def _shown(desk: Desk) -> Response:
    return answer({**scenario_data(desk.scenario), "text": desk.scenario.text})


def _read(desk: Desk, text: str) -> Scenario:
    """A scenario for the desk's workspace."""
    return loader.read(text, FILE, tenant=desk.tenant)


async def put_scenario(desk: Desk, request: Request) -> Response:
    """Play another scenario from its start, whole or not at all. Our own addresses stay."""
    text = await text_of(request)
    scenario = await aside(partial(_read, desk, text), request.receive)
    await desk.free()
    desk.apply(scenario)
    return _shown(desk)


async def validate(desk: Desk, request: Request) -> Response:
    """Read a scenario and report all that is wrong with it. Nothing is changed."""
    text = await text_of(request)
    scenario = await aside(partial(_read, desk, text), request.receive)
    OLD_WORLDS.part_with(scenario.world)
    return answer({"valid": True, **scenario_data(scenario)})


def _says_nothing(body: Node) -> bool:
    """True if the text has no `expect`. An empty list is an `expect`, with which nothing is expected."""
    return body.is_null or (body.entries is not None and body.value("expect") is None)


async def verify(desk: Desk, request: Request) -> Response:
    """Compare what has happened with the scenario's `expect`, or with another: 200, or 409 if it does not hold."""
    text = await text_of(request)
    counted = Journal()
    counted.tally = desk.journal.tally
    if text or desk.scenario.expect:
        verdict = await aside(partial(_verdict, text, played(desk), counted), request.receive)
    else:
        verdict = Verdict(())  # at once, because each test with a workspace ends with this call
    if verdict.ok:
        return answer({**verdict.as_data(), "text": verdict.text})
    return problem(409, verdict.text.splitlines()[-1], **verdict.as_data(), text=verdict.text)


def _verdict(text: str, scenario: Scenario, counted: Journal) -> Verdict:
    expected = loader.read_expectations(text, FILE, scenario)
    if _says_nothing(parse(text, FILE)):
        expected = scenario.expect
    return verdict_of(expected, counted, scenario.world)


def file_schema() -> dict[str, Any]:
    """The schema of a scenario's file, without the dialect, which OpenAPI 3.1 has already."""
    return {name: value for name, value in scenario_schema().items() if name != "$schema"}


def _expectations_schema() -> Schema:
    return closed({"expect?": file_schema()["properties"]["expect"]})


SCENARIO: Final = closed({**SCENARIO_FIELDS, "text": TEXT})
SCENARIO_BODY: Final = part_of_scenario(file_schema, "a scenario, in YAML or JSON")
RESULT_FIELDS: Final[dict[str, Schema]] = {"expectation": TEXT, "ok": FLAG, "count": COUNT, "seen": listed(TEXT)}
ALTERNATIVES: Final = listed(listed(closed(RESULT_FIELDS)), description="Of `any_of`: the results of each alternative")
VERDICT_FIELDS: Final[dict[str, Schema]] = {
    "ok": FLAG,
    "results": listed(closed({**RESULT_FIELDS, "any_of?": ALTERNATIVES})),
    "text": TEXT,
}
EXPECTED: Final = '{"expect": [...]}, or nothing: what the scenario expects'
CALLS: Final = (
    ControlCall("GET /scenario", scenario, SCENARIO),
    ControlCall("PUT /scenario", put_scenario, SCENARIO, body=SCENARIO_BODY),
    ControlCall(
        "POST /scenario/validate", validate, closed({"valid": const(value=True), **SCENARIO_FIELDS}), body=SCENARIO_BODY
    ),
    ControlCall(
        "POST /verify",
        verify,
        closed(VERDICT_FIELDS),
        problems=(409,),
        body=part_of_scenario(_expectations_schema, EXPECTED, required=False),
        members={409: VERDICT_FIELDS},
    ),
)
