"""The command has the terminal: it reads it, Ctrl+C reaches it, the second one ends it, and Ctrl+Z stops the job."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Iterator
from contextlib import suppress
from select import select

import pytest
from support.processes import ROOT, environment


class Terminal:
    """A process whose controlling terminal is ours."""

    def __init__(self, *command: str) -> None:
        self.process, self._master = pty.fork()
        if not self.process:
            os.chdir(ROOT)
            os.execvpe(command[0], command, environment(PS1="% "))
        self.output = b""

    def send(self, data: bytes) -> None:
        """Type."""
        os.write(self._master, data)

    def expect(self, text: bytes) -> None:
        """Read until a text comes; what was before it is left out."""
        while text not in self.output:
            assert select([self._master], [], [], 30)[0], self.output
            try:
                self.output += os.read(self._master, 4096)
            except OSError:
                raise AssertionError(self.output) from None
        self.output = self.output.partition(text)[2]

    def ended(self) -> int:
        """The exit code."""
        with suppress(OSError):
            while select([self._master], [], [], 30)[0] and os.read(self._master, 4096):
                pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


def exec_of(script: str) -> Terminal:
    """`exec` of a shell script at a terminal."""
    return Terminal(sys.executable, "-m", "simulator", "exec", "--quiet", "--", "sh", "-c", script)


@pytest.fixture
def shell() -> Iterator[Terminal]:
    """A shell with job control."""
    terminal = Terminal("bash", "--norc", "--noprofile", "-i")
    terminal.expect(b"% ")
    yield terminal
    os.close(terminal._master)
    os.waitpid(terminal.process, 0)


def test_the_command_reads_the_terminal() -> None:
    """An interactive command is in front of the terminal and gets what is typed."""
    terminal = exec_of("echo ready; read line; echo got $line; exit 3")
    terminal.expect(b"ready")
    terminal.send(b"abc\n")
    terminal.expect(b"got abc")
    assert terminal.ended() == 3


def test_the_second_interrupt_ends_a_deaf_command() -> None:
    """A command that ignores Ctrl+C goes on after the first, and is ended by the second."""
    terminal = exec_of("trap 'sleep 1; echo noted' INT; echo ready; while :; do sleep 1; done")  # equal signals merge
    terminal.expect(b"ready")
    terminal.send(b"\x03")
    terminal.expect(b"noted")
    terminal.send(b"\x03")
    assert terminal.ended() == 130


def test_a_stopped_job_goes_on(shell: Terminal) -> None:
    """Ctrl+Z gives the shell its terminal back, and `fg` gives it to the command again."""
    script = "echo rea''dy; read line; echo got $line; exit 3"
    shell.send(f'{sys.executable} -m simulator exec --quiet -- sh -c "{script.replace("$", chr(92) + "$")}"\n'.encode())
    shell.expect(b"ready\r")
    shell.send(b"\x1a")
    shell.expect(b"Stopped")
    shell.send(b"fg\n")
    shell.expect(b"exec --quiet")
    shell.send(b"abc\n")
    shell.expect(b"got abc")
    shell.send(b"echo code=$?\n")
    shell.expect(b"code=3")
