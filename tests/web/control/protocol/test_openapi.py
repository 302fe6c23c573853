"""The control surface's OpenAPI document says what its calls take and give."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from openapi_spec_validator import validate
from support.casing import STANDARDS, wrong_names
from support.control_calls import steer
from support.desk import payment, query
from support.documented_calls import Call, people, trading
from support.feeds_without_ports import subscribed
from support.openapi_document import Document, Seen, schemas, seen_in, unseen, walk
from support.wire import JSON, V1, Answer, Asgi, Broker

from simulator.web.control.protocol.openapi import document
from simulator.web.control.protocol.problems import problem_body
from simulator.web.control.routes import CALLS
from simulator.web.json_schema import TEXT, closed, listed
from simulator.web.wire.client_hello import ClientHello

DOCUMENT = Document(document(CALLS))
BY_NAME = {call.name: call for call in CALLS}
SCENARIO = {"version": 1, "name": "mine", "extends": "demo"}
STRUCK = {"stream_faults": [{"topic": "/market/ticker", "effect": "drop"}]}
FAULT = {"operation": "exchange_code", "refuse": "CODE_EXPIRED", "times": 1, "delay": "1s"}
MATCH = {"amount": {"at_least": "5"}, "currency": "BTC"}
LIMITED = {"operation": "withdraw", "match": MATCH, "respond": {"status": 502, "headers": {"X-A": "b"}}, "skip": 1}
OF_ALICE = {
    "operation": "withdraw",
    "user": "alice",
    "client": "demo-broker",
    "match": {"amount": {"at_most": "5"}},
    "network": "reset",
}
EVENTS = {
    "operation": "withdraw",
    "hold": {"until": 2, "order": "reversed"},
    "first": {"event": "credit", "user": "alice", "client": "demo-broker", "currency": "USDT", "amount": "5"},
    "then": {"event": "narrow", "groups": ["API_SPOT"]},
}
EXPIRING = {
    "operation": "exchange_code",
    "first": {"event": "expire", "what": "code"},
    "then": {"event": "credit", "user": "alice", "client": "demo-broker", "currency": "USDT", "amount": "5"},
}
NARROWING = {
    "operation": "withdraw",
    "first": {"event": "narrow", "groups": ["API_SPOT"]},
    "then": {"event": "expire", "what": "code"},
}
LOGIN = {"user": "alice", "grant": ["API_SPOT"], "redirect": "twice"}


def problems(key: str, answer: Answer) -> list[str]:
    method, _, path = key.partition(" ")
    return DOCUMENT.problems(method, V1 + path, answer.status, answer.body, answer.headers.get("content-type", ""))


def test_it_is_valid_and_served(send: Asgi) -> None:
    """OpenAPI 3.1, at /_sim/v1/openapi.json, as JSON, with the server's prefix before every path."""
    answer = send("GET", f"{V1}/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == json.loads(json.dumps(DOCUMENT.data))
    validate(answer.json())


def test_it_has_every_call_and_no_other() -> None:
    """Each declared call has a description, and nothing else is described."""
    described = [f"{method} {path.removeprefix(V1)}".strip() for method, path in DOCUMENT.operations]
    assert sorted(described) == sorted(BY_NAME)
    names = [operation["operationId"] for operation in DOCUMENT.operations.values()]
    assert len(set(names)) == len(names)


def test_problems_are_closed() -> None:
    """A problem has the members of RFC 9457 and `errors`, and the status that it came with."""
    every = [*schemas(DOCUMENT.data["components"]["schemas"])]
    assert len(every) > 10
    assert [each for each in every if each["additionalProperties"] is not False] == []
    good = problem_body(404, "no", [{"field": "x", "detail": "y"}])
    for body, wrong in ((good, 0), (good.replace(b"404", b"409"), 1), (good.replace(b"detail", b"told"), 1)):
        found = DOCUMENT.wrong({"$ref": "#/components/schemas/Problem.404"}, json.loads(body))
        assert bool(found) == bool(wrong), found


@pytest.fixture
def played(broker: Broker, send: Asgi) -> Broker:
    """A broker at a world in which every call of the exchange was answered, and some were refused."""
    failed = ClientHello("www.kucoin.com", "TLS 1.3"), "TLSV1_ALERT_UNKNOWN_CA"
    send.app.entrance.handshakes.fail("127.0.0.1", *failed)
    steer(broker.send, "PUT", "/stream-faults", STRUCK)
    subscribed(send, "/market/ticker:BTC-USDT")
    steer(broker.send, "PUT", "/prices/BTC-USDT", {"last": "61000"})
    for _ in walk(broker):
        pass
    key = broker.key()
    broker.exchange("none")
    broker.withdraw(key, payment(amount="0"))
    broker.send("GET", f"/oauth?{query()}&client_secret=s")
    steer(broker.send, "POST", "/faults", FAULT)
    broker.exchange("none")
    steer(broker.send, "PUT", "/faults", {"faults": [EXPIRING]})
    broker.exchange(broker.authorize())
    steer(broker.send, "PUT", "/faults", {"faults": []})
    broker.send("GET", "/api/v1/accounts?currency=BTC", headers=broker.headers(key, "GET", "/api/v1/accounts"))
    headers = broker.headers(key, "GET", "/api/v1/accounts")
    broker.send("GET", "/api/v1/accounts", headers={**headers, "KC-API-SIGN": "wrong"})
    broker.send("GET", "/api/v1/nothing")
    return broker


def sent(broker: Broker, key: str, target: str = "", body: object = None) -> Answer:
    """A call, performed: it succeeds, as its declaration says, with an answer that the document knows."""
    method, _, path = key.partition(" ")
    raw = b"" if body is None else json.dumps(body).encode()
    answer = broker.send(method, V1 + (target or path), raw, JSON if raw else {})
    assert answer.status in (BY_NAME[key].status, *BY_NAME[key].also), (key, answer.text)
    assert problems(key, answer) == [], key
    declared = BY_NAME[key].body
    if body is not None:
        assert declared is not None
        assert DOCUMENT.wrong(dict(declared.schema), body) == [], key
    return answer


def happened(call: Call) -> None:
    """Journal, explanations, snapshots, state."""
    for entry in call("GET /requests", "/requests?limit=1000")["requests"]:
        whole = call("GET /requests/{number}", f"/requests/{entry['number']}")
        assert whole["outcome"] == entry["outcome"]
    call("GET /requests/wait", "/requests/wait?since=0&count=2")
    for entry in call("GET /requests", "/requests?limit=1000")["requests"]:
        if entry["status"] != 101 and ({"fault", "diagnosis"} & entry.keys() or entry["notes"]):
            call("POST /explain", body={"entry": entry["number"], "at": "then"})
    call("POST /explain", body={"method": "GET", "path": "/api/v1/accounts", "headers": {"x": "y"}})
    signature = {"method": "GET", "path": "/", "timestamp": 1, "sign": "x", "secret": "s"}
    call("POST /explain/signature", body=signature)
    signed = base64.b64encode(hmac.digest(b"s", b"1get/", "sha256")).decode()
    call("POST /explain/signature", body={**signature, "sign": signed})
    call("POST /snapshots", body={"name": "s"})
    call("GET /snapshots")
    call("POST /snapshots/{name}/restore", "/snapshots/s/restore")
    call("DELETE /snapshots/{name}", "/snapshots/s")
    call("POST /rewind", body={"to": 10})
    call("PUT /state", body=call("GET /state"))


def playing(call: Call) -> None:
    """Time, faults, scenario, workspaces."""
    call("PUT /stream-faults", body=STRUCK)
    call("GET /streams/{number}", "/streams/1")
    call("PATCH /clock", body={"mode": "scaled", "scale": "60"})
    call("PATCH /clock", body={"mode": "frozen"})
    call("POST /clock/advance", body={"by": "1m"})
    call("POST /clock/advance", body={"to_event": "access_token_expiry", "offset": "-1s"})
    call("POST /clock/advance", body={"by": "4d"})
    call("POST /pools/refill", body={"user": "alice", "pool": "Management"})
    call("POST /faults", body=FAULT)
    call("POST /faults", body={"operation": "withdraw", "network": "reset", "advance": "61m"})
    identity = call("PUT /faults", body={"faults": [FAULT, LIMITED, OF_ALICE, EVENTS, EXPIRING, NARROWING]})["faults"][
        0
    ]["id"]
    call("DELETE /faults/{id}", f"/faults/{identity}")
    never = {"fact": "violations", "at_least": 0}
    call("POST /verify", body={"expect": [never, {"any_of": [never, [never, {"outcome": "OK", "at_most": 0}]]}]})
    call("POST /scenario/validate", body=SCENARIO)
    call("POST /pools/refill")
    call("POST /reset")
    call("PUT /scenario", body={**SCENARIO, "clock": {"mode": "frozen"}, "faults": [FAULT]})
    call(
        "PUT /scenario",
        body={**SCENARIO, "clock": {"mode": "scaled", "scale": "2"}, "login": {"mode": "auto", **LOGIN}},
    )
    call("PUT /scenario", body={**SCENARIO, "login": {"mode": "queue", "logins": [LOGIN]}})
    call("GET /scenario")
    name = call("POST /workspaces", body={"ttl": "10m", "seed": 7})["name"]
    call("GET /workspaces")
    call("GET /workspaces/{workspace}", f"/workspaces/{name}")
    call("DELETE /workspaces/{workspace}", f"/workspaces/{name}")
    call("DELETE /requests")
    call("DELETE /handshakes")


def test_every_call_answers_as_it_says(played: Broker) -> None:
    """Each call, in several ways, in a world where much has happened: answers have the declared fields, and all."""
    done = set()
    replies = {key: call.reply_schema for key, call in BY_NAME.items()}
    seen: Seen = {}

    def call(key: str, target: str = "", body: object = None) -> Any:
        done.add(key)
        answer = sent(played, key, target, body)
        is_json = "json" in answer.headers.get("content-type", "")
        data = answer.json() if is_json else answer.text or None
        seen_in(seen, replies[key] or {}, data)
        if key not in STANDARDS:
            assert wrong_names(data) == [], key
        return data

    for key in BY_NAME:
        if key.startswith("GET") and "{" not in key and not key.endswith(("/wait", "/stream")):
            call(key)
    happened(call)
    people(call, played)
    trading(call, played)
    playing(call)
    left_out = BY_NAME.keys() - done - {"GET /requests/stream"}
    assert left_out == set(), "make these calls in tests/support/documented_calls.py"
    lacking = {name for key, schema in replies.items() for name in unseen(seen, schema or {}, key)}
    never = (".evidence_failures", ".broken.invariant", ".broken.detail", ".broken.replay")
    lacking = {name for name in lacking if not name.endswith(never)}  # see test_harmless, test_invariants
    assert lacking == set(), "no answer had these fields: make a call that does in tests/support/documented_calls.py"


def test_a_field_that_is_never_answered_is_found() -> None:
    """The search of the test above sees a field that no answer has, also within the items of a list."""
    schema = closed({"a": TEXT, "b?": listed(closed({"c": TEXT, "d?": TEXT}))})
    seen: Seen = {}
    seen_in(seen, schema, {"a": "x"})
    assert [*unseen(seen, schema, "GET /x")] == ["GET /x.b"]
    seen_in(seen, schema, {"a": "x", "b": [{"c": "y"}]})
    assert [*unseen(seen, schema, "GET /x")] == ["GET /x.b.d"]


@pytest.mark.parametrize(
    ("key", "target", "body", "status"),
    [
        ("POST /verify", "", {"expect": [{"fact": "violations", "exactly": 7}]}, 409),
        ("PUT /scenario", "", {"version": 2}, 422),
        ("POST /authorizations", "", {"more": 1}, 400),
        ("POST /clock/advance", "", {"by": "1h", "to": "2"}, 400),
        ("GET /users/{user}", "/users/nobody", None, 404),
        ("GET /users", "/users?limit=0", None, 400),
        ("GET /requests/wait", "/requests/wait?timeout=0", None, 408),
        ("GET /users", "/users", "foreign", 403),
    ],
)
def test_problems_are_in_it(broker: Broker, key: str, target: str, body: object, status: int) -> None:
    """What is wrong with a call is told as the document says."""
    method, _, path = key.partition(" ")
    headers = {"origin": "https://evil.example"} if body == "foreign" else JSON
    raw = b"" if body in (None, "foreign") else json.dumps(body).encode()
    answer = broker.send(method, V1 + (target or path), raw, headers)
    assert answer.status == status, answer.text
    assert problems(key, answer) == []
