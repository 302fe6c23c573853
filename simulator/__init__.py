"""A local simulator of KuCoin's Broker Fast API.

    from simulator import LocalServer, load

    with LocalServer(load("demo")) as server:
        ...  # point a client at server.url

What is offered here is imported when it is asked for, so that the command line starts without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.scenario.loader import Scenario, load
    from simulator.scenario.text.nodes import ScenarioError
    from simulator.web.server import LocalServer, create_app

__all__ = ["LocalServer", "Scenario", "ScenarioError", "create_app", "load"]

_HOMES = {
    "LocalServer": "simulator.web.server",
    "create_app": "simulator.web.server",
    "Scenario": "simulator.scenario.loader",
    "load": "simulator.scenario.loader",
    "ScenarioError": "simulator.scenario.text.nodes",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
