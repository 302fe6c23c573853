"""The pytest plugin in a run of pytest: its fixtures and its marker, beside other plugins, and not at all."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import environment
from support.pytest_runs import pytest_of

TIME = "https://api.kucoin.com/api/v1/timestamp"
USED = f"""
import time
from urllib.request import urlopen
import pytest

def asked(url):
    with urlopen(url) as answer:
        return answer.status

def test_workspace(kucoin, kucoin_server):
    assert asked(kucoin.url + "/api/v1/timestamp") == 200
    assert kucoin.authorize("alice", grant=("API_COMMON",))
    assert kucoin_server.client.index()["workspace"] == "default"

def test_another(kucoin):
    assert kucoin.requests() == []

def test_hosts(kucoin, kucoin_hosts):
    assert asked("{TIME}") == 200
    assert [line["operation"] for line in kucoin.requests()] == ["get_server_time"]

@pytest.mark.kucoin(hosts=True, seed=12, client_id="mine")
def test_marked_alone():
    assert asked("{TIME}") == 200

def test_clock(kucoin_clock):
    before = time.time()
    kucoin_clock.advance("61m", also="time_machine")
    assert time.time() - before > 3600

def test_clock_is_back():
    assert time.time() < 4e9

def test_faults(kucoin, kucoin_faults):
    kucoin_faults.add(operation="get_server_time", respond={{"status": 202, "body": ""}})
    assert asked(kucoin.url + "/api/v1/timestamp") == 202
    assert kucoin_faults.hits() == 1

class TestOfAClass:
    @pytest.fixture(autouse=True)
    def always(self, kucoin):
        self.kucoin = kucoin

    def test_method(self):
        assert self.kucoin.client_id
"""
FAILING = """
import pytest
from urllib.error import HTTPError
from urllib.request import urlopen

def test_refused(kucoin, kucoin_faults):
    kucoin_faults.add(operation="withdraw", network="reset")
    with pytest.raises(HTTPError):
        urlopen(kucoin.url + "/api/v1/accounts")
    assert "money" == "gone"

@pytest.mark.kucoin(scenario="code-expired")
def test_expected(kucoin):
    pass

@pytest.mark.kucoin(sead=1)
def test_misspelt():
    pass

@pytest.mark.kucoin(scenario="code-expired")
def test_skipped():
    pytest.skip("not today")

@pytest.mark.xfail
@pytest.mark.kucoin(scenario="code-expired")
def test_known():
    assert 0
"""
ASYNC = """
import asyncio
import os
import pytest

@pytest.mark.asyncio
async def test_asyncio(kucoin_async, kucoin_clock_async, kucoin_faults_async):
    assert await kucoin_async.authorize()
    await kucoin_clock_async.advance("1h")
    assert (await kucoin_async.client.clock())["mode"] == "offset"
    await kucoin_clock_async.freeze()
    await kucoin_clock_async.run()
    fault = await kucoin_faults_async.add(operation="withdraw", network="reset")
    assert await kucoin_faults_async.hits(fault) == 0
    await kucoin_faults_async.clear()
    assert await kucoin_faults_async.listed() == []

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
async def test_anyio(kucoin_async):
    assert await kucoin_async.requests() == []

@pytest.fixture(autouse=True)
def of_a_worker(kucoin_server, record_property):
    record_property("server", f"{os.environ.get('PYTEST_XDIST_WORKER')} {kucoin_server.url}")

@pytest.mark.parametrize("number", range(4))
def test_of_a_worker(number):
    pass
"""
LED = f"""
import socket
import unittest
from urllib.request import urlopen
import pytest

def test_function():
    with urlopen("{TIME}") as answer:
        assert answer.status == 200

class TestCase(unittest.TestCase):
    def test_method(self):
        test_function()

@pytest.mark.kucoin(hosts=False)
def test_not_led(monkeypatch):
    asked = []
    def refused(*address, **more):
        asked.append(address[0])
        raise socket.gaierror
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    with pytest.raises(OSError):
        test_function()
    assert asked == ["api.kucoin.com"]
"""
INI = "[pytest]\nkucoin_seed = 5\nfilterwarnings = error\n"
ENTRY_POINT = "[pytest11]\npytest_kucoin = pytest_kucoin\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with tests, and the plugin as it is when it is installed: with an entry point."""
    folder = tmp_path_factory.mktemp("project")
    for name, text in (("used", USED), ("failing", FAILING), ("async", ASYNC)):
        (folder / f"test_{name}.py").write_text(text)
    info = folder / "installed" / "kucoin_entry-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kucoin-entry\nVersion: 1\n")
    (info / "entry_points.txt").write_text(ENTRY_POINT)
    (info / "RECORD").write_text("")
    (folder / "pytest.ini").write_text(INI)
    return folder


def test_fixtures_beside_a_package_of_the_same_name(tmp_path: Path) -> None:
    """Every fixture works where autoload is off, and where the tests have a package `simulator` of their own.

    With `kucoin_hosts = true` hosts lead here in every test, also in those of unittest, but not if a mark says so.
    """
    (tmp_path / "simulator").mkdir()
    (tmp_path / "simulator" / "__init__.py").write_text("OWN = True\n")
    (tmp_path / "test_own.py").write_text("from simulator import OWN\n\ndef test_own(kucoin): assert OWN\n")
    (tmp_path / "test_used.py").write_text(USED)
    (tmp_path / "test_led.py").write_text(LED)
    (tmp_path / "pytest.ini").write_text(INI + "kucoin_hosts = true\n")
    code, printed = pytest_of(tmp_path)
    assert code == 0, printed
    assert "12 passed" in printed
    assert "kucoin: seed 5, scenario demo, a simulator of its own" in printed


def test_the_report_of_a_failure(folder: Path) -> None:
    """Refused calls with rule and fix, unused faults, a replay and a failed expectation are in the run's output.

    What the author of a test can mend is told without lines of the plugin's code. A test that is skipped, or that is
    known to fail, is not asked for what it should have done.
    """
    code, printed = pytest_of(folder, "test_failing.py")
    assert code == 1
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 2 errors" in printed, printed
    assert "- KuCoin simulator -" in printed
    assert "400 HEADER_MISSING\n    rule s8.2/headers" in printed
    assert "fault f1 never took effect" in printed
    assert 'replay: pytest "test_failing.py::test_refused" -o kucoin_seed=5\n' in printed
    assert "ERROR at teardown of test_expected" in printed
    assert "FAIL  exchange_code, outcome OK: at least 1, was 0" in printed
    assert re.search(
        r"\n_+ ERROR at setup of test_misspelt _+\n.*@pytest.mark.kucoin has no sead; it has .*seed.*\n", printed
    )
    assert "simulator/testing" not in printed


def test_beside_xdist_randomly_asyncio_and_anyio(folder: Path) -> None:
    """It has one simulator for each worker, in any order, and async tests await its twins.

    It is loaded once by its entry point, although it is named as well.
    """
    more = ("-W", "ignore", "-n", "2", "-p", "randomly", "-p", "pytest_kucoin", "--junitxml", "report.xml")
    code, printed = pytest_of(folder, "test_async.py", *more, autoload=True)
    assert code == 0, printed
    assert "6 passed" in printed
    servers = {*re.findall(r'name="server" value="(gw\d http://127.0.0.1:\d+)"', (folder / "report.xml").read_text())}
    assert len(servers) == len({server.split()[0] for server in servers}) == 2


def test_switched_off(folder: Path) -> None:
    """With `-p no:kucoin` there are no fixtures and no header."""
    one = ("-p", "no:kucoin", "-W", "ignore", "test_used.py::test_another")
    code, printed = pytest_of(folder, *one, autoload=True)
    assert code == 1
    assert "fixture 'kucoin' not found" in printed
    assert "kucoin: seed" not in printed


def test_a_simulator_that_runs_already(folder: Path, running_server: object) -> None:
    """With `--kucoin-url` the tests use that simulator, and a wrong URL is an error that says so."""
    url = getattr(running_server, "url", "")
    code, printed = pytest_of(folder, "test_used.py", "--kucoin-url", url)
    assert code == 0, printed
    assert f"scenario the server's, {url}\n" in printed
    code, printed = pytest_of(folder, "test_used.py::test_another", "--kucoin-url", "http://127.0.0.1:9")
    assert "nothing answers at http://127.0.0.1:9" in printed
    assert code == 1


def test_it_imports_pytest_only() -> None:
    """Its import loads no module of the simulator, and none that pytest has not loaded."""
    code = "import sys, pytest; before = {*sys.modules}; import pytest_kucoin; print(*({*sys.modules} - before))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert ended.stdout.split() == ["pytest_kucoin"]
