"""The end of a server's process: by a signal, after the verdict is printed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from simulator import printing

if TYPE_CHECKING:
    from types import FrameType

    from simulator.web.endpoints.desk import Desk


class Terminated(SystemExit):
    """SIGTERM has ended the server."""


def raise_terminated() -> None:
    """Let SIGTERM raise `Terminated` from now on, as Ctrl+C raises `KeyboardInterrupt`."""
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def die_of(number: signal.Signals) -> NoReturn:
    """End as a process that does not catch the signal."""
    printing.end()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    sys.exit(128 + number)  # process 1 of a container does not die of a signal


@contextmanager
def verdict(desk: Desk) -> Iterator[None]:
    """After a signal has ended the server, print the results of the scenario's `expect`; exit with 1 if one fails."""
    from simulator.evidence.verification import verify

    try:
        yield
    except (KeyboardInterrupt, Terminated) as ended:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # the process is already ending
        verdict = verify(desk.scenario.expect, desk.journal, desk.exchange.world)
        click.echo(verdict.text)
        if not verdict.ok:
            sys.exit(1)
        if isinstance(ended, Terminated):
            sys.exit(0)
        raise
