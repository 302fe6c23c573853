"""`/_sim`: what it answers; whatever it refuses is a problem of RFC 9457, which looks like nothing of KuCoin's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from pyotp import TOTP
from support.demo_world import CALLBACK, OWN_QUERY
from support.desk import START
from support.wire import DEMO, OPERATOR, V1, Asgi, Broker, control, problem_of

from simulator.core.world import Account, User, with_user


def test_the_index_tells_what_runs_here(send: Asgi) -> None:
    """Name, edition of the page, scenario, seed, clients with their secrets, and links that work."""
    index = send("GET", V1).json()
    assert isinstance(index.pop("version"), str)
    links, calls = index.pop("links"), index.pop("calls")
    assert index == {
        "name": "kucoin-fast-api-simulator",
        "page": "2026-05-27",
        "scenario": "demo",
        "seed": 0,
        "workspace": "default",
        "clients": [
            {
                "client_id": "demo-broker",
                "name": "Demo Broker",
                "client_secret": "demo-secret",
                "redirect_uris": [
                    "http://127.0.0.1:8080/demo/callback",
                    CALLBACK,
                    "http://127.0.0.1:9/callback",
                    OWN_QUERY,
                ],
                "api_keys": [
                    {
                        "user": "operator",
                        "key": OPERATOR.api_key,
                        "secret": OPERATOR.secret,
                        "passphrase": OPERATOR.passphrase,
                    }
                ],
            }
        ],
        "users": 7,
    }
    assert len(links) > 20
    assert {"index", "clock", "faults", "requests", "scenario", "schema", "users", "workspaces"} < set(links)
    listed = {call["call"] for call in calls}
    assert {
        "GET /_sim/v1",
        "POST /_sim/v1/reset",
        "POST /_sim/v1/clock/advance",
        "POST /_sim/v1/authorizations",
    } < listed
    assert all(call["does"].endswith(".") for call in calls)
    listening = {links.pop("wait"), links.pop("stream")}
    assert all(link.startswith("http://127.0.0.1:8080/_sim/v1/requests/") for link in listening)
    for link in links.values():
        assert send("GET", link.removeprefix("http://127.0.0.1:8080")).status == 200


@pytest.mark.parametrize(
    "identity", ["alice", "200000001", "alice@example.test", "ALICE@example.test", "+15550100", "%2B15550100"]
)
def test_a_user_is_found_by_everything_that_names_them(send: Asgi, identity: str) -> None:
    """Name, uid, e-mail in any case and phone lead to the same user."""
    assert send("GET", f"{V1}/users/{identity}").json() == {
        "name": "alice",
        "uid": 200000001,
        "email": "alice@example.test",
        "phone": "+15550100",
        "level": 0,
        "frozen": False,
        "futures": True,
        "factorSets": [["GAV", "EMV"]],
        "apiKeys": 0,
        "accounts": [
            {"currency": "BTC", "type": "main", "balance": "100", "available": "100", "holds": "0"},
            {"currency": "USDT", "type": "main", "balance": "1000000", "available": "1000000", "holds": "0"},
        ],
    }


def test_a_percent_sign_in_a_name_is_decoded_once(wired: Callable[..., Broker]) -> None:
    """A user called `50%41` is asked for as `50%2541`."""
    world = with_user(DEMO, User("50%41", 1), [Account("USDT", "main", Decimal(1))])
    send = wired(world).send
    assert send("GET", f"{V1}/users/50%2541").json()["name"] == "50%41"
    assert send("GET", f"{V1}/users/50%41").status == 404


@pytest.mark.parametrize(
    "path", ["/users/nobody", "/users/nobody/messages", "/users/nobody/totp", "/users/%ff", "/users/%00"]
)
def test_an_unknown_user_is_a_problem(send: Asgi, path: str) -> None:
    """404, with the way to the list."""
    assert "GET /_sim/v1/users lists them" in problem_of(send("GET", f"{V1}{path}"), 404)["detail"]


def test_users_come_in_pages(send: Asgi) -> None:
    """By name; `next` is what to give as `after`, and nothing on the last page."""
    pages = [send("GET", f"{V1}/users?limit=2&after={after}").json() for after in ("", "bob", "dave", "frank")]
    assert [[user["name"] for user in page["users"]] for page in pages] == [
        ["alice", "bob"],
        ["carol", "dave"],
        ["erin", "frank"],
        ["operator"],
    ]
    assert [page["next"] for page in pages] == ["bob", "dave", "frank", None]
    everyone = send("GET", f"{V1}/users").json()
    assert [len(everyone["users"]), everyone["next"]] == [7, None]
    assert send("GET", f"{V1}/users?after=zzz").json() == {"users": [], "next": None}


@pytest.mark.parametrize(
    "limit", ["0", "-1", "x", "", "1.5", "10001", "99999999999", "²", "1e3", "%00", f"{1:09}{'0' * 5000}"]
)
@pytest.mark.parametrize("path", ["/users", "/requests"])
def test_a_limit_is_a_number_within_bounds(send: Asgi, path: str, limit: str) -> None:
    """1 to 10000."""
    detail = problem_of(send("GET", f"{V1}{path}?limit={limit.replace('²', '%C2%B2')}"), 400)["detail"]
    assert detail == "limit must be a whole number from 1 to 10000"


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "%C2%B2", "%D9%A1", "1.0", "9" * 18, "9" * 5000, "%2e"])
def test_an_entry_that_is_not_there_is_a_problem(send: Asgi, number: str) -> None:
    """Numbers that were never given, and what is no number."""
    send("GET", "/api/v1/timestamp")
    assert send("GET", f"{V1}/requests/1").status == 200
    problem_of(send("GET", f"{V1}/requests/{number}"), 404)


def test_messages_are_the_codes_that_were_sent(broker: Broker) -> None:
    """Newest first, each with its factor and its transaction; an authenticator's code is never sent."""
    assert broker.send("GET", f"{V1}/users/carol/messages").json() == {"messages": []}
    key = broker.key("carol")
    ids = [broker.withdraw(key).json()["data"]["transactionId"] for _ in range(2)]
    messages = broker.send("GET", f"{V1}/users/carol/messages").json()["messages"]
    assert [message.pop("sentAt") for message in messages] == [START] * 4
    assert all(len(code := message.pop("code")) == 6 and code.isdigit() for message in messages)
    newest, oldest = ids[1], ids[0]
    assert [message["transactionId"] for message in messages] == [newest, newest, oldest, oldest]
    assert sorted(message["factor"] for message in messages[:2]) == ["EMV", "SMS"]


def test_the_authenticator_can_be_read(send: Asgi) -> None:
    """RFC 6238 on the wall clock, with the seconds that the code still lives."""
    secret = DEMO.users["alice"].totp_secret
    assert send("GET", f"{V1}/users/alice/totp").json() == {"code": TOTP(secret).at(START // 1000), "validFor": 30}


@pytest.mark.parametrize("path", ["/_sim", "/_sim/", "/_sim/v1/", "/w/default/_sim", "/w/default/_sim/v1/"])
def test_the_index_is_found_from_near_by(send: Asgi, path: str) -> None:
    """Whoever begins at the root of the control surface gets the index itself, for curl follows no redirect unasked."""
    answer = send("GET", path)
    assert (answer.status, answer.body) == (200, send("GET", V1).body)
    assert problem_of(send("POST", path), 405)["detail"] == "Method Not Allowed"


def test_the_index_of_a_workspace_is_found_from_near_by(send: Asgi) -> None:
    """So does whoever adds a slash to what `urls.control` of a workspace says, or begins below its prefix."""
    urls = control(send, "/workspaces", {"name": "one"}).json()["urls"]
    for path in (f"{urls['control']}/".removeprefix("http://127.0.0.1:8080"), "/w/one/_sim", "/w/one/_sim/"):
        assert send("GET", path).json()["workspace"] == "one"
