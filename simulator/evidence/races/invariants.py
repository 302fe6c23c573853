"""What must hold after every order of calls: money, holds, the pair of tokens, and the counts of keys.

The rows that a race touched are compared with those before it, so the cost does not depend on what the world holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from simulator.core import money
from simulator.core.fast_api.tokens import TokensIssued
from simulator.core.money import ZERO, plain
from simulator.core.refusals import Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import World
from simulator.evidence.races.sameness import RowPlace, row_of

MONEY: Final = "money is conserved"
HOLDS: Final = "holds are what withdrawals under way and active orders will take"
COVERED: Final = "no account has less than it holds"
PAIR: Final = "a consent has one live pair of tokens"
KEYS: Final = "the counts of keys are the keys that there are"


class Broken(Value, frozen=True):
    """An invariant that does not hold, and how one sees it."""

    invariant: str
    detail: str


def broken(
    base: World, world: World, places: Iterable[RowPlace], path: Sequence[tuple[Any, Reply | Refusal]]
) -> Iterator[Broken]:
    """The invariants that held before the calls and do not hold after them. `path` = each call with its result."""
    rows = {place: (row_of(base, place), row_of(world, place)) for place in places}
    yield from _money(rows)
    yield from _holds(rows)
    yield from _keys(base, world, rows)
    yield from _pairs(rows, path)


_Rows = dict[RowPlace, tuple[Any, Any]]


def _money(rows: _Rows) -> Iterator[Broken]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for (table, _), pair in rows.items():
        for sign, row in zip((-1, 1), pair, strict=True):
            if row is None:
                continue
            if table == "wallets":
                for account in row.every:
                    sums[account.currency] = money.add(sums[account.currency], sign * account.balance)
            elif table == "pots":
                sums[row.currency] = money.add(sums[row.currency], sign * row.total)
    for currency, difference in sorted(sums.items()):
        if difference:
            yield Broken(MONEY, f"there is {plain(difference)} {currency} more than before")


def _holds(rows: _Rows) -> Iterator[Broken]:
    differences: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for (table, _), pair in rows.items():
        for sign, row in zip((-1, 1), pair, strict=True):
            if row is None:
                continue
            if table == "wallets":
                for account in row.every:
                    place = (row.user, account.currency)
                    differences[place] = money.add(differences[place], sign * account.holds)
            elif table == "withdrawals" and not row.status.final:
                place = (row.user, row.payment.currency)
                differences[place] = money.subtract(differences[place], sign * row.debit)
            elif table == "orders":
                place = (row.user, row.held_in)
                differences[place] = money.subtract(differences[place], sign * row.held)
        if table == "wallets" and pair[1] is not None:
            for account in pair[1].every:
                if account.available < 0:
                    detail = f"{pair[1].user} has {plain(account.balance)} {account.currency} in {account.type}"
                    yield Broken(COVERED, f"{detail}, and {plain(account.holds)} of it are held")
    for (user, currency), difference in sorted(differences.items()):
        if difference:
            yield Broken(HOLDS, f"{plain(difference)} {currency} of {user} are held for no withdrawal and no order")


def _keys(base: World, world: World, rows: _Rows) -> Iterator[Broken]:
    counts: dict[str, int] = defaultdict(int)
    for (table, _), (old, new) in rows.items():
        if table == "api_keys":
            for sign, row in ((-1, old), (1, new)):
                if row is not None:
                    counts[row.user] += sign
    for user, count in sorted(counts.items()):
        before, after = len(base.key_ring(user).names), len(world.key_ring(user).names)
        if after - before != count:
            yield Broken(KEYS, f"{user} has {after} names of keys, and {before + count} keys")
        keys, limit = after + _foreign(world, user), world.choices.api_key_limit
        if keys > limit >= before + _foreign(base, user):
            yield Broken(KEYS, f"{user} has {keys} keys, and the limit is {limit}")


def _foreign(world: World, user: str) -> int:
    row = world.users.get(user)
    return row.foreign_api_keys if row else 0


def _pairs(rows: _Rows, path: Sequence[tuple[Any, Reply | Refusal]]) -> Iterator[Broken]:
    """Each pair that a call was given has made the one before it invalid, so the last number counts them."""
    issued = sum(isinstance(result, TokensIssued) for _, result in path)
    consents = [pair for (table, _), pair in rows.items() if table == "consents" and pair[1] is not None]
    generations = sum(new.generation - (old.generation if old else 0) for old, new in consents)
    if issued != generations:
        yield Broken(PAIR, f"{issued} pairs were given out, and {generations} times a pair took the place of another")
