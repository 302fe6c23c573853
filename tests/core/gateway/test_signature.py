"""KC-API-*: the published test vector, what may be signed, and every header."""

from __future__ import annotations

from hmac import digest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace
from support.desk import IP, PATH, START, Desk, Key, hmac_sha256

from simulator.core.account.api_key_info import GetApiKeyInfo
from simulator.core.gateway import signature
from simulator.core.gateway.signature import SignedRequest, prehash, sign, targets
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import DAY

VECTOR_BODY = (
    b'{"symbol":"BTC-USDT","side":"buy","size":"0.0001","price":"30000","type":"limit",'
    b'"clientOid":"2b802154-8d31-42e6-88ea-c8c18d3e4822","tradeType":"TRADE"}'
)


def test_published_vector() -> None:
    """KuCoin's own example gives the three published values: signature, passphrase, partner signature."""
    timestamp, key = "1680885532722", "6422da9c97b45100018c6e62"
    text = prehash(timestamp, "POST", "/api/v1/orders", VECTOR_BODY)
    assert sign("cde06451-dbed", text) == "ncPuAcZW8WYUZyvblRVVgMfYoVH+FlCTO6K45/FMLFQ="
    assert sign("cde06451-dbed", b"1111111") == "rl1Ki0WuwidRT48JnoGQo+AJ4UtZ6mQEKt6F5XYVnT4="
    partner = f"{timestamp}goodbroker{key}".encode()
    assert sign("e8512b82-a4aa", partner) == "CN1imIGUz/USkPuhOtGWi5DlZ08VeuVfknJNOPqUEac="


def ask(desk: Desk, signed: SignedRequest) -> str:
    """What a call with this signature earns, "OK" or a reason."""
    return desk.perform(GetApiKeyInfo(signed)).word


@pytest.mark.parametrize(
    "body", [b"", b'{"a":1}', b'{ "a" : 1 }\n', '{"a":"\N{SNOWMAN}"}'.encode(), b"\xff\x00 not JSON at all"]
)
def test_raw_body_is_signed(body: bytes) -> None:
    """The very bytes of the body are signed, spaces and all; one byte more is another body."""
    desk = Desk()
    signed = desk.key().sign(body)
    assert ask(desk, signed) == "OK"
    assert ask(desk, replace(signed, body=body + b" ")) == "SIGNATURE_INVALID"


@pytest.mark.parametrize(
    "change", [{"method": "GET"}, {"path": f"{PATH}/"}, {"query": "a=1"}, {"timestamp": str(START + 1)}]
)
def test_everything_is_signed(change: dict[str, Any]) -> None:
    """Timestamp, method, path and query are signed too."""
    desk = Desk()
    assert ask(desk, replace(desk.key().sign(), **change)) == "SIGNATURE_INVALID"


ENCODED = {
    "subName=test&passphrase=abc%21%40%2311": "subName=test&passphrase=abc!@#11",
    "currency=USDT%2CBTC": "currency=USDT,BTC",
    "chain=BEP20%28BSC%29": "chain=BEP20(BSC)",
    "memo=a+b%20c": "memo=a b c",
    "memo=%e2%82%ac": "memo=€",
    "memo=%F0%9F%98%80": "memo=😀",
    "memo=%252C": "memo=%2C",
    "a%5Bb%5D=1": "a[b]=1",
}
"""What is sent, and what is signed."""


@pytest.mark.parametrize(("sent", "decoded"), ENCODED.items())
def test_the_decoded_query_is_signed(sent: str, decoded: str) -> None:
    """The query is signed decoded, as the signing page wants it; any other text of it is 400005 (H33)."""
    assert targets("/api", sent) == (f"/api?{decoded}",)
    desk = Desk()
    key = desk.key()
    for text, word in (
        (decoded, "OK"),
        (sent, "SIGNATURE_INVALID"),
        (sent.replace("%", "%25"), "SIGNATURE_INVALID"),
        ("", "SIGNATURE_INVALID"),
    ):
        assert ask(desk, replace(key.sign(method="GET", query=text), query=sent)) == word


@pytest.mark.parametrize(("sent", "decoded"), ENCODED.items())
def test_the_encoded_query_passes_by_switch(sent: str, decoded: str) -> None:
    """`signed_query: either` lets a signature over the query as sent pass, and no third text (H33)."""
    desk = Desk(signed_query="either")
    key = desk.key()
    for text, word in ((decoded, "OK"), (sent, "OK"), (f"{decoded}&", "SIGNATURE_INVALID")):
        assert ask(desk, replace(key.sign(method="GET", query=text), query=sent)) == word


@pytest.mark.parametrize("query", ["", "a=1", "currency=USDT,BTC&type=main", "a=(1)/2@3:4"])
def test_a_query_without_encoding_is_signed_as_it_stands(query: str) -> None:
    """Whoever sends plain values signs one text, whatever the switch says."""
    for desk in (Desk(), Desk(signed_query="either")):
        assert ask(desk, desk.key().sign(method="GET", query=query)) == "OK"


def test_the_refusal_says_what_was_signed() -> None:
    """The journal says at once that the percent-encoded query was signed, and only then."""
    desk = Desk()
    signed = desk.key().sign(method="GET", query="currency=USDT%2CBTC")
    assert desk.refusal(GetApiKeyInfo(signed)).received == "a signature over the percent-encoded query"
    assert desk.refusal(GetApiKeyInfo(replace(signed, query="currency=USDT%2CETH"))).received == "another text"


@pytest.mark.parametrize(
    ("version", "strict", "lenient"),
    [
        ("3", "OK", "OK"),
        ("2", "OK", "OK"),
        (None, "KEY_VERSION_INVALID", "OK"),
        ("", "KEY_VERSION_INVALID", "OK"),
        ("1", "KEY_VERSION_ABOLISHED", "KEY_VERSION_ABOLISHED"),
        ("4", "KEY_VERSION_INVALID", "KEY_VERSION_INVALID"),
        ("v3", "KEY_VERSION_INVALID", "KEY_VERSION_INVALID"),
    ],
)
def test_key_version(version: str | None, strict: str, lenient: str) -> None:
    """KC-API-KEY-VERSION is compulsory: 2 and 3 pass; the switch lets it be absent, not wrong (H31)."""
    for choice, word in (("required", strict), ("optional", lenient)):
        desk = Desk(key_version=choice)
        assert ask(desk, replace(desk.key().sign(), version=version)) == word


@pytest.mark.parametrize("name", ["key", "sign", "timestamp", "passphrase"])
@pytest.mark.parametrize("value", [None, ""])
def test_headers_are_compulsory(name: str, value: str | None) -> None:
    """Each of the four headers must be there and say something (s8.2)."""
    desk = Desk()
    change: dict[str, Any] = {name: value}
    refusal = desk.refusal(GetApiKeyInfo(replace(desk.key().sign(), **change)))
    assert refusal.reason is Reason.HEADER_MISSING
    assert refusal.received == f"no {name.upper()}"


@pytest.mark.parametrize(
    ("distance", "word"),
    [(0, "OK"), (4_999, "OK"), (-4_999, "OK"), (5_000, "TIMESTAMP_INVALID"), (-5_000, "TIMESTAMP_INVALID")],
)
def test_timestamp_window(distance: int, word: str) -> None:
    """A timestamp 4.999 s off passes and one 5 s off does not, either way, on the wall clock whatever the business."""
    desk = Desk()
    key = desk.key()
    desk.advance(10 * DAY)
    assert ask(desk, key.sign(timestamp=START + distance)) == word


@pytest.mark.parametrize(
    "text", ["now", "1780272000.5", "-1", " 1780272000000", "1" * 16, "١٧٨٠٢٧٢٠٠٠٠٠٠", "1780272000"]
)
def test_malformed_timestamp(text: str) -> None:
    """A timestamp that is no plain number of milliseconds is invalid, seconds included (s8.2)."""
    desk = Desk()
    key = desk.key()
    signature = hmac_sha256(key.secret, f"{text}POST{PATH}".encode())
    assert ask(desk, replace(key.sign(), timestamp=text, sign=signature)) == "TIMESTAMP_INVALID"


def test_passphrase_is_signed() -> None:
    """The passphrase goes as an HMAC under the secret; a plain one is refused and recognised (H30)."""
    desk = Desk()
    key = desk.key()
    refusal = desk.refusal(GetApiKeyInfo(replace(key.sign(), passphrase=key.passphrase)))
    assert (refusal.reason, refusal.received) == (Reason.PASSPHRASE_INVALID, "the plain passphrase")
    wrong = Key(key.api_key, key.secret, "another")
    assert ask(desk, wrong.sign()) == "PASSPHRASE_INVALID"


def test_unknown_key_and_wrong_secret() -> None:
    """Another key is nobody's; another secret under both HMACs fails at the passphrase, under one at the signature."""
    desk = Desk()
    key = desk.key()
    assert ask(desk, replace(key.sign(), key="6422da9c97b45100018c6e62")) == "API_KEY_UNKNOWN"
    other = Key(key.api_key, "another-secret", key.passphrase).sign()
    assert ask(desk, other) == "PASSPHRASE_INVALID"
    assert ask(desk, replace(other, passphrase=key.sign().passphrase)) == "SIGNATURE_INVALID"


@pytest.mark.parametrize(
    ("verify", "partner", "right", "passed", "refused"),
    [
        (None, "DEMOPARTNER", False, "OK", "OK"),
        ("false", "NOBODY", False, "OK", "OK"),
        ("true", "DEMOPARTNER", True, "OK", "OK"),
        ("TRUE", "DEMOPARTNER", True, "OK", "OK"),
        ("true", "DEMOPARTNER", False, "PARTNER_SIGNATURE_INVALID", "PARTNER_SIGNATURE_INVALID"),
        ("true", "NOBODY", False, "OK", "UNKNOWN_PARTNER"),
        ("true", None, False, "OK", "UNKNOWN_PARTNER"),
    ],
)
def test_partner(verify: str | None, partner: str | None, right: bool, passed: str, refused: str) -> None:
    """Partner headers count only with VERIFY true: a known partner must sign well, an unknown one is a choice (H35)."""
    for choice, word in (("pass", passed), ("refuse", refused)):
        desk = Desk(unknown_partner=choice)
        key = desk.key()
        secret = desk.world.clients["demo-broker"].broker_key if right else key.secret
        signature = hmac_sha256(secret, f"{START}{partner}{key.api_key}".encode())
        signed = replace(key.sign(), partner=partner, partner_sign=signature, partner_verify=verify)
        assert ask(desk, signed) == word


def test_unknown_partner_is_noted() -> None:
    """An unknown partner that passes is noted for the journal (H35)."""
    desk = Desk()
    signed = replace(desk.key().sign(), partner="NOBODY", partner_sign="x", partner_verify="true")
    result = desk.perform(GetApiKeyInfo(signed)).result
    assert not isinstance(result, Refusal)
    assert "'NOBODY'" in result.notes[0]


@pytest.mark.parametrize(
    ("listed", "word"), [((), "OK"), ((IP,), "OK"), (("1.1.1.1", IP), "OK"), (("1.1.1.1",), "IP_NOT_ALLOWED")]
)
def test_trading_ips(listed: tuple[str, ...], word: str) -> None:
    """A key made for a broker with trading IPs is good only from those (s2)."""
    desk = Desk()
    desk.world = desk.world.put(replace(desk.world.clients["demo-broker"], trading_ips=listed))
    assert ask(desk, desk.key().sign()) == word


def test_no_bearer_at_the_api() -> None:
    """A signed call has no place for a bearer, and one without KC-API headers is refused for that (H34)."""
    assert not {"authorization", "bearer", "token"} & {each.name for each in fields(SignedRequest)}
    desk = Desk()
    desk.pair()
    bare = SignedRequest("POST", PATH, "", b"{}", None, None, None, None, None, IP)
    assert ask(desk, bare) == "HEADER_MISSING"


@given(st.binary(max_size=150), st.binary(max_size=300))
def test_hmac_is_the_standard_one(key: bytes, text: bytes) -> None:
    """A signature is the HMAC-SHA256 of Python's own library, for a key of any length and however often it is used."""
    assert [signature.hmac_sha256(key, text) for _ in range(2)] == [digest(key, text, "sha256")] * 2
