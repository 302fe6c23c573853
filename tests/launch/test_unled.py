"""What hooks cannot lead is named, and exit code 5 tells of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.led import CLIENT, led, python

from simulator.launch.watching import MOMENT, Watch

WAITS = "import ssl, select; select.select([], [], [], 30)"
"""A program that could speak TLS, and says nothing of KuCoin."""
BECOMES = f"""
import os, sys
if not os.fork():
    os.execv(sys.executable, [sys.executable, "-I", "-c", {WAITS!r}])
os.wait()
"""
"""A program with the hook, whose child becomes one without it."""


@pytest.mark.parametrize("flag", ["-I", "-S", "-E", "-sE"])
def test_an_isolated_interpreter_is_not_started(flag: str) -> None:
    """A Python that would not read the hook is refused by its command line, with the flag and what to do."""
    done = led("--mode", "hooks", "--quiet", "--", sys.executable, flag, "-c", "print('ran')")
    assert (done.returncode, done.stdout) == (5, "")
    assert "leave that out, or use --mode namespace" in done.stderr


@pytest.mark.parametrize(
    ("prefix", "word"),
    [
        ([sys.executable, "-I", "-c", WAITS], "-I"),
        (["env", "-u", "KUCOIN_SIMULATOR_LEAD", sys.executable, "-c", WAITS], "PYTHONPATH"),
        (["env", "-i", sys.executable, "-c", CLIENT], "PYTHONPATH"),
        ([sys.executable, "-c", BECOMES], "-I"),
    ],
)
def test_a_child_that_is_not_led_ends_the_command(prefix: list[str], word: str) -> None:
    """A child without the hook that speaks TLS or names KuCoin ends the command, which does not go on."""
    shell = ["sh", "-c", '"$@"; echo went on', "-", *prefix]
    done = led("--mode", "hooks", "--quiet", "--", *shell)
    assert (done.returncode, "went on" in done.stdout) == (5, False), done.stderr
    assert word in done.stderr


def test_what_another_exec_looks_after(tmp_path: Path) -> None:
    """A process that reports to another `exec`, or to a doctor, is led by that one; it is no reason to stop."""
    own, other = tmp_path / "own.txt", tmp_path / "other.txt"
    own.touch()
    watch = Watch(str(own))
    isolated = [sys.executable, "-I", "-c", f"import ssl; print(flush=True)\n{WAITS}"]
    for report, is_found in ((other, False), (own, True)):
        environment = {**os.environ, "KUCOIN_SIMULATOR_LEAD_REPORT": str(report)}
        with subprocess.Popen(isolated, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout
            process.stdout.read(1)  # it has loaded what speaks TLS
            found = [finding for _ in range(2 * MOMENT) for finding in watch.look()]
            assert any(str(process.pid) in finding for finding in found) is is_found
            process.kill()


def test_a_build_tool_in_isolation_is_left_alone() -> None:
    """An isolated interpreter that cannot ask for KuCoin, such as one of a build tool, is no reason to stop."""
    shell = ["sh", "-c", '"$@" && echo went on', "-", sys.executable, "-I", "-c", "import sys"]
    done = led("--mode", "hooks", "--quiet", "--", *shell)
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")


def test_a_static_binary_that_names_kucoin(tmp_path: Path) -> None:
    """A binary without a loader, which resolves names by itself, is refused if it has KuCoin's domain in it."""
    if not shutil.which("gcc"):
        pytest.skip("there is no C compiler")
    source = tmp_path / "static.c"
    source.write_text(
        '#include <unistd.h>\nconst char *host = "api.kucoin.com";\nint main() { return write(1, host, 14) < 0; }\n'
    )
    made = subprocess.run(["gcc", "-static", "-o", tmp_path / "static", source], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("the C library cannot be linked statically")
    direct = led("--mode", "hooks", "--quiet", "--", str(tmp_path / "static"))
    assert (direct.returncode, direct.stdout) == (5, "")
    assert "static binary" in direct.stderr


def test_a_hook_that_saw_a_leak_ends_the_command() -> None:
    """A hook's word that the real exchange was asked for by an address is told, and is exit code 5."""
    code = (
        "import os, select\n"
        "with open(os.environ['KUCOIN_SIMULATOR_LEAD_REPORT'], 'ab') as file:\n"
        "    file.write(b'1\\tleak\\tapi.kucoin.com was asked for at 192.0.2.1:443\\n')\n"
        "select.select([], [], [], 30)\n"
    )
    done = led("--quiet", *python(code))
    assert (done.returncode, "192.0.2.1:443" in done.stderr) == (5, True)


def test_no_proxy_that_covers_kucoin_is_told() -> None:
    """NO_PROXY=* would keep programs without a hook from the simulator: it is left out, and that is said."""
    code = "import os; print(os.environ['NO_PROXY'], os.environ['no_proxy'])"
    done = led(*python(code), NO_PROXY="*", no_proxy="db.local,.kucoin.com")
    assert done.stdout == "localhost,127.0.0.1,::1 db.local,localhost,127.0.0.1,::1\n"
    assert "NO_PROXY had *" in done.stderr
    assert "no_proxy had .kucoin.com" in done.stderr
