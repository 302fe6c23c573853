"""Signatures that are made wrongly, each in one usual way, by lines of HMAC that are not the simulator's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import quote

from simulator.evidence.signatures.search import Credentials, Signed

SECRET, PASSPHRASE, API_KEY = "809a821a-9d97-49fb-88bc-7f668cd7f99d", "f1763142f63c5ce7", "6b031767e6c4f26444000011"
BROKER_KEY, CLIENT_SECRET = "11111111-2222-3333-4444-555555555555", "demo-secret"
KNOWN = Credentials(
    SECRET,
    PASSPHRASE,
    API_KEY,
    (("client-secret", "the client_secret as the key", CLIENT_SECRET), ("broker-key", "the broker key", BROKER_KEY)),
    (("bob", "99999999-9999-4999-8999-999999999999", "0123456789abcdef"),),
)
NOW = "1780272000123"
PATH = "/api/v2/broker/withdrawal"
FIELDS = {"currency": "USDT", "amount": 1.5, "address": "für Zoë", "remark": {"b": [1, 2], "a": True}}
BODY = b" " + json.dumps(FIELDS, separators=(", ", ":")).encode() + b"\n"
POST = Signed("POST", PATH, "", BODY, NOW, "127.0.0.1:8080", "w1")
QUERY, PLAIN = "type=main&currency=U%2FT%20x", "type=main&currency=U/T x"
GET = Signed("GET", "/api/v1/acc%41unts", QUERY, b"", NOW, "127.0.0.1:8080", "w1")


def mac(text: str | bytes, key: str = SECRET, name: str = "sha256") -> bytes:
    """HMAC, written down once more."""
    return hmac.new(key.encode(), text.encode() if isinstance(text, str) else text, name).digest()


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def post(*, timestamp: str = NOW, method: str = "POST", path: str = PATH, body: bytes = BODY) -> bytes:
    return f"{timestamp}{method}{path}".encode() + body


def get(target: str) -> str:
    return f"{NOW}GET{target}"


def wrote(**style: object) -> bytes:
    return json.dumps(FIELDS, **style).encode()  # type: ignore[arg-type]  # json's own words


POSTED = [
    ("seconds", mac(post(timestamp="1780272000"))),
    ("fraction", mac(post(timestamp="1780272000.123"))),
    ("microseconds", mac(post(timestamp="1780272000123000"))),
    ("iso-timestamp", mac(post(timestamp="2026-06-01T00:00:00.123Z"))),
    ("no-timestamp", mac(post(timestamp=""))),
    ("another-timestamp", mac(post(timestamp="1780272000119"))),
    ("another-timestamp", mac(post(timestamp="1780272000373"))),
    ("lower-method", mac(post(method="post"))),
    ("capital-method", mac(post(method="Post"))),
    ("no-method", mac(post(method=""))),
    ("other-method", mac(post(method="GET"))),
    ("no-path", mac(post(path=""))),
    ("whole-url", mac(post(path=f"http://127.0.0.1:8080{PATH}"))),
    ("whole-url", mac(post(path=f"https://api.kucoin.com{PATH}"))),
    ("with-host", mac(post(path=f"127.0.0.1:8080{PATH}"))),
    ("workspace-path", mac(post(path=f"/w/w1{PATH}"))),
    ("no-leading-slash", mac(post(path=PATH[1:]))),
    ("trailing-slash", mac(post(path=f"{PATH}/"))),
    ("bare-question-mark", mac(post(path=f"{PATH}?"))),
    ("no-api", mac(post(path="/v2/broker/withdrawal"))),
    ("no-body", mac(post(body=b""))),
    ("trimmed-body", mac(post(body=BODY.strip()))),
    ("empty-object", mac(post(body=b"{}"))),
    ("null", mac(post(body=b"null"))),
    ("compact-body", mac(post(body=wrote(separators=(",", ":"), ensure_ascii=False)))),
    ("compact-escaped-body", mac(post(body=wrote(separators=(",", ":"))))),
    ("spaced-body", mac(post(body=wrote(ensure_ascii=False)))),
    ("spaced-escaped-body", mac(post(body=wrote()))),
    ("sorted-compact-body", mac(post(body=wrote(separators=(",", ":"), ensure_ascii=False, sort_keys=True)))),
    ("sorted-spaced-escaped-body", mac(post(body=wrote(sort_keys=True)))),
    ("indented-body", mac(post(body=wrote(indent=2, ensure_ascii=False)))),
    ("json-twice", mac(post(body=json.dumps(BODY.decode()).encode()))),
    ("printed-body", mac(post(body=str(FIELDS).encode()))),
    ("order", mac(f"POST{NOW}{PATH}".encode() + BODY)),
    ("order", mac(f"{NOW}{PATH}POST".encode() + BODY)),
    ("joined-with-newlines", mac(f"{NOW}\nPOST\n{PATH}\n".encode() + BODY)),
    ("passphrase-as-key", mac(post(), PASSPHRASE)),
    ("signed-passphrase-as-key", mac(post(), b64(mac(PASSPHRASE)))),
    ("api-key-as-key", mac(post(), API_KEY)),
    ("client-secret", mac(post(), CLIENT_SECRET)),
    ("secret-with-newline", mac(post(), f"{SECRET}\n")),
    ("secret-without-dashes", mac(post(), SECRET.replace("-", ""))),
    ("secret-in-capitals", mac(post(), SECRET.upper())),
    ("secret-encoded", mac(post(), b64(SECRET.encode()))),
    ("secret-decoded-from-hex", hmac.digest(bytes.fromhex(SECRET.replace("-", "")), post(), "sha256")),
    ("sha512", mac(post(), name="sha512")),
    ("sha1", mac(post(), name="sha1")),
    ("md5", mac(post(), name="md5")),
    ("keyless", hashlib.sha256(post()).digest()),
    ("secret-after", hashlib.sha256(post() + SECRET.encode()).digest()),
    ("secret-before", hashlib.sha256(SECRET.encode() + post()).digest()),
    ("swapped", hmac.digest(post(), SECRET.encode(), "sha256")),
    ("unsigned", post()),
]
GOT = [
    ("percent-encoded-query", mac(get(f"{GET.path}?{QUERY}"))),
    ("no-query", mac(get(GET.path))),
    ("no-question-mark", mac(get(GET.path + QUERY))),
    ("sorted-query", mac(get(f"{GET.path}?currency=U%2FT%20x&type=main"))),
    ("sorted-query", mac(get(f"{GET.path}?currency=U/T x&type=main"))),
    ("encoded-query", mac(get(f"{GET.path}?type=main&currency=U%2FT+x"))),
    ("encoded-query", mac(get(f"{GET.path}?{quote(QUERY, safe='')}"))),
    ("query-only", mac(get(QUERY))),
    ("no-path", mac(get(f"?{QUERY}"))),
    ("whole-url", mac(get(f"https://127.0.0.1:8080{GET.path}?{QUERY}"))),
    ("decoded-path", mac(get(f"/api/v1/accAunts?{QUERY}"))),
    ("whole-url", mac(get(f"https://api.kucoin.com{GET.path}?{PLAIN}"))),
    ("no-question-mark", mac(get(GET.path + PLAIN))),
    ("decoded-path", mac(get(f"/api/v1/accAunts?{PLAIN}"))),
    ("query-as-body", mac(get(f"{GET.path}?{PLAIN}") + '{"type":"main","currency":"U/T x"}')),
]
