"""The floor of coverage holds: of one process and of several, for lines and for branches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("slipcover", reason="the extra `coverage` is not installed")
SUPPORT = Path(__file__).parents[1]
SETTINGS = """[tool.slipcover]
source = ["product"]
branch = true
omit = ["product/left_out.py"]
exclude-also = []
fail-under = 100
"""
HALF = """def half(number):
    if number % 2:
        number += 1
    return number // 2
"""
TESTS = {
    "test_odd.py": "from product.half import half\n\ndef test_odd():\n    assert half(3) == 2\n",
    "test_even.py": "from product.half import half\n\ndef test_even():\n    assert half(4) == 2\n",
}


def run(folder: Path, half: str, tests: dict[str, str], workers: str = "0") -> subprocess.CompletedProcess[str]:
    """Run tests of a small product with the plugin, and with no other one than that of workers."""
    package = folder / "product"
    package.mkdir()
    (package / "half.py").write_text(half)
    (package / "left_out.py").write_text("print('no test imports this')\n")
    (folder / "pyproject.toml").write_text(SETTINGS)
    for name, text in tests.items():
        (folder / name).write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {
        "PYTHONPATH": os.pathsep.join([str(SUPPORT), str(folder)]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    plugins = ["-p", "support.coverage", "-p", "xdist", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *plugins, "-n", workers]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(
    ("names", "missing"),
    [(["test_odd.py"], "2->4"), (["test_even.py"], "3"), (["test_odd.py", "test_even.py"], None)],
)
def test_less_than_enough_fails(tmp_path: Path, workers: str, names: list[str], missing: str | None) -> None:
    """A run passes only if its tests together, in whatever process, go through each line and each branch."""
    done = run(tmp_path, HALF, {name: TESTS[name] for name in names}, workers)
    rows = [line for line in done.stdout.splitlines() if line.startswith("product/")]
    if missing is None:
        assert (done.returncode, rows) == (0, []), done.stdout + done.stderr
        assert "coverage: 100.00 %" in done.stdout
    else:
        assert done.returncode == 1, done.stdout + done.stderr
        assert [row.split()[-1] for row in rows] == [missing]


def test_failed_tests_stay_failed(tmp_path: Path) -> None:
    """Full coverage does not hide a test that fails."""
    wrong = TESTS["test_even.py"].replace("== 2", "== 3")
    done = run(tmp_path, "def half(number):\n    return number // 2\n", {"test_even.py": wrong})
    assert done.returncode == 1
    assert "coverage: 100.00 %" in done.stdout
