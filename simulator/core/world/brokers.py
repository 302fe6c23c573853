"""What a broker earns by: the trades of its users, and the rebate files that it has asked for.

A scenario can say what trades there were; those that orders make here come to them. Money is `Decimal`, instants are ms
since 1970.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique
from operator import attrgetter
from typing import ClassVar, Literal

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.value import Value
from simulator.core.world.orders import Fill
from simulator.core.world.stack import Stack, stacked


@unique
class TradeType(Enum):
    """Broker Pro's `tradeType`, of the newer version of its calls."""

    SPOT = "SPOT"
    FUTURE = "FUTURE"


class Trade(Value, frozen=True):
    """A trade of a user. `number` is its place among those that are given, from 1, older ones first; or a fill's own.

    `volume` and `fee` are of `currency`. `tagged` = its order carried the broker's tag.
    """

    number: int
    user: str
    at: int
    type: TradeType
    volume: Decimal
    fee: Decimal
    tagged: bool = True
    currency: Literal["USDT", "USDC"] = "USDT"


class RebateFile(Value, frozen=True):
    """A file of trades that a broker has asked for: both days (YYYYMMDD) included. `begun_at` = when first."""

    begin: str
    end: str
    type: TradeType
    begun_at: int = 0


class BrokerBook(Value, frozen=True):
    """What Broker Pro knows of a client: its trades, oldest first, and the files that are prepared for it.

    `trades` are those that were given, `fills` those of orders that carried the client's tag. Only the newest files are
    kept, so that a book does not grow with the calls.
    """

    CAPACITY: ClassVar[int] = 50

    client_id: str
    trades: tuple[Trade, ...] = ()
    files: tuple[RebateFile, ...] = ()
    fills: Stack[Fill] = Stack()

    @property
    def key(self) -> str:
        """Its place in `World.broker_books`."""
        return self.client_id

    def having(self, file: RebateFile) -> BrokerBook:
        """The book with a newer file on top."""
        return replace(self, files=(file, *self.files)[: self.CAPACITY])

    def with_fill(self, fill: Fill) -> BrokerBook:
        """The book with a fill of an order that carried the client's tag."""
        return replace(self, fills=self.fills.having(fill, fill.at, fill.id))

    def without(self, user: str) -> BrokerBook:
        """The book without a user's trades. The others keep their numbers."""
        trades = tuple(trade for trade in self.trades if trade.user != user)
        fills = stacked(reversed([fill for fill in self.fills if fill.user != user]), attrgetter("at", "id"))
        return BrokerBook(self.client_id, trades, self.files, fills)


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
