"""The shape of an operation's name, in faults and in expectations."""

from __future__ import annotations

from typing import Final

from simulator.core.index import NAMES
from simulator.scenario.format.shapes import OneOf

OPERATION: Final = OneOf(NAMES, "the name of an operation", "operation", "/operations")
