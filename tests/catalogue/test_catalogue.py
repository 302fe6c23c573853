"""What holds for every shipped scenario: what it says of itself, that it is played, and that it finds something."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import payment
from support.payouts import PAID, Playing, challenge, prove, told

from simulator.core.value import Value
from simulator.scenario.loader import builtin, load

FILES = {path.stem: path for path in builtin()}
NAMES = sorted(FILES)
OTHERS = [name for name in NAMES if name != "demo"]
EXPECTING = [name for name in NAMES if "\nexpect:" in FILES[name].read_text("utf-8")]
PROMISED = {
    "access-token-expired",
    "address-book-only",
    "alternative-factors",
    "amount-cap-24h",
    "answer-never-comes",
    "balance-short",
    "callback-forged",
    "callback-late",
    "callback-twice",
    "cancel-too-late",
    "closed-for-now",
    "code-expired",
    "code-forged",
    "code-used-twice",
    "connection-reset",
    "consent-narrowed",
    "consent-revoked",
    "delisted",
    "demo",
    "deposit-address-exists",
    "deposit-unconfirmed",
    "empty-answer",
    "fee-from-amount",
    "fee-maximum",
    "fee-minimum",
    "fee-percentage",
    "feed-closed",
    "feed-duplicate",
    "feed-gap",
    "fixed-key",
    "frozen-meanwhile",
    "garbage-answer",
    "gateway-429",
    "gateway-5xx-html",
    "ip-not-allowed",
    "key-answer-lost",
    "key-deleted",
    "little-granted",
    "max-keys",
    "money-in-trade",
    "no-second-factor",
    "old-endpoint",
    "opening-answer-lost",
    "order-answer-lost",
    "order-below-minimum",
    "order-better-price",
    "order-burst",
    "order-cancel-answer-lost",
    "order-cancel-meets-fill",
    "order-canceled-by-exchange",
    "order-client-oid-again",
    "order-dead-man",
    "order-expired-in-part",
    "order-fill-seen-first",
    "order-fok-killed",
    "order-gtt-expires",
    "order-increments",
    "order-money-in-main",
    "order-multi-in-part",
    "order-partly-filled",
    "order-post-only-takes",
    "order-price-too-far",
    "order-rejected",
    "order-report-lost",
    "order-self-trade",
    "order-unknown-at-first",
    "order-without-permission",
    "payment-not-made",
    "payment-under-review",
    "permission-missing",
    "rebate-not-ready",
    "refresh-answer-lost",
    "refresh-concurrent",
    "refresh-last-moment",
    "refresh-retires-old-token",
    "refresh-token-expired",
    "refreshed-elsewhere",
    "repeated-api-name",
    "signature-clock-skew",
    "slow-exchange",
    "stop-order-without-money",
    "strange-answers",
    "transaction-expired",
    "transfer-answer-lost",
    "truncated-json",
    "typed-numbers",
    "uid-rate-limit",
    "unknown-recipient",
    "user-denies",
    "user-frozen",
    "withdrawal-answer-lost",
    "withdrawal-disabled",
    "withdrawals-50-a-day",
    "wrong-address-format",
    "wrong-code-then-right",
}
"""People start scenarios by these names."""
LONGEST_LINE, LONGEST_DESCRIPTION = 120, 100


class Told(Value, frozen=True):
    """A test of the catalogue: its name, the scenarios that it plays, and what it says of their expectations."""

    name: str
    plays: frozenset[str]
    holds: bool
    fails: bool


def read_tests(source: str) -> Iterator[Told]:
    """The tests of a module. They tell by `assert stage.holds()` and `assert not stage.holds()`."""
    for test in ast.walk(ast.parse(source)):
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            plays = {
                str(node.args[0].value)
                for node in ast.walk(test)
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "play"
                if isinstance(node.args[0], ast.Constant)
            }
            said = [ast.unparse(node.test) for node in ast.walk(test) if isinstance(node, ast.Assert)]
            verdicts = {text.startswith("not ") for text in said if text.endswith("stage.holds()")}
            yield Told(test.name, frozenset(plays), holds=False in verdicts, fails=True in verdicts)


TESTS = [
    test for path in sorted(Path(__file__).parent.glob("test_*.py")) for test in read_tests(path.read_text("utf-8"))
]


def first_comment(name: str) -> list[str]:
    """The lines of a file before its first key."""
    lines = FILES[name].read_text(encoding="utf-8").splitlines()
    return lines[: next(place for place, line in enumerate(lines) if not line.startswith("#"))]


def test_the_promised_names_are_there() -> None:
    """No name that people know goes away."""
    assert set(NAMES) >= PROMISED


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    """A scenario loads, is called as its file is, has a first comment, and a description that fits into a list."""
    scenario = load(name)
    assert scenario.name == name
    assert 0 < len(scenario.description) <= LONGEST_DESCRIPTION
    assert not scenario.description.endswith(".")
    lines = first_comment(name)
    assert lines
    assert all(line.startswith("# ") and len(line) <= LONGEST_LINE for line in lines)


@pytest.mark.parametrize("name", OTHERS)
def test_it_extends_the_demo_and_finds_something(name: str) -> None:
    """A scenario says only what differs from the demo, and its first comment which mistake it finds."""
    assert [Path(file).stem for file in load(name).files] == [name, "demo"]
    assert any("# Finds " in line for line in first_comment(name))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_played(name: str) -> None:
    """A test plays the scenario."""
    assert [test.name for test in TESTS if name in test.plays]


@pytest.mark.parametrize("name", EXPECTING)
def test_it_tells_good_from_mistaken(name: str) -> None:
    """Where something is expected, a test shows a good broker's run that holds, and another a mistake that does not."""
    words = name.replace("-", "_")
    about = [test for test in TESTS if name in test.plays and test.name.startswith(f"test_{words}")]
    mistaken = [test for test in about if "mistake" in test.name]
    assert any(test.fails for test in mistaken)
    assert any(test.holds for test in about if test not in mistaken)


@pytest.mark.parametrize("name", EXPECTING)
def test_nothing_is_not_enough(play: Playing, name: str) -> None:
    """The expectations of a scenario do not hold before a broker has done anything."""
    stage = play(name)
    assert not stage.holds()


def test_the_check_can_fail() -> None:
    """Only a literal play and an assertion about its own expectations count."""
    source = """
def test_max_keys_mistake(play):
    stage = play("max-keys")
    assert not stage.holds()
    def inner(): pass
def test_other_mistake(play, name):
    stage = play(name)
    stage.holds()
def helper(play):
    stage = play("demo")
"""
    assert list(read_tests(source)) == [
        Told("test_max_keys_mistake", frozenset({"max-keys"}), holds=False, fails=True),
        Told("test_other_mistake", frozenset(), holds=False, fails=False),
    ]


def test_demo(play: Playing) -> None:
    """Alice logs in, a key is made, she proves it is she, and the payment is made; nothing is expected or refused."""
    stage = play("demo")
    key = stage.broker.key()
    paid = prove(stage, key, payment(), challenge(stage, key, payment()), "alice")
    assert told(paid) == PAID
    assert paid.json()["data"]["withdrawalId"] == stage.withdrawals()[0].id
    assert stage.holds()
    assert stage.verdict()[1].count("nothing is expected") >= 1
    for operation in ("authorize", "exchange_code", "add_api_key", "withdraw", "verify_withdrawal"):
        assert stage.outcomes(operation) == ["OK"]
