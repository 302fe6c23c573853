"""The walk through all orders: what it finds is what 5,040 replays find, in a fraction of the steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import permutations
from math import factorial

import pytest
from support.desk import IP, Desk, payment, refresh_body
from support.raced import one_by_one, raced

from simulator.core.account.accounts import ListAccounts
from simulator.core.account.withdrawals import CancelWithdrawal
from simulator.core.choices import After
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.funds.payouts import Withdrawn
from simulator.evidence.races import report
from simulator.evidence.races.calls import Lineup, RaceError
from simulator.evidence.races.sameness import without_instants
from simulator.evidence.races.walk import Race, played, race


def refreshes(count: int) -> Lineup:
    """So many refreshes with one token."""
    desk = Desk()
    token = desk.pair().refresh_token
    return raced(desk, [RefreshTokens(refresh_body(token), IP)] * count)


def payments(count: int, amount: int = 3_000) -> Lineup:
    """So many payments of different amounts, of which the balance covers some."""
    desk = Desk(settlement="immediate")
    key = desk.key("frank")
    return raced(desk, [desk.withdrawal(key, payment(amount=str(amount + place))) for place in range(count)])


def a_bit_of_all() -> Lineup:
    """Two refreshes, two payments that the balance does not cover together, a look at it, and keys of one name."""
    desk = Desk(settlement="manual")
    token, key = desk.pair().refresh_token, desk.key("frank")
    path = "/api/v1/accounts"
    return raced(
        desk,
        [
            RefreshTokens(refresh_body(token), IP),
            desk.withdrawal(key, payment(amount="30000")),
            ListAccounts(key.sign(method="GET", path=path)),
            desk.withdrawal(key, payment(amount="30001")),
            RefreshTokens(refresh_body(token), IP),
        ],
    )


LINEUPS: dict[str, Callable[[], Lineup]] = {
    "refreshes": lambda: refreshes(5),
    "payments": lambda: payments(5, 20_000),
    "a bit of all": a_bit_of_all,
}


@pytest.mark.parametrize("make", LINEUPS.values(), ids=LINEUPS)
def test_the_walk_finds_what_every_replay_finds(make: Callable[[], Lineup]) -> None:
    """Outcomes, how many orders lead to each, and the nearest order of each: as all orders one by one say it."""
    lineup = make()
    groups: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for order, (replies, world) in one_by_one(lineup).items():
        tables = (world.wallets, world.consents, world.transactions, world.withdrawals, world.windows, world.pots)
        groups[replies, tuple(map(without_instants, tables))].append(order)
    found = race(lineup)
    assert found.orders == factorial(len(lineup.calls))
    nearest = {min(orders, key=lambda order: (swaps(order), order)): len(orders) for orders in groups.values()}
    assert {outcome.order: outcome.orders for outcome in found.outcomes} == nearest
    assert {outcome.order: outcome.swaps for outcome in found.outcomes} == {order: swaps(order) for order in nearest}
    assert all(outcome.broken == () for outcome in found.outcomes)


def swaps(order: tuple[int, ...]) -> int:
    return sum(later < earlier for place, earlier in enumerate(order) for later in order[place + 1 :])


@pytest.mark.parametrize("make", LINEUPS.values(), ids=LINEUPS)
def test_the_order_that_happened_gives_what_happened(make: Callable[[], Lineup]) -> None:
    """The first outcome has the replies that the calls got; its order is theirs."""
    lineup = make()
    first = race(lineup).outcomes[0]
    assert first.order == tuple(range(len(lineup.calls)))
    words = [reply.partition(" ")[0] for reply in first.replies]
    assert words == [getattr(getattr(call.result, "reason", None), "name", "OK") for call in lineup.calls]


@pytest.mark.parametrize("make", LINEUPS.values(), ids=LINEUPS)
def test_a_replay_gives_its_outcome(make: Callable[[], Lineup]) -> None:
    """Every order that a race names leads to the same replies and rows when it is played alone."""
    lineup = make()
    for outcome in race(lineup).outcomes[1:]:
        again = played(lineup, outcome.order).outcomes[1]
        assert (again.order, again.replies, again.places) == (outcome.order, outcome.replies, again.places)
        for table in ("wallets", "consents", "transactions", "withdrawals"):
            assert getattr(again.world, table) == getattr(outcome.world, table)


def test_beginnings_are_shared() -> None:
    """8 calls of which one wins are 40,320 orders and some hundred steps; 8 payments are about as many."""
    assert [performed(refreshes(count)) for count in (2, 4, 8)] == [4, 32, 1024]
    found = race(payments(8, 100))
    assert found.orders == 40_320
    assert found.performed <= 8 * 1024


def performed(lineup: Lineup) -> int:
    return race(lineup).performed


def test_it_can_be_stopped() -> None:
    """What `step` raises ends the walk at once."""
    steps = []

    def step() -> None:
        steps.append(1)
        if len(steps) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        race(refreshes(4), step)
    assert len(steps) == 5


def cancel_and_settle() -> tuple[Lineup, Race]:
    """A withdrawal that settles in time, a cancel just before, and a look just after."""
    desk = Desk(settlement=After(600_000), cancel_with_oauth_key="allow")
    key = desk.key("frank")
    result = desk.perform(desk.withdrawal(key, payment())).result
    assert isinstance(result, Withdrawn)
    path = f"/api/v1/withdrawals/{result.withdrawal.id}"
    cancel = CancelWithdrawal(key.sign(method="DELETE", path=path), result.withdrawal.id)
    lineup = raced(desk, [cancel, cancel])
    return lineup, race(lineup)


def test_of_two_cancels_one_wins() -> None:
    """Both orders cancel once; they differ in which of the two calls is told so."""
    lineup, found = cancel_and_settle()
    assert [outcome.replies for outcome in found.outcomes] == [
        ("OK", "WITHDRAWAL_NOT_CANCELABLE"),
        ("WITHDRAWAL_NOT_CANCELABLE", "OK"),
    ]
    data = report.data_of(found)
    assert (data["smallest"], data["distinct"], data["broken"]) == ("2-1", 2, [])
    assert data["outcomes"][1]["differs"] == [1, 2]
    assert "2-1" in data["text"]
    assert lineup.left_out == ()


def test_a_race_shows_which_rows_differ() -> None:
    """Of two payments that the balance does not cover together one is accepted: its rows are shown, and no secret."""
    desk = Desk(settlement="immediate")
    key = desk.key("frank")
    lineup = raced(desk, [desk.withdrawal(key, payment(amount=amount)) for amount in ("30000", "40000")])
    data = report.data_of(race(lineup))
    tables = {row["table"]: row["changes"] for row in data["outcomes"][1]["world"]}
    assert tables, data
    assert data["outcomes"][0]["world"] == []
    text = str(data)
    assert not any(secret in text for secret in (key.secret, key.passphrase))


def test_replay_strings() -> None:
    """A replay string is the numbers of the entries; anything else is refused with an example."""
    assert report.entries_of("14-12-13") == [14, 12, 13]
    for wrong in ("", "1-", "a-b", "1--2", "-1-2", "1" * 30, "\u0661-2"):
        with pytest.raises(RaceError, match="no replay string such as"):
            report.entries_of(wrong)
    assert {report.replay_string(refreshes(2), order) for order in permutations(range(2))} == {"1-2", "2-1"}
