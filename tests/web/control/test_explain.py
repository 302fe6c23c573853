"""`/explain` and `/explain/signature`: why a request is refused, without anything having happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from support.desk import IP, START, Key, hmac_sha256, payment, query, token_query
from support.wire import FORM, JSON, NEW, TOKEN, V1, WITHDRAWAL, Asgi, Broker, control, decoded, problem_of

from simulator.web.app import App

ACCOUNTS = "/api/v1/accounts"


def app_of(broker: Broker) -> App:
    assert isinstance(broker.send, Asgi)
    app: App = broker.send.app
    return app


def explain(broker: Broker, **asked: object) -> Any:
    answer = control(broker.send, "/explain", asked)
    assert answer.status == 200, answer
    return answer.json()


def described(broker: Broker, method: str, target: str, body: bytes, headers: dict[str, str]) -> Any:
    """The same request, told to `/explain` in place of being sent."""
    return explain(broker, method=method, path=target, body=body.decode(), headers=headers)


def remembered(broker: Broker) -> tuple[object, ...]:
    """All that a call could change."""
    desk = app_of(broker).desk
    exchange = desk.exchange
    return (exchange.world, exchange.state(), len(exchange.log), desk.journal.last, desk.journal.tally)


def test_a_dry_run_changes_nothing(broker: Broker) -> None:
    """No world, no clock, no log, no journal, no count and no fault is other than before; the call then succeeds."""
    key = broker.key("frank")
    control(broker.send, "/faults", {"operation": "withdraw", "refuse": "USER_FROZEN", "times": 1})
    before, faults = remembered(broker), broker.send("GET", f"{V1}/faults").body
    body = json.dumps(payment()).encode()
    headers = broker.headers(key, "POST", WITHDRAWAL, body)
    for _ in range(3):
        told = described(broker, "POST", WITHDRAWAL, body, headers)
        assert (told["outcome"], told["diagnosis"]["staged"]) == ("USER_FROZEN", True)
    assert remembered(broker) == before
    assert broker.send("GET", f"{V1}/faults").body == faults
    assert broker.withdraw(key).json()["code"] == "411100"
    assert described(broker, "POST", WITHDRAWAL, body, headers)["outcome"] == "OK"
    assert broker.balance("frank") == "50000"
    assert "withdrawalId" in broker.withdraw(key).text


def _calls(broker: Broker) -> list[tuple[str, str, bytes, dict[str, str]]]:
    key, token = broker.key(), broker.tokens()["access_token"]
    body = json.dumps(payment()).encode()
    signed = broker.headers(key, "POST", WITHDRAWAL, body)
    wrong = {**signed, "KC-API-SIGN": "x"}
    target = f"{ACCOUNTS}?currency=U%2FT"
    return [
        ("POST", WITHDRAWAL, body, wrong),
        ("POST", WITHDRAWAL, body + b" ", signed),
        ("POST", WITHDRAWAL, body, {}),
        ("GET", WITHDRAWAL, b"", signed),
        ("GET", target, b"", broker.headers(key, "GET", target)),
        ("GET", target, b"", broker.headers(key, "GET", decoded(target))),
        ("GET", "/nowhere", b"", {}),
        ("GET", f"{TOKEN}?{token_query('x')}", b"", {}),
        ("POST", NEW, b"[", {**JSON, "authorization": f"Bearer {token}"}),
        ("GET", "/api/v3/currencies/EUR", b"", {"host": "www.kucoin.com"}),
        ("GET", f"/oauth?{query(client_id='x')}", b"", {}),
        ("GET", f"/oauth?{query()}", b"", {}),
    ]


def test_it_says_what_the_exchange_would_say(broker: Broker) -> None:
    """Status, body, notes and diagnosis of a dry run are those of the call when it is made."""
    for method, target, body, headers in _calls(broker):
        told = described(broker, method, target, body, headers)
        answer = broker.send(method, target, body, headers)
        entry = broker.entry(answer)
        same = ("operation", "user", "client", "outcome", "notes", "status")
        assert {name: told[name] for name in same} == {name: entry[name] for name in same}
        assert (told["answer"]["status"], told["answer"]["body"]) == (answer.status, entry["answer"]["body"])
        assert told.get("diagnosis") == entry.get("diagnosis")
        assert "number" not in told


def test_a_form_of_a_page_can_be_explained(broker: Broker) -> None:
    """What the pages would do with a form, and that they would not take it."""
    form = urlencode({"step": "consent", "identity": "nobody", "decision": "approve"}).encode()
    told = described(broker, "POST", f"/oauth?{query()}", form, FORM)
    assert (told["outcome"], told["operation"]) == ("USER_UNKNOWN", "authorize")
    answer = control(broker.send, "/explain", {"method": "POST", "path": f"/oauth?{query()}", "body": "step=fly"})
    assert "the page would not take the form" in problem_of(answer, 400)["detail"]


def test_a_consent_by_the_control_surface_can_be_explained(broker: Broker) -> None:
    """Also `/authorizations` is written down, and performed again."""
    broker.authorize()
    told = explain(broker, entry=1)
    assert (told["operation"], told["outcome"], told["status"]) == ("authorize", "OK", 201)


def test_an_entry_is_explained_now_and_then(broker: Broker) -> None:
    """An entry is performed on the world of now, or on the world and at the instant in which it came."""
    code = broker.authorize()
    first = broker.entry(broker.exchange(code))["number"]
    assert explain(broker, entry=first)["outcome"] == "CODE_USED"
    then = explain(broker, entry=first, at="then")
    assert (then["outcome"], then["business_time"], "diagnosis" in then) == ("OK", START, False)
    control(broker.send, "/clock/advance", {"by": "10m"})
    used = broker.entry(broker.exchange(code))["number"]
    broker.send("POST", f"{V1}/reset")
    assert explain(broker, entry=used)["outcome"] == "CODE_UNKNOWN"
    assert explain(broker, entry=used, at="then")["outcome"] == "CODE_USED"


def test_then_has_the_faults_of_that_time(broker: Broker) -> None:
    """A refusal that was staged is staged again then, though its fault is used up now."""
    key = broker.key("frank")
    control(broker.send, "/faults", {"operation": "withdraw", "refuse": "USER_FROZEN", "times": 1})
    number = broker.entry(broker.withdraw(key))["number"]
    assert explain(broker, entry=number)["outcome"] == "OK"
    then = explain(broker, entry=number, at="then")
    assert (then["outcome"], then["diagnosis"]["staged"]) == ("USER_FROZEN", True)


def test_a_call_for_which_too_little_was_left_is_explained(broker: Broker) -> None:
    """A dry run finds the pools as they are, or as they were then, and takes nothing out of them."""
    key = broker.key()
    answers = [broker.signed(key, "GET", "/api/v1/user/api-key") for _ in range(101)]
    passed, over = (broker.entry(answer)["number"] for answer in answers[-2:])
    assert [explain(broker, entry=number)["outcome"] for number in (passed, over)] == ["RATE_LIMITED"] * 2
    then = explain(broker, entry=over, at="then")
    assert (then["outcome"], then["diagnosis"]["reason"]) == ("RATE_LIMITED", "RATE_LIMITED")
    assert explain(broker, entry=passed, at="then")["outcome"] == "OK"
    broker.send("POST", f"{V1}/reset")
    assert [explain(broker, entry=number, at="then")["outcome"] for number in (passed, over)] == ["OK", "RATE_LIMITED"]


def test_then_keeps_the_signature_in_time(wired: Callable[..., Broker]) -> None:
    """KC-API-TIMESTAMP is held against the wall clock of then."""
    broker = wired()
    number = broker.entry(broker.signed(broker.key(), "GET", ACCOUNTS))["number"]
    app_of(broker).desk.exchange.clock._machine = lambda: START + 60_000
    assert explain(broker, entry=number)["outcome"] == "TIMESTAMP_INVALID"
    assert explain(broker, entry=number, at="then")["outcome"] == "OK"


@pytest.mark.parametrize("fault", [{"network": "hang"}, {"network": "reset"}, {"refuse": "USER_FROZEN", "delay": "1h"}])
def test_nobody_waits_for_a_fault(broker: Broker, fault: dict[str, str]) -> None:
    """What a fault would do is told at once, without its delay and without its damage."""
    key, body = broker.key("frank"), json.dumps(payment()).encode()
    control(broker.send, "/faults", {"operation": "withdraw", **fault})
    told = described(broker, "POST", WITHDRAWAL, body, broker.headers(key, "POST", WITHDRAWAL, body))
    assert told["fault"]["id"]
    assert told["status"] == (200 if "refuse" in fault else 0)


def test_no_secret_is_told(broker: Broker) -> None:
    """What a dry run mints is what the next call mints: it is hidden as in the journal."""
    code = broker.authorize()
    target = f"{TOKEN}?{token_query(code)}"
    told = json.dumps(explain(broker, method="GET", path=target))
    tokens = broker.exchange(code).json()
    assert {secret for secret in (code, tokens["access_token"], tokens["refresh_token"]) if secret in told} == set()
    headers = {"authorization": f"bearer {tokens['access_token']}", **JSON}
    body = '{"authGroupMap":{"API_SPOT":true}}'
    told = json.dumps(explain(broker, method="POST", path=NEW, headers=headers, body=body))
    key = broker.send("POST", NEW, body.encode(), headers).key
    assert {secret for secret in (key.secret, key.passphrase, tokens["access_token"]) if secret in told} == set()


def test_the_caller_may_be_another(broker: Broker) -> None:
    """`ip` says who calls; without it the caller of `/explain` does."""
    assert explain(broker, method="GET", path="/x")["request"]["ip"] == IP
    assert explain(broker, method="GET", path="/x", ip="192.0.2.1")["request"]["ip"] == "192.0.2.1"


@pytest.mark.parametrize(
    "call",
    ["GET /", "GET /_sim", "POST /_sim/v1/reset", "PUT /oauth", "GET /account/security/g2fa", "GET /demo/callback"],
)
def test_what_asks_nothing_of_the_exchange(broker: Broker, call: str) -> None:
    """The control surface, and pages that only show something, are not for a dry run."""
    method, path = call.split()
    answer = control(broker.send, "/explain", {"method": method, "path": path})
    assert "asks nothing of the exchange" in problem_of(answer, 400)["detail"]


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"path": "/x"}, 400, "method"),
        ({"method": "GET"}, 400, "path"),
        ({"method": "GET", "path": 5}, 400, "path"),
        ({"method": "GET", "path": "/€"}, 400, "path"),
        ({"method": "GET", "path": "/x", "query": "€"}, 400, "query"),
        ({"method": "GET", "path": "/x", "headers": []}, 400, "headers"),
        ({"method": "GET", "path": "/x", "headers": {"a": 1}}, 400, "headers"),
        ({"method": "GET", "path": "/x", "headers": {"a": "€"}}, 400, "headers"),
        ({"method": "GET", "path": "/x", "body": {}}, 400, "body"),
        ({"method": "GET", "path": "/x", "at": "then"}, 400, "at"),
        ({"method": "GET", "path": "/x", "at": "soon"}, 400, "at"),
        ({"method": "GET", "path": "/x", "nonsense": 1}, 400, "nonsense"),
        ({"entry": 99}, 404, ""),
        ({"entry": True}, 404, ""),
        ({"entry": "1"}, 404, ""),
        ({"entry": -1}, 404, ""),
        ({"entry": 1, "method": "GET"}, 400, "entry"),
    ],
)
def test_what_cannot_be_explained(broker: Broker, asked: dict[str, object], status: int, field: str) -> None:
    """A request that is not described in full, or an entry that is not there, is a problem that names the field."""
    problem = problem_of(control(broker.send, "/explain", asked), status)
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])


# --- signatures
def signature(broker: Broker, **asked: object) -> Any:
    answer = control(broker.send, "/explain/signature", asked)
    assert answer.status == 200, answer
    return answer.json()


@pytest.mark.parametrize("given", ["key", "secret"])
def test_a_signature_is_taken_apart(broker: Broker, given: str) -> None:
    """The recipe is named whether the key is one of ours or the secret is told; a right one is right."""
    key = broker.key()
    asked = {
        "method": "POST",
        "path": WITHDRAWAL,
        "body": '{"a": 1}',
        "timestamp": START,
        **({"key": key.api_key} if given == "key" else {"secret": key.secret}),
    }
    right = f'{START}POST{WITHDRAWAL}{{"a": 1}}'
    told = signature(broker, **asked, sign=hmac_sha256(key.secret, right.encode()))
    assert (told["fits"], told["recipe"], told["right"], told["signed"]) == ("right", [], right, right)
    lower = hmac_sha256(key.secret, right.replace("POST", "post").encode())
    told = signature(broker, **asked, sign=lower)
    assert (told["fits"], told["recipe"], told["difference"]["at"]) == ("wrong", ["lower-method"], 13)
    assert signature(broker, **{**asked, "method": "post"}, sign=lower) == told
    told = signature(broker, **{**asked, "timestamp": str(START)}, sign="x")
    assert (told["fits"], told["right"], len(told["compare"])) == ("none", right, 4)
    assert key.secret not in json.dumps(told)


def test_the_query_of_a_signature_may_stand_in_the_path(broker: Broker) -> None:
    """`path` with its query, or both apart: the same text is right."""
    key = Key("", "some-secret", "")
    told = [
        signature(broker, method="GET", timestamp="1", secret=key.secret, sign="x", **place)["right"]
        for place in ({"path": "/a?b=1"}, {"path": "/a", "query": "b=1"})
    ]
    assert told == ["1GET/a?b=1"] * 2
    whole = hmac_sha256(key.secret, b"1GEThttp://127.0.0.1:8080/a?b=1")
    found = signature(broker, method="GET", timestamp="1", secret=key.secret, sign=whole, path="/a?b=1")
    assert found["recipe"] == ["whole-url"]


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"method": None}, "method"),
        ({"path": ""}, "path"),
        ({"timestamp": None}, "timestamp"),
        ({"timestamp": 1.5}, "timestamp"),
        ({"timestamp": True}, "timestamp"),
        ({"sign": ""}, "sign"),
        ({"secret": ""}, "key"),
        ({"secret": "", "key": "f" * 24}, "key"),
        ({"body": 5}, "body"),
        ({"passphrase": 5}, "passphrase"),
    ],
)
def test_a_signature_that_cannot_be_taken_apart(broker: Broker, missing: dict[str, object], field: str) -> None:
    """What is missing or malformed is named, and a secret in a wrong place is not repeated."""
    asked = {"method": "GET", "path": "/a", "timestamp": "1", "sign": "x", "secret": "s", **missing}
    problem = problem_of(control(broker.send, "/explain/signature", asked), 400)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert "ffff" not in json.dumps(problem)
