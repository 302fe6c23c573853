"""The commands `demo` and `open`: a simulator that is shown to people."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from support.other_program import other_program
from support.processes import MODULE, environment

from simulator.cli import main
from simulator.commands.demo import PAGES, demo_scenario
from simulator.core.spec import MINUTE
from simulator.web.server import LocalServer


def fetched(url: str) -> tuple[int, str]:
    """The status of a page, and its text."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", parts.path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_a_demo_from_its_start_to_its_end(tmp_path: Path) -> None:
    """It prints three links that all work, opens the first one in the browser, and ends with SIGINT."""
    opened = tmp_path / "opened"
    browser = f'{sys.executable} -c "import sys; open({str(opened)!r}, {chr(39)}w{chr(39)}).write(sys.argv[1])" %s'
    arguments = [*MODULE, "demo", "--port", "0", "--json", "--speed", "120"]
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(BROWSER=browser)
    )
    assert process.stdout
    text = ""
    while not text.endswith("}\n"):
        line = process.stdout.readline()
        assert line, process.communicate()
        text += line
    links = json.loads(text)
    assert links.pop("speed") == "120"
    assert [*links] == ["demo", "dashboard", "front"]
    pages = {name: fetched(url) for name, url in links.items()}
    assert {status for status, _ in pages.values()} == {200}
    assert "Connect with KuCoin" in pages["demo"][1]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert opened.read_text() == links["demo"]


def test_no_browser_is_opened_if_nobody_wants_one(tmp_path: Path) -> None:
    """With --no-open the links are printed, and nothing else happens."""
    opened = tmp_path / "opened"
    arguments = [*MODULE, "demo", "--port", "0", "--no-open"]
    variables = environment(BROWSER=f"touch {opened}")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=variables) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGTERM)
    assert [line.split()[0] for line in lines[:3]] == ["demo", "dashboard", "front"]
    assert "60 times as fast" in lines[3]
    assert not opened.exists()


@pytest.mark.parametrize(("speed", "minutes"), [("60", 600), ("1", 10), ("0.5", 10)])
def test_a_person_has_the_usual_time_for_codes(speed: str, minutes: int) -> None:
    """However fast the business clock runs, a payout waits at least ten minutes of the person's clock for codes."""
    scenario = demo_scenario(Decimal(speed))
    assert scenario.clock.scale == Decimal(speed)
    assert scenario.world.choices.transaction_lifetime == minutes * MINUTE
    assert scenario.world.choices.authorization_code_lifetime == minutes * MINUTE // 2


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf", "1000001", "1e9999999"])
def test_a_speed_that_is_none(speed: str) -> None:
    """It is refused with a sentence before anything is begun."""
    ended = CliRunner().invoke(main, ["demo", "--no-open", f"--speed={speed}"])
    assert ended.exit_code == 2
    assert "is not a number such as 60" in ended.stderr


def test_a_port_that_is_in_use() -> None:
    """A port that was asked for and is in use is an error with status 2, which says what to do."""
    with LocalServer() as server:
        ended = CliRunner().invoke(main, ["demo", "--no-open", "--port", str(server.port)])
    assert ended.exit_code == 2
    assert "without --port any free one is taken" in ended.stderr


@pytest.mark.parametrize("page", [*PAGES, ""])
def test_open(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    """It opens the page of the simulator that runs at --url; without a name, the dashboard."""
    opened: list[str] = []

    def open_browser(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("webbrowser.open", open_browser)
    with LocalServer() as server:
        ended = CliRunner().invoke(main, ["open", *([page] if page else []), "--url", server.url])
        assert ended.exit_code == 0, ended.stderr
        assert opened == [f"{server.url}{PAGES[page or 'dashboard']}"]
        assert fetched(opened[0])[0] == 200
    assert ended.stdout == f"opened {opened[0]}\n"


def test_open_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no browser can be opened the page's address is printed, with status 1."""
    monkeypatch.setattr("webbrowser.open", lambda url: False)
    with LocalServer() as server:
        ended = CliRunner().invoke(main, ["open", "--url", server.url, "--json"])
    assert ended.exit_code == 1
    assert json.loads(ended.stdout) == {"url": f"{server.url}/_sim/", "opened": False}
    assert f"the page is {server.url}/_sim/" in ended.stderr


def test_open_where_no_simulator_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser is opened for another program."""
    opened = Event()
    monkeypatch.setattr("webbrowser.open", lambda url: opened.set())
    with other_program() as url:
        ended = CliRunner().invoke(main, ["open", "--url", url])
    assert ended.exit_code == 4
    assert not opened.is_set()
