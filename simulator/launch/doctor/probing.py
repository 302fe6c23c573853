"""Which interpreter a command runs in, and the probe in an interpreter of that kind, with the command's environment."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from simulator.hosts import is_loopback
from simulator.launch.blind import NODE, PYTHON
from simulator.launch.doctor.case import HOST, Case, Runtime
from simulator.launch.doctor.proxies import address, proxy_for

PROBES: Final = Path(__file__).parent / "probes"
PATIENCE: Final = 30
"""Seconds that a probe gets, which connects for five at most."""
IN_PYTHON: Final = re.compile(r"(python|pypy)[\d.]*|pytest|py\.test|uvicorn|gunicorn|flask|django-admin|celery|tox|nox")
IN_NODE: Final = re.compile(r"node(js)?|npm|npx|yarn|pnpm|tsx|ts-node|jest|vitest|mocha")
IN_JAVA: Final = re.compile(r"java|mvnw?|gradlew?|kotlin|scala|sbt")
CURL: Final = re.compile(r"curl")
KINDS: Final = (("python", IN_PYTHON), ("node", IN_NODE), ("java", IN_JAVA), ("curl", CURL))
"""The kinds of runtime, each with the names of programs that run in it."""
RUNNERS: Final = ("uv", "poetry", "pdm", "pipenv", "hatch", "rye")
"""Programs that run others in an environment of Python by `NAME run COMMAND`."""
PACKED: Final = b"MEI\014\013\012\013\016"
"""What a program has near its end that PyInstaller has packed."""
TAIL: Final = 65_536
SWITCHES: Final = re.compile(r"-[IESsBqOuvdbPx]+")
"""Options of Python that stand alone and decide what it reads at its start."""


def runtime_of(command: Sequence[str], environment: Mapping[str, str]) -> Runtime:
    """What runs a command; without a command, this Python."""
    if not command:
        return Runtime("python", shutil.which("python3", path=environment.get("PATH")) or "")
    program = shutil.which(command[0], path=environment.get("PATH")) or ""
    name = Path(command[0]).name.lower().removesuffix(".exe")
    if name in RUNNERS and "run" in command[1:3]:
        return Runtime("python", program)
    kind = next((kind for kind, names in KINDS if names.fullmatch(name)), "")
    if not kind and program:
        kind = _shebang_kind(program)
    return Runtime(kind or "other", program, frozen=bool(program) and not kind and _packed(program))


def _shebang(program: str) -> list[str]:
    """The words of a script's first line; empty if it is no script."""
    try:
        with open(program, "rb") as file:  # noqa: PTH123 - read in bytes, and only the beginning
            first = file.readline(500)
    except OSError:
        return []
    words = first[2:].decode(errors="replace").split() if first.startswith(b"#!") else []
    return words[1:] if words and Path(words[0]).name == "env" else words


def _shebang_kind(program: str) -> str:
    words = _shebang(program)
    name = Path(words[0]).name if words else ""
    return next((kind for kind, names in KINDS if names.fullmatch(name)), "")


def _packed(program: str) -> bool:
    try:
        with open(program, "rb") as file:  # noqa: PTH123 - only its end is read
            file.seek(max(0, os.path.getsize(program) - TAIL))  # noqa: PTH202 - a text is what is known
            return PACKED in file.read()
    except OSError:
        return False


def probe_command(command: Sequence[str], runtime: Runtime, environment: Mapping[str, str]) -> list[str]:
    """The command that runs the probe in the command's kind of process; empty if there is none."""
    path = environment.get("PATH")
    if runtime.kind == "python":
        return [*_python(command, runtime), str(PROBES / "probe.py")]
    if runtime.kind == "node":
        is_node = NODE.fullmatch(Path(command[0]).name) if command else None
        program = runtime.program if is_node else shutil.which("node", path=path)
        return [program, str(PROBES / "probe.cjs")] if program else []
    if runtime.kind == "java":
        is_java = command and Path(command[0]).name == "java"
        program = runtime.program if is_java else shutil.which("java", path=path)
        own = [option for option in command[1:] if option.startswith("-D")] if is_java else []
        return [program, *own, str(PROBES / "Probe.java")] if program else []
    return []


def _python(command: Sequence[str], runtime: Runtime) -> list[str]:
    """The interpreter of a Python command, with the options that decide what it reads at its start."""
    name = Path(command[0]).name if command else "python3"
    if name in RUNNERS:
        return [runtime.program, *command[1 : command.index("run") + 1], "python"]
    if PYTHON.fullmatch(name):
        switches = []
        for argument in command[1:]:
            if not SWITCHES.fullmatch(argument):
                break
            switches.append(argument)
        return [runtime.program, *switches]
    words = _shebang(runtime.program)
    return words or [shutil.which("python3") or "python3"]


def allowed(url: str) -> list[str]:
    """The addresses besides loopback that a probe may connect to: the simulator's."""
    host = address(url)[0]
    if is_loopback(host):
        return []
    with suppress(OSError):
        return [host, *{str(row[4][0]) for row in socket.getaddrinfo(host, None)}]
    return [host]


def probe(case: Case) -> dict[str, Any] | None:
    """What the probe saw in the case's kind of process; None = there is no probe for it, or it did not run."""
    inside = allowed(case.simulator.url)
    if case.runtime.kind == "curl":
        return _by_curl(case, inside)
    command = probe_command(case.command, case.runtime, case.environment)
    if not command:
        return None
    try:
        ended = subprocess.run(  # noqa: S603 - the user's own interpreter
            [*command, HOST, *inside],
            env={**case.environment},
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    for line in reversed(ended.stdout.decode(errors="replace").splitlines()):
        with suppress(ValueError):
            seen = json.loads(line)
            if isinstance(seen, dict):
                return seen
    return None


def _by_curl(case: Case, inside: list[str]) -> dict[str, Any] | None:
    """What curl sees. It is run only if the call stays on this machine."""
    seen: dict[str, Any] = {}
    proxy = proxy_for(case.environment, HOST)
    through = address(proxy.url)[0] if proxy.url and not proxy.bypass else ""
    if through:
        if not (is_loopback(through) or through in inside):
            return seen
    else:
        try:
            seen["addresses"] = list(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(HOST, 443)))
        except OSError as error:
            return {"resolve_error": str(error)}
        if not all(is_loopback(place) or place in inside for place in seen["addresses"]):
            return seen
    command = [
        case.runtime.program,
        "-sS",
        "--max-time",
        "5",
        "-w",
        "\n%{http_code}",
        f"https://{HOST}/api/v1/timestamp",
    ]
    ended = subprocess.run(  # noqa: S603 - the user's own curl
        command, env={**case.environment}, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if ended.returncode:
        name = {7: "connect_error", 5: "connect_error", 6: "resolve_error"}.get(ended.returncode, "tls_error")
        return {**seen, name: ended.stderr.strip()}
    body, _, status = ended.stdout.rpartition("\n")
    return {**seen, "answer": {"status": int(status or 0), "body": body[:200]}}
