from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest
from support.processes import ROOT, Running, environment, imported_by, late, running

from simulator.cli import NAME, main
from simulator.health import ready, simulators
from simulator.scenario.loader import builtin
from simulator.version import __version__

INSTRUCTION = re.compile(r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.MULTILINE)


def instructions(name: str) -> list[str]:
    """The arguments of every such instruction of the Dockerfile, continuation lines joined."""
    text = (ROOT / "Dockerfile").read_text()
    return [" ".join(found[2].replace("\\\n", " ").split()) for found in INSTRUCTION.finditer(text) if found[1] == name]


def copied() -> list[str]:
    """What the Dockerfile copies from the project."""
    return [source for line in instructions("COPY") for source in line.split()[:-1]]


def exec_form(line: str) -> list[str]:
    """`["a", "b"]` as Docker reads it."""
    import json

    words: list[str] = json.loads(line[line.index("[") :])
    return words


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of what the Dockerfile copies and nothing else."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(target), str(source))
    (built,) = target.glob("*.whl")
    return built


def pip(command: str, *arguments: str) -> None:
    """Run pip without network and without dependencies."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            command,
            "--quiet",
            "--no-deps",
            "--no-index",
            "--disable-pip-version-check",
            *arguments,
        ],
        check=True,
        env=environment(),
    )


@pytest.fixture(scope="module")
def target(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--target", str(folder), str(wheel))
    return folder


@pytest.fixture(scope="module")
def installed(target: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A simulator that runs from the installed wheel, far from the checkout."""
    with running(cwd=tmp_path_factory.mktemp("elsewhere"), PYTHONPATH=str(target)) as started:
        yield started


def test_wheel_holds_what_it_must(wheel: Path) -> None:
    """Code, type marker, ledger, scenarios, templates, licence are inside, tests are not; the version is ours."""
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = Parser().parsestr(archive.read(next(name for name in names if name.endswith("/METADATA"))).decode())
        scripts = archive.read(next(name for name in names if name.endswith("/entry_points.txt"))).decode()
    assert {"simulator/py.typed", "simulator/cli.py", "simulator/core/rules.md"} <= set(names)
    for folder, inside in (
        ("scenarios", "simulator/scenarios"),
        ("simulator/web/pages/templates", "simulator/web/pages/templates"),
    ):
        files = {f"{inside}/{file.name}" for file in (ROOT / folder).iterdir() if file.is_file()}
        assert files
        assert files <= set(names)
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert "pytest_kucoin = pytest_kucoin" in scripts
    assert {name.partition("/")[0] for name in names} == {
        "simulator",
        "pytest_kucoin.py",
        f"kucoin_fast_api_simulator-{__version__}.dist-info",
    }
    assert (metadata["Version"], metadata["License-Expression"]) == (__version__, "Apache-2.0")
    assert f"{NAME} = simulator.cli:main" in scripts


def test_installed_wheel_serves(installed: Running) -> None:
    """From another folder it starts with the demo scenario and shows a page: both are read from the wheel."""
    assert installed.lines[0].startswith(f"KuCoin Fast API simulator {__version__}: scenario demo, seed 0")
    with urlopen(installed.lines[-1]) as page:
        assert b"Log in for Demo Broker" in page.read()


def test_installed_wheel_starts_without_yaml(wheel: Path, target: Path, tmp_path: Path) -> None:
    """The nodes of every scenario are in the wheel, and a start with a shipped one reads them."""
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"simulator/scenarios/{file.stem}.nodes" for file in builtin()} <= names
    command = (sys.executable, "-X", "importtime", "-m", "simulator")
    with running(command=command, cwd=tmp_path, PYTHONPATH=str(target)) as started:
        imported = imported_by(started)
    assert "simulator.scenario.text.compiled" in imported
    assert {name for name in imported if name.startswith("yaml")} | late(imported) == set()


def test_dockerfile_copies_what_is_there_and_not_ignored() -> None:
    """Every source of a COPY exists, and `.dockerignore`, which keeps everything out, lets it in."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert copied()
    assert [name for name in copied() if not (ROOT / name).exists() or f"!{name}" not in ignored] == []


def test_dockerfile_starts_the_simulator_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image runs a command that our own command line reads: on every interface, at the port that it exposes."""
    (entry,), (command,) = instructions("ENTRYPOINT"), instructions("CMD")
    for name, value in re.findall(r"(\w+)=(\S+)", " ".join(instructions("ENV"))):
        monkeypatch.setenv(name, value)
    context = main.make_context(NAME, exec_form(command))
    assert exec_form(entry) == [NAME]
    assert (context.params["host"], [str(context.params["port"])]) == ("0.0.0.0", instructions("EXPOSE"))
    assert context.params["control_open"], "or it would not start"


def test_dockerfile_is_modest() -> None:
    """The image stands on a Python that the package supports and does not run as root."""
    (base,) = instructions("FROM")
    assert re.fullmatch(r"python:3\.1[1-9]-slim", base)
    assert instructions("USER") not in ([], ["root"], ["0"])


def test_health_check_follows_the_server(simulator: Running, tmp_path: Path) -> None:
    """The image asks `kucoin-simulator health`, which finds the port by the server's process; without one it fails."""
    (check,) = instructions("HEALTHCHECK")
    assert exec_form(check) == [NAME, "health"]
    assert list(simulators(tmp_path)) == []
    (tmp_path / str(simulator.process.pid)).symlink_to(f"/proc/{simulator.process.pid}")
    assert list(simulators(tmp_path)) == [("127.0.0.1", simulator.port)]
    assert ready("127.0.0.1", simulator.port)
    assert not ready("127.0.0.1", 1)


@pytest.mark.parametrize(("host", "address"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("::1", "::1")])
def test_health_check_reaches_every_interface(host: str, address: str, tmp_path: Path) -> None:
    """A server on every interface is asked by loopback, one on a single interface there."""
    with running("--host", host, "--control-open") as started:
        (tmp_path / str(started.process.pid)).symlink_to(f"/proc/{started.process.pid}")
        [(found, port)] = simulators(tmp_path)
        assert (found, ready(found, port)) == (address, True)
