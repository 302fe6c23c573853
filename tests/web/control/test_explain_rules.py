"""`/rules`: the ledger, served; and the document about all this."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from support.wire import V1, Answer, Broker, problem_of

from simulator.evidence.diagnosis import rules as rulebook
from simulator.web.server import LocalServer

DOCUMENT = (Path(__file__).parents[3] / "docs" / "control.md").read_text(encoding="utf-8")


def _rules(broker: Broker, rest: str = "") -> Answer:
    return broker.send("GET", f"{V1}/rules{rest}")


def test_the_rules_are_served(broker: Broker) -> None:
    """All of them in the ledger's order, each with quote, reading, grade, home and test."""
    told = _rules(broker).json()["rules"]
    assert [rule["id"] for rule in told] == list(rulebook.rules())
    assert all(rule["reading"] and rule["grade"] and rule["home"] and rule["test"] for rule in told)
    assert sum(bool(rule["quote"]) for rule in told) > 50


@pytest.mark.parametrize("section", ["s6.3", "6.3", "s6", "H44", "signing"])
def test_the_rules_of_a_section(broker: Broker, section: str) -> None:
    """`?section=` takes a section of the page with or without its letter, a chapter, a hole."""
    told = _rules(broker, f"?section={section}").json()["rules"]
    assert told
    assert all(rule["section"].removeprefix("s").startswith(section.removeprefix("s")) for rule in told)


@pytest.mark.parametrize("section", ["", "s", "s99", "H44/", "x" * 500])
def test_no_rules_of_an_unknown_section(broker: Broker, section: str) -> None:
    """A section that is not there is a problem that lists those that are."""
    assert "s6.3" in problem_of(_rules(broker, f"?section={section}"), 404)["detail"]


def test_the_example_of_the_document_runs(server: LocalServer) -> None:
    """The curl lines of the section on diagnosis run as they stand and answer what the section says."""
    section = DOCUMENT.split("\n## Diagnosis\n")[1].split("\n## ")[0]
    [script] = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    script = script.replace("refused.json", "/dev/stdout").replace("curl -s ", "curl -s -w '\\n' ")
    where = {"SIMULATOR": server.url, "PATH": "/usr/bin:/bin"}
    ended = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True, env=where)
    refused, explained, signature, rules = map(json.loads, ended.stdout.splitlines())
    assert refused["msg"] == "invalid_request: redirect_uri is compulsory"
    assert explained["outcome"] == "PARAMETER_MISSING"
    assert explained["diagnosis"]["causes"]
    assert signature["fits"] == "none"
    assert {rule["section"] for rule in rules["rules"]} == {"s6.3"}
