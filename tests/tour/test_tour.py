from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.processes import run

from simulator.cli import main
from simulator.core import spec
from simulator.core.account import ledgers
from simulator.core.broker_pro import reports
from simulator.core.fast_api import tokens
from simulator.core.funds import arrivals, limits, payments
from simulator.core.funds.fees import Fees
from simulator.core.gateway import signature
from simulator.core.money import ZERO
from simulator.core.trading import fee_rates
from simulator.evidence.readiness.detectors import paying_twice
from simulator.tour import walk
from simulator.tour.steps import STEPS

RULES = Path(__file__).parents[2] / "simulator" / "core" / "rules.md"


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_tour_succeeds() -> None:
    """`tour` takes every step over real HTTP, shows requests and answers in 100 columns, and ends with status 0."""
    ended = run("tour")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith(f"\n{len(STEPS)} of {len(STEPS)} steps are as the rules say\n")
    assert "    >   POST /api/v2/broker/withdrawal\n" in ended.stdout
    assert "\x1b" not in ended.stdout
    assert [line for line in ended.stdout.splitlines() if len(line) > 100] == []
    assert re.search(r"[\w.-]{40,}", ended.stdout) is None  # no token in full: nobody reads them


def test_quiet_tour_is_one_line_a_step() -> None:
    """`--quiet` prints each step's number, title and rules, and the last word."""
    out = StringIO()
    assert walk(out, quiet=True)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(STEPS) + 2
    assert lines[2] == "ok  3  The code is exchanged for a pair of tokens  s7.2 [s7.2/answer]"


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colour, and none with NO_COLOR."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured, plain = Terminal(), Terminal()
    assert walk(coloured, quiet=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert walk(plain, quiet=True)
    assert "\x1b[32m" in coloured.getvalue()
    assert "\x1b" not in plain.getvalue()


def unlimited(world: Any, user: str, now: Any) -> Any:
    return world


def free(amount: Any, currency: Any, chain: Any, choices: Any) -> Fees:
    return Fees(ZERO, ZERO)


def nothing(*arguments: Any) -> Any:
    return ()


def at_once(world: Any, deposit: Any) -> Any:
    return 0


def anything(*arguments: Any) -> bool:
    return True


def unalike(*arguments: Any) -> bool:
    return False


def dear(user: Any) -> tuple[Decimal, Decimal]:
    return Decimal("0.002"), Decimal("0.002")


def crash(*arguments: Any) -> Any:
    raise RuntimeError("broken on purpose")


@pytest.mark.parametrize(
    ("place", "name", "broken", "step", "expected", "received"),
    [
        (payments, "fees", free, 11, "999888.5", "999900"),
        (limits, "count_account_withdrawal", unlimited, 26, "429", "200"),
        (tokens, "bearer", crash, 5, "200", "500"),
        (ledgers, "lines", nothing, 13, "an answer in the shape that the page prints", "not enough values"),
        (arrivals, "credited_at", at_once, 16, "PROCESSING, 0 of 12", "SUCCESS, 12 of 12"),
        (signature, "holds", anything, 18, "403", "200"),
        (fee_rates, "base_rates", dear, 36, "5.005", "5.01"),
        (reports, "_fills", nothing, 41, "2", "0"),
        (paying_twice, "same_order", unalike, 44, "['lost-answers/withdrawal']", "[]"),
    ],
)
def test_broken_simulator_fails_the_tour(
    monkeypatch: pytest.MonkeyPatch,
    place: Any,
    name: str,
    broken: Callable[..., Any],
    step: int,
    expected: str,
    received: str,
) -> None:
    """A simulator that breaks a rule is found out at the step that shows it: what was expected, what came, status 1."""
    monkeypatch.setattr(place, name, broken)
    ended = CliRunner().invoke(main, ["tour", "--quiet"])
    assert ended.exit_code == 1
    failed = f"FAILED {step}  {STEPS[step - 1].title}  {STEPS[step - 1].rules}\n"
    assert failed in ended.stdout
    assert re.search(rf"\n    expected  .*{re.escape(expected)}.*\n    received  .*{re.escape(received)}", ended.stdout)
    assert ended.stdout.endswith(f"\n{step - 1} of {len(STEPS)} steps are as the rules say\n")


def test_lifetimes_are_checked_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Access tokens that die a second early or live a millisecond late are found out."""
    for lifetime, step in ((spec.HOUR - spec.SECOND, 31), (spec.HOUR + 1, 32)):
        monkeypatch.setitem(tokens.LIFETIMES, "access", lifetime)
        out = StringIO()
        assert not walk(out, quiet=True)
        assert f"FAILED {step}  " in out.getvalue()


def test_every_rule_of_the_tour_is_in_the_ledger() -> None:
    """What a step claims to show is a rule that `rules.md` knows."""
    shown = {rule for step in STEPS for rule in re.findall(r"\[([^]]+)\]", step.rules)}
    known = set(re.findall(r"[\w.]+/[\w-]+", RULES.read_text()))
    assert shown - known == set()
