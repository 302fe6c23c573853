"""Checks of an imported state's derived figures: holds, fees and pots, users of keys, the step.

These figures are stored for speed and follow from other data, so they can disagree with it. The rules rely on them:
money that is held for no withdrawal never comes back, and a withdrawal without a hold takes money of others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

from simulator.core import money
from simulator.core.choices import After
from simulator.core.funds.settlement import settles_by_itself
from simulator.core.mint import OBJECT_KINDS, workspace_mark
from simulator.core.money import ZERO, plain
from simulator.core.world import MadeBy, WithdrawalStatus, World

Mismatch = tuple[str, str]
"""(path below `state`, what is wrong there)."""
Holds = dict[tuple[str, str, str], Decimal]
"""What is held of each user's accounts, by user, type of account and currency."""
HOLDERS: Final = {"main": "withdrawals under way take from", "trade": "active orders hold in"}
NOTHING: Final = "anything can hold in"
SUMS: Final = {
    "service_fee": "the fees of what was paid",
    "network_fee": "the fees of what was paid",
    "traded": "what fills gave to the other side, less what they took from it",
    "trading_fee": "the fees of all fills",
}
"""The sums in a pot, and what each is the sum of."""
STEPS: Final = 0x1000000 // len(OBJECT_KINDS)
"""After so many steps the counter in an id starts again."""


def problems(world: World) -> Iterator[Mismatch]:
    """The figures that do not follow from the tables. Each table is read once."""
    holds: Holds = defaultdict(lambda: ZERO)
    fees: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for name, withdrawal in world.withdrawals.items():
        place, currency = f".world.withdrawals[{name}]", withdrawal.payment.currency
        total = money.add(withdrawal.payout, money.add(withdrawal.service_fee, withdrawal.network_fee))
        if withdrawal.debit != total:
            yield f"{place}.debit", f"must be the payout and both fees, {plain(total)}"
        if not withdrawal.status.final:
            owner = (withdrawal.user, "main", currency)
            holds[owner] = money.add(holds[owner], withdrawal.debit)
        if withdrawal.status is WithdrawalStatus.SUCCESS:
            for pot, fee in (("service_fee", withdrawal.service_fee), ("network_fee", withdrawal.network_fee)):
                fees[pot, currency] = money.add(fees[pot, currency], fee)
    for order in world.orders.values():
        if order.status.active:
            owner = (order.user, "trade", order.held_in)
            holds[owner] = money.add(holds[owner], order.held)
        for fill in order.fills:
            for name, currency, amount in fill.sums:
                fees[name, currency] = money.add(fees[name, currency], amount)
    yield from _wallets(world, holds)
    yield from _pots(world, fees)
    yield from _waiting(world)
    yield from _keys(world)
    yield from _steps(world)


def _wallets(world: World, held: Holds) -> Iterator[Mismatch]:
    """Mismatches of holds: they must equal what withdrawals under way and active orders take, each of its account."""
    for user, wallet in world.wallets.items():
        place = f".world.wallets[{user}].accounts"
        for before, after in pairwise(wallet.accounts):
            if (before.type, before.currency) >= (after.type, after.currency):
                yield place, f"{after.currency} in {after.type} must be there once, ordered by type and currency"
        for number, account in enumerate(wallet.accounts):
            due = held.pop((user, account.type, account.currency), ZERO)
            if account.holds != due:
                detail = f"must be {plain(due)}, what {HOLDERS.get(account.type, NOTHING)} {account.type}"
                yield f"{place}[{number}].holds", detail
            if account.available < 0:
                yield f"{place}[{number}].balance", "must not be less than its holds"
        for (kind, currency), account in wallet.isolated.items():
            if account.holds:
                yield f".world.wallets[{user}].isolated[{kind},{currency}].holds", "must be 0: nothing is paid from it"
            if account.available < 0:
                yield f".world.wallets[{user}].isolated[{kind},{currency}].balance", "must not be less than 0"
    for (user, kind, currency), due in held.items():
        if due:
            yield f".world.wallets[{user}].accounts", f"{currency} in {kind} is missing; it must hold {plain(due)}"


def _pots(world: World, fees: dict[tuple[str, str], Decimal]) -> Iterator[Mismatch]:
    """Mismatches of the sums in pots: they must be the fees of the paid withdrawals, and what fills make of them."""
    for currency in dict.fromkeys((*(currency for _, currency in fees), *world.pots)):
        pot = world.pot(currency)
        for name, source in SUMS.items():
            total = fees.get((name, currency), ZERO)
            if getattr(pot, name) != total:
                yield f".world.pots[{currency}].{name}", f"must be {plain(total)}, {source}"


def _waiting(world: World) -> Iterator[Mismatch]:
    """If withdrawals settle by time: those that wait and are missing in `unsettled`."""
    if isinstance(world.choices.settlement, After):
        waiting = set(world.unsettled.places.values())
        for name, withdrawal in world.withdrawals.items():
            if settles_by_itself(withdrawal) and name not in waiting:
                yield f".world.withdrawals[{name}]", "is missing in unsettled, so that it would never settle"


def _keys(world: World) -> Iterator[Mismatch]:
    for name, key in world.api_keys.items():
        user = world.users.get(key.user)
        if user is not None and key.uid != user.uid:
            yield f".world.api_keys[{name}].uid", f"must be {user.uid}, that of {key.user}"


def _steps(world: World) -> Iterator[Mismatch]:
    """A mismatch if an id is from a later step: the same id would be minted again and replace the row."""
    mark = workspace_mark(world.workspace)
    tables = (world.codes, world.consents, world.transactions, world.withdrawals, world.deposits)
    minted = [name for table in tables for name in table]
    minted += [name for name, key in world.api_keys.items() if key.made_by is MadeBy.CONSENT]
    minted += [transfer.id for transfer in world.transfers.values()]
    latest = max((_step(name) for name in minted if name[8:18] == mark), default=0)
    if world.step < min(latest, STEPS):
        yield ".world.step", f"must be at least {latest}: there are ids of that step"


def _step(id: str) -> int:
    """The step that an id was minted in, from its counter; 0 if it has none."""
    try:
        return int(id[18:24], 16) // len(OBJECT_KINDS)
    except ValueError:
        return 0
