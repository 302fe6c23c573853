"""The pytest plugin of the KuCoin Fast API simulator: fixtures with an exchange of its own for each test.

It imports pytest and no more when it is loaded, because every run of pytest loads it where the simulator is installed.
`docs/pytest.md` describes it. PYTEST_DONT_REWRITE: there is no assertion of a test here.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from simulator.testing import (
        AsyncKucoinClock,
        AsyncKucoinFaults,
        AsyncKucoinWorkspace,
        KucoinClock,
        KucoinFaults,
        KucoinServer,
        KucoinWorkspace,
    )

TESTING = Path(__file__).resolve().parent / "simulator" / "testing"
OTHER_NAME = "kucoin_simulator_testing"
"""What `simulator.testing` is called if the tests have a package `simulator` of their own."""
MARKER = (
    "kucoin(scenario=, seed=, clock=, hosts=, expect=, client_id=, client_secret=, redirect_uris=, users=):"
    " how the exchange of this test is. Alone, it asks for the fixture `kucoin`, with hosts=True for `kucoin_hosts`"
)
BASELINE = "kucoin_baseline"
RECORDS = "KUCOIN_SIMULATOR_RECORDS"
"""The variable in which `kucoin-simulator exec --report DIR` names its folder."""
SCENARIO, SEED, URL, HOSTS = "kucoin_scenario", "kucoin_seed", "kucoin_url", "kucoin_hosts"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option and the keys of the configuration file."""
    group = parser.getgroup("kucoin", "KuCoin simulator")
    group.addoption(
        "--kucoin-url", metavar="URL", help="A simulator that runs already; each run starts its own without"
    )
    group.addoption(
        "--kucoin-report",
        metavar="DIR",
        help="Write a readiness report there: which situations that cost money the tests reached and handled",
    )
    group.addoption(
        "--kucoin-baseline", metavar="FILE", help="The readiness baseline; the run fails if the report does not fit it"
    )
    group.addoption(
        "--kucoin-fail-under", metavar="PERCENT", type=_percent, help="The run fails if the readiness score is less"
    )
    parser.addini(BASELINE, "The readiness baseline of --kucoin-report, a file beside the configuration")
    parser.addini(URL, "A simulator that runs already, such as http://127.0.0.1:8080; each run starts its own without")
    parser.addini(SCENARIO, "The scenario of every test: a built-in one or a file; demo without, the server's at a URL")
    parser.addini(HOSTS, "True = every test has the fixture `kucoin_hosts`", type="bool", default=False)
    parser.addini(SEED, "The seed of every test; that of the scenario without")


def _percent(text: str) -> str:
    """The text if it is a whole number from 0 to 100."""
    if text.isascii() and text.isdigit() and int(text) <= 100:
        return text
    raise ArgumentTypeError(f"{text!r} is no whole number from 0 to 100")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and begin a readiness report if there is to be one."""
    config.addinivalue_line("markers", MARKER)
    folder = config.getoption("--kucoin-report")
    for option in ("--kucoin-baseline", "--kucoin-fail-under"):
        if config.getoption(option) and not folder:
            raise pytest.UsageError(f"{option} is about the readiness report: give --kucoin-report DIR as well")
    if folder or RECORDS in os.environ:
        testing = _testing()
        records = testing.readiness.Records(Path(folder or os.environ[RECORDS]).absolute())
        config.pluginmanager.register(_Readiness(records), _Readiness.NAME)
        if folder and not hasattr(config, "workerinput"):  # a worker of pytest-xdist
            try:
                records.begin()
            except testing.settings.SimulatorError as error:
                raise pytest.UsageError(str(error)) from None


def pytest_report_header(config: pytest.Config) -> str:
    """The seed and the simulator of this run."""
    seed = config.getini(SEED) or "the scenario's"
    scenario = config.getini(SCENARIO) or ("the server's" if _url(config) else "demo")
    return f"kucoin: seed {seed}, scenario {scenario}, {_url(config) or 'a simulator of its own'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the marker or the configuration ask for the fixtures, so that a test of fixed hosts needs no parameter."""
    always = config.getini(HOSTS)
    for item in items:
        if isinstance(item, pytest.Function) and (always or item.get_closest_marker("kucoin") is not None):
            hosts = next(
                (mark.kwargs["hosts"] for mark in item.iter_markers("kucoin") if "hosts" in mark.kwargs), always
            )
            name = "kucoin_hosts" if hosts else "kucoin"
            if name not in item.fixturenames:
                item.fixturenames.insert(0, name)


def _url(config: pytest.Config) -> str:
    return str(config.getoption("--kucoin-url") or config.getini(URL) or "")


def _testing() -> ModuleType:
    """The package `simulator.testing`; under another name if another package is called `simulator` here."""
    from importlib import import_module
    from importlib.util import find_spec, module_from_spec, spec_from_file_location

    if OTHER_NAME in sys.modules:
        return sys.modules[OTHER_NAME]
    try:
        spec = find_spec("simulator")
    except ValueError:  # something without a spec is called so
        spec = None
    if spec is not None and spec.origin == str(TESTING.parent / "__init__.py"):
        import_module("simulator.testing.settings")
        return import_module("simulator.testing")
    spec = spec_from_file_location(OTHER_NAME, TESTING / "__init__.py", submodule_search_locations=[str(TESTING)])
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[OTHER_NAME] = module_from_spec(spec)
    spec.loader.exec_module(module)
    import_module(f"{OTHER_NAME}.settings")
    return module


class _Readiness:
    """Keeps the records of a readiness report, and writes it at the end. It is registered if there is to be one."""

    NAME = "kucoin-readiness"

    def __init__(self, records: Any) -> None:
        self.records = records
        self._text = ""
        self._written = False

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report; the run fails if it does not fit its baseline. Workers of pytest-xdist write none."""
        config = session.config
        if hasattr(config, "workerinput") or not config.getoption("--kucoin-report"):
            return
        option = config.getoption("--kucoin-baseline")
        baseline = option or (str(config.rootpath / ini) if (ini := config.getini(BASELINE)) else "")
        fail_under = config.getoption("--kucoin-fail-under") or ""
        status, self._text = self.records.report(baseline, fail_under)
        self._written = status in (0, 1)
        gate = bool(baseline or fail_under) or not self._written
        if status and not gate:
            self._text += "\nthis does not fail the run: --kucoin-baseline and --kucoin-fail-under do"
        if status and gate and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print what the report says, and which tests have no record."""
        if self._text or self.records.problems:
            terminalreporter.section("KuCoin readiness")
            terminalreporter.line(self._text)
            for problem in self.records.problems:
                terminalreporter.line(f"no record: {problem}")
            if self._written:
                terminalreporter.line(f"the report: {self.records.folder / 'report.html'}")


def _records(config: pytest.Config) -> Any:
    """The records of a readiness report, None if there is to be none."""
    plugin = config.pluginmanager.get_plugin(_Readiness.NAME)
    return plugin.records if plugin else None


class _Reports:
    """Adds a section to the report of a test that fails. It is registered with the first workspace."""

    NAME = "kucoin-reports"

    def __init__(self, name: str) -> None:
        self._name = name

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Note whether the test has passed, and if it has failed, add what the simulator knows of it."""
        report = (yield).get_result()
        state = getattr(item, self._name, None)
        if state is not None and report.when != "teardown":
            state.passed = report.passed and not hasattr(report, "wasxfail")
            if report.failed:
                report.sections.append(("KuCoin simulator", state.section()))


@contextmanager
def _without_traceback(settings: ModuleType) -> Iterator[None]:
    """Errors that the author of a test can mend are told without lines of code that are not the author's."""
    try:
        yield
    except (settings.ExpectationError, settings.SimulatorError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture(scope="session")
def kucoin_server(request: pytest.FixtureRequest) -> Iterator[KucoinServer]:
    """The simulator of this run, one for each worker of pytest-xdist: `.url`, `.port`, `.client`."""
    config, settings = request.config, _testing().settings
    with (
        _without_traceback(settings),
        settings.server(
            _url(config), config.getini(SCENARIO), config.getini(SEED), config.rootpath, _records(config)
        ) as server,
    ):
        yield server


@pytest.fixture
def kucoin(request: pytest.FixtureRequest, kucoin_server: KucoinServer) -> Iterator[KucoinWorkspace]:
    """An exchange of this test's own: `.url`, `.client_id`, `.client_secret`, `.redirect_uri`, `.authorize()` ...

    At the end, what the scenario expects must have happened.
    """
    config, settings = request.config, _testing().settings
    if not config.pluginmanager.has_plugin(_Reports.NAME):
        config.pluginmanager.register(_Reports(settings.NODE_STATE), _Reports.NAME)
    scenario = config.getini(SCENARIO) if _url(config) else ""
    with (
        _without_traceback(settings),
        settings.workspace(request.node, kucoin_server, config.getini(SEED), scenario, _records(config)) as workspace,
    ):
        yield workspace


@pytest.fixture
def kucoin_clock(kucoin: KucoinWorkspace) -> Iterator[KucoinClock]:
    """The clock of this test's exchange: `.now`, `.advance("61m", also="time_machine")`, `.freeze()`."""
    clock = _testing().KucoinClock(kucoin.client)
    yield clock
    clock.close()


@pytest.fixture
def kucoin_faults(kucoin: KucoinWorkspace) -> KucoinFaults:
    """What goes wrong at this test's exchange: `.add(operation=..., refuse=...)`, `.clear()`, `.hits()`."""
    faults: KucoinFaults = _testing().KucoinFaults(kucoin.client)
    return faults


@pytest.fixture
def kucoin_faults_async(kucoin_faults: KucoinFaults) -> AsyncKucoinFaults:
    """The same as `kucoin_faults` with methods to be awaited."""
    faults: AsyncKucoinFaults = _testing().AsyncKucoinFaults(kucoin_faults)
    return faults


@pytest.fixture
def kucoin_hosts(kucoin: KucoinWorkspace) -> Iterator[KucoinWorkspace]:
    """Let https://*.kucoin.com in this process lead to this test's exchange, whatever library calls it."""
    with _without_traceback(_testing().settings):
        undo = kucoin.lead_hosts()
    yield kucoin
    undo()


@pytest.fixture
def kucoin_async(kucoin: KucoinWorkspace) -> AsyncKucoinWorkspace:
    """The same as `kucoin` with methods to be awaited, for asyncio and trio."""
    workspace: AsyncKucoinWorkspace = _testing().AsyncKucoinWorkspace(kucoin)
    return workspace


@pytest.fixture
def kucoin_clock_async(kucoin_clock: KucoinClock) -> AsyncKucoinClock:
    """The same as `kucoin_clock` with methods to be awaited."""
    clock: AsyncKucoinClock = _testing().AsyncKucoinClock(kucoin_clock)
    return clock
