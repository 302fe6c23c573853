from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest
from support.dockerfile import lay_out
from support.processes import ROOT, Running, environment, imported_by, late, running

from simulator.cli import NAME
from simulator.scenario.loader import builtin
from simulator.version import __version__

KEYS = ("simulator/ca.pem", "simulator/certificates/private/authority.pem", "scenarios/tls.key", "simulator/web/t.p12")
KEY = "-----BEGIN PRIVATE KEY-----\nof somebody\n"
"""What each of these files holds."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of what the Dockerfile copies and nothing else."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    lay_out(source)
    for name in KEYS:
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text(KEY)
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
    """The nodes of every scenario and the index of the endpoints are in the wheel, and a start reads them."""
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"simulator/scenarios/{file.stem}.nodes" for file in builtin()} | {
        "simulator/web/endpoints/endpoints.index"
    } <= names
    command = (sys.executable, "-X", "importtime", "-m", "simulator")
    with running(command=command, cwd=tmp_path, PYTHONPATH=str(target)) as started:
        imported = imported_by(started)
    assert "simulator.scenario.text.compiled" in imported
    assert {"simulator.core.endpoints", "simulator.core.account.accounts"}.isdisjoint(imported)
    assert {name for name in imported if name.startswith("yaml")} | late(imported) == set()


def test_no_key_is_passed_on(wheel: Path, tmp_path: Path) -> None:
    """Keys and certificates that somebody left in the checkout are in neither wheel nor sdist."""
    lay_out(tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    for name in (*KEYS, "docs/ca.pem"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(KEY)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path / "dist")]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=environment())
    (sdist,) = (tmp_path / "dist").iterdir()
    with ZipFile(wheel) as archive, tarfile.open(sdist) as source:
        packed = [archive.read(name) for name in archive.namelist()]
        members = [member for member in source.getmembers() if member.isfile()]
        packed += [file.read() for member in members if (file := source.extractfile(member))]
        names = [*archive.namelist(), *(member.name for member in members)]
    assert len(names) > 500
    assert [name for name in names if name.endswith((".pem", ".key", ".p12"))] == []
    assert [content for content in packed if KEY.encode() in content] == []
