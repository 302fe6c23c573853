"""The keys of an expectation. They are imported for a text that has expectations."""

from __future__ import annotations

from typing import Final

from simulator.core.refusals import Reason
from simulator.scenario.format.scalars import INTEGER, TEXT
from simulator.scenario.format.shapes import BY_HAND, Either, Key, List, OneOf, Record, words
from simulator.scenario.keys.operation import OPERATION
from simulator.scenario.staging.expectations import FACTS, Expectation

OK, NOT_PERFORMED = "OK", "NOT_PERFORMED"

OUTCOME: Final = OneOf(
    {name: name for name in (OK, NOT_PERFORMED, *Reason.__members__)},
    "OK, NOT_PERFORMED or a reason",
    "outcome",
    "/reasons",
)
COUNTED: Final = Record(
    {
        "operation": Key(OPERATION, "Calls of this operation"),
        "user": Key(TEXT, "Only those of this user"),
        "client": Key(TEXT, "Only those of this client"),
        "outcome": Key(OUTCOME, "Only those with this outcome: OK, NOT_PERFORMED or a reason"),
        "fact": Key(words(*FACTS), "; ".join(f"{name}: {meaning}" for name, meaning in FACTS.items())),
        "exactly": Key(INTEGER, "So many"),
        "at_least": Key(INTEGER, "So many or more"),
        "at_most": Key(INTEGER, "So many or fewer"),
    },
    some=(("operation", "outcome", "fact"), ("exactly", "at_least", "at_most")),
    apart=(("fact", "operation"), ("fact", "outcome"), ("exactly", "at_least"), ("exactly", "at_most")),
    makes=Expectation,
)
"""An expectation that counts."""
ALTERNATIVES: Final = List(
    Either("an expectation, or a list of them that must all hold", items=List(COUNTED, least=1), entries=COUNTED),
    least=1,
)
EXPECTATION: Final = Record(
    {
        **COUNTED.keys,
        "any_of": Key(
            ALTERNATIVES,
            "Alternatives, of which one must hold: each an expectation, or a list of them that must all hold",
            into=BY_HAND,
        ),
    },
    some=tuple((*group, "any_of") for group in COUNTED.some),
    apart=(*COUNTED.apart, *((name, "any_of") for name in COUNTED.keys)),
    makes=Expectation,
)
