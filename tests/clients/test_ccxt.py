"""ccxt's kucoin, of which only `urls["api"]` is changed: it signs, reads, withdraws and names our refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from support.desk import payment
from support.wire import Broker

from simulator.web.server import LocalServer


def _kucoin(server: LocalServer, broker: Broker, user: str, *groups: str) -> Any:
    key = broker.key(user, *groups)
    exchange = ccxt.kucoin({"apiKey": key.api_key, "secret": key.secret, "password": key.passphrase})
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], server.url)
    return exchange


@pytest.fixture
def kucoin(server: LocalServer, online: Broker) -> Iterator[Any]:
    """Ccxt with alice's key, which came by OAuth."""
    exchange = _kucoin(server, online, "alice")
    yield exchange
    exchange.session.close()


def _withdraw(exchange: Any, **changes: object) -> Any:
    """s8.2 through ccxt's own request method: it knows the version and the path from us and signs by itself."""
    return exchange.request("broker/withdrawal", ["private"], "POST", {"version": "v2", **payment(**changes)})


def test_ccxt_reads_what_the_key_may_read(kucoin: Any) -> None:
    """Accounts, key, currency and time, signed with key version 2 as ccxt does."""
    accounts = kucoin.private_get_accounts({"currency": "USDT", "type": "main"})
    assert [(each["currency"], each["balance"]) for each in accounts["data"]] == [("USDT", "1000000")]
    assert len(kucoin.private_get_accounts()["data"]) == 2
    assert kucoin.private_get_user_api_key()["data"]["uid"] == 200_000_001
    chains = kucoin.public_get_currencies_currency({"currency": "USDT"})["data"]["chains"]
    assert [(chain["chainId"], chain["withdrawalMinFee"]) for chain in chains[:3]] == [
        ("trx", "1.5"),
        ("eth", "3.5"),
        ("kcc", "0.8"),
    ]
    assert abs(kucoin.fetch_time() - kucoin.milliseconds()) < 5_000


def test_ccxt_withdraws_in_two_steps(kucoin: Any, online: Broker) -> None:
    """The challenge, then the same request with `validation`, nested JSON and all."""
    challenge = _withdraw(kucoin)["data"]
    assert (challenge["allFactors"], challenge["sentFactors"]) == ([["GAV", "EMV"]], [["EMV"]])
    paid = _withdraw(kucoin, validation=online.validation("alice", challenge))
    assert len(paid["data"]["withdrawalId"]) == 24
    accounts = kucoin.private_get_accounts({"currency": "USDT"})["data"]
    assert accounts[0]["balance"] == "999888.5"


def test_ccxt_sends_amounts_as_numbers_too(server: LocalServer, online: Broker) -> None:
    """A float in Python is a JSON number on the wire, kept exact."""
    exchange = _kucoin(server, online, "frank")
    _withdraw(exchange, amount=100.25)
    assert online.balance("frank") == "49888.225"
    exchange.session.close()


@pytest.mark.parametrize(
    ("error", "changes", "text"),
    [
        (ccxt.BadRequest, {"memo": "x"}, "Incorrect withdrawal address"),
        (ccxt.BadRequest, {"address": "TSomebody"}, "Incorrect withdrawal address"),
        (ccxt.ExchangeError, {"amount": "1"}, "below the minimum requirement"),
        (ccxt.BaseError, {"amount": "99999999"}, "115007"),
        (ccxt.BadRequest, {"chain": "doge"}, "Invalid chainId"),
        (ccxt.BaseError, {"currency": "DOGE", "chain": None}, "999999"),
    ],
)
def test_ccxt_names_our_refusals(kucoin: Any, error: type[Exception], changes: dict[str, object], text: str) -> None:
    """Captured texts and codes raise the very classes that ccxt has for them."""
    with pytest.raises(error, match=text):
        _withdraw(kucoin, **changes)


def test_ccxt_names_the_gateways_refusals(server: LocalServer, online: Broker, kucoin: Any) -> None:
    """A wrong key, a wrong passphrase, a wrong secret and a missing permission."""
    weak = _kucoin(server, online, "alice", "API_SPOT")
    with pytest.raises(ccxt.AuthenticationError, match="400007"):
        _withdraw(weak)
    weak.session.close()
    for attribute, code in (("password", "400004"), ("secret", "400004"), ("apiKey", "400003")):
        right = getattr(kucoin, attribute)
        setattr(kucoin, attribute, "wrong")
        with pytest.raises(ccxt.AuthenticationError, match=code):
            kucoin.private_get_accounts()
        setattr(kucoin, attribute, right)
    assert kucoin.private_get_accounts()["code"] == "200000"


NETWORKS = {
    "TRC20": ("trx", 1.5, 1e-6, 3.0, 1.0),
    "ERC20": ("eth", 3.5, 1e-6, 10.0, 1.0),
    "KCC": ("kcc", 0.8, 1e-8, 1.0, None),
    "BEP20": ("bsc", 0.5, 1e-8, 5.0, 1.0),
    "TON": ("ton", 0.3, 1e-6, 2.0, 0.5),
    "SOL": ("sol", 1.0, 1e-6, 3.0, 1.0),
    "ARBITRUM": ("arbitrum", 0.4, 1e-6, 2.0, 1.0),
    "OP": ("optimism", 0.4, 1e-6, 2.0, 1.0),
}
"""Ccxt's name of each network of USDT: chainId, fee, precision, least withdrawal, least deposit."""


def test_ccxt_loads_markets_without_a_key(server: LocalServer) -> None:
    """The symbols are markets; all currencies are there, as numbers that ccxt reckons with."""
    exchange = ccxt.kucoin()
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], server.url)
    assert sorted(exchange.load_markets()) == ["BTC/USDT", "ETH/BTC", "ETH/USDT", "KCS/USDT", "SOL/USDT"]
    assert sorted(exchange.currencies) == ["BTC", "ETH", "KCS", "SOL", "TON", "TRX", "USDC", "USDT", "XRP"]
    usdt = exchange.currencies["USDT"]
    assert (usdt["id"], usdt["name"], usdt["deposit"], usdt["withdraw"]) == ("USDT", "Tether", True, True)
    seen = {
        name: (
            each["id"],
            each["fee"],
            each["precision"],
            each["limits"]["withdraw"]["min"],
            each["limits"]["deposit"]["min"],
        )
        for name, each in usdt["networks"].items()
    }
    assert seen == NETWORKS
    bitcoin = exchange.currencies["BTC"]["networks"]
    assert sorted((each["id"], each["withdraw"]) for each in bitcoin.values()) == [
        ("bech32", False),
        ("btc", True),
        ("btcln", True),
        ("kcc", True),
    ]
    assert exchange.fetch_status()["status"] == "ok"
    exchange.session.close()


def test_ccxt_signs_public_calls_too(kucoin: Any) -> None:
    """What it believes to be private of the markets is answered whatever the signature says."""
    kucoin.secret = "wrong"
    assert kucoin.private_get_isolated_symbols()["data"] == []
    assert kucoin.request("margin/symbols", ["private"], "GET", {"version": "v3"})["data"]["items"] == []
