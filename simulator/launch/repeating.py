"""Runs of a command one after another, each in a process of its own, with a simulator of its own."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.web.app import App

STOPPED: Final = 128 + signal.SIGINT
LOST: Final = 70
"""The exit code of a run whose process ended without telling one."""
ApartRun = Callable[[Callable[["App"], None]], int]
"""Runs the command: its exit code. It is given what to call with the simulator when the command has ended."""


class StoppedError(Exception):
    """Ctrl+C or SIGTERM ended the run that was under way."""


class Finished(NamedTuple):
    """One run. `failure` = the command was not run; the message says why."""

    code: int
    failure: str = ""
    overlapped: int = 0
    """How many calls were held until others had come, and performed in the order."""
    alone: int = 0
    """How many were held, and went on because too few others came."""


def run_apart(run: ApartRun, output: Path | None) -> Finished:
    """One run in a fork of this process, which must have no threads. Its output goes to a file, None = to our own.

    Raises `StoppedError`.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = 0
    try:
        with _stoppable() as before:
            signal.pthread_sigmask(signal.SIG_BLOCK, before)  # no signal before it is known whom to end
            child = os.fork()
            if not child:
                os.close(reading)
                for number, handler in before.items():
                    signal.signal(number, handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, before)
            if not child:
                _be_run(run, output, writing)
            os.close(writing)
            with os.fdopen(reading, "rb") as pipe:
                told_by_run = pipe.read()
            _, status = os.waitpid(child, 0)
    except StoppedError:
        _end(child)
        raise
    code = os.waitstatus_to_exitcode(status)
    if code == STOPPED:
        raise StoppedError
    result: dict[str, Any] = json.loads(told_by_run) if told_by_run else {}
    return Finished(code if code >= 0 else LOST, **result)


@contextmanager
def _stoppable() -> Iterator[dict[int, Any]]:
    """In the block SIGINT and SIGTERM raise `StoppedError`. Yields how they are handled outside of it."""

    def stop(*_: object) -> None:
        raise StoppedError

    before: dict[int, Any] = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield before
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(child: int) -> None:
    """End a run: its command gets the signal that ends commands, and its guardian ends the rest."""
    if not child:
        return
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def _be_run(run: ApartRun, output: Path | None, pipe: int) -> NoReturn:
    """The child: the run, its result into the pipe, and the end of the process."""
    code = LOST
    result: dict[str, Any] = {}
    try:
        if output is not None:
            file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(file, 1)
            os.dup2(file, 2)
            os.close(file)
        held: dict[str, int] = {}
        code = run(lambda app: held.update(held_calls(app)))
        result.update(held)
    except KeyboardInterrupt:
        code = STOPPED
    except Exception as error:  # noqa: BLE001 - the parent tells it
        code = getattr(error, "exit_code", LOST)
        result["failure"] = str(error) or type(error).__name__
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        with suppress(OSError), os.fdopen(pipe, "wb") as file_of_pipe:
            file_of_pipe.write(json.dumps(result).encode())
        os._exit(code)


def held_calls(app: App) -> dict[str, int]:
    """How many calls of all workspaces were held together with others, and how many went on alone."""
    words = [_words(desk.journal.after(0)) for desk in app.workspaces.desks()]
    alone = sum(" calls came within " in text for texts in words for text in texts)
    return {"overlapped": sum(map(len, words)) - alone, "alone": alone}


def _words(entries: Iterable[Any]) -> list[str]:
    struck = [entry.outcome.struck for entry in entries if entry.outcome.struck]
    return [text for one in struck for text in one.happened if text.startswith("held: ")]
