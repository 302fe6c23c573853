"""What has happened to a user's money, beside withdrawals: deposits and transfers; and where to find all of it.

All are frozen; a change makes a new one. Instants are milliseconds of the business clock; money is `Decimal`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique

from msgspec.structs import replace
from rpds import HashTrieMap, List

from simulator.core.holdings import Withdrawal
from simulator.core.parties import ApiKey, DepositAddress
from simulator.core.stack import Stack
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


class Held(Value, frozen=True):
    """What never changes of a withdrawal or a deposit: enough to choose it without a look at its row."""

    id: str
    user: str
    at: int
    """When it was made, ms."""
    currency: str


class Issued(Value, frozen=True):
    """What never changes of a consent or an API key. `id` is its place in its table, `at` when it was made, ms."""

    id: str
    user: str
    client_id: str
    at: int
    own: bool = False
    """Whether it is a key that a broker made for itself."""


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


class KeyRing(Value, frozen=True):
    """The names of a user's API keys, each with its key. No two keys of a user have the same name (s4)."""

    user: str
    names: HashTrieMap[str, str] = HashTrieMap()

    @property
    def key(self) -> str:
        """Its place in `World.key_rings`."""
        return self.user

    def having(self, key: ApiKey) -> KeyRing:
        """The ring with that key."""
        return KeyRing(self.user, self.names.insert(key.api_name, key.api_key))

    def without(self, key: ApiKey) -> KeyRing:
        """The ring without that key."""
        return KeyRing(self.user, self.names.discard(key.api_name))


class Spot(Value, frozen=True):
    """A user's own deposit addresses of one currency by one chain: the first of them, and how many there are."""

    first: DepositAddress
    count: int


class DepositBook(Value, frozen=True):
    """The deposit addresses that a user has created, beside those that the scenario gives. Newest first."""

    user: str
    addresses: List[DepositAddress] = List()
    spots: HashTrieMap[tuple[str, str], Spot] = HashTrieMap()
    """By (currency, chainId)."""

    @property
    def key(self) -> str:
        """Its place in `World.deposit_books`."""
        return self.user

    def having(self, address: DepositAddress) -> DepositBook:
        """The book with one more address."""
        place = (address.currency, address.chain)
        spot = self.spots.get(place)
        spot = Spot(address, 1) if spot is None else Spot(spot.first, spot.count + 1)
        return DepositBook(self.user, self.addresses.push_front(address), self.spots.insert(place, spot))
