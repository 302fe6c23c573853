"""A simulator whose stdout and stderr are what somebody made of them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from simulator.health import listening
from support.polling import wait_until
from support.processes import MODULE, environment
from support.wire import Http

CLOSED, FULL, GONE, UNREAD = "closed", "full", "gone", "unread"
WAYS = (CLOSED, FULL, GONE, UNREAD)
"""What a stream can be: closed, a full disk, a pipe whose reader has gone, a full pipe that nobody reads."""


@contextmanager
def stream(way: str) -> Iterator[int]:
    """A descriptor to print to. Of the ways but `CLOSED`, which is the process's own business."""
    if way in (CLOSED, FULL):
        descriptor = os.open("/dev/full", os.O_WRONLY)
        yield descriptor
        os.close(descriptor)
        return
    reading, descriptor = os.pipe()
    if way == GONE:
        os.close(reading)
    else:
        os.set_blocking(descriptor, False)
        try:
            while True:
                os.write(descriptor, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(descriptor, True)
    yield descriptor
    os.close(descriptor)
    if way != GONE:
        os.close(reading)


@contextmanager
def started(
    *arguments: str,
    out: int = subprocess.PIPE,
    err: int = subprocess.PIPE,
    closed: tuple[int, ...] = (),
    env: Mapping[str, str] | None = None,
) -> Iterator[tuple[subprocess.Popen[bytes], Http]]:
    """A simulator that listens, whatever it could print; it is killed if it is still there in the end."""

    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    with subprocess.Popen(
        [*MODULE, "--port", "0", *arguments],
        stdout=out,
        stderr=err,
        preexec_fn=close,  # noqa: PLW1509 - this process has no thread that holds a lock
        env=environment(**(env or {})),
    ) as process:
        try:
            addresses: list[tuple[str, int]] = []

            def found() -> bool:
                assert process.poll() is None, process.communicate()
                addresses.extend(listening(Path(f"/proc/{process.pid}")))
                return bool(addresses)

            wait_until(found)
            yield process, Http(addresses[0][1])
        finally:
            process.kill()


def ended(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    """The status after a signal, and what was printed to pipes."""
    process.send_signal(number)
    out, err = process.communicate()
    return process.returncode, (out or b"").decode(), (err or b"").decode()
