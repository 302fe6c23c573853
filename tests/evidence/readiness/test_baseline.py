"""The baseline file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.evidence.readiness.baseline import (
    Baseline,
    BaselineError,
    parsed_baseline,
    read_baseline,
    written_baseline,
)
from simulator.evidence.readiness.states import MEASURED, RowState

REASONS = st.text(min_size=1, max_size=20).map(str.strip).filter(bool)
NAMES = st.text("abcxyz-/019._", min_size=1, max_size=12) | st.sampled_from(["true", "a: b", "1", "~", "#x", "y/n"])
BASELINES = st.builds(
    Baseline,
    situations=st.dictionaries(NAMES, st.sampled_from(MEASURED), max_size=3),
    waived=st.dictionaries(NAMES.map(lambda name: f"w{name}!"), REASONS, max_size=3),
    strict_truth=st.booleans(),
    accepted_rules=st.dictionaries(NAMES, REASONS, max_size=3),
)


@given(BASELINES)
def test_a_baseline_survives_its_file(baseline: Baseline) -> None:
    """What is read is what was written, whatever a reason is made of."""
    assert parsed_baseline(written_baseline(baseline), "b.yaml") == baseline


def test_a_baseline_that_a_person_writes() -> None:
    """Everything but the version may be left out, and comments are welcome."""
    text = """
version: 1
strict_truth: true      # no rule that is only assumed
situations:
  lost-answers/withdrawal: proven
  deposits/unconfirmed: not yours
waived:
  login/state-altered: our framework does it
accepted_rules: {H05/refresh: KuCoin's support told us}
"""
    assert parsed_baseline(text, "b.yaml") == Baseline(
        situations={"lost-answers/withdrawal": RowState.PROVEN, "deposits/unconfirmed": RowState.NOT_YOURS},
        waived={"login/state-altered": "our framework does it"},
        strict_truth=True,
        accepted_rules={"H05/refresh": "KuCoin's support told us"},
    )
    assert parsed_baseline("version: 1\nsituations:\n", "b.yaml") == Baseline()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "b.yaml:1:1: must be a mapping, and is nothing"),
        ("situations: {}", "b.yaml:1:1: version: must be 1, and is absent"),
        ("version: 2", "b.yaml:1:10: version: must be 1, and is '2'"),
        ("version: 1\nsituation: {}", "unknown (did you mean situations?)"),
        ("version: 1\nsituations: {a/b: proved}", "situations.a/b: must be one of broken, untested, not yours"),
        ("version: 1\nsituations: {a/b: waived}", "situations.a/b: must be one of broken"),
        ("version: 1\nsituations: [a/b]", "situations: must be a mapping, and is a list"),
        ("version: 1\nwaived: {a/b: }", "waived.a/b: must be the reason, in words, and is nothing"),
        ('version: 1\nwaived: {a/b: "  "}', "must be the reason, in words"),
        ("version: 1\nwaived: {a/b: [x]}", "must be the reason, in words, and is a list"),
        ("version: 1\nstrict_truth: yes", "strict_truth: must be true or false, and is 'yes'"),
        ("version: 1\nwaived: {a: x}\nsituations: {a: proven}", "waived.a: is in `situations` as well"),
        ("version: 1\nversion: 1", "b.yaml:2:1: version: is there twice"),
        ("version: 1\nwaived: {a: x, a: y}", "waived.a: is there twice"),
        ("version: 1\nwaived: {[a]: x}", "a key must be a word"),
        ("version: 1\n\tx", "tab"),
        ("version: [", "not YAML"),
    ],
)
def test_mistakes_are_named_with_their_place(text: str, says: str) -> None:
    """A baseline that cannot be used says where the mistake is, and what was expected there."""
    with pytest.raises(BaselineError) as raised:
        parsed_baseline(text, "b.yaml")
    assert says in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file says how it is made; one that is not UTF-8 says so."""
    with pytest.raises(BaselineError, match="--update-baseline makes it"):
        read_baseline(tmp_path / "missing.yaml")
    (tmp_path / "b.yaml").write_bytes(b"version: \xff")
    with pytest.raises(BaselineError, match="not UTF-8"):
        read_baseline(tmp_path / "b.yaml")
