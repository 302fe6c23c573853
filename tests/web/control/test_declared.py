"""A control call is declared once: what it reads and what it answers is what its declaration says."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from support.control_calls import steer
from support.wire import V1, Asgi, Broker, problem_of

from simulator.web.control.protocol.bodies import BodyFields, DeclaredFields
from simulator.web.control.protocol.declaration import ControlCall, JsonBody, NumberParameter, QueryParameter
from simulator.web.control.routes import CALLS
from simulator.web.json_schema import FLAG, TEXT, closed

BODY = JsonBody(
    closed({"name": TEXT, "loud?": FLAG, "mode?": {"enum": ["a", "b"]}, "by?": {**TEXT, "examples": ["1h"]}})
)


class Named(dict[str, str]):
    """Path parameters that lead to somebody or to nothing."""

    def __missing__(self, key: str) -> str:
        return "none"


def target(call: ControlCall) -> str:
    """A path of the call."""
    return call.path.format_map(Named(user="alice", client="demo-broker", number="1"))


def test_every_call_is_declared_whole() -> None:
    """A method, a path, a summary, a reply or no body; no call stands twice, and no parameter of a call does."""
    assert len({call.name for call in CALLS}) == len(CALLS)
    for call in CALLS:
        assert call.method in ("GET", "PUT", "POST", "PATCH", "DELETE")
        assert call.summary.endswith(".")
        assert (call.reply is None) == (call.status == 204)
        names = [parameter.name for parameter in call.query]
        assert len(set(names)) == len(names)
        assert call.body is None or call.method != "GET"


WITH_QUERY = [call for call in CALLS if call.query]


@pytest.mark.parametrize("call", WITH_QUERY, ids=[call.name for call in WITH_QUERY])
def test_every_declared_parameter_is_read(broker: Broker, call: ControlCall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function of a call looks at each parameter that the call declares."""
    read = set()
    texts = QueryParameter.texts

    def spied(parameter: QueryParameter, request: Request) -> list[str]:
        read.add(parameter.name)
        return texts(parameter, request)

    monkeypatch.setattr(QueryParameter, "texts", spied)
    wrong = {parameter.name: "1" for parameter in call.query if parameter.name in ("timeout", "count")}
    if call.path.endswith("/stream"):
        wrong = {"since": "no number"}  # it would stay open
    answer = broker.send("GET", f"{V1}{target(call)}?{'&'.join(f'{name}={text}' for name, text in wrong.items())}")
    assert answer.status in (200, 400, 408)
    assert read == {parameter.name for parameter in call.query}


@pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])
def test_an_unknown_parameter_is_refused(broker: Broker, call: ControlCall) -> None:
    """400 with the parameters that there are and the one that was probably meant; the call is not performed."""
    before = steer(broker.send, "GET", "/state").body
    known = [parameter.name for parameter in call.query]
    name = f"{known[0]}x" if known else "limit"
    problem = problem_of(broker.send(call.method, f"{V1}{target(call)}?{name}=1"), 400)
    [error] = problem["errors"]
    assert (error["field"], error["detail"].rpartition("are ")[2]) == (name, ", ".join(known) or "none")
    assert f"(did you mean {known[0]}?)" in problem["detail"] if known else "known are none" in problem["detail"]
    assert steer(broker.send, "GET", "/state").body == before


def test_a_parameter_that_is_not_declared_cannot_be_read() -> None:
    """A function that reads a parameter of another call is an error of ours, not an undocumented parameter."""
    secret = NumberParameter("secret", 0, 9, 1, "")
    scope = {"type": "http", "query_string": b"secret=2", "headers": []}
    assert secret.number(Request(scope)) == 2
    call = next(call for call in CALLS if call.name == "GET /clock")
    with pytest.raises(LookupError, match="GET /clock reads the parameter secret and does not declare it"):
        secret.number(Request({**scope, "simulator.control_call": call}))


def test_a_field_that_is_not_declared_cannot_be_read() -> None:
    """The same of a body's field; one that is declared is None when it is absent."""
    with BodyFields({"name": "x"}, BODY.names) as fields:
        assert (fields.raw("name"), fields.raw("loud")) == ("x", None)
        with pytest.raises(LookupError, match="no field volume; declared are name, loud, mode, by"):
            fields.raw("volume")


JSON_BODIES = [call for call in CALLS if call.body and not call.body.texts]
VALID: dict[str, list[dict[str, Any]]] = {
    "POST /workspaces": [{}],
    "POST /snapshots": [{"name": "s"}],
    "POST /rewind": [{"to": 1}],
    "POST /races": [{"overlapping": True}],
    "POST /explain": [{"method": "GET", "path": "/"}],
    "PUT /state": [{"version": 1}],
    "PATCH /clock": [{"mode": "frozen"}],
    "POST /clock/advance": [{"by": "1m"}, {"to_event": "deposit"}],
}


@pytest.mark.parametrize("call", JSON_BODIES, ids=[call.name for call in JSON_BODIES])
def test_every_declared_field_is_read(broker: Broker, call: ControlCall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function of a call looks at each field of the body that the call declares."""
    assert call.body is not None
    broker.refresh("none")
    read: set[str] = set()
    get = DeclaredFields.get

    def watched(fields: DeclaredFields, name: str, default: object = None) -> object:
        read.add(name)
        return get(fields, name, default)

    monkeypatch.setattr(DeclaredFields, "get", watched)
    for body in VALID.get(call.name, [{}]):
        steer(broker.send, call.method, target(call), body)
    assert read | ({"state"} if call.path == "/state" else set()) == set(call.body.names)


@pytest.mark.parametrize("call", JSON_BODIES, ids=[call.name for call in JSON_BODIES])
def test_an_unknown_field_is_refused(broker: Broker, call: ControlCall) -> None:
    """400 with the fields that there are and the one that was probably meant."""
    assert call.body is not None
    name = f"{call.body.names[0]}x"
    problem = problem_of(steer(broker.send, call.method, target(call), {name: 1}), 400)
    detail = f"unknown (did you mean {call.body.names[0]}?); known are {', '.join(call.body.names)}"
    assert problem["errors"][0] == {"field": name, "detail": detail}


def test_a_body_in_a_line() -> None:
    """Its fields, `?` behind those that may be absent, with the words or an example of each."""
    assert BODY.brief() == '{"name", "loud"?, "mode"?: "a" or "b", "by"?: "1h"}'


def test_the_index_says_what_each_call_takes(send: Asgi) -> None:
    """Query and body stand there as they are declared."""
    listed = {call["call"]: call for call in send("GET", V1).json()["calls"]}
    assert listed[f"GET {V1}/deposits"]["query"] == ["limit", "user"]
    assert listed[f"POST {V1}/snapshots"]["body"] == '{"name"}'
    assert listed[f"PATCH {V1}/clock"]["body"] == ('{"mode"?: "real", "offset", "frozen" or "scaled", "scale"?: "60"}')
    assert listed[f"PUT {V1}/scenario"]["body"] == "a scenario, in YAML or JSON"
    assert "body" not in listed[f"GET {V1}/clock"]


WITHOUT_BODY = [call for call in CALLS if call.body is None and call.method != "GET"]


@pytest.mark.parametrize("call", WITHOUT_BODY, ids=[call.name for call in WITHOUT_BODY])
def test_a_body_that_nothing_reads_is_refused(broker: Broker, call: ControlCall) -> None:
    """400, and nothing is changed; an empty object says nothing, so it is fine."""
    before = steer(broker.send, "GET", "/state").body
    problem = problem_of(steer(broker.send, call.method, target(call), {"reason": "x"}), 400)
    assert problem["detail"] == f"{call.name} takes no body; nothing was changed"
    assert steer(broker.send, "GET", "/state").body == before
    assert steer(broker.send, call.method, target(call), {}).status in (call.status, 404, 409)
