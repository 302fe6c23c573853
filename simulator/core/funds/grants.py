"""Money that comes from nowhere: what a scenario gives at the start, and what a hand gives and takes later.

It has rows in the ledger, so that the rows of an account add up to its balance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.mint import OBJECT_KINDS
from simulator.core.world import Account, Grant, World
from simulator.core.world.statements import EVERYBODY

LINES: Final = len(OBJECT_KINDS)
"""Rows of a step that one number in an id can tell apart, see `account.ledgers.line_number`."""


def opened(world: World) -> World:
    """The world in which every balance has a row, of the instant when its user registered [H83/opening].

    The world is new: what rows there are, are those of balances that were changed before the start.
    """
    world = replace(world, statements=HashTrieMap(), everybody=EVERYBODY)
    users = sorted(world.users.values(), key=lambda user: (user.registered_at, user.name))
    for user in users:
        world = granted(world, user.name, world.wallet(user.name).every, user.registered_at)
    return world


def granted(world: World, user: str, accounts: Iterable[Account], at: int) -> World:
    """The world with a row for what each account was given, or lost if its balance is less than 0 [H83/by-hand]."""
    statement, everybody = world.statement(user), world.everybody
    changed = [account for account in accounts if account.balance]
    for slot, account in enumerate(changed):
        latest = max(everybody.given.id[8:17], everybody.taken.id[8:17]) or "0"
        row = Grant(
            id=_id(at, int(latest, 16) + 1, world.step, slot),
            user=user,
            currency=account.currency,
            account=account.type,
            amount=abs(account.balance),
            at=at,
        )
        if account.balance > 0:
            statement, everybody = statement.with_given(row), everybody.with_given(row)
        else:
            statement, everybody = statement.with_taken(row), everybody.with_taken(row)
    return world.put(statement, everybody=everybody) if changed else world


def _id(at: int, serial: int, step: int, slot: int) -> str:
    """24 hex digits: the time in seconds, how many there were before, a place within the counter, the counter.

    No operation that gives or takes mints anything else, so that the counters of its step are free.
    """
    counter = step * len(OBJECT_KINDS) + slot // LINES
    return f"{at // 1000 & 0xFFFFFFFF:08x}{serial & 0xFFFFFFFFF:09x}{slot % LINES:x}{counter & 0xFFFFFF:06x}"
