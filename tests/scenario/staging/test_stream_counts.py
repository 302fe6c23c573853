"""Which messages a fault of the feeds strikes: by topic, by user, and by its counts."""

from __future__ import annotations

import pytest

from simulator.scenario.staging.stream_faults import LATE, StreamFault, StreamStaging

BTC, ETH = "/market/ticker:BTC-USDT", "/market/ticker:ETH-USDT"
BALANCE = "/account/balance"


@pytest.mark.parametrize(
    ("topic", "struck"),
    [
        ("/market/ticker", [BTC, ETH]),
        (BTC, [BTC]),
        ("/market", []),
        ("/market/ticker:", []),
        (BALANCE, [BALANCE]),
        ("BTC-USDT", []),
    ],
)
def test_the_topics_of_a_fault(topic: str, struck: list[str]) -> None:
    """A fault of a family strikes all of its topics, and a fault of one topic that one alone."""
    staging = StreamStaging([StreamFault(topic, "drop", times=None)])
    assert [name for name in (BTC, ETH, BALANCE) if staging.struck(name, "")] == struck


def test_the_user_of_a_fault() -> None:
    """A fault with a user strikes that user's messages, and one without strikes everybody's."""
    of_alice = StreamStaging([StreamFault(BALANCE, "drop", user="alice", times=None)])
    assert [user for user in ("alice", "frank", "") if of_alice.struck(BALANCE, user)] == ["alice"]
    of_all = StreamStaging([StreamFault(BALANCE, "drop", times=None)])
    assert [user for user in ("alice", "frank", "") if of_all.struck(BALANCE, user)] == ["alice", "frank", ""]


@pytest.mark.parametrize(
    ("times", "skip", "struck"),
    [(1, 0, [0]), (2, 0, [0, 1]), (1, 2, [2]), (2, 1, [1, 2]), (None, 3, [3, 4]), (0, 0, [])],
)
def test_the_counts_of_a_fault(times: int | None, skip: int, struck: list[int]) -> None:
    """It lets `skip` of its messages pass, strikes the next `times` and no more; other messages do not count."""
    staging = StreamStaging([StreamFault(BTC, "drop", times=times, skip=skip)])
    hits = []
    for number in range(5):
        assert staging.struck(ETH, "") is None
        if staging.struck(BTC, ""):
            hits.append(number)
    assert hits == struck
    [armed] = staging.armed
    assert armed.hits == len(struck)


def test_the_first_fault_strikes() -> None:
    """Of two faults the first strikes until it is used up, and the second counts only what the first let pass."""
    first, second = StreamFault(BTC, "drop"), StreamFault("/market/ticker", "close", skip=1)
    staging = StreamStaging([first, second])
    assert [staging.struck(BTC, "") for _ in range(4)] == [first, None, second, None]
    assert [(armed.seen, armed.hits) for armed in staging.armed] == [(1, 1), (2, 1)]


def test_what_a_fault_says_without_being_told() -> None:
    """A fault strikes one message of anybody, a gap is two messages long, and a late message is late by a second."""
    fault = StreamFault(BTC, "gap")
    assert (fault.times, fault.skip, fault.user, fault.messages, fault.delay) == (1, 0, "", 2, LATE)
    assert LATE == 1_000
