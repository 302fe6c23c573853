"""The documents say what the code does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.generated import OUTDATED
from support.processes import environment, running
from support.scenarios_table import written

from simulator.core.choices import DEFAULTS, HOLES, After
from simulator.scenario.keys.json_schema import schema
from simulator.scenario.loader import load
from simulator.scenario.staging.expectations import FACTS

DOCS = Path(__file__).parents[2] / "docs"
SCENARIOS = (DOCS / "scenarios.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (H\d{2,3}) \| (.+?) \| .+ \|$", re.MULTILINE)


def _written(value: object) -> str:
    """A default as the table writes it."""
    if value is None:
        return "none"
    if value == 0:
        return "`0s`"  # there is no other nought than a duration
    if isinstance(value, tuple):
        return f"`[{', '.join(value)}]`"
    if isinstance(value, int) and value > 1000:
        return f"`{value // 60_000}m`"
    return f'`"{value}"`' if str(value).isdigit() and isinstance(value, str) else f"`{value}`"


BLOCK = re.compile(r"(?:^<!-- (\w+) ?(\S*) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [match.groups() for match in BLOCK.finditer(SCENARIOS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of docs/scenarios.md."""
    folder = tmp_path_factory.mktemp("scenarios")
    for mark, name, _, text in BLOCKS:
        if mark == "file":
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_block_is_executed() -> None:
    """No code block of docs/scenarios.md is left out: each is a file that is loaded or a script that is run."""
    assert {(mark, language) for mark, _, language, _ in BLOCKS} == {("file", "yaml"), ("sh", "sh")}
    assert len(BLOCKS) >= 9


def test_files_load(folder: Path) -> None:
    """Each file is a scenario of its own name, whose first comment or keys say what it is for."""
    files = sorted(folder.glob("*.yaml"))
    assert len(files) >= 5
    assert [load(str(path)).name for path in files] == [path.stem for path in files]


def test_the_example_of_given_is_whole(folder: Path) -> None:
    """What the comments of the example promise is so."""
    scenario = load(str(folder / "my-world.yaml"))
    world = scenario.world
    assert (scenario.name, world.seed, scenario.clock.frozen) == ("my-world", 42, True)
    assert world.choices.settlement == After(600_000)
    assert world.clients["my-broker"].api_name == "bot"
    assert world.users["ann"].foreign_api_keys == 3
    assert world.users["ben"].factor_sets == ()
    assert world.api_keys["665f1c2e9b1d4a0001a2b3c4"].user == "cem"


def test_every_key_is_in_an_example(folder: Path) -> None:
    """Every key that the format knows stands in one of the examples."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.yaml"))
    unnamed = [key for key in keys(schema()) if not re.search(rf"(?<![\w]){key}:", text)]
    assert [key for key in unnamed if key not in HOLES] == [], "show these keys in an example of docs/scenarios.md"


def keys(schema: object) -> set[str]:
    """Every property that a JSON Schema names, at any depth."""
    found: set[str] = set()
    if isinstance(schema, dict):
        for name, each in schema.items():
            if name == "properties" and isinstance(each, dict):
                found |= each.keys()
            found |= keys(each)
    elif isinstance(schema, list):
        for each in schema:
            found |= keys(each)
    return found


def test_scripts_run(folder: Path) -> None:
    """The commands run as they stand, one after the other, in that folder and against a server of the first file."""
    bin_folder = Path(sys.executable).parent
    with running("--scenario", "lost.yaml", cwd=folder) as started:
        env = environment(PATH=f"{bin_folder}{os.pathsep}{os.environ['PATH']}", BASE=started.url)
        printed = [
            subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                capture_output=True,
                text=True,
                check=True,
                cwd=folder,
                env=env,
            ).stdout
            for mark, _, _, text in BLOCKS
            if mark == "sh"
        ]
    assert "max-keys" in printed[0]
    assert "network: reset" in printed[0]
    assert printed[1] == "lost.yaml: ok\n"
    assert '"status":409' in printed[2]
    assert '"id":"f2"' in printed[3]


def test_catalogue_is_that_of_the_files() -> None:
    """The catalogue in docs/scenarios.md is made from the files' first comments."""
    assert written(SCENARIOS) == SCENARIOS, OUTDATED


def test_facts_are_in_the_table() -> None:
    """Each fact that can be expected stands in the table with what it counts."""
    rows = dict(
        re.findall(
            r"^\| `(\w+)` \| ((?:withdrawals|transfers|calls|orders|fills) (?:that|of) .+?) \|$",
            SCENARIOS,
            re.MULTILINE,
        )
    )
    assert rows == FACTS


def test_every_choice_is_in_the_table() -> None:
    """Each switch has its row, with its hole and its default."""
    rows = {name: (hole, default) for name, hole, default in ROW.findall(SCENARIOS)}
    switches = {name: (hole, _written(getattr(DEFAULTS, name))) for name, hole in HOLES.items()}
    wanting = [f"| `{name}` | {hole} | {default} | ... |" for name, (hole, default) in switches.items()]
    wanting = [line for line, (name, row) in zip(wanting, switches.items(), strict=True) if rows.get(name) != row]
    assert wanting == [], "docs/scenarios.md needs these rows in its table of choices"
    assert rows.keys() == switches.keys()


def test_links_lead_somewhere() -> None:
    """A relative link in README and docs names a file that is there."""
    for page in (DOCS.parent / "README.md", *DOCS.glob("*.md")):
        text = re.sub("`[^`]*`", "", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
