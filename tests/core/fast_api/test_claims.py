"""Tokens as texts: what is written, what is read again, and which texts are none of ours."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import jwt
import pytest
from msgspec.structs import replace

from simulator.core.fast_api import claims
from simulator.core.fast_api.claims import LONGEST_TOKEN, Claims

KEY, OTHER_KEY = b"k" * 64, b"o" * 64
SAID = Claims("w", "ann", "one", "access", "c1", 1, 1_780_272_000_999, 1_780_272_000, 1_780_275_600)
TOKEN = claims.sign(SAID, KEY)


def payload(**fields: object) -> str:
    """A payload that anybody could write, between dots."""
    return urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


def test_a_token_is_a_jwt() -> None:
    """Everybody's JWT library reads it: HS256, and the nine claims."""
    assert jwt.get_unverified_header(TOKEN) == {"alg": "HS256", "typ": "JWT"}
    assert jwt.decode(
        TOKEN, KEY, ["HS256"], options={"verify_exp": False, "verify_aud": False, "verify_iat": False}
    ) == {
        "iss": "w",
        "sub": "ann",
        "aud": "one",
        "typ": "access",
        "cns": "c1",
        "gen": 1,
        "at": 1_780_272_000_999,
        "iat": 1_780_272_000,
        "exp": 1_780_275_600,
    }


@pytest.mark.parametrize("length", range(8))
def test_what_is_written_is_read(length: int) -> None:
    """A token is read by its key whatever the padding that its parts lack."""
    said = replace(SAID, sub="a" * length)
    assert claims.read(claims.sign(said, KEY), KEY) == said


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        TOKEN[:-1],
        f"{TOKEN}=",
        f"{TOKEN}.",
        f".{TOKEN}",
        TOKEN.replace(".", "..", 1),
        TOKEN.rpartition(".")[0] + ".",
        f"{TOKEN[:-1]}\N{LATIN SMALL LETTER E WITH ACUTE}",
        f"{TOKEN[:-1]}\udc80",
        f"\udc80{TOKEN}",
        TOKEN.upper(),
        jwt.encode({"iss": "w"}, KEY, "HS256"),
        jwt.encode({"iss": "w"}, KEY, "HS512"),
        claims.sign(SAID, OTHER_KEY),
    ],
)
def test_what_is_no_token_of_the_key(token: str) -> None:
    """Another key, another algorithm, other claims and a text that is cut or longer are no token."""
    assert claims.read(token, KEY) is None


def test_a_token_that_says_more() -> None:
    """A claim that we do not write makes it none of ours, although our key signed it."""
    fields = {name: getattr(SAID, name) for name in SAID.__struct_fields__}
    header = TOKEN.partition(".")[0]
    assert urlsafe_b64decode(header + "==") == b'{"alg":"HS256","typ":"JWT"}'
    assert claims.read(jwt.encode(fields, KEY, "HS256"), KEY) == SAID
    assert claims.read(jwt.encode({**fields, "more": 1}, KEY, "HS256"), KEY) is None
    assert claims.read(jwt.encode({**fields, "typ": "id"}, KEY, "HS256"), KEY) is None


def test_how_long_a_token_can_be() -> None:
    """A text of 4096 characters is looked at, a longer one is not."""
    assert LONGEST_TOKEN == 4096
    short = claims.sign(replace(SAID, sub=""), KEY)
    rest = 4096 - len(short)
    said = replace(SAID, sub="a" * (rest * 3 // 4))
    longest = claims.sign(said, KEY)
    assert 4092 <= len(longest) <= 4096
    assert claims.read(longest, KEY) == said
    assert claims.issuer(longest) == "w"
    longer = claims.sign(replace(said, sub=said.sub + "a" * 4), KEY)
    assert 4096 < len(longer) < 4104
    assert (claims.read(longer, KEY), claims.issuer(longer)) == (None, None)


@pytest.mark.parametrize(
    ("token", "issuer"),
    [
        (TOKEN, "w"),
        (f"a.{payload(iss='v')}.b", "v"),
        (f"a.{payload(iss='v')}", "v"),
        (f"a.{payload(iss='v', more=1)}.b.c", "v"),
        (f"a.{payload(iss=1)}.b", None),
        (f"a.{payload(sub='v')}.b", None),
        ("a.b.c", None),
        ("a", None),
        ("", None),
        ("a..b", None),
    ],
)
def test_the_workspace_that_a_token_names(token: str, issuer: str | None) -> None:
    """The second part of any text says of which workspace it would be; nothing is checked."""
    assert claims.issuer(token) == issuer
