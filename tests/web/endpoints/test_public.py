"""The public calls beside the Fast API, byte for byte: no key is needed, and none that comes is looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from support.control_calls import advanced
from support.desk import IP, START
from support.examples import request_of
from support.wire import DEMO, Asgi, Broker

from simulator.core.endpoints import ENDPOINTS

PUBLIC = [endpoint for endpoint in ENDPOINTS if endpoint.rate_limit and not endpoint.permission]
MARKETS = [
    ("/api/v3/margin/symbols", '{"timestamp":%d,"items":[]}'),
    ("/api/v1/isolated/symbols", "[]"),
    ("/api/v1/contracts/active", "[]"),
]
JUNK = {
    "kc-api-key": "nobody's",
    "kc-api-sign": "x",
    "kc-api-timestamp": "1",
    "kc-api-passphrase": "x",
    "kc-api-key-version": "1",
    "kc-api-partner": "nobody",
    "kc-api-partner-sign": "x",
    "kc-api-partner-verify": "true",
    "authorization": "bearer x",
}


def test_the_exchange_is_open(send: Asgi) -> None:
    """`status` and an empty `msg`, as the sample has them."""
    answer = send("GET", "/api/v1/status")
    assert (answer.status, answer.text) == (200, '{"code":"200000","data":{"status":"open","msg":""}}')


def test_the_callers_address_is_what_the_exchange_sees(send: Asgi, wired: Callable[..., Broker]) -> None:
    """A bare string: the connection's own address, or the one that the scenario says is observed."""
    assert send("GET", "/api/v1/my-ip").text == f'{{"code":"200000","data":"{IP}"}}'
    behind = wired(replace(DEMO, observed_ip="198.51.100.4"))
    assert behind.send("GET", "/api/v1/my-ip").text == '{"code":"200000","data":"198.51.100.4"}'


@pytest.mark.parametrize(("path", "data"), MARKETS)
def test_markets_are_empty(broker: Broker, path: str, data: str) -> None:
    """Nobody trades on margin or futures: lists without entries, dated by the business clock where they have a date."""
    advanced(broker.send, by="1h")
    expected = data % (START + 3_600_000) if "%d" in data else data
    assert broker.send("GET", path).text == f'{{"code":"200000","data":{expected}}}'


@pytest.mark.parametrize("query", ["", "?chain=trx", "?currency=USDT", "?"])
def test_all_currencies_are_a_list_of_what_each_is_alone(send: Asgi, query: str) -> None:
    """A bare list by name, each with all its chains and in the very bytes of the single call; no parameter chooses."""
    answer = send("GET", f"/api/v3/currencies{query}")
    names = [each["currency"] for each in answer.json()["data"]]
    assert names == sorted(DEMO.currencies)
    alone = [send("GET", f"/api/v3/currencies/{name}").text for name in names]
    data = ",".join(each.removeprefix('{"code":"200000","data":').removesuffix("}") for each in alone)
    assert answer.text == f'{{"code":"200000","data":[{data}]}}'


def test_a_currency_that_changes_changes_in_the_list(broker: Broker) -> None:
    """What a control call puts is in the list at once."""
    body = b'{"price_usdt": "0.1", "chains": {"doge": {"max_deposit": "7.50", "memo_pattern": "^[0-9]+$"}}}'
    broker.send("PUT", "/_sim/v1/currencies/DOGE", body, {"content-type": "application/json"})
    listed = {each["currency"]: each for each in broker.send("GET", "/api/v3/currencies").json()["data"]}
    assert listed.keys() == {*DEMO.currencies, "DOGE"}
    (chain,) = listed["DOGE"]["chains"]
    assert (chain["chainId"], chain["maxDeposit"], chain["addressRegex"], chain["memoRegex"]) == (
        "doge",
        "7.5",
        "",
        "^[0-9]+$",
    )


@pytest.mark.parametrize("path", [request_of(endpoint)[0] for endpoint in PUBLIC if endpoint.method == "GET"])
def test_no_header_of_a_public_call_is_looked_at(send: Asgi, path: str) -> None:
    """KC-API headers that are wrong in every way, and a bearer, change not a byte (ccxt signs public calls, too)."""
    plain, junk = send("GET", path), send("GET", path, b"", JUNK)
    assert (plain.status, plain.json()["code"]) == (200, "200000")
    assert (junk.status, junk.body) == (plain.status, plain.body)


def test_no_header_of_a_public_token_is_looked_at(send: Asgi) -> None:
    """The same call for a token of the feeds, in which only the token is new each time."""
    path = "/api/v1/bullet-public"
    plain, junk = send("POST", path), send("POST", path, b"", JUNK)
    assert (plain.status, plain.json()["code"], junk.status) == (200, "200000", 200)
    assert junk.json()["data"]["instanceServers"] == plain.json()["data"]["instanceServers"]


def test_public_calls_have_no_credentials() -> None:
    """A call that the gateway counts reads the headers of a key if it needs a permission, and only then."""
    counted = {
        endpoint.name
        for endpoint in ENDPOINTS
        if endpoint.rate_limit and "signed" not in endpoint.command.__struct_fields__
    }
    assert counted == {endpoint.name for endpoint in PUBLIC}
    assert {"get_server_time", "get_currency"} < counted
