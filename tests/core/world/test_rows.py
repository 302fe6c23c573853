"""The rows of a world: their keys and defaults, and the order of what comes one after another."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from simulator.core.spec import AuthGroup, Factor
from simulator.core.world import (
    Account,
    ApiKey,
    Chain,
    Client,
    Currency,
    DepositAddress,
    KeyRing,
    MadeBy,
    Pot,
    User,
    Window,
    WithdrawalStatus,
)
from simulator.core.world.stack import Stack, stacked
from simulator.core.world.users import NEW_YEAR, DepositBook, Message, MessageBox, Spot
from simulator.core.world.wallets import TAG, Wallet, wallet_of

Row = tuple[int, str]


def order(row: Row) -> Row:
    return row


# --- stacks
@pytest.mark.parametrize(
    ("rows", "newest"),
    [
        ([(1, "a"), (2, "a")], [(2, "a"), (1, "a")]),
        ([(1, "a"), (1, "b")], [(1, "b"), (1, "a")]),
        ([(1, "b"), (1, "a")], [(1, "b"), (1, "a")]),
        ([(2, "a"), (1, "b")], [(2, "a"), (1, "b")]),
        ([(2, "a"), (1, "a"), (3, "a")], [(3, "a"), (2, "a"), (1, "a")]),
        ([(-1, "a")], [(-1, "a")]),
    ],
)
def test_the_latest_row_comes_first(rows: list[Row], newest: list[Row]) -> None:
    """By time, then by id, in whatever order the rows came; the stack itself keeps the order in which they came."""
    stack = stacked(rows, order)
    assert list(stack.newest(order)) == newest
    assert list(stack) == rows[::-1]
    assert len(stack) == len(rows)


@pytest.mark.parametrize(
    ("rows", "ordered"),
    [
        ([], True),
        ([(1, "a")], True),
        ([(-1, "a")], True),
        ([(0, "")], True),
        ([(1, "a"), (1, "a")], False),
        ([(1, "a"), (1, "b")], True),
        ([(1, "b"), (1, "a")], False),
        ([(1, "b"), (2, "a")], True),
        ([(2, "a"), (1, "b")], False),
        ([(2, "a"), (1, "b"), (3, "a")], False),
    ],
)
def test_whether_rows_came_in_order(rows: list[Row], ordered: bool) -> None:
    """A stack knows whether each row was later than the one before; once one was not, it stays so."""
    stack = stacked(rows, order)
    assert stack.ordered is ordered
    assert (stack.at, stack.id) == (rows[-1] if rows else (0, ""))
    assert (stack.newest(order) is stack.rows) is ordered
    assert Stack[Row]().ordered


# --- wallets
BTC, USDT = Account("BTC", "main", Decimal(5), Decimal(2)), Account("USDT", "main", Decimal(7))
TRADE = Account("BTC", "trade", Decimal(3))
TAGGED = Account("USDT", f"isolated{TAG}BTC-USDT", Decimal(1))


def test_accounts_stand_by_type_and_currency() -> None:
    """Whatever order they come in, accounts stand by type, then by currency, the tagged ones in their place."""
    for accounts in ((BTC, USDT, TRADE, TAGGED), (TAGGED, TRADE, USDT, BTC)):
        wallet = wallet_of("ann", accounts)
        assert wallet.every == [TAGGED, BTC, USDT, TRADE]
        assert wallet.accounts == (BTC, USDT, TRADE)
        assert dict(wallet.isolated) == {(TAGGED.type, "USDT"): TAGGED}
    assert wallet_of("ann", (BTC,)).every == [BTC]


def test_an_account_by_currency_and_type() -> None:
    """Both must be the account's, the type is main if it is not said, and one that nobody has is empty."""
    wallet = wallet_of("ann", (BTC, TRADE, TAGGED))
    assert wallet.account("BTC") is BTC
    assert wallet.account("BTC", "trade") is TRADE
    assert wallet.account("USDT", TAGGED.type) is TAGGED
    assert wallet.account("USDT", "trade") == Account("USDT", "trade", Decimal(0), Decimal(0))
    assert wallet.account("BTC", TAGGED.type) == Account("BTC", TAGGED.type, Decimal(0))
    assert (BTC.available, USDT.available, USDT.holds) == (Decimal(3), Decimal(7), Decimal(0))


@pytest.mark.parametrize("account", [BTC, USDT, TRADE, TAGGED])
def test_an_account_in_place_of_its_older_self(account: Account) -> None:
    """A changed account takes the place of the one that it was, and no other changes."""
    wallet = wallet_of("ann", (BTC, USDT, TRADE, TAGGED))
    changed = replace(account, balance=Decimal(9))
    expected = [changed if each is account else each for each in wallet.every]
    assert wallet.having(changed).every == expected
    assert wallet.having(changed).user == "ann"


# --- places in the tables of a world
def test_keys() -> None:
    """Each row has its place by what names it."""
    key = ApiKey("k1", "s", "p", "own", "ann", 1, "one", (), addressbook_only=False, ip_whitelist=(), created_at=0)
    assert (key.key, key.made_by, key.withdrawal) == ("k1", MadeBy.CONSENT, False)
    assert (BTC.key, Wallet("ann").key) == (("main", "BTC"), "ann")
    assert Window("ann", "amount 24 h", 0, Decimal(1)).key == ("ann", "amount 24 h")
    pot = Pot("BTC", Decimal(8), Decimal(4), Decimal(2), Decimal(1))
    assert (pot.key, pot.total, Pot("BTC").total) == ("BTC", Decimal(15), Decimal(0))
    ring = KeyRing("ann").having(key)
    assert (ring.key, dict(ring.names), dict(ring.without(key).names)) == ("ann", {"own": "k1"}, {})
    assert ring.without(key).without(key) == KeyRing("ann")


# --- defaults
def test_what_is_not_said() -> None:
    """A user, a broker, a currency and a chain of which only the necessary is said."""
    user = User("ann", 1)
    assert (user.email, user.phone, user.factor_sets, user.totp_secret, user.frozen) == ("", "", (), "", False)
    assert (user.futures, user.level, user.address_book, user.deposit_addresses) == (False, 0, (), ())
    assert (user.foreign_api_keys, user.registered_at, NEW_YEAR) == (0, NEW_YEAR, 1_767_225_600_000)
    client = Client("one", "One", "secret", ())
    assert (client.oauth_ips, client.trading_ips, client.api_name, client.local_site) == ((), (), None, False)
    assert (client.partner, client.broker_name, client.broker_key, client.rcode, client.invited) == ("",) * 4 + ((),)
    chain = Chain("trx", "TRC20", Decimal(1), Decimal(1), 6)
    assert (chain.deposit_min_size, chain.max_deposit, chain.confirms, chain.pre_confirms) == (None, None, 1, 1)
    assert (chain.withdraw_enabled, chain.deposit_enabled, chain.need_tag) == (True, True, False)
    assert (chain.contract_address, chain.address_pattern, chain.memo_pattern) == ("", "", "")
    currency = Currency("USDT", "Tether", 6, Decimal(1), (chain,), "trx")
    assert (currency.margin_enabled, currency.debit_enabled) == (True, True)
    assert (currency.chain("trx"), currency.chain("eth")) == (chain, None)
    address = DepositAddress("trx", "T1")
    assert (address.memo, address.currency, address.account) == ("", "", "main")


@pytest.mark.parametrize(("memo", "identity"), [("", "trx:T1"), ("7", "trx:T1:7")])
def test_what_leads_to_a_user(memo: str, identity: str) -> None:
    """Chain and address, and the memo if there is one."""
    assert DepositAddress("trx", "T1", memo).identity == identity


@pytest.mark.parametrize(("currency", "takes"), [("", True), ("USDT", True), ("BTC", False)])
def test_which_deposits_an_address_takes(currency: str, takes: bool) -> None:
    """An address of no currency takes all of its chain's."""
    assert DepositAddress("trx", "T1", currency=currency).takes("USDT") is takes


@pytest.mark.parametrize(
    ("sets", "bound"),
    [((), False), (((),), False), (((Factor.EMV,),), False), (((Factor.EMV,), (Factor.SMS, Factor.GAV)), True)],
)
def test_authenticator_bound(sets: tuple[tuple[Factor, ...], ...], bound: bool) -> None:
    """One alternative with an authenticator is enough."""
    assert User("ann", 1, factor_sets=sets).authenticator_bound is bound


def test_a_message_box_keeps_fifty() -> None:
    """Newer messages stand on top, and what does not fit falls out below."""
    messages = [Message(Factor.EMV, str(number), "t", number) for number in range(52)]
    box = MessageBox("ann").having(messages[:1]).having(messages[1:2])
    assert [message.code for message in box.messages] == ["1", "0"]
    for message in messages[2:]:
        box = box.having([message])
    assert [message.sent_at for message in box.messages] == list(range(51, 1, -1))
    assert (box.key, MessageBox.CAPACITY) == ("ann", 50)


def test_a_deposit_book() -> None:
    """The newest address stands first; of each currency and chain the first is known, and how many there are."""
    one, two, other = (DepositAddress(chain, name, "", "USDT") for chain, name in zip("aab", "123", strict=True))
    book = DepositBook("ann")
    for address in (one, two, other):
        book = book.having(address)
    assert list(book.addresses) == [other, two, one]
    assert dict(book.spots) == {("USDT", "a"): Spot(one, 2), ("USDT", "b"): Spot(other, 1)}
    assert book.key == "ann"


# --- closed lists
@pytest.mark.parametrize(
    ("made_by", "word", "of_a_broker", "can_withdraw", "oauth"),
    [
        (MadeBy.CONSENT, "consent", True, False, True),
        (MadeBy.USER, "user", False, True, False),
        (MadeBy.BROKER, "broker", True, True, False),
    ],
)
def test_how_a_key_came_to_be(made_by: MadeBy, word: str, of_a_broker: bool, can_withdraw: bool, oauth: bool) -> None:
    """Whose a key can be and what it can do depends on who made it."""
    assert (made_by.value, made_by.of_a_broker, made_by.can_withdraw) == (word, of_a_broker, can_withdraw)
    assert made_by.can_have(AuthGroup.API_SPOT)
    assert made_by.can_have(AuthGroup.API_WITHDRAW_OAUTH) is oauth


def test_states_of_a_withdrawal() -> None:
    """KuCoin's five words, of which two are final."""
    assert {status.value: status.final for status in WithdrawalStatus} == {
        "PROCESSING": False,
        "REVIEW": False,
        "WALLET_PROCESSING": False,
        "SUCCESS": True,
        "FAILURE": True,
    }
