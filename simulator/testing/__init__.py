"""The typed client of a simulator and a simulator as a process of its own: the standard library and nothing else.

    from simulator.testing import Simulator

    with Simulator(scenario="demo") as kucoin:
        kucoin.client.advance_clock(by="61m")

Modules of this package import each other relatively, because the pytest plugin loads the package by its path under
another name if the tests have a package `simulator` of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import AsyncClient, Client
    from .faults import AsyncKucoinFaults, KucoinFaults
    from .passing_time import AsyncKucoinClock, KucoinClock
    from .problems import NotASimulatorError, NotReachableError, NotStartedError, Problem, SimulatorError
    from .process import Simulator
    from .settings import KucoinServer
    from .workspace import AsyncKucoinWorkspace, KucoinWorkspace

__all__ = [
    "AsyncClient",
    "AsyncKucoinClock",
    "AsyncKucoinFaults",
    "AsyncKucoinWorkspace",
    "Client",
    "KucoinClock",
    "KucoinFaults",
    "KucoinServer",
    "KucoinWorkspace",
    "NotASimulatorError",
    "NotReachableError",
    "NotStartedError",
    "Problem",
    "Simulator",
    "SimulatorError",
]

_HOMES = {
    "AsyncClient": "client",
    "AsyncKucoinClock": "passing_time",
    "AsyncKucoinFaults": "faults",
    "AsyncKucoinWorkspace": "workspace",
    "Client": "client",
    "KucoinClock": "passing_time",
    "KucoinFaults": "faults",
    "KucoinServer": "settings",
    "KucoinWorkspace": "workspace",
    "Simulator": "process",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES.get(name, 'problems')}", __name__), name)


def __dir__() -> list[str]:
    return __all__
