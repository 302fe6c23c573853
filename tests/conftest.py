"""Ends of wires for every test: the application itself, and a server behind a real port."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import hypothesis_settings  # noqa: F401 # its profile holds for every test
from support.desk import START
from support.played_scenario import Play
from support.watched_file import Watching
from support.wire import DEMO, Asgi, Broker, Http, still_app

from simulator.certificates.state_folder import VARIABLE
from simulator.core.world import World
from simulator.web.server import LocalServer


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """No collection of garbage while tests are collected, nor through them later: they stay until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that are marked `long` come first, so that no worker waits for one at the end."""
    items.sort(key=lambda item: not item.get_closest_marker("long"))


@pytest.fixture(scope="session", autouse=True)
def options_of_this_run() -> None:
    """What is said to this run, such as `-p support.coverage`, is not said to those that tests start.

    The process that starts the workers runs no test, so it keeps the variable: the workers read it.
    """
    os.environ.pop("PYTEST_ADDOPTS", None)


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder of this session's own: no test touches the user's certificate authority."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv(VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all calls that need no port."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def wired(runner: asyncio.Runner) -> Callable[..., Broker]:
    """Makes brokers at the demo world with other choices, or at another world."""

    def make(world: World = DEMO, **choices: Any) -> Broker:
        return Broker(Asgi(still_app(world, **choices), runner), lambda: START)

    return make


@pytest.fixture
def send(runner: asyncio.Runner) -> Asgi:
    """A wire to the demo world; both clocks stand still at `START`."""
    return Asgi(still_app(), runner)


@pytest.fixture
def broker(send: Asgi) -> Broker:
    """A broker on that wire."""
    return Broker(send, lambda: START)


@pytest.fixture(scope="session")
def running_server() -> Iterator[LocalServer]:
    """One server on a free port for the whole session."""
    with LocalServer() as server:
        yield server


@pytest.fixture
def server(running_server: LocalServer) -> LocalServer:
    """That server, in the demo world as it is at the start."""
    running_server.exchange.reset()
    return running_server


@pytest.fixture
def online(server: LocalServer) -> Broker:
    """A broker on a real connection to it."""
    return Broker(Http(server.port))


@pytest.fixture(scope="session")
def stage_server() -> Iterator[LocalServer]:
    """One server on a free port for all scenarios that are played."""
    with LocalServer() as server:
        yield server


@pytest.fixture
def play(stage_server: LocalServer) -> Callable[[str], Play]:
    """Begins a shipped scenario, by its name, from its start."""
    return lambda name: Play(stage_server, name)


@pytest.fixture
def watching(tmp_path: Path) -> Watching:
    """A scenario's file that is watched, and looked at when told."""
    return Watching(tmp_path)
