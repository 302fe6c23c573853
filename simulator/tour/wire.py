"""HTTP as the standard library speaks it, with somebody who listens in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `target` is the path with its query, as it stands in the request line."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON data. Raises `ValueError`."""
        return json.loads(self.text)


class Wire:
    """One kept-alive connection to the simulator; `heard` is told of every request and its answer."""

    def __init__(self, origin: str, heard: Callable[[Call, Answer], None]) -> None:
        self.origin = origin
        self._heard = heard
        self._connection = HTTPConnection(urlsplit(origin).netloc, timeout=10)

    def send(self, method: str, target: str, body: str = "", **headers: str) -> Answer:
        """Send a request. In a header's name `_` stands for `-`."""
        call = Call(method, target, {name.replace("_", "-"): value for name, value in headers.items()}, body)
        self._connection.request(call.method, call.target, call.body.encode() or None, dict(call.headers))
        response = self._connection.getresponse()
        text = response.read().decode()
        answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)
        self._heard(call, answer)
        return answer

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
