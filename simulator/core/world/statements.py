"""What has moved one user's money, or everybody's, newest first: where to look instead of through all tables."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from simulator.core.value import Value
from simulator.core.world.movements import Deposit, Grant, Transfer, Withdrawal
from simulator.core.world.orders import Fill, OrderHold
from simulator.core.world.stack import Stack


class Held(Value, frozen=True):
    """What never changes of a withdrawal or a deposit: enough to choose it without a look at its row."""

    id: str
    user: str
    at: int
    """When it was made, ms."""
    currency: str


class Statement(Value, frozen=True):
    """Everything that has moved a user's money, newest first; and once more everybody's, under the name "".

    A user's history costs what that user has done, however much the others did. Rows that are final are here as they
    are; what is still under way is in its table.
    """

    user: str
    withdrawals: Stack[Held] = Stack()
    paid: Stack[Withdrawal] = Stack()
    """The user's withdrawals that succeeded, by when they did."""
    failed: Stack[Withdrawal] = Stack()
    received: Stack[Withdrawal] = Stack()
    """Withdrawals that were paid to the user inside, by when they were."""
    deposits: Stack[Held] = Stack()
    credited: Stack[Deposit] = Stack()
    """The deposits that were credited, by when they were."""
    transfers: Stack[Transfer] = Stack()
    given: Stack[Grant] = Stack()
    """What the scenario or a hand has put into the user's accounts."""
    taken: Stack[Grant] = Stack()
    order_holds: Stack[OrderHold] = Stack()
    """What orders set aside and gave back, but for what fills took."""
    fills: Stack[Fill] = Stack()

    @property
    def key(self) -> str:
        """Its place in `World.statements`."""
        return self.user

    def with_withdrawal(self, held: Held) -> Statement:
        """The statement with a withdrawal of the user's own, which was accepted."""
        return replace(self, withdrawals=self.withdrawals.having(held, held.at, held.id))

    def with_paid(self, row: Withdrawal) -> Statement:
        """The statement with a withdrawal of the user's own that succeeded."""
        return replace(self, paid=self.paid.having(row, row.updated_at, row.id))

    def with_failed(self, row: Withdrawal) -> Statement:
        """The statement with a withdrawal of the user's own that failed."""
        return replace(self, failed=self.failed.having(row, row.updated_at, row.id))

    def with_received(self, row: Withdrawal) -> Statement:
        """The statement with a withdrawal that was paid to the user."""
        return replace(self, received=self.received.having(row, row.updated_at, row.id))

    def with_deposit(self, held: Held) -> Statement:
        """The statement with a deposit that arrived."""
        return replace(self, deposits=self.deposits.having(held, held.at, held.id))

    def with_credited(self, row: Deposit) -> Statement:
        """The statement with a deposit that was credited."""
        return replace(self, credited=self.credited.having(row, row.updated_at, row.id))

    def with_transfer(self, row: Transfer) -> Statement:
        """The statement with a transfer."""
        return replace(self, transfers=self.transfers.having(row, row.created_at, row.id))

    def with_given(self, row: Grant) -> Statement:
        """The statement with money that was put into an account."""
        return replace(self, given=self.given.having(row, row.at, row.id))

    def with_taken(self, row: Grant) -> Statement:
        """The statement with money that was taken out of an account."""
        return replace(self, taken=self.taken.having(row, row.at, row.id))

    def with_order_hold(self, row: OrderHold) -> Statement:
        """The statement with money that an order set aside or gave back."""
        return replace(self, order_holds=self.order_holds.having(row, row.at, row.id))

    def with_fill(self, row: Fill) -> Statement:
        """The statement with a fill of the user's."""
        return replace(self, fills=self.fills.having(row, row.at, row.id))


EVERYBODY: Final = Statement("")
"""Everybody's, while nothing has moved."""
