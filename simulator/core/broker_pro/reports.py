"""Sums of a broker's trades by day and by user, and the commission of each trade. Pure arithmetic on trades."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Decimal
from typing import Final, Literal, TypeVar

from msgspec.structs import replace

from simulator.core import money, spec
from simulator.core.gateway.paging import Span
from simulator.core.money import ZERO
from simulator.core.value import Value
from simulator.core.world import Client, Fill, User, World
from simulator.core.world.brokers import Trade, TradeType

K = TypeVar("K", bound=Hashable)
AHEAD: Final = 8 * spec.HOUR
"""How long before UTC midnight KuCoin's days begin, ms: in the sample a period begins at 16:00 UTC [H65/days]."""
USUAL_CURRENCY: Final = "USDT"
"""The currency in the row of a user who has no trade."""
EVERY: Final = frozenset(TradeType)
COUNTED: Final[dict[str, Literal["USDT", "USDC"]]] = {"USDT": "USDT", "USDC": "USDC"}
"""The currencies in which Broker Pro counts."""


class Sums(Value, frozen=True):
    """The sums of some trades in one currency."""

    spot: Decimal = ZERO
    futures: Decimal = ZERO
    fee: Decimal = ZERO
    commission: Decimal = ZERO
    trades: int = 0

    def plus(self, trade: Trade, commission: Decimal) -> Sums:
        """The sums with one more trade."""
        spot = trade.type is TradeType.SPOT
        return Sums(
            money.add(self.spot, trade.volume) if spot else self.spot,
            self.futures if spot else money.add(self.futures, trade.volume),
            money.add(self.fee, trade.fee),
            money.add(self.commission, commission),
            self.trades + 1,
        )

    @property
    def volume(self) -> Decimal:
        """The volume of both types of trades."""
        return money.add(self.spot, self.futures)


class Trades(Value, frozen=True):
    """A broker's trades, oldest first; and the quote currencies of fills that are left out, because no report has them.

    Broker Pro counts in USDT and USDC [H124/other-quotes].
    """

    rows: tuple[Trade, ...]
    left_out: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """A note for the journal that names what is left out."""
        if not self.left_out:
            return ()
        return (f"fills in {', '.join(self.left_out)} are left out: Broker Pro counts in USDT and USDC (H124)",)


class Earned(Value, frozen=True):
    """The sums of trades with the broker's tag and without it, and the names of the users who made them."""

    tagged: Sums = Sums()
    untagged: Sums = Sums()
    tag_users: frozenset[str] = frozenset()
    invited_users: frozenset[str] = frozenset()

    def plus(self, trade: Trade, commission: Decimal) -> Earned:
        """The sums with one more trade. A trade without a tag counts because its user was invited."""
        if trade.tagged:
            return replace(self, tagged=self.tagged.plus(trade, commission), tag_users=_with(self.tag_users, trade))
        invited = _with(self.invited_users, trade)
        return replace(self, untagged=self.untagged.plus(trade, commission), invited_users=invited)

    @property
    def users(self) -> int:
        """The number of users who traded."""
        return len(self.tag_users | self.invited_users)

    @property
    def volume(self) -> Decimal:
        """The volume with the tag and without."""
        return money.add(self.tagged.volume, self.untagged.volume)

    @property
    def fee(self) -> Decimal:
        """The fees with the tag and without."""
        return money.add(self.tagged.fee, self.untagged.fee)

    @property
    def commission(self) -> Decimal:
        """The commission with the tag and without."""
        return money.add(self.tagged.commission, self.untagged.commission)


class Period(Value, frozen=True):
    """The sums of a day's trades in one currency: from `start` to `end`, ms, both included."""

    start: int
    end: int
    currency: str
    earned: Earned


class BrokerUser(Value, frozen=True):
    """A user of a broker, and the sums of their trades in one currency. `tag` "" = no trade had the tag."""

    user: User
    invited: bool
    rcode: str | None
    tag: str
    currency: str
    earned: Earned


class BrokerTransaction(Value, frozen=True):
    """A trade, its user, and the broker's commission."""

    trade: Trade
    user: User
    invited: bool
    rcode: str | None
    tag: str
    commission: Decimal


def _with(users: frozenset[str], trade: Trade) -> frozenset[str]:
    return users if trade.user in users else users | {trade.user}


def day_of(at: int) -> int:
    """The instant at which the day of another instant began, ms."""
    return at - (at + AHEAD) % spec.DAY


def trades_of(
    world: World, client: Client, now: int, types: frozenset[TradeType] = EVERY, span: Span | None = None
) -> Trades:
    """A broker's trades up to now, oldest first: those that were given, and the fills of orders.

    Trades with the broker's tag count, and all trades of the users whom it invited [H65/untagged]. The fills of other
    brokers are not read. A trade that is ahead of the business clock has not happened yet. [H124/fills]
    """
    invited, span = frozenset(client.invited), span or Span()
    rows = [
        trade
        for trade in world.broker_book(client.client_id).trades
        if trade.at <= now and trade.type in types and trade.at in span and (trade.tagged or trade.user in invited)
    ]
    others: set[str] = set()
    for fill, tagged in _fills(world, client) if TradeType.SPOT in types else ():
        if fill.at <= now and fill.at in span:
            if currency := COUNTED.get(fill.quote):
                trade = Trade(fill.number, fill.user, fill.at, TradeType.SPOT, fill.funds, fill.fee, tagged, currency)
                rows.append(trade)
            else:
                others.add(fill.quote)
    rows.sort(key=place_of)
    return Trades(tuple(rows), tuple(sorted(others)))


def _fills(world: World, client: Client) -> Iterator[tuple[Fill, bool]]:
    """The fills that count for a broker, each with whether its order carried the broker's tag."""
    for fill in world.broker_book(client.client_id).fills:
        yield fill, True
    for user in client.invited:
        for fill in world.statement(user).fills:
            order = world.orders[fill.order_id]
            if not (order.tagged and order.client_id == client.client_id):
                yield fill, False


def place_of(trade: Trade) -> tuple[int, int]:
    """The order of trades: by time, then by number."""
    return trade.at, trade.number


def commission(world: World, trade: Trade) -> Decimal:
    """The broker's part of the fee. It is not rounded, because KuCoin does not publish how it rounds."""
    return money.multiply(trade.fee, world.choices.broker_commission_rate)


def _by(world: World, trades: Iterable[Trade], key: Callable[[Trade], K]) -> dict[K, Earned]:
    sums: dict[K, Earned] = {}
    for trade in trades:
        group = key(trade)
        sums[group] = sums.get(group, Earned()).plus(trade, commission(world, trade))
    return sums


def periods(world: World, trades: Iterable[Trade]) -> list[Period]:
    """A row for each day and currency of these trades, the newest day first."""
    sums = _by(world, trades, lambda trade: (day_of(trade.at), trade.currency))
    return [
        Period(start, start + spec.DAY - 1, currency, earned)
        for (start, currency), earned in sorted(sums.items(), key=lambda item: (-item[0][0], item[0][1]))
    ]


def users(world: World, client: Client, trades: Iterable[Trade]) -> list[BrokerUser]:
    """A row for each user and currency, by uid: users who have authorized the broker, were invited, or have traded.

    A user whose consent was revoked stays in the list, because the keys stay, too. [H65/users]
    """
    sums = _by(world, trades, lambda trade: (trade.user, trade.currency))
    traders = {name for name, _ in sums}
    for name in {*world.clientele(client.client_id).users, *client.invited} - traders:
        sums[name, USUAL_CURRENCY] = Earned()
    rows = [
        BrokerUser(
            world.users[name],
            *_relation(client, name),
            client.partner if earned.tagged.trades else "",
            currency,
            earned,
        )
        for (name, currency), earned in sums.items()
    ]
    return sorted(rows, key=lambda row: (row.user.uid, row.currency))


def transactions(world: World, client: Client, trades: Iterable[Trade]) -> list[BrokerTransaction]:
    """A row for each trade, in their order."""
    return [
        BrokerTransaction(
            trade,
            world.users[trade.user],
            *_relation(client, trade.user),
            client.partner if trade.tagged else "",
            commission(world, trade),
        )
        for trade in trades
    ]


def _relation(client: Client, user: str) -> tuple[bool, str | None]:
    """(True if the broker invited the user, the invitation code or None)."""
    invited = user in client.invited
    return invited, (client.rcode or None) if invited else None
