"""s8.2 "3 times/10 seconds, 50 times/24 hours", and the cap of 24 hours."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.desk import Desk, Key, by_account, payment

from simulator.core.funds.limits import _use_once
from simulator.core.refusals import Reason
from simulator.core.spec import ACCOUNT_WINDOWS, DAY, SECOND
from simulator.core.world import Now, World

TO_BOB = by_account("UID", "200000002", amount="2")


def test_published_windows() -> None:
    """The two windows are the page's: three in ten seconds, fifty in a day."""
    assert [(length, times) for _, length, times in ACCOUNT_WINDOWS] == [(10_000, 3), (86_400_000, 50)]


def opens(desk: Desk, key: Key, times: int) -> list[str]:
    return [desk.perform(desk.withdrawal(key, TO_BOB)).word for _ in range(times)]


@pytest.mark.parametrize("kind", [("UID", "200000002"), ("MAIL", "bob@example.test"), ("PHONE", "+15550101")])
def test_three_in_ten_seconds(kind: tuple[str, str]) -> None:
    """The fourth payment by UID, e-mail or phone within ten seconds is 429000; at the tenth second three more pass."""
    desk = Desk()
    key = desk.key("frank")
    command = desk.withdrawal(key, by_account(*kind, amount="2"))
    assert [desk.perform(command).word for _ in range(4)] == ["OK", "OK", "OK", "WITHDRAWAL_RATE_LIMITED"]
    desk.advance(10 * SECOND - 1)
    assert desk.reason(command) is Reason.WITHDRAWAL_RATE_LIMITED
    desk.advance(1)
    assert [desk.perform(command).word for _ in range(4)] == ["OK", "OK", "OK", "WITHDRAWAL_RATE_LIMITED"]


@pytest.mark.parametrize(("name", "length", "times"), ACCOUNT_WINDOWS)
def test_a_request_counts_until_the_window_has_passed(name: str, length: int, times: int) -> None:
    """Each request makes room when the window's length has passed since it, and not a millisecond before (H75)."""
    world, start = Desk().world, 1_000
    for place in range(times):
        world = count(world, name, start + place)
    for place in range(times):
        edge = start + length + place
        assert (room(world, name, edge - 1), room(world, name, edge)) == (place, place + 1)


def count(world: World, name: str, at: int) -> World:
    """Count a request of frank's in that window only, if there is room."""
    [(length, times)] = [(length, times) for each, length, times in ACCOUNT_WINDOWS if each == name]
    return _use_once(world, "frank", f"withdrawals {name}", length, times, Now(at, at))[0]


def room(world: World, name: str, at: int) -> int:
    """How many requests of frank's would pass at that time, ms."""
    for passed in range(100):
        after = count(world, name, at)
        if after is world:
            return passed
        world = after
    raise AssertionError("a window without an end")


def test_late_requests_carry_over() -> None:
    """Two requests at the end of ten seconds still count after them: one more passes then, not three (H75)."""
    desk = Desk()
    key = desk.key("frank")
    assert opens(desk, key, 1) == ["OK"]
    desk.advance(10 * SECOND - 1)
    assert opens(desk, key, 3) == ["OK", "OK", "WITHDRAWAL_RATE_LIMITED"]
    desk.advance(1)
    assert opens(desk, key, 2) == ["OK", "WITHDRAWAL_RATE_LIMITED"]
    desk.advance(10 * SECOND - 2)
    assert opens(desk, key, 1) == ["WITHDRAWAL_RATE_LIMITED"]
    desk.advance(1)
    assert opens(desk, key, 3) == ["OK", "OK", "WITHDRAWAL_RATE_LIMITED"]


def test_asking_again_and_again_is_let_in() -> None:
    """A request that finds a sliding window full takes no room in it, and keeps nobody out (H75)."""
    desk = Desk()
    key = desk.key("frank")
    words = []
    for _ in range(12):
        words += opens(desk, key, 1)
        desk.advance(SECOND)
    assert words == ["OK"] * 3 + ["WITHDRAWAL_RATE_LIMITED"] * 7 + ["OK"] * 2


def test_a_window_keeps_no_more_than_it_lets_pass() -> None:
    """However often a user asks, a window has at most as many instants as it lets requests pass."""
    desk = Desk()
    key = desk.key("frank")
    for _ in range(120):
        opens(desk, key, 1)
        desk.advance(10 * SECOND)
    assert [len(desk.world.windows["frank", f"withdrawals {name}"].instants) for name in ("10 s", "24 h")] == [1, 50]


def test_the_readings_can_be_exchanged_on_the_way() -> None:
    """What was used under one reading is used under the other, too."""
    for first, second in (("fixed", "sliding"), ("sliding", "fixed")):
        desk = Desk(account_windows=first)
        key = desk.key("frank")
        assert opens(desk, key, 2) == ["OK", "OK"]
        desk.world = replace(desk.world, choices=replace(desk.world.choices, account_windows=second))
        assert opens(desk, key, 2) == ["OK", "WITHDRAWAL_RATE_LIMITED"]
        desk.advance(10 * SECOND)
        assert opens(desk, key, 1) == ["OK"]


def test_a_fixed_window_counts_from_its_first_request() -> None:
    """With `account_windows: fixed`, two late requests do not carry over into the next window (H75)."""
    desk = Desk(account_windows="fixed")
    key = desk.key("frank")
    assert opens(desk, key, 1) == ["OK"]
    desk.advance(10 * SECOND - 1)
    assert opens(desk, key, 2) == ["OK", "OK"]
    desk.advance(1)
    assert opens(desk, key, 3) == ["OK", "OK", "OK"]


def test_fifty_in_a_day() -> None:
    """The fifty-first in a day is refused, at its last tick too; a day after the first, the count starts again."""
    desk = Desk()
    key = desk.key("frank")
    for _ in range(50):
        assert opens(desk, key, 1) == ["OK"]
        desk.advance(10 * SECOND)
    assert opens(desk, key, 1) == ["WITHDRAWAL_RATE_LIMITED"]
    desk.advance(DAY - 500 * SECOND - 1)
    assert opens(desk, key, 1) == ["WITHDRAWAL_RATE_LIMITED"]
    desk.advance(1)
    assert opens(desk, key, 1) == ["OK"]


def test_what_counts() -> None:
    """Refused opening requests count in each window with room; second requests and payments by ADDRESS do not (H46)."""
    desk = Desk()
    key = desk.key()
    broken = desk.withdrawal(key, {**TO_BOB, "amount": "-1"})
    unknown = desk.withdrawal(key, by_account("MAIL", "mallory@example.test"))
    for command in (broken, unknown):
        desk.reason(command)
    desk.pay(key, TO_BOB)
    assert opens(desk, key, 2) == ["WITHDRAWAL_RATE_LIMITED"] * 2
    used = {name: window.used for (_, name), window in desk.world.windows.items()}
    assert used == {"withdrawals 10 s": 3, "withdrawals 24 h": 5, "amount 24 h": 2}
    assert all(desk.perform(desk.withdrawal(key, payment())).word == "OK" for _ in range(5))


def test_calls_that_the_gateway_refuses_do_not_count() -> None:
    """A call with a bad signature uses nothing of anybody's window (H46)."""
    desk = Desk()
    command = desk.withdrawal(desk.key("frank"), TO_BOB)
    desk.wall += 5_000
    assert [desk.reason(command) for _ in range(5)] == [Reason.TIMESTAMP_INVALID] * 5
    assert len(desk.world.windows) == 0


def test_windows_are_per_user() -> None:
    """One user's payments use nothing of another's window; two keys of one user share it (H46)."""
    desk = Desk()
    assert opens(desk, desk.key("frank"), 2) == ["OK", "OK"]
    assert opens(desk, desk.key("alice"), 3) == ["OK", "OK", "OK"]
    assert opens(desk, desk.key("frank"), 2) == ["OK", "WITHDRAWAL_RATE_LIMITED"]


def test_amount_cap() -> None:
    """The worth of a day's accepted withdrawals may reach the cap and not exceed it; refused ones use none (H54)."""
    desk = Desk(amount_cap_24h=Decimal(250))
    key = desk.key("frank")
    assert desk.perform(desk.withdrawal(key, payment(amount="150"))).word == "OK"
    assert desk.reason(desk.withdrawal(key, payment(amount="100.000001"))) is Reason.AMOUNT_CAP_EXCEEDED
    assert desk.perform(desk.withdrawal(key, payment(amount="100"))).word == "OK"
    assert desk.reason(desk.withdrawal(key, payment(amount="1"))) is Reason.AMOUNT_CAP_EXCEEDED
    desk.advance(DAY)
    assert desk.perform(desk.withdrawal(key, payment(amount="250"))).word == "OK"


def test_amount_cap_is_in_usdt() -> None:
    """The cap counts what a withdrawal is worth in USDT, and is 999,999 of them where nobody says otherwise (H72)."""
    desk = Desk(amount_cap_24h=Decimal(60_000))
    key = desk.key()
    btc = payment(currency="BTC", chain="btc", amount="1")
    assert desk.pay(key, btc).withdrawal.payout == 1
    assert desk.reason(desk.withdrawal(key, payment(amount="1"))) is Reason.AMOUNT_CAP_EXCEEDED
    usual = Desk()
    key = usual.key()
    usual.pay(key, payment(currency="BTC", chain="btc", amount="16.6666"))
    assert usual.reason(usual.withdrawal(key, payment(amount="3.000001"))) is Reason.AMOUNT_CAP_EXCEEDED
    usual.pay(key, payment(amount="3"))
