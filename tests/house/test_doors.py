"""The doors for contributors: what CONTRIBUTING.md, the scripts and the workflow say is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from house.test_rules import problems_of_test
from support.processes import environment
from support.source_tree import PACKAGE, ROOT

from simulator.version import __version__

GUIDE: Final = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK: Final = re.compile(r"^<!-- (example|test): (\w+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS: Final = {(kind, name): text for kind, name, text in BLOCK.findall(GUIDE)}
EXAMPLES: Final = sorted(name for kind, name in BLOCKS if kind == "example")
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOW: Final[dict[str, Any]] = yaml.load(
    (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"), yaml.BaseLoader
)
REST: Final = "..."
"""At the end of a line of an example: and whatever else the line holds."""


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- the examples of CONTRIBUTING.md
def changed(source: str, change: list[str]) -> str:
    """A source with the one place changed that the lines of an example show: ` ` stays, `-` goes, `+` is new."""
    lines = source.splitlines()
    shown = [line[1:] for line in change if line[0] != "+"]
    places = [
        start
        for start in range(len(lines) - len(shown) + 1)
        if all(
            line.startswith(wanted.removesuffix(REST)) if wanted.endswith(REST) else line == wanted
            for line, wanted in zip(lines[start:], shown, strict=False)
        )
    ]
    assert len(places) == 1, f"{len(places)} places look like this: {shown}"
    old = iter(lines[places[0] : places[0] + len(shown)])
    new = []
    for line in change:
        if line[0] == "+":
            new.append(line[1:])
        elif line[0] == " ":
            new.append(next(old))
        else:
            next(old)
    lines[places[0] : places[0] + len(shown)] = new
    return "\n".join([*lines, ""])


def apply(example: str, tree: Path) -> None:
    """Make every change of an example in a copy of the project."""
    for part in re.split(r"^--- ", example, flags=re.MULTILINE)[1:]:
        name, *change = part.splitlines()
        file = tree / name
        file.write_text(changed(file.read_text(encoding="utf-8"), change), encoding="utf-8")


def run_test(code: str, tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the one test of an example in a copy, without the start of pytest."""
    [(name, arguments)] = re.findall(r"^def (test_\w+)\((.*)\)", code, re.MULTILINE)
    call = f"{name}(__import__('pathlib').Path({str(tree)!r}))" if arguments else f"{name}()"
    path = os.pathsep.join((str(tree), str(tree / "tests")))
    return subprocess.run(
        [sys.executable, "-c", f"{code}\n{call}\n"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tree,
        env=environment(PYTHONPATH=path),
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_does_what_it_says(name: str, tmp_path: Path) -> None:
    """In a copy of the package an example's test passes with its changes, and fails without them."""
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("simulator", "scenarios", "tests/support"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    before = run_test(BLOCKS["test", name], tmp_path)
    assert before.returncode != 0
    apply(BLOCKS["example", name], tmp_path)
    after = run_test(BLOCKS["test", name], tmp_path)
    assert after.returncode == 0, after.stderr


def test_every_example_is_run() -> None:
    """Each block of Python or of changes belongs to an example, and each example has both."""
    assert len(EXAMPLES) == 8
    assert {name for kind, name in BLOCKS if kind == "test"} == set(EXAMPLES)
    assert len(re.findall(r"^```(?:diff|python)$", GUIDE, re.MULTILINE)) == len(BLOCKS)


def test_a_change_without_its_place_is_caught() -> None:
    """An example fails if the lines that it shows are not there, or stand in two places."""
    assert changed("a = 1\nb = 2\n", [" a = ...", "+c = 3", "-b = 2"]) == "a = 1\nc = 3\n"
    for source in ("a = 2\n", "a = 1\na = 1\n"):
        with pytest.raises(AssertionError, match="places look like this"):
            changed(source, [" a = 1", "+b = 2"])


# --- commands
def test_the_test_of_the_guide_is_there() -> None:
    """The one test that the guide starts with exists, promises and asserts something."""
    [(file, name)] = re.findall(r"^\| `scripts/test (tests/\S+)::(\w+)`", GUIDE, re.MULTILINE)
    assert problems_of_test(read(file), name) == []


@pytest.mark.parametrize(
    ("arguments", "handed_on"),
    [((), "-n auto"), (("--lf",), "--lf"), (("tests/x.py", "-k", "a b"), "tests/x.py -k a b")],
)
def test_the_script_hands_arguments_on(arguments: tuple[str, ...], handed_on: str, tmp_path: Path) -> None:
    """Without arguments `scripts/test` runs everything on every core; with some, what they say."""
    for folder in ("scripts", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    script = tmp_path / "scripts" / "test"
    script.write_text(read("scripts/test"))
    pytest_there = tmp_path / ".venv" / "bin" / "pytest"
    pytest_there.write_text('#!/bin/sh\necho "$PWD $*"\n')
    pytest_there.chmod(0o755)
    done = subprocess.run(["bash", str(script), *arguments], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout == f"{tmp_path} {handed_on}\n"


def test_ci_runs_the_scripts_and_the_readme() -> None:
    """`.ci/run` checks by `scripts/check`, and tests by the README's own command, with the floor of coverage."""
    run = read(".ci/run")
    assert "\nbegin checks scripts/check\n" in run  # beside other work
    assert '    wait "${running[$name]}" || failed=$?\n' in run
    assert "\nfinish image clients checks\n" in run
    assert '\nbash -c "$tests"\n' in run
    assert "-p support.coverage" in run
    command = re.search(r"^<!-- test -->\n```sh\n(.*)\n```$", read("README.md"), re.MULTILINE)
    assert command
    assert command[1].endswith(".venv/bin/pytest -n auto")
    assert "-n auto" in read("scripts/test")
    assert PROJECT["tool"]["slipcover"]["branch"] is True
    assert PROJECT["tool"]["slipcover"]["fail-under"] >= 90
    for script in (".ci/run", "scripts/check", "scripts/test"):
        assert os.access(ROOT / script, os.X_OK), script


def test_pre_commit_checks_what_the_script_checks() -> None:
    """Every hook is local, needs no network, and is a command of `scripts/check`; none is left out."""
    repositories = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    hooks = repositories[0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    commands = re.findall(r"^\.venv/bin/.+$", read("scripts/check"), re.MULTILINE)
    assert [hook["entry"].replace(" --force-exclude", "") for hook in hooks] == commands


def test_the_cache_of_failures_is_kept() -> None:
    """`--lf` has something to read: pytest keeps its cache, in a folder that git ignores."""
    options = PROJECT["tool"]["pytest"]["ini_options"]
    assert "no:cacheprovider" not in options["addopts"]
    folder = options.get("cache_dir", ".pytest_cache")
    assert f"{folder}/" in read(".gitignore").splitlines()


# --- versions
def test_the_minimum_versions_are_those_of_the_project() -> None:
    """constraints-minimum.txt pins each dependency to the lower bound that pyproject.toml has, and nothing else."""
    bounds = [re.fullmatch(r"([a-z0-9-]+)>=([0-9.]+)", each) for each in PROJECT["project"]["dependencies"]]
    pins = [line for line in read("constraints-minimum.txt").splitlines() if not line.startswith("#")]
    assert all(bounds)
    assert pins == [f"{bound[1]}=={bound[2]}" for bound in bounds if bound]


def test_the_workflow_knows_every_python() -> None:
    """The matrix has the versions of the classifiers; the minimum versions are tried on the oldest of them."""
    prefix = "Programming Language :: Python :: "
    versions = [each.removeprefix(prefix) for each in PROJECT["project"]["classifiers"] if each.startswith(prefix)]
    jobs = WORKFLOW["jobs"]
    assert jobs["everything"]["strategy"]["matrix"]["python"] == versions
    assert jobs["everything"]["steps"][-1] == {"run": ".ci/run"}
    assert jobs["minimum"]["steps"][1]["with"]["python-version"] == versions[0]
    assert PROJECT["project"]["requires-python"] == f">={versions[0]}"
    assert "--constraint constraints-minimum.txt" in str(jobs["minimum"]["steps"])


def test_the_changelog_knows_the_version() -> None:
    """Unreleased changes stand first, then the version of the package."""
    sections = re.findall(r"^## \[([^\]]+)\]", read("CHANGELOG.md"), re.MULTILINE)
    assert sections[:2] == ["Unreleased", __version__]


def test_the_archive_has_every_door() -> None:
    """Whatever a contributor needs is in the source archive, and everything that the list of it names is there."""
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"CONTRIBUTING.md", "SECURITY.md", "scripts", ".ci", ".github", "constraints-minimum.txt"} < set(included)
    assert [name for name in included if not (ROOT / name).exists()] == []
    assert PACKAGE.name in included


def test_links_lead_somewhere() -> None:
    """Every file that CONTRIBUTING.md, SECURITY.md and the README link to exists, and every anchor is a heading."""
    for name in ("CONTRIBUTING.md", "SECURITY.md", "README.md"):
        for link in re.findall(r"\]\((?!https?:)([^)]+)\)", read(name)):
            file, _, anchor = link.partition("#")
            assert (ROOT / file).exists(), f"{name} -> {link}"
            headings = re.findall(r"^#+ (.+)$", read(file), re.MULTILINE) if anchor else []
            assert not anchor or anchor in {
                re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings
            }


def test_the_readme_leads_to_the_doors() -> None:
    """Whoever reads the README finds the map, the guide and the way to report a hole."""
    more = read("README.md").partition("\n## More\n")[2]
    assert all(f"]({page})" in more for page in ("docs/architecture.md", "CONTRIBUTING.md", "SECURITY.md"))
