"""A fault as a value: what its conditions hold of, and what it is called."""

from __future__ import annotations

from decimal import Decimal

import pytest

from simulator.core.refusals import Reason
from simulator.scenario.staging.faults import DRIP, Condition, Fault, Response

FROM_ONE, TO_TWO = Condition("x", at_least=Decimal(1)), Condition("x", at_most=Decimal(2))


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        (Condition("x", "1"), "1", True),
        (Condition("x", "1"), 1, True),
        (Condition("x", "1"), "1.0", False),
        (Condition("x", "1"), True, False),
        (Condition("x", "true"), True, True),
        (Condition("x", "false"), False, True),
        (Condition("x", "true"), False, False),
        (Condition("x", "false"), True, False),
        (Condition("x", ""), "", True),
        (Condition("x", "None"), None, False),
        (Condition("x", "[]"), [], False),
        (Condition("x", "1.5"), Decimal("1.5"), True),
        (FROM_ONE, "1", True),
        (FROM_ONE, "0.999999999999999999999999999999", False),
        (FROM_ONE, Decimal(1), True),
        (FROM_ONE, 0, False),
        (FROM_ONE, True, False),
        (TO_TWO, "2", True),
        (TO_TWO, "2.000000000000000000000000000001", False),
        (TO_TWO, 3, False),
        (TO_TWO, False, False),
        (TO_TWO, "-5", True),
        (TO_TWO, "NaN", False),
        (TO_TWO, "1_0", False),
        (TO_TWO, " 1", False),
        (TO_TWO, "+1", False),
        (TO_TWO, "1.", False),
        (TO_TWO, "", False),
        (TO_TWO, None, False),
        (Condition("x", at_most=Decimal("1e40")), "9" * 30, True),
        (Condition("x", at_most=Decimal("1e40")), "9" * 31, False),
        (Condition("x", at_most=Decimal("1e40")), f"0.{'9' * 30}", True),
        (Condition("x", at_most=Decimal("1e40")), f"0.{'9' * 31}", False),
        (Condition("x", at_least=Decimal(1), at_most=Decimal(2)), "1.5", True),
        (Condition("x", at_least=Decimal(1), at_most=Decimal(2)), "3", False),
        (Condition("x", at_least=Decimal(1), at_most=Decimal(2)), "0", False),
        (Condition("y", "1"), "1", False),
    ],
)
def test_what_a_condition_holds_of(condition: Condition, value: object, holds: bool) -> None:
    """Texts as they were sent, numbers between bounds that belong to them, and nothing else."""
    assert condition.holds({"x": value}) is holds


@pytest.mark.parametrize(
    ("fault", "effects", "effect"),
    [
        (Fault("withdraw", refuse=Reason.USER_FROZEN), ("refuse",), "refuse USER_FROZEN"),
        (Fault("withdraw", respond=Response(503)), ("respond",), "respond 503"),
        (Fault("withdraw", network="reset"), ("reset",), "network reset"),
        (Fault("withdraw", network="drip", delay=5), ("drip",), "network drip"),
        (Fault("withdraw", delay=5), ("delay",), "delay 5 ms"),
        (Fault("withdraw", refuse=Reason.USER_FROZEN, delay=5), ("refuse",), "refuse USER_FROZEN"),
        (
            Fault("withdraw", refuse=Reason.USER_FROZEN, respond=Response(503), network="reset"),
            ("refuse", "respond", "reset"),
            "refuse USER_FROZEN",
        ),
    ],
)
def test_effects(fault: Fault, effects: tuple[str, ...], effect: str) -> None:
    """What a fault does, in one word for the table and in two for a reader."""
    assert (fault.effects, fault.effect) == (effects, effect)


def test_a_fault_by_default() -> None:
    """A fault of which only the operation is said strikes every call of anybody, before it, by no delay."""
    fault = Fault("withdraw")
    assert (fault.user, fault.client, fault.match, fault.times, fault.skip) == ("", "", (), None, 0)
    assert (fault.at, fault.refuse, fault.details, fault.respond, fault.network, fault.delay) == (
        *("before", None, (), None, None, 0),
    )
    assert (Response(200).headers, Response(200).body) == ((), "")
    assert DRIP == 10_000
