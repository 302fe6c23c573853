"""An expectation as a value: which counts it allows, and how it is written."""

from __future__ import annotations

import pytest

from simulator.scenario.staging.expectations import FACTS, OF_NO_CLIENT, Expectation


@pytest.mark.parametrize(
    ("expectation", "allowed"),
    [
        (Expectation(), [0, 1, 2, 3, 4]),
        (Expectation(exactly=0), [0]),
        (Expectation(exactly=2), [2]),
        (Expectation(at_least=0), [0, 1, 2, 3, 4]),
        (Expectation(at_least=2), [2, 3, 4]),
        (Expectation(at_most=0), [0]),
        (Expectation(at_most=2), [0, 1, 2]),
        (Expectation(at_least=1, at_most=3), [1, 2, 3]),
    ],
)
def test_what_is_allowed(expectation: Expectation, allowed: list[int]) -> None:
    """Bounds belong to what they bound, and what is not said bounds nothing."""
    assert [count for count in range(5) if expectation.allows(count)] == allowed


@pytest.mark.parametrize(
    ("expectation", "text"),
    [
        (Expectation("withdraw", "ann", outcome="OK", exactly=2), "withdraw, user ann, outcome OK: exactly 2"),
        (Expectation(client="one", at_least=1, at_most=3), "calls, client one: at least 1 and at most 3"),
        (Expectation(fact="violations", exactly=0), "violations: exactly 0"),
        (Expectation("withdraw", at_most=0), "withdraw: at most 0"),
    ],
)
def test_how_it_is_written(expectation: Expectation, text: str) -> None:
    """What is counted, whose, with which outcome, and how often."""
    assert str(expectation) == text


def test_facts() -> None:
    """The facts beside the calls, each with a sentence; a transfer tells nothing of a client."""
    assert list(FACTS) == [
        *("withdrawals_accepted", "transfers_accepted", "orders_accepted", "orders_filled", "fills"),
        *("retired_tokens_used", "violations"),
    ]
    assert all(len(sentence.split()) > 5 for sentence in FACTS.values())
    assert OF_NO_CLIENT == ("transfers_accepted",)
