"""HTTP clients that nobody has changed, each as a way to carry a request. Another one is a few lines and a row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from http.client import HTTPConnection
from io import BytesIO
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import aiohttp
import httpx2
import requests
import yarl

from support.wire import Answer, Send


def _answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


@contextmanager
def with_http_client(origin: str) -> Iterator[Send]:
    """The standard library's connection, kept open."""
    with closing(HTTPConnection(origin.removeprefix("http://"), timeout=30)) as connection:

        def send(method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
            connection.request(method, target, body or None, dict(headers))
            response = connection.getresponse()
            return _answer(response.status, dict(response.getheaders()), response.read())

        yield send


@contextmanager
def with_urllib(origin: str) -> Iterator[Send]:
    """The standard library's `urlopen`, which raises for every status but 2xx."""

    def send(method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        request = Request(origin + target, body or None, dict(headers), method=method)
        try:
            with urlopen(request, timeout=30) as response:
                return _answer(response.status, dict(response.headers), response.read())
        except HTTPError as error:
            with error:
                return _answer(error.code, dict(error.headers), error.read())

    yield send


@contextmanager
def with_requests(origin: str) -> Iterator[Send]:
    """The client named requests."""
    with requests.Session() as session:

        def send(method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
            response = session.request(method, origin + target, data=body or None, headers=dict(headers), timeout=30)
            return _answer(response.status_code, response.headers, response.content)

        yield send


@contextmanager
def with_httpx2(origin: str) -> Iterator[Send]:
    """The client named httpx2."""
    with httpx2.Client(base_url=origin, timeout=30) as client:

        def send(method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
            response = client.request(method, target, content=body or None, headers=dict(headers))
            return _answer(response.status_code, response.headers, response.content)

        yield send


@contextmanager
def with_aiohttp(origin: str) -> Iterator[Send]:
    """aiohttp, one call after the other. The URL is sent as it stands, for it is signed."""

    async def call(
        session: aiohttp.ClientSession, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        url = yarl.URL(origin + target, encoded=True)
        async with session.request(method, url, data=BytesIO(body) if body else None, headers=headers) as response:
            return _answer(response.status, response.headers, await response.read())

    async def opened() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    with asyncio.Runner() as runner:
        session = runner.run(opened())
        try:
            yield lambda method, target, body=b"", headers={}: runner.run(call(session, method, target, body, headers))
        finally:
            runner.run(session.close())


CARRIERS: Final[dict[str, Callable[[str], AbstractContextManager[Send]]]] = {
    "http.client": with_http_client,
    "urllib": with_urllib,
    "requests": with_requests,
    "httpx2": with_httpx2,
    "aiohttp": with_aiohttp,
}
