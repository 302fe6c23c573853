"""The image, as far as it can be known without an engine: its files, its installation and its start."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import pytest
from support.dockerfile import copied, exec_form, flags, instructions, lay_out, of_image, variables
from support.processes import MODULE, ROOT, Running, running

from simulator.certificates.state_folder import VARIABLE
from simulator.cli import NAME, PREFIX, main
from simulator.commands import command_of
from simulator.health import ready, simulators

IGNORED: Final = (ROOT / ".dockerignore").read_text().splitlines()
KEYS: Final = ["*.pem", "*.key", "*.p12"]
"""Patterns of the files that a key or a certificate of ours can be in."""
LENT: Final = [folder for folder in sys.path if "site-packages" in folder]
"""Folders of libraries."""
READ_ONLY: Final = ("unshare", "--map-root-user", "--mount", "sh", "-c")
REMOUNT: Final = "mount -o remount,bind,ro /"


# --- the Dockerfile
def test_hadolint_finds_nothing() -> None:
    """The linter of Dockerfiles has no remark."""
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists() and "CI" not in os.environ:
        pytest.skip("hadolint is not installed: pip install -e '.[test]'")
    done = subprocess.run([linter, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_copies_what_is_there_and_not_ignored() -> None:
    """Every source of a COPY exists, and `.dockerignore`, which keeps everything out, lets it in."""
    assert "*" in IGNORED
    assert copied()
    assert [name for name in copied() if not (ROOT / name).exists() or f"!{name}" not in IGNORED] == []


def test_no_key_gets_into_an_image() -> None:
    """Keys are ignored behind all exceptions, by git as well, and no step of the build makes an authority."""
    last = max(place for place, line in enumerate(IGNORED) if line.startswith("!"))
    assert {f"**/{pattern}" for pattern in KEYS} <= set(IGNORED[last:])
    assert set(KEYS) <= set((ROOT / ".gitignore").read_text().splitlines())
    steps = [each.arguments for each in instructions() if each.name == "RUN"]
    assert [step for step in steps if NAME in step.replace(f"/opt/{NAME}", "")] == []
    assert VARIABLE not in variables([each.arguments for each in instructions() if each.name == "ENV"])


def test_the_image_has_no_build_in_it() -> None:
    """The sources and the tools of the build stay in the first stage; the image gets one folder."""
    assert [each.stage for each in instructions() if each.name == "FROM"] == [0, 1]
    (copy,) = of_image("COPY")
    assert copy == f"--from=build /opt/{NAME} /opt/{NAME}"
    (install,) = [each.arguments for each in instructions() if each.name == "RUN" and each.stage == 0]
    assert install == f"scripts/install /opt/{NAME}"
    assert "pip" not in " ".join(of_image("RUN"))


def test_it_starts_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image runs a command that our own command line reads: on every interface, at the port that it exposes."""
    (entry,) = of_image("ENTRYPOINT")
    assert exec_form(entry) == [NAME]
    assert of_image("CMD") == [], "a flag there would win against a variable"
    set_here = variables(of_image("ENV"))
    assert {name for name in set_here if name.startswith(PREFIX)} <= flags()
    for name, value in set_here.items():
        if name.startswith(PREFIX):
            monkeypatch.setenv(name, value)
    context = main.make_context(NAME, [])
    assert (context.params["host"], [str(context.params["port"])]) == ("0.0.0.0", of_image("EXPOSE"))
    assert context.params["control_open"], "or it would not start"
    monkeypatch.setenv(f"{PREFIX}_PORT", "9000")
    assert main.make_context(NAME, []).params["port"] == 9000


def test_it_is_modest() -> None:
    """The image stands on a Python that the package supports and runs as a numbered user that is not root."""
    for each in instructions():
        if each.name == "FROM":
            assert re.fullmatch(r"python:3\.1[1-9]-slim( AS build)?", each.arguments)
    (user,) = of_image("USER")
    assert int(user) > 999
    assert f"--uid {user} " in " ".join(of_image("RUN"))
    assert exec_form(of_image("VOLUME")[0]) == ["/scenarios"]
    assert of_image("WORKDIR") == ["/scenarios"]


# --- the health check
def test_health_check_follows_the_server(simulator: Running, tmp_path: Path) -> None:
    """The image runs `healthcheck`, which finds the port by the server's process; without one it fails."""
    (check,) = of_image("HEALTHCHECK")
    command, verb = exec_form(check)
    assert (command, command_of(verb) is not None, verb) == (NAME, True, "healthcheck")
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


# --- the installation
@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build begins with."""
    folder = tmp_path_factory.mktemp("source")
    lay_out(folder)
    return folder


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `scripts/install` made, with no variable but the name of a Python.

    There is no network here, so that Python lends the libraries of this one to each environment that it makes.
    """
    folder = tmp_path_factory.mktemp("installed")
    python = folder / "python"
    (folder / "lent.pth").write_text("\n".join(LENT))
    lend = f'for place in "$3"/lib/python3*/site-packages; do cp {folder}/lent.pth "$place"; done'
    python.write_text(f'#!/bin/sh\n{sys.executable} "$@" || exit\n[ "$2" != venv ] || {lend}\n')
    python.chmod(0o755)
    options = ["--no-index", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [source / "scripts" / "install", folder / "made", *options],
        env={"PYTHON": str(python)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{NAME}, version ")
    return folder / "made"


def test_what_is_installed_needs_no_environment(installed: Path, tmp_path: Path) -> None:
    """The command runs without a single variable, from any folder, and writes nothing into the user's home."""
    command = str(installed / "bin" / NAME)
    for env in ({}, {"HOME": str(tmp_path)}):
        done = subprocess.run(
            [command, "validate", "demo"], env=env, cwd="/", capture_output=True, text=True, check=True
        )
        assert (done.stdout, done.stderr) == ("demo: ok\n", "")
    assert list(tmp_path.iterdir()) == []


def test_what_is_installed_is_compiled_and_has_no_key(installed: Path) -> None:
    """Every module has its bytecode, because the image cannot write it, and no file is a key."""
    (package,) = installed.glob("lib/python3*/site-packages/simulator")
    modules = list(package.rglob("*.py"))
    assert len(modules) > 100
    compiled = {file.name.partition(".")[0] for file in package.rglob("*.pyc")}
    assert {module.stem for module in modules} <= compiled
    assert [file for pattern in KEYS for file in package.rglob(pattern)] == []


@pytest.mark.parametrize(
    ("arguments", "env", "status", "reason"),
    [
        ([], {}, 2, "usage"),
        (["{here}"], {}, 2, "is there already"),
        (["{here}/new"], {"PYTHON": "/nowhere/python"}, 1, "PYTHON can name another one"),
        (["{here}/new"], {"PYTHON": "false"}, 1, "older than 3.11"),
    ],
)
def test_an_installation_that_cannot_be_made(
    tmp_path: Path, arguments: list[str], env: dict[str, str], status: int, reason: str
) -> None:
    """The script says what is wrong, and makes nothing."""
    words = [argument.format(here=tmp_path) for argument in arguments]
    script = ROOT / "scripts" / "install"
    done = subprocess.run([script, *words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert reason in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def read_only() -> None:
    """Skip where no process may have a file system of its own."""
    if not shutil.which("unshare"):
        pytest.skip("there is no unshare(1)")
    tried = subprocess.run([*READ_ONLY, REMOUNT], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no namespace of mounts: {tried.stderr.strip()}")


@pytest.mark.usefixtures("read_only")
def test_the_file_system_may_be_read_only(tmp_path: Path) -> None:
    """It starts, is ready, shows a page and an authority in memory, without a home or a place to write."""
    script = f'{REMOUNT} && ! touch {tmp_path}/file 2>&- && exec "$@"'
    command = (*READ_ONLY, script, "sh", *MODULE)
    with running(command=command, HOME="/nonexistent", XDG_STATE_HOME="", KUCOIN_SIMULATOR_STATE_DIR="") as started:
        assert ready("127.0.0.1", started.port)
        with urlopen(started.lines[-1]) as page:
            assert b"Log in for Demo Broker" in page.read()
        with urlopen(f"{started.url}/_sim/ca.pem") as answer:
            assert answer.read().startswith(b"-----BEGIN CERTIFICATE-----")
    assert list(tmp_path.iterdir()) == []
