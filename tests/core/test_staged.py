"""Refused on purpose looks like refused for cause: the same reason, the same text, the same bytes."""

from __future__ import annotations

import re
from typing import Final

import pytest
from msgspec.structs import replace
from support.desk import Desk
from support.refusal_cases import CASES, NEEDS_A_CASE

from simulator.core.choices import Choices
from simulator.core.control.world_event import WorldEvent
from simulator.core.endpoint import Endpoint, Subject
from simulator.core.endpoints import BY_HAND, BY_ITSELF, CALLS, OPERATIONS
from simulator.core.refusals import OF_THE_SERVER, Reason, Refusal
from simulator.core.staged import addressed, details_of, names_in, request_fields
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault
from simulator.web.endpoints.envelope import Family, refused

TESTED_ELSEWHERE: Final = {
    "verify_withdrawal": CALLS["withdraw"].refusals - {Reason.WITHDRAWAL_RATE_LIMITED, Reason.MORE_FACTORS_NEEDED},
    "list_accounts": {Reason.PERMISSION_MISSING},
    "get_withdrawal": {Reason.PERMISSION_MISSING},
    "alter_order": {Reason.PRICE_BELOW_LIMIT},
}
"""What an operation shares with one of which every defect is in the table."""


def test_every_call_of_a_client_can_be_staged() -> None:
    """What can be staged is every operation that a client calls, by its method and path, and no other."""
    ours = {operation.name for operation in (*BY_ITSELF, *BY_HAND)}
    assert set(CALLS) == {operation.name for operation in OPERATIONS.values()} - ours
    assert [name for name, call in CALLS.items() if not re.fullmatch(r"[A-Z]+ /\S*", call.call)] == []


def test_reasons_are_those_that_can_be_earned() -> None:
    """An operation can be refused on purpose with what it can be refused with for cause, and with nothing else."""
    for name, case in CASES.items():
        earned = {defect.reason for defect in case.defects}
        earned |= TESTED_ELSEWHERE.get(name, set())
        assert earned - CALLS[name].refusals == set(), f"declare these among the refusals of {name}"
        assert CALLS[name].refusals - earned == set(), f"{name} needs a bad request for these: {NEEDS_A_CASE}"
    opened = CALLS["authorize"].refusals
    assert CALLS["log_in"].refusals == opened
    assert CALLS["request_authorization"].refusals == opened - {Reason.USER_UNKNOWN}
    assert CALLS["prepare_factor"].refusals == CALLS["bind_factor"].refusals - {Reason.FACTOR_WRONG}
    assert CALLS["get_api_key_info"].refusals == CALLS["list_accounts"].refusals - {Reason.PARAMETER_INVALID}
    staged = {reason for call in CALLS.values() for reason in call.refusals}
    assert set(Reason) - staged == OF_THE_SERVER


def test_what_the_gateway_counts_can_be_turned_away() -> None:
    """RATE_LIMITED can be staged for every call with a weight, and for no other."""
    assert {name for name, call in CALLS.items() if Reason.RATE_LIMITED in call.refusals} == {
        name for name, call in CALLS.items() if call.rate_limit
    }


def _spelled(refusal: Refusal, choices: Choices, family: Family) -> tuple[int, bytes]:
    answer = refused(family, refusal, choices)
    return answer.status, answer.body


@pytest.mark.parametrize("name", CASES)
def test_staged_is_earned_byte_for_byte(name: str) -> None:
    """A good request that is refused on purpose is answered as the spoilt one is, in each envelope, byte for byte."""
    for place, defect in enumerate(CASES[name].defects):
        spoilt, command = CASES[name].refused(defect)
        earned = spoilt.refusal(command)
        desk, good = CASES[name].refused()
        desk.world = desk.world.put(choices=spoilt.world.choices)  # some texts tell what a switch allows
        details = tuple((detail, earned.details[detail]) for detail in details_of(defect.reason))
        desk.exchange.stage(Staging([Fault(name, refuse=defect.reason, details=details)]))
        before = desk.world
        staged = desk.refusal(good)
        assert desk.world is before, place
        for family in Family:
            for body in ("kucoin", "rfc6749"):
                choices = replace(desk.world.choices, oauth_error_body=body)
                assert _spelled(staged, choices, family) == _spelled(earned, choices, family), place


def test_details_are_what_the_call_does_not_tell() -> None:
    """A text's names are told by world and call, or must be said by the scenario."""
    assert names_in(Reason.PARAMETER_INVALID) == details_of(Reason.PARAMETER_INVALID) == ("field", "problem")
    assert names_in(Reason.IP_NOT_ALLOWED) == ("ip",)
    assert details_of(Reason.IP_NOT_ALLOWED) == details_of(Reason.MORE_FACTORS_NEEDED) == ()


def test_fields_that_a_fault_can_name() -> None:
    """A request's fields are found by the names that the table lists: in a query, in a body with dots, in a command."""
    for name, case in CASES.items():
        desk = Desk()
        command = case.build(desk, case.prepare(desk))
        found = set(request_fields(desk.world, command))
        assert found & set(CALLS[name].fields) or not CALLS[name].fields, name
        if not isinstance(CALLS[name], Endpoint):  # a page sends all of its fields each time
            assert set(CALLS[name].fields) <= found, name


@pytest.mark.parametrize(
    ("user", "client", "addressed_to"),
    [
        ("", "", ("alice", "one")),
        ("alice", "", ("alice", "one")),
        ("bob", "", ("bob", "")),
        ("", "two", ("alice", "two")),
        ("alice", "two", ("alice", "two")),
        ("bob", "two", ("bob", "two")),
        ("bob", "one", ("bob", "one")),
    ],
)
def test_whom_an_event_happens_to(user: str, client: str, addressed_to: tuple[str, str]) -> None:
    """The user and the client of the call, where the event names none; a client of the call is none of another user."""
    event = addressed(WorldEvent("settle", user, client=client), Subject("alice", "one"))
    assert (event.user, event.client) == addressed_to
    nobodys = addressed(WorldEvent("settle", user, client=client), Subject())
    assert (nobodys.user, nobodys.client) == (user, client)
