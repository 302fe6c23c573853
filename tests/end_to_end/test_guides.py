"""The pages of docs/guides: files and commands are run as they stand; what needs an engine is checked for form."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml
from support.processes import ROOT
from support.samples import needs, users_environment

from simulator.cli import PREFIX, main
from simulator.commands import COMMANDS, command_of

GUIDES: Final = ROOT / "docs" / "guides"
BLOCK: Final = re.compile(r"(?:^<!-- (\w+) ?(\S*) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENGINE: Final = {"workflow", "testcontainers", "override", "engine"}
"""Marks of blocks that need a service or a container engine, which is not there where the tests run."""


class Block(NamedTuple):
    """A code block of a page, with the comment before it."""

    mark: str
    name: str
    language: str
    text: str


def blocks(page: str) -> list[Block]:
    """All code blocks of a page."""
    return [Block(*match.groups("")) for match in BLOCK.finditer((GUIDES / page).read_text(encoding="utf-8"))]


PAGES: Final = sorted(path.name for path in GUIDES.glob("*.md"))
RUNNABLE: Final = [page for page in PAGES if any(block.mark == "sh" for block in blocks(page))]


def test_every_block_is_executed_or_checked() -> None:
    """No code block of a guide is left out."""
    assert {"unittest.md", "node.md", "java.md"} <= set(RUNNABLE)
    marks = {(page, block.mark) for page in PAGES for block in blocks(page)}
    assert {mark for _, mark in marks} <= {"file", "sh", *ENGINE}


@pytest.mark.parametrize("page", RUNNABLE)
def test_commands_run(page: str, tmp_path: Path) -> None:
    """The files of a page are written, and its commands succeed as they stand, one after the other."""
    for block in blocks(page):
        if block.mark == "file":
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = users_environment({"PATH": path})
    commands = [block for block in blocks(page) if block.mark == "sh"]
    if page == "node.md":
        needs("node")
    for block in commands:
        if block.name:
            needs(block.name)
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=env,
        )
        assert ended.returncode == 0, f"{block.text}\n{ended.stdout}{ended.stderr}"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """A relative link in a guide names a file that is there."""
    text = re.sub("`[^`]*`", "", (GUIDES / page).read_text(encoding="utf-8"))
    missing = [
        target for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text) if not (GUIDES / target).resolve().exists()
    ]
    assert missing == []


# --- what only GitHub or a container engine can run
def flags() -> set[str]:
    """The environment twins of the server's flags."""
    return {f"{PREFIX}_{flag.name.upper()}" for flag in main.params if flag.name}


def commands_of(text: str) -> list[list[str]]:
    """The calls of our command in a shell text, as words."""
    return [line.split() for line in re.findall(r"kucoin-simulator( [^&|>\n]*|$)", text, re.MULTILINE)]


def check_call(words: list[str]) -> None:
    """A call of our command names a verb that there is, and options that this verb has."""
    if not words:
        return
    verb = command_of(words[0])
    assert verb, words
    options = {option for parameter in verb.params for option in (*parameter.opts, *parameter.secondary_opts)}
    own = words[1 : words.index("--")] if "--" in words else words[1:]
    assert {word.partition("=")[0] for word in own if word.startswith("--")} <= options, words


WORKFLOWS: Final = [block for block in blocks("github-actions.md") if block.mark == "workflow"]


@pytest.mark.parametrize("block", WORKFLOWS, ids=lambda block: block.name)
def test_workflows_are_well_formed(block: Block) -> None:
    """A workflow has a trigger, narrow permissions and jobs of steps; our commands and variables in it exist."""
    workflow: dict[str, Any] = yaml.load(block.text, yaml.BaseLoader)
    assert list(workflow) == ["name", "on", "permissions", "jobs"]
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert set(job) <= {"runs-on", "services", "steps"}
        for step in job["steps"]:
            assert set(step) <= {"uses", "with", "run", "env", "if"}
            assert ("uses" in step) is not ("run" in step)
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/x@v1"))
            for words in commands_of(step.get("run", "")):
                check_call(words)
        for service in job.get("services", {}).values():
            assert set(service) == {"image", "ports", "env"}
            assert set(service["env"]) <= flags()
            assert [port.split(":")[-1] for port in service["ports"]] == exposed()


def exposed() -> list[str]:
    """The ports that the image exposes."""
    [ports] = re.findall(r"^EXPOSE (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return list(map(str, ports.split()))


CONTAINERS: Final = [block for block in blocks("testcontainers.md") if block.mark == "testcontainers"]


@pytest.mark.parametrize("block", CONTAINERS, ids=lambda block: block.name)
def test_container_blocks_fit_the_image(block: Block, tmp_path: Path) -> None:
    """They parse, use the port that the image exposes and no variable but the server's flags."""
    assert re.findall(r"(?:with|get)_?(?:Exposed|Mapped|exposed)_?[Pp]orts?\((\d+)\)", block.text) != []
    assert set(re.findall(r"\((\d{2,5})\)", block.text)) <= set(exposed())
    assert set(re.findall(rf"{PREFIX}_\w+", block.text)) <= flags()
    file = tmp_path / {"java": "BrokerTest.java", "python": "broker.py", "js": "broker.mjs"}[block.name]
    file.write_text(block.text)
    if block.name == "python":
        compile(block.text, file, "exec")
    elif block.name == "js":
        needs("node")
        subprocess.run(["node", "--check", file], check=True, capture_output=True)
    else:
        needs("javac")
        assert syntax_errors(file) == []


def syntax_errors(file: Path) -> list[str]:
    """What javac says of a file, besides that packages are not there: it parses before it looks for them."""
    ended = subprocess.run(["javac", "-d", file.parent, file], capture_output=True, text=True, check=False)
    assert "package org.testcontainers" in ended.stderr
    errors = re.findall(r"error: (.+)", ended.stderr)
    return [error for error in errors if "does not exist" not in error and "cannot find symbol" not in error]


def test_a_syntax_error_is_caught(tmp_path: Path) -> None:
    """The look for errors in Java sees a planted one."""
    needs("javac")
    file = tmp_path / "BrokerTest.java"
    [java] = [block.text for block in CONTAINERS if block.name == "java"]
    file.write_text(java.replace("import org.junit.jupiter.api.Test;", "import org.testcontainers.x.Y;\nint;"))
    ended = subprocess.run(["javac", file], capture_output=True, text=True, check=False)
    assert "package org.testcontainers" not in ended.stderr
    assert re.search("error: (?!package)", ended.stderr)


def test_override_fits_compose() -> None:
    """The override names a service of compose.yaml and a variable that the server reads."""
    [override] = [yaml.safe_load(block.text) for block in blocks("compose.md") if block.mark == "override"]
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert set(override["services"]) <= set(services)
    for service in override["services"].values():
        assert set(service["environment"]) <= flags()


def test_a_wrong_call_is_caught() -> None:
    """The check of commands sees an unknown verb and an unknown option, and lets right ones be."""
    assert "validate" in COMMANDS
    check_call(["validate", "demo"])
    for words in (["exek", "--", "x"], ["validate", "--wrong", "demo"]):
        with pytest.raises(AssertionError):
            check_call(words)
