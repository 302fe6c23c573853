"""Faults, time and workspaces: what the forms do is what the control surface does, and each says how to script it."""

from __future__ import annotations

import html
import json
import re
import shlex
from typing import Any

import pytest
from support.dashboard import BROWSER, Dashboard
from support.desk import START
from support.placed_orders import place, trading_key
from support.wire import JSON, TOKEN

from simulator.scenario.loader import read
from simulator.web.dashboard.nav import SECTIONS

SCREENS = (
    *("/", "/calls", "/calls?q=refused", "/calls/1", "/faults", "/time", "/workspaces"),
    *("/money", "/money?user=alice", "/money?user=nobody", "/console?user=alice"),
    *("/inspect?q=alice", "/inspect?q=order-1", "/orders", "/orders?user=alice&state=active", "/orders/order-1"),
    *("/orders/order-2", "/orders?price=ETH-USDT"),
)
ADDED = {
    "operation": "refresh_tokens",
    "refuse": "REFRESH_TOKEN_EXPIRED",
    "times": "2",
    "at": "before",
    "user": "alice",
}


def clock(dashboard: Dashboard) -> dict[str, Any]:
    """The clock as the control surface shows it."""
    data: dict[str, Any] = dashboard.send("GET", "/_sim/v1/clock").json()
    return data


# --- scripts
def scripts(text: str, label: str) -> list[str]:
    """The curl lines or the scenario lines that a screen shows."""
    found = re.findall(rf'aria-label="The same {label}"><code class="copy">(.*?)</code>', text, re.DOTALL)
    return [html.unescape(script) for script in found]


def prepared(dashboard: Dashboard) -> None:
    """Something to see on every screen."""
    key = trading_key(dashboard.broker)
    plan = {"client_oid": "order-*", "plan": [{"after": "1m", "fill": "40%"}, {"after": "1h", "cancel": "rest"}]}
    assert dashboard.send("PUT", "/_sim/v1/order-plans", json.dumps(plan).encode(), JSON).status == 200
    place(dashboard.broker, key, clientOid="order-1")
    place(dashboard.broker, key, clientOid="order-2", type="market", price=None, size=None, funds="100")
    dashboard.send("GET", TOKEN)
    dashboard.post("/faults", do="add", **ADDED)
    dashboard.send("POST", "/_sim/v1/snapshots", b'{"name": "before-the-payout"}', JSON)


@pytest.mark.parametrize("screen", SCREENS)
def test_each_curl_line_works(dashboard: Dashboard, screen: str) -> None:
    """Every curl line that a screen shows is a call that the control surface accepts as it stands."""
    prepared(dashboard)
    lines = [
        line for script in scripts(dashboard.get(screen).text, "with curl") for line in re.split(r"\n(?=curl )", script)
    ]
    assert lines or screen.startswith("/console")
    moment = dashboard.app.desk.moment()
    for line in lines:
        dashboard.app.desk.go_back(moment)
        words = shlex.split(line.partition(" | jq ")[0])
        method = words[words.index("-X") + 1] if "-X" in words else "GET"
        body = words[words.index("--data-binary") + 1].encode() if "--data-binary" in words else b""
        target = words[-1].removeprefix(dashboard.app.desk.exchange.world.origin)
        answer = dashboard.send(method, target, body, dict([words[words.index("-H") + 1].split(": ")]) if body else {})
        assert answer.status < 300, (line, answer.text)


@pytest.mark.parametrize("screen", SCREENS)
def test_each_scenario_line_loads(dashboard: Dashboard, screen: str) -> None:
    """Every scenario line that a screen shows is read when it is put under a scenario's head."""
    prepared(dashboard)
    for lines in scripts(dashboard.get(screen).text, "in a scenario"):
        assert read(f"version: 1\nname: shown\nextends: demo\n{lines}\n", "shown").name == "shown"


# --- faults
def test_a_fault_is_staged_by_the_form(dashboard: Dashboard) -> None:
    """The form stages a fault with its fields, the screen counts its hits, and a button takes it away."""
    assert "The fault is in force" in dashboard.post("/faults", do="add", **ADDED).text
    listed = dashboard.send("GET", "/_sim/v1/faults").json()["faults"]
    assert {name: listed[0][name] for name in ADDED} == {**ADDED, "times": 2}
    tokens = dashboard.broker.tokens("alice")
    dashboard.broker.refresh(tokens["refresh_token"])
    assert "struck 1 of 2, seen 1" in dashboard.get("/faults").text
    dashboard.post("/faults", do="remove", id=listed[0]["id"])
    assert dashboard.send("GET", "/_sim/v1/faults").json()["faults"] == []


def test_a_fault_is_staged_as_it_is_written(dashboard: Dashboard) -> None:
    """A fault in the words of a scenario is staged, also one that the fields cannot say; a wrong text is kept."""
    text = 'operation: get_currency\nrespond: {status: 418, body: "tea"}\n'
    assert "The fault is in force" in dashboard.post("/faults", do="write", written=text).text
    assert dashboard.send("GET", "/api/v3/currencies/BTC").status == 418
    wrong = dashboard.post("/faults", 422, do="write", written="operation: [nothing").text
    assert "operation: [nothing</textarea>" in wrong
    assert len(dashboard.send("GET", "/_sim/v1/faults").json()["faults"]) == 1


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (422, {"operation": "refresh_tokens"}),
        (422, {"operation": "nothing", "refuse": "REFRESH_TOKEN_EXPIRED"}),
        (422, {**ADDED, "user": "nobody"}),
        (422, {**ADDED, "delay": "soon"}),
        (400, {**ADDED, "times": "-1"}),
        (400, {**ADDED, "times": "9" * 20}),
    ],
)
def test_a_wrong_fault_is_told_and_kept_in_the_form(dashboard: Dashboard, status: int, fields: dict[str, str]) -> None:
    """A fault that a scenario could not have is refused with the reader's words, and nothing is staged."""
    assert 'role="alert"' in dashboard.post("/faults", status, do="add", **fields).text
    assert dashboard.send("GET", "/_sim/v1/faults").json()["faults"] == []


def test_a_fault_that_is_not_there_cannot_be_removed(dashboard: Dashboard) -> None:
    """An id without a fault is a 404, and one that can be none a 400."""
    assert dashboard.post("/faults", 404, do="remove", id="f9")
    assert dashboard.post("/faults", 400, do="remove", id="../clock")


# --- time
@pytest.mark.parametrize(
    ("fields", "passed"),
    [({"do": "advance", "by": "1h"}, 3_600_000), ({"do": "advance", "by": " 30d "}, 30 * 86_400_000)],
)
def test_time_passes_by_a_button(dashboard: Dashboard, fields: dict[str, str], passed: int) -> None:
    """The business clock moves by as much as the button says."""
    assert "Time has passed." in dashboard.post("/time", **fields).text
    assert clock(dashboard)["milliseconds"] == START + passed


def test_a_button_leads_to_an_event_and_right_before_it(dashboard: Dashboard) -> None:
    """The events to come are listed with buttons; the screen afterwards says what happened on the way."""
    dashboard.broker.authorize()
    assert "authorization code expiry" in dashboard.get("/").text
    event = {"do": "event", "kind": "authorization_code_expiry", "user": "alice", "client": "demo-broker"}
    dashboard.post("/time", **event, offset="-1ms")
    before = clock(dashboard)["milliseconds"]
    assert "What happened on the way" in dashboard.post("/time", **event).text
    assert clock(dashboard)["milliseconds"] == before + 1
    assert dashboard.post("/time", 409, **event)


def test_the_clock_runs_otherwise_and_begins_anew(dashboard: Dashboard) -> None:
    """Mode and scale are set by the form; a snapshot and a reset lead back."""
    dashboard.post("/time", do="keep", name="start")
    dashboard.post("/time", do="run", mode="scaled", scale="60")
    assert (clock(dashboard)["mode"], clock(dashboard)["scale"]) == ("scaled", "60")
    dashboard.post("/time", do="run", mode="frozen", scale="60")
    dashboard.post("/time", do="advance", by="1d")
    dashboard.post("/time", do="restore", name="start")
    assert clock(dashboard)["milliseconds"] == START
    dashboard.post("/time", do="drop", name="start")
    dashboard.post("/time", do="advance", by="1d")
    dashboard.post("/time", do="reset")
    assert clock(dashboard)["milliseconds"] == START


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (400, {"do": "advance", "by": "soon"}),
        (400, {"do": "to", "to": "2000-01-01T00:00:00Z"}),
        (400, {"do": "event", "kind": "nothing"}),
        (400, {"do": "run", "mode": "backwards"}),
        (400, {"do": "run", "mode": "scaled", "scale": "x"}),
        (400, {"do": "keep", "name": "../x"}),
        (404, {"do": "restore", "name": "none"}),
        (400, {"do": "restore", "name": "a/b"}),
        (400, {"do": "advance"}),
        (400, {"do": "explode"}),
    ],
)
def test_a_wrong_time_is_told(dashboard: Dashboard, status: int, fields: dict[str, str]) -> None:
    """What cannot be done is answered with the reason, and time stands still."""
    assert 'role="alert"' in dashboard.post("/time", status, **fields).text
    assert clock(dashboard)["milliseconds"] == START


# --- workspaces
def test_a_workspace_is_made_and_ended(dashboard: Dashboard) -> None:
    """A form makes a workspace with a scenario, its dashboard is linked, and a button ends it."""
    made = dashboard.post("/workspaces", do="create", name="mine", scenario="demo", ttl="10m").text
    assert 'href="/w/mine/_sim/"' in made
    assert dashboard.send("GET", "/w/mine/_sim/", headers=BROWSER).status == 200
    assert dashboard.post("/workspaces", 409, do="create", name="mine")
    assert "The workspace has ended" in dashboard.post("/workspaces", do="end", name="mine").text
    assert dashboard.send("GET", "/w/mine/_sim/", headers=BROWSER).status == 404


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (400, {"do": "create", "name": "a b"}),
        (400, {"do": "create", "scenario": "nothing"}),
        (400, {"do": "create", "ttl": "long"}),
        (404, {"do": "end", "name": "nobody"}),
        (409, {"do": "end", "name": "default"}),
        (400, {"do": "end", "name": "../x"}),
    ],
)
def test_a_wrong_workspace_is_told(dashboard: Dashboard, status: int, fields: dict[str, str]) -> None:
    """What cannot be made or ended is answered with the reason."""
    assert 'role="alert"' in dashboard.post("/workspaces", status, **fields).text


def test_refused_calls_are_grouped(dashboard: Dashboard) -> None:
    """The overview groups what was refused by reason and operation, counts it, and links to the newest."""
    for _ in range(3):
        dashboard.send("GET", TOKEN)
    dashboard.broker.refresh("nonsense")
    shown = dashboard.get("/").text
    rows = re.findall(r"<tr>.*?</tr>", shown.partition("Refused lately")[2].partition("</table>")[0], re.DOTALL)[1:]
    told = [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)).split() for row in rows]
    assert [(row[0], "exchange_code" in row, "3" in row) for row in told] == [
        ("REFRESH_TOKEN_UNKNOWN", False, False),
        ("PARAMETER_MISSING", True, True),
    ]
    assert 'href="/_sim/calls/3"' in rows[1]


@pytest.mark.parametrize("screen", SCREENS)
def test_no_link_is_broken(dashboard: Dashboard, screen: str) -> None:
    """Every link of a screen leads to something."""
    prepared(dashboard)
    links = {html.unescape(link) for link in re.findall(r'<a [^>]*href="([^"]+)"', dashboard.get(screen).text)}
    assert len(links) > len(SECTIONS)
    for link in links:
        if not link.startswith(("#", "http")):
            target = f"/_sim{screen.partition('?')[0]}{link}" if link.startswith("?") else link
            assert dashboard.send("GET", target, headers=BROWSER).status == 200, link
