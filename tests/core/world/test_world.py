"""The parts that everything else stands on: names, money, accounts, currencies, and the world as a value."""

from __future__ import annotations

import re
from decimal import Decimal, Inexact

import pytest
from msgspec.structs import replace
from support.demo_world import demo_world
from support.desk import START, Desk, payment

from simulator.core import mint, money
from simulator.core.account.accounts import AccountsListed, ListAccounts
from simulator.core.choices import HOLES, Choices
from simulator.core.endpoints import OPERATIONS
from simulator.core.funds.grants import opened
from simulator.core.market.currencies import CurrencyFound, GetCurrency
from simulator.core.market.server import GetServerTime, ServerTime
from simulator.core.refusals import Reason
from simulator.core.world import TABLES, Line, Statement, World


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("100.500", "100.5"),
        ("1E+3", "1000"),
        ("0E-8", "0"),
        ("-0.0", "0"),
        ("0.00000001", "0.00000001"),
        ("-5.10", "-5.1"),
    ],
)
def test_plain_amounts(amount: str, text: str) -> None:
    """An amount is printed in plain digits, without trailing zeros."""
    assert money.plain(Decimal(amount)) == text


def test_sums_are_exact() -> None:
    """A sum that would lose a digit raises instead of rounding."""
    assert money.add(Decimal("1E+60"), Decimal("1E-50")) - Decimal("1E+60") >= 0
    with pytest.raises(Inexact):
        money.add(Decimal("1E+600"), Decimal("1E-600"))


def test_object_ids_look_like_kucoins() -> None:
    """An id is an ObjectId: seconds of the business clock, five bytes that name the workspace, a counter."""
    desk = Desk()
    code = desk.authorize().code
    assert int(code[:8], 16) == START // 1000
    assert code[8:18] == mint.workspace_mark("default") != mint.workspace_mark("other")
    assert re.fullmatch("[0-9a-f]{24}", code)


def test_ids_are_unique() -> None:
    """No two things of any kind share an id."""
    desk = Desk()
    key = desk.key("frank")
    desk.key("frank")
    for _ in range(5):
        desk.pay(key, payment())
    tables = (desk.world.codes, desk.world.consents, desk.world.api_keys, desk.world.withdrawals)
    ids = [each for table in tables for each in table]
    assert len(set(ids)) == len(ids) == 11


def test_secrets_depend_on_seed_and_workspace() -> None:
    """Another seed or workspace gives other secrets and another token key; the same gives the same."""
    base = demo_world()
    secrets = {
        mint.Mint(world, START).uuid("secret")
        for world in (base, replace(base, seed=1), replace(base, workspace="w"), replace(base, step=1), demo_world())
    }
    assert len(secrets) == 4
    assert len({mint.token_key(0, "a"), mint.token_key(1, "a"), mint.token_key(0, "b")}) == 3


def test_line_is_first_in_first_out() -> None:
    """A line serves in the order of joining, and an older line is untouched by what came later."""
    line = Line().joined("a").joined("b")
    later = line.served().joined("c")
    assert (line.head, len(line)) == ("a", 2)
    assert (later.head, later.served().head, len(later)) == ("b", "c", 2)


def test_a_changed_world_leaves_the_old_one() -> None:
    """`put` and `drop` make another world, in which one table differs."""
    world = demo_world()
    user = world.users["alice"]
    changed = world.put(replace(user, level=5))
    assert (world.users["alice"].level, changed.users["alice"].level) == (0, 5)
    assert "alice" not in world.drop(user).users
    assert changed.wallets is world.wallets
    assert set(TABLES.values()) <= set(World.__struct_fields__)


def test_operations_are_named_after_their_commands() -> None:
    """Every operation is called as its command, in snake_case, and no two share a name."""
    for command, operation in OPERATIONS.items():
        assert operation.name == re.sub(r"(?<!^)(?=[A-Z])", "_", command.__name__).lower()
    assert len({operation.name for operation in OPERATIONS.values()}) == len(OPERATIONS)


def test_every_choice_answers_a_hole() -> None:
    """Every switch names its hole, and has a default."""
    assert set(HOLES) == set(Choices.__struct_fields__)
    assert all(re.fullmatch(r"H\d{2,3}", hole) for hole in HOLES.values())
    assert Choices() == demo_world().choices


@pytest.mark.parametrize(
    ("currency", "type", "listed"),
    [
        ("", "", [("main", "BTC"), ("main", "USDT"), ("trade", "USDT")]),
        ("USDT", "", [("main", "USDT"), ("trade", "USDT")]),
        ("", "trade", [("trade", "USDT")]),
        ("ETH", "", []),
    ],
)
def test_list_accounts(currency: str, type: str, listed: list[tuple[str, str]]) -> None:
    """A key sees its user's accounts, by currency and type, each with an id that stays."""
    desk = Desk()
    wallet = desk.world.wallet("alice")
    desk.world = desk.world.put(wallet.having(replace(wallet.account("USDT"), type="trade")))
    command = ListAccounts(desk.key().sign(), currency, type)
    found = desk.do(command, AccountsListed).accounts
    assert [(account.type, account.currency) for _, account in found] == listed
    assert desk.do(command, AccountsListed).accounts == found


def test_get_currency() -> None:
    """A currency is found with all its chains or with one; other names are refused (s8.2: the chainId)."""
    desk = Desk()
    assert [chain.chain_id for chain in desk.do(GetCurrency("USDT"), CurrencyFound).chains] == ["trx", "eth", "kcc"]
    assert [chain.chain_id for chain in desk.do(GetCurrency("USDT", "kcc"), CurrencyFound).chains] == ["kcc"]
    assert desk.reason(GetCurrency("DOGE")) is Reason.CURRENCY_UNKNOWN
    assert desk.reason(GetCurrency("USDT", "btc")) is Reason.CHAIN_INVALID


def test_server_time_is_the_wall_clock() -> None:
    """The server's time is what timestamps are held against, not the business clock."""
    desk = Desk()
    desk.advance(1_000_000)
    desk.wall += 7
    assert desk.do(GetServerTime(), ServerTime).milliseconds == START + 7


def test_touched_tells_what_changed() -> None:
    """After each operation the world names the rows that it has put or dropped, and no other row is another one."""
    desk = Desk()
    key = desk.key("frank")
    for command in (
        desk.withdrawal(key, payment()),
        desk.withdrawal(key, payment(amount="999999999")),
        desk.withdrawal(desk.key("carol"), payment()),
    ):
        before = desk.world
        desk.perform(command)
        touched = set(desk.world.touched or ()) if desk.world is not before else set()
        for table in TABLES.values():
            old, new = getattr(before, table), getattr(desk.world, table)
            changed = {(table, name) for name in {*old, *new} if old.get(name) is not new.get(name)}
            assert changed <= touched
    assert not {"api_keys", "consents"} & {table for table, _ in desk.world.touched or ()}


def test_a_call_that_reads_leaves_the_very_world() -> None:
    """What only looks things up changes nothing, not even the list of what was touched."""
    desk = Desk()
    key = desk.key()
    before = desk.world
    desk.perform(ListAccounts(key.sign(method="GET", path="/api/v1/accounts")))
    assert desk.world is before


def test_a_world_that_is_being_built_keeps_no_count() -> None:
    """A scenario of any size is built without a list of everything in it."""
    assert demo_world().touched is None


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        *(("alice", "alice"), ("ALICE", None), ("200000001", "alice"), ("200000009", None), ("", None)),
        *(("alice@example.test", "alice"), ("Alice@Example.TEST", "alice"), ("alice@example.tes", None)),
        *(("+15550100", "alice"), ("+1-5550100", "alice"), ("1-5550100", "alice"), ("15550100", None)),
        *(("+1-5550109", None), ("+1-5550101", "bob")),
    ],
)
def test_who_has_an_identity(identity: str, name: str | None) -> None:
    """A uid, an e-mail in any case, a phone in the spellings in which one is paid, or the name as it is."""
    user = demo_world().user_of(identity)
    assert (user.name if user else None) == name


def test_everybodys_statement_is_of_no_user() -> None:
    """A new world, and one that opens its books, have an empty statement of everybody, which has no user's name."""
    for world in (World(), opened(World())):
        assert world.everybody == Statement("")
