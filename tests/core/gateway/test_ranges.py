"""A value that is none of a closed list: the same words for every parameter and field that has one."""

from __future__ import annotations

import pytest
from support.desk import IP, Desk
from support.examples import command_of
from support.refusal_cases import CASES
from support.refusal_cases.defects import Defect

from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.core.gateway.parameters import Member, Parameter, Word
from simulator.core.refusals import Reason
from simulator.core.value import Command

CLOSED = [
    (endpoint, parameter)
    for endpoint in ENDPOINTS
    if endpoint.permission
    for parameter in endpoint.parameters
    if isinstance(parameter, Word | Member)
]


def asking(endpoint: Endpoint, name: str) -> tuple[Desk, Command]:
    """A good request, but for one value."""
    if endpoint.held_in == "body" or endpoint.caller:
        return CASES[endpoint.name].refused(Defect(Reason.PARAMETER_INVALID, {name: "bogus"}))
    desk = Desk()
    key = desk.own_key("alice")
    return desk, command_of(
        endpoint, lambda **_: key.sign(), IP, {"currency": "USDT", **endpoint.example, name: "bogus"}
    )


@pytest.mark.parametrize(("endpoint", "parameter"), CLOSED, ids=lambda value: value.name)
def test_a_word_out_of_a_closed_list(endpoint: Endpoint, parameter: Parameter) -> None:
    """400100, and the text says so without a prefix: of a body with the field's name, of a query without any (H93)."""
    desk, command = asking(endpoint, parameter.name)
    refusal = desk.refusal(command)
    assert (refusal.reason, refusal.reason.denial.code) == (Reason.PARAMETER_INVALID, "400100")
    named = f"{parameter.name} " if endpoint.held_in == "body" else ""
    assert refusal.text == f"{named}not in the given range!"
    assert refusal.expected.startswith(f"{parameter.name} must be one of ")
    assert refusal.received == "'bogus'"


def test_there_are_many() -> None:
    """Queries and bodies have such parameters."""
    held = [endpoint.held_in for endpoint, _ in CLOSED]
    assert min(held.count("body"), len(held) - held.count("body")) > 5
