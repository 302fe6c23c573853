"""s8.2: being asked for second factors, and answering."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from support.desk import Desk, Key, payment

from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.funds.payouts import Withdrawn
from simulator.core.refusals import Reason
from simulator.core.spec import MINUTE, SENT_FACTORS, Factor
from simulator.core.world import FactorSets

GAV, EMV, SMS = Factor


@pytest.mark.parametrize(
    ("factor_sets", "sent"),
    [
        (((GAV, EMV),), ((EMV,),)),
        (((SMS,), (GAV, EMV)), ((SMS,), (EMV,))),
        (((GAV,),), ((),)),
        (((EMV, SMS),), ((EMV, SMS),)),
    ],
)
def test_all_and_sent_factors(factor_sets: FactorSets, sent: FactorSets) -> None:
    """AllFactors lists the alternatives; sentFactors, of each, those that are sent: never the app's (s8.2, H42)."""
    assert SENT_FACTORS == (EMV, SMS)
    desk = Desk()
    key = desk.key()
    desk.world = desk.world.put(replace(desk.world.users["alice"], factor_sets=factor_sets))
    challenge = desk.challenge(key)
    assert (challenge.all_factors, challenge.sent_factors) == (factor_sets, sent)
    messages = desk.world.message_box("alice").messages
    assert {each.factor for each in messages} == {factor for group in sent for factor in group}
    assert all(re.fullmatch(r"\d{6}", each.code) for each in messages)


def test_nothing_needed() -> None:
    """One empty alternative means that the opening request pays at once (H42)."""
    desk = Desk()
    assert desk.do(desk.withdrawal(desk.key("frank"), payment()), Withdrawn).withdrawal.payout == 100


def factors(**values: str) -> list[dict[str, str]]:
    return [{"factorType": name, "factorValue": value} for name, value in values.items()]


def carol(desk: Desk) -> tuple[Key, Challenged, dict[str, str]]:
    """Carol's open challenge, and the right codes of all her factors."""
    key = desk.key("carol")
    challenge = desk.challenge(key)
    return key, challenge, desk.codes("carol", challenge)


@pytest.mark.parametrize(
    ("given", "wrong", "word"),
    [
        (("SMS",), (), "OK"),
        (("GAV", "EMV"), (), "OK"),
        (("EMV", "GAV"), (), "OK"),
        (("SMS", "GAV", "EMV"), (), "OK"),
        (("SMS", "GAV", "EMV"), ("SMS",), "FACTOR_WRONG"),
        (("SMS", "GAV"), (), "OK"),
        (("SMS", "GAV"), ("GAV",), "FACTOR_WRONG"),
        (("SMS", "GAV", "EMV"), ("SMS", "EMV"), "FACTOR_WRONG"),
        (("SMS",), ("SMS",), "FACTOR_WRONG"),
        (("GAV", "EMV"), ("GAV",), "FACTOR_WRONG"),
        (("GAV", "EMV"), ("EMV",), "FACTOR_WRONG"),
        (("GAV",), (), "FACTORS_INCOMPLETE"),
        (("EMV",), ("EMV",), "FACTORS_INCOMPLETE"),
        ((), (), "FACTORS_INCOMPLETE"),
    ],
)
def test_alternatives(given: tuple[str, ...], wrong: tuple[str, ...], word: str) -> None:
    """All factors of one alternative must be there and right; which one is the caller's choice (H42)."""
    desk = Desk()
    key, challenge, codes = carol(desk)
    sent = factors(**{name: "999999x" if name in wrong else codes[name] for name in given})
    command = desk.verification(key, payment(), {"transactionId": challenge.transaction_id, "factors": sent})
    assert desk.perform(command).word == word


@pytest.mark.parametrize(
    ("validation", "field"),
    [
        (None, "validation"),
        ("x", "validation"),
        ({}, "validation.transactionId"),
        ({"transactionId": ""}, "validation.transactionId"),
        ({"transactionId": 5, "factors": []}, "validation.transactionId"),
        ({"transactionId": "x"}, "validation.factors"),
        ({"transactionId": "x", "factors": {}}, "validation.factors"),
        ({"transactionId": "x", "factors": ["GAV"]}, "validation.factors[0]"),
        ({"transactionId": "x", "factors": [{}]}, "validation.factors[0].factorType"),
        ({"transactionId": "x", "factors": factors(PIN="1")}, "validation.factors[0].factorType"),
        (
            {"transactionId": "x", "factors": [*factors(GAV="1"), {"factorType": "EMV"}]},
            "validation.factors[1].factorValue",
        ),
        (
            {"transactionId": "x", "factors": [{"factorType": "GAV", "factorValue": 123456}]},
            "validation.factors[0].factorValue",
        ),
    ],
)
def test_malformed_validation(validation: object, field: str) -> None:
    """A malformed `validation` is 400100 with the place named, and no attempt is lost (H43)."""
    desk = Desk()
    key, challenge, _ = carol(desk)
    refusal = desk.refusal(desk.verification(key, payment(), validation))
    assert (refusal.reason, refusal.details["field"]) == (Reason.PARAMETER_INVALID, field)
    assert desk.world.transactions[challenge.transaction_id].wrong_answers == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "100.000001"),
        ("address", "TotherTotherTotherTotherTotherToth"),
        ("chain", "kcc"),
        ("currency", "BTC"),
        ("remark", "new"),
        ("memo", "1"),
        ("feeDeductType", "INTERNAL"),
    ],
)
def test_the_second_request_is_the_first(name: str, value: str) -> None:
    """The second request must ask for what the first one did; equal amounts may be spelt differently (H43)."""
    desk = Desk()
    key, challenge, _ = carol(desk)
    assert desk.reason(desk.answer(key, payment(**{name: value}), challenge)) is Reason.TRANSACTION_MISMATCH
    assert desk.perform(desk.answer(key, payment(amount=100), challenge)).word == "OK"


def test_transaction_lifetime() -> None:
    """A transaction lives ten minutes: good one tick before, expired at ten, forgotten at twenty (H44)."""
    desk = Desk()
    key, challenge, _ = carol(desk)
    answer = desk.answer(key, payment(), challenge)
    desk.advance(10 * MINUTE - 1)
    opened = desk.world
    assert desk.perform(answer).word == "OK"
    desk.world = opened
    desk.advance(1)
    assert desk.reason(answer) is Reason.TRANSACTION_EXPIRED
    desk.advance(10 * MINUTE - 1)
    desk.challenge(key)
    assert desk.reason(answer) is Reason.TRANSACTION_EXPIRED
    desk.advance(1)
    desk.challenge(key)
    assert desk.reason(answer) is Reason.TRANSACTION_UNKNOWN
    assert len(desk.world.transactions) == len(desk.world.transaction_order) == 2


def test_transaction_lifetime_is_a_choice() -> None:
    """`transaction_lifetime` moves the end of a transaction's life (H44)."""
    desk = Desk(transaction_lifetime=1_000)
    key, challenge, _ = carol(desk)
    desk.advance(1_000)
    assert desk.reason(desk.answer(key, payment(), challenge)) is Reason.TRANSACTION_EXPIRED


@pytest.mark.parametrize("allowed", [3, 1])
def test_attempts(allowed: int) -> None:
    """Three wrong answers end a transaction, right codes or not; fewer leave it open (H44)."""
    desk = Desk(verification_attempts=allowed)
    key, challenge, _ = carol(desk)
    wrong = desk.answer(key, payment(), challenge, SMS="wrong")
    right = desk.answer(key, payment(), challenge)
    for _ in range(allowed - 1):
        assert desk.reason(wrong) is Reason.FACTOR_WRONG
    before_the_last = desk.world
    assert desk.perform(right).word == "OK"
    desk.world = before_the_last
    assert desk.reason(wrong) is Reason.FACTOR_WRONG
    assert desk.reason(right) is Reason.TRANSACTION_UNKNOWN


def test_transaction_is_paid_once() -> None:
    """A transaction that has paid is gone; a right answer that cannot be paid leaves it open (H44)."""
    desk = Desk()
    key, challenge, _ = carol(desk)
    answer = desk.answer(key, payment(), challenge)
    rich = desk.world.wallet("carol")
    desk.world = desk.world.put(replace(rich, accounts=()))
    assert desk.reason(answer) is Reason.BALANCE_INSUFFICIENT
    desk.world = desk.world.put(rich)
    assert desk.perform(answer).word == "OK"
    assert desk.reason(answer) is Reason.TRANSACTION_UNKNOWN
    assert desk.pot("outside") == 100


def test_transaction_belongs_to_its_key() -> None:
    """Another key cannot answer, not even another one of the same user (H44)."""
    desk = Desk()
    key, challenge, _ = carol(desk)
    for other in (desk.key("carol"), desk.key("alice")):
        validation = {"transactionId": challenge.transaction_id, "factors": factors(SMS="1")}
        assert desk.reason(desk.verification(other, payment(), validation)) is Reason.TRANSACTION_UNKNOWN
    assert desk.perform(desk.answer(key, payment(), challenge)).word == "OK"


def test_everything_is_judged_again() -> None:
    """What has changed between the two requests counts at the second: frozen, closed, too poor (s8.2)."""
    desk = Desk()
    key, challenge, _ = carol(desk)
    answer = desk.answer(key, payment(), challenge)
    desk.world = desk.world.put(replace(desk.world.users["carol"], frozen=True))
    assert desk.reason(answer) is Reason.USER_FROZEN


@pytest.mark.parametrize(
    ("offset", "word"), [(0, "OK"), (-1, "OK"), (1, "OK"), (-2, "FACTOR_WRONG"), (2, "FACTOR_WRONG")]
)
@pytest.mark.parametrize("moment", [0, 29_999])
def test_authenticator_drift(offset: int, word: str, moment: int) -> None:
    """An authenticator's code holds for its step of 30 s of the wall clock and the one before and after (H45)."""
    desk = Desk()
    key = desk.key()
    challenge = desk.challenge(key)
    desk.wall += moment
    desk.advance(5 * MINUTE)
    assert desk.perform(desk.answer(key, payment(), challenge, GAV=desk.totp("alice", offset))).word == word


def test_authenticator_code_is_reusable() -> None:
    """A code may serve twice within its step (H45)."""
    desk = Desk()
    key = desk.key()
    assert desk.pay(key, payment()).withdrawal.id != desk.pay(key, payment()).withdrawal.id


def test_message_box_keeps_the_newest() -> None:
    """A user's box holds the newest fifty messages, newest first, so that it does not grow for ever."""
    desk = Desk()
    key = desk.key("carol")
    ids = [desk.challenge(key).transaction_id for _ in range(30)]
    messages = desk.world.message_box("carol").messages
    assert len(messages) == 50
    assert messages[0].transaction_id == ids[-1]
    assert messages[-1].transaction_id == ids[-25]
