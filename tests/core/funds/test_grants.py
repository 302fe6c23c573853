"""Money that comes from nowhere: it has rows in the ledgers, so that an audit's sum is the balance."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal

from msgspec.structs import replace
from support.demo_world import demo_world
from support.deposits_and_transfers import arrive, move
from support.desk import START, Desk, payment

from simulator import load
from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.account.ledgers import LedgersListed, ListLedgers
from simulator.core.control.administration import DeleteUser
from simulator.core.funds.grants import LINES, granted, opened
from simulator.core.funds.ledger import movements
from simulator.core.mint import OBJECT_KINDS
from simulator.core.spec import DAY
from simulator.core.world import Account, User, World, with_user
from simulator.core.world.users import NEW_YEAR
from simulator.scenario.given import amending


def unexplained(world: World) -> dict[tuple[str, str, str], Decimal]:
    """What the accounts show beyond the sum of the rows, or less than it."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for wallet in world.wallets.values():
        for account in wallet.every:
            sums[wallet.user, account.type, account.currency] += account.balance
    for movement in movements(world):
        sums[movement.user, movement.account, movement.currency] -= movement.balance
    return {place: amount for place, amount in sums.items() if amount}


def test_every_balance_has_its_rows() -> None:
    """In a scenario's world the rows add up to the balances, whatever happens later; each is of the registration."""
    world = load("demo").world
    assert unexplained(world) == {}
    assert {movement.at for movement in movements(world)} == {NEW_YEAR}
    desk = Desk(opened(demo_world()))
    assert unexplained(demo_world()) != {}
    key = desk.own_key("alice")
    desk.pay(desk.key("frank"), payment())
    desk.perform(arrive("25"))
    for target in ("TRADE", "MARGIN", "CONTRACT"):
        desk.perform(move(key, clientOid=target, toAccountType=target))
    assert unexplained(desk.world) == {}


def test_a_client_finds_the_row() -> None:
    """An audit that walks from the registration on meets the opening balance, and the rows add up to the balance."""
    world = demo_world()
    world = world.put(world.wallet("alice").having(Account("USDT", "trade", Decimal(7))))
    desk = Desk(opened(world))
    key = desk.own_key("alice")
    desk.perform(move(key, amount="100"))
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    ids = []
    for day in range(NEW_YEAR, START + DAY, DAY):
        span = {"startAt": str(day), "endAt": str(day + DAY - 1), "pageSize": "500"}
        for row in desk.do(ListLedgers(key.sign(method="GET", path="/x"), span), LedgersListed).page.items:
            sums[row.account, row.currency] += row.amount if row.direction == "in" else -row.amount
            ids.append(row.id)
    assert sums == {("MAIN", "USDT"): 999_900, ("MAIN", "BTC"): 100, ("TRADE", "USDT"): 107}
    assert len(set(ids)) == len(ids) == 5


def test_what_such_a_row_says() -> None:
    """A bonus without an order; in the ledger of the trading account, which has no bonus, it is something else."""
    world = demo_world(hf_ledger_window="any")
    world = world.put(world.wallet("bob").having(Account("USDT", "trade", Decimal(7))))
    desk = Desk(opened(world))
    read = desk.key("bob").sign(method="GET", path="/x")
    span = {"startAt": str(NEW_YEAR)}
    rows = desk.do(ListLedgers(read, span), LedgersListed).page.items
    assert {(row.account, int(row.amount), row.biz_type, row.direction, row.context) for row in rows} == {
        ("MAIN", 1000, "KUCOIN_BONUS", "in", ""),
        ("TRADE", 7, "KUCOIN_BONUS", "in", ""),
    }
    [traded] = desk.do(ListHfLedgers(read, span), HfLedgersListed).rows
    assert (traded.line.biz_type, int(traded.balance), traded.line.context) == ("OTHER", 7, "")
    assert desk.do(ListHfLedgers(read, {**span, "bizType": "TRANSFER"}), HfLedgersListed).rows == ()
    assert desk.do(ListLedgers(read, {**span, "direction": "out"}), LedgersListed).page.items == ()


def test_what_a_hand_does_has_rows() -> None:
    """A changed balance has a row of its instant, in or out; a new user's has one; who goes leaves none behind."""
    desk = Desk(opened(demo_world()))
    for balance, trade in (("1500", "3"), ("200", "3")):
        desk.advance(1_000)
        text = json.dumps({"balances": {"USDT": balance}, "trade": {"USDT": trade}})
        desk.perform(amending.change_user(desk.world, desk.world.users["bob"], text))
        assert unexplained(desk.world) == {}
    rows = [(row.kind, row.at - START, row.account, int(row.balance)) for row in movements(desk.world, "bob")]
    assert rows == [
        ("taken", 2_000, "main", -1300),
        ("given", 1_000, "trade", 3),
        ("given", 1_000, "main", 500),
        ("given", NEW_YEAR - START, "main", 1000),
    ]
    desk.perform(amending.put_user(desk.world, "zoe", json.dumps({"balances": {"USDT": "5", "BTC": "1"}})))
    assert unexplained(desk.world) == {}
    for name in ("zoe", "bob"):
        desk.perform(DeleteUser(name))
        assert {movement.user for movement in movements(desk.world)} & {name} == set()
    assert unexplained(desk.world) == {}


def test_ids_grow_with_time() -> None:
    """Each row of a user has an id of its own, and a later one has a higher id, so that a page can go on from one."""
    desk = Desk(opened(demo_world()))
    key = desk.own_key("alice")
    for number in range(1, 9):
        desk.advance(1_000)
        text = json.dumps({"trade": {"USDT": str(number), "BTC": str(number % 3 + 1)}})
        desk.perform(amending.change_user(desk.world, desk.world.users["alice"], text))
        desk.advance(1_000)
        desk.perform(move(key, clientOid=str(number), amount="1"))
    read = key.sign(method="GET", path="/x", timestamp=desk.wall)
    rows = desk.do(ListHfLedgers(read, {}), HfLedgersListed).rows
    ids = [int(row.line.id) for row in rows]
    assert len(ids) > 16
    assert ids == sorted(set(ids), reverse=True)


def test_a_start_has_the_rows_of_the_start_alone() -> None:
    """What was given before the start is in the balances, so its rows make room for those of the balances."""
    accounts = (Account("USDT", "main", Decimal(5)), Account("BTC", "main", Decimal(1)))
    world = with_user(World(), User("ann", 7), accounts)
    earlier = granted(world, "ann", (Account("USDT", "main", Decimal(3)), Account("ETH", "main", Decimal(-2))), START)
    assert (len(earlier.everybody.given), len(earlier.everybody.taken)) == (1, 1)
    for statement in (opened(earlier).everybody, opened(earlier).statement("ann")):
        assert sorted((row.currency, row.amount) for row in statement.given) == [
            ("BTC", Decimal(1)),
            ("USDT", Decimal(5)),
        ]
        assert not statement.taken


def test_the_id_of_a_row_by_hand() -> None:
    """It begins with the second of its instant; rows of one call follow each other by number, place and counter."""
    accounts = tuple(Account(f"C{number}", "main", Decimal(1)) for number in range(LINES + 2))
    world = granted(with_user(replace(World(), step=2), User("ann", 7)), "ann", accounts, START + 999)
    ids = [row.id for row in reversed([*world.everybody.given])]
    assert ids == [
        f"{START // 1000:08x}{number + 1:09x}{number % LINES:x}{2 * LINES + number // LINES:06x}"
        for number in range(LINES + 2)
    ]
    assert len(OBJECT_KINDS) == LINES
