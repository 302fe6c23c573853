"""docs/certificates.md: each command runs as it stands, against a server with our certificate."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import ROOT, environment
from support.tls_servers import serving, tool

from simulator.certificates.authority import installed
from simulator.certificates.contexts import server_context
from simulator.certificates.issuing import BACKDATED, LIFE, RENEWED

PAGE = (ROOT / "docs" / "certificates.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^<!-- sh ?(\S*) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [match.groups() for match in BLOCK.finditer(PAGE)]
TRUSTING = {client: text for client, _, text in BLOCKS if client}
TOOLS = {"curl": "curl", "node": "node", "java": "javac"}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder of this page, with a space in its path."""
    return tmp_path_factory.mktemp("the state")


@pytest.fixture(scope="module")
def url(state: Path) -> Iterator[str]:
    """A server that has a certificate of that authority."""
    with serving(server_context(installed(state))) as port:
        yield f"https://localhost:{port}"


def ran(text: str, state: Path, folder: Path, url: str = "") -> list[str]:
    """The lines that a block prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = environment(PATH=path, KUCOIN_SIMULATOR_STATE_DIR=str(state), URL=url)
    command = ["bash", "-euo", "pipefail", "-c", text]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=env, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_block_is_executed() -> None:
    """Each code block has a mark and is one of those below."""
    assert [(client, language) for client, language, _ in BLOCKS] == [
        *(("", "sh"), ("curl", "sh"), ("python", "sh"), ("node", "sh"), ("java", "sh"), ("", "sh")),
    ]


@pytest.mark.parametrize("client", TRUSTING)
def test_a_client_is_made_to_trust(client: str, state: Path, url: str, tmp_path: Path) -> None:
    """Each client that is told as the page says gets an answer by https."""
    if client in TOOLS:
        tool(TOOLS[client])
    answers = ran(TRUSTING[client], state, tmp_path, url)
    assert answers
    assert set(answers) <= {"ok", "b'ok'"}


def test_without_being_told_a_client_refuses(state: Path, url: str, tmp_path: Path) -> None:
    """The same call without the settings fails, so what the page says is needed."""
    tool("curl")
    *_, call = TRUSTING["curl"].splitlines()
    with pytest.raises(AssertionError, match="certificate"):
        ran(call, state, tmp_path, url)


def test_paths_are_printed_and_files_removed(state: Path, tmp_path: Path) -> None:
    """The first block prints three paths; the last one leaves no file but the lock."""
    first, *_, last = (text for client, _, text in BLOCKS if not client)
    assert [Path(line).name for line in ran(first, state, tmp_path)] == ["ca.pem", "bundle.pem", "truststore.p12"]
    other = tmp_path / "other"
    installed(other)
    assert ran(last, other, tmp_path)[-1].startswith("removed ")
    assert [file.name for file in other.rglob("*") if file.is_file()] == ["lock"]


def test_numbers_are_those_of_the_code() -> None:
    """The days on the page are the days in the code."""
    assert f"valid for {(LIFE - BACKDATED).days} days, and {BACKDATED.days} days back" in PAGE
    assert f"less than {RENEWED.days} days left" in PAGE
