"""Payouts: with and without second factors, refused ones, and ones whose answer is lost."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

import pytest


@pytest.fixture
def ready_frank(frank):
    """Frank, connected."""
    frank.connect()
    return frank


@pytest.fixture
def ready_alice(alice):
    """Alice, connected."""
    alice.connect()
    return alice


def test_paid_at_once(ready_frank):
    """Frank needs no factor: one request pays, less our commission."""
    answer = ready_frank.order()
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "accepted"
    assert answer.json()["amount"] == "99"


def test_factors_are_asked_for(ready_alice):
    """Alice is asked for both of her factors, and nothing is paid yet."""
    answer = ready_alice.order().json()
    assert (answer["status"], answer["factors"]) == ("waiting", [["GAV", "EMV"]])
    assert ready_alice.browser.get("/history").json() == []


def test_paid_with_factors(ready_alice):
    """With both codes the payout is accepted."""
    ready_alice.order()
    answer = ready_alice.prove()
    assert answer.json()["status"] == "accepted", answer.text
    assert len(ready_alice.browser.get("/history").json()) == 1


def test_wrong_code_then_right(ready_alice):
    """A mistyped code is told, and the right one pays the same payout."""
    ready_alice.order()
    wrong = f"{(int(ready_alice.codes()['EMV']) + 1) % 1_000_000:06d}"
    assert "code is incorrect" in ready_alice.prove(EMV=wrong).json()["error"]
    assert ready_alice.prove().json()["status"] == "accepted"


def test_code_is_missing(ready_alice):
    """One factor of two is not enough."""
    ready_alice.order()
    answer = ready_alice.browser.post("/payouts/r1/codes", json={"codes": {"GAV": ready_alice.codes()["GAV"]}})
    assert answer.status_code == 409
    assert ready_alice.browser.get("/history").json() == []


def test_transaction_expires(ready_alice, kucoin_clock):
    """Ten minutes later the codes are worth nothing, and the payout was not made."""
    ready_alice.order()
    codes = ready_alice.codes()
    kucoin_clock.advance("11m")
    answer = ready_alice.browser.post("/payouts/r1/codes", json={"codes": codes})
    assert answer.status_code == 409
    assert ready_alice.browser.get("/payouts/r1").json()["status"] == "refused"


def test_codes_without_need(ready_frank):
    """A payout that waits for no codes takes none."""
    ready_frank.order()
    answer = ready_frank.browser.post("/payouts/r1/codes", json={"codes": {"GAV": "123456"}})
    assert (answer.status_code, answer.json()) == (409, {"error": "this payout is accepted"})


def test_set_up_link_is_shown(person):
    """Bob has no second factor: he reads KuCoin's link to set one up (s8.1)."""
    bob = person("bob")
    bob.connect()
    answer = bob.order()
    assert answer.status_code == 409
    assert "/account/security/g2fa" in answer.json()["error"]


def test_frozen_user(person):
    """Erin is frozen, and nothing is tried twice."""
    erin = person("erin")
    erin.connect()
    assert erin.order().json()["code"] == "411100"


def test_balance_is_too_small(ready_frank):
    """More than the main account holds is refused."""
    assert ready_frank.order(amount="1000000").json()["code"] == "115007"


def test_address_of_another_chain(ready_frank):
    """An address of Ethereum is none of Tron."""
    answer = ready_frank.order(address="0x0de51de0de51de0de51de0de51de0de51de0de51")
    assert answer.json()["code"] == "400100"


def test_chain_is_closed(ready_frank, kucoin_faults):
    """A closed chain is told in KuCoin's words, and the same order may be sent under another number."""
    kucoin_faults.add(operation="withdraw", times=1, refuse="WITHDRAWAL_DISABLED")
    assert ready_frank.order().json()["code"] == "260210"
    assert ready_frank.order("r2").json()["status"] == "accepted"


@pytest.mark.parametrize("amount", ["100.1", "33.3", "1234.567891"])
def test_money_is_exact(ready_frank, amount):
    """What is sent has at most six digits, and is a hundredth less than what was ordered."""
    answer = ready_frank.order(amount=amount)
    exact = (Decimal(amount) * Decimal("0.99")).quantize(Decimal("0.000001"), ROUND_DOWN)
    assert answer.status_code == 201, answer.text
    assert Decimal(answer.json()["amount"]) == exact


@pytest.mark.parametrize("amount", ["0", "-1", "nan", "1e", ""])
def test_nonsense_is_no_amount(ready_frank, amount, kucoin):
    """Nonsense is refused by the broker itself."""
    assert ready_frank.order(amount=amount).status_code == 422
    assert kucoin.requests(operation="withdraw") == []


def test_repeated_order_pays_once(ready_frank):
    """The same number of an order is the same payout, however often it is sent."""
    first, second = ready_frank.order(), ready_frank.order()
    assert first.json()["withdrawal_id"] == second.json()["withdrawal_id"]
    assert len(ready_frank.browser.get("/history").json()) == 1


@pytest.mark.kucoin(scenario="withdrawal-answer-lost", expect=True)
def test_lost_answer_pays_once(ready_alice):
    """The money is paid and the answer is lost: the broker finds it and does not pay again, as the scenario expects."""
    answer = ready_alice.order().json()
    while answer["status"] == "waiting":  # she gives her codes as often as the broker asks for them
        answer = ready_alice.prove().json()
    assert answer["status"] == "accepted"


def test_lost_answer_of_one_step(ready_frank, kucoin_faults):
    """The same for a payout without factors."""
    kucoin_faults.add(operation="withdraw", times=1, at="after_commit", network="reset")
    assert ready_frank.order().json()["status"] == "accepted"
    assert len(ready_frank.browser.get("/history").json()) == 1


def test_request_that_never_arrived(ready_frank, kucoin_faults):
    """If nothing was paid the payout stays unknown, is not sent again by itself, and says so."""
    kucoin_faults.add(operation="withdraw", times=1, network="reset")
    assert ready_frank.order().json()["status"] == "unknown"
    assert ready_frank.browser.get("/payouts/r1").json()["status"] == "unknown"
    assert ready_frank.browser.get("/history").json() == []
