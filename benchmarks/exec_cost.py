"""What `exec` adds before its command and after it, beside the start of a bare Python and of the server itself.

    python benchmarks/exec_cost.py [ROUNDS]

15 rounds unless told otherwise, everything in turn, after one that compiles and makes the certificate authority.
Figures are ms of real time and of processor time, the command's included: the median, and the least.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SIMULATOR: Final = (sys.executable, "-m", "simulator")
COMMAND: Final = ("sh", "-c", "date +%s%N")
MILLION: Final = 1_000_000


def environment(state: str) -> dict[str, str]:
    """No flag of the simulator, everything compiled, and a state folder of our own."""
    left_out = ("KUCOIN_SIMULATOR", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "KUCOIN_SIMULATOR_STATE_DIR": state}


def processor() -> float:
    """Seconds that all children have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def executed(env: dict[str, str]) -> dict[str, float]:
    """One `exec` of a command that tells the time."""
    used, began = processor(), time.time_ns()
    done = subprocess.run(
        [*SIMULATOR, "exec", "--quiet", "--", *COMMAND], cwd=ROOT, env=env, capture_output=True, check=True
    )
    ended, told = time.time_ns(), int(done.stdout)
    return {
        "exec, before the command": (told - began) / MILLION,
        "exec, after the command": (ended - told) / MILLION,
        "exec, processor": (processor() - used) * 1000,
    }


def python(env: dict[str, str]) -> dict[str, float]:
    """A Python that does nothing, and the command alone."""
    began = time.time_ns()
    subprocess.run([sys.executable, "-c", "pass"], cwd=ROOT, env=env, check=True)
    middle = time.time_ns()
    subprocess.run(COMMAND, env=env, capture_output=True, check=True)
    return {"python -c pass": (middle - began) / MILLION, "the command alone": (time.time_ns() - middle) / MILLION}


def served(env: dict[str, str]) -> dict[str, float]:
    """The server until it says that it is ready."""
    used, began = processor(), time.time_ns()
    command = [*SIMULATOR, "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        ready = time.time_ns()
        process.terminate()
        process.wait()
    return {"server, to ready": (ready - began) / MILLION, "server, processor": (processor() - used) * 1000}


def main() -> None:
    """Measure, and print a table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as state:
        env = environment(state)
        for number in range(rounds + 1):
            for measure in (executed, python, served):
                for name, value in measure(env).items():
                    if number:
                        figures.setdefault(name, []).append(value)
    base = statistics.median(figures["server, to ready"])
    print("| ms | median | least | of the server's start |")
    print("|---|---|---|---|")
    for name, values in figures.items():
        median = statistics.median(values)
        print(f"| {name} | {median:.0f} | {min(values):.0f} | {median / base:.2f} |")


if __name__ == "__main__":
    main()
