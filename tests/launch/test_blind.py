"""Which programs hooks cannot be in, by their files, arguments and variables."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from simulator.launch.blind import (
    Invocation,
    ignores_proxies,
    is_static,
    is_tool,
    isolated,
    names_kucoin,
    program_of,
    reason,
)
from simulator.launch.choosing import choose

HOOKED = {
    "KUCOIN_SIMULATOR_LEAD": "127.0.0.1:1",
    "PYTHONPATH": "hooks",
    "NODE_OPTIONS": "--require hook.cjs",
    "HTTPS_PROXY": "http://127.0.0.1:1",
}


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("python -I x.py", "-I"),
        ("python -S x.py", "-S"),
        ("python -E x.py", "-E"),
        ("python -sBE x.py", "-E"),
        ("python -W ignore -I x.py", "-I"),
        ("python -Wignore -X dev -I x.py", "-I"),
        ("python -Xdev x.py -I", ""),
        ("python x.py -I", ""),
        ("python -m pytest -I", ""),
        ("python -Im pytest", "-I"),
        ("python -c -I", ""),
        ("python -cIS", ""),
        ("python -X I x.py", ""),
        ("python --check-hash-based-pycs never -I x.py", "-I"),
        ("python -s -P -B x.py", ""),
        ("python - -I", ""),
        ("python", ""),
    ],
)
def test_flags_of_isolation(line: str, flags: str) -> None:
    """A flag counts where Python takes it for one: before the script, not in a value, together with others."""
    assert isolated(line.split()) == flags


@pytest.mark.parametrize(
    ("program", "word"),
    [
        (Invocation("/usr/bin/python3.12", ["python3", "x.py"], HOOKED), ""),
        (Invocation("/usr/bin/python3.12", ["python3", "-I", "x.py"], HOOKED), "-I"),
        (Invocation("/usr/bin/python3.12", ["python3", "x.py"], {}), "PYTHONPATH"),
        (Invocation("/usr/bin/python3.12", ["python3", "x.py"], None), "PYTHONPATH"),
        (Invocation("/usr/bin/node", ["node", "x.js"], HOOKED), ""),
        (Invocation("/usr/bin/node", ["node", "x.js"], {**HOOKED, "NODE_OPTIONS": ""}), "NODE_OPTIONS"),
        (Invocation("/usr/bin/java", ["java", "X"], HOOKED), "JAVA_TOOL_OPTIONS"),
        (Invocation("/usr/bin/curl", ["curl", "https://api.kucoin.com"], HOOKED), ""),
        (Invocation("/usr/bin/curl", ["curl", "--noproxy", "*", "https://api.kucoin.com"], HOOKED), "prox"),
        (Invocation("/usr/bin/wget", ["wget", "--no-proxy", "https://api.kucoin.com"], HOOKED), "prox"),
        (Invocation("/usr/bin/curl", ["curl", "https://api.kucoin.com"], {**HOOKED, "NO_PROXY": "*"}), "prox"),
        (Invocation("/bin/sh", ["sh", "-c", "true"], {}), ""),
    ],
)
def test_reasons(program: Invocation, word: str) -> None:
    """Each kind of program is blind for a reason of its own, which names what to change; most are not."""
    text = reason(program)
    assert word in text
    assert bool(text) is bool(word)


def test_only_what_could_ask_counts(tmp_path: Path) -> None:
    """A program speaks of KuCoin in its arguments, or in the script that it runs; a build tool is left alone."""
    script = tmp_path / "broker.py"
    script.write_text("BASE = 'https://api.kucoin.com'\n")
    assert names_kucoin(Invocation("/usr/bin/python3", ["python3", "-I", "broker.py"], {}, str(tmp_path)))
    assert names_kucoin(Invocation("/usr/bin/curl", ["curl", "https://API.KuCoin.com"]))
    assert not names_kucoin(Invocation("/usr/bin/python3", ["python3", "-c", "1"], {}, str(tmp_path)))
    assert is_tool(Invocation("python3", ["python3", "-Im", "ensurepip"]))
    assert is_tool(Invocation("python3", ["python3", "-W", "ignore", "-c", 'import runpy; runpy.run_module("pip")']))
    assert is_tool(Invocation("python3", ["python3", "/x/site-packages/pip/__pip-runner__.py", "install"]))
    assert not is_tool(Invocation("python3", ["python3", "-I", "pipeline.py"]))


def test_a_dynamic_program_has_a_loader() -> None:
    """An interpreter is no static binary, and neither is a text file."""
    assert not is_static(sys.executable)
    assert not is_static(__file__)
    assert not ignores_proxies(Invocation("curl", ["curl"], {**HOOKED, "NO_PROXY": "localhost,127.0.0.1,::1"}))


def test_a_script_is_started_by_its_interpreter(tmp_path: Path) -> None:
    """The program of a script is what its first line names, with `env` or without."""
    script = tmp_path / "run"
    for first in (f"#!{sys.executable} -I", f"#!/usr/bin/env -S {sys.executable} -I"):
        script.write_text(f"{first}\n")
        script.chmod(0o755)
        program = program_of([str(script), "x"], {"PATH": str(tmp_path)})
        assert (program.file, list(program.arguments)) == (sys.executable, [sys.executable, "-I", str(script), "x"])
    assert choose("hooks", [str(script)], HOOKED).refusal


@pytest.mark.parametrize("mode", ["plain", "proxy", "namespace"])
def test_a_mode_that_is_asked_for_is_taken(mode: str) -> None:
    """Only `auto` and `hooks` judge the command before it starts."""
    assert choose(mode, [sys.executable, "-I", "x"], HOOKED) == (mode, "", "")
