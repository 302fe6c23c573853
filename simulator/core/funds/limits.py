"""Rolling limits, "calculated on a rolling basis based on the first request time" (s8.2).

A sliding window counts what came within its length before now. A fixed one opens with the first use and closes when its
length has passed; the next use opens another.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core import money, spec
from simulator.core.money import ZERO
from simulator.core.refusals import Reason, Refusal
from simulator.core.world import Books, Draft, Now, Window, World

AMOUNT_WINDOW: Final = "amount 24 h"
LENGTHS: Final = {
    **{f"withdrawals {name}": length for name, length, _ in spec.ACCOUNT_WINDOWS},
    AMOUNT_WINDOW: spec.DAY,
}
"""Each window's length by its name, ms."""


def use(books: Books, user: str, name: str, length: int, amount: Decimal, now: Now) -> tuple[Books, Decimal]:
    """Use `amount` of a fixed window; the answer is the total used in it. `length` is ms of the business clock."""
    window = _open(books, user, name, length, now)
    opened_at, used = (window.opened_at, window.used) if window else (now.business, ZERO)
    used = money.add(used, amount)
    return books.put(Window(user, name, opened_at, used)), used


def _open(books: World | Draft, user: str, name: str, length: int, now: Now) -> Window | None:
    """The user's window, if it has not closed yet."""
    window = books.window(user, name)
    return window if window is not None and now.business < window.opened_at + length else None


def _slide(world: World, user: str, name: str, length: int, times: int, now: Now) -> tuple[World, bool]:
    """Use a sliding window once if there is room; the answer is whether there was.

    A request counts until the window's length has passed since it. One that finds the window full does not count, or
    else a client that asks again and again would never be let in. So at most `times` instants are kept.

    [s8.2/rolling] [H75/rolling-windows]
    """
    window = world.windows.get((user, name))
    instants: tuple[int, ...] = ()
    if window is not None:  # one that was used while the switch said `fixed` has only its opening
        instants = window.instants or (window.opened_at,) * min(int(window.used), times)
    counted = tuple(instant for instant in instants if now.business < instant + length)
    if len(counted) >= times:
        return world, False
    counted = (*counted, now.business)
    return world.put(Window(user, name, counted[0], Decimal(len(counted)), counted)), True


def _use_once(world: World, user: str, name: str, length: int, times: int, now: Now) -> tuple[World, bool]:
    """Use a window once, as the switch says; the answer is whether there was room."""
    if world.choices.account_windows == "sliding":
        return _slide(world, user, name, length, times, now)
    world, used = use(world, user, name, length, Decimal(1), now)
    return world, used <= times


def count_account_withdrawal(world: World, user: str, now: Now) -> World:
    """One opening request by UID, MAIL or PHONE. It counts in both windows even when one refuses it [H46/counting]."""
    over = ""
    for name, length, times in spec.ACCOUNT_WINDOWS:
        world, room = _use_once(world, user, f"withdrawals {name}", length, times, now)
        if not room and not over:
            over = f"{times} in {name}"
    if over:
        raise Refusal(Reason.WITHDRAWAL_RATE_LIMITED, keep=world, expected=f"at most {over}", received="one more")
    return world


def count_amount(books: Books, user: str, worth_usdt: Decimal, now: Now) -> Books:
    """What an accepted withdrawal takes of the 24-hour cap; nothing gives it back [H72/amount-cap]."""
    cap = books.choices.amount_cap_24h
    books, used = use(books, user, AMOUNT_WINDOW, LENGTHS[AMOUNT_WINDOW], worth_usdt, now)
    if used > cap:
        raise Refusal(Reason.AMOUNT_CAP_EXCEEDED, expected=f"at most {cap} USDT in 24 h", received=f"{used} USDT")
    return books


def amount_used(world: World, user: str, now: Now) -> Decimal:
    """How much of the 24-hour cap is used, USDT."""
    window = _open(world, user, AMOUNT_WINDOW, LENGTHS[AMOUNT_WINDOW], now)
    return window.used if window else ZERO
