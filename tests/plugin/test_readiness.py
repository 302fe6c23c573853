"""The pytest plugin and the readiness report: node ids, workers, the baseline, and tests that end oddly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.pytest_runs import pytest_of

SUITE = """
from urllib.request import urlopen
import pytest

def asked(kucoin):
    urlopen(kucoin.url + "/api/v1/timestamp").close()

@pytest.mark.parametrize("amount", ["1", "\\u2028<b>"])
def test_pays(kucoin, amount):
    asked(kucoin)

def test_fails(kucoin):
    asked(kucoin)
    assert 0

def test_ends_its_workspace(kucoin, kucoin_server):
    asked(kucoin)
    kucoin_server.client.delete_workspace(kucoin.name)

def test_without_a_call(kucoin):
    pass

def test_of_the_common_server(kucoin_server):
    urlopen(kucoin_server.url + "/api/v1/timestamp").close()

def test_without():
    pass
"""


def read(folder: Path) -> Any:
    """The report as JSON."""
    return json.loads((folder / "report" / "report.json").read_bytes())


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A folder with tests."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    return tmp_path


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "2")])
def test_each_test_is_named(workers: tuple[str, ...], suite: Path) -> None:
    """Every test that called has its node id in the report, also one that failed, with and without workers."""
    code, output = pytest_of(suite, "--kucoin-report", "report", *workers)
    assert code == 1, output
    assert "1 failed" in output
    data = read(suite)
    names = [test.partition("::")[2] for test in data["tests"]]
    assert names == ["test_fails", "test_pays[1]", "test_pays[\\u2028<b>]"]
    default = [workspace for workspace in data["workspaces"] if workspace["workspace"] == "default"]
    assert [workspace["tests"] for workspace in default] == [[]]
    assert data["calls"] == 4
    assert "KuCoin readiness" in output
    assert "no record" not in output
    assert sorted(path.name for path in (suite / "report").glob("report.*")) == [
        "report.html",
        "report.json",
        "report.md",
        "report.xml",
    ]


def test_the_report_fails_the_run_if_it_is_asked_to(suite: Path) -> None:
    """A score that is too low fails a run whose tests passed; without a demand the report changes nothing."""
    assert pytest_of(suite, "--kucoin-report", "report", "-k", "pays")[0] == 0
    code, output = pytest_of(suite, "--kucoin-report", "report", "-k", "pays", "--kucoin-fail-under", "100")
    assert (code, "2 passed" in output, "--fail-under asks for 100 %" in output) == (1, True, True)
    assert "does not fail the run" not in output
    assert read(suite)["calls"] == 2, "the calls of the first run are there as well"


def test_the_baseline_of_the_configuration(suite: Path) -> None:
    """`kucoin_baseline` is a file beside the configuration; one that cannot be used fails the run and says why."""
    (suite / "pytest.ini").write_text("[pytest]\nkucoin_baseline = readiness.yaml\n")
    code, output = pytest_of(suite, "--kucoin-report", "report", "-k", "pays")
    assert (code, "--update-baseline makes it" in output) == (1, True)
    assert "the report: " not in output, "there is none"
    (suite / "readiness.yaml").write_text("version: 1\nwaived: {no/such: reason}\n")
    code, output = pytest_of(suite, "--kucoin-report", "report", "-k", "pays")
    assert (code, "there is no such situation" in output) == (1, True)


def test_a_folder_that_cannot_be_used_is_told_at_once(suite: Path) -> None:
    """A file in place of the folder ends the run before the first test."""
    (suite / "report").touch()
    code, output = pytest_of(suite, "--kucoin-report", "report")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "report cannot be used" in output
    assert "passed" not in output
    assert "INTERNALERROR" not in output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--kucoin-baseline", "readiness.yaml"), "give --kucoin-report DIR as well"),
        (("--kucoin-fail-under", "0"), "give --kucoin-report DIR as well"),
        (("--kucoin-report", "report", "--kucoin-fail-under", "101"), "'101' is no whole number from 0 to 100"),
        (("--kucoin-report", "report", "--kucoin-fail-under", "80%"), "'80%' is no whole number from 0 to 100"),
    ],
)
def test_a_demand_that_nothing_would_check_is_refused(options: tuple[str, ...], says: str, suite: Path) -> None:
    """A gate without a report, or with another number, ends the run before the first test, and is never ignored."""
    code, output = pytest_of(suite, *options)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert says in output
    assert "passed" not in output


def test_without_the_option_nothing_is_written(suite: Path) -> None:
    """A run without a report asks the simulator for none and leaves no file."""
    pytest_of(suite, "-k", "pays")
    assert [path.name for path in suite.iterdir() if path.suffix != ".py" and path.name != "__pycache__"] == []
