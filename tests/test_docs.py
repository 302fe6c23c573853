"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.core.choices import DEFAULTS, HOLES, After
from simulator.scenario.loader import read

DOCS = Path(__file__).parent.parent / "docs"
SCENARIOS = (DOCS / "scenarios.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (H\d\d) \| (.+?) \| .+ \|$", re.MULTILINE)


def _written(value: object) -> str:
    """A default as the table writes it."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return f"`[{', '.join(value)}]`"
    if isinstance(value, int) and value > 1000:
        return f"`{value // 60_000}m`"
    return f'`"{value}"`' if str(value).isdigit() and isinstance(value, str) else f"`{value}`"


def test_the_example_scenario_is_one() -> None:
    """The YAML of docs/scenarios.md loads, and what its comments promise is so."""
    text = SCENARIOS.partition("<!-- scenario -->\n```yaml\n")[2].partition("```")[0]
    scenario = read(text, "docs/scenarios.md")
    world = scenario.world
    assert (scenario.name, world.seed, scenario.clock.frozen) == ("my-world", 42, True)
    assert world.choices.settlement == After(600_000)
    assert world.clients["my-broker"].api_name == "bot"
    assert world.users["ann"].foreign_api_keys == 3
    assert world.users["ben"].factor_sets == ()


def test_every_choice_is_in_the_table() -> None:
    """Each switch has its row, with its hole and its default."""
    rows = {name: (hole, default) for name, hole, default in ROW.findall(SCENARIOS)}
    assert rows == {name: (hole, _written(getattr(DEFAULTS, name))) for name, hole in HOLES.items()}


def test_links_lead_somewhere() -> None:
    """A relative link in README and docs names a file that is there."""
    for page in (DOCS.parent / "README.md", *DOCS.glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
