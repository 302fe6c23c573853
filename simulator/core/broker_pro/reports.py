"""What a broker's trades come to: sums by day and by user, and what each trade earns. Pure arithmetic on trades."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from typing import Final, TypeVar

from msgspec.structs import replace

from simulator.core import money, spec
from simulator.core.gateway.paging import Span
from simulator.core.money import ZERO
from simulator.core.value import Value
from simulator.core.world import Client, User, World
from simulator.core.world.brokers import Trade, TradeType

K = TypeVar("K", bound=Hashable)
AHEAD: Final = 8 * spec.HOUR
"""How far KuCoin's days are ahead of those of UTC, ms: the sample has a period that begins at 16:00 UTC [H65/days]."""
USUAL_CURRENCY: Final = "USDT"
"""Of a user who has no trade."""
EVERY: Final = frozenset(TradeType)


class Sums(Value, frozen=True):
    """What some trades of one currency come to."""

    spot: Decimal = ZERO
    futures: Decimal = ZERO
    fee: Decimal = ZERO
    commission: Decimal = ZERO
    trades: int = 0

    def plus(self, trade: Trade, commission: Decimal) -> Sums:
        """With one trade more."""
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
        """Of both kinds of trades."""
        return money.add(self.spot, self.futures)


class Earned(Value, frozen=True):
    """Trades with the broker's tag and without it, and the names of the users whose they are."""

    tagged: Sums = Sums()
    untagged: Sums = Sums()
    tag_users: frozenset[str] = frozenset()
    invited_users: frozenset[str] = frozenset()

    def plus(self, trade: Trade, commission: Decimal) -> Earned:
        """With one trade more. One without a tag counts because its user was invited."""
        if trade.tagged:
            return replace(self, tagged=self.tagged.plus(trade, commission), tag_users=_with(self.tag_users, trade))
        invited = _with(self.invited_users, trade)
        return replace(self, untagged=self.untagged.plus(trade, commission), invited_users=invited)

    @property
    def users(self) -> int:
        """How many users traded."""
        return len(self.tag_users | self.invited_users)

    @property
    def volume(self) -> Decimal:
        """With the tag and without."""
        return money.add(self.tagged.volume, self.untagged.volume)

    @property
    def fee(self) -> Decimal:
        """With the tag and without."""
        return money.add(self.tagged.fee, self.untagged.fee)

    @property
    def commission(self) -> Decimal:
        """With the tag and without."""
        return money.add(self.tagged.commission, self.untagged.commission)


class Period(Value, frozen=True):
    """What a day of trades in one currency comes to: from `start` to `end`, ms, both included."""

    start: int
    end: int
    currency: str
    earned: Earned


class BrokerUser(Value, frozen=True):
    """A user of a broker, and what their trades in one currency come to. `tag` "" = none carried it."""

    user: User
    invited: bool
    rcode: str | None
    tag: str
    currency: str
    earned: Earned


class Transaction(Value, frozen=True):
    """A trade, whose it is, and what the broker gets of it."""

    trade: Trade
    user: User
    invited: bool
    rcode: str | None
    tag: str
    commission: Decimal


def _with(users: frozenset[str], trade: Trade) -> frozenset[str]:
    return users if trade.user in users else users | {trade.user}


def day_of(at: int) -> int:
    """When the day of an instant began, ms."""
    return at - (at + AHEAD) % spec.DAY


def counted(
    world: World, client: Client, now: int, types: frozenset[TradeType] = EVERY, span: Span | None = None
) -> list[Trade]:
    """A broker's trades that have happened by now, oldest first. Those of other brokers are not looked at.

    All that carry its tag, and all of the users whom it invited [H65/untagged]. One that lies ahead of the business
    clock has not happened yet.
    """
    invited, span = frozenset(client.invited), span or Span()
    return [
        each
        for each in world.broker_book(client.client_id).trades
        if each.at <= now and each.type in types and each.at in span and (each.tagged or each.user in invited)
    ]


def commission(world: World, trade: Trade) -> Decimal:
    """The broker's part of the fee. It is exact: nothing says how KuCoin rounds."""
    return money.multiply(trade.fee, world.choices.broker_commission_rate)


def _by(world: World, trades: Iterable[Trade], key: Callable[[Trade], K]) -> dict[K, Earned]:
    found: dict[K, Earned] = {}
    for trade in trades:
        place = key(trade)
        found[place] = found.get(place, Earned()).plus(trade, commission(world, trade))
    return found


def periods(world: World, trades: Iterable[Trade]) -> list[Period]:
    """A row for each day and currency of these trades, the newest day first."""
    found = _by(world, trades, lambda trade: (day_of(trade.at), trade.currency))
    return [
        Period(start, start + spec.DAY - 1, currency, earned)
        for (start, currency), earned in sorted(found.items(), key=lambda each: (-each[0][0], each[0][1]))
    ]


def users(world: World, client: Client, trades: Iterable[Trade]) -> list[BrokerUser]:
    """A row for each user and currency: all who have authorized the broker, were invited, or have traded; by uid.

    Who has taken the consent back stays, as the keys do. [H65/users]
    """
    found = _by(world, trades, lambda trade: (trade.user, trade.currency))
    traded = {name for name, _ in found}
    for name in {*world.clientele(client.client_id).users, *client.invited} - traded:
        found[name, USUAL_CURRENCY] = Earned()
    rows = [
        BrokerUser(
            world.users[name],
            *_relation(client, name),
            client.partner if earned.tagged.trades else "",
            currency,
            earned,
        )
        for (name, currency), earned in found.items()
    ]
    return sorted(rows, key=lambda each: (each.user.uid, each.currency))


def transactions(world: World, client: Client, trades: Iterable[Trade]) -> list[Transaction]:
    """A row for each trade, in their order."""
    return [
        Transaction(
            each,
            world.users[each.user],
            *_relation(client, each.user),
            client.partner if each.tagged else "",
            commission(world, each),
        )
        for each in trades
    ]


def _relation(client: Client, user: str) -> tuple[bool, str | None]:
    """Whether the broker has invited the user, and with which code."""
    invited = user in client.invited
    return invited, (client.rcode or None) if invited else None
