"""All checks in the order of the layers, and what they find in a case."""

from __future__ import annotations

from typing import Final

from simulator.launch.doctor.case import Case
from simulator.launch.doctor.checks import Finding, SetupCheck
from simulator.launch.doctor.of_command import OF_COMMAND
from simulator.launch.doctor.of_connection import OF_CONNECTION
from simulator.launch.doctor.of_process import OF_PROCESS
from simulator.launch.doctor.of_simulator import OF_SIMULATOR
from simulator.launch.doctor.of_variables import OF_VARIABLES

CHECKS: Final[tuple[SetupCheck, ...]] = (*OF_SIMULATOR, *OF_VARIABLES, *OF_PROCESS, *OF_CONNECTION, *OF_COMMAND)


def findings(case: Case) -> list[Finding]:
    """Everything that is wrong with a set-up, in the order of the layers."""
    return [Finding(check, seen) for check in CHECKS if (seen := check.recognise(case))]
