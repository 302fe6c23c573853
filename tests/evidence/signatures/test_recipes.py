"""The search for wrong recipes: each usual one is named, alone and with others, and no other text is taken for one."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from itertools import count
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.wrong_signatures import (
    API_KEY,
    BODY,
    BROKER_KEY,
    CLIENT_SECRET,
    GET,
    GOT,
    KNOWN,
    NOW,
    PASSPHRASE,
    PATH,
    PLAIN,
    POST,
    POSTED,
    QUERY,
    SECRET,
    b64,
    get,
    mac,
    post,
    wrote,
)

from simulator.core.gateway import signature
from simulator.evidence.signatures import mistakes as variants
from simulator.evidence.signatures import search as recipes
from simulator.evidence.signatures.mistakes import Mistake
from simulator.evidence.signatures.search import SearchResult, Signed, difference, of_partner, of_passphrase, of_request


@pytest.mark.parametrize(("name", "digest"), POSTED)
def test_wrong_recipe_of_a_post(name: str, digest: bytes) -> None:
    """Each usual way to sign a POST wrongly is named, and nothing beside it."""
    found = of_request(b64(digest), POST, KNOWN)
    assert found.names == (name,)
    assert found.says
    assert found.right == post()


@pytest.mark.parametrize(("name", "digest"), GOT)
def test_wrong_recipe_of_a_get(name: str, digest: bytes) -> None:
    """Each usual way to sign a query wrongly is named, and nothing beside it."""
    assert of_request(b64(digest), GET, KNOWN).names == (name,)


def _distinct(signed: Signed) -> list[Mistake]:
    return list(recipes._distinct(recipes.request_recipe(signed, KNOWN), recipes.request_changes(signed, KNOWN)))


def _expected(signed: Signed) -> dict[bytes, tuple[tuple[str, ...], str, bytes]]:
    """What is to be found for each signature: of changes that come to the same the first."""
    right = recipes.request_recipe(signed, KNOWN)
    expected: dict[bytes, tuple[tuple[str, ...], str, bytes]] = {right.digest(): ((), "", right.text)}
    for change in _distinct(signed):
        recipe = right.changed(change)
        expected.setdefault(recipe.digest(), ((change.name,), change.says, recipe.text))
    return expected


@pytest.mark.parametrize(("signed", "least"), [(POST, 560), (GET, 540)], ids=["POST", "GET"])
def test_every_change_is_recognised_as_itself(signed: Signed, least: int) -> None:
    """Of all changes that the search knows, each is found as exactly itself, with the text that was signed."""
    expected = _expected(signed)
    assert len(expected) > least
    for digest, told in expected.items():
        found = of_request(b64(digest), signed, KNOWN)
        assert (found.names, found.says, found.signed) == told


def test_the_tables_above_try_every_name() -> None:
    """No change is without a row that was computed by other code."""
    tried = {name for name, _ in (*POSTED, *GOT)}
    alike = {  # the same as a tried one, but for a character
        *("sha384", "joined-with-spaces", "joined-with-commas", "joined-with-colons", "broker-key"),
        *(
            "secret-with-carriage-return",
            "secret-with-space",
            "secret-quoted",
            "no-secret",
            "secret-decoded-from-base64",
        ),
        *("sorted-compact-escaped-body", "sorted-spaced-body", "form-body"),
    }
    known = {change.name for change in (*_distinct(POST), *_distinct(GET))}
    assert known - tried == alike


def _telling() -> tuple[Signed, bytes]:
    """A request and its right signature, which has both + and / in base64, as only half of all have."""
    for number in count(int(NOW)):
        digest = mac(post(timestamp=str(number)))
        if {"+", "/"} <= set(b64(digest)):
            return replace(POST, timestamp=str(number)), digest
    raise AssertionError


@pytest.mark.parametrize(
    ("name", "spell"),
    [
        ("hex", lambda digest: digest.hex()),
        ("upper-hex", lambda digest: digest.hex().upper()),
        ("base64-of-hex", lambda digest: b64(digest.hex().encode())),
        ("unpadded", lambda digest: b64(digest).rstrip("=")),
        ("base64url", lambda digest: base64.urlsafe_b64encode(digest).decode()),
        ("percent-encoded", lambda digest: quote(b64(digest), safe="")),
        ("bytes-literal", lambda digest: str(base64.b64encode(digest))),
        ("quoted", lambda digest: f'"{b64(digest)}"'),
    ],
)
def test_wrong_spelling(name: str, spell: Callable[[bytes], str]) -> None:
    """A right signature in another spelling than base64 is named as that."""
    signed, digest = _telling()
    assert of_request(spell(digest), signed, KNOWN).names == (name,)


def test_two_changes_at_once() -> None:
    """Two changes are found together, and a spelling with them."""
    text = post(timestamp="1780272000", body=wrote(separators=(",", ":")))
    found = of_request(mac(text).hex(), POST, KNOWN)
    assert found.names == ("seconds", "compact-escaped-body", "hex")
    assert found.says.count(" and ") == 2
    assert found.signed == text


def test_of_a_long_text_one_change_is_found_and_two_are_not_tried() -> None:
    """A long body does not keep the server busy: single changes only."""
    body = json.dumps({"remark": "x" * 50_000}).encode()
    long = Signed("POST", PATH, "", body, NOW)
    assert of_request(b64(mac(post(method="post", body=body))), long, KNOWN).names == ("lower-method",)
    assert of_request(b64(mac(post(method="post", timestamp="", body=body))), long, KNOWN).signed is None


def test_the_right_signature_is_no_recipe() -> None:
    """What is right is said to be right, with a workspace's prefix or without."""
    assert of_request(b64(mac(post())), POST, KNOWN) == SearchResult((), "", post(), post())
    found = of_request(b64(mac(get(f"{GET.path}?{PLAIN}"))), GET, KNOWN)
    assert (found.names, found.signed) == ((), get(f"{GET.path}?{PLAIN}").encode())
    placed = Signed("POST", PATH, "", BODY, NOW, prefix="/w/w1")
    assert of_request(b64(mac(post(path=f"/w/w1{PATH}"))), placed, KNOWN).names == ()


@pytest.mark.parametrize("prefix", ["", "/w/w1"])
def test_the_encoded_query_is_a_mistake_unless_the_switch_says_otherwise(prefix: str) -> None:
    """A signature over the query as it was sent is named as that, and is right where the choice lets it pass."""
    asked = replace(GET, prefix=prefix)
    received = b64(mac(get(f"{prefix}{GET.path}?{QUERY}")))
    found = of_request(received, asked, KNOWN)
    assert found.names == ("percent-encoded-query",)
    assert found.says == "the percent-encoded query, as it was sent, and not the decoded one"
    assert found.right == get(f"{GET.path}?{PLAIN}").encode()
    assert of_request(received, replace(asked, as_sent=True), KNOWN).names == ()


@pytest.mark.parametrize("received", ["", "x", "A" * 43 + "=", "é", "%%%", "b'", '"', "0" * 64, "=" * 44])
def test_another_text_is_no_recipe(received: str) -> None:
    """What nobody made of this request is not explained."""
    found = of_request(received, POST, KNOWN)
    assert (found.names, found.signed, found.right) == ((), None, post())
    assert found.tried > 500


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
REQUESTS = st.builds(
    Signed,
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    path=st.from_regex(r"(/[a-z0-9%]{1,8}){1,4}/?", fullmatch=True),
    query=st.one_of(st.just(""), st.from_regex(r"([a-z]{1,3}=[a-z0-9%+]{0,4}&?){1,3}", fullmatch=True)),
    body=st.one_of(st.binary(max_size=60), st.dictionaries(TEXTS, TEXTS).map(lambda each: json.dumps(each).encode())),
    timestamp=st.one_of(st.integers(0, 10**15).map(str), TEXTS),
    host=TEXTS,
)


@settings(max_examples=50)
@given(REQUESTS, st.data())
def test_whatever_is_signed_wrongly_is_explained(signed: Signed, data: st.DataObject) -> None:
    """Of any request, any usual wrong recipe is recognised as exactly that one."""
    targets = signature.targets(signed.path, signed.query)
    as_right = {mac(f"{signed.timestamp}{signed.method}{target}".encode() + signed.body) for target in targets}
    digest, told = data.draw(st.sampled_from(sorted(_expected(signed).items())))
    found = of_request(b64(digest), signed, KNOWN)
    assert (found.names, found.says) == (((), "") if digest in as_right else told[:2])


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("plain", PASSPHRASE),
        ("secret-sent", SECRET),
        ("api-key-sent", API_KEY),
        ("sign-sent", "the signature"),
        ("hex", mac(PASSPHRASE).hex()),
        ("base64-of-hex", b64(mac(PASSPHRASE).hex().encode())),
        ("unsigned", b64(PASSPHRASE.encode())),
        ("swapped", b64(mac(SECRET, PASSPHRASE))),
        ("passphrase-as-key", b64(mac(PASSPHRASE, PASSPHRASE))),
        ("api-key-as-key", b64(mac(PASSPHRASE, API_KEY))),
        ("client-secret", b64(mac(PASSPHRASE, CLIENT_SECRET))),
        ("secret-with-newline", b64(mac(PASSPHRASE, f"{SECRET}\n"))),
        ("passphrase-with-newline", b64(mac(f"{PASSPHRASE}\n"))),
        ("passphrase-in-capitals", b64(mac(PASSPHRASE.upper()))),
        ("api-key-signed", b64(mac(API_KEY))),
        ("secret-signed", b64(mac(SECRET))),
        ("signed-twice", b64(mac(b64(mac(PASSPHRASE))))),
        ("nothing-signed", b64(mac(""))),
        ("sha512", b64(mac(PASSPHRASE, name="sha512"))),
        ("keyless", b64(hashlib.sha256(PASSPHRASE.encode()).digest())),
        ("text-of-another-key", b64(mac("0123456789abcdef"))),
        ("passphrase-of-another-key", b64(mac("0123456789abcdef", "99999999-9999-4999-8999-999999999999"))),
        ("passphrase-of-another-key", "0123456789abcdef"),
    ],
)
def test_wrong_recipe_of_a_passphrase(name: str, sent: str) -> None:
    """Each usual way to send KC-API-PASSPHRASE wrongly is named."""
    assert of_passphrase(sent, KNOWN, "the signature").names == (name,)


def test_other_passphrases() -> None:
    """The right passphrase is right, another text is unexplained."""
    assert of_passphrase(b64(mac(PASSPHRASE)), KNOWN) == SearchResult((), "", PASSPHRASE.encode(), PASSPHRASE.encode())
    assert of_passphrase("x", KNOWN).signed is None
    assert of_passphrase("", KNOWN).signed is None


@pytest.mark.parametrize(
    ("names", "text", "key"),
    [
        ((), f"{NOW}PARTNER{API_KEY}", BROKER_KEY),
        (("secret-as-key",), f"{NOW}PARTNER{API_KEY}", SECRET),
        (("passphrase-as-key",), f"{NOW}PARTNER{API_KEY}", PASSPHRASE),
        (("client-secret",), f"{NOW}PARTNER{API_KEY}", CLIENT_SECRET),
        (("broker-key-with-newline",), f"{NOW}PARTNER{API_KEY}", f"{BROKER_KEY}\n"),
        (("seconds",), f"1780272000PARTNER{API_KEY}", BROKER_KEY),
        (("no-partner",), f"{NOW}{API_KEY}", BROKER_KEY),
        (("no-api-key",), f"{NOW}PARTNER", BROKER_KEY),
        (("order",), f"PARTNER{NOW}{API_KEY}", BROKER_KEY),
        (("seconds", "no-api-key"), "1780272000PARTNER", BROKER_KEY),
    ],
)
def test_wrong_recipe_of_a_partner(names: tuple[str, ...], text: str, key: str) -> None:
    """Each usual way to make KC-API-PARTNER-SIGN wrongly is named."""
    found = of_partner(b64(mac(text, key)), NOW, "PARTNER", BROKER_KEY, KNOWN)
    assert (found.names, found.signed) == (names, text.encode())


@pytest.mark.parametrize(
    ("right", "signed", "at"),
    [("abc", "abd", 2), ("abc", "ab", 2), ("ab", "abc", 2), ("", "a", 0), ("x" * 100 + "a", "x" * 100 + "b", 100)],
)
def test_the_first_difference(right: str, signed: str, at: int) -> None:
    """Two texts are told apart at the first character that differs, with a little around it in each."""
    found = difference(right, signed)
    assert found is not None
    assert found["at"] == at
    assert found["right"] in right
    assert found["signed"] in signed
    assert len(found["right"]) <= 2 * recipes.AROUND
    assert difference(right, right) is None


def test_no_sentence_holds_a_secret() -> None:
    """What is said of a recipe, and every name, is free of what it was tried with."""
    changes = [
        *_distinct(POST),
        *recipes.passphrase_changes(KNOWN),
        *recipes.partner_changes(NOW, BROKER_KEY, KNOWN),
    ]
    said = {text for change in changes for text in (change.name, change.says)}
    said |= {text for name, says, _ in variants.SPELLINGS for text in (name, says)}
    secrets = (SECRET, PASSPHRASE, BROKER_KEY, CLIENT_SECRET, *KNOWN.kin[0][1:])
    assert len(said) > 100
    assert not [text for text in said for secret in secrets if secret in text]


def test_deeply_nested_json_is_not_indented() -> None:
    """Each value of nested JSON would be indented by the depth: such a body is written anew in the other ways only."""
    flat, deep = (b"[" * depth + b"1,2" + b"]" * depth for depth in (variants.INDENTED, variants.INDENTED + 1))
    names = [[name for name, _, _ in variants.bodies(sent, "")] for sent in (flat, deep)]
    assert ["indented-body" in each for each in names] == [True, False]
    assert ["spaced-body" in each for each in names] == [True, True]
