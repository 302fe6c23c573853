"""Stages of the login, the tokens and the key."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from support.mutants.accounting import CarefulBroker
from support.mutants.calls import DeclinedError
from support.mutants.stage import Stages

TWO_CLIENTS: Final = (
    "given: {clients: {other: {name: Other, secret: s, redirect_uris: ['http://localhost:3000/callback']}}}"
)
ONE_NAME: Final = "given: {clients: {demo-broker: {api_name: bot}}}"
LOCAL: Final = "given: {clients: {demo-broker: {site: local}}}"
BARRED: Final = (
    "given: {observed_ip: 203.0.113.99, clients: {demo-broker: {ip_allowlist: {oauth: [], trading: [203.0.113.10]}}}}"
)
STAGES: Final = Stages()


def want_key(broker: CarefulBroker, user: str, times: int = 1) -> None:
    """The user asks to be connected, and asks again a minute later if that failed."""
    for _ in range(times):
        if user not in broker.keys:
            try:
                broker.make_key(user)
            except DeclinedError:
                broker.bench.sleep(60_000)


@STAGES.of()
def tricked_redirects(broker: CarefulBroker) -> None:
    """The adversary drawer: each trick that a callback can come with."""
    for trick in ("drop_state", "alter_state", "replay_state"):
        broker.connect("alice")
        location = broker.bench.press("trick", trick, state=broker.begin("alice"))
        broker.callback(dict(parse_qsl(urlsplit(location).query)))


@STAGES.of()
def denied(broker: CarefulBroker) -> None:
    location = broker.bench.press("decision", "deny", state=broker.begin("alice"))
    broker.callback(dict(parse_qsl(urlsplit(location).query)))


@STAGES.of()
def redirected_twice(broker: CarefulBroker) -> None:
    """The browser loads the callback twice, the user presses reload, and then wants a key."""
    state = broker.begin("alice")
    broker.bench.press("trick", "twice", state=state)
    for _ in range(3):
        broker.callback({"code": broker.bench.newest_code(), "state": state})
    want_key(broker, "alice")


@STAGES.of()
def redirected_late(broker: CarefulBroker) -> None:
    state = broker.begin("alice")
    broker.bench.press("trick", "wait", state=state)
    broker.bench.sleep(10_000)
    broker.callback({"code": broker.bench.newest_code(), "state": state})


@STAGES.of()
def late_code(broker: CarefulBroker) -> None:
    """A worker gets to the code when its life is over."""
    state = broker.begin("alice")
    code = broker.bench.code("alice", state=state)
    broker.bench.advance("10m")
    broker.callback({"code": code, "state": state})
    want_key(broker, "alice")


@STAGES.of()
def used_code(broker: CarefulBroker) -> None:
    """Somebody was faster with the code."""
    state = broker.begin("alice")
    code = broker.bench.code("alice", state=state)
    broker.bench.exchange(code)
    broker.callback({"code": code, "state": state})


@STAGES.of()
def made_up_code(broker: CarefulBroker) -> None:
    state = broker.begin("alice")
    broker.callback({"code": "6a1d0c7e5b2f4800019c3d22", "state": state})


@STAGES.of(TWO_CLIENTS)
def code_of_another_client(broker: CarefulBroker) -> None:
    state = broker.begin("alice")
    broker.callback({"code": broker.bench.code("alice", client_id="other"), "state": state})


@STAGES.of()
def lost_tokens(broker: CarefulBroker) -> None:
    broker.bench.lose("exchange_code")
    broker.connect("alice")


@STAGES.of()
def old_access_token(broker: CarefulBroker) -> None:
    """The user wants the key when the hour of the access token is over."""
    broker.connect("alice")
    broker.bench.advance("61m")
    want_key(broker, "alice", 3)


@STAGES.of()
def refreshed_early(broker: CarefulBroker) -> None:
    broker.connect("alice")
    broker.renew("alice")
    want_key(broker, "alice", 3)


@STAGES.of()
def refreshed_at_the_last_moment(broker: CarefulBroker) -> None:
    broker.connect("alice")
    broker.bench.advance("71h55m")
    broker.renew("alice")
    want_key(broker, "alice", 3)


@STAGES.of()
def refreshed_every_ten_minutes(broker: CarefulBroker) -> None:
    broker.connect("alice")
    for _ in range(5):
        broker.bench.sleep(600_000)
        broker.renew("alice")
    want_key(broker, "alice")


@STAGES.of()
def refreshed_by_two_workers(broker: CarefulBroker) -> None:
    """One worker has read the pair when another one renews it."""
    broker.connect("alice")
    pair = broker.pairs["alice"]
    broker.renew("alice")
    broker.renew("alice", pair)
    want_key(broker, "alice")


@STAGES.of()
def refreshed_too_late(broker: CarefulBroker) -> None:
    broker.connect("alice")
    broker.bench.advance("3d")
    broker.renew("alice")


@STAGES.of()
def lost_refresh(broker: CarefulBroker) -> None:
    broker.connect("alice")
    broker.bench.lose("refresh_tokens")
    broker.renew("alice")
    want_key(broker, "alice")


@STAGES.of()
def refreshed_elsewhere(broker: CarefulBroker) -> None:
    """An answer was lost for another program of the broker: its access token is dead, and it does not know that."""
    broker.connect("alice")
    broker.bench.lose("refresh_tokens")
    broker.bench.refresh(broker.pairs["alice"].refresh)
    want_key(broker, "alice", 3)


@STAGES.of()
def revoked_consent(broker: CarefulBroker) -> None:
    broker.connect("alice")
    [consent] = broker.bench.app.desk.exchange.world.consents
    broker.bench.steer("POST", f"/consents/{consent}/revoke")
    broker.renew("alice")


# --- the key
@STAGES.of(ONE_NAME)
def name_taken(broker: CarefulBroker) -> None:
    """The user connects a second time, and has a key already."""
    want_key(broker, "alice")
    key = broker.keys.pop("alice")
    want_key(broker, "alice")
    broker.keys["alice"] = key


@STAGES.of()
def too_many_keys(broker: CarefulBroker) -> None:
    want_key(broker, "dave")


@STAGES.of()
def narrow_consent(broker: CarefulBroker) -> None:
    broker.consents["alice"] = {"grant": ["API_COMMON", "API_SPOT"]}
    want_key(broker, "alice")


@STAGES.of("choices: {narrower_than_consent: refuse}")
def wide_consent(broker: CarefulBroker) -> None:
    """The user grants more than the broker asks for."""
    want_key(broker, "alice")


@STAGES.of()
def bound_to_the_address_book(broker: CarefulBroker) -> None:
    broker.consents["alice"] = {"addressbook_only": True}
    want_key(broker, "alice")


@STAGES.of()
def no_futures_account(broker: CarefulBroker) -> None:
    """The broker's product needs futures, and frank has no such account."""
    broker.groups = (*broker.groups, "API_FUTURES")
    want_key(broker, "frank")
    broker.futures("frank")


@STAGES.of("choices: {keys_per_consent: one}")
def second_key_of_a_consent(broker: CarefulBroker) -> None:
    want_key(broker, "alice")
    broker.make_key("alice")


@STAGES.of(LOCAL)
def local_site(broker: CarefulBroker) -> None:
    want_key(broker, "alice", 3)


@STAGES.of()
def lost_key(broker: CarefulBroker) -> None:
    broker.connect("alice")
    broker.bench.lose("add_api_key")
    want_key(broker, "alice")
    broker.look("alice", "/api/v1/accounts")


@STAGES.of()
def deleted_key(broker: CarefulBroker) -> None:
    want_key(broker, "frank")
    broker.look("frank", "/api/v1/accounts")
    broker.bench.steer("DELETE", f"/api-keys/{broker.keys['frank'].api_key}")
    try:
        broker.look("frank", "/api/v1/accounts")
    except DeclinedError:
        broker.connect("frank")


@STAGES.of(BARRED)
def barred_address(broker: CarefulBroker) -> None:
    try:
        broker.look("frank", "/api/v1/accounts")
    except DeclinedError:
        return


@STAGES.of()
def two_users_are_connected(broker: CarefulBroker) -> None:
    """Nothing goes wrong. Each user asks three times, if they must, and the dashboard shows what it may show."""
    for user in ("alice", "frank"):
        want_key(broker, user, 3)
    for user in broker.keys:
        for _ in range(3):
            broker.futures(user)
