"""`/_sim/v1/state`: what was carried to another server goes on there as if nothing had happened."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from growth import crowd
from hypothesis import given, settings
from hypothesis import strategies as st
from support.demo_world import CALLBACK
from support.desk import START, Key, by_account, payment, query
from support.wire import DEMO, JSON, V1, Asgi, Broker, control, problem_of, still_app

from simulator.core.choices import After
from simulator.core.gateway.requests import MAXIMUM_BODY
from simulator.core.spec import MINUTE

Make = Callable[..., Broker]


def export(broker: Broker) -> Any:
    answer = broker.send("GET", f"{V1}/state")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    return answer.json()


def put(broker: Broker, data: object) -> Any:
    return broker.send("PUT", f"{V1}/state", json.dumps(data).encode(), JSON)


def carried(broker: Broker, make: Make) -> Broker:
    """Another server that stands where this one does."""
    other = make()
    answer = put(other, export(broker))
    assert answer.status == 200, answer
    return other


def test_tokens_codes_and_keys_go_on(wired: Make) -> None:
    """What the one server has minted is good on the other, and what comes next is the same on both."""
    here = wired()
    code, tokens, key = here.authorize("bob"), here.tokens(), here.key("frank")
    control(here.send, "/clock/advance", {"by": "4m"})
    there = carried(here, wired)
    assert there.send("GET", f"{V1}/clock").json()["milliseconds"] == START + 4 * MINUTE
    for broker in (here, there):
        assert broker.add_key(tokens["access_token"]).status == 200
    assert here.refresh(tokens["refresh_token"]).body == there.refresh(tokens["refresh_token"]).body
    assert here.exchange(code).body == there.exchange(code).body
    assert there.exchange(code).json()["msg"].startswith("invalid_grant: the code has been used")
    assert here.withdraw(key).body == there.withdraw(key).body
    assert (here.balance("frank"), here.key("carol")) == (there.balance("frank"), there.key("carol"))
    assert export(here) == export(there)


def test_an_open_transaction_goes_on(wired: Make) -> None:
    """The codes are in the user's message box, and the second request pays."""
    here = wired()
    key = here.key()
    challenge = here.withdraw(key).json()["data"]
    there = carried(here, wired)
    paid = there.withdraw(key, validation=there.validation("alice", challenge))
    assert list(paid.json()["data"]) == ["withdrawalId"]


def test_settlement_goes_on_in_time(wired: Make) -> None:
    """A withdrawal that waits is settled at its own instant."""
    here = wired(settlement=After(10 * MINUTE))
    key = here.key("frank")
    id = here.withdraw(key).json()["data"]["withdrawalId"]  # noqa: A001 - what it is
    control(here.send, "/clock/advance", {"by": "6m"})
    there = carried(here, wired)
    assert there.signed(key, "GET", f"/api/v1/withdrawals/{id}").json()["data"]["status"] == "PROCESSING"
    events = control(there.send, "/clock/advance", {"by": "5m"}).json()["events"]
    assert [(each["withdrawal_id"], each["at"]) for each in events if each["kind"] == "settlement"] == [
        (id, START + 10 * MINUTE)
    ]


def test_faults_and_logins_go_on(wired: Make) -> None:
    """With their counts."""
    here = wired()
    control(here.send, "/faults", {"operation": "exchange_code", "skip": 1, "times": 1, "refuse": "CODE_EXPIRED"})
    control(here.send, "/logins", {"user": "bob"})
    here.tokens()
    there = carried(here, wired)
    assert there.send("GET", f"{V1}/faults").json() == here.send("GET", f"{V1}/faults").json()
    assert there.exchange(there.authorize()).json()["msg"] == "invalid_grant: the code has expired"
    assert isinstance(there.send, Asgi)
    assert [each.user for each in there.send.app.desk.exchange.staging.waiting] == ["bob"]


def test_an_import_replaces_all_and_a_reset_leads_to_the_scenario(wired: Make) -> None:
    """What was there is gone, `expect` counts anew, the journal goes on, our own address stays."""
    here, there = wired(), wired()
    there.key("frank")
    assert isinstance(there.send, Asgi)
    desk = there.send.app.desk
    origins = desk.exchange.world.origins
    assert put(there, export(here)).status == 200
    assert [key.user for key in desk.exchange.world.api_keys.values()] == ["operator"]
    assert desk.exchange.world.origins == origins
    assert (len(desk.journal.tally), desk.journal.last) == (0, 3)
    there.send("POST", f"{V1}/reset")
    assert desk.exchange.world is desk.exchange.scenario


def test_a_large_state_is_carried_too(wired: Make) -> None:
    """It may have many more bytes than a request of the exchange."""
    here = wired(crowd(DEMO, 1_000))
    assert len(json.dumps(export(here))) > 5 * MAXIMUM_BODY
    assert export(carried(here, wired)) == export(here)


def delete_user(world: Any) -> None:
    world["users"] = [each for each in world["users"] if each["name"] != "frank"]


def rename(table: str, field: str, name: object) -> Callable[[Any], None]:
    def change(world: Any) -> None:
        world[table][0][field] = name

    return change


def misplace(world: Any) -> None:
    world["transaction_order"]["places"] = [[5, "x"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (delete_user, "state.world.consents["),
        (rename("consents", "client_id", "nobody"), "state.world.consents["),
        (rename("codes", "consent", "x"), "state.world.codes["),
        (rename("api_keys", "user", "nobody"), "state.world.api_keys["),
        (rename("api_keys", "client_id", "nobody"), "state.world.api_keys["),
        (rename("wallets", "user", "nobody"), "state.world.wallets[nobody].user"),
        (rename("currencies", "default_chain", "x"), "state.world.currencies["),
        (rename("users", "email", "x@example.test"), "state.world.identities["),
        (rename("users", "uid", 200000002), "state.world."),
        (rename("transactions", "api_key", "x"), "state.world.transactions["),
        (misplace, "state.world.transaction_order"),
    ],
)
def test_what_leads_nowhere_is_refused(wired: Make, change: Callable[[Any], None], field: str) -> None:
    """With its place; nothing is changed."""
    here = wired()
    here.withdraw(here.key("alice"))
    here.key("frank")
    data = export(here)
    change(data["state"]["world"])
    before = export(here)
    problem = problem_of(put(here, data), 422)
    assert problem["errors"][0]["field"].startswith(field), problem["errors"]
    assert "nothing was changed" in problem["detail"]
    assert export(here) == before


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"version": 2}, 422, "only version 1"),
        ({"version": True}, 422, "only version 1"),
        ({"version": None}, 422, "only version 1"),
        ({"page": 5}, 400, "page must be a string"),
        ({"page": None}, 400, "page is compulsory"),
        ({"state": None}, 422, "state must be an object"),
        ({"state": {}}, 422, "state.world is missing"),
        ({"more": 1}, 400, "unknown fields"),
    ],
)
def test_what_is_no_export_is_refused(wired: Make, change: dict[str, Any], status: int, said: str) -> None:
    """Other versions above all."""
    here = wired()
    assert said in problem_of(put(here, {**export(here), **change}), status)["detail"]
    problem_of(here.send("PUT", f"{V1}/state", b"", JSON), 422)
    problem_of(here.send("PUT", f"{V1}/state", b"[]", JSON), 400)
    problem_of(here.send("PUT", f"{V1}/state", b"{}", {"content-type": "text/plain"}), 415)


def test_the_state_of_another_workspace_is_refused(wired: Make) -> None:
    """Its credentials name it: they would lead elsewhere."""
    here = wired()
    data = export(here)
    data["state"]["world"]["workspace"] = "w1"
    assert "w1" in problem_of(put(here, data), 422)["detail"]


def test_a_workspace_is_carried_to_one_of_its_name(wired: Make) -> None:
    """Its tokens lead there on the other server as well."""
    here, there = wired(), wired()
    for broker in (here, there):
        assert control(broker.send, "/workspaces", {"name": "w1"}).status == 201
    asked = {**LOGIN, "user": "alice", "client_id": "demo-broker-w1"}
    code = control(here.send, "/workspaces/w1/authorizations", asked).json()["code"]
    tokens = replace(here, client_id="demo-broker-w1").exchange(code).json()
    exported = here.send("GET", f"{V1}/workspaces/w1/state").body
    assert there.send("PUT", f"{V1}/workspaces/w1/state", exported, JSON).status == 200
    assert there.refresh(tokens["refresh_token"]).status == 200
    problem_of(there.send("PUT", f"{V1}/state", exported, JSON), 422)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [-1, 0, 1, 2, 7, 10**12, 10**18 - 1, 10**30, "", "x", "0", "-1", "1e9", "frank", "USDT", "..", "\r\n"]
    ),
    st.sampled_from([[], {}, [[]], ["x"], [["x", "y"]], "9" * 60 + "." + "9" * 60, "0." + "0" * 50 + "1"]),
)


def leaves(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of the data."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for name, each in inside for place in leaves(each, (*path, name)))]


Rich = tuple[Any, dict[str, Any], Key]
"""An export, and the tokens and the key of one who is in it."""


@pytest.fixture(scope="module")
def rich(runner: asyncio.Runner) -> Rich:
    """Something of everything."""
    broker = Broker(Asgi(still_app(settlement=After(MINUTE)), runner), lambda: START)
    tokens, key = broker.tokens("frank"), broker.key("frank")
    broker.withdraw(key)
    broker.withdraw(broker.key("alice"))
    control(broker.send, "/logins", {"user": "bob", "grant": ["API_SPOT"]})
    control(broker.send, "/faults", {"operation": "withdraw", "match": {"amount": "7"}, "refuse": "USER_FROZEN"})
    respond = {"status": 409, "headers": {"x-y": "z"}, "body": "no"}
    control(broker.send, "/faults", {"operation": "add_api_key", "respond": respond})
    return export(broker), tokens, key


@settings(max_examples=400)
@given(data=st.data())
def test_whatever_is_imported_the_rules_still_stand(rich: Rich, runner: asyncio.Runner, data: st.DataObject) -> None:
    """An export with one value changed is refused with a problem, or every call after it is answered as ever."""
    exported, tokens, key = rich
    changed = json.loads(json.dumps(exported))
    *path, last = data.draw(st.sampled_from(leaves(changed["state"], ("state",))[1:]))
    inner = changed
    for part in path:
        inner = inner[part]
    inner[last] = data.draw(VALUES)
    broker = Broker(Asgi(still_app(), runner), lambda: START)
    answer = put(broker, changed)
    if answer.status != 200:
        assert answer.status == 422, answer
        return
    assert put(broker, export(broker)).status == 200
    for call in (
        broker.withdraw(key, payment()),
        broker.withdraw(key, by_account("UID", "200000002")),
        broker.signed(key, "GET", "/api/v1/accounts"),
        broker.add_key(tokens["access_token"]),
        broker.refresh(tokens["refresh_token"]),
        *(broker.send("GET", V1 + path) for path in LOOKS),
        control(broker.send, "/clock/advance", {"by": "2m"}),
        control(broker.send, "/authorizations", {**LOGIN, "user": "alice"}),
        broker.send("GET", f"/oauth?{query()}"),
        broker.send("POST", f"{V1}/reset"),
    ):
        assert call.status < 500, call


LOGIN = {"client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "1"}
LOOKS = ["/users", "/clock", "/withdrawals", "/faults", "/consents", "/api-keys", "/ledger", "/clients", "/choices"]
