"""A broker with a key of its own, users whom it has invited, and trades to earn by."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from simulator.core.broker_pro.commission import (
    BrokerTransactionsListed,
    BrokerUsersListed,
    CommissionFound,
    GetCommission,
    ListBrokerTransactions,
    ListBrokerUsers,
)
from simulator.core.broker_pro.rebates import GetRebateV2, LinkError, RebateLinked, opened
from simulator.core.broker_pro.reports import BrokerTransaction, BrokerUser, Period
from simulator.core.spec import DAY, HOUR, AuthGroup
from simulator.core.world import ApiKey, MadeBy, World, with_keys
from simulator.core.world.brokers import BrokerBook, Trade, TradeType
from support.demo_world import demo_world
from support.desk import START, Desk, Key

OWN = Key("b" * 24, "own-secret", "own-passphrase")
SPOT, FUTURE = TradeType.SPOT, TradeType.FUTURE
RCODE = "rDemo1"


def trade(number: int, user: str, at: int, kind: TradeType, volume: str, fee: str, **more: Any) -> Trade:
    return Trade(number, user, at, kind, Decimal(volume), Decimal(fee), **more)


TRADES = (
    trade(1, "alice", START - 3 * DAY, SPOT, "1000", "1"),
    trade(2, "bob", START - 2 * DAY, FUTURE, "5000", "3"),
    trade(3, "bob", START - 2 * DAY + HOUR, SPOT, "200.5", "0.2", tagged=False),
    trade(4, "alice", START - DAY, SPOT, "7", "0.007", currency="USDC"),
    trade(5, "carol", START - DAY, SPOT, "9999", "9.9", tagged=False),
    trade(6, "alice", START + DAY, SPOT, "100", "0.1"),
)
"""Bob is invited, carol is not: her trade is nobody's here. The last one has not happened yet."""


def earning(world: World, trades: tuple[Trade, ...] = TRADES, invited: tuple[str, ...] = ("bob",)) -> World:
    """The world in which the demo broker has its own key, in frank's account, and these trades."""
    own = ApiKey(
        api_key=OWN.api_key,
        secret=OWN.secret,
        passphrase=OWN.passphrase,
        api_name="own",
        user="frank",
        uid=world.users["frank"].uid,
        client_id="demo-broker",
        groups=(AuthGroup.API_COMMON,),
        addressbook_only=False,
        ip_whitelist=(),
        created_at=START,
        made_by=MadeBy.BROKER,
    )
    client = replace(world.clients["demo-broker"], rcode=RCODE, invited=invited)
    return with_keys(world.put(client, BrokerBook("demo-broker", trades)), [own])


# --- what the broker asks
def desk_of(world: World | None = None, **choices: Any) -> Desk:
    """A desk in a world where the broker earns something."""
    return Desk(world or earning(demo_world(**choices)))


def asks(desk: Desk, command: Any, key: Key = OWN, /, **asked: object) -> Any:
    """The command, signed now."""
    signed = key.sign(method="GET", path="/x", timestamp=desk.wall)
    return command(signed, {name: str(value) for name, value in asked.items()})


def periods(desk: Desk, **asked: object) -> list[Period]:
    return list(desk.do(asks(desk, GetCommission, **asked), CommissionFound).periods.items)


def users(desk: Desk, **asked: object) -> list[BrokerUser]:
    return list(desk.do(asks(desk, ListBrokerUsers, **asked), BrokerUsersListed).users.items)


def transactions(desk: Desk, **asked: object) -> list[BrokerTransaction]:
    return list(desk.do(asks(desk, ListBrokerTransactions, **asked), BrokerTransactionsListed).transactions)


def numbers(desk: Desk, **asked: object) -> list[int]:
    return [each.trade.number for each in transactions(desk, **asked)]


def linked(desk: Desk, command: Any = GetRebateV2, **asked: object) -> str:
    days = {"begin": "20260501", "end": "20260601", "tradeType": "SPOT"}
    return desk.do(asks(desk, command, **{**days, **asked}), RebateLinked).url


def follow(desk: Desk, url: str) -> list[int]:
    """The numbers of the trades in the file that a link leads to."""
    parts = urlsplit(url)
    values = dict(parse_qsl(parts.query))
    return [
        each.trade.number for each in opened(desk.world, parts.path, parts.query, values, desk.exchange.clock.now())
    ]


def dead(desk: Desk, url: str) -> str:
    with pytest.raises(LinkError) as caught:
        follow(desk, url)
    return caught.value.why
