"""Fingerprints, places, forms and texts: what is hidden of an entry, and what stays readable."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote, unquote

import pytest
from rpds import List
from support.desk import IP, START

from simulator.core.endpoint import Subject
from simulator.core.world import ApiKey, Now, World
from simulator.evidence.credential_names import secretive
from simulator.evidence.encodings import LAYERS
from simulator.evidence.journal import Entry
from simulator.evidence.json_as_written import read_json, written
from simulator.evidence.redaction import Redactor
from simulator.evidence.secrets import KnownSecrets, fingerprint
from simulator.messages import Answer, Request
from simulator.outcomes import NotPerformed, Outcome
from simulator.scenario.loader import load

DEMO = load("demo").world
KEY = ApiKey("my-key", "odd secret!", "pass phrase", "bot", "alice", 1, "demo-broker", (), False, (), START)
WORLD = DEMO.put(KEY)


def redactor(world: World = WORLD, *, show: bool = False, **request: Any) -> Redactor:
    """What hides the secrets of a call."""
    fields: dict[str, Any] = {"method": "GET", "path": "/", "query": "", "headers": {}, "ip": IP, "body": b""}
    asked = Request(**{**fields, **request})
    outcome = Outcome("", Subject("alice"), Now(START, START), NotPerformed())
    known = KnownSecrets()
    known.learn(world, world)
    return Redactor(known, Entry(1, asked, Answer(200, b""), outcome, world, world, 1), show=show)


def test_a_fingerprint_can_be_made_by_anybody() -> None:
    """`kind:` and the first eight digits of SHA-256: the same secret has the same one in every run."""
    assert fingerprint("api_secret", "x") == "api_secret:" + hashlib.sha256(b"x").hexdigest()[:8]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1780272000000", "1780272000000"),
        ("1780272000000000", "1780272000000000"),
        ("0xdac17f958d2ee523a2206206994597c13d831ec7", "0xdac17f958d2ee523a2206206994597c13d831ec7"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        ("So11111111111111111111111111111111111111112", "So11111111111111111111111111111111111111112"),
        ("100.12345678 USDT", "100.12345678 USDT"),
        ("my-key", "my-key"),
        ("an odd secret! here", f"an {fingerprint('api_secret', 'odd secret!')} here"),
        ("xpass phrasey", f"x{fingerprint('passphrase', 'pass phrase')}y"),
        ("demo-secret", fingerprint("client_secret", "demo-secret")),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4In0.abc.", "(not ours)."),
        ("a=809A821A-9D97-49FB-88BC-7F668CD7F99D&b", "a=(not ours)&b"),
        ("f1763142f63c5ce7", "(not ours)"),
        ("/x/64f0c1a2b3c4d5e6f7a8b9c0/y", "/x/(not ours)/y"),
        ("x64f0c1a2b3c4d5e6f7a8b9c0y", "x(not ours)y"),
        ("%36%34f0c1a2b3c4d5e6f7a8b9c0", "(not ours)"),
        ("https%253A%252F%252Fb%253Fcode%253D64f0c1a2b3c4d5e6f7a8b9c0", "https://b?code=(not ours)"),
        ("a%20b", "a%20b"),
        ("\ud800", "?"),
    ],
)
def test_texts(text: str, shown: str) -> None:
    """Our secrets by what they say, others' by their form; times, amounts, addresses and keys stay readable."""
    assert redactor().text(text) == shown


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("client_secret", True),
        ("clientSecret", True),
        ("KC-API-PASSPHRASE", True),
        ("KC-API-SIGN", True),
        ("X-MBX-APIKEY", True),
        ("Proxy-Authorization", True),
        ("code", True),
        ("factorValue", True),
        ("code_verifier", True),
        ("KC-API-TIMESTAMP", False),
        ("KC-API-KEY-VERSION", False),
        ("token_type", False),
        ("barcode", False),
        ("design", False),
        ("state", False),
    ],
)
def test_names(name: str, hidden: bool) -> None:
    """What goes by such a name is a credential, in any case and spelling."""
    assert secretive(name) is hidden


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("my-key", "my-key"),
        ("another-key", "(not ours)"),
        ("odd secret!", fingerprint("api_secret", "odd secret!")),
        ("", ""),
    ],
)
def test_a_value_in_its_place(value: str, shown: str) -> None:
    """A key of ours is an identifier; a secret of ours has a fingerprint; anything else is dropped whole."""
    assert redactor().named("KC-API-KEY", value) == shown


def test_what_was_found_in_its_place_is_hidden_everywhere() -> None:
    """A credential of no known form that came in a header is hidden in a refusal's text, in the path and in a note."""
    hide = redactor(headers={b"kc-api-passphrase": b"hunter2-hunter2"}, path="/hunter2-hunter2")
    assert hide.text("received hunter2-hunter2") == "received (not ours)"


def test_shown_secrets() -> None:
    """`--show-secrets` shows what is ours and nothing else."""
    hide = redactor(show=True)
    assert hide.text("odd secret! demo-secret f1763142f63c5ce7") == "odd secret! demo-secret (not ours)"
    assert [hide.named("secret", each) for each in ("odd secret!", "another")] == ["odd secret!", "(not ours)"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", ""),
        (b'{"a": 1.50,  "a": [null, true]}', '{"a": 1.50,  "a": [null, true]}'),
        (b'{"a": 1.50,  "secret": "x"}', '{"a":1.50,"secret":"(not ours)"}'),
        (b'{"secret": {"any": ["x", 5, true]}}', '{"secret":{"any":["(not ours)","(not ours)",true]}}'),
        (b'{"secret": ""}', '{"secret": ""}'),
        (b"a=b&c=%41", "a=b&c=%41"),
        (b"a=b&client_secret=xyz&c=%41", "a=b&client_secret=(not ours)&c=A"),
        (b"{'secret': 'x'}", "{'secret': '(not ours)'}"),
        (b"\xff", "(1 bytes that are no UTF-8)"),
        (b"[" * 20_000, "(20000 bytes of JSON, nested too deeply to show)"),
    ],
)
def test_bodies(body: bytes, shown: str) -> None:
    """A body without a secret stays byte for byte; one with a secret is written anew without it."""
    assert redactor(body=body).request_parts()[2] == shown


@pytest.mark.parametrize(
    "text", ['{"a":1.50,"a":[null,true,"ä\\""],"n":1e400}', "[]", "NaN", '"x"', "12345678901234567890"]
)
def test_json_loses_nothing(text: str) -> None:
    """Repeated members and the digits of numbers come out as they went in."""
    assert written(read_json(text)) == text


def test_deep_json_is_no_json() -> None:
    """What is nested beyond the parser's depth raises `ValueError`."""
    with pytest.raises(ValueError, match="nested"):
        read_json("[" * 100_000)


def test_learning_follows_the_worlds() -> None:
    """A key that an operation made, and a world that came from elsewhere, are both known; nothing is forgotten."""
    known = KnownSecrets()
    known.learn(DEMO, DEMO)
    assert known.kind("odd secret!", DEMO) is None
    empty = DEMO.put(touched=List())
    made = empty.put(KEY)
    known.learn(empty, made)
    assert known.kind("odd secret!", made) == "api_secret"
    other = World(seed=5, touched=List())
    known.learn(other, other)
    assert (known.kind("odd secret!", other), known.kind("demo-secret", other)) == ("api_secret", "client_secret")


def test_a_short_secret_of_the_calling_key_is_hidden_in_its_place_only() -> None:
    """It is no part of other texts and names: `s` is in `address`. Where a secret stands, it has its fingerprint."""
    key = ApiKey("own-alice", "s", "pass", "own", "alice", 1, "", (), False, (), START)
    hide = redactor(DEMO.put(key), headers={b"kc-api-key": b"own-alice"})
    assert hide.data({"address": "passed by"}) == {"address": "passed by"}
    assert (hide.secret("s"), hide.secret("pass")) == (
        fingerprint("api_secret", "s"),
        fingerprint("passphrase", "pass"),
    )


@pytest.mark.parametrize("times", [*range(LAYERS + 3), 40])
@pytest.mark.parametrize("secret", ["odd secret!", "64f0c1a2b3c4d5e6f7a8b9c0", "809a821a-9d97-49fb-88bc-7f668cd7f99d"])
def test_a_secret_is_hidden_however_often_it_was_encoded(secret: str, times: int) -> None:
    """Percent-encoded once or forty times: what is shown does not hold it, also when it is decoded again."""
    text = "".join(f"%{ord(letter):02x}" for letter in secret) if times else secret
    for _ in range(times - 1):
        text = quote(text, safe="")
    hide = redactor(
        path=f"/x/{text}", query=f"a={text}", headers={b"x": text.encode()}, body=f'{{"a":"{text}"}}'.encode()
    )
    shown = [hide.text(text), hide.sent(f"note={text}"), hide.named("state", text), *map(str, hide.request_parts())]
    for each in shown:
        plain = each
        for _ in range(2 * times + 2):
            plain = unquote(plain)
        assert secret not in plain


def test_a_secret_is_hidden_however_its_json_was_escaped() -> None:
    """Letters as JSON escapes them, within JSON that was written twice or in a percent-encoding."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in "odd secret!")
    for text in (escaped, escaped.replace("\\", "\\\\"), quote(escaped), quote(quote(escaped))):
        assert redactor().text(f"x{text}x") == f"x{fingerprint('api_secret', 'odd secret!')}x"


@pytest.mark.parametrize("place", range(150, 320, 7))
def test_a_secret_at_the_end_of_what_is_shown_is_not_shown_in_part(place: int) -> None:
    """Where a text is cut, no beginning of a secret is left, wherever the secret stands."""
    text = "." * place + "809a821a-9d97-49fb-88bc-7f668cd7f99d" + "." * 500
    shown = redactor().text(text, 200)
    assert "809a821a" not in shown
    assert len(shown) <= 200
