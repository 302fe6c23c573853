"""Transactions: how long each lives, when it is forgotten, how often one may guess, and what must be the same."""

from __future__ import annotations

import pytest
from support.desk import START, Desk, payment

from simulator.core.fast_api.withdrawals import ENDPOINTS, VerifyWithdrawal
from simulator.core.refusals import Reason

WRONG = {"GAV": "000000"}


@pytest.mark.parametrize(("early", "word"), [(1, "OK"), (0, "TRANSACTION_EXPIRED"), (-1, "TRANSACTION_EXPIRED")])
def test_the_last_millisecond(early: int, word: str) -> None:
    """A transaction lives while less than its lifetime has passed; the refusal says how old it is."""
    desk = Desk()
    key = desk.key()
    challenge = desk.challenge(key)
    lifetime = desk.world.choices.transaction_lifetime
    assert desk.world.transactions[challenge.transaction_id].issued_at == START
    desk.advance(lifetime - early)
    outcome = desk.perform(desk.answer(key, payment(), challenge))
    assert outcome.word == word
    if early <= 0:
        texts = (getattr(outcome.result, "expected", ""), getattr(outcome.result, "received", ""))
        assert texts == (f"younger than {lifetime} ms", f"{lifetime - early} ms old")


@pytest.mark.parametrize(("early", "kept"), [(1, 2), (0, 1)])
def test_when_it_is_forgotten(early: int, kept: int) -> None:
    """One life after its end a transaction is forgotten with the next challenge, not a millisecond before."""
    desk = Desk()
    key = desk.key()
    old = desk.challenge(key)
    desk.advance(2 * desk.world.choices.transaction_lifetime - early)
    new = desk.challenge(key)
    ids = [old.transaction_id, new.transaction_id]
    assert set(desk.world.transactions) == set(ids[-kept:])
    assert len(desk.world.transaction_order) == kept


def test_one_that_is_paid_is_forgotten_in_its_turn() -> None:
    """A transaction that is done with leaves the table at once, and the waiting line as soon as somebody looks."""
    desk = Desk()
    key = desk.key()
    first = desk.challenge(key)
    desk.perform(desk.answer(key, payment(), first))
    assert dict(desk.world.transactions) == {}
    second = desk.challenge(key)
    assert len(desk.world.transaction_order) == 1
    assert desk.world.transaction_order.head == second.transaction_id


def test_how_often_one_may_guess() -> None:
    """Each wrong answer counts and says how many are left; the last one ends the transaction."""
    desk = Desk(verification_attempts=2)
    key = desk.key()
    challenge = desk.challenge(key)
    refusals = [desk.refusal(desk.answer(key, payment(), challenge, **WRONG)) for _ in range(2)]
    assert [refusal.received for refusal in refusals] == ["1 attempts left", "0 attempts left"]
    assert {refusal.expected for refusal in refusals} == {"the right codes"}
    assert desk.reason(desk.answer(key, payment(), challenge)) is Reason.TRANSACTION_UNKNOWN


def test_a_right_answer_after_a_wrong_one() -> None:
    """One wrong answer fewer than allowed leaves the transaction open."""
    desk = Desk(verification_attempts=2)
    key = desk.key()
    challenge = desk.challenge(key)
    assert desk.reason(desk.answer(key, payment(), challenge, **WRONG)) is Reason.FACTOR_WRONG
    assert desk.world.transactions[challenge.transaction_id].wrong_answers == 1
    assert desk.perform(desk.answer(key, payment(), challenge)).word == "OK"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "101"}, "amount"),
        ({"remark": "x"}, "remark"),
        ({"memo": "1"}, "memo"),
    ],
)
def test_the_payment_must_be_the_same(changes: dict[str, object], field: str) -> None:
    """The refusal names the field that is another now."""
    desk = Desk()
    key = desk.key()
    challenge = desk.challenge(key)
    refusal = desk.refusal(desk.answer(key, payment(**changes), challenge))
    assert (refusal.reason, refusal.details["field"]) == (Reason.TRANSACTION_MISMATCH, field)


def test_the_same_payment_otherwise_written() -> None:
    """100 and "100.0" are the same amount, and a field that says the default is the same as none."""
    desk = Desk()
    key = desk.key()
    challenge = desk.challenge(key)
    same = payment(amount="100.0", isInner=False, remark="", memo="")
    assert desk.perform(desk.answer(key, same, challenge)).word == "OK"


@pytest.mark.parametrize(
    ("validation", "field", "problem", "received"),
    [
        (None, "validation", "must be an object", "absent"),
        ("123456", "validation", "must be an object", "a str"),
        ({}, "validation.transactionId", "is compulsory", "absent"),
        ({"transactionId": 1, "factors": []}, "validation.transactionId", "must be a string", "a int"),
        ({"transactionId": "1"}, "validation.factors", "must be a list", "absent"),
        ({"transactionId": "1", "factors": "123456"}, "validation.factors", "must be a list", "a str"),
        ({"transactionId": "1", "factors": ["123456"]}, "validation.factors[0]", "must be an object", "a str"),
        ({"transactionId": "1", "factors": [{}]}, "validation.factors[0].factorType", "is compulsory", "absent"),
        (
            {"transactionId": "1", "factors": [{"factorType": "GAV", "factorValue": "1"}, {"factorType": "X"}]},
            *("validation.factors[1].factorType", "not in the given range!", "'X'"),
        ),
        (
            {"transactionId": "1", "factors": [{"factorType": "GAV"}]},
            *("validation.factors[0].factorValue", "is compulsory", "absent"),
        ),
        (
            {"transactionId": "1", "factors": [{"factorType": "GAV", "factorValue": 123456}]},
            *("validation.factors[0].factorValue", "must be a string", "a int"),
        ),
        (
            {"transactionId": "1", "factors": [{"factorType": ["123456"]}]},
            *("validation.factors[0].factorType", "must be a string", "a list"),
        ),
    ],
)
def test_a_validation_that_cannot_be_read(validation: object, field: str, problem: str, received: str) -> None:
    """The refusal leads to the field, and shows no text that may be a code."""
    desk = Desk()
    key = desk.key()
    command: VerifyWithdrawal = desk.verification(key, payment(), validation)
    refusal = desk.refusal(command)
    assert (refusal.reason, refusal.details) == (Reason.PARAMETER_INVALID, {"field": field, "problem": problem})
    assert refusal.received == received


def test_parameters() -> None:
    """Both calls of s8.2 know the payment's parameters and the validation, and nothing else is read."""
    payments = ("currency", "address", "amount", "withdrawType", "chain", "isInner", "remark", "memo", "feeDeductType")
    assert [endpoint.names for endpoint in ENDPOINTS] == [(*payments, "validation")] * 2
