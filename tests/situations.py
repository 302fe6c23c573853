"""What the tests of the scenario loader share: a text that is read, and the problems of one that is not."""

from __future__ import annotations

import pytest

from simulator.scenario.loader import Scenario, read
from simulator.scenario.nodes import ScenarioError

FILE = "here.yaml"
HEAD = "version: 1\nname: here\n"
USDT = "currencies: {USDT: {chains: {trx: {}}}}"


def situation(text: str) -> Scenario:
    """The scenario of a text that stands below a good head."""
    return read(HEAD + text, FILE)


def problems(text: str) -> list[str]:
    """What is wrong with a text that stands below a good head, as a person reads it. The head is two lines long."""
    return problems_of(HEAD + text)


def problems_of(text: str) -> list[str]:
    """What is wrong with a whole text."""
    with pytest.raises(ScenarioError) as caught:
        read(text, FILE)
    return [str(problem) for problem in caught.value.problems]
