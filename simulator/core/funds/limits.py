"""Rolling limits, "calculated on a rolling basis based on the first request time" (s8.2).

A window opens with the first use and closes when its length has passed; the next use opens another.
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
    """Use `amount` of the window; the answer is the total used in it. `length` is ms of the business clock.

    [s8.2/rolling]
    """
    window = _open(books, user, name, length, now)
    opened_at, used = (window.opened_at, window.used) if window else (now.business, ZERO)
    window = Window(user, name, opened_at, money.add(used, amount))
    return books.put(window), window.used


def _open(books: World | Draft, user: str, name: str, length: int, now: Now) -> Window | None:
    """The user's window, if it has not closed yet."""
    window = books.window(user, name)
    return window if window is not None and now.business < window.opened_at + length else None


def count_account_withdrawal(world: World, user: str, now: Now) -> World:
    """One opening request by UID, MAIL or PHONE. It counts in both windows even when one refuses it [H46/counting]."""
    over = ""
    for name, length, times in spec.ACCOUNT_WINDOWS:
        world, used = use(world, user, f"withdrawals {name}", length, Decimal(1), now)
        if used > times and not over:
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
