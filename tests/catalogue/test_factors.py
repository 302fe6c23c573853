"""Scenarios about the second factor (s8.1, s8.2)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from support.desk import Key, payment
from support.payouts import PAID, Playing, challenge, prove, told
from support.played_scenario import Play
from support.wire import FORM, V1, Answer

BACK = "http://localhost:3000/callback?order=7&lang=en"
WRONG = (200, "999999", "The verification code is incorrect.")
EXPIRED = (200, "999999", "The validation transaction has expired.")
GONE = (200, "999999", "The validation transaction does not exist.")


def link_in(answer: Answer) -> str:
    """The set-up link of s8.1, as it stands in the message."""
    status, code, message = told(answer)
    assert (status, code) == (200, "999999")
    found = re.fullmatch(r"You need to bind more factors to continue .+ visit the following link: (\S+)", message)
    assert found, message
    return found[1]


def bound(stage: Play, link: str, query: str) -> Answer:
    """What bob's browser gets once he has bound an authenticator at the link."""
    page = f"{urlsplit(link).path}?{query}"
    assert stage.send("GET", page).status == 200
    who = urlencode({"step": "identify", "identity": "bob@example.test"}).encode()
    assert stage.send("POST", page, who, FORM).status == 200
    code = stage.send("GET", f"{V1}/users/bob/totp").json()["code"]
    return stage.send("POST", page, urlencode({"step": "bind", "identity": "bob", "code": code}).encode(), FORM)


def test_no_second_factor(play: Playing) -> None:
    """Bob is sent to the link, binds an authenticator, comes back, and the very same withdrawal works."""
    stage = play("no-second-factor")
    key = stage.broker.key("bob")
    refused = stage.broker.withdraw(key, payment())
    assert stage.outcome(refused) == "MORE_FACTORS_NEEDED"
    link = link_in(refused)
    assert link == f"{stage.url}/account/security/g2fa"
    done = bound(stage, link, f"client_id=demo-broker&redirect_uri={quote(BACK, safe='')}")
    assert (done.status, done.headers["location"]) == (303, BACK)
    asked = challenge(stage, key, payment())
    assert asked["allFactors"] == [["GAV", "EMV"]]
    assert told(prove(stage, key, payment(), asked, "bob")) == PAID
    assert stage.broker.balance("bob") == "888.5"
    assert stage.holds()


def test_no_second_factor_and_the_way_back(play: Playing) -> None:
    """A redirect_uri that is not encoded loses what stands behind its first `&`."""
    stage = play("no-second-factor")
    link = link_in(stage.broker.withdraw(stage.broker.key("bob"), payment()))
    done = bound(stage, link, f"client_id=demo-broker&redirect_uri={BACK}")
    assert (done.status, done.headers["location"]) == (303, "http://localhost:3000/callback?order=7")


@pytest.mark.parametrize("tries", [1, 3])
def test_no_second_factor_mistake(play: Playing, tries: int) -> None:
    """A broker that gives up, or asks again and again, has bob's payout never made: the expectations do not hold."""
    stage = play("no-second-factor")
    key = stage.broker.key("bob")
    for _ in range(tries):
        link_in(stage.broker.withdraw(key, payment()))
    assert stage.withdrawals() == []
    assert not stage.holds()


@pytest.mark.parametrize(
    "escaped", ["%2Faccount%2Fsecurity%2Fg2fa", "/account/security/g2fa%3Fclient_id%3Ddemo-broker"]
)
def test_no_second_factor_mistake_escaped(play: Playing, escaped: str) -> None:
    """A broker that escapes the link sends bob to a page that is not there: the expectations do not hold."""
    stage = play("no-second-factor")
    link_in(stage.broker.withdraw(stage.broker.key("bob"), payment()))
    assert stage.send("GET", f"/{escaped.removeprefix('/')}").status == 404
    assert not stage.holds()


def mistyped(stage: Play, asked: dict[str, Any]) -> dict[str, Any]:
    """Alice's codes, the last of them wrong in its last digit."""
    validation = stage.broker.validation("alice", asked)
    typed = validation["factors"][-1]["factorValue"]
    validation["factors"][-1]["factorValue"] = f"{typed[:-1]}{(int(typed[-1]) + 1) % 10}"
    return validation


def test_wrong_code_then_right(play: Playing) -> None:
    """After a wrong code the same transaction takes the right one."""
    stage = play("wrong-code-then-right")
    key = stage.broker.key()
    asked = challenge(stage, key, payment())
    assert told(stage.broker.withdraw(key, payment(), validation=mistyped(stage, asked))) == WRONG
    assert told(prove(stage, key, payment(), asked, "alice")) == PAID
    assert stage.outcomes("verify_withdrawal") == ["FACTOR_WRONG", "OK"]
    assert stage.holds()


def test_wrong_code_then_right_mistake_of_starting_over(play: Playing) -> None:
    """A broker that opens another transaction pays as well, and bothers alice twice: the expectations do not hold."""
    stage = play("wrong-code-then-right")
    key = stage.broker.key()
    asked = challenge(stage, key, payment())
    assert told(stage.broker.withdraw(key, payment(), validation=mistyped(stage, asked))) == WRONG
    again = challenge(stage, key, payment())
    assert again["transactionId"] != asked["transactionId"]
    assert told(prove(stage, key, payment(), again, "alice")) == PAID
    assert not stage.holds()


def test_wrong_code_then_right_mistake_of_going_on(play: Playing) -> None:
    """A broker that sends the wrong code again uses up all three answers: then even the right one comes too late."""
    stage = play("wrong-code-then-right")
    key = stage.broker.key()
    asked = challenge(stage, key, payment())
    wrong = mistyped(stage, asked)
    said = [told(stage.broker.withdraw(key, payment(), validation=wrong)) for _ in range(4)]
    assert said == [WRONG, WRONG, WRONG, GONE]
    assert told(prove(stage, key, payment(), asked, "alice")) == GONE
    assert stage.withdrawals() == []
    assert not stage.holds()


def test_transaction_expired(play: Playing) -> None:
    """Ten minutes after the challenge its codes are worth nothing; a new transaction pays."""
    stage = play("transaction-expired")
    key = stage.broker.key()
    asked = challenge(stage, key, payment())
    stage.advance("10m")
    assert told(prove(stage, key, payment(), asked, "alice")) == EXPIRED
    assert told(prove(stage, key, payment(), challenge(stage, key, payment()), "alice")) == PAID
    assert stage.holds()


def test_transaction_expired_at_ten_minutes(play: Playing) -> None:
    """One tick before ten minutes the codes are still good."""
    stage = play("transaction-expired")
    key = stage.broker.key()
    asked = challenge(stage, key, payment())
    stage.advance("9m59s999ms")
    assert told(prove(stage, key, payment(), asked, "alice")) == PAID


def test_transaction_expired_mistake(play: Playing) -> None:
    """A broker that asks alice for her codes once more, and nothing else, never pays: the expectations do not hold."""
    stage = play("transaction-expired")
    key = stage.broker.key()
    asked = challenge(stage, key, payment())
    stage.advance("10m")
    assert [told(prove(stage, key, payment(), asked, "alice")) for _ in range(2)] == [EXPIRED, EXPIRED]
    assert stage.withdrawals() == []
    assert not stage.holds()


def shown(stage: Play) -> tuple[Key, dict[str, Any]]:
    """Carol's key, and what she is asked for: of the three factors two are sent."""
    key = stage.broker.key("carol")
    asked = challenge(stage, key, payment())
    assert (asked["allFactors"], asked["sentFactors"]) == ([["SMS"], ["GAV", "EMV"]], [["SMS"], ["EMV"]])
    return key, asked


@pytest.mark.parametrize("chosen", [("SMS",), ("GAV", "EMV"), ("EMV", "GAV")])
def test_alternative_factors(play: Playing, chosen: tuple[str, ...]) -> None:
    """The SMS alone pays, and so do authenticator and e-mail together, in any order."""
    stage = play("alternative-factors")
    key, asked = shown(stage)
    validation = stage.broker.validation("carol", asked, *chosen)
    assert told(stage.broker.withdraw(key, payment(), validation=validation)) == PAID
    assert stage.broker.balance("carol") == "888.5"
    assert stage.holds()


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"SMS": True, "GAV": "", "EMV": ""}, "PARAMETER_INVALID"),
        ({"GAV": True, "EMV": ""}, "PARAMETER_INVALID"),
        ({"GAV": True}, "FACTORS_INCOMPLETE"),
        ({"GAV": True, "EMV": "000000"}, "FACTOR_WRONG"),
        ({}, "FACTORS_INCOMPLETE"),
    ],
)
def test_alternative_factors_mistake(play: Playing, values: dict[str, str | bool], outcome: str) -> None:
    """A broker that sends every factor, carol's or not, or a part of another pair, is refused, and nothing is paid."""
    stage = play("alternative-factors")
    key, asked = shown(stage)
    known = stage.broker.validation("carol", asked, "SMS", "GAV")["factors"]
    right = {each["factorType"]: each["factorValue"] for each in known}
    factors = [
        {"factorType": factor, "factorValue": right[factor] if value is True else value}
        for factor, value in values.items()
    ]
    sent = {"transactionId": asked["transactionId"], "factors": factors}
    assert stage.outcome(stage.broker.withdraw(key, payment(), validation=sent)) == outcome
    assert stage.withdrawals() == []
    assert not stage.holds()
