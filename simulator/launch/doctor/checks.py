"""The shape of a check, and the verdict on a case."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from simulator.launch.doctor.case import Case


class Layer(Enum):
    """The layers of a call, in the order in which a process goes through them."""

    SIMULATOR = "simulator"
    VARIABLES = "variables"
    PROCESS = "process"
    NAME = "name"
    CONNECTION = "connection"
    TRUST = "trust"
    ANSWER = "answer"
    CLOCK = "clock"
    COMMAND = "command"


class SetupCheck(NamedTuple):
    """One thing that can be wrong. `recognise` gives what was seen, "" = it is not wrong.

    `harmless` = calls reach the simulator all the same; it is named because it will matter in another place.
    """

    id: str
    layer: Layer
    about: str
    recognise: Callable[[Case], str]
    fix: str
    harmless: bool = False


class Finding(NamedTuple):
    """A check that found something."""

    check: SetupCheck
    seen: str

    @property
    def fix(self) -> str:
        """What to do."""
        return self.check.fix

    def as_data(self) -> dict[str, object]:
        """JSON data."""
        return {
            "id": self.check.id,
            "layer": self.check.layer.value,
            "harmless": self.check.harmless,
            "seen": self.seen,
            "fix": self.fix,
        }
