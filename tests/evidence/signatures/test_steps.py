"""The texts of a signature: what is signed, in its pieces, and what comes of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.demo_world import demo_world
from support.desk import START, hmac_sha256, own_key

from simulator.evidence.signatures.steps import signing_steps


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("", "/api/v1/accounts"),
        ("currency=US%20DT", "/api/v1/accounts?currency=US DT"),
        ("a=1+2", "/api/v1/accounts?a=1 2"),
    ],
)
def test_the_steps_are_those_of_a_client(query: str, target: str) -> None:
    """The text is timestamp, method, path with the decoded query, and body; both signatures come from the secret."""
    key, world = own_key(demo_world())
    row = world.api_keys[key.api_key]
    steps = signing_steps(row, START, "POST", "/api/v1/accounts", query, b'{"a":1}')
    assert steps.text == f'{START}POST{target}{{"a":1}}'.encode()
    assert steps.text == f"{steps.timestamp}{steps.method}{steps.target}".encode() + steps.body
    assert steps.sign == hmac_sha256(key.secret, steps.text)
    assert steps.passphrase == hmac_sha256(key.secret, key.passphrase.encode())
    assert steps.headers(row)[b"kc-api-sign"] == steps.sign.encode()
    assert signing_steps(replace(row, secret="other"), START, "GET", "/", "", b"").sign != steps.sign
