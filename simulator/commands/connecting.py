"""What the commands that talk to a running simulator share: its address, `--json`, and errors that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from simulator.commands.output import json_option, show_data

if TYPE_CHECKING:
    from simulator.testing import Client, Problem

URL: Final = "http://127.0.0.1:8080"
URL_VARIABLE: Final = "KUCOIN_SIMULATOR_URL"
TOKEN_VARIABLE: Final = "KUCOIN_SIMULATOR_CONTROL_TOKEN"  # noqa: S105 - a name
PATIENCE: Final = 10.0
"""Seconds to wait for an answer."""
LONG_PATIENCE: Final = 600.0
"""Seconds to wait for an answer to a call that may be long work."""
UNKNOWN: Final = {"Not Found", "Method Not Allowed"}
"""The details of problems of a path or a method that is not served."""


class NoSimulatorError(click.ClickException):
    """No simulator that could be talked to is at the address."""

    exit_code = 4


class RejectedError(click.ClickException):
    """The simulator refused what the command asked for."""

    exit_code = 2


class UnfulfilledError(click.ClickException):
    """The command did its work, and the answer is no. `--json` has been printed already."""

    exit_code = 1


class RunningSimulator(NamedTuple):
    """The client of the simulator and the workspace that a command is about, and how the answer is to be printed."""

    client: Client
    url: str
    token: str | None
    json: bool

    def show(self, data: object, text: str) -> None:
        """Print the data as JSON, or the text for people."""
        show_data(data, text, as_json=self.json)


url_option = click.option(
    "--url", default=URL, envvar=URL_VARIABLE, show_envvar=True, metavar="URL", help="Where the simulator listens."
)
token_option = click.option(
    "--control-token",
    envvar=TOKEN_VARIABLE,
    show_envvar=True,
    metavar="TOKEN",
    help="Its control token, if it has one.",
)


def talking(function: Callable[..., None]) -> Callable[..., None]:
    """Make a command of a running simulator: it gets a `RunningSimulator` before its own parameters."""
    return _talking(function, PATIENCE)


def talking_long(function: Callable[..., None]) -> Callable[..., None]:
    """Make a command of a running simulator that may be long work."""
    return _talking(function, LONG_PATIENCE)


def _talking(function: Callable[..., None], patience: float) -> Callable[..., None]:
    @wraps(function)
    def command(
        *arguments: Any, url: str, workspace: str | None, control_token: str | None, as_json: bool, **more: Any
    ) -> None:
        from simulator.testing import Client

        address = url.rstrip("/") + (f"/w/{workspace}" if workspace else "")
        with errors_of(url, control_token):
            try:
                client = Client(address, token=control_token, timeout=patience)
            except ValueError as error:
                raise click.BadParameter(str(error), param_hint=f"--url or {URL_VARIABLE}") from None
            with client:
                function(RunningSimulator(client, url, control_token, as_json), *arguments, **more)

    for option in (
        json_option,
        token_option,
        click.option("--workspace", metavar="NAME", help="A workspace other than the default one."),
        url_option,
    ):
        option(command)
    return command


@contextmanager
def errors_of(url: str, token: str | None) -> Iterator[None]:
    """Turn errors of the client into messages that say what to do."""
    from simulator.testing import NotASimulatorError, NotReachableError, Problem

    try:
        yield
    except (NotReachableError, NotASimulatorError) as error:
        raise no_simulator(url, str(error)) from None
    except Problem as problem:
        raise _refused(problem, url, token) from None


def no_simulator(url: str, detail: str) -> NoSimulatorError:
    """The error that no simulator answers at a URL, with what is there instead."""
    from simulator.launch.listening import ListenerKind, listener

    listening = listener(url)
    if listening.kind is ListenerKind.NOTHING:
        return NoSimulatorError(
            f"nothing listens at {url} ({listening.evidence}); start one by `kucoin-simulator`, or say where it is by"
            f" --url or {URL_VARIABLE}"
        )
    if listening.kind is ListenerKind.OTHER:
        return NoSimulatorError(
            f"something else than a simulator listens at {url}: {listening.evidence}; say where the simulator is by"
            f" --url or {URL_VARIABLE}, or start one on a free port by `kucoin-simulator --port 0`"
        )
    return NoSimulatorError(f"the simulator at {url} did not answer: {detail}")


def _refused(problem: Problem, url: str, token: str | None) -> click.ClickException:
    if problem.status == 401:
        state = "refuses this token" if token else "was started with --control-token"
        return NoSimulatorError(
            f"the simulator at {url} {state}; give its token by --control-token or {TOKEN_VARIABLE}"
        )
    if problem.status in (404, 405) and problem.detail in UNKNOWN:
        from simulator.version import __version__

        return NoSimulatorError(
            f"the simulator at {url} does not know {problem.call}, because it is of another version than this command"
            f" line ({__version__}); use the command line of its version, or start it anew with this one"
        )
    return RejectedError(str(problem))
