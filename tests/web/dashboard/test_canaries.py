"""Texts that users, clients and scenarios control: none of them becomes markup or a script on a screen."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from support.dashboard import BROWSER, Dashboard
from support.placed_orders import place, trading_key
from support.wire import FORM, JSON, NEW, TOKEN, Broker, still_app

from simulator.scenario.loader import read
from simulator.web.app import App
from simulator.web.dashboard.calls import row

CANARY = """"'`><img src=x onerror=alert(1)><script>alert(2)</script></textarea>{{7*7}}{%x%}${8*8}"""
HOSTILE = f"""
version: 1
name: {json.dumps(CANARY)}
description: {json.dumps(CANARY)}
extends: demo
given:
  users:
    {json.dumps(CANARY)}:
      email: evil@example.test
      balances: {{USDT: "1000"}}
      trade: {{USDT: "1000"}}
  clients:
    demo-broker:
      name: {json.dumps(CANARY)}
      redirect_uris: [http://localhost:3000/callback]
orders:
  - {{client_oid: {json.dumps("*" + CANARY)}, match: {{remark: {json.dumps(CANARY)}}}, plan: [{{fill: rest}}]}}
  - {{user: {json.dumps(CANARY)}, plan: [{{fill: 40%}}, {{after: 1m, cancel: rest}}]}}
faults:
  - {{operation: get_currency, respond: {{status: 418, body: {json.dumps(CANARY)}}}}}
"""
SCREENS = (
    "/",
    "/calls",
    "/calls?q=refused",
    "/faults",
    "/time",
    "/workspaces",
    "/orders",
    "/money",
    "/feeds",
    "/readiness",
)


def escaped(text: str) -> bool:
    """True if the canary is nowhere as it is, and no template inside it was evaluated."""
    return "<img src=x" not in text and "<script>alert" not in text and "></textarea>" not in text


def sent(dashboard: Dashboard) -> None:
    """Calls that carry the canary in every part that a client chooses."""
    send, encoded = dashboard.send, quote(CANARY, safe="")
    send("GET", f"/api/v1/{encoded}?{encoded}={encoded}")
    send("GET", "/api/v1/timestamp", headers={"User-Agent": CANARY, "X-Evil": CANARY, "KC-API-KEY": CANARY})
    send("POST", NEW, json.dumps({CANARY: CANARY}).encode(), {**JSON, "Authorization": f"bearer {CANARY}"})
    send("POST", NEW, CANARY.encode(), {"Content-Type": CANARY})
    send("GET", f"{TOKEN}?grant_type={encoded}&code={encoded}&client_id={encoded}&redirect_uri={encoded}")
    send("GET", f"/oauth?response_type=code&client_id={encoded}&redirect_uri={encoded}&state={encoded}")
    query = f"response_type=code&client_id=demo-broker&redirect_uri=/demo/callback&state={encoded}"
    send("POST", f"/oauth?{query}", f"step=login&identity={encoded}".encode(), FORM)
    send("GET", "/api/v1/accounts", headers={"X-Forwarded-For": CANARY, "KC-API-SIGN": CANARY, "Cookie": CANARY})
    key = dashboard.broker.key("alice")
    dashboard.broker.withdraw(key, remark=CANARY, memo=CANARY, address=CANARY)
    dashboard.broker.signed(key, "GET", f"/api/v1/accounts?currency={encoded}")
    order = json.dumps({"clientOid": CANARY, "symbol": CANARY, "side": CANARY, "remark": CANARY, "tags": CANARY})
    dashboard.broker.signed(key, "POST", "/api/v1/hf/orders", order.encode())
    place(dashboard.broker, trading_key(dashboard.broker, amount="400"), clientOid="canary", remark=CANARY[:20])
    dashboard.post("/faults", 422, do="add", operation=CANARY, user=CANARY, client=CANARY, delay=CANARY)


def test_what_a_client_sends_is_never_markup(dashboard: Dashboard) -> None:
    """Paths, queries, headers, bodies and credentials with markup are shown as texts, in the list and on each call."""
    sent(dashboard)
    for screen in SCREENS:
        assert escaped(dashboard.get(screen).text), screen
    for number in range(1, dashboard.journal.last + 1):
        assert escaped(dashboard.get(f"/calls/{number}").text), number
        assert escaped(dashboard.post(f"/calls/{number}", do="again-then").text), number
    shown = "".join(html.unescape(dashboard.get(f"/calls/{number}").text) for number in (2, 3, 4))
    assert "<img src=x onerror=alert(1)>" in shown


@pytest.mark.parametrize(
    "target",
    [
        *("calls?q=", "calls?before=", "calls?after="),
        *("orders?user=", "orders?symbol=", "orders?state=", "orders?price=", "orders/"),
    ],
)
def test_the_query_is_never_markup(dashboard: Dashboard, target: str) -> None:
    """A search, a cursor, a filter and an id with markup come back as texts."""
    encoded = quote(CANARY.replace("/", "") if target.endswith("/") else CANARY, safe="")
    answer = dashboard.send("GET", f"/_sim/{target}{encoded}", headers=BROWSER)
    assert answer.status < 500
    assert escaped(answer.text)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/time", {"do": "advance", "by": CANARY}),
        ("/time", {"do": "to", "to": CANARY}),
        ("/time", {"do": "event", "kind": CANARY, "user": CANARY, "client": CANARY, "offset": CANARY}),
        ("/time", {"do": "run", "mode": CANARY, "scale": CANARY}),
        ("/time", {"do": "keep", "name": CANARY}),
        ("/time", {"do": CANARY}),
        ("/faults", {"do": "add", "operation": "refresh_tokens", "refuse": CANARY, "network": CANARY, "at": CANARY}),
        ("/faults", {"do": "add", "times": CANARY}),
        ("/faults", {"do": "remove", "id": CANARY}),
        ("/workspaces", {"do": "create", "name": CANARY, "scenario": CANARY, "ttl": CANARY}),
        ("/workspaces", {"do": "end", "name": CANARY}),
        ("/enter", {"token": CANARY, "target": CANARY}),
        ("/orders", {"do": "price", "symbol": CANARY.replace("/", ""), "last": CANARY, "bid": CANARY, "ask": CANARY}),
        ("/orders", {"do": "price", "symbol": "BTC-USDT", "last": CANARY, "bid": CANARY, "ask": CANARY}),
        ("/orders", {"do": "price", "symbol": CANARY}),
        ("/orders", {"do": "plans", "written": CANARY}),
        ("/orders", {"do": "plans", "written": json.dumps({"orders": [{"client_oid": CANARY, "plan": []}]})}),
        ("/orders/canary", {"do": "fill", "size": CANARY, "price": CANARY, "role": CANARY}),
        ("/orders/canary", {"do": "cancel", "size": CANARY}),
        ("/orders/canary", {"do": CANARY}),
        ("/feeds", {"written": CANARY}),
        ("/feeds", {"written": json.dumps({"stream_faults": [{"topic": CANARY, "effect": CANARY}]})}),
    ],
)
def test_what_a_form_sends_is_never_markup(dashboard: Dashboard, path: str, fields: dict[str, str]) -> None:
    """A form with markup in any field is answered with a page that shows it as a text, and never with a 500."""
    place(dashboard.broker, trading_key(dashboard.broker), clientOid="canary")
    answer = dashboard.send("POST", f"/_sim{path}", urlencode(fields).encode(), {**FORM, **BROWSER})
    assert answer.status < 500
    assert escaped(answer.text)


def test_what_a_scenario_says_is_never_markup(make: Callable[[App], Dashboard]) -> None:
    """Names, descriptions, users, clients and faults of a scenario with markup are shown as texts."""
    scenario = read(HOSTILE, "hostile")
    app = still_app(scenario.world)
    dashboard = make(app)
    app.desk.apply(scenario)
    dashboard.broker.authorize(CANARY)
    dashboard.send("GET", "/api/v3/currencies/BTC")
    broker = Broker(dashboard.send, lambda: app.desk.exchange.clock.now().wall)
    place(broker, broker.key(CANARY, "API_COMMON", "API_SPOT"), clientOid="canary")
    for screen in (*SCREENS, "/calls/1", "/calls/2", "/orders/canary", "/inspect?q=canary"):
        text = dashboard.get(screen).text
        assert escaped(text), screen
    assert CANARY in html.unescape(dashboard.get("/").text)
    assert CANARY in html.unescape(dashboard.get("/faults").text)
    assert CANARY in html.unescape(dashboard.get("/orders").text)
    assert CANARY in html.unescape(dashboard.get("/orders/canary").text)


def test_a_row_of_the_stream_is_never_markup(dashboard: Dashboard) -> None:
    """The rows that come live are escaped as those of the list are, and no text can end its event."""
    sent(dashboard)
    rows = [row("/_sim", dashboard.journal, entry) for entry in dashboard.journal.after(0)]
    assert all(escaped(text.decode()) for text in rows)
    assert [text for text in rows if b"\n" in text or b"\r" in text] == []
