"""Code with hard-wired hosts runs here without a changed line: brokers in Python, Node and Java with their tests."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from support.processes import ROOT
from support.samples import SAMPLES, below_exec, copied, ended, needs, plugin

PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample broker, far from the checkout."""
    return copied("sample_broker", tmp_path_factory.mktemp("users"))


@pytest.mark.parametrize(
    "sample", ["sample_broker/broker/kucoin.py", "sample_node/broker.mjs", "sample_java/Payout.java"]
)
def test_hosts_are_hard_wired(sample: str) -> None:
    """The brokers know KuCoin's two hosts, and neither an address of ours nor a variable that would lead them here."""
    text = (SAMPLES / sample).read_text()
    assert "https://www.kucoin.com" in text
    assert "https://api.kucoin.com" in text
    assert not re.search(r"127\.0\.0\.1|verify ?= ?False|prox|_sim(?!/v1/authorizations)|rejectUnauthorized", text)


@pytest.mark.timeout(600)
def test_suite_of_a_broker_passes(broker: Path) -> None:
    """Its forty tests and more pass below `exec`, with the plugin and two workers."""
    run = below_exec(*PYTEST, "-p", "no:randomly", *plugin(), "-q", "-n", "2", cwd=broker)
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"^(\d+) passed in", run.stdout, re.MULTILINE)
    assert passed, run.stdout
    assert int(passed[1]) >= 40


CAUGHT: Final[Mapping[str, tuple[str, list[str]]]] = {
    "state-unchecked": ("test_forged_state_is_refused", ["s7.1", "`state` is compulsory"]),
    "old-token-kept": ("test_old_token_is_dropped", ["ACCESS_TOKEN_SUPERSEDED", "s6.3"]),
    "payout-retried": ("test_lost_answer_pays_once", ["withdrawals_accepted, user alice: exactly 1"]),
    "float-money": ("test_money_is_exact", ["AMOUNT_INCREMENT_INVALID", "s8.2"]),
    "sorted-signature": ("test_no_history", ["SIGNATURE_INVALID", "s8.2", "sorted"]),
}
"""The test that catches a mistake, and what its report has."""
IN_TURN: Final = f"""
import os
MISTAKES = { ({test: mistake for mistake, (test, _) in CAUGHT.items()}) }

def pytest_runtest_setup(item):
    os.environ["SAMPLE_BROKER_MISTAKE"] = MISTAKES[item.originalname]
"""
"""Makes each of these tests meet its mistake, in one run."""


@pytest.fixture(scope="module")
def reports(broker: Path) -> Mapping[str, str]:
    """What the run said of each of these tests."""
    (broker / "in_turn.py").write_text(IN_TURN)
    names = " or ".join(test for test, _ in CAUGHT.values())
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), str(broker)])}
    plugins = ("-p", "pytest_kucoin", "-p", "in_turn")
    run = ended([*PYTEST, *plugins, "-k", names], broker, alone)
    assert run.returncode == 1, run.stdout + run.stderr
    _, *parts = re.split(r"^_+ (?:ERROR at \w+ of )?(test_\w+).* _+$", run.stdout, flags=re.MULTILINE)
    texts: dict[str, str] = {}
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        texts[name] = texts.get(name, "") + text.partition("\n====")[0]
    return texts


@pytest.mark.parametrize("mistake", CAUGHT)
def test_mistake_is_caught(mistake: str, reports: Mapping[str, str]) -> None:
    """A test of the suite fails for a broker with that mistake, and its report names the rule."""
    test, words = CAUGHT[mistake]
    assert [word for word in words if word not in reports[test]] == [], reports[test]


def test_suite_in_node_passes(tmp_path: Path) -> None:
    """A broker in Node with `fetch` and `https` passes its tests below `exec -- node --test`."""
    needs("node")
    run = below_exec("node", "--test", cwd=copied("sample_node", tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"pass 11\b", run.stdout), run.stdout
    assert re.search(r"fail 0\b", run.stdout), run.stdout


def test_program_in_java_pays(tmp_path: Path) -> None:
    """A broker with the JDK's HttpClient logs in, makes a key and pays below `exec`."""
    needs("java")
    run = below_exec("java", "Payout.java", cwd=copied("sample_java", tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.fullmatch(r"paid [0-9a-f]{24}\n", run.stdout)
