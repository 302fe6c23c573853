"""`/account/balance`: each movement of money, with the account as it stood after it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from simulator.core import money
from simulator.core.funds.ledger import SOURCES, Kind, Movement, RowOrder, movement, order_of
from simulator.core.mint import account_id
from simulator.core.money import plain
from simulator.core.stream.message import Push, Transition
from simulator.core.world import Account, World
from simulator.core.world.wallets import TAG

TOPIC: Final = "/account/balance"
EVENTS: Final[dict[str, str]] = {
    "hold": "withdraw_hold",
    "debit": "withdraw_done",
    "credit": "deposit",
    "deposit": "deposit",
    "transfer_out": "transfer",
    "transfer_in": "transfer",
    "order_hold": "hold",
    "order_release": "hold",
    "trade_out": "setted",
    "trade_in": "setted",
}
"""KuCoin's words for movements; what is not here is `other` [H127/events]."""
OF_MAIN: Final = ("withdraw_hold", "withdraw_done", "deposit")
"""Words that only the main account has."""
OF_ORDERS: Final = ("hold", "setted")


def messages(change: Transition) -> Iterator[Push]:
    """The messages of all users whose money has moved [H127/balance]."""
    for user in change.keys("statements"):
        if user in change.after.users:
            yield from _of_user(change, user)


def movements(change: Transition, user: str) -> list[Movement]:
    """What has moved the user's money, in order."""
    before, after = change.before.statement(user), change.after.statement(user)
    rows: list[tuple[RowOrder, Any]] = []
    for kind, source in SOURCES.items():
        new, known = getattr(after, source.stack), getattr(before, source.stack)
        if new is not known:
            order = order_of(kind)
            rows += [(order(row), row) for row in islice(new, max(0, len(new) - len(known)))]
    rows.sort(key=lambda row: row[0])
    return [movement(change.after, order, row) for order, row in rows]


def _of_user(change: Transition, user: str) -> Iterator[Push]:
    wallet = change.before.wallet(user)
    for moved in movements(change, user):
        known = wallet.account(moved.currency, moved.account)
        account = Account(
            moved.currency,
            moved.account,
            money.add(known.balance, moved.balance),
            money.add(known.holds, moved.holds),
        )
        wallet = wallet.having(account)
        yield _message(change.after, moved, account)


def event_of(kind: Kind, account: str) -> str:
    """KuCoin's word for a movement on an account, such as `main.withdraw_hold`."""
    word = EVENTS.get(kind, "other")
    if (word in OF_MAIN and account != "main") or (word in OF_ORDERS and account == "main"):
        word = "other"
    name, _, tag = account.partition(TAG)
    return f"{name}_{tag}.{word}" if tag else f"{name}.{word}"


def _message(world: World, moved: Movement, account: Account) -> Push:
    available = money.subtract(moved.balance, moved.holds)
    data = {
        "accountId": account_id(world, moved.user, account.type, account.currency),
        "currency": account.currency,
        "total": plain(account.balance),
        "available": plain(account.available),
        "hold": plain(account.holds),
        "availableChange": plain(available),
        "holdChange": plain(moved.holds),
        "relationContext": _context(world, moved),
        "relationEvent": event_of(moved.kind, account.type),
        "relationEventId": moved.of,
        "time": str(moved.at),
    }
    return Push(TOPIC, "account.balance", data, moved.user, moved.of)


def _context(world: World, moved: Movement) -> dict[str, str]:
    """The order, and the trade, that moved the money; nothing if none did."""
    order = world.orders.get(moved.of)
    if order is None:
        return {}
    trade = {} if moved.fill is None else {"tradeId": str(moved.fill.trade_id)}
    return {"symbol": order.terms.symbol, "orderId": order.id, **trade}
