"""A request finds its workspace by the credential that it carries, which a client sends anyway."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from support.demo_world import CALLBACK
from support.desk import START, groups_body, payment, query, refresh_body, token_query
from support.wire import FORM, JSON, NEW, OLD, REFRESH, TOKEN, V1, WITHDRAWAL, Answer, Asgi, Broker, Send, control
from support.workspaces import made, served_by, tenant


def _code(broker: Broker) -> Answer:
    return broker.send("GET", f"{TOKEN}?{token_query(broker.authorize(), client_id='nobody')}")


def _client_id(broker: Broker) -> Answer:
    return broker.send("GET", f"{TOKEN}?{token_query('no-code', client_id=broker.client_id)}")


def _bearer(broker: Broker) -> Answer:
    return broker.add_key(broker.tokens()["access_token"])


def _bearer_at_the_old_endpoint(broker: Broker) -> Answer:
    return broker.send("POST", OLD, b"", {"authorization": f"Bearer {broker.tokens()['access_token']}"})


def _refresh_in_json(broker: Broker) -> Answer:
    return broker.refresh(broker.tokens()["refresh_token"])


def _refresh_in_a_form(broker: Broker) -> Answer:
    fields: Any = refresh_body(broker.tokens()["refresh_token"]).fields
    return broker.send("POST", REFRESH, urlencode(fields).encode(), FORM)


def _key(broker: Broker) -> Answer:
    return broker.withdraw(broker.key("frank"))


def _key_without_a_body(broker: Broker) -> Answer:
    return broker.signed(broker.key(), "GET", "/api/v1/accounts?currency=USDT")


def _login_page(broker: Broker) -> Answer:
    return broker.send("GET", f"/oauth?{query(client_id=broker.client_id)}")


def _consent(broker: Broker) -> Answer:
    form = b"step=consent&identity=alice&decision=approve&grant=API_SPOT"
    return broker.send("POST", f"/oauth?{query(client_id=broker.client_id)}", form, FORM)


def _security_set_up(broker: Broker) -> Answer:
    return broker.send(
        "POST", f"/account/security/g2fa?client_id={broker.client_id}", b"step=identify&identity=bob", FORM
    )


WAYS = (
    _code,
    _client_id,
    _bearer,
    _bearer_at_the_old_endpoint,
    _refresh_in_json,
    _refresh_in_a_form,
    _key,
    _key_without_a_body,
    _login_page,
    _consent,
    _security_set_up,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_a_credential_leads_to_its_workspace(send: Asgi, way: Callable[[Broker], Answer]) -> None:
    """A call is served by the workspace that minted its credential, whatever others there are."""
    tenants = {name: tenant(send, name=name) for name in ("one", "two", "three-b")}
    for name, broker in tenants.items():
        assert served_by(way(broker)) == name
    assert served_by(way(Broker(send))) == "default"


def test_a_request_without_a_credential_is_the_default_workspaces(send: Asgi) -> None:
    """A call that names nobody is served by the default workspace, and is not unrouted."""
    made(send, name="one")
    assert served_by(send("GET", "/api/v1/timestamp")) == "default"
    assert _unrouted(send) == []


def test_a_whole_flow_needs_the_new_client_id_and_nothing_else(send: Asgi) -> None:
    """From login to a paid withdrawal every call is served by the workspace whose client_id began it."""
    broker = tenant(send, name="one")
    key = broker.key("alice")
    challenge = broker.withdraw(key).json()["data"]
    done = broker.withdraw(key, validation=broker.validation("alice", challenge))
    assert served_by(done) == "one"
    assert "withdrawalId" in done.json()["data"]
    assert broker.balance() != Broker(send).balance() == "1000000"


def test_the_demo_callback_knows_the_codes_of_workspaces(send: Asgi) -> None:
    """The page behind the demo client's redirect URI shows the next calls as the code's workspace needs them."""
    broker = tenant(send, name="one")
    code = broker.authorize()
    assert "client_id=demo-broker-one" in send("GET", f"/demo/callback?code={code}&state=1").text


def _token(said: bytes) -> str:
    from base64 import urlsafe_b64encode

    return f"eyJhbGciOiJIUzI1NiJ9.{urlsafe_b64encode(said).decode().rstrip('=')}.x"


STRANGERS: dict[str, Callable[[Send], Answer]] = {
    "client_id": lambda send: send("GET", f"{TOKEN}?{token_query('no-code', client_id='nobody')}"),
    "client_id of no workspace": lambda send: send("GET", f"/oauth?{query(client_id='demo-broker-gone')}"),
    "code": lambda send: send("GET", f"{TOKEN}?grant_type=authorization_code&code={'ab' * 12}"),
    "no JWT": lambda send: send("POST", NEW, b"{}", {**JSON, "authorization": "bearer x"}),
    "JWT of others": lambda send: send("POST", NEW, b"{}", {**JSON, "authorization": f"bearer {_token(b'[]')}"}),
    "JWT of no workspace": lambda send: send(
        "POST", NEW, b"{}", {**JSON, "authorization": f"bearer {_token(json.dumps({'iss': 'gone'}).encode())}"}
    ),
    "refresh token": lambda send: send(
        "POST", REFRESH, json.dumps(refresh_body(_token(b'{"iss":1}')).fields).encode(), JSON
    ),
    "API key": lambda send: send("GET", "/api/v1/accounts", b"", {"kc-api-key": "0" * 24}),
    "API key of another shape": lambda send: send("GET", "/api/v1/accounts", b"", {"kc-api-key": "\xff"}),
}


@pytest.mark.parametrize("others", [0, 1])
@pytest.mark.parametrize("ask", STRANGERS.values(), ids=STRANGERS)
def test_an_unknown_credential_is_unrouted(send: Asgi, ask: Callable[[Send], Answer], others: int) -> None:
    """A credential that nobody minted is refused by the default workspace, and the call is listed as unrouted."""
    for _ in range(others):
        made(send)
    answer = ask(send)
    assert served_by(answer) == "default"
    [entry] = _unrouted(send)
    assert f"default/{entry['number']}" == answer.headers["x-sim-entry"]


def test_what_the_default_workspace_knows_is_not_unrouted(send: Asgi) -> None:
    """Calls with credentials of the default workspace are not unrouted, not even when they are refused."""
    broker = Broker(send, lambda: START)
    tokens = broker.tokens()
    broker.refresh(tokens["refresh_token"])
    assert broker.refresh(tokens["refresh_token"]).status == 400
    assert broker.exchange(broker.authorize(), "http://127.0.0.1:9/callback").status == 400
    assert broker.withdraw(broker.key("frank")).status == 200
    assert _unrouted(send) == []


def test_unrouted_calls_come_newest_first_and_as_many_as_asked_for(send: Asgi) -> None:
    """The list of unrouted calls begins with the last one and obeys `limit`; it is the same in every workspace."""
    made(send, name="one")
    for number in range(3):
        send("GET", f"/api/v1/withdrawals/{number}", b"", {"kc-api-key": "0" * 24})
        send("GET", "/api/v1/timestamp")
    paths = [entry["path"] for entry in send("GET", f"{V1}/requests/unrouted?limit=2").json()["requests"]]
    assert paths == ["/api/v1/withdrawals/2", "/api/v1/withdrawals/1"]
    inside = send("GET", f"{V1}/workspaces/one/requests/unrouted").json()["requests"]
    assert [entry["number"] for entry in inside] == [5, 3, 1]


def test_a_credential_counts_before_path_and_host(send: Asgi) -> None:
    """A call that carries a workspace's credential is that workspace's, whatever address it is sent to."""
    one = tenant(send, name="one")
    made(send, name="two")
    key = one.key("frank")
    body = json.dumps(payment()).encode()
    answer = send(
        "POST", f"/w/two{WITHDRAWAL}", body, {**one.headers(key, "POST", WITHDRAWAL, body), "host": "two.localhost"}
    )
    assert served_by(answer) == "one"


def test_explicit_keys_are_the_default_workspaces_unless_the_address_says_otherwise(send: Asgi) -> None:
    """A key that a scenario names belongs to the default workspace, and under a path prefix to that workspace."""
    text = send("GET", f"{V1}/scenario").json()["text"]
    key = "0123456789abcdef01234567"
    given = f"api_keys: [{{key: {key}, secret: s, passphrase: p, groups: [API_SPOT]}}]"
    scenario = text.replace("    frank:", f"    grace:\n      uid: 1\n      {given}\n    frank:")
    assert send("PUT", f"{V1}/scenario", scenario.encode(), {"content-type": "application/yaml"}).status == 200
    made(send, name="one")
    headers = {"kc-api-key": key}
    assert served_by(send("GET", "/api/v1/accounts", b"", headers)) == "default"
    assert served_by(send("GET", "/w/one/api/v1/accounts", b"", headers)) == "one"
    assert served_by(send("GET", "/api/v1/accounts", b"", {**headers, "host": "one.localhost:8080"})) == "one"


def test_a_login_can_come_back_to_a_workspace(send: Asgi) -> None:
    """The code that a workspace's consent page sends on buys tokens that the same workspace honours."""
    told = made(send, name="one")
    [uri] = [each for each in told["redirect_uris"] if each == CALLBACK]
    form = b"step=consent&identity=alice&decision=approve&grant=API_SPOT"
    asked = query(uri, client_id=told["client_id"])
    code = send("POST", f"/oauth?{asked}", form, {**FORM, "accept": "application/json"}).json()["code"]
    tokens = send("GET", f"{TOKEN}?{token_query(code, uri, told['client_id'])}").json()
    body = json.dumps(groups_body("API_COMMON", "API_SPOT").fields).encode()
    added = send("POST", NEW, body, {**JSON, "authorization": f"bearer {tokens['access_token']}"})
    assert (added.status, served_by(added)) == (200, "one")


def _unrouted(send: Send) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = send("GET", f"{V1}/requests/unrouted").json()["requests"]
    return found


def test_a_reset_keeps_the_way_to_a_workspace(send: Asgi) -> None:
    """After a reset the workspace's client_id still leads to it, with the same secret."""
    told = made(send, name="one")
    assert control(send, "/workspaces/one/reset", {}).status == 200
    [client] = send("GET", f"{V1}/workspaces/one").json()["clients"]
    assert client["client_secret"] == told["client_secret"]
    assert served_by(send("GET", f"/oauth?{query(client_id=told['client_id'])}")) == "one"
