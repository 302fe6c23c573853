"""What the users of common HTTP clients see when the network fails: the library's own exception for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import BadStatusLine, HTTPConnection, IncompleteRead, RemoteDisconnected
from json import JSONDecodeError
from typing import Any, Final
from urllib.request import Request, urlopen

import aiohttp
import httpx2
import pytest
import requests
from support.desk import refresh_body
from support.wire import JSON, REFRESH, Broker, Http

from simulator.core.world import World
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault
from simulator.scenario.staging.strikes import Moment, Network
from simulator.web.server import LocalServer

Client = Callable[[str, Any, float], Any]
"""Posts JSON to a URL and reads the JSON that comes back, as the library's users do, with a timeout in seconds."""
Errors = type[Exception] | tuple[type[Exception], ...]
PATIENCE: Final = 30
IMPATIENCE: Final = 0.5
"""How many seconds a client waits for the next bytes; the second where none will come."""
DRIP: Final = 60
"""How long a dripping body takes, ms."""


def with_http_client(url: str, body: Any, patience: float) -> Any:
    host, _, path = url.removeprefix("http://").partition("/")
    with closing(HTTPConnection(host, timeout=patience)) as connection:
        connection.request("POST", f"/{path}", json.dumps(body).encode(), JSON)
        with connection.getresponse() as response:
            return json.loads(response.read())


def with_urllib(url: str, body: Any, patience: float) -> Any:
    with urlopen(Request(url, json.dumps(body).encode(), JSON), timeout=patience) as response:
        return json.load(response)


def with_requests(url: str, body: Any, patience: float) -> Any:
    return requests.post(url, json=body, timeout=patience).json()


def with_httpx2(url: str, body: Any, patience: float) -> Any:
    return httpx2.post(url, json=body, timeout=patience).json()


def with_aiohttp(url: str, body: Any, patience: float) -> Any:
    async def call() -> Any:
        timeout = aiohttp.ClientTimeout(sock_read=patience)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.post(url, json=body) as response:
            return await response.json()

    return asyncio.run(call())


STANDARD: Final[dict[str, Errors]] = {
    "reset": ConnectionResetError,
    "reset in the body": ConnectionResetError,
    "empty": RemoteDisconnected,
    "incomplete": IncompleteRead,
    "garbage": BadStatusLine,
    "garbage in the body": UnicodeDecodeError,
    "hang": TimeoutError,
    "hang in the body": TimeoutError,
    "wrong_length": JSONDecodeError,
}
CLIENTS: Final[dict[Client, dict[str, Errors]]] = {
    with_http_client: STANDARD,
    with_urllib: STANDARD,  # URLError is for what happens before the request is out
    with_requests: {
        "reset": requests.ConnectionError,
        "reset in the body": requests.exceptions.ChunkedEncodingError,
        "empty": requests.ConnectionError,
        "incomplete": requests.exceptions.ChunkedEncodingError,
        "garbage": requests.ConnectionError,
        "garbage in the body": requests.JSONDecodeError,
        "hang": requests.ReadTimeout,
        "hang in the body": requests.ConnectionError,  # requests has no timeout for what it reads of a body
        "wrong_length": requests.JSONDecodeError,
    },
    with_httpx2: {
        "reset": httpx2.ReadError,
        "reset in the body": httpx2.ReadError,
        "empty": httpx2.RemoteProtocolError,
        "incomplete": httpx2.RemoteProtocolError,
        "garbage": httpx2.RemoteProtocolError,
        "garbage in the body": UnicodeDecodeError,
        "hang": httpx2.ReadTimeout,
        "hang in the body": httpx2.ReadTimeout,
        "wrong_length": JSONDecodeError,
    },
    with_aiohttp: {
        "reset": aiohttp.ClientOSError,
        "reset in the body": aiohttp.ClientPayloadError,
        "empty": aiohttp.ServerDisconnectedError,
        "incomplete": aiohttp.ClientPayloadError,
        "garbage": aiohttp.ClientResponseError,
        "garbage in the body": UnicodeDecodeError,
        "hang": aiohttp.SocketTimeoutError,
        "hang in the body": aiohttp.SocketTimeoutError,
        # It looks at the bytes beyond Content-Length if they come before it is done with the others.
        "wrong_length": (JSONDecodeError, aiohttp.ClientResponseError),
    },
}
"""What each client raises."""

STRIKES: Final[dict[tuple[Network, Moment], str]] = {
    ("reset", "before"): "reset",
    ("reset", "after_commit"): "reset",
    ("reset", "mid_body"): "reset in the body",
    ("empty", "before"): "empty",
    ("empty", "after_commit"): "empty",
    ("truncate", "before"): "incomplete",
    ("truncate", "after_commit"): "incomplete",
    ("truncate", "mid_body"): "incomplete",
    ("garbage", "before"): "garbage",
    ("garbage", "after_commit"): "garbage",
    ("garbage", "mid_body"): "garbage in the body",
    ("hang", "before"): "hang",
    ("hang", "after_commit"): "hang",
    ("hang", "mid_body"): "hang in the body",
    ("drip", "before"): "incomplete",
    ("wrong_length", "before"): "wrong_length",
    ("wrong_length", "after_commit"): "wrong_length",
    ("wrong_length", "mid_body"): "wrong_length",
}
"""What each fault looks like from the other end."""
SLOW: Final[tuple[Moment, ...]] = ("after_commit", "mid_body")


@pytest.fixture(scope="module")
def own_server() -> Iterator[LocalServer]:
    """A server whose faults are nobody else's."""
    with LocalServer() as server:
        yield server


@pytest.fixture
def faulty(own_server: LocalServer) -> LocalServer:
    """That server, at the start of the demo world and without a fault."""
    own_server.exchange.stage(Staging())
    own_server.exchange.reset()
    return own_server


def _staged(faulty: LocalServer, fault: Fault) -> tuple[Broker, str, World]:
    """A broker with a refresh token that is good, and the world in which the fault is about to strike."""
    broker = Broker(Http(faulty.port))
    token = broker.tokens()["refresh_token"]
    faulty.exchange.stage(Staging([fault]))
    return broker, token, faulty.exchange.world


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
@pytest.mark.parametrize(("network", "at"), STRIKES)
def test_a_client_raises_its_own_exception(faulty: LocalServer, client: Client, network: Network, at: Moment) -> None:
    """A refresh whose answer is lost raises what the library has for it, was performed or was not, and happens once."""
    fault = Fault("refresh_tokens", times=1, at=at, network=network, delay=DRIP if network == "drip" else 0)
    broker, token, before = _staged(faulty, fault)
    expected = CLIENTS[client][STRIKES[network, at]]
    with pytest.raises(expected) as raised:
        client(faulty.url + REFRESH, refresh_body(token).fields, IMPATIENCE if network == "hang" else PATIENCE)
    assert raised.type in (expected if isinstance(expected, tuple) else (expected,))  # and no kind of it
    performed = at != "before"
    assert (faulty.exchange.world is not before) == performed
    again = broker.refresh(token)
    assert again.status == (400 if performed else 200), again
    assert broker.tokens()["expires_in"] == 3600


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
@pytest.mark.parametrize("at", SLOW)
def test_a_drip_arrives_in_the_end(faulty: LocalServer, client: Client, at: Moment) -> None:
    """Who waits for every byte has the answer whole: the new refresh token is good."""
    broker, token, _ = _staged(faulty, Fault("refresh_tokens", times=1, at=at, network="drip", delay=DRIP))
    new = client(faulty.url + REFRESH, refresh_body(token).fields, PATIENCE)
    assert broker.refresh(new["refresh_token"]).status == 200
