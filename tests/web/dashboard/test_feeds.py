"""The screens of the websocket feeds: the sessions, the messages of one, and the faults on what is pushed."""

from __future__ import annotations

import html
import json
import re

from support.dashboard import Dashboard
from support.feeds import private
from support.feeds_without_ports import subscribed
from support.placed_orders import place, trading_key

TICKER = "/market/ticker"


def plain(text: str) -> str:
    """The text of a page in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def set_price(dashboard: Dashboard, price: str) -> None:
    dashboard.post("/orders", do="price", symbol="BTC-USDT", last=price)


def test_before_the_first_session_the_screen_says_how_one_begins(dashboard: Dashboard) -> None:
    """It names the calls that give a token, and a session that is not there is not found."""
    assert "bullet-public or bullet-private" in plain(dashboard.get("/feeds").text)
    for number in ("1", "x", "-1", "²", "9" * 30):
        dashboard.get(f"/feeds/{number}", 404)


def test_sessions_have_their_topics_and_messages(dashboard: Dashboard) -> None:
    """Newest first, with few topics in the list and all on the session's page; there the newest message comes first."""
    subscribed(dashboard.send, f"{TICKER}:BTC-USDT")
    subscribed(dashboard.send, f"{TICKER}:BTC-USDT,ETH-USDT,SOL-USDT,KCS-USDT", "/market/match:ETH-BTC")
    set_price(dashboard, "61000")
    listed = dashboard.get("/feeds")
    assert re.findall(r'href="/_sim/feeds/(\d+)"', listed.text) == ["2", "1"]
    assert "2 open" in plain(listed.text)
    assert "and 2 more" in plain(listed.text)
    shown = dashboard.get("/feeds/2")
    assert f"{TICKER}:KCS-USDT" in shown.text
    assert "/market/match:ETH-BTC" in shown.text
    messages = re.findall(r'class="mono breakable">(.*?)</td>', dashboard.get("/feeds/1").text)
    assert '"price": "61000"' in html.unescape(messages[0])
    assert '"type": "welcome"' in html.unescape(messages[-1])
    entry = dashboard.app.desk.streams.known()[0].entry if dashboard.app.desk.streams else 0
    assert f'href="/_sim/calls/{entry}"' in shown.text
    dashboard.post("/time", do="reset")
    assert "the world has begun anew" in plain(dashboard.get("/feeds").text)


def test_a_private_feed_shows_its_ids_and_no_secret(dashboard: Dashboard) -> None:
    """Orders and balances of the user are told with all their ids, and the token of the session is nowhere."""
    key = trading_key(dashboard.broker)
    token, _ = private(dashboard.broker, key)
    subscribed(dashboard.send, "/spotMarket/tradeOrdersV2", "/account/balance", token=token)
    order_id = place(dashboard.broker, key, clientOid="told")
    shown = dashboard.get("/feeds/1").text
    texts = [html.unescape(text) for text in re.findall(r'class="mono breakable">(.*?)</td>', shown)]
    messages = [json.loads(text) for text in texts if '"type": "message"' in text]
    assert {message["topic"] for message in messages} == {"/spotMarket/tradeOrdersV2", "/account/balance"}
    assert "(not ours)" not in shown
    assert order_id in shown
    assert token not in shown
    assert "alice" in plain(dashboard.get("/feeds").text)


def test_faults_are_put_in_force_and_counted(dashboard: Dashboard) -> None:
    """What is written is in force and strikes; what is wrong is refused with its place and stays in the form."""
    subscribed(dashboard.send, f"{TICKER}:BTC-USDT")
    written = f'stream_faults:\n  - {{"topic": "{TICKER}", "effect": "drop", "times": 1}}'
    assert "The faults are in force." in plain(dashboard.post("/feeds", written=written).text)
    set_price(dashboard, "61000")
    assert f"{TICKER} drop everybody 1 1" in plain(dashboard.get("/feeds").text)
    assert '<span class="badge fault">drop</span>' in dashboard.get("/feeds/1").text
    refused = dashboard.post("/feeds", 422, written="stream_faults:\n  - {topic: /market/none, effect: drop}")
    assert "Nothing was changed." in plain(refused.text)
    assert "{topic: /market/none, effect: drop}</textarea>" in refused.text
    assert f"{TICKER} drop" in plain(refused.text)
    assert "No fault is in force" in plain(dashboard.post("/feeds", written="stream_faults: []").text)


def test_what_a_client_says_on_a_feed_is_never_markup(dashboard: Dashboard) -> None:
    """A topic, a text and a clientOid with markup are shown as texts on every screen of the feeds."""
    canary = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    subscribed(dashboard.send, f"{TICKER}:BTC-USDT", canary)
    place(dashboard.broker, trading_key(dashboard.broker), clientOid="canary", remark=canary[:20])
    for path in ("/feeds", "/feeds/1"):
        assert "<img src=x" not in dashboard.get(path).text
    assert canary in html.unescape(dashboard.get("/feeds/1").text)
    assert "<img src=x" not in dashboard.post("/feeds", 422, written=canary).text
