"""What the fixtures of the pytest plugin are made of: settings of a test, its server, its workspace, its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from .client import Client
from .problems import NotReachableError, SimulatorError
from .process import Simulator
from .report import section
from .workspace import KucoinWorkspace

KEYS: Final = ("scenario", "seed", "clock", "hosts", "expect", "client_id", "client_secret", "redirect_uris", "users")
"""Of the marker."""
MODES: Final = ("real", "offset", "frozen")
NODE_STATE: Final = "_kucoin_state"


class KucoinServer(Protocol):
    """A simulator that tests share."""

    @property
    def url(self) -> str:
        """Its address."""

    @property
    def port(self) -> int:
        """Its port."""

    @property
    def client(self) -> Client:
        """The typed client of its control surface."""


class RunningServer:
    """A simulator that somebody else has started."""

    def __init__(self, url: str) -> None:
        self.client = Client(url)
        self.url = self.client.url
        parts = urlsplit(self.url)
        self.port = parts.port or (443 if parts.scheme == "https" else 80)


class RunningTest:
    """What is known of a test while it runs."""

    def __init__(self, workspace: KucoinWorkspace, replay: str) -> None:
        self.workspace, self._replay = workspace, replay
        self.failed = False

    def section(self) -> str:
        """What the report of a failure says of the exchange."""
        return section(self.workspace, self._replay)


class ExpectationError(AssertionError):
    """What the scenario expects has not happened."""


def of(node: Any) -> dict[str, Any]:
    """The settings of a test: those of its marks, the closest first. Raises `SimulatorError` for one that is none."""
    settings: dict[str, Any] = {}
    for mark in node.iter_markers("kucoin"):
        own = {**({"scenario": mark.args[0]} if mark.args else {}), **mark.kwargs}
        if wrong := [*mark.args[1:], *(own.keys() - set(KEYS))]:
            raise SimulatorError(f"@pytest.mark.kucoin has no {wrong[0]}; it has {', '.join(KEYS)}")
        settings = {**own, **settings}
    return settings


@contextmanager
def server(url: str, scenario: str, seed: str, root: Path) -> Iterator[KucoinServer]:
    """The simulator at the URL, or one that is started for the block."""
    if url:
        running = RunningServer(url)
        running.client.index()  # an error here says what is wrong with the URL
        yield running
        running.client.close()
    else:
        file = root / scenario
        with Simulator(file if file.is_file() else scenario, seed=_whole(seed)) as started:
            yield started


def _whole(seed: str) -> int | None:
    if seed and not seed.isdecimal():
        raise SimulatorError(f"kucoin_seed = {seed}: must be a whole number")
    return int(seed) if seed else None


@contextmanager
def workspace(node: Any, running: KucoinServer, seed: str) -> Iterator[KucoinWorkspace]:
    """The workspace of a test, which is verified and ended at the end. Raises `ExpectationError`."""
    settings = of(node)
    uris = settings.get("redirect_uris", ())
    made = KucoinWorkspace(
        running.client,
        scenario=_scenario(node, settings, running),
        seed=settings.get("seed", _whole(seed)),
        client_id=settings.get("client_id"),
        client_secret=settings.get("client_secret"),
        redirect_uris=[uris] if isinstance(uris, str) else uris,
        users=settings.get("users", ()),
    )
    state = RunningTest(made, _replay(node, made))
    setattr(node, NODE_STATE, state)
    try:
        if (clock := settings.get("clock")) in MODES:
            made.client.patch_clock(mode=clock)
        yield made
        if not state.failed:
            _verified(state, settings.get("expect", True))
    finally:
        delattr(node, NODE_STATE)
        made.close()


def _scenario(node: Any, settings: Mapping[str, Any], running: KucoinServer) -> str | Mapping[str, Any] | None:
    """The scenario of a test: a name, the text of a file, or a mapping; with `clock` as a mapping it is extended."""
    scenario, clock = settings.get("scenario"), settings.get("clock")
    if isinstance(scenario, str | Path) and "\n" not in str(scenario):
        files = [folder / scenario for folder in (node.path.parent, node.config.rootpath)]
        scenario = next((file.read_text(encoding="utf-8") for file in files if file.is_file()), str(scenario))
    if clock is None or clock in MODES:
        return scenario
    if not isinstance(clock, Mapping):
        raise SimulatorError(f"clock={clock!r}: must be one of {', '.join(MODES)}, or the keys of a scenario's clock")
    if isinstance(scenario, str) and "\n" in scenario:
        raise SimulatorError("clock= goes with a built-in scenario; write it into the scenario's file")
    if isinstance(scenario, Mapping):
        return {**scenario, "clock": dict(clock)}
    base = scenario or running.client.scenario()["name"]
    return {"version": 1, "name": base, "extends": base, "clock": dict(clock)}


def _verified(state: RunningTest, expect: object) -> None:
    """Fail if what is expected has not happened."""
    if expect is False or expect is None:
        return
    try:
        state.workspace.verify(None if expect is True else expect)  # type: ignore[arg-type]  # the simulator reads it
    except AssertionError as error:
        raise ExpectationError(f"{error}\n\n{state.section()}") from None
    except NotReachableError:
        pass  # the test has ended the workspace itself; if the simulator has ended, `close` says so


def _replay(node: Any, made: KucoinWorkspace) -> str:
    """The line that runs this test alone in the same way."""
    config = node.config
    order = config.getoption("randomly_seed", None)
    by = f" --randomly-seed={order}" if isinstance(order, int) else ""
    return f'pytest "{node.nodeid}" -o kucoin_seed={made.seed}{by}'
