"""Paths, methods and hosts: what is served where, and what everything else answers."""

from __future__ import annotations

import http.client
import re

import pytest
from support.answer_templates import fits
from support.wire import TOKEN, WITHDRAWAL, Asgi, Broker, Http, problem_of

from simulator.web.endpoints import table as endpoints

NOT_FOUND = '{"code":"404","msg":"Not Found","retry":false,"success":false}'
NOT_ALLOWED = '{"code":"999999","msg":"Method Not Allowed","retry":false,"success":false}'
PLACES = [(re.sub(r"\{\w+\}", "0" * 24, path), list(found)) for path, found in endpoints.PLACES.items()]
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")


def test_the_endpoints_of_the_page_are_served() -> None:
    """The calls that the page prints, each with its method; docs/endpoints.md lists all."""
    printed = {
        "/_oauth/access-token": ["GET"],
        "/_oauth/refresh-token": ["POST"],
        "/_oauth/resource/ucenter/outer/api-key/add": ["POST"],
        "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add": ["POST"],
        "/api/v2/broker/withdrawal": ["POST"],
    }
    assert {path: list(endpoints.PLACES[path]) for path in printed} == printed


@pytest.mark.parametrize(("path", "allowed"), PLACES)
@pytest.mark.parametrize("method", METHODS)
def test_a_path_has_one_method(send: Asgi, path: str, allowed: list[str], method: str) -> None:
    """H02: any other method is a 405 that names the right ones, HEAD and OPTIONS included."""
    if method in allowed:
        assert send(method, path).status != 405
        return
    answer = send(method, path)
    assert (answer.status, answer.text, answer.headers["allow"]) == (405, NOT_ALLOWED, ", ".join(allowed))


def test_a_head_does_not_burn_the_code(online: Broker) -> None:
    """H02: what a link preview or a health check does to the token URL costs nothing; the answer has no body."""
    code = online.authorize()
    for method in ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"):
        target = f"{TOKEN}?grant_type=authorization_code&code={code}&client_id=demo-broker"
        answer = online.send(method, f"{target}&redirect_uri=http://localhost:3000/callback")
        assert (answer.status, answer.headers["allow"]) == (405, "GET")
        assert answer.text == ("" if method == "HEAD" else NOT_ALLOWED)
    assert online.exchange(code).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "//",
        "/_oauth",
        "/_oauth/",
        "/_oauth/access-token/",
        "/_oauth//access-token",
        "/_OAUTH/access-token",
        "/_oauth/access-token;x",
        "/_oauth/%61ccess-token",
        "/_oauth/../_oauth/access-token",
        "/oauth/access-token",
        "/oauth/",
        "/api",
        "/api/v1/timestamp/",
        "/api/v1/time%73tamp",
        "/api/v2/timestamp",
        "/api/v1/timestamp/x",
        "/api/v1/accounts/",
        "/api/v3/currencies/",
        "/api/v3/currencies/USDT/",
        "/api/v3/currencies/USDT/x",
        "/_sim%2fv1",
        "/_simulator",
        "/openapi.yaml",
        "/docs",
        "/\xff",
        "/%ff%00",
        "*",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_any_other_path_is_the_exchanges_404(send: Asgi, path: str, method: str) -> None:
    """A path is matched byte for byte; what is not in the table answers as KuCoin's gateway does, in JSON."""
    answer = send(method, path)
    assert (answer.status, answer.text) == (404, NOT_FOUND)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("/api/v4/currencies", "/api/v1/currencies and /api/v2/currencies and /api/v3/currencies"),
        ("/api/v3/symbols", "/api/v1/symbols and /api/v2/symbols"),
    ],
)
def test_another_version_of_a_path_is_named(broker: Broker, path: str, instead: str) -> None:
    """Who asks for a version that is not served learns which one is."""
    note = f"KuCoin has a path like this one; this simulator does not serve it, but {instead}"
    assert broker.entry(broker.send("GET", path))["notes"] == [note]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/oco/orders",
        "/api/v1/accounts/548674591753/holds/1",
        "/api/v1/earn/hold-assets",
        "/api/v1/hf/orders/5/6",
        "/api/ua/v1/account/balance",
        "/api/v1/orders/5/6",
        "/api/v1/ticker",
        "/api/v1/broker/nd/info",
    ],
)
def test_a_path_of_kucoin_that_is_not_simulated_says_so_in_the_journal(broker: Broker, path: str) -> None:
    """The same 404 on the wire; the entry tells that KuCoin has such a path."""
    answer = broker.send("GET", path)
    assert (answer.status, answer.text) == (404, NOT_FOUND)
    entry = broker.entry(answer)
    assert entry["notes"] == ["KuCoin has a path like this one; this simulator does not serve it"]
    assert (entry["method"], entry["path"], entry["outcome"]) == ("GET", path, "UNKNOWN_PATH")


@pytest.mark.parametrize(
    "path", ["/api/v1/nonsense", "/api/v1/statuses", "/api/v1/currencie", "/oauth/authorize", "/oauth2/token", "/x"]
)
def test_a_path_that_nobody_has_is_not_called_kucoins(broker: Broker, path: str) -> None:
    """Invented paths get the 404 and no note."""
    assert broker.entry(broker.send("GET", path))["notes"] == []


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("USDT", "USDT"),
        ("%55SD%54", "USDT"),
        ("usdt", None),
        ("US%2FDT", None),
        ("%ff", None),
        ("%00", None),
        ("*", None),
    ],
)
def test_the_name_at_the_end_of_a_path_is_decoded(send: Asgi, path: str, found: str | None) -> None:
    """A currency's name may be percent-encoded; one that does not exist is a business refusal."""
    answer = send("GET", f"/api/v3/currencies/{path}")
    assert answer.status == 200
    if found:
        assert answer.json()["data"]["currency"] == found
    else:
        assert answer.text == '{"msg":"The currency does not exist.","code":"999999"}'


@pytest.mark.parametrize(
    ("path", "host", "right"),
    [
        ("/api/v1/timestamp", "www.kucoin.com", "api.kucoin.com"),
        ("/api/v1/timestamp", "WWW.KuCoin.com:443", "api.kucoin.com"),
        ("/api/v1/timestamp", "api-broker.kucoin.com", "api.kucoin.com"),
        ("/api/v1/contracts/active", "api.kucoin.com", "api-futures.kucoin.com"),
        ("/_oauth/access-token", "api.kucoin.com", "www.kucoin.com"),
    ],
)
def test_the_wrong_host_is_flagged(broker: Broker, path: str, host: str, right: str) -> None:
    """H27: one port serves both hosts, and the journal says when a client mixes them up."""
    answer = broker.send("GET", path, headers={"host": host})
    name = host.lower().partition(":")[0]
    assert broker.entry(answer)["notes"] == [f"sent to {name}; KuCoin serves this path on {right} (H27)"]


@pytest.mark.parametrize("host", ["api.kucoin.com", "127.0.0.1:8080", "localhost", "notkucoin.example", ""])
def test_the_right_host_and_our_own_are_not_flagged(broker: Broker, host: str) -> None:
    """A client that was only given another base URL is not bothered."""
    assert broker.entry(broker.send("GET", "/api/v1/timestamp", headers={"host": host}))["notes"] == []


@pytest.mark.parametrize("path", ["/api/v1/timestamp", "/api/v1/status"])
def test_what_the_futures_host_serves_too_is_not_flagged(broker: Broker, path: str) -> None:
    """KuCoin's futures API has a clock and a status of the same paths: a client that asks there is not wrong."""
    assert broker.entry(broker.send("GET", path, headers={"host": "api-futures.kucoin.com"}))["notes"] == []
    elsewhere = broker.entry(broker.send("GET", "/api/v1/my-ip", headers={"host": "api-futures.kucoin.com"}))
    assert elsewhere["notes"] == [
        "sent to api-futures.kucoin.com; KuCoin serves this path on api.kucoin.com (H27)",
    ]


def test_the_answer_leads_to_its_entry(broker: Broker) -> None:
    """`X-Sim-Entry` counts every call, refused and unknown ones included; what is not in the journal is a problem."""
    calls = [("GET", "/api/v1/timestamp"), ("GET", "/x"), ("HEAD", TOKEN), ("POST", WITHDRAWAL)]
    answers = [broker.send(method, path) for method, path in calls]
    assert [answer.headers["x-sim-entry"] for answer in answers] == [f"default/{number}" for number in (1, 2, 3, 4)]
    entries = [broker.entry(answer) for answer in answers]
    assert [(entry["method"], entry["path"]) for entry in entries] == calls
    assert [entry["status"] for entry in entries] == [200, 404, 405, 400]
    outcomes = ["OK", "UNKNOWN_PATH", "METHOD_NOT_ALLOWED", "HEADER_MISSING"]
    assert [entry["outcome"] for entry in entries] == outcomes
    assert ["diagnosis" in entry for entry in entries] == [False, True, True, True]


def test_asterisk_and_absolute_targets_are_understood(online: Broker) -> None:
    """`OPTIONS *` is an unknown path; a proxy's absolute target is the path in it (RFC 9112 s3.2)."""
    assert isinstance(online.send, Http)
    assert online.send("OPTIONS", "*").text == NOT_FOUND
    answer = online.send("GET", f"http://127.0.0.1:{online.send.port}/api/v1/user/api-key")
    assert answer.json()["code"] == "400001"


def test_both_answers_without_an_entry_are_for_probes(send: Asgi) -> None:
    """Liveness and readiness are plain JSON and leave no trace in the journal."""
    assert (send("GET", "/_sim/live").text, send("GET", "/_sim/ready").text) == (
        '{"status":"live"}',
        '{"status":"ready"}',
    )
    assert fits('{"code":"200000","data":1780272000000}', send("GET", "/api/v1/timestamp").body)
    assert send("GET", "/_sim/v1/requests").json()["requests"][0]["number"] == 1


@pytest.mark.parametrize("path", ["/_sim/live", "/_sim/ready", "/w/default/_sim/ready"])
def test_probes_may_ask_for_the_head(send: Asgi, path: str) -> None:
    """HEAD has the headers of GET and no body, any other method is a problem that names both; no guard is asked."""
    headers = {"host": "evil.example", "origin": "https://evil.example"}
    whole, head = send("GET", path, b"", headers), send("HEAD", path, b"", headers)
    assert (head.status, head.headers, head.body) == (200, whole.headers, b"")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        refused = send(method, path, b"", headers)
        assert problem_of(refused, 405)["detail"] == "a health check is GET or HEAD"
        assert refused.headers["allow"] == "GET, HEAD"


def test_a_probe_of_a_workspace_that_is_not_there(send: Asgi) -> None:
    """What is not there is not ready."""
    assert problem_of(send("GET", "/w/none/_sim/ready"), 404)["detail"].startswith("there is no workspace none")


def test_probes_on_a_real_port(online: Broker) -> None:
    """HEAD on a connection that stays open: the next answer begins where it should."""
    assert isinstance(online.send, Http)
    connection = http.client.HTTPConnection("127.0.0.1", online.send.port, timeout=30)
    for _ in range(2):
        for method, body in (("HEAD", b""), ("GET", b'{"status":"live"}')):
            connection.request(method, "/_sim/live")
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, body)
    connection.close()
