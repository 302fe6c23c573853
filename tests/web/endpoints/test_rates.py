"""What the gateway's pools look like on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.desk import IP, Key, query
from support.openapi_document import walk
from support.wire import NEW, OLD, REFRESH, V1, WITHDRAWAL, Answer, Asgi, Broker, control

from simulator.core.choices import DEFAULTS
from simulator.web.endpoints.schemas.document import document
from simulator.web.endpoints.table import ROUTES

RATE = ("gw-ratelimit-limit", "gw-ratelimit-remaining", "gw-ratelimit-reset")
BUSY = b'{"code":"429000","msg":"Too Many Requests"}'
ACCOUNTS, KEY_INFO, TIME = "/api/v1/accounts", "/api/v1/user/api-key", "/api/v1/timestamp"
COUNTED = {route.name for route in ROUTES if route.endpoints[0].toll}
"""Endpoints whose calls the gateway counts."""


def rate(answer: Answer) -> tuple[str, ...]:
    """The values of the rate headers that are there: limit, remaining, reset."""
    return tuple(answer.headers[name] for name in RATE if name in answer.headers)


def alike(answer: Answer) -> tuple[int, Mapping[str, str], bytes]:
    """All of an answer but the number of its entry."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-sim-entry"}
    return answer.status, headers, answer.body


def worn_out(broker: Broker, key: Key) -> Answer:
    """The first answer that says that the user's pool of 2000 has too little for a weight of 20."""
    answers = [broker.signed(key, "GET", KEY_INFO) for _ in range(101)]
    assert [answer.status for answer in answers] == [200] * 100 + [429]
    return answers[-1]


def test_headers_count_down(broker: Broker) -> None:
    """Successes and refusals alike say limit, remaining and reset in whole numbers; no answer has a Retry-After."""
    key = broker.key()
    answers = [
        *(broker.send("GET", TIME), broker.send("GET", "/api/v3/currencies/DOGE"), broker.signed(key, "GET", ACCOUNTS)),
        *(broker.withdraw(key), broker.withdraw(Key(key.api_key, "x", "y")), broker.withdraw(key, amount="9e9")),
        *(broker.send("POST", WITHDRAWAL, b"{}"), worn_out(broker, broker.key("frank"))),
    ]
    assert [answer.status for answer in answers] == [200, 200, 200, 200, 401, 200, 400, 429]
    assert [rate(answer) for answer in answers] == [
        *(("2000", "1997", "30000"), ("2000", "1994", "30000"), ("2000", "1995", "30000"), ("2000", "1990", "30000")),
        *(("2000", "1985", "30000"), ("2000", "1980", "30000"), ("2000", "1995", "30000"), ("2000", "0", "30000")),
    ]
    assert not [answer for answer in answers if "retry-after" in answer.headers]


def test_staged_is_earned_headers_included(broker: Broker) -> None:
    """A 429 on purpose has every byte of the one for cause, headers too, and the calls after it are turned away."""
    earned = worn_out(broker, broker.key())
    assert (earned.status, earned.body, rate(earned)) == (429, BUSY, ("2000", "0", "30000"))
    control(broker.send, "/faults", {"operation": "get_api_key_info", "times": 1, "refuse": "RATE_LIMITED"})
    key = broker.key("frank")
    first, second = broker.signed(key, "GET", KEY_INFO), broker.signed(key, "GET", KEY_INFO)
    assert alike(first) == alike(second) == alike(earned)
    assert [broker.entry(each)["diagnosis"]["staged"] for each in (first, second)] == [True, False]
    assert broker.signed(key, "GET", ACCOUNTS).status == 429


def test_a_staged_public_call(broker: Broker) -> None:
    """A public call is turned away on purpose like any other, for everybody at that IP."""
    control(broker.send, "/faults", {"operation": "get_currency", "times": 1, "refuse": "RATE_LIMITED"})
    staged, earned = broker.send("GET", "/api/v3/currencies/USDT"), broker.send("GET", TIME)
    assert alike(staged) == alike(earned)
    assert (earned.body, rate(earned)) == (BUSY, ("2000", "0", "30000"))


def test_answers_that_say_nothing_of_a_pool(broker: Broker) -> None:
    """OAuth, pages, the control surface, 404, 405, 413 and what a scenario makes up have no rate headers."""
    send = broker.send
    control(send, "/faults", {"operation": "get_server_time", "times": 1, "respond": {"status": 502}})
    tokens = broker.tokens()
    answers = [
        *(broker.exchange("x"), broker.refresh("x"), broker.add_key(tokens["access_token"]), send("POST", OLD)),
        *(send("GET", f"/oauth?{query()}"), send("GET", f"{V1}/clock"), send("GET", "/"), send("GET", "/api/v1/none")),
        *(send("POST", TIME), send("POST", WITHDRAWAL, b"x" * 100_000), send("GET", TIME)),
    ]
    assert {answer.status for answer in answers} == {200, 400, 401, 404, 405, 413, 502}
    assert [rate(answer) for answer in answers] == [()] * len(answers)
    assert rate(send("GET", TIME)) == ("2000", "1994", "30000")


def test_the_document_describes_the_headers(broker: Broker) -> None:
    """The OpenAPI document names the headers, and a 429, where the gateway counts and nowhere else; answers fit it."""
    described = document(DEFAULTS)
    by_name = {each.name: described["paths"][each.path][each.method.lower()] for each in ROUTES}
    for name, operation in by_name.items():
        there = {header.lower() for each in operation["responses"].values() for header in each["headers"]}
        assert there == {"x-sim-entry", "x-sim-note", *(RATE if name in COUNTED else ())}, name
        assert ("429" in operation["responses"]) is (name in COUNTED), name
    for name, answer in walk(broker):
        headers = {each.lower(): told for each, told in by_name[name]["responses"]["200"]["headers"].items()}
        assert {each for each in RATE if each in answer.headers} == headers.keys() & set(RATE)
        del headers["x-sim-note"]  # nothing was noticed
        for each, told in headers.items():
            Draft202012Validator(told["schema"]).validate(answer.headers[each])


def test_an_empty_header_would_be_noticed() -> None:
    """A rate header without a digit is none of the document's: it crashes KuCoin's own SDK for Python."""
    headers = document(DEFAULTS)["paths"][TIME]["get"]["responses"]["200"]["headers"]
    for name in RATE:
        assert not Draft202012Validator(headers[name]["schema"]).is_valid("")


def test_a_dry_run_takes_nothing(broker: Broker) -> None:
    """An explanation finds the pools of then and leaves those of callers alone, also of a call that was turned away."""
    refused = worn_out(broker, broker.key())
    number = int(refused.headers["x-sim-entry"].partition("/")[2])
    explained = [control(broker.send, "/explain", {"entry": number, "at": "then"}).json() for _ in range(2)]
    assert [(each["outcome"], each["answer"]["headers"]["gw-ratelimit-remaining"]) for each in explained] == [
        ("RATE_LIMITED", "0")
    ] * 2
    control(broker.send, "/explain", {"method": "GET", "path": TIME, "ip": IP})
    assert rate(broker.send("GET", TIME)) == ("2000", "1997", "30000")


def test_diagnosis(broker: Broker) -> None:
    """The entry of a call that was turned away tells which pool, how much was left, and what to try."""
    entry = broker.entry(worn_out(broker, broker.key()))
    diagnosis = entry["diagnosis"]
    assert (entry["outcome"], diagnosis["expected"]) == ("RATE_LIMITED", "2000 in 30 s (Management)")
    assert diagnosis["received"] == "weight 20 with 0 left for 30000 ms"
    assert any("gw-ratelimit-reset" in cause for cause in diagnosis["causes"])
    assert entry["changes"] == []
    assert entry["answer"]["headers"]["gw-ratelimit-remaining"] == "0"


def _reset(send: Asgi) -> Any:
    return control(send, "/reset", {})


def _restore(send: Asgi) -> Any:
    control(send, "/snapshots", {"name": "s"})
    return control(send, "/snapshots/s/restore", {})


def _import(send: Asgi) -> Any:
    state = send("GET", f"{V1}/state").json()
    return send("PUT", f"{V1}/state", json.dumps(state).encode(), {"content-type": "application/json"})


@pytest.mark.parametrize(("happens", "remaining"), [(_reset, "1997"), (_restore, "1994"), (_import, "1994")])
def test_what_a_call_of_the_control_surface_does_to_a_pool(send: Asgi, happens: Any, remaining: str) -> None:
    """A reset fills it, for whatever the caller has done; a restore and an import leave it as it is."""
    send("GET", TIME)
    assert happens(send).status == 200
    assert rate(send("GET", TIME))[1] == remaining


def test_each_workspace_has_pools_of_its_own(send: Asgi) -> None:
    """Tests that share a server and an IP do not use up each other's pools."""
    control(send, "/workspaces", {"name": "mine"})
    assert [rate(send("GET", path))[1] for path in (TIME, f"/w/mine{TIME}", TIME)] == ["1997", "1997", "1994"]


def test_a_body_that_cannot_be_read_is_counted(broker: Broker) -> None:
    """What fails in the exchange has passed the gateway: the key's user has called."""
    key = broker.key()
    answer = broker.signed(key, "POST", WITHDRAWAL, b"[")
    assert (answer.status, rate(answer)) == (400, ("2000", "1995", "30000"))


def test_level_over_the_wire(broker: Broker) -> None:
    """A user's level decides the size at once, and there is none beyond 12."""
    key = broker.key()
    told = {"content-type": "application/json"}
    assert broker.send("PATCH", f"{V1}/users/alice", b'{"level": 12}', told).status == 200
    assert rate(broker.signed(key, "GET", ACCOUNTS)) == ("20000", "19995", "30000")
    assert broker.send("PATCH", f"{V1}/users/alice", b'{"level": 13}', told).status == 422


def test_old_and_new_key_endpoints_are_none_of_the_gateways(broker: Broker) -> None:
    """No call of /_oauth is counted, however often it comes."""
    answers = [broker.send("POST", path, b"{}") for path in (NEW, OLD, REFRESH) * 5]
    assert {rate(answer) for answer in answers} == {()}
