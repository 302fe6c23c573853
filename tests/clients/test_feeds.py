"""Websocket clients of which only the base URL is changed: what they say of orders and prices."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

import ccxt.pro
from msgspec import json
from support.control_calls import steer
from support.desk import Key
from support.polling import wait_until
from support.wire import Broker

from simulator.web.server import LocalServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK was written for an older pydantic
    from kucoin_universal_sdk.api import DefaultClient
    from kucoin_universal_sdk.model import ClientOptionBuilder, TransportOptionBuilder, WebSocketClientOptionBuilder

S, NAME = "BTC/USDT", "BTC-USDT"
ORDER = {"symbol": NAME, "side": "buy", "type": "limit", "price": "61000", "size": "0.001", "clientOid": "o-1"}


def trader(online: Broker) -> Key:
    """Alice's key that can trade, and 10,000 USDT in her trade account."""
    key = online.key("alice", "API_COMMON", "API_SPOT", "API_TRANSFER")
    move = b'{"clientOid":"m","currency":"USDT","amount":"10000","from":"main","to":"trade"}'
    assert online.signed(key, "POST", "/api/v2/accounts/inner-transfer", move).status == 200
    return key


def topics(online: Broker) -> set[str]:
    """What all open sessions are subscribed to."""
    sessions = steer(online.send, "GET", "/streams").json()["streams"]
    return {topic for session in sessions if not session["ended"] for topic in session["topics"]}


def played(online: Broker, server: LocalServer, act: Callable[[Any, Any], Coroutine[Any, Any, None]]) -> None:
    """Let a program use ccxt. It gets the client, and a function that calls from outside of the event loop."""
    key = trader(online)

    async def run() -> None:
        client = ccxt.pro.kucoin({"apiKey": key.api_key, "secret": key.secret, "password": key.passphrase})
        client.urls["api"] = dict.fromkeys(client.urls["api"], server.url)
        try:
            await client.load_markets()
            await act(client, lambda work: asyncio.get_running_loop().run_in_executor(None, work))
        finally:
            await client.close()

    asyncio.run(run())


def test_ccxt_watches_an_order_and_the_balance(server: LocalServer, online: Broker) -> None:
    """The order is open, then closed and filled at the better price; the balance is what is left."""

    async def act(client: Any, aside: Any) -> None:
        orders: list[tuple[Any, ...]] = []

        async def watch() -> None:
            while not orders or orders[-1][0] != "closed":
                orders.extend(
                    (order["status"], order["filled"], order["average"], order["clientOrderId"])
                    for order in await client.watch_orders(S)
                )

        watching = asyncio.create_task(watch())
        balance = asyncio.create_task(client.watch_balance({"type": "spot"}))
        await aside(lambda: wait_until(lambda: topics(online) >= {"/spotMarket/tradeOrders", "/account/balance"}))
        order = await client.create_order(S, "limit", "buy", 0.001, 61000, {"clientOid": "o-1"})
        await watching
        assert orders[0][:2] == ("open", 0.001)
        assert orders[-1] == ("closed", 0.001, 60000.1, "o-1")
        assert (await client.fetch_order(order["id"], S))["status"] == "closed"
        usdt = (await balance)["USDT"]
        assert usdt["free"] + usdt["used"] == usdt["total"]
        read = (await client.fetch_balance({"type": "trade"}))["USDT"]
        latest = client.balance["trade"]["USDT"]
        assert (latest["free"], latest["total"]) == (read["free"], read["total"]) == (9939.9398999, 9939.9398999)

    played(online, server, act)


def test_ccxt_watches_prices_and_trades(server: LocalServer, online: Broker) -> None:
    """Ticker, best offers and candle come at once; the trade and the book follow what happens."""

    async def act(client: Any, aside: Any) -> None:
        ticker = await client.watch_ticker(S)
        assert (ticker["last"], ticker["bid"], ticker["ask"]) == (60000.0, 59999.9, 60000.1)
        best = (await client.watch_bids_asks([S]))[S]
        assert (best["bid"], best["ask"]) == (59999.9, 60000.1)
        trades = asyncio.create_task(client.watch_trades(S))
        await aside(lambda: wait_until(lambda: f"/market/match:{NAME}" in topics(online)))
        await client.create_order(S, "market", "buy", 0.002)
        [trade] = await trades
        assert (trade["price"], trade["amount"], trade["side"]) == (60000.1, 0.002, "buy")
        candle = (await client.watch_ohlcv(S, "1h"))[-1]
        assert (candle[4], candle[5]) == (60000.1, 0.002)
        following = asyncio.create_task(client.watch_ticker(S))
        await aside(lambda: steer(online.send, "PUT", f"/prices/{NAME}", {"last": "61000"}))
        assert (await following)["last"] == 61000.0

    played(online, server, act)


def test_ccxt_keeps_an_order_book(server: LocalServer, online: Broker) -> None:
    """It takes some changes, loads the book, applies the rest, and stands where `level2_20` does."""

    async def act(client: Any, aside: Any) -> None:
        book = asyncio.create_task(client.watch_order_book(S))
        await aside(lambda: wait_until(lambda: f"/market/level2:{NAME}" in topics(online)))
        price = 61_000
        while not book.done():
            price += 1
            await aside(lambda last=price: steer(online.send, "PUT", f"/prices/{NAME}", {"last": str(last)}))
        kept = await book
        read = await client.fetch_order_book(S, 20)
        while kept["nonce"] < read["nonce"]:
            kept = await client.watch_order_book(S)
        for side in ("bids", "asks"):
            assert [row[:2] for row in kept[side]] == [row[:2] for row in read[side]]

    played(online, server, act)


def official(server: LocalServer, key: Key) -> Any:
    """The websocket services of the official SDK."""
    options = (
        ClientOptionBuilder()
        .set_key(key.api_key)
        .set_secret(key.secret)
        .set_passphrase(key.passphrase)
        .set_spot_endpoint(server.url)
        .set_futures_endpoint(server.url)
        .set_broker_endpoint(server.url)
        .set_transport_option(TransportOptionBuilder().build())
        .set_websocket_client_option(WebSocketClientOptionBuilder().with_reconnect(False).build())
        .build()
    )
    return DefaultClient(options).ws_service()


def test_the_official_sdk_hears_of_an_order(server: LocalServer, online: Broker) -> None:
    """Its models hold every field of the messages of an order, of the balance and of a stop order's topic."""
    key = trader(online)
    turns: list[Any] = []
    balances: list[Any] = []
    feed = official(server, key).new_spot_private_ws()
    feed.start()
    try:
        feed.order_v2(lambda topic, subject, data: turns.append(data))
        feed.account(lambda topic, subject, data: balances.append(data))
        feed.stop_order(lambda topic, subject, data: None)
        placed = online.signed(key, "POST", "/api/v1/hf/orders", _body())
        assert placed.json()["code"] == "200000", placed
        wait_until(lambda: len(turns) == 3 and len(balances) == 3)
    finally:
        feed.stop()
    assert [(turn.type.value, turn.status.value, turn.filled_size) for turn in turns] == [
        ("received", "new", "0"),
        ("match", "match", "0.001"),
        ("filled", "done", "0.001"),
    ]
    match = turns[1]
    assert (match.match_price, match.liquidity.value, match.fee_type.value) == ("60000.1", "taker", "takerFee")
    assert {(turn.client_oid, turn.origin_size, turn.price) for turn in turns} == {("o-1", "0.001", "61000")}
    assert [balance.relation_event for balance in balances] == ["trade.hold", "trade.setted", "trade.setted"]
    assert {balance.relation_context.order_id for balance in balances} == {match.order_id}
    assert {(balance.currency, balance.hold) for balance in balances[1:]} == {("USDT", "0"), ("BTC", "0")}


def test_the_official_sdk_hears_of_prices(server: LocalServer, online: Broker) -> None:
    """Its models of ticker, changes of the book, trades, candles and snapshots are filled."""
    key = trader(online)
    rows: dict[str, list[Any]] = {}

    def note(topic: str, subject: str, data: Any) -> None:
        rows.setdefault(subject, []).append(data)

    feed = official(server, key).new_spot_public_ws()
    feed.start()
    try:
        feed.ticker([NAME], note)
        feed.orderbook_increment([NAME], note)
        feed.orderbook_level5([NAME], note)
        feed.trade([NAME], note)
        feed.symbol_snapshot(NAME, note)
        feed.klines(NAME, "1hour", note)
        online.signed(key, "POST", "/api/v1/hf/orders", _body())
        wait_until(lambda: {"trade.l3match", "trade.candles.update"} <= rows.keys())
        steer(online.send, "PUT", f"/prices/{NAME}", {"last": "61000"})
        wait_until(lambda: rows["trade.ticker"][-1].price == "61000" and len(rows.get("trade.l2update", ())) == 2)
    finally:
        feed.stop()
    assert (rows["trade.l3match"][0].price, rows["trade.l3match"][0].type) == ("60000.1", "match")
    first, second = rows["trade.l2update"]
    assert second.sequence_start == first.sequence_end + 1
    assert ["60999.9", "1"] in [change[:2] for change in second.changes.bids]
    assert rows["level2"][-1].bids[0][0] == "60999.9"
    assert rows["trade.snapshot"][0].data.last_traded_price == 60000
    assert rows["trade.candles.update"][0].symbol == NAME


def _body() -> bytes:

    return json.encode(ORDER)
