"""The end of a server's process: by a signal or with its standard input, after the verdict is printed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NoReturn

import click

from simulator import printing

if TYPE_CHECKING:
    from types import FrameType

    from simulator.web.endpoints.desk import Desk


BLOCK: Final = 65_536
"""Bytes of standard input that are read, and ignored, at a time."""


class Terminated(SystemExit):
    """SIGTERM has ended the server."""


class InputEnded(Terminated):
    """Standard input has ended, and the server with it."""


def raise_terminated() -> None:
    """Let SIGTERM raise `Terminated` from now on, as Ctrl+C raises `KeyboardInterrupt`."""
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def when_input_ends(end: Callable[[], None]) -> None:
    """Call `end` when standard input ends, as it does when the program dies that holds its other end."""
    from threading import Thread

    Thread(target=_read_to_the_end, args=(end,), name="until-eof", daemon=True).start()


def _read_to_the_end(end: Callable[[], None]) -> None:
    with suppress(OSError):  # it is closed, or it breaks: that is its end, too
        while os.read(0, BLOCK):
            pass
    end()


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
