"""Which parameters are compulsory, and that an empty one is an absent one: every parameter of every call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from support.desk import IP, Desk
from support.examples import command_of
from support.refusal_cases import CASES
from support.refusal_cases.defects import Defect

from simulator.core.endpoint import Call, Endpoint
from simulator.core.endpoints import CALLS
from simulator.core.gateway.parameters import Flag, Whole
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Reply

BY_THE_TERMS: Final = {
    **{name: {"price", "size"} for name in ("add_order", "add_order_sync", "check_order", "add_stop_order")},
    **{name: {"clientOid", "price", "size"} for name in ("add_order_old", "check_order_old")},
    "alter_order": {"orderId"},
    "verify_withdrawal": {"chain"},
}
"""Call -> what its good request must have, although another request may leave it out."""
ELSEWHERE: Final = {"request_authorization", "log_in", "authorize", "add_api_key", "verify_withdrawal"}
"""Calls with parameters that stand elsewhere in their good requests: in a text of their own, or in an object."""
TELL_APART: Final = {("exchange_code", "client_secret"), ("add_orders_old", "symbol")}
"""Parameters in which an empty text is not an absent one: an empty secret is wrong, and an answer says what came."""
CHECKED: Final = [call for call in CALLS.values() if call.parameters and call.name not in ELSEWHERE]


def good_and_with(call: Call) -> tuple[dict[str, Any], Callable[..., Reply | Refusal]]:
    """The parameters of a good request, and what comes of it with some of them changed; None leaves one out."""
    if call.name not in CASES:
        assert isinstance(call, Endpoint)
        endpoint, example = call, dict(call.example)

        def ask(**changes: Any) -> Reply | Refusal:
            values = {name: value for name, value in {**example, **changes}.items() if value is not None}
            return Desk().perform(command_of(endpoint, lambda **_: None, IP, values)).result

        return example, ask
    case = CASES[call.name]
    fields = case.prepared.fields
    asked = fields.get("asked", {})

    def perform(**changes: Any) -> Reply | Refusal:
        others = {**asked, **{name: value for name, value in changes.items() if name not in fields}}
        changed = {**changes, "asked": {name: value for name, value in others.items() if value is not None}}
        desk, command = case.refused(Defect(Reason.PARAMETER_INVALID, changed if "asked" in fields else changes))
        return desk.perform(command).result

    return {**fields, **asked}, perform


@pytest.mark.parametrize("call", CHECKED, ids=lambda call: call.name)
def test_what_is_compulsory(call: Call) -> None:
    """A request without a parameter is refused if the parameter is declared as compulsory, and only then."""
    good, ask = good_and_with(call)
    assert not isinstance(ask(), Refusal)
    assert {parameter.name for parameter in call.parameters if parameter.required} <= good.keys()
    for parameter in call.parameters:
        if parameter.name in good:
            compulsory = parameter.required or parameter.name in BY_THE_TERMS.get(call.name, ())
            assert isinstance(ask(**{parameter.name: None}), Refusal) is compulsory, parameter.name


@pytest.mark.parametrize("call", CHECKED, ids=lambda call: call.name)
def test_an_empty_parameter_is_an_absent_one(call: Call) -> None:
    """An empty text gives the answer, or the refusal, that a request without the parameter gets."""
    _, ask = good_and_with(call)
    for parameter in (parameter for parameter in call.parameters if not isinstance(parameter, Flag)):
        empty, absent = ask(**{parameter.name: ""}), ask(**{parameter.name: None})
        if (call.name, parameter.name) in TELL_APART:
            assert empty != absent
        elif isinstance(empty, Refusal) and isinstance(absent, Refusal):
            assert empty.reason is absent.reason, parameter.name
        else:
            assert empty == absent, parameter.name


@pytest.mark.parametrize("call", [call for call in CHECKED if call.held_in], ids=lambda call: call.name)
def test_the_edges_of_whole_numbers(call: Call) -> None:
    """The least and the most that a whole number is declared to have pass, and one less or more is refused."""
    _, ask = good_and_with(call)
    for parameter in call.parameters:
        if isinstance(parameter, Whole) and parameter.name != "allowMaxTimeWindow":  # which needs another parameter
            edges = [(parameter.least, True), (parameter.least - 1, False)]
            edges += [] if parameter.most is None else [(parameter.most, True), (parameter.most + 1, False)]
            refused = [isinstance(ask(**{parameter.name: str(number)}), Refusal) for number, _ in edges]
            assert refused == [not passes for _, passes in edges], parameter.name
