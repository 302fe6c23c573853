"""How `exec` ends, many times: killed, interrupted twice, with a crashed guardian or command. Nothing may be left.

    python benchmarks/exec_ends.py [ROUNDS]

Each round starts `exec` with a command that ignores signals and has a child, and a grandchild in a session of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from select import select
from typing import Final

ROOT: Final = Path(__file__).parents[1]
EXEC: Final = (sys.executable, "-m", "simulator", "exec", "--quiet", "--mode", "hooks", "--")
FAMILY: Final = """
trap '{trap}' INT TERM HUP
(setsid sh -c 'trap "" INT TERM HUP; echo $$ >> "$1/pids"; while :; do sleep 1; done' - "$1" &)
sleep 300 & echo $! >> "$1/pids"
echo $PPID > "$1/guardian"; echo $$ >> "$1/pids"
while [ "$(wc -l < "$1/pids")" -lt 3 ]; do sleep 0.01; done
mv "$1/pids" "$1/ready"; echo r > "$1/go"
{end}
"""
MOMENT: Final = 0.02
PATIENCE: Final = 60
"""Seconds for an end, however busy the machine is."""
HANGS: Final = -100
"""In place of the exit code of an `exec` that does not end."""


class Family:
    """An `exec` with a command that has children."""

    def __init__(self, folder: Path, *, deaf: bool = True, end: str = "while :; do wait; done") -> None:
        os.mkfifo(folder / "go")
        text = FAMILY.format(trap="" if deaf else "-", end=end)
        self.process = subprocess.Popen(
            [*EXEC, "sh", "-c", text, "-", str(folder)], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        self._started(folder / "go")
        self.processes = [int(number) for number in (folder / "ready").read_text().split()]
        self.guardian = int((folder / "guardian").read_text())

    def _started(self, fifo: Path) -> None:
        with fifo.open() as file:
            file.read()

    def ended(self) -> tuple[int, str]:
        """The exit code and stderr."""
        try:
            _, errors = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return HANGS, ""
        return self.process.returncode, errors

    def left(self) -> list[int]:
        """Processes that are still there after two seconds, the guardian's too. They are ended."""
        waiting = [*self.processes, self.guardian]
        for _ in range(int(2 / MOMENT)):
            waiting = [process for process in waiting if _state(process) not in {"", "Z", "X"}]
            if not waiting:
                break
            select([], [], [], MOMENT)
        for process in waiting:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return waiting


def _state(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def _pending(process: int) -> bool:
    """True if a signal has not reached a process yet."""
    rows = Path(f"/proc/{process}/status").read_text().splitlines()
    return any(int(row.split()[1], 16) for row in rows if row.startswith(("SigPnd:", "ShdPnd:")))


def killed(folder: Path) -> tuple[int, int, list[int]]:
    """`kill -9` of exec: (exit code, the right one, processes that are left)."""
    family = Family(folder)
    family.process.kill()
    return family.ended()[0], -signal.SIGKILL, family.left()


def interrupted_twice(folder: Path) -> tuple[int, int, list[int]]:
    """Two SIGINT, of which the command ignores the first."""
    family = Family(folder)
    family.process.send_signal(signal.SIGINT)
    while _pending(family.process.pid):  # the kernel makes one of two
        select([], [], [], MOMENT)
    family.process.send_signal(signal.SIGINT)
    return family.ended()[0], 128 + signal.SIGINT, family.left()


def interrupted(folder: Path) -> tuple[int, int, list[int]]:
    """One SIGINT, of which the command dies."""
    family = Family(folder, deaf=False, end="exec sleep 300")
    family.process.send_signal(signal.SIGINT)
    return family.ended()[0], 128 + signal.SIGINT, family.left()


def guardian_killed(folder: Path) -> tuple[int, int, list[int]]:
    """`kill -9` of the guardian."""
    family = Family(folder)
    os.kill(family.guardian, signal.SIGKILL)
    code, errors = family.ended()
    return code if "guardian of the command was killed" in errors else -1, 128 + signal.SIGKILL, family.left()


def command_crashed(folder: Path) -> tuple[int, int, list[int]]:
    """The command dies of a segmentation fault and leaves its children behind."""
    family = Family(folder, end="trap - TERM; kill -SEGV $$")
    return family.ended()[0], 128 + signal.SIGSEGV, family.left()


def command_ended(folder: Path) -> tuple[int, int, list[int]]:
    """The command ends with a code of its own and leaves its children behind."""
    family = Family(folder, end="exit 7")
    return family.ended()[0], 7, family.left()


WAYS: Final[tuple[Callable[[Path], tuple[int, int, list[int]]], ...]] = (
    killed,
    interrupted_twice,
    interrupted,
    guardian_killed,
    command_crashed,
    command_ended,
)


def play(way: Callable[[Path], tuple[int, int, list[int]]]) -> str:
    """One round; what was wrong, "" = nothing."""
    with tempfile.TemporaryDirectory() as folder:
        code, right, left = way(Path(folder))
    wrong = [f"exit code {code} in place of {right}"] if code != right else []
    return "; ".join([*wrong, *([f"{len(left)} processes left"] if left else [])])


def main() -> int:
    """Play the rounds, and print what was wrong."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so would `exec`
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    failures = 0
    for number in range(rounds):
        way = WAYS[number % len(WAYS)]
        if wrong := play(way):
            failures += 1
            print(f"{number} {way.__name__}: {wrong}", flush=True)
    print(f"{rounds} rounds, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
