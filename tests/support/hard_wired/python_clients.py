"""Python clients with hard-wired hosts: `python python_clients.py requests` calls KuCoin and prints `here`.

Nothing in this file knows a simulator, but for the header by which it is recognized.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import warnings
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import urlopen

TIME: Final = "https://api.kucoin.com/api/v1/timestamp"
TOKEN: Final = "https://www.kucoin.com/_oauth/access-token?grant_type=authorization_code&code=0&client_id=0"
OURS: Final = "X-Sim-Entry"
KEY: Final = ("6a1d0c7e5b2f4800019c3d21", "0b7c9a52-6f1e-4d38-9a40-5c2e8f71d6b3", "4e1f9c07b85d2a63")
"""The key of the scenario `fixed-key`."""


def by_urllib() -> None:
    response: Any
    for url in (TIME, TOKEN):
        try:
            response = urlopen(url, timeout=10)
        except HTTPError as refused:
            response = refused
        with response:
            assert response.headers[OURS]


def by_requests() -> None:
    import requests

    for url in (TIME, TOKEN):
        assert OURS in requests.get(url, timeout=10).headers


def by_httpx() -> None:
    import httpx

    for url in (TIME, TOKEN):
        assert OURS in httpx.get(url, timeout=10).headers


async def by_httpx_async() -> None:
    import httpx

    async with httpx.AsyncClient(timeout=10) as client:
        for url in (TIME, TOKEN):
            assert OURS in (await client.get(url)).headers


async def by_aiohttp() -> None:
    import aiohttp

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        for url in (TIME, TOKEN):
            async with session.get(url) as response:
                assert OURS in response.headers


def by_ccxt() -> None:
    import ccxt

    kucoin: Any = ccxt.kucoin(dict(zip(("apiKey", "secret", "password"), KEY, strict=True)))
    assert kucoin.fetch_time()
    assert kucoin.fetch_balance({"type": "main"})["USDT"]


async def by_ccxt_async() -> None:
    import ccxt.async_support

    kucoin: Any = ccxt.async_support.kucoin(dict(zip(("apiKey", "secret", "password"), KEY, strict=True)))
    try:
        assert await kucoin.fetch_time()
        assert (await kucoin.fetch_balance({"type": "main"}))["USDT"]
    finally:
        await kucoin.close()


def by_universal_sdk() -> None:
    warnings.simplefilter("ignore")  # the SDK was written for an older pydantic
    from kucoin_universal_sdk.api import DefaultClient
    from kucoin_universal_sdk.generate.account.account import GetSpotAccountListReqBuilder
    from kucoin_universal_sdk.model import (
        GLOBAL_API_ENDPOINT,
        GLOBAL_BROKER_API_ENDPOINT,
        GLOBAL_FUTURES_API_ENDPOINT,
        ClientOptionBuilder,
        TransportOptionBuilder,
    )

    options = ClientOptionBuilder().set_key(KEY[0]).set_secret(KEY[1]).set_passphrase(KEY[2])
    options.set_spot_endpoint(GLOBAL_API_ENDPOINT).set_futures_endpoint(GLOBAL_FUTURES_API_ENDPOINT)
    options.set_broker_endpoint(GLOBAL_BROKER_API_ENDPOINT).set_transport_option(TransportOptionBuilder().build())
    account = DefaultClient(options.build()).rest_service().get_account_service().get_account_api()
    assert account.get_spot_account_list(GetSpotAccountListReqBuilder().build()).data


CLIENTS: Final[dict[str, Callable[[], None] | Callable[[], Awaitable[None]]]] = {
    "urllib": by_urllib,
    "requests": by_requests,
    "httpx": by_httpx,
    "httpx async": by_httpx_async,
    "aiohttp": by_aiohttp,
    "ccxt": by_ccxt,
    "ccxt async": by_ccxt_async,
    "kucoin-universal-sdk": by_universal_sdk,
}

if __name__ == "__main__":
    call = CLIENTS[sys.argv[1]]
    if inspect.iscoroutinefunction(call):
        asyncio.run(call())
    else:
        call()
    sys.stdout.write("here\n")
