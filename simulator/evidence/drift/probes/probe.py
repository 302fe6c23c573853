"""What a probe is: calls for a rule, and what each outcome means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core.value import Value

NOTHING: Final[Mapping[str, object]] = {}


class Ask(Value, frozen=True):
    """One call: the name of an operation, or `METHOD /path` if the simulator has none.

    `values` are parameters by KuCoin's names, besides those of the declaration's example; None = left out. `headers`
    are sent in addition, None = left out. `how` says in words what is special.
    """

    operation: str
    values: Mapping[str, object] = NOTHING
    headers: Mapping[str, str | None] = {}
    how: str = ""


class Probe(Value, frozen=True):
    """The calls that settle a rule. `holds` = what is seen if it is right, `otherwise` = what else can be seen."""

    rule: str
    asks: tuple[Ask, ...]
    holds: str
    otherwise: str


def ask(operation: str, how: str = "", **values: object) -> Ask:
    """A call with these parameters."""
    return Ask(operation, values, how=how)
