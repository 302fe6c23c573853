"""Coverage: `pytest -p support.coverage` measures which lines and branches of the simulator the tests run.

SlipCover puts probes into the simulator's code when it is imported, so a run takes a tenth longer. With coverage.py it
takes twice as long, because a trace function slows down every line of everything (up to Python 3.13). The table
`tool.slipcover` of pyproject.toml says what is measured and how much is enough.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any, Final

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover, merge_coverage, print_coverage
from slipcover.config import read_config

NEVER: Final = sys.maxsize
"""Hits of a probe after which all that were hit are taken out. SlipCover would look into every frame for that, and a
frame that was looked into keeps what its variables held."""
OUTPUT: Final = "coverage"
"""What a worker hands to the process that started it."""


class Coverage:
    """A plugin of pytest. `settings` are those of pyproject.toml."""

    def __init__(self, settings: dict[str, Any], *, measures: bool) -> None:
        self._settings = settings
        self._slipcover = self._begin() if measures else None
        """None = other processes run the tests."""
        self._result: dict[str, Any] | None = None

    def _begin(self) -> Slipcover:
        """Put probes into whatever is imported from now on."""
        settings = self._settings
        branch, source, omit = settings["branch"], settings["source"], settings["omit"]
        slipcover = Slipcover(
            branch=branch, source=source, omit=omit, exclude_also=settings["exclude-also"], d_miss_threshold=NEVER
        )
        ImportManager(slipcover, FileMatcher(sources=source, omit=omit)).__enter__()
        return slipcover

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """In a worker, hand over what was measured; in the process that reports, fail below the floor."""
        output = getattr(session.config, "workeroutput", None)
        if self._slipcover is not None and output is not None:
            output[OUTPUT] = json.dumps(self._slipcover.get_coverage())
            return
        if self._slipcover is not None:
            self._result = self._slipcover.get_coverage()
        if not self._is_enough and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker has measured. One that has crashed hands over nothing, and fails the run anyway."""
        text = getattr(node, "workeroutput", {}).get(OUTPUT)
        if text is not None:
            measured = json.loads(text)
            self._result = merge_coverage(self._result, measured) if self._result else measured

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The files that have something missing, and the sum."""
        if self._result is None:
            terminalreporter.write_line("coverage: nothing was measured", red=True)
            return
        table = io.StringIO()
        print_coverage(self._result, outfile=table, skip_covered=True)
        terminalreporter.write(table.getvalue())
        floor = self._settings["fail-under"]
        line = f"coverage: {self._percent:.2f} % of lines and branches, at least {floor} are needed"
        terminalreporter.write_line(line, red=not self._is_enough)

    @property
    def _percent(self) -> float:
        return float(self._result["summary"]["percent_covered"]) if self._result else 0.0

    @property
    def _is_enough(self) -> bool:
        return self._percent >= float(self._settings["fail-under"])


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin before anything of the simulator is imported."""
    has_workers = bool(getattr(early_config.known_args_namespace, "numprocesses", None))
    measures = not has_workers or "PYTEST_XDIST_WORKER" in os.environ
    early_config.pluginmanager.register(Coverage(read_config(), measures=measures), "coverage of the simulator")
