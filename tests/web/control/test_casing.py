"""Our names are in snake_case wherever JSON of ours is read or written."""

from __future__ import annotations

import pytest
from support.casing import SNAKE, STANDARDS, declared_names, wrong_names
from support.control_calls import steer
from support.openapi_document import walk
from support.wire import V1, Broker

from simulator.scenario.keys.json_schema import schema as scenario_schema
from simulator.web.control.protocol.declaration import ControlCall
from simulator.web.control.routes import CALLS


@pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])
def test_what_a_call_declares(call: ControlCall) -> None:
    """Parameters, fields of bodies, of replies and of problems; formats of others keep their own names."""
    schemas = [call.body and call.body.schema, *(schema for part in call.members.values() for schema in part.values())]
    schemas += [] if call.name in STANDARDS else [call.reply_schema]
    names = [parameter.name for parameter in call.query]
    names += [path for schema in schemas for path in declared_names(schema)]
    names += [name for part in call.members.values() for name in part]
    assert [name for name in names if not SNAKE.fullmatch(name.rpartition(".")[2])] == []


def test_a_scenario() -> None:
    """Every key of a scenario that is not somebody's name."""
    names = [*declared_names(scenario_schema())]
    assert len(names) > 100
    built_in = (".given.currencies.", ".given.prices_usdt.", ".given.symbols.")
    others = [name for name in names if not name.startswith(built_in)]
    assert [name for name in others if not SNAKE.fullmatch(name.rpartition(".")[2])] == []


def test_the_state_and_what_is_streamed(broker: Broker) -> None:
    """An export of a world in which everything has happened, the lines of the journal, and those of the log."""
    for _ in walk(broker):
        pass
    exported = steer(broker.send, "GET", "/state").json()
    assert wrong_names(exported) == []
    assert len(exported["state"]["world"]) > 10
    lines = steer(broker.send, "GET", "/requests?limit=1000").json()["requests"]
    assert wrong_names(lines) == []
    assert {"business_time", "wall_time"} < lines[0].keys()


@pytest.mark.parametrize("path", ["/_sim/live", "/_sim/ready"])
def test_health(broker: Broker, path: str) -> None:
    """Live and ready, and why not."""
    assert wrong_names(broker.send("GET", path).json()) == []


def test_a_har_has_its_own_names(broker: Broker) -> None:
    """Names of the format, and ours behind an underscore."""
    broker.refresh("none")
    [entry] = broker.send("GET", f"{V1}/requests.har").json()["log"]["entries"]
    ours = {name for name in entry if name.startswith("_")}
    assert {name for name in ours if not SNAKE.fullmatch(name[1:])} == set()
    assert entry.keys() - ours == {"startedDateTime", "time", "request", "response", "cache", "timings", "comment"}


def test_a_camel_is_found() -> None:
    """The search of these tests finds a wrong name, in a list too, and leaves names that are data alone."""
    assert wrong_names({"a_b": [{"cD": 1}], "balances": {"USDT": "1"}, "X": 0}) == [".a_b.cD", ".X"]
    assert [*declared_names({"anyOf": [{"items": {"properties": {"cD": {}}}}]})] == [".cD"]
