"""Signatures at their edges: what a request need not have, what is signed, the last millisecond of a timestamp."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.desk import START, Desk, hmac_sha256

from simulator.core.account.api_key_info import GetApiKeyInfo
from simulator.core.gateway.permissions import WITHDRAWAL
from simulator.core.gateway.signature import LONGEST_TIMESTAMP, SignedRequest, prehash, sign, targets
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import KEY_VERSIONS, TIMESTAMP_WINDOW


def test_what_a_request_need_not_have() -> None:
    """No broker's headers, and no workspace before the path."""
    bare = SignedRequest("GET", "/api", "", b"", None, None, None, None, None, "")
    assert (bare.partner, bare.partner_sign, bare.partner_verify, bare.prefix) == (None, None, None, "")


def test_what_is_signed() -> None:
    """Timestamp + METHOD + path + body, by HMAC-SHA256 in base64."""
    assert prehash("1", "POST", "/api?a=b", b"\xff") == b"1POST/api?a=b\xff"
    assert sign("secret", b"text") == hmac_sha256("secret", b"text")


@pytest.mark.parametrize(
    ("query", "prefix", "texts"),
    [
        ("", "", ("/api",)),
        ("a=b", "", ("/api?a=b",)),
        ("a=%2B+", "", ("/api?a=+ ",)),
        ("", "/w/one", ("/api", "/w/one/api")),
        ("a=%2B", "/w/one", ("/api?a=+", "/w/one/api?a=+")),
    ],
)
def test_what_may_stand_for_the_url(query: str, prefix: str, texts: tuple[str, ...]) -> None:
    """The query decoded, and a workspace's prefix before it or not."""
    assert targets("/api", query, prefix) == texts


def refused(desk: Desk, **changes: object) -> Refusal | None:
    """The refusal of a call with a good key, changed so."""
    signed = desk.own_key().sign(method="GET", path="/api/v1/user/api-key", timestamp=desk.wall)
    result = desk.perform(GetApiKeyInfo(replace(signed, **changes))).result
    return result if isinstance(result, Refusal) else None


@pytest.mark.parametrize(
    ("missing", "received"),
    [
        (("key",), "no KEY"),
        (("sign",), "no SIGN"),
        (("timestamp",), "no TIMESTAMP"),
        (("passphrase",), "no PASSPHRASE"),
        (("key", "sign", "timestamp", "passphrase"), "no KEY, SIGN, TIMESTAMP, PASSPHRASE"),
    ],
)
@pytest.mark.parametrize("nothing", [None, ""])
def test_which_headers_are_missing(missing: tuple[str, ...], received: str, nothing: str | None) -> None:
    """The refusal names those that are absent or empty, in their order."""
    refusal = refused(Desk(), **dict.fromkeys(missing, nothing))
    assert refusal is not None
    assert (refusal.reason, refusal.expected, refusal.received) == (
        *(Reason.HEADER_MISSING, "all KC-API headers", received),
    )


@pytest.mark.parametrize("distance", [-5_000, -4_999, 4_999, 5_000])
def test_the_last_millisecond_of_a_timestamp(distance: int) -> None:
    """Less than five seconds away is in time, either way; the refusal says of which instant."""
    assert TIMESTAMP_WINDOW == 5_000
    desk = Desk()
    signed = desk.own_key().sign(method="GET", path="/api/v1/user/api-key", timestamp=START + distance)
    outcome = desk.perform(GetApiKeyInfo(signed))
    assert outcome.word == ("OK" if abs(distance) < 5_000 else "TIMESTAMP_INVALID")
    if abs(distance) == 5_000:
        assert getattr(outcome.result, "expected", "") == f"within 5 s of {START}"
        assert getattr(outcome.result, "received", "") == str(START + distance)


@pytest.mark.parametrize("text", ["0" * 15, "0" * 16, "9" * 16, "1e3", "\N{ARABIC-INDIC DIGIT ONE}", " 1", "-1", "x"])
def test_texts_that_are_no_timestamp(text: str) -> None:
    """More than fifteen digits are not read, and other texts are no number."""
    assert LONGEST_TIMESTAMP == 15
    refusal = refused(Desk(), timestamp=text)
    assert refusal is not None
    assert refusal.reason is Reason.TIMESTAMP_INVALID


@pytest.mark.parametrize(
    ("version", "reason", "received"),
    [
        ("1", Reason.KEY_VERSION_ABOLISHED, "1"),
        ("4", Reason.KEY_VERSION_INVALID, "4"),
        ("", Reason.KEY_VERSION_INVALID, "absent"),
        (None, Reason.KEY_VERSION_INVALID, "absent"),
    ],
)
def test_versions(version: str | None, reason: Reason, received: str) -> None:
    """2 and 3 pass; the refusal says what came."""
    assert KEY_VERSIONS == ("2", "3")
    assert [refused(Desk(), version=passing) for passing in ("2", "3")] == [None, None]
    refusal = refused(Desk(key_version="required"), version=version)
    assert refusal is not None
    assert (refusal.reason, refusal.received) == (reason, received)


def test_a_plain_passphrase() -> None:
    """The refusal says whether it is the passphrase itself, unsigned, or something else."""
    told = [refused(Desk(), passphrase=text) for text in ("own-passphrase", "another")]
    assert [refusal and refusal.received for refusal in told] == ["the plain passphrase", "another text"]


def test_the_permission_by_hand() -> None:
    """The ordinary withdrawal permission is one that only a key by hand has, under KuCoin's name."""
    assert WITHDRAWAL.value == "Withdrawal"


@pytest.mark.parametrize("verify", ["true", "TRUE", "True"])
def test_a_partner_that_is_not_named(verify: str) -> None:
    """Whoever asks for the check and names no partner is noted, or refused by the switch, as naming nobody."""
    for choice, word in (("pass", "OK"), ("refuse", "UNKNOWN_PARTNER")):
        desk = Desk(unknown_partner=choice)
        signed = replace(desk.own_key().sign(method="GET", path="/x"), partner_verify=verify)
        outcome = desk.perform(GetApiKeyInfo(signed))
        assert outcome.word == word
        if isinstance(outcome.result, Refusal):
            assert outcome.result.received == "absent"
        else:
            assert outcome.result.notes == ("KC-API-PARTNER '' is nobody here; it passes (H35)",)


@pytest.mark.parametrize("verify", [None, "", "false", "yes"])
def test_partner_headers_that_do_not_count(verify: str | None) -> None:
    """Without the word true nobody looks at them."""
    desk = Desk(unknown_partner="refuse")
    signed = replace(desk.own_key().sign(method="GET", path="/x"), partner="nobody", partner_verify=verify)
    assert desk.perform(GetApiKeyInfo(signed)).word == "OK"
