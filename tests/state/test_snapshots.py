"""`/_sim/v1/snapshots` and `/rewind`: everything as it was, by a name or by an entry of the journal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.desk import START
from support.wire import JSON, V1, Asgi, Broker, control, problem_of

from simulator.evidence.journal import Journal
from simulator.web.control.state import SNAPSHOTS

FAULT = {"operation": "list_accounts", "times": 1, "refuse": "API_KEY_UNKNOWN"}


def stands(send: Asgi) -> tuple[Any, ...]:
    """All that can be put back, and what is expected."""
    desk = send.app.desk
    state = desk.exchange.state()
    return state.world, state.business, state.mark.staging, state.mark.scale, desk.journal.tally


def test_a_snapshot_keeps_everything(broker: Broker, send: Asgi) -> None:
    """World, business time, counts of the faults, who waits to log in and what was counted; the journal goes on."""
    key = broker.key()
    control(send, "/faults", FAULT)
    control(send, "/logins", {"user": "bob"})
    control(send, "/clock/advance", {"by": "1h"})
    taken = control(send, "/snapshots", {"name": "before"})
    shown = {"name": "before", "at": "2026-06-01T01:00:00.000Z", "entry": 3}
    assert (taken.status, taken.json()) == (201, shown)
    assert send("GET", f"{V1}/snapshots").json() == {"snapshots": [shown]}
    before = stands(send)
    refused = broker.signed(key, "GET", "/api/v1/accounts")
    assert refused.json()["code"] != "200000"
    broker.key("bob")
    control(send, "/clock/advance", {"by": "3d"})
    send.app.desk.exchange.staging.next_login()
    assert stands(send) != before
    back = control(send, "/snapshots/before/restore", {})
    assert back.status == 200
    assert (back.json()["milliseconds"], back.json()["wall"]) == (START + 3_600_000, START)
    assert back.json()["snapshot"] == shown
    assert stands(send) == before
    assert broker.signed(key, "GET", "/api/v1/accounts").body == refused.body
    newest = send("GET", f"{V1}/requests").json()["requests"][0]
    assert newest["number"] == 8


def test_a_snapshot_outlives_a_reset_and_can_be_restored_again(broker: Broker, send: Asgi) -> None:
    """As often as somebody wants, until it is deleted or its name is taken."""
    tokens = broker.tokens()
    control(send, "/snapshots", {"name": "logged-in"})
    for _ in range(2):
        send("POST", f"{V1}/reset")
        assert broker.add_key(tokens["access_token"]).status == 401
        control(send, "/snapshots/logged-in/restore", {})
        assert broker.add_key(tokens["access_token"]).status == 200
    gone = send("DELETE", f"{V1}/snapshots/logged-in")
    assert (gone.status, gone.body) == (204, b"")
    problem_of(send("DELETE", f"{V1}/snapshots/logged-in"), 404)
    problem_of(control(send, "/snapshots/logged-in/restore", {}), 404)


def test_a_name_that_is_taken_is_taken_over(broker: Broker, send: Asgi) -> None:
    """The newer one counts."""
    control(send, "/snapshots", {"name": "x"})
    broker.tokens()
    assert control(send, "/snapshots", {"name": "x"}).json()["entry"] == 2
    assert len(send("GET", f"{V1}/snapshots").json()["snapshots"]) == 1


def test_snapshots_are_bounded_in_number(send: Asgi) -> None:
    """One more is a problem that says what to do; a name that is known finds room."""
    for number in range(SNAPSHOTS):
        assert control(send, "/snapshots", {"name": f"s{number}"}).status == 201
    assert "DELETE one" in problem_of(control(send, "/snapshots", {"name": "more"}), 409)["detail"]
    assert control(send, "/snapshots", {"name": "s7"}).status == 201
    assert len(send("GET", f"{V1}/snapshots").json()["snapshots"]) == SNAPSHOTS


@pytest.mark.parametrize("name", ["", "a b", "a/b", "..", "x" * 61, "ä", 5, None])
def test_a_name_is_a_plain_word(send: Asgi, name: object) -> None:
    """It stands in a path."""
    problem = problem_of(control(send, "/snapshots", {"name": name}), 400)
    assert problem["errors"][0]["field"] == "name"
    assert send("GET", f"{V1}/snapshots").json() == {"snapshots": []}


# --- rewind


def test_rewind_leads_to_right_after_an_entry(broker: Broker, send: Asgi) -> None:
    """And `before` to the same instant as if its call had never come in; both can be undone by going on."""
    code = broker.authorize()
    control(send, "/clock/advance", {"by": "1m"})
    between = stands(send)
    first = broker.exchange(code)
    after = stands(send)
    control(send, "/clock/advance", {"by": "1h"})
    send("PUT", f"{V1}/prices/BTC", b'{"price_usdt": "7"}', JSON)
    back = control(send, "/rewind", {"to": 2})
    assert (back.status, back.json()["entry"], back.json()["milliseconds"]) == (200, 2, START + 60_000)
    assert stands(send) == after
    assert control(send, "/rewind", {"before": 2}).json()["entry"] == 1
    assert stands(send) == between
    assert broker.exchange(code).body == first.body


def test_going_back_lets_what_waits_go(send: Asgi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that waits for its delay belongs to a world that is gone, as at a reset."""
    stopped: list[int] = []
    monkeypatch.setattr(send.app.desk, "stop", lambda reason: stopped.append(1))
    control(send, "/snapshots", {"name": "x"})
    control(send, "/snapshots/x/restore", {})
    send("GET", "/nowhere")
    control(send, "/rewind", {"to": 1})
    exported = send("GET", f"{V1}/state").body
    send("PUT", f"{V1}/state", exported, JSON)
    assert len(stopped) == 3


def test_what_is_tried_and_taken_back_is_not_expected(broker: Broker, send: Asgi) -> None:
    """`expect` counts what led to the world as it is."""
    broker.authorize()
    expect = {"expect": [{"operation": "authorize", "exactly": 1}]}
    broker.authorize()
    assert control(send, "/verify", expect).status == 409
    control(send, "/rewind", {"to": 1})
    assert control(send, "/verify", expect).status == 200
    control(send, "/rewind", {"before": 1})
    assert control(send, "/verify", {"expect": [{"operation": "authorize", "exactly": 0}]}).status == 200


def test_an_entry_of_a_malformed_call_leads_back_too(broker: Broker, send: Asgi) -> None:
    """Whatever has a number."""
    send("GET", "/nowhere")
    before = stands(send)
    broker.tokens()
    assert control(send, "/rewind", {"to": 1}).status == 200
    assert stands(send) == before


def test_an_entry_that_is_gone_or_never_was(wired: Callable[..., Broker]) -> None:
    """410 for what the ring has dropped, 404 for what is yet to come; nothing is changed."""
    broker = wired()
    send = broker.send
    assert isinstance(send, Asgi)
    send.app.desk.journal = Journal(capacity=2)
    for _ in range(3):
        send("GET", "/nowhere")
    before = stands(send)
    assert "entry 1 is no longer kept" in problem_of(control(send, "/rewind", {"to": 1}), 410)["detail"]
    for number in (0, -1, 4, 10**30):
        problem_of(control(send, "/rewind", {"to": number}), 404)
        problem_of(control(send, "/rewind", {"before": number}), 404)
    assert stands(send) == before
    assert control(send, "/rewind", {"to": 2}).status == 200


@pytest.mark.parametrize("body", [{}, {"to": 1, "before": 1}, {"to": "1"}, {"to": True}, {"to": 1.5}, {"entry": 1}])
def test_rewind_takes_one_number(send: Asgi, body: dict[str, Any]) -> None:
    """Anything else is a problem."""
    send("GET", "/nowhere")
    problem_of(send("POST", f"{V1}/rewind", json.dumps(body).encode(), JSON), 400)
