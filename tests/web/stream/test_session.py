"""The websocket's own protocol: welcome, ping, subscriptions, limits and errors, over a real port."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pytest
from support.feeds import dialled, pay, private, public, session
from support.polling import wait_until
from support.wire import Broker

from simulator.core.stream import topics
from simulator.web.server import LocalServer

BALANCE = "/account/balance"


def test_a_session_is_welcomed_and_answers_pings(online: Broker) -> None:
    """The first text is the welcome with the connectId; a ping is answered under its id, also a numeric one."""
    with dialled(*public(online.send), connect_id="abc") as feed:
        assert feed.told() == {"id": "abc", "type": "welcome"}
        assert feed.ask(type="ping") == {"id": "1", "type": "pong"}
        assert feed.ask(id=17, type="ping") == {"id": "17", "type": "pong"}


def test_acks_come_where_they_are_asked_for(online: Broker) -> None:
    """`response: true`, also as a text, is acknowledged; without it only errors are answered."""
    key = online.key("alice")
    with session(*private(online, key)) as feed:
        assert feed.ask(type="subscribe", topic=BALANCE, privateChannel="true", response="true") == {
            "id": "1",
            "type": "ack",
        }
        feed.say(type="subscribe", topic=BALANCE, response=False)
        feed.say(type="unsubscribe", topic=BALANCE)
        feed.nothing()
        assert feed.ask(type="unsubscribe", topic=BALANCE, response=True)["type"] == "ack"


@pytest.mark.parametrize(
    ("said", "code", "text"),
    [
        ({"type": "subscribe", "topic": "/market/nothing:BTC-USDT"}, 404, "topic does not exist"),
        ({"type": "subscribe", "topic": "/account/balance:USDT"}, 404, "topic does not exist"),
        ({"type": "subscribe", "topic": ""}, 406, "topic is required"),
        ({"type": "subscribe"}, 406, "topic is required"),
        ({"type": "subscribe", "topic": ["/account/balance"]}, 406, "topic is required"),
        ({"type": "subscribe", "topic": BALANCE}, 403, "login is required"),
        ({"type": "subscribe", "topic": "/market/ticker:NO-COIN"}, 400, "topic is invalid"),
        ({"type": "subscribe", "topic": "/market/ticker:"}, 400, "topic is invalid"),
        ({"type": "subscribe", "topic": "/market/ticker"}, 400, "topic is invalid"),
        ({"type": "openTunnel", "newTunnelId": "t"}, 415, "type is not supported"),
        ({"type": None}, 415, "type is not supported"),
        ({}, 415, "type is not supported"),
    ],
)
def test_errors_have_codes_and_texts(online: Broker, said: dict[str, object], code: int, text: str) -> None:
    """What cannot be obeyed is answered under its id with KuCoin's code, and the session goes on."""
    with session(*public(online.send)) as feed:
        error = feed.ask(**said)
        assert (error["id"], error["type"], error["code"]) == ("1", "error", code)
        assert error["data"].startswith(text)
        feed.nothing()


@pytest.mark.parametrize("text", ["", "hello", "[]", "17", '{"type":', "[" * 5000, '{"id":{},"type":"ping"}' * 2])
def test_what_is_no_object_is_refused(online: Broker, text: str) -> None:
    """Any other text is answered with an error, and the session goes on."""
    with session(*public(online.send)) as feed:
        feed.socket.send(text)
        if text:
            assert feed.told()["code"] == 400
        feed.nothing()


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 9000])
def test_a_wrong_token_is_told_and_closed(online: Broker, token: str) -> None:
    """The client hears why before the connection ends."""
    _, endpoint = public(online.send)
    with dialled(token, endpoint) as feed:
        assert feed.told() == {"id": "c-1", "type": "error", "code": 401, "data": "token is invalid"}
        assert feed.end() == (1000, "token is invalid")


def test_an_access_token_opens_no_session(online: Broker) -> None:
    """Only tokens of bullet-public and bullet-private do, although all are signed with the same key."""
    _, endpoint = public(online.send)
    access = online.tokens("alice")["access_token"]
    with dialled(access, endpoint) as feed:
        assert feed.told()["data"] == "token is invalid"


def test_a_token_counts_as_long_as_its_key(online: Broker) -> None:
    """A key that was deleted opens no session any more."""
    key = online.key("alice")
    token, endpoint = private(online, key)
    assert online.send("DELETE", f"/_sim/v1/api-keys/{key.api_key}").status in (200, 204)
    with dialled(token, endpoint) as feed:
        assert feed.told()["data"] == "token is invalid"


def test_a_session_ends_with_its_key(online: Broker) -> None:
    """Whoever is made anew under the name of the user has no listener; the sessions of other keys go on."""
    key, other = online.key("alice"), online.key("frank")
    with session(*private(online, key)) as feed, session(*private(online, other)) as another:
        feed.subscribe(BALANCE)
        assert online.send("DELETE", "/_sim/v1/users/alice").status in (200, 204)
        assert feed.told() == {"id": "c-1", "type": "error", "code": 401, "data": "token is invalid"}
        assert feed.end() == (1000, "the API key of the session's token was deleted")
        another.nothing()


def test_a_deleted_key_subscribes_to_nothing_private(online: Broker) -> None:
    """A session without subscriptions may outlive its key, as a public one."""
    key = online.key("alice")
    with session(*private(online, key)) as feed:
        assert online.send("DELETE", f"/_sim/v1/api-keys/{key.api_key}").status in (200, 204)
        assert feed.ask(type="subscribe", topic=BALANCE)["code"] == 403
        feed.subscribe("/market/match:BTC-USDT")


def test_too_many_symbols_at_once(online: Broker) -> None:
    """101 symbols in a topic are refused, whatever they are."""
    with session(*public(online.send)) as feed:
        names = [f"A{number}-USDT" for number in range(topics.MOST_SYMBOLS + 1)]
        error = feed.ask(type="subscribe", topic=f"/market/match:{','.join(names)}")
        assert error["code"] == 509
        error = feed.ask(type="subscribe", topic=f"/market/match:{','.join(names[1:])}")
        assert error["code"] == 400


def test_too_many_messages(online: Broker) -> None:
    """The 101st message within 10 s is refused under its id, and not obeyed."""
    with session(*public(online.send)) as feed:
        ids = [feed.say(type="ping") for _ in range(topics.MOST_MESSAGES + 1)]
        told = [feed.told() for _ in ids]
        assert [text["id"] for text in told] == ids
        assert {text["type"] for text in told[:-1]} == {"pong"}
        assert told[-1] == {"id": ids[-1], "type": "error", "code": 509, "data": "exceed max permits per second"}


def test_too_many_sessions(online: Broker) -> None:
    """The 51st session of a user is refused; another user's is not, and one that ends makes room."""
    alice, frank = online.key("alice"), online.key("frank")
    with ExitStack() as stack:
        feeds = [stack.enter_context(session(*private(online, alice))) for _ in range(topics.MOST_SESSIONS)]
        with dialled(*private(online, alice)) as feed:
            assert feed.told()["code"] == 509
        with session(*private(online, frank)) as feed:
            feed.nothing()
        feeds[0].socket.close()
        with session(*private(online, alice)) as feed:
            feed.nothing()


def test_a_message_that_is_too_long_ends_the_session(online: Broker) -> None:
    """More than 64 KiB is a close with 1009, and the server goes on."""
    with session(*public(online.send)) as feed:
        feed.socket.send(json.dumps({"id": "x" * 70_000, "type": "ping"}))
        assert feed.end()[0] == 1009
    assert online.send("GET", "/api/v1/timestamp").status == 200


def test_a_payment_is_pushed(online: Broker) -> None:
    """Hold and debit of a withdrawal come in order, and the account's numbers are those of `GET /accounts`."""
    key = online.key("alice")
    with session(*private(online, key)) as feed:
        feed.subscribe(BALANCE)
        pay(online, key)
        first, second = feed.data(2)
    assert (first["relationEvent"], second["relationEvent"]) == ("main.withdraw_hold", "main.withdraw_done")
    assert (first["holdChange"], first["availableChange"], first["total"]) == ("111.5", "-111.5", "1000000")
    assert (second["holdChange"], second["availableChange"]) == ("-111.5", "0")
    assert (second["total"], second["available"], second["hold"]) == ("999888.5", "999888.5", "0")
    assert online.balance("alice") == second["available"]


def test_nobody_hears_of_the_money_of_others(online: Broker) -> None:
    """Frank pays, and alice's session stays silent."""
    alice, frank = online.key("alice"), online.key("frank")
    with session(*private(online, alice)) as feed:
        feed.subscribe(BALANCE)
        pay(online, frank, "frank")
        feed.nothing()


def test_after_unsubscribing_nothing_comes(online: Broker) -> None:
    """Nor does the exchange tell anybody of its commands then."""
    key = online.key("alice")
    with session(*private(online, key)) as feed:
        feed.subscribe(BALANCE)
        assert feed.ask(type="unsubscribe", topic=BALANCE, response=True)["type"] == "ack"
        pay(online, key)
        feed.nothing()


def watched(server: LocalServer) -> bool:
    """True if somebody is told of each command."""
    return server.exchange.watcher is not None


def test_without_subscribers_nobody_watches(server: LocalServer, online: Broker) -> None:
    """A call pays for the feeds only while there is a subscription."""
    key = online.key("alice")
    with session(*private(online, key)) as feed:
        assert not watched(server)
        feed.subscribe(BALANCE)
        wait_until(lambda: watched(server))
        feed.ask(type="unsubscribe", topic=BALANCE, response=True)
        wait_until(lambda: not watched(server))
