"""A browser at the dashboard of the demo world."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from support.dashboard import Dashboard
from support.desk import START
from support.wire import Asgi, Broker, still_app

from simulator.web.app import App


@pytest.fixture
def make(runner: asyncio.Runner) -> Callable[[App], Dashboard]:
    """Makes the dashboard of an application."""

    def made(app: App) -> Dashboard:
        send = Asgi(app, runner)
        return Dashboard(app, send, Broker(send, lambda: START))

    return made


@pytest.fixture
def dashboard(make: Callable[[App], Dashboard]) -> Dashboard:
    """The dashboard of the demo world; both clocks stand still."""
    return make(still_app())
