"""The table of attacks, a row a kind, and a process that plays them all at once against one port.

    python benchmarks/attacks.py PORT SECONDS NAME...

`hostile.py` starts it beside honest clients. It connects to loopback only and ends by itself. Prints, as JSON, how
often each attack was made and what it got.
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import repeat
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parent)]

from attackers import JSON, PATIENCE, Attack, attack, crowd, numbered, posts, says  # noqa: E402 - the line above finds it
from load import request  # noqa: E402

V1: Final = "/_sim/v1"
RESET: Final = request("POST", f"{V1}/reset")
TIME: Final = request("GET", "/api/v1/timestamp")
REFRESH: Final = "/_oauth/refresh-token"
PAY: Final = "/api/v2/broker/withdrawal"
H2C: Final = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2_settings": "AAMAAABkAAQCAAAAAAIAAAAA"}
CHUNKED: Final = request("POST", REFRESH, transfer_encoding="chunked", content_type="application/json")
NESTED: Final = b'{"a":' * 400 + b"1" + b"}" * 400
CALLBACK: Final = "http://localhost:3000/callback"
LOGIN: Final = "/oauth?response_type=code&client_id=demo-broker&scope=OAUTH_CREATE_API&state=1&redirect_uri="
FOREIGN: Final = {"origin": "https://evil.example", "sec_fetch_site": "cross-site"}
PERSON: Final = '{"balances": {"USDT": "1000000"}, "factor_sets": [[]], "api_keys": [{"key": "m{}", "secret": "s", '
MALLORY: Final = PERSON + '"passphrase": "p", "groups": ["API_TRANSFER"], "made_by": "user"}]}'
CONSENT: Final = '{"user":"alice","client_id":"demo-broker","redirect_uri":"' + CALLBACK + '","state":"{}"}'
BIG: Final = b"9" * 60_000

ATTACKS: Final = (
    # --- framing
    Attack("offer", "Upgrade: h2c, its body is a request", 0.5, posts(f"{V1}/authorizations", RESET, **H2C)),
    Attack(
        "offer, split",
        "the same in two packets",
        0.5,
        says(request("POST", REFRESH, b"", content_length=str(len(RESET)), **H2C), RESET, gap=0.05),
    ),
    Attack("WebSocket", "Upgrade: websocket", 1, says(request("GET", "/", connection="Upgrade", upgrade="websocket"))),
    Attack(
        "smuggling", "two lengths, a length beside chunks", 1, says(CHUNKED[:-2] + b"content-length: 5\r\n\r\n" + RESET)
    ),
    Attack("pipelining", "1,000 requests in one packet", 5, says(TIME * 1000, wait=4)),
    Attack(
        "pipelining, unread", "1,000 requests, no answer is read", 5, says(*repeat(TIME * 100, 10), wait=5, deaf=True)
    ),
    Attack("late garbage", "garbage behind 20 requests", 2, says(TIME * 20 + b"\0garbage\r\n\r\n")),
    Attack("endless head", "300 KB of target", 2, says(b"GET /" + b"x" * 300_000)),
    Attack("endless headers", "60,000 headers", 2, says(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 60_000)),
    Attack("endless trailers", "60,000 fields behind a body", 2, says(CHUNKED + b"0\r\n" + b"a: b\r\n" * 60_000)),
    Attack("endless extension", "300 KB behind a chunk's size", 2, says(CHUNKED + b"1;" + b"x" * 300_000)),
    Attack("endless body", "5 MB in chunks", 5, says(CHUNKED, *repeat(b"10000\r\n" + b"x" * 65_536 + b"\r\n", 80))),
    Attack("small chunks", "60,000 chunks of one byte", 2, says(CHUNKED, b"1\r\nx\r\n" * 60_000)),
    Attack("repeated headers", "two Host, two Authorization", 1, says(TIME[:-2] + b"Host: evil.example\r\n\r\n")),
    Attack(
        "100-continue",
        "a body that is announced only",
        2,
        says(request("POST", REFRESH, expect="100-continue", content_length="9")),
    ),
    # --- time
    Attack("slow head", "a byte every half second", 2, says(*(bytes([byte]) for byte in TIME[:24]), gap=0.5)),
    Attack(
        "slow body",
        "a byte every half second",
        2,
        says(request("POST", REFRESH, content_length="99"), *repeat(b"x", 24), gap=0.5),
    ),
    Attack("silence", "100 connections that send nothing", 10, crowd(100, wait=PATIENCE)),
    Attack("half a request", "50 connections that stop in a head", 10, crowd(50, TIME[:20], wait=PATIENCE)),
    Attack("idle", "50 connections after one request", 10, crowd(50, TIME, wait=PATIENCE)),
    Attack("reset in a head", "RST", 0.5, says(TIME[:20], reset=True)),
    Attack("reset in a body", "RST", 0.5, says(request("POST", REFRESH, content_length="99"), b"x", reset=True)),
    Attack(
        "reset for an answer", "RST once it is asked", 0.5, says(request("GET", f"{V1}/requests?limit=100"), reset=True)
    ),
    # --- other protocols
    Attack("garbage", "bytes that are no HTTP", 0.5, says(bytes(range(256)) * 4)),
    Attack("TLS", "https:// to the port", 1, says(b"\x16\x03\x01\x02\x00\x01" + bytes(512))),
    Attack("CONNECT", "as a proxy", 1, says(b"CONNECT www.kucoin.com:443 HTTP/1.1\r\nHost: x\r\n\r\n")),
    Attack("HTTP/2", "with prior knowledge", 1, says(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9))),
    # --- bodies and fields
    Attack("nesting", "400 objects within each other", 0.5, posts(REFRESH, NESTED)),
    Attack("nesting, control", "the same to control", 1, posts(f"{V1}/authorizations", NESTED)),
    Attack("deep nesting", "60,000 brackets", 1, posts(PAY, b"[" * 60_000)),
    Attack("eyJ", "64 KB that begin like tokens", 1, posts(REFRESH, b'{"refresh_token":"%s"}' % (b"eyJ" * 21_000))),
    Attack("eyJ, path", "the same in a query", 1, says(request("GET", "/api/v1/timestamp?a=" + "eyJ" * 20_000))),
    Attack("digits", "a number of 60,000 digits", 1, posts(PAY, b'{"amount":%s}' % BIG)),
    Attack("exponents", "1e999999999 to control", 1, posts(f"{V1}/clock/advance", b'{"by":1e999999999}')),
    Attack(
        "escapes",
        "a secret encoded often, %25 in rows",
        1,
        says(request("GET", "/api/v1/timestamp?a=" + "%25" * 20_000)),
    ),
    Attack("redirect URI", "two of 30 KB", 1, says(request("GET", LOGIN + CALLBACK + "/x" * 15_000))),
    Attack(
        "redirect URI, token",
        "30 KB beside a code",
        1,
        says(
            request(
                "GET",
                f"/_oauth/access-token?code=1&client_id=demo-broker&grant_type=authorization_code&redirect_uri={CALLBACK}"
                + "/y" * 15_000,
            )
        ),
    ),
    Attack("terminal", "escape sequences as names", 1, says(request("PUT", f"{V1}/users/%1b%5b31m", b"{}", **JSON))),
    Attack(
        "wrong signature",
        "a key that is there, a wrong secret",
        0.5,
        says(
            request(
                "GET",
                "/api/v1/accounts",
                kc_api_key="000000000000000000000001",
                kc_api_sign="x",
                kc_api_timestamp="1",
                kc_api_passphrase="x",
                kc_api_key_version="3",
            )
        ),
    ),
    Attack("mistyped path", "near a path that is served", 0.5, numbered("GET", "/_oauth/acess-token/{}")),
    # --- the control surface
    Attack("foreign page", "another site resets the world", 0.5, posts(f"{V1}/reset", b"", **FOREIGN)),
    Attack(
        "foreign frame",
        "another site frames the login",
        1,
        says(
            request(
                "GET", LOGIN + CALLBACK, sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="iframe"
            )
        ),
    ),
    Attack("another name", "Host: evil.example", 1, says(b"GET /_sim/v1/users HTTP/1.1\r\nHost: evil.example\r\n\r\n")),
    Attack(
        "unread stream",
        "the journal as events, not read",
        2,
        says(request("GET", f"{V1}/requests/stream?since=0"), wait=PATIENCE, deaf=True),
    ),
    Attack("stream", "the journal as events", 2, says(request("GET", f"{V1}/requests/stream"), wait=PATIENCE)),
    Attack(
        "HAR", "asked for, and left", 3, says(request("GET", f"{V1}/requests.har?limit=1000"), gap=0.05, reset=True)
    ),
    Attack("state", "asked for, and left", 3, says(request("GET", f"{V1}/state"), gap=0.05, reset=True)),
    Attack(
        "wait",
        "for an entry that never comes, left early",
        1,
        says(request("GET", f"{V1}/requests/wait?timeout=60&path=/never"), wait=3),
    ),
    Attack(
        "lists",
        "everything that control lists",
        1,
        says(
            *(
                request("GET", V1 + path)
                for path in ("/users", "/consents", "/withdrawals", "/ledger", "/requests?limit=1000")
            )
        ),
    ),
    # --- one owner's many
    Attack("keys", "one more key of one user", 0.2, numbered("PATCH", f"{V1}/users/alice", MALLORY, **JSON)),
    Attack(
        "addresses",
        "one more deposit address",
        0.2,
        numbered("POST", f"{V1}/deposits", '{"user":"alice","currency":"USDT","chain":"trx","amount":"{}.5"}', **JSON),
    ),
    Attack(
        "consents",
        "one more of one user",
        0.2,
        numbered(
            "POST",
            f"{V1}/authorizations",
            CONSENT,
            **JSON,
        ),
    ),
    Attack("workspaces", "one more", 1, numbered("POST", f"{V1}/workspaces", '{"name":"w{}"}', **JSON)),
)


if __name__ == "__main__":
    chosen = [row for row in ATTACKS if row.name in sys.argv[3:]]
    print(json.dumps(asyncio.run(attack(int(sys.argv[1]), float(sys.argv[2]), chosen))))
