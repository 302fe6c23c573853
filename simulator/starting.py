"""One server process, from its flags to the signal that ends it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from simulator import ending, printing
from simulator.collector import COLLECTOR

if TYPE_CHECKING:
    from socket import socket

    from simulator.evidence.journal import Reporting
    from simulator.scenario.loader import Scenario
    from simulator.scenario.overrides import Overrides
    from simulator.web.app import App
    from simulator.web.endpoints.desk import Desk
    from simulator.web.guards import Policy

REACHABLE: Final = "other machines can reach it, and it asks for no password: keep it off the internet"
ALSO: Final = "listens on {host}:{port} as well"
SHOWING: Final = "--show-secrets: journal and log show tokens, codes and secrets as they are"
STATED: Final = "the state of --state-file is used; the scenario and what flags change hold again after a reset"


class StateFile(NamedTuple):
    """The file of `--state-file`. `export` = the state is written there at the end."""

    name: str
    export: bool


class StateLostError(click.ClickException):
    """The state could not be written at the end."""

    exit_code = 1


class ReportLostError(click.ClickException):
    """The readiness report could not be written at the end."""

    exit_code = 1


class Supervision(NamedTuple):
    """How another program watches a server: the file that says where it is, and whether it ends with standard input."""

    port_file: Path | None = None
    until_eof: bool = False


UNWATCHED: Final = Supervision()


class StartError(click.ClickException):
    """The server cannot start with these flags."""

    exit_code = 2


def bound(host: str, port: int) -> socket:
    """A listening socket. Raises `StartError`."""
    from simulator.web.server import bind

    try:
        return bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartError(f"port {port} of {host} is in use; --port 0 takes any that is free") from None
        raise StartError(
            f"cannot listen on port {port} of {host}: {str(error.strerror or error).partition(' (while')[0]}"
        ) from None


def check_certificate(policy: Policy) -> None:
    """Read the files of a certificate that a flag names, so that a mistake ends the start. Raises `StartError`."""
    if isinstance(policy.tls, tuple):
        from simulator.web.wire.encryption import from_files

        certificate, key = policy.tls
        try:
            from_files(certificate, key)
        except OSError as error:
            why = error.strerror or error
            raise StartError(f"--tls: {certificate} and {key} are not a certificate and its key: {why}") from None


def scenario_of(name_or_file: str, seed: int | None, overrides: Overrides) -> Scenario:
    """The scenario with the changes of the flags. Raises `ScenarioError` and `OverrideError`."""
    from simulator.scenario.loader import load
    from simulator.scenario.overrides import override

    return override(load(name_or_file, seed), overrides)


def _first(load: Callable[[], Scenario]) -> Scenario:
    """The scenario to start with."""
    from simulator.scenario.overrides import OverrideError
    from simulator.scenario.text.nodes import ScenarioError

    try:
        return load()
    except ScenarioError as error:
        from simulator.commands.scenarios import InvalidScenario

        raise InvalidScenario(f"the scenario cannot be used\n{error}") from None
    except OverrideError as error:
        raise StartError(printing.printable(str(error))) from None


def serve(
    addresses: Sequence[tuple[str, int]],
    public_url: str | None,
    policy: Policy,
    load: Callable[[], Scenario],
    overrides: Overrides,
    watching: bool,
    verifying: bool,
    reporting: Reporting,
    *,
    json: bool,
    state_file: StateFile | None = None,
    supervision: Supervision = UNWATCHED,
    report: Path | None = None,
) -> None:
    """Bind, build, and run until a signal ends it. Raises `KeyboardInterrupt` and `Terminated`.

    The first address is the one that the server names itself by.
    """
    from simulator.banner import banner
    from simulator.hosts import is_loopback
    from simulator.library_logs import print_library_logs
    from simulator.web.server import SimulatorServer, create_app, origins, port_of
    from simulator.web.wire.crowd import raise_limit

    raise_limit()
    check_certificate(policy)
    with ExitStack() as stack:
        write_port = stack.enter_context(_port_file(supervision.port_file))
        sockets = [stack.enter_context(bound(*address)) for address in addresses]
        (host, port), *others = [
            (name, port_of(bound_to)) for (name, _), bound_to in zip(addresses, sockets, strict=True)
        ]
        scenario = _first(load)
        watch = _watch(scenario, load) if watching else None
        app = create_app(scenario, origins(host, port, public_url, others, tls=policy.tls is not False), policy)
        app.desk.journal.reporting = reporting
        warnings = [] if policy.token or all(is_loopback(name) for name, _ in addresses) else [REACHABLE]
        if state_file and _imported(app.desk, state_file):
            warnings.append(STATED)
        warnings += [ALSO.format(host=f"[{name}]" if ":" in name else name, port=number) for name, number in others]
        if reporting.show_secrets:
            warnings.append(SHOWING)
        text = banner(scenario, app.desk.exchange.world, overrides, warnings)

        def ready() -> None:
            COLLECTOR.stands()
            write_port(host, port, origins(host, port)[0])
            click.echo(text)
            if watch:
                watch(app.desk)
            if supervision.until_eof:
                ending.when_input_ends(server.end)

        print_library_logs(json=json)
        ending.raise_terminated()
        server = SimulatorServer(app, ready)
        with (
            _reported(app, report) if report else nullcontext(),
            _exported(app.desk, state_file) if state_file and state_file.export else nullcontext(),
            ending.verdict(app.desk) if verifying else nullcontext(),
        ):
            server.run(sockets)
            raise ending.InputEnded


@contextmanager
def _port_file(path: Path | None) -> Iterator[Callable[[str, int, str], None]]:
    """A function that writes host, port, URL and process id as JSON, at once; the file goes with the block.

    A file that is there already goes first, so that nobody takes an old server's port for ours. Raises `StartError` if
    the folder cannot be written.
    """
    if path is None:
        yield lambda host, port, url: None
        return
    import json
    import os

    beside = path.with_name(f".{path.name}.{os.getpid()}")

    def write(host: str, port: int, url: str) -> None:
        beside.write_text(json.dumps({"host": host, "port": port, "url": url, "pid": os.getpid()}), encoding="utf-8")
        beside.replace(path)

    try:
        path.unlink(missing_ok=True)
        beside.write_bytes(b"")
    except OSError as error:
        raise StartError(f"--port-file: {path} cannot be written: {error.strerror or error}") from None
    try:
        yield write
    finally:
        for file in (beside, path):
            with suppress(OSError):
                file.unlink()


def _imported(desk: Desk, file: StateFile) -> bool:
    """Put the state of the file in place of the scenario's world; False if there is no file. Raises `StartError`."""
    from simulator.state.files import StateFileError, check_writable, read_state

    path, world = Path(file.name), desk.exchange.world
    try:
        if file.export:
            check_writable(path)
        state = read_state(path, world.origins, world.workspace)
    except StateFileError as error:
        raise StartError(f"--state-file: {error}") from None
    if state:
        desk.restore(state)
    return state is not None


@contextmanager
def _exported(desk: Desk, file: StateFile) -> Iterator[None]:
    """Write the state to the file at the end of the block, however it ends. Raises `StateLostError`."""
    from simulator.state.files import StateFileError, write_state

    try:
        yield
    finally:
        try:
            write_state(desk.exchange.state(), Path(file.name))
        except StateFileError as error:
            raise StateLostError(str(error)) from None


@contextmanager
def _reported(app: App, folder: Path) -> Iterator[None]:
    """Write a readiness report into the folder at the end of the block. Raises `StartError` and `ReportLostError`."""
    from simulator.commands.stepwise import stepwise
    from simulator.evidence.readiness.concluding import NO_DEMANDS
    from simulator.evidence.readiness.folder import ReportFolderError
    from simulator.evidence.readiness.record import RecordError
    from simulator.web.recording import Recorder

    try:
        recorder = Recorder(app.workspaces, folder)
    except ReportFolderError as error:
        raise StartError(f"--report: {error}") from None
    try:
        yield
    finally:
        from simulator.evidence.readiness.formats.terminal import lines

        try:
            with stepwise("readiness report") as step:
                report = recorder.report(NO_DEMANDS, step)
        except KeyboardInterrupt:
            raise ReportLostError("Ctrl+C: the readiness report was not finished") from None
        except (ReportFolderError, RecordError) as error:
            raise ReportLostError(f"no readiness report: {error}") from None
        click.echo("\n".join([*lines(report), f"the readiness report is {folder / 'report.html'}"]))


def _watch(scenario: Scenario, load: Callable[[], Scenario]) -> Callable[[Desk], None]:
    """The function that starts to watch the files of a scenario. It must be called in a running event loop."""
    from simulator.watch import Watcher

    return Watcher(scenario, load, click.echo, partial(click.echo, err=True)).begin
