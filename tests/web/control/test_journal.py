"""The journal: one entry a call, read by number, by filter and page by page, and none that could fill the memory."""

from __future__ import annotations

import json

import pytest
from support.desk import IP, payment, refresh_body, token_query
from support.wire import FORM, JSON, NEW, REFRESH, TOKEN, V1, WITHDRAWAL, Asgi, Broker, problem_of

from simulator.evidence.journal import Reporting
from simulator.evidence.secrets import fingerprint


def _numbers(broker: Broker, query: str = "") -> list[int]:
    return [entry["number"] for entry in broker.send("GET", f"{V1}/requests{query}").json()["requests"]]


@pytest.mark.parametrize("size", [1_000_000])
def test_an_entry_is_small_whatever_was_sent(broker: Broker, size: int) -> None:
    """A megabyte in any place of a request leaves no more than a few hundred bytes behind."""
    long = "x" * size
    key = broker.key()
    token = broker.tokens()["access_token"]
    answers = [
        broker.send("GET", f"/{long}"),
        broker.send("GET", f"/api/v3/currencies/{long}"),
        broker.send("GET", f"{TOKEN}?client_id={long}"),
        broker.send("GET", f"{TOKEN}?{token_query('x').replace('authorization_code', long)}"),
        broker.send("GET", f"{TOKEN}?{token_query('x', redirect_uri=long)}"),
        broker.send("GET", f"{TOKEN}?{long}=1&{long}=1"),
        broker.send("GET", "/api/v1/timestamp", headers={"host": f"{long}.kucoin.com"}),
        broker.send("POST", REFRESH, b"", {"content-type": long}),
        broker.send("POST", REFRESH, json.dumps(refresh_body("x", scope=long).fields).encode(), JSON),
        broker.send(
            "POST", WITHDRAWAL, headers={**broker.headers(key, "POST", WITHDRAWAL), "KC-API-KEY-VERSION": long}
        ),
        broker.send(
            "POST",
            NEW,
            json.dumps({"authGroupMap": {long: True}}).encode(),
            {**JSON, "authorization": f"bearer {token}"},
        ),
        broker.withdraw(key, payment(amount=long)),
        broker.withdraw(key, payment(currency=long)),
        broker.withdraw(key, payment(withdrawType="MAIL", address=f"{long}@x")),
        broker.withdraw(key, payment(**{long: 1})),
        broker.withdraw(key, validation={"transactionId": long, "factors": []}),
        broker.send(
            "GET", f"/api/v1/accounts?type={long}", headers=broker.headers(key, "GET", f"/api/v1/accounts?type={long}")
        ),
        broker.send(long, "/api/v1/timestamp"),
    ]
    assert len(answers) == 18
    lines = broker.send("GET", "/_sim/v1/requests?limit=18").json()["requests"]
    assert max(len(json.dumps(line)) for line in lines) < 4_000
    assert max(len(json.dumps(broker.entry(answer))) for answer in answers) < 400_000


def test_the_journal_is_read_newest_first(broker: Broker) -> None:
    """`limit` says how many; numbers never repeat, also after a reset."""
    for _ in range(3):
        broker.send("GET", "/api/v1/timestamp")
    assert _numbers(broker) == [3, 2, 1]
    assert _numbers(broker, "?limit=2") == [3, 2]
    broker.send("POST", f"{V1}/reset")
    assert broker.send("GET", "/api/v1/timestamp").headers["x-sim-entry"] == "default/4"


def test_a_reader_can_follow(broker: Broker) -> None:
    """With `since` what came after it is told, oldest first; `next` is the `since` of the next call, page by page."""
    for _ in range(5):
        broker.send("GET", "/api/v1/timestamp")
    assert broker.send("GET", f"{V1}/requests").json()["next"] == 5
    got, since = [], 0
    for _ in range(4):
        page = broker.send("GET", f"{V1}/requests?since={since}&limit=2").json()
        got.append([entry["number"] for entry in page["requests"]])
        since = page["next"]
    assert (got, since) == ([[1, 2], [3, 4], [5], []], 5)


FILTERED = [
    ("operation=get_currency", [2, 3]),
    ("operation=get_currency&operation=get_server_time", [1, 2, 3]),
    ("operation=list_accounts&operation=get_currency&status=401", [7]),
    ("user=alice", [4, 5, 6, 7]),
    ("user=bob", []),
    ("client=demo-broker", [4, 5, 6, 7]),
    ("outcome=OK", [1, 2, 4, 5, 6]),
    ("outcome=CURRENCY_UNKNOWN&outcome=SIGNATURE_INVALID", [3, 7]),
    ("path=/api/v1/timestamp", [1]),
    ("path=/api/*", [1, 2, 3, 7]),
    ("path=/api", []),
    ("status=404", [8]),
    ("status=404&since=8", []),
    ("since=6", [7, 8]),
]


@pytest.mark.parametrize(("asked", "numbers"), FILTERED, ids=[asked for asked, _ in FILTERED])
def test_filters(broker: Broker, asked: str, numbers: list[int]) -> None:
    """Each filter narrows the list; one that is repeated lets any of its values through."""
    for path in ("/api/v1/timestamp", "/api/v3/currencies/BTC", "/api/v3/currencies/NOPE"):
        broker.send("GET", path)
    key = broker.key()
    signed = broker.headers(key, "GET", "/api/v1/accounts")
    assert broker.send("GET", "/api/v1/accounts", headers={**signed, "KC-API-SIGN": "x"}).status == 401
    broker.send("GET", "/nowhere")
    assert sorted(_numbers(broker, f"?{asked}")) == numbers


@pytest.mark.parametrize(
    "asked",
    [
        "requests?operations=withdraw",
        "requests?operation=withdrawl",
        "requests?outcome=ok",
        "requests?status=x",
        "requests?since=-1",
        "requests?since=last",
        "requests?limit=0",
        "requests.har?since=x",
        "requests.har?timeout=1",
        "requests/wait?count=0",
        "requests/wait?count=1001",
        "requests/wait?timeout=61",
        "requests/wait?timeout=-1",
        "requests/wait?limit=5",
        "requests/stream?since=1.5",
        "requests/stream?count=1",
    ],
)
def test_a_filter_that_means_nothing_is_a_problem(broker: Broker, asked: str) -> None:
    """A name or word that nobody knows is refused: a wait for it would never end."""
    problem_of(broker.send("GET", f"{V1}/{asked}"), 400)


def test_the_ring_can_be_emptied(broker: Broker) -> None:
    """What was written down is gone; numbers go on, and what `expect` counts stays counted."""
    for _ in range(3):
        broker.send("GET", "/api/v1/timestamp")
    assert broker.send("DELETE", f"{V1}/requests").json() == {"dropped": 3, "next": 3}
    assert broker.send("GET", f"{V1}/requests").json() == {"requests": [], "next": 3}
    problem_of(broker.send("GET", f"{V1}/requests/3"), 404)
    broker.send("GET", "/api/v1/timestamp")
    assert _numbers(broker) == [4]
    assert broker.send("GET", f"{V1}/requests/4").json()["number"] == 4
    expected = b"expect: [{operation: get_server_time, exactly: 4}]"
    assert broker.send("POST", f"{V1}/verify", expected, {"content-type": "application/yaml"}).status == 200


def test_an_entry_tells_who_and_what(broker: Broker) -> None:
    """Operation, user, client, both times and the duration, from the credentials alone."""
    key = broker.key("frank")
    broker.withdraw(key, payment(extra=1, other=2))
    [line] = broker.send("GET", f"{V1}/requests?limit=1").json()["requests"]
    assert isinstance(line.pop("microseconds"), int)
    assert line == {
        "number": 4,
        "method": "POST",
        "path": WITHDRAWAL,
        "status": 200,
        "operation": "withdraw",
        "user": "frank",
        "client": "demo-broker",
        "business_time": 1_780_272_000_000,
        "wall_time": 1_780_272_000_000,
        "outcome": "OK",
        "notes": ["fields that nothing read: extra, other"],
    }


def test_an_entry_in_full(broker: Broker) -> None:
    """Request and answer as they were on the wire, secrets as fingerprints, and what changed in the world."""
    token = broker.tokens("frank")["refresh_token"]
    answer = broker.refresh(token)
    entry = broker.entry(answer)
    mark = fingerprint("refresh_token", token)
    new = fingerprint("refresh_token", answer.json()["refresh_token"])
    access = fingerprint("access_token", answer.json()["access_token"])
    [consent] = broker.send.app.desk.exchange.world.consents  # type: ignore[attr-defined]  # the wire has no port
    assert entry["workspace"] == "default"
    assert entry["request"] == {
        "method": "POST",
        "path": REFRESH,
        "query": "",
        "headers": {
            "content-type": "application/json",
            "content-length": entry["request"]["headers"]["content-length"],
        },
        "ip": IP,
        "body": f'{{"grant_type":"authorization_code","refresh_token":"{mark}","scope":"OAUTH_CREATE_API"}}',
    }
    assert entry["answer"]["status"] == 200
    assert json.loads(entry["answer"]["body"]) == {**answer.json(), "access_token": access, "refresh_token": new}
    assert entry["changes"] == [{"table": "consents", "key": consent, "changes": {"generation": [1, 2]}}]


def test_a_body_without_a_secret_is_shown_as_it_was_sent(broker: Broker) -> None:
    """Blanks, order and repeated members stay: what was signed can be read."""
    key = broker.key("frank")
    body = b'{ "currency":"USDT",  "amount": 1.50, "amount": 2e1,\n"withdrawType":"X", "address":"\xc3\xa4" }'
    entry = broker.entry(broker.signed(key, "POST", WITHDRAWAL, body))
    assert entry["request"]["body"] == body.decode()


def test_a_page_is_not_written_down(broker: Broker) -> None:
    """Of a page only its size is kept back: the set-up page's picture holds the authenticator's secret."""
    answer = broker.send("POST", "/account/security/g2fa", b"step=identify&identity=carol", FORM)
    assert answer.headers["content-type"].startswith("text/html")
    assert broker.entry(answer)["answer"]["body"] == f"(a page of {len(answer.body)} bytes)"


def test_a_refused_call_is_diagnosed(broker: Broker) -> None:
    """Which rule, how we know, what was expected and what came."""
    diagnosis = broker.entry(broker.exchange("x"))["diagnosis"]
    wanted = {
        "meaning": "not a code of ours",
        "rule": "s7.2, H10",
        "grade": "inferred",
        "expected": "a code of this workspace",
        "received": "an unknown code",
    }
    assert wanted.items() <= diagnosis.items()
    assert wanted.items() <= broker.send("GET", f"{V1}/requests").json()["requests"][0]["diagnosis"].items()


def test_the_header_can_be_left_out(broker: Broker, send: Asgi) -> None:
    """`--no-sim-headers`: nothing of ours in the answer; the entry is there all the same."""
    send.app.desk.journal.reporting = Reporting(headers=False)
    answer = broker.exchange("none")
    assert set(answer.headers) == {"content-type", "content-length"}
    assert _numbers(broker) == [1]
