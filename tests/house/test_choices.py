"""That every switch is held to both of its positions, somewhere under `tests/`."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import fields

from simulator.core.choices import Choices

TESTS = Path(__file__).parent.parent
HERE = Path(__file__).name


def test_every_switch_is_thrown() -> None:
    """Each switch is set to another value by a test of the rules."""
    texts = "".join(path.read_text() for path in sorted(TESTS.glob("core/**/test_*.py")) if path.name != HERE)
    unthrown = {each.name for each in fields(Choices) if f"{each.name}=" not in texts}
    assert unthrown == set(), "a test below tests/core/ sets each of these to another value"
