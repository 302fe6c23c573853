"""What the fixtures of the pytest plugin are made of: settings of a test, its server, its workspace, its report."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from .client import Client
from .problems import NotReachableError, Problem, SimulatorError
from .process import Simulator
from .readiness import Records
from .report import section
from .workspace import KucoinWorkspace

KEYS: Final = ("scenario", "seed", "clock", "hosts", "expect", "client_id", "client_secret", "redirect_uris", "users")
"""Of the marker."""
DEMO: Final = "demo"
MODES: Final = ("real", "offset", "frozen")
TOKEN: Final = "KUCOIN_SIMULATOR_CONTROL_TOKEN"  # noqa: S105 - a name
"""The variable with the token of a simulator that runs already; the command line reads it as well."""
LARGEST_SEED: Final = 10**18 - 1
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
        try:
            self.client = Client(url, token=os.environ.get(TOKEN))
        except ValueError as error:
            raise SimulatorError(f"--kucoin-url or kucoin_url: {error}") from None
        self.url = self.client.url
        parts = urlsplit(self.url)
        self.port = parts.port or (443 if parts.scheme == "https" else 80)


class RunningTest:
    """What is known of a test while it runs."""

    def __init__(self, workspace: KucoinWorkspace, replay: str) -> None:
        self.workspace, self._replay = workspace, replay
        self.passed = True

    def section(self) -> str:
        """What the report of a failure says of the exchange."""
        return section(self.workspace, self._replay)


class ExpectationError(AssertionError):
    """What the scenario expects has not happened."""


def of(node: Any) -> dict[str, Any]:
    """The settings of a test: those of its marks, the closest first. Raises `SimulatorError` for one that is none."""
    settings: dict[str, Any] = {}
    for mark in node.iter_markers("kucoin"):
        settings = {**_of_mark(mark), **settings}
    return settings


def _of_mark(mark: Any) -> dict[str, Any]:
    own = dict(mark.kwargs)
    if mark.args:
        if len(mark.args) > 1 or "scenario" in own:
            raise SimulatorError(f"{_written(mark)}: one value goes without a name, the scenario")
        own["scenario"] = mark.args[0]
    for name in own.keys() - set(KEYS):
        raise SimulatorError(f"@pytest.mark.kucoin has no {name}; it has {', '.join(KEYS)}")
    if not isinstance(own.get("hosts", False), bool):
        raise SimulatorError(f"{_written(mark)}: hosts must be True or False")
    expect = own.get("expect")
    if not (expect is None or isinstance(expect, bool | list | tuple)):
        raise SimulatorError(f"{_written(mark)}: expect must be True, False or a list of expectations")
    return own


def _written(mark: Any) -> str:
    """The mark as its author wrote it."""
    values = [*map(repr, mark.args), *(f"{name}={value!r}" for name, value in mark.kwargs.items())]
    return f"@pytest.mark.kucoin({', '.join(values)})"


@contextmanager
def server(url: str, scenario: str, seed: str, root: Path, records: Records | None = None) -> Iterator[KucoinServer]:
    """The simulator at the URL, or one that is started for the block."""
    if url:
        running = RunningServer(url)
        running.client.index()  # an error here says what is wrong with the URL
        yield running
        running.client.close()
    else:
        file = root / scenario
        with Simulator(file if file.is_file() else scenario or DEMO, seed=_whole(seed)) as started:
            yield started
            if records:
                records.keep(started.client)


def _whole(seed: str) -> int | None:
    if seed and not (seed.isdecimal() and int(seed) <= LARGEST_SEED):
        raise SimulatorError(f"kucoin_seed = {seed}: must be a whole number from 0 to {LARGEST_SEED}")
    return int(seed) if seed else None


@contextmanager
def workspace(
    node: Any, running: KucoinServer, seed: str, scenario: str = "", records: Records | None = None
) -> Iterator[KucoinWorkspace]:
    """The workspace of a test, which is verified and ended at the end. Raises `ExpectationError`.

    `scenario` is that of a test whose mark names none; without, it is the scenario of the server. `records` keeps what
    a readiness report needs of the workspace.
    """
    settings = {**({"scenario": scenario} if scenario else {}), **of(node)}
    made = _made(node, running, seed, settings)
    state = RunningTest(made, _replay(node, made))
    setattr(node, NODE_STATE, state)
    try:
        if (clock := settings.get("clock")) in MODES:
            made.client.patch_clock(mode=clock)
        yield made
        if state.passed:
            _verified(state, settings.get("expect", True))
    finally:
        delattr(node, NODE_STATE)
        if records:
            records.keep(made.client, node.nodeid)
        made.close()


def _made(node: Any, running: KucoinServer, seed: str, settings: Mapping[str, Any]) -> KucoinWorkspace:
    names = ("client_id", "client_secret", "redirect_uris", "users")
    try:
        return KucoinWorkspace(
            running.client,
            scenario=_scenario(node, settings, running),
            seed=settings.get("seed", _whole(seed)),
            **{name: settings[name] for name in names if name in settings},
        )
    except Problem as problem:
        written = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        raise SimulatorError(f"there can be no workspace with {written or 'these settings'}:\n{problem}") from None


def _scenario(node: Any, settings: Mapping[str, Any], running: KucoinServer) -> str | Mapping[str, Any] | None:
    """The scenario of a test: a name, the text of a file, or a mapping; with `clock` as a mapping it is extended."""
    scenario, clock = settings.get("scenario"), settings.get("clock")
    if isinstance(scenario, str | Path) and "\n" not in str(scenario):
        scenario = _of_file(scenario, (node.path.parent, node.config.rootpath))
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


def _of_file(scenario: str | Path, folders: Sequence[Path]) -> str:
    """The text of a file in one of the folders, else the name as it is."""
    for folder in folders:
        file = folder / scenario
        if file.is_file():
            return file.read_text(encoding="utf-8")
    if Path(scenario).suffix or isinstance(scenario, Path):
        places = " or ".join(dict.fromkeys(map(str, folders)))
        raise SimulatorError(f"scenario={str(scenario)!r}: there is no such file in {places}")
    return scenario


def _verified(state: RunningTest, expect: object) -> None:
    """Fail if what is expected has not happened."""
    if expect is False or expect is None:
        return
    try:
        state.workspace.verify(None if expect is True else expect)  # type: ignore[arg-type]  # the simulator reads it
    except AssertionError as error:
        raise ExpectationError(f"{error}\n\n{state.section()}") from None
    except NotReachableError:
        pass  # `close` says so
    except Problem as problem:
        if problem.status != 404:  # else the test has ended the workspace itself
            raise SimulatorError(f"expect={expect!r} cannot be verified:\n{problem}") from None


def _replay(node: Any, made: KucoinWorkspace) -> str:
    """The line that runs this test alone in the same way."""
    config = node.config
    order = config.getoption("randomly_seed", None)
    by = f" --randomly-seed={order}" if isinstance(order, int) else ""
    return f'pytest "{node.nodeid}" -o kucoin_seed={made.seed}{by}'
