"""What has happened to a user's money, beside withdrawals: deposits and transfers; and where to find all of it.

All are frozen; a change makes a new one. Instants are milliseconds of the business clock; money is `Decimal`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique

from msgspec.structs import replace
from rpds import HashTrieMap, List

from simulator.core.value import Value


@unique
class DepositStatus(Enum):
    """The states of a deposit that happen here, of KuCoin's longer list (H68)."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"


class Deposit(Value, frozen=True):
    """Money that came by a chain to an address of a user; it is theirs once it has enough confirmations."""

    id: str
    user: str
    currency: str
    chain: str
    address: str
    memo: str
    amount: Decimal
    account: str
    """The type of the account that gets it: `main` or `trade`."""
    wallet_tx_id: str
    confirmed: int
    """How many confirmations it had when it arrived."""
    confirms: int
    """How many it needs to be credited."""
    pre_confirms: int
    status: DepositStatus
    created_at: int
    updated_at: int

    @property
    def key(self) -> str:
        """Its place in `World.deposits`."""
        return self.id

    @property
    def missing(self) -> int:
        """How many confirmations it still needed when it arrived."""
        return self.confirms - self.confirmed


class Transfer(Value, frozen=True):
    """Money that a user moved from one of their accounts to another. Accounts go by their types, lower case."""

    id: str
    user: str
    client_oid: str
    currency: str
    amount: Decimal
    source: str
    target: str
    created_at: int

    @property
    def key(self) -> tuple[str, str]:
        """Its place in `World.transfers`: a `clientOid` names one transfer of a user (H69)."""
        return (self.user, self.client_oid)


class Clientele(Value, frozen=True):
    """The users who have ever authorized a client, by name, each with the consent that was the first.

    What a broker asks about its users costs what it has of them, however many the others have.
    """

    client_id: str
    users: HashTrieMap[str, str] = HashTrieMap()

    @property
    def key(self) -> str:
        """Its place in `World.clienteles`."""
        return self.client_id

    def having(self, user: str, consent: str) -> Clientele:
        """The clientele with that user; who is there already stays as they are."""
        return self if user in self.users else Clientele(self.client_id, self.users.insert(user, consent))

    def without(self, user: str) -> Clientele:
        """The clientele without that user."""
        return Clientele(self.client_id, self.users.discard(user))


class Statement(Value, frozen=True):
    """Everything that has moved a user's money, newest first, by its place in its table.

    A user's history costs what that user has done, however much the others did.
    """

    user: str
    withdrawals: List[str] = List()
    received: List[str] = List()
    """Withdrawals of others that were paid to the user inside."""
    deposits: List[str] = List()
    transfers: List[str] = List()
    """Their `clientOid`s."""

    @property
    def key(self) -> str:
        """Its place in `World.statements`."""
        return self.user

    def with_withdrawal(self, id: str) -> Statement:
        """The statement with a withdrawal of the user's own on top."""
        return replace(self, withdrawals=self.withdrawals.push_front(id))

    def with_received(self, id: str) -> Statement:
        """The statement with a withdrawal of somebody else's that was paid to the user."""
        return replace(self, received=self.received.push_front(id))

    def with_deposit(self, id: str) -> Statement:
        """The statement with a deposit on top."""
        return replace(self, deposits=self.deposits.push_front(id))

    def with_transfer(self, transfer: Transfer) -> Statement:
        """The statement with a transfer on top."""
        return replace(self, transfers=self.transfers.push_front(transfer.client_oid))
