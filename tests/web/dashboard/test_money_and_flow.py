"""The screens of money and flow: the ledger with its formulas, and the picture of a flow with its text."""

from __future__ import annotations

import asyncio

import pytest
from support.played_payment import Played
from support.screens import HOSTILE, asked, raw
from support.wire import control

from simulator.core.world.wallets import Pot
from simulator.evidence.lives.flow import MOST_CALLS, FlowStep
from simulator.web.dashboard import diagram, money


@pytest.fixture
def played(runner: asyncio.Runner) -> Played:
    return Played(runner)


# --- money
def test_the_ledger_has_each_fee_as_a_formula(played: Played) -> None:
    """A paid withdrawal shows payout and both fees with the steps that lead to them, and what has left the users."""
    control(played.send, "/clock/advance", {"by": "11m"})
    page = asked(played.send, "/money")
    for text in ("debit", "hold", "given", "100 x 10 %", "withdrawal_min_fee of trx", "What has left all users"):
        assert text in page.text
    assert "/_sim/v1/ledger" in page.text
    assert f"/_sim/inspect?q={played.withdrawal}" in page.attributes("a", "href")


def test_all_that_left_the_users_is_shown(played: Played) -> None:
    """Each part of a pot is a column of the page, so the columns of a currency add up to what the users have less."""
    assert set(money.Pile._fields) == set(Pot.__struct_fields__)
    control(played.send, "/clock/advance", {"by": "11m"})
    page = asked(played.send, "/money").text
    assert "Trades" in page
    assert "Trading fees" in page


def test_the_money_of_one_user(played: Played) -> None:
    """A user in any spelling: only their movements, with the balances; an unknown user is said to be unknown."""
    page = asked(played.send, "/money", user="ALICE@example.test")
    assert "Money of alice" in page.text
    assert "999888.5" in page.text
    assert "bob" not in page.text
    assert "There is no user" in asked(played.send, "/money", user="nobody").text
    assert "There is no user" not in asked(played.send, "/money", user="bob").text


def test_the_ledger_has_pages(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page reckons no more movements than it and those above it have, and the links lead to all of them."""
    monkeypatch.setattr(money, "ROWS", 3)
    texts, target = [], "/money"
    for _ in range(10):
        page = asked(played.send, target)
        texts.append(page.text)
        older = [link for link in page.attributes("a", "href") if "skip=" in link and "Next page" in page.text]
        if not older or "Next page" not in page.text:
            break
        target = older[-1].removeprefix("/_sim")
    every = len(played.send("GET", "/_sim/v1/ledger").json()["movements"])
    assert len(texts) == -(-every // 3)
    assert "Previous page" in texts[-1]
    for wrong in ("-1", "x", "10000", "1" * 30):
        assert raw(played.send, "/money", skip=wrong).status == 400


# --- flow
def test_the_flow_is_a_picture_and_a_text(played: Played) -> None:
    """The picture has a title, a description and an arrow a step; the list has the same steps with links to calls."""
    played.broker.exchange(played.code)
    page = asked(played.send, "/flow", user="alice")
    assert "Sequence diagram of alice" in page.text
    assert "6 calls between alice, Demo Broker and KuCoin" in page.text
    steps = [values for tag, values in page.tags if tag == "g"]
    assert len(steps) == 14
    assert [values["class"] for values in steps].count("step refused") == 1
    assert page.text.count("Broker to KuCoin: asks for a withdrawal") == 2  # in the list, and in the arrow's title
    assert "/_sim/calls/6" in page.attributes("a", "href")


def test_a_long_flow_has_pages(played: Played) -> None:
    """The picture has a bounded number of calls; the link goes on before the oldest of them."""
    for _ in range(MOST_CALLS):
        played.broker.signed(played.key, "GET", "/api/v1/accounts")
    page = asked(played.send, "/flow", user="alice")
    assert f"{MOST_CALLS} calls between" in page.text
    assert sum(tag == "g" for tag, _ in page.tags) == 2 * MOST_CALLS
    (older,) = [link for link in page.attributes("a", "href") if "before=" in link]
    assert "5 calls between" in asked(played.send, older.removeprefix("/_sim")).text
    assert raw(played.send, "/flow", user="alice", before="x").status == 400


def test_who_has_no_flow(played: Played) -> None:
    """Without a user, with one who has no call, and with one that does not exist, the screen says what to do."""
    assert "Choose a user" in asked(played.send, "/flow").text
    assert "has no call of bob yet" in asked(played.send, "/flow", user="bob").text
    assert "There is no user" in asked(played.send, "/flow", user=HOSTILE).text


def test_labels_stay_inside_of_the_picture() -> None:
    """A long note at the last party is moved to the left, and a long label is cut; the title has the whole text."""
    steps = [
        FlowStep("kucoin", "kucoin", "x" * 90),
        FlowStep("user", "user", "y" * 90),
        FlowStep("user", "broker", "z" * 90),
    ]
    drawn = diagram.picture(steps, [(step.text, step.text) for step in steps])
    for arrow in drawn.arrows:
        assert len(arrow.label) == diagram.LONGEST
        assert len(arrow.title) == 90
        assert arrow.y < drawn.height
        half = 4 * len(arrow.label) + 14
        if arrow.note:
            assert arrow.at - half >= 0
            assert arrow.at + half <= drawn.width
    assert [arrow.way for arrow in drawn.arrows] == [0, 0, 1]
