"""The scenario that is played: read, exchanged for another, and held against what has happened."""

from __future__ import annotations

from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.evidence.journal import Journal
from simulator.evidence.verification import Verdict
from simulator.evidence.verification import verify as verdict_of
from simulator.old_worlds import OLD_WORLDS
from simulator.scenario import loader
from simulator.scenario.loader import Scenario
from simulator.scenario.text.nodes import Node
from simulator.scenario.text.parsing import parse
from simulator.web.control import views
from simulator.web.control.calls import answer, call_of, played
from simulator.web.control.problems import ProblemError, problem
from simulator.web.endpoints.decode import JSON, media_type
from simulator.web.endpoints.desk import Desk
from simulator.web.work import aside

MOST: Final = 1_048_576
"""Bytes of a scenario's text that are read."""
TEXTS: Final = (JSON, "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
"""How a scenario, or a part of one, may be sent. A form of another site can pretend none of these."""
FILE: Final = "body"
"""What a body is called where a file would be."""


async def text_of(request: Request) -> str:
    """The body as the text of a scenario: YAML or JSON."""
    call = await call_of(request, MOST)
    if call.body and media_type(call) not in TEXTS:
        raise ProblemError(415, f"send {TEXTS[1]} or {TEXTS[0]}")
    try:
        return call.body.decode()
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"the body must be UTF-8: byte {error.start} is not") from None


async def scenario(desk: Desk, request: Request) -> Response:
    """The scenario that is played, with its text."""
    return answer(views.scenario(desk.scenario))


def _read(desk: Desk, text: str) -> Scenario:
    """A scenario for the desk's workspace."""
    return loader.read(text, FILE, workspace=desk.exchange.world.workspace)


async def put_scenario(desk: Desk, request: Request) -> Response:
    """Play another scenario from its start, whole or not at all. Our own addresses stay."""
    text = await text_of(request)
    found = await aside(partial(_read, desk, text), request.receive)
    await desk.free()
    desk.apply(found)
    return answer(views.scenario(desk.scenario))


async def validate(desk: Desk, request: Request) -> Response:
    """Read a scenario and tell all that is wrong with it. Nothing is changed."""
    text = await text_of(request)
    read = await aside(partial(_read, desk, text), request.receive)
    OLD_WORLDS.part_with(read.world)
    found = views.scenario(read)
    return answer({"valid": True, **{name: value for name, value in found.items() if name != "text"}})


def _says_nothing(body: Node) -> bool:
    """Whether it names no expectations. An empty list names none on purpose, and then nothing is expected."""
    return body.is_null or (body.entries is not None and body.value("expect") is None)


async def verify(desk: Desk, request: Request) -> Response:
    """Hold what has happened against the scenario's `expect`, or against another: 200, or 409 if it does not hold."""
    text = await text_of(request)
    counted = Journal()
    counted.tally = desk.journal.tally
    verdict = await aside(partial(_verdict, text, played(desk), counted), request.receive)
    if verdict.ok:
        return answer({**verdict.as_data(), "text": verdict.text})
    return problem(409, verdict.text.splitlines()[-1], **verdict.as_data(), text=verdict.text)


def _verdict(text: str, scenario: Scenario, counted: Journal) -> Verdict:
    expected = loader.read_expectations(text, FILE, scenario)
    if _says_nothing(parse(text, FILE)):
        expected = scenario.expect
    return verdict_of(expected, counted, scenario.world)
