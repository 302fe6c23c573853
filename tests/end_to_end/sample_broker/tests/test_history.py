"""What a user sees afterwards."""

from __future__ import annotations

import httpx
import pytest

RECIPE = "s8.2: KC-API-SIGN covers timestamp, method, path and query as they are sent, and the body"


@pytest.fixture
def payer(frank):
    """Frank, connected."""
    frank.connect()
    return frank


def test_no_history(payer):
    """Whoever has paid nothing has no history; the query is signed as it is sent."""
    answer = payer.browser.get("/history")
    assert (answer.status_code, answer.json()) == (200, []), RECIPE


def test_history_lists_payouts(payer):
    """The newest payout is the first."""
    payer.order("r1", amount="10")
    payer.order("r2", amount="20")
    assert [row["amount"] for row in payer.browser.get("/history").json()] == ["19.80000000", "9.90000000"]


def test_history_by_currency(payer):
    """A currency without payouts has an empty history."""
    payer.order()
    assert payer.browser.get("/history", params={"currency": "BTC"}).json() == []


def test_remark_has_our_number(payer):
    """Each payout carries the number of its order."""
    payer.order("rent")
    assert payer.browser.get("/history").json()[0]["remark"].endswith("-rent")


def test_balance_before(payer):
    """The balance is what KuCoin says is available."""
    assert payer.browser.get("/balance").json() == {"available": "50000"}


def test_balance_after(payer):
    """A payout and its fees are gone from the balance: 99, the chain's 1.5 and a service fee of 9.9."""
    payer.order()
    assert payer.browser.get("/balance").json() == {"available": "49889.6"}


def test_payout_settles(payer):
    """A payout that KuCoin has settled is paid."""
    payer.order()
    assert payer.browser.get("/payouts/r1").json()["status"] == "paid"


@pytest.mark.kucoin(scenario="withdrawal-fails", expect=True)
def test_payout_fails(payer, kucoin):
    """An accepted payout may fail afterwards: the user sees it and orders another one."""
    accepted = payer.order().json()["withdrawal_id"]
    assert payer.browser.get("/payouts/r1").json()["status"] == "accepted"
    httpx.post(f"{kucoin.url}/_sim/v1/withdrawals/{accepted}/fail").raise_for_status()
    assert payer.browser.get("/payouts/r1").json()["status"] == "failed"
    assert payer.order("r2").json()["status"] == "accepted"


def test_unknown_payout(payer):
    """There is no payout that nobody ordered."""
    assert payer.browser.get("/payouts/r9").status_code == 404


def test_payouts_of_others(payer, person):
    """Nobody sees another's payout."""
    payer.order()
    alice = person("alice")
    alice.connect()
    assert alice.browser.get("/payouts/r1").status_code == 404


def test_everything_was_signed_right(payer, kucoin):
    """No call of a whole day's work was refused."""
    payer.order()
    payer.browser.get("/history")
    payer.browser.get("/balance")
    assert {line["outcome"] for line in kucoin.requests()} == {"OK"}, RECIPE
