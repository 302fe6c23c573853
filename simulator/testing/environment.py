"""KuCoin's hosts lead to a workspace: in this process by the Python hook, in others by their environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import SplitResult, urlsplit

from .problems import SimulatorError
from .process import command

HOOK: Final = Path(__file__).parents[1] / "launch" / "hooks" / "python" / "kucoin_simulator_hook.py"
EXTENDED: Final = ("PYTHONPATH", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "NO_PROXY", "no_proxy")
"""Variables of the caller's that go on in ours."""
WITHOUT_PROXY: Final = ("NO_PROXY", "no_proxy")
"""A proxy of the caller's would lead KuCoin's hosts to the real exchange."""
DOMAIN: Final = "kucoin.com"
ANYWHERE: Final = "127.0.0.1:9"
"""Stands for the address in variables that are kept."""


def leading_to(url: str) -> dict[str, str]:
    """The environment of this process with the variables by which a program is led to a simulator's URL."""
    address = _of_its_own(url).netloc
    values = _variables(tuple(os.environ.get(name) for name in EXTENDED))
    ours = {name: value.replace(ANYWHERE, address) for name, value in values.items()}
    return {**os.environ, **ours}


@lru_cache(maxsize=8)
def _variables(extended: tuple[str | None, ...]) -> dict[str, str]:
    """What `kucoin-simulator env` prints, printed once, because it takes as long as a start of Python."""
    printed = subprocess.run(
        [*command(), "env", "--url", f"http://{ANYWHERE}", "--shell", "github"],
        capture_output=True,
        text=True,
        check=False,
    )
    if printed.returncode:
        raise SimulatorError(f"kucoin-simulator env: {printed.stderr.strip()}")
    pairs = (line.partition("=") for line in printed.stdout.splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def lead_hosts(url: str, authority: Callable[[], str], more_hosts: Sequence[str] = ()) -> Callable[[], None]:
    """Lead KuCoin's hosts in this process to a URL until the function is called that is returned.

    `authority` returns the certificate, in PEM, that is trusted for those hosts.
    """
    parts = _of_its_own(url)
    uninstall = _hook().install(str(parts.hostname), parts.port or 80, authority(), tuple(more_hosts))
    before = {name: os.environ.get(name) for name in WITHOUT_PROXY}
    for name, value in before.items():
        os.environ[name] = ",".join(filter(None, (value, DOMAIN, f".{DOMAIN}", *more_hosts)))

    def undo() -> None:
        uninstall()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    return undo


def _of_its_own(url: str) -> SplitResult:
    """The parts of a URL without a path. Raises `SimulatorError` for one with a path, which hosts cannot lead to."""
    parts = urlsplit(url)
    if parts.path.strip("/") or parts.hostname is None:
        raise SimulatorError(
            f"{url} is no port of its own, which hosts can lead to; a simulator of this machine opens one,"
            " so leave --kucoin-url out, or run the tests by `kucoin-simulator exec`"
        )
    return parts


@lru_cache(maxsize=1)
def _hook() -> ModuleType:
    """The Python hook, loaded by its path: it is no module of the simulator."""
    spec = spec_from_file_location("kucoin_simulator_hook_of_tests", HOOK)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
