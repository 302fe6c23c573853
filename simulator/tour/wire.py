"""HTTP with the standard library, with an observer of all requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. `target` is the path with its query, as in the request line."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The answer to a request. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON data. Raises `ValueError`."""
        return json.loads(self.text)


NO_ANSWER: Final = HttpResponse(0, {}, "")
"""What is observed if the connection ends without an answer."""


class Wire:
    """One kept-alive connection to the simulator; `observe` is called with every request and its answer."""

    def __init__(self, origin: str, observe: Callable[[HttpRequest, HttpResponse], None]) -> None:
        self.origin = origin
        self._observe = observe
        self._connection = HTTPConnection(urlsplit(origin).netloc, timeout=10)

    def send(self, method: str, target: str, body: str = "", **headers: str) -> HttpResponse:
        """Send a request and return its answer. In a header's name `_` stands for `-`.

        Raises `OSError` if no answer comes; the next request has a new connection.
        """
        request = HttpRequest(method, target, {name.replace("_", "-"): value for name, value in headers.items()}, body)
        body_bytes, sent_headers = request.body.encode() or None, dict(request.headers)
        try:
            self._connection.request(request.method, request.target, body_bytes, sent_headers)
            response = self._connection.getresponse()
            text = response.read().decode()
        except OSError:
            self._connection.close()
            self._observe(request, NO_ANSWER)
            raise
        result = HttpResponse(response.status, {name.lower(): value for name, value in response.getheaders()}, text)
        self._observe(request, result)
        return result

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
