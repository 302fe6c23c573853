"""How a command in a namespace ends: by itself, by a signal, at a terminal, and with whatever it has started."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.namespaces import ROOT, needs_namespaces
from support.polling import wait_until

from simulator.launch.namespace import Namespace

pytestmark = needs_namespaces


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    with Namespace() as made:
        yield made


@pytest.mark.parametrize("own_processes", [True, False])
@pytest.mark.parametrize(
    ("command", "code"),
    [("exit 7", 7), ("kill -TERM $$", -signal.SIGTERM), ("kill -KILL $$", -signal.SIGKILL), ("true", 0)],
)
def test_exit_codes_pass(command: str, code: int, own_processes: bool) -> None:
    """The command's exit code, or the signal that ended it, is that of the process outside."""
    with Namespace(own_processes=own_processes) as made:
        assert made.popen(["sh", "-c", command]).wait() == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_signals_pass(namespace: Namespace, number: int) -> None:
    """A signal reaches the command, which may go on, and end by itself."""
    reading, writing = os.pipe()
    script = f"trap 'echo got; exit 9' {number}; echo ready; while :; do read line; done"
    pending, held = os.pipe()
    command = namespace.popen(["sh", "-c", script], stdin=pending, stdout=writing)
    for file in (writing, pending):
        os.close(file)
    with os.fdopen(reading) as lines:
        assert lines.readline() == "ready\n"
        command.send_signal(number)
        assert lines.readline() == "got\n"
    os.close(held)
    assert command.wait() == 9


@pytest.mark.parametrize("own_processes", [True, False])
def test_a_repeated_interrupt_ends_a_command_that_ignores_it(own_processes: bool) -> None:
    """A command that ignores SIGINT is ended by a later one, and the process outside says which signal it was."""
    with Namespace(own_processes=own_processes) as made:
        command = made.popen(["sh", "-c", "trap '' INT; sleep 1000"])

        def ended() -> bool:
            command.send_signal(signal.SIGINT)
            return command.poll() is not None

        wait_until(ended)
        assert command.returncode == -signal.SIGINT


AT_A_TERMINAL = """
from simulator.launch.namespace import Namespace
with Namespace() as made:
    print("ended", made.popen(["sh", "-c", %r]).wait(), flush=True)
"""


@pytest.mark.parametrize(
    ("script", "keys", "ending"),
    [
        ("echo ready; read line; echo got $line", [b"text\n"], "got text"),
        ("trap 'exit 3' INT; echo ready; read line", [b"\x03"], "ended 3"),
        ("echo ready; read line; echo got $line", [b"\x1a", b"text\n"], "got text"),
    ],
)
def test_the_terminal_is_for_the_command(script: str, keys: list[bytes], ending: str) -> None:
    """What is typed is read by the command, Ctrl+C interrupts it, and Ctrl+Z loses nothing."""
    process, terminal = pty.fork()
    if not process:
        os.execve(
            sys.executable, [sys.executable, "-c", AT_A_TERMINAL % script], {**os.environ, "PYTHONPATH": str(ROOT)}
        )
    text = ""
    with os.fdopen(terminal, "r+b", 0) as screen:
        while "ready" not in text:
            text += screen.read(100).decode()
        for key in keys:
            screen.write(key)
        with suppress(OSError):  # the last process has closed it
            while piece := screen.read(100):
                text += piece.decode()
    os.waitpid(process, 0)
    assert ending in text


ORPHANS = """
import sys
from simulator.launch.namespace import Namespace
with Namespace(own_processes=%r) as made:
    command = made.popen(["sh", "-c", "setsid sleep 1000 & (sleep 1000 &) ; echo started; %s"])
    command.wait()
"""


@pytest.mark.parametrize("own_processes", [True, False])
@pytest.mark.parametrize("ending", ["parent", "keeper", "command"])
def test_nothing_survives(own_processes: bool, ending: str) -> None:
    """Everything inside ends when the command ends, its keeper is killed, or the process outside is killed."""
    script = ORPHANS % (own_processes, "exit 0" if ending == "command" else "sleep 1000")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"started\n"
        if ending == "parent":
            parent.kill()
        elif ending == "keeper":
            children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
            os.kill(int(children[0]), signal.SIGKILL)
        assert parent.stdout.read() == b""  # the end of it: nobody has it open any more
        parent.wait()
