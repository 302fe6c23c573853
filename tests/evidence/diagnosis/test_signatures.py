"""The diagnosis of wrong signatures: the recipe, what was signed, what should have been, and no secret in either."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from support.desk import START, Key, hmac_sha256, payment
from support.wire import WITHDRAWAL, Answer, Broker

from simulator.core.refusals import Reason
from simulator.core.world import World
from simulator.evidence.diagnosis.advice import ADVICE

ACCOUNTS = "/api/v1/accounts"


def _with(broker: Broker, key: Any, **changes: str) -> Answer:
    return broker.send("GET", ACCOUNTS, headers={**broker.headers(key, "GET", ACCOUNTS), **changes})


def test_a_wrong_signature_is_taken_apart(broker: Broker) -> None:
    """The recipe is named, what was signed stands beside what should have been, and the first difference is shown."""
    key, body = broker.key(), json.dumps(payment()).encode()
    compact = json.dumps(payment(), separators=(",", ":")).encode()
    answer = broker.send("POST", WITHDRAWAL, body, broker.headers(key, "POST", WITHDRAWAL, compact))
    told = broker.entry(answer)["diagnosis"]
    signature = told["signature"]
    assert (signature["header"], signature["fits"], signature["recipe"]) == ("KC-API-SIGN", "wrong", ["compact-body"])
    assert told["found"] == [signature["says"]]
    assert signature["right"] == f"{START}POST{WITHDRAWAL}{body.decode()}"
    assert signature["signed"] == f"{START}POST{WITHDRAWAL}{compact.decode()}"
    at = signature["difference"]["at"]
    assert signature["right"][:at] == signature["signed"][:at]
    assert signature["right"][at] != signature["signed"][at]
    assert told["section"] == "s8.2"
    assert told["quote"] == "The Base64-encoded signature generated for the request"


def test_a_signature_that_nothing_explains(broker: Broker) -> None:
    """No recipe fits: it says so, shows what should have been signed, and says what to compare."""
    told = broker.entry(_with(broker, broker.key(), **{"KC-API-SIGN": hmac_sha256("x", b"y")}))["diagnosis"]
    assert told["found"] == []
    assert told["signature"]["fits"] == "none"
    assert told["signature"]["right"] == f"{START}GET{ACCOUNTS}"
    assert len(told["signature"]["compare"]) == 4


def test_another_secret_and_another_passphrase_are_told_apart(broker: Broker) -> None:
    """Both are told as a wrong KC-API-PASSPHRASE; KC-API-SIGN, which has only the secret in it, says which it is."""
    key = broker.key()
    passphrase = _with(broker, Key(key.api_key, key.secret, "another"))
    secret = _with(broker, Key(key.api_key, "another", key.passphrase))
    assert passphrase.body == secret.body == b'{"code":"400004","msg":"Invalid KC-API-PASSPHRASE"}'
    told = [broker.entry(answer)["diagnosis"]["signature"] for answer in (passphrase, secret)]
    assert [each["fits"] for each in told] == ["none", "none"]
    [[right], [wrong, _]] = [each["compare"] for each in told]
    assert right.endswith("KC-API-SIGN is right, and so is the secret.")
    assert wrong.endswith("Nothing says that KC-API-SIGN was made with it.")
    seconds = broker.headers(Key(key.api_key, key.secret, "another"), "GET", ACCOUNTS)
    seconds["KC-API-SIGN"] = hmac_sha256(key.secret, f"{START // 1000}GET{ACCOUNTS}".encode())
    told = [broker.entry(broker.send("GET", ACCOUNTS, headers=seconds))["diagnosis"]["signature"]]
    assert told[0]["compare"] == [
        "Is the passphrase the one that came with this apiKey?",
        "Is the secret the one that came with this apiKey, whole and without white space?",
    ]


def test_other_signatures_are_taken_apart_too(broker: Broker) -> None:
    """KC-API-PASSPHRASE and KC-API-PARTNER-SIGN have recipes of their own; a mixed-up key is named by its user."""
    key, frank = broker.key(), broker.key("frank")
    told = broker.entry(_with(broker, key, **{"KC-API-PASSPHRASE": key.passphrase}))["diagnosis"]["signature"]
    assert (told["recipe"], told["header"]) == (["plain"], "KC-API-PASSPHRASE")
    assert {"right", "signed", "difference"} & set(told) == set()
    mixed = hmac_sha256(frank.secret, frank.passphrase.encode())
    told = broker.entry(_with(broker, key, **{"KC-API-PASSPHRASE": mixed}))["diagnosis"]["signature"]
    assert told["recipe"] == ["passphrase-of-another-key"]
    assert "user frank" in told["says"]
    other = hmac_sha256(frank.secret, f"{START}GET{ACCOUNTS}".encode())
    told = broker.entry(_with(broker, key, **{"KC-API-SIGN": other}))["diagnosis"]["signature"]
    assert told["recipe"] == ["secret-of-another-key"]
    partner = {"KC-API-PARTNER": "DEMOPARTNER", "KC-API-PARTNER-VERIFY": "true"}
    wrong = hmac_sha256(key.secret, f"{START}DEMOPARTNER{key.api_key}".encode())
    told = broker.entry(_with(broker, key, **partner, **{"KC-API-PARTNER-SIGN": wrong}))["diagnosis"]["signature"]
    assert (told["recipe"], told["header"]) == (["secret-as-key"], "KC-API-PARTNER-SIGN")


def test_what_was_signed_shows_no_secret(broker: Broker) -> None:
    """One-time codes, tokens and keys that stand in a signed body or query are hidden in both texts."""
    key = broker.key()
    challenge = broker.withdraw(key).json()["data"]
    validation = broker.validation("alice", challenge)
    secrets = {each["factorValue"] for each in validation["factors"]} | {key.secret, key.passphrase}
    body = json.dumps({**payment(remark=key.secret), "validation": validation}).encode()
    for signed in (body.replace(b" ", b""), b"", body.replace(b'"', b"'"), json.dumps(body.decode()).encode()):
        answer = broker.send("POST", WITHDRAWAL, body, broker.headers(key, "POST", WITHDRAWAL, signed))
        told = broker.entry(answer)["diagnosis"]
        assert told["reason"] == "SIGNATURE_INVALID"
        assert {secret for secret in secrets if secret in json.dumps(told)} == set()
    target = f"{ACCOUNTS}?currency={key.secret}"
    answer = broker.send("GET", target, headers=broker.headers(key, "GET", ACCOUNTS))
    told = broker.entry(answer)["diagnosis"]
    assert told["signature"]["recipe"] == ["no-query"]
    assert key.secret not in json.dumps(told)


def test_the_list_does_not_search(broker: Broker) -> None:
    """A line of the list tells the rule and the causes; the search for a recipe is done for one entry at a time."""
    _with(broker, broker.key(), **{"KC-API-SIGN": "x"})
    line = broker.send("GET", "/_sim/v1/requests?limit=1").json()["requests"][0]
    assert line["diagnosis"]["causes"] == list(ADVICE[Reason.SIGNATURE_INVALID].causes)
    assert "signature" not in line["diagnosis"]


def test_a_long_request_leaves_a_short_diagnosis(broker: Broker) -> None:
    """Sixty kilobytes of body do not come back three times."""
    key, body = broker.key(), json.dumps(payment(remark="x" * 60_000)).encode()
    answer = broker.send("POST", WITHDRAWAL, body, broker.headers(key, "POST", WITHDRAWAL, b""))
    told = broker.entry(answer)["diagnosis"]
    assert told["signature"]["recipe"] == ["no-body"]
    assert len(json.dumps(told)) < 8_000


def test_a_world_of_many_keys_is_searched_in_part(wired: Callable[..., Broker], broker: Broker) -> None:
    """Other users' keys are tried, but not all of a hundred thousand."""
    key = broker.key()
    world: World = broker.send.app.desk.exchange.world  # type: ignore[attr-defined]  # an Asgi
    mine = world.api_keys[key.api_key]
    many = [replace(mine, api_key=f"{place:024x}", secret=f"secret-{place}") for place in range(1000)]
    crowded = wired(world.put(*many))
    answer = _with(crowded, key, **{"KC-API-SIGN": hmac_sha256("no secret", b"")})
    assert crowded.entry(answer)["diagnosis"]["signature"]["fits"] == "none"
