"""Common HTTP clients walk the whole way, from a code to a payout, over a real connection."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from support.demo_world import OWN_QUERY
from support.desk import payment, refresh_body
from support.http_clients import CARRIERS
from support.wire import FORM, NEW, REFRESH, Broker

from simulator.web.server import LocalServer


@pytest.fixture(params=CARRIERS)
def carried(request: pytest.FixtureRequest, server: LocalServer) -> Iterator[Broker]:
    """A broker that uses this client."""
    with CARRIERS[request.param](server.url) as send:
        yield Broker(send)


def test_the_whole_way_from_code_to_payout(carried: Broker) -> None:
    """Code, tokens, refresh, key, balance, challenge, validation, payout: each step's values are right."""
    tokens = carried.exchange(carried.authorize(redirect_uri=OWN_QUERY), OWN_QUERY).json()
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("bearer", 3600, ["OAUTH_CREATE_API"])
    renewed = carried.refresh(tokens["refresh_token"]).json()
    assert renewed["access_token"] != tokens["access_token"]
    key = carried.key("alice", "API_COMMON", "API_SPOT", "API_WITHDRAW_OAUTH")
    info = carried.signed(key, "GET", "/api/v1/user/api-key").json()["data"]
    assert (info["apiKey"], info["uid"], info["permission"]) == (key.api_key, 200_000_001, "General,Spot")
    [account] = carried.signed(key, "GET", "/api/v1/accounts?currency=USDT&type=main").json()["data"]
    assert (account["balance"], account["holds"]) == ("1000000", "0")
    challenge = carried.withdraw(key, payment(remark="für Zoë")).json()["data"]
    assert (challenge["allFactors"], challenge["sentFactors"]) == ([["GAV", "EMV"]], [["EMV"]])
    validation = carried.validation("alice", challenge)
    paid = carried.withdraw(key, payment(remark="für Zoë"), validation=validation).json()
    assert (paid["code"], len(paid["data"]["withdrawalId"])) == ("200000", 24)
    assert carried.balance() == "999888.5"


def test_a_refresh_may_be_a_form(carried: Broker) -> None:
    """s7.3's encoding is not printed: what a form library sends is read."""
    token = carried.tokens()["refresh_token"]
    form = "&".join(f"{name}={value}" for name, value in (refresh_body(token).fields or {}).items())
    assert carried.send("POST", REFRESH, form.encode(), FORM).json()["expires_in"] == 3600


def test_refusals_can_be_read(carried: Broker) -> None:
    """Whatever the status, the client gets the status and the JSON."""
    used = carried.authorize()
    carried.exchange(used)
    answers = {
        200: carried.withdraw(carried.key("bob")),
        400: carried.exchange(used),
        401: carried.send("POST", NEW, b"{}", {"authorization": "bearer x", "content-type": "application/json"}),
        403: carried.signed(carried.key("alice", "API_SPOT"), "POST", "/api/v2/broker/withdrawal", b"{}"),
        404: carried.send("GET", "/api/v1/nothing"),
        405: carried.send("DELETE", "/api/v1/accounts"),
        413: carried.send("POST", REFRESH, b"x" * 1_048_577, FORM),
        415: carried.send("POST", REFRESH, b"x", {"content-type": "text/plain"}),
    }
    assert {status: answer.status for status, answer in answers.items()} == {status: status for status in answers}
    codes = {status: answer.json()["code"] for status, answer in answers.items()}
    assert codes == {
        200: "999999",
        400: "999999",
        401: "400400",
        403: "400007",
        404: "404",
        405: "999999",
        413: "999999",
        415: "415000",
    }


def test_a_head_has_no_body_and_the_connection_goes_on(carried: Broker) -> None:
    """HEAD is refused without a body, and the next call over the same connection is answered."""
    head = carried.send("HEAD", "/api/v1/timestamp")
    assert (head.status, head.body, head.headers["allow"]) == (405, b"", "GET")
    assert isinstance(carried.send("GET", "/api/v1/timestamp").json()["data"], int)


def test_json_is_utf8_without_escapes(carried: Broker) -> None:
    """A text beyond ASCII arrives as it was minted."""
    answer = carried.add_key(carried.tokens("dave")["access_token"])
    assert "user\N{RIGHT SINGLE QUOTATION MARK}s apiKey" in answer.body.decode()
    assert json.loads(answer.body)["success"] is False
