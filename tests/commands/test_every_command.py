"""What holds for every command: `--json`, a short start, completion in a shell, and its row in docs/command-line.md."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from support.command_table import COMMANDS_HEAD, PAGE, written
from support.generated import OUTDATED
from support.processes import environment, python

from simulator.cli import NAME, main
from simulator.commands import COMMANDS, command_of

COMPLETE = "_KUCOIN_SIMULATOR_COMPLETE"
WITHOUT_JSON = {
    "schema": "it prints JSON",
    "exec": "its output is the command's",
    "env": "its output is for a shell",
}
"""Commands without `--json`, and why."""


def leaves() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its name."""
    for name in COMMANDS:
        command = command_of(name)
        assert command
        if isinstance(command, click.Group) and not command.invoke_without_command:
            yield from ((f"{name} {verb}", below) for verb, below in command.commands.items())
        else:
            yield name, command


def test_every_command_prints_json() -> None:
    """Whoever writes a script need not take a text apart."""
    without = {
        name for name, command in leaves() if not any("--json" in parameter.opts for parameter in command.params)
    }
    assert without == set(WITHOUT_JSON)


def test_every_command_says_what_it_does() -> None:
    """Each has a sentence of help, and so has each of its options."""
    for name, command in leaves():
        assert command.help, name
        texts = {parameter.name: parameter.help for parameter in command.params if isinstance(parameter, click.Option)}
        assert all(texts.values()), (name, texts)


def test_the_page_has_every_command() -> None:
    """docs/command-line.md has the commands with their options and the doctor's checks, as they are now."""
    page = PAGE.read_text(encoding="utf-8")
    assert COMMANDS_HEAD in page
    assert written(page) == page, OUTDATED


def test_a_command_costs_no_import_of_the_server() -> None:
    """Modules of commands import click; neither the web nor the scenarios' reader comes with `--help`."""
    code = f"""
import sys
from click.testing import CliRunner
from simulator.cli import main
for name in {[*COMMANDS]!r}:
    CliRunner().invoke(main, [name, "--help"])
heavy = ("simulator.web", "simulator.testing", "simulator.core", "uvicorn")
print(sorted(name for name in sys.modules if name.startswith(heavy)))
"""
    assert python(code) == "[]\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str) -> None:
    """`_KUCOIN_SIMULATOR_COMPLETE=bash_source kucoin-simulator` prints a script that this shell can read."""
    ended = CliRunner().invoke(main, [], prog_name=NAME, env={COMPLETE: f"{shell}_source"})
    if shell == "bash" and not shutil.which("bash"):
        pytest.skip("there is no bash here")
    assert ended.exit_code == 0
    assert f"{COMPLETE}={shell}_complete" in ended.stdout
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=ended.stdout, text=True, check=True, env=environment())


def completed(shell: str, *words: str) -> list[str]:
    """What a shell is offered for the last word of a line."""
    line = {"COMP_WORDS": " ".join((NAME, *words)), "COMP_CWORD": str(len(words))}
    if shell == "fish":
        line = {"COMP_WORDS": " ".join((NAME, *words[:-1])), "COMP_CWORD": words[-1]}
    ended = CliRunner().invoke(main, [], prog_name=NAME, env={COMPLETE: f"{shell}_complete", **line})
    assert ended.exit_code == 0
    rows = ended.stdout.splitlines()
    if shell == "zsh":
        return rows[1::3]
    return [row.partition(",")[2].partition("\t")[0] for row in rows]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_and_options_are_completed(shell: str) -> None:
    """Names of commands, of commands below them, and of options are offered in each shell."""
    assert completed(shell, "expl") == ["explain", "explain-signature"]
    assert completed(shell, "clock", "a") == ["advance"]
    assert completed(shell, "status", "--wor") == ["--workspace"]
    assert "doctor" in completed(shell, "")


def test_completion_in_a_real_bash(tmp_path: Path) -> None:
    """The script is read by bash, which then offers what begins with the word."""
    bash = shutil.which("bash")
    if not bash:
        pytest.skip("there is no bash here")
    program = tmp_path / NAME
    program.write_text(f"#!{sys.executable}\nfrom simulator.cli import main\nmain()\n")
    program.chmod(0o755)
    script = f"""
export PATH={tmp_path}:$PATH
eval "$(_KUCOIN_SIMULATOR_COMPLETE=bash_source {NAME})"
COMP_WORDS=({NAME} reque) COMP_CWORD=1
_kucoin_simulator_completion {NAME}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    ended = subprocess.run([bash, "-c", script], capture_output=True, text=True, check=True, env=environment())
    assert ended.stdout == "requests\n"
