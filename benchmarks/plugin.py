"""What the pytest plugin costs: loaded and not used, and a workspace for each test.

    python benchmarks/plugin.py [TESTS]

300 tests unless told otherwise. Times are processor time of pytest and of its simulator together, because other work on
the machine does not count there. The last column is how many calls of `GET /_sim/v1/clock` cost as much.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
TESTS = """
import pytest
@pytest.mark.parametrize("number", range({count}))
def test_nothing(number): pass
@pytest.mark.parametrize("number", range({count}))
def test_call(number, kucoin_server): kucoin_server.client.clock()
@pytest.mark.parametrize("number", range({count}))
def test_workspace(number, kucoin): pass
@pytest.mark.parametrize("number", range({count}))
def test_hosts(number, kucoin_hosts): pass
"""
RUNS = 5


def processor_time(*arguments: str, folder: Path) -> float:
    """Seconds of a run of pytest, and of everything that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        check=True,
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def per_test(name: str, count: int, folder: Path) -> float:
    """Milliseconds of one test of this name, the start of everything left out."""
    plugin = ("-p", "pytest_kucoin", "tests.py::" + name)
    many = min(processor_time(*plugin, folder=folder) for _ in range(3))
    few = min(processor_time(*plugin, "-k", "[0] or [1]", folder=folder) for _ in range(3))
    return (many - few) / (count - 2) * 1000


def import_time() -> float:
    """Milliseconds of the import of the plugin after pytest, the least of some."""
    command = [sys.executable, "-X", "importtime", "-c", "import pytest, pytest_kucoin"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    lines = [subprocess.run(command, check=True, capture_output=True, text=True, env=env).stderr for _ in range(RUNS)]
    found = [re.search(r"\| +(\d+) \| pytest_kucoin$", text, re.MULTILINE) for text in lines]
    return min(int(match[1]) for match in found if match) / 1000


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    print(f"import of the plugin after pytest: {import_time():.2f} ms")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tests.py").write_text(TESTS.format(count=count))
        nothing = per_test("test_nothing", count, folder)
        call = per_test("test_call", count, folder) - nothing
        print(f"{'a test that ...':24}{'ms':>8}{'calls':>8}")
        print(f"{'does nothing':24}{nothing:8.2f}")
        print(f"{'makes a call':24}{call:8.2f}{1:8.1f}")
        for test, text in (("test_workspace", "has a workspace"), ("test_hosts", "has led hosts as well")):
            cost = per_test(test, count, folder) - nothing
            print(f"{text:24}{cost:8.2f}{cost / call:8.1f}")


if __name__ == "__main__":
    main()
