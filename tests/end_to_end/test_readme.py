from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import click
import pytest
from support.processes import MODULE, ROOT, Running, environment
from support.samples import ended, plugin

from simulator.cli import PREFIX, main

README = (ROOT / "README.md").read_text()


LOCAL = "http://127.0.0.1:8080"
"""Where the README's simulator is."""


def block(mark: str) -> str:
    """The code block after `<!-- mark -->`."""
    found = re.search(rf"^<!-- {mark} -->\n```\w+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, mark
    return found[1]


def test_flow_in_curl(simulator: Running) -> None:
    """The curl lines do as they stand what they say, up to the withdrawal's id; only the address is another here."""
    text = block("flow")
    assert text.startswith(f"BASE={LOCAL}\n")
    script = "set -euo pipefail\n" + text.replace(LOCAL, simulator.url, 1)
    env = environment(PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, env=env)
    assert (run.returncode, run.stderr) == (0, "")
    assert re.fullmatch(r'\{"code":"200000","data":\{"withdrawalId":"[0-9a-f]{24}"\}\}', run.stdout)


@pytest.fixture(scope="module")
def by_hand(simulator: Running) -> Running:
    """The simulator, to which the README's line has given a key that alice made by hand."""
    script = block("hand").replace(LOCAL, simulator.url)
    told = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
    assert json.loads(told.stdout)["name"] == "alice"
    return simulator


def sdk(mark: str, simulator: Running) -> list[str]:
    """What a block of Python prints as it stands; only the address is another here."""
    assert block(mark).count(LOCAL) == 1
    command = [sys.executable, "-c", block(mark).replace(LOCAL, simulator.url)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_universal_sdk(by_hand: Running) -> None:
    """KuCoin's own SDK lists what alice has."""
    printed = sdk("universal", by_hand)
    assert [line.rpartition(" ")[0] for line in printed] == ["main BTC", "main USDT"]
    assert printed[0] == "main BTC 100"


def test_ccxt(by_hand: Running) -> None:
    """What ccxt withdraws leaves the account, with the fee of the chain and no other, and has an id."""
    before = Decimal(sdk("universal", by_hand)[1].split()[2])
    [printed] = sdk("ccxt", by_hand)
    left, paid = printed.split()
    assert Decimal(left) == before - Decimal("101.5")
    assert re.fullmatch(r"[0-9a-f]{24}", paid)


def test_python_block() -> None:
    """The Python lines run as they stand."""
    command = [sys.executable, "-W", "error", "-c", block("python")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert (run.returncode, run.stderr) == (0, "")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ b'\{\"code\":\"200000\",\"data\":\d{13}\}'\n", run.stdout)


def test_pytest_block(tmp_path: Path) -> None:
    """The test with the plugin passes as it stands."""
    (tmp_path / "test_login.py").write_text(block("pytest"))
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin())
    run = ended(command, tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout


def test_exec_block(tmp_path: Path) -> None:
    """The command runs a test in which KuCoin's host leads to the simulator."""
    (tmp_path / "test_time.py").write_text(UNITTEST)
    words = block("exec").split()
    assert words[:3] == ["kucoin-simulator", "exec", "--"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = ended((*MODULE, *words[1:]), tmp_path, {"PATH": path})
    assert run.returncode == 0, run.stderr


UNITTEST = """
import unittest
from urllib.request import urlopen


class TimeTest(unittest.TestCase):
    def test_time(self):
        with urlopen("https://api.kucoin.com/api/v1/timestamp") as answer:
            self.assertIn("X-Sim-Entry", answer.headers)
"""


def test_ci_runs_the_tests_as_the_readme_says() -> None:
    """`.ci/run` takes the command from the README: what it would run is that line."""
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    taken = next(line for line in lines if line.startswith("tests="))
    assert 'bash -c "$tests"' in lines
    printed = subprocess.run(
        ["bash", "-c", f'{taken}; printf "%s\\n" "$tests"'], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert printed.stdout == block("test")
    assert block("test").count("\n") == block("run").count("\n") == 1


@pytest.mark.parametrize("flag", [each for each in main.params if each.name != "version"], ids=lambda each: each.name)
def test_options_are_in_the_table(flag: click.Parameter) -> None:
    """Every flag stands in the table of options, its environment twin beside it."""
    assert flag.name
    name = flag.name.replace("_", "-")
    assert re.search(rf"^\| `--{name}[ `].*\| `{PREFIX}_{flag.name.upper()}`", README, re.MULTILINE)


def test_links_lead_somewhere() -> None:
    """Every relative link is a file or a folder of the project, and what stands behind its `#` a heading there."""
    links = [link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert len(links) >= 4
    assert [link for link, _, _ in links if not (ROOT / link).exists()] == []
    for link, _, heading in links:
        if heading:
            assert re.search(rf"(?mi)^#+ {heading.replace('-', ' ')}$", (ROOT / link).read_text("utf-8")), heading
