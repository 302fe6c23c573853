"""What the tests of the scenario loader share: a text that is read, and the problems of one that is not."""

from __future__ import annotations

import pytest

from simulator.scenario.format.shapes import Record
from simulator.scenario.loader import Scenario, read
from simulator.scenario.text.nodes import ScenarioError

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


CAST = """given:
  clients: {one: {redirect_uris: [/cb]}}
  users: {ann: {}, ben: {}}
"""
"""A client and two users, in three lines."""


def staged(lines: str) -> Scenario:
    """The scenario of these lines below a good head and a cast. The first of them is line 6."""
    return situation(CAST + lines)


def staged_problems(lines: str) -> list[str]:
    """What is wrong with these lines below a good head and a cast. The first of them is line 6."""
    return problems(CAST + lines)


HERE = "»"
"""Stands in a text before what is wrong with it."""


def refused_here(text: str) -> list[str]:
    """What is told of a text at the place that `HERE` marks, without file, line and column."""
    line = text[: text.index(HERE)].count("\n")
    column = text.split("\n")[line].index(HERE) + 1
    place = f"{FILE}:{line + 1}:{column}: "
    return [problem.removeprefix(place) for problem in problems_of(text.replace(HERE, "")) if problem.startswith(place)]


def unknown_key(record: Record, meant: str = "") -> str:
    """What is said of a key that the record does not have."""
    return f"unknown key{f' (did you mean {meant}?)' if meant else ''}; known: {', '.join(record.keys)}"
