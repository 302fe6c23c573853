"""The probe plan: each assumed rule has calls that would settle it, or a reason why it has none."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from click.testing import CliRunner, Result

from simulator.cli import main
from simulator.core.choices import Choices
from simulator.core.endpoints import CALLS
from simulator.core.gateway.parameters import names_of
from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.drift.probe_plan import PROBES, assumed, curl, left_out
from simulator.evidence.drift.probes.left_out import LEFT_OUT
from simulator.evidence.drift.probes.of_broker_pro import BROKER_PRO
from simulator.evidence.drift.probes.of_fast_api import FAST_API
from simulator.evidence.drift.probes.of_reference import REFERENCE
from simulator.evidence.drift.probes.of_trading import TRADING
from simulator.evidence.drift.probes.probe import Ask

PAYING = {"withdraw", "verify_withdrawal", "withdraw_v1", "withdraw_v3", "make_transfer", "make_inner_transfer"}
ASKS = [(probe.rule, ask) for probe in PROBES.values() for ask in probe.asks]


def run(*arguments: str) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(main, ["probe", "plan", *arguments])


def test_every_assumed_rule_is_there_once() -> None:
    """Each assumed rule has a probe or a reason, none has both, and there is no other."""
    assert len(PROBES) == len((*FAST_API, *REFERENCE, *TRADING, *BROKER_PRO)) > 80
    assert PROBES.keys() & LEFT_OUT.keys() == set()
    planned, rules = PROBES.keys() | LEFT_OUT.keys(), {rule.id for rule in assumed()}
    assert rules - planned == set(), "give each a probe, or a reason in LEFT_OUT, in simulator/evidence/drift/probes/"
    assert planned - rules == set(), "no assumed rule has these ids"


def test_no_probe_moves_money() -> None:
    """No call pays or transfers; what is canceled is a withdrawal that is over."""
    asked = {ask.operation for _, ask in ASKS}
    assert asked & PAYING == set()
    assert {ask.operation for _, ask in ASKS if curl(ask).startswith("curl -X DELETE")} == {"cancel_withdrawal"}
    assert all("succeeded" in ask.how for _, ask in ASKS if ask.operation == "cancel_withdrawal")


@pytest.mark.parametrize(("rule", "ask"), ASKS, ids=lambda part: part if isinstance(part, str) else part.operation)
def test_a_call_can_be_made(rule: str, ask: Ask) -> None:
    """Each call is one of the simulator's with parameters that it has, and a line that a shell can read."""
    call = CALLS.get(ask.operation)
    words = shlex.split(curl(ask))
    assert words[:2] == ["curl", "-X"]
    assert words[3].startswith(
        ("https://api.kucoin.com/", "https://www.kucoin.com/", "https://api-futures.kucoin.com/")
    )
    assert "{" not in words[3]
    if call is None:
        assert re.fullmatch("GET /api/v1/no-such-path", ask.operation)
        return
    known = {*names_of(call.parameters), *call.fields, *re.findall(r"\{(\w+)\}", call.path)}
    assert ask.values.keys() <= known
    for place, word in enumerate(words):
        if word == "--data":
            assert isinstance(json.loads(words[place + 1]), dict)


def test_outcomes_name_switches_that_there_are() -> None:
    """A switch that an outcome names is one of a scenario's `choices`, a key of a client, or RFC 6749's."""
    named = {
        word
        for probe in PROBES.values()
        for text in (probe.holds, probe.otherwise)
        for word in re.findall(r"`([a-z]+(?:_[a-z]+)+)(?:: \w+)?`", text)
    }
    assert len(named) >= 8
    assert named - {*Choices.__struct_fields__} == {"api_name", "error_description"}


def test_the_plan_is_printed() -> None:
    """Every rule with its calls and both outcomes; nothing but comments and calls, so that a shell can read it."""
    ended = run()
    assert ended.exit_code == 0
    lines = ended.output.splitlines()
    assert sum(line.startswith("## ") for line in lines) == len(PROBES)
    assert all(not line or line.startswith(("#", "curl ")) for line in lines)
    assert sum(line.startswith("curl ") for line in lines) == len(ASKS)


def test_some_rules_alone() -> None:
    """Rules and sections choose, in any case of letters; JSON has the same for scripts."""
    data = json.loads(run("h94", "rest/decimals", "--json").output)
    assert {row["rule"] for row in data} == {"H94/live-fields", "rest/decimals"}
    assert all(row["grade"] == rules()[row["rule"]].grade for row in data)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("H51/no-idempotency", "pays somebody"),
        ("s6.3/new-pair", "nothing of it is assumed"),
        ("H41", "H41/return has no probe: only a person can see it"),
        ("s8.2", "s8.2/sent-factors has no probe"),
        ("H41/setup", "did you mean H41/set-up?"),
        ("H0815", "no rule is called"),
        ("", "no rule is called"),
    ],
)
def test_a_rule_without_a_probe(name: str, words: str) -> None:
    """Whoever asks for a rule without a probe is told why there is none."""
    ended = run(name)
    assert ended.exit_code == 2
    assert words in " ".join(ended.output.split())


def test_what_is_left_out() -> None:
    """The rules without a probe are listed with their reasons."""
    ended = run("--left-out")
    assert ended.exit_code == 0
    assert len(ended.output.splitlines()) == len(left_out()) == len(LEFT_OUT)
    assert json.loads(run("--left-out", "--json").output)[0].keys() == {"rule", "reason"}
    assert run("--left-out", "H94").exit_code == 2
