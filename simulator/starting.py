"""One server process, from its flags to the signal that ends it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from simulator import ending, printing
from simulator.collector import COLLECTOR

if TYPE_CHECKING:
    from socket import socket

    from simulator.evidence.journal import Reporting
    from simulator.scenario.loader import Scenario
    from simulator.scenario.overrides import Overrides
    from simulator.web.endpoints.desk import Desk
    from simulator.web.guards import Policy

REACHABLE: Final = "other machines can reach it, and it asks for no password: keep it off the internet"
ALSO: Final = "listens on {host}:{port} as well"
SHOWING: Final = "--show-secrets: journal and log show tokens, codes and secrets as they are"


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
) -> None:
    """Bind, build, and run until a signal ends it. Raises `KeyboardInterrupt` and `Terminated`.

    The first address is the one that the server names itself by.
    """
    from simulator.banner import banner
    from simulator.library_logs import print_library_logs
    from simulator.web.guards import loopback
    from simulator.web.server import SimulatorServer, create_app, origins, port_of
    from simulator.web.wire.crowd import raise_limit

    raise_limit()
    check_certificate(policy)
    with ExitStack() as stack:
        sockets = [stack.enter_context(bound(*address)) for address in addresses]
        (host, port), *others = [
            (name, port_of(bound_to)) for (name, _), bound_to in zip(addresses, sockets, strict=True)
        ]
        scenario = _first(load)
        watch = _watch(scenario, load) if watching else None
        app = create_app(scenario, origins(host, port, public_url, others, tls=policy.tls is not False), policy)
        app.desk.journal.reporting = reporting
        warnings = [] if policy.token or all(loopback(name) for name, _ in addresses) else [REACHABLE]
        warnings += [ALSO.format(host=f"[{name}]" if ":" in name else name, port=number) for name, number in others]
        if reporting.show_secrets:
            warnings.append(SHOWING)
        text = banner(scenario, app.desk.exchange.world, overrides, warnings)

        def ready() -> None:
            COLLECTOR.stands()
            click.echo(text)
            if watch:
                watch(app.desk)

        print_library_logs(json=json)
        ending.raise_terminated()
        with ending.verdict(app.desk) if verifying else nullcontext():
            SimulatorServer(app, ready).run(sockets)


def _watch(scenario: Scenario, load: Callable[[], Scenario]) -> Callable[[Desk], None]:
    """The function that starts to watch the files of a scenario. It must be called in a running event loop."""
    from simulator.watch import Watcher

    return Watcher(scenario, load, click.echo, partial(click.echo, err=True)).begin
