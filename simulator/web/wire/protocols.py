"""Other protocols that can arrive at a port of HTTP/1.1. They are not served; their first bytes identify them."""

from __future__ import annotations

from typing import Final, NamedTuple

from simulator.core.refusals import Reason, Refusal


class Protocol(NamedTuple):
    """A protocol that is not served: the bytes it begins with, its name, and what to do instead."""

    begins: bytes
    name: str
    advice: str


TLS: Final = Protocol(
    b"\x16\x03", "TLS (https://)", "start the simulator without --tls off, or let the base URL begin with http://"
)
HTTP2: Final = Protocol(b"PRI * HTTP/2.0\r\n", "HTTP/2 with prior knowledge", "send HTTP/1.1")
CONNECT: Final = Protocol(
    b"CONNECT ",
    "CONNECT at this place",
    "send it as the first request of a connection, or when every answer is there, and only once",
)
WEBSOCKET: Final = Protocol(b"", "a WebSocket", "POST /api/v1/bullet-public says where the WebSocket is")
PROXY: Final = "turn the PROXY protocol off in the proxy in front of the simulator"
SOCKS: Final = "this is no SOCKS proxy: leave ALL_PROXY unset"
BY_BYTES: Final = (
    TLS,
    HTTP2,
    Protocol(b"PROXY ", "the PROXY protocol, version 1", PROXY),
    Protocol(b"\r\n\r\n\x00\r\nQUIT\n", "the PROXY protocol, version 2", PROXY),
    Protocol(b"\x05\x01", "SOCKS5", SOCKS),
    Protocol(b"\x05\x02", "SOCKS5", SOCKS),
    Protocol(b"\x05\x03", "SOCKS5", SOCKS),
    Protocol(b"\x04\x01", "SOCKS4", SOCKS),
)
"""Protocols that clients speak by mistake. The refusal names the protocol [H74/protocols]."""
LONGEST: Final = max(len(protocol.begins) for protocol in BY_BYTES)
"""How many of the first bytes are enough to identify a protocol."""
SHOWN: Final = 32
"""How many of the first bytes a refusal shows."""

SETTINGS: Final = bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""The first frame of an HTTP/2 server, with default settings."""
HTTP_1_1_REQUIRED: Final = 13
"""The error code of HTTP/2 that asks a client to repeat the request with HTTP/1.1 (RFC 9113 s7)."""


def not_served(protocol: Protocol, received: str = "") -> Refusal:
    """The refusal of a protocol that is not served."""
    return Refusal(
        Reason.PROTOCOL_NOT_SERVED,
        expected=f"HTTP/1.1: {protocol.advice}",
        received=received or protocol.name,
        protocol=protocol.name,
        advice=protocol.advice,
    )


def unreadable(first: bytes, problem: object) -> Refusal:
    """The refusal of bytes that the parser cannot read, by the first bytes of their connection."""
    for protocol in BY_BYTES:
        if first.startswith(protocol.begins) or protocol.begins.startswith(first):
            return not_served(protocol)
    received = f"{problem}; the connection began with {first[:SHOWN]!r}"
    return Refusal(Reason.NOT_HTTP, expected="an HTTP/1.1 request", received=received)


def go_away(text: bytes) -> bytes:
    """The HTTP/2 frames that tell a client to use HTTP/1.1. `text` is for people who read them."""
    payload = bytes(4) + HTTP_1_1_REQUIRED.to_bytes(4, "big") + text
    return SETTINGS + len(payload).to_bytes(3, "big") + bytes((7, 0, 0, 0, 0, 0)) + payload
