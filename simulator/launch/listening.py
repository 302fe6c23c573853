"""What listens at an address: a simulator, something else, or nothing."""

from __future__ import annotations

import ssl
from enum import Enum
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final, NamedTuple
from urllib.parse import urlsplit

PATIENCE: Final = 5.0
"""Seconds to wait for an answer."""
PATH: Final = "/_sim/ready"
"""It needs neither token nor name."""
ANSWER: Final = b'{"status":"ready"}'


class ListenerKind(Enum):
    """What was found at an address."""

    READY = "ready"
    OTHER = "something else"
    NOTHING = "nothing"


class Listener(NamedTuple):
    """What was found at an address, and what shows it."""

    kind: ListenerKind
    evidence: str


def listener(url: str, patience: float = PATIENCE) -> Listener:
    """What listens at the host and port of a URL. Raises `ValueError` if it is no such URL."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not like http://127.0.0.1:8080")
    connection: HTTPConnection
    if parts.scheme == "https":
        # Whether its certificate is trusted is another question.
        connection = HTTPSConnection(parts.hostname, parts.port, timeout=patience, context=_trusting())
    else:
        connection = HTTPConnection(parts.hostname, parts.port, timeout=patience)
    try:
        connection.connect()
    except ssl.SSLError as error:
        return Listener(
            ListenerKind.OTHER, f"it speaks no TLS ({error.reason or error}); say http:// in place of https://"
        )
    except OSError as error:
        connection.close()
        return Listener(ListenerKind.NOTHING, str(error.strerror or error))
    try:
        connection.request("GET", PATH)
        return _judged(connection.getresponse())
    except (OSError, HTTPException) as error:
        return Listener(ListenerKind.OTHER, f"it does not answer as an HTTP server ({error!r})")
    finally:
        connection.close()


def _judged(response: HTTPResponse) -> Listener:
    content = response.read(1000)
    if response.status == 200 and content == ANSWER:
        return Listener(ListenerKind.READY, "ready")
    server = response.headers.get("server") or "it does not say what it is"
    return Listener(ListenerKind.OTHER, f"it answers GET {PATH} with {response.status} ({server})")


def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def fetched(url: str, path: str, token: str | None = None) -> tuple[int, bytes]:
    """Status and body of a GET at a simulator; status 0 = there was no answer."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", parts.path.rstrip("/") + path, headers={"X-Sim-Token": token} if token else {})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()
