"""What a user's accounts hold, and what the exchange says of the user beside money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.desk import Desk, Key, payment, told

from simulator.core.account.accounts import AccountFound, AccountsListed, GetAccount, ListAccounts
from simulator.core.account.info import (
    AccountMode,
    GetAccountMode,
    GetSpotAccountType,
    GetUserInfo,
    SpotAccountType,
    UserInfo,
)
from simulator.core.refusals import Reason
from simulator.core.world import Account


def _with(desk: Desk, *kinds: str) -> Key:
    """Frank's key; he has 5 USDT in each of these accounts besides his main one."""
    wallet = desk.world.wallet("frank")
    for kind in kinds:
        wallet = wallet.having(Account("USDT", kind, Decimal(5)))
    desk.world = desk.world.put(wallet)
    return desk.key("frank")


@pytest.mark.parametrize(
    ("type", "currency", "found"),
    [
        ("", "", ["main", "option", "trade"]),
        ("margin", "", ["margin"]),
        ("margin", "BTC", []),
        ("isolated", "USDT", ["isolated"]),
        ("trade", "", ["trade"]),
        ("main", "USDT", ["main"]),
        ("", "BTC", []),
    ],
)
def test_accounts_are_listed(type: str, currency: str, found: list[str]) -> None:
    """Main, trade and option accounts are listed, by type and currency; others are not, unless asked for."""
    desk = Desk()
    key = _with(desk, "trade", "option", "margin", "isolated:BTC-USDT", "contract")
    command = ListAccounts(key.sign(method="GET", path="/api/v1/accounts"), currency, type)
    assert [each.type for _, each in desk.do(command, AccountsListed).accounts] == found


def test_margin_accounts_are_listed_by_type() -> None:
    """`margin` and `isolated` answer what lies there, by currency, each with an id of its own."""
    desk = Desk()
    key = _with(desk, "margin", "margin_v2", "isolated:BTC-USDT", "isolated:ETH-USDT", "isolated_v2:BTC-USDT")

    def listed(type: str, currency: str = "", by: Key = key) -> list[tuple[str, Account]]:
        command = ListAccounts(by.sign(method="GET", path="/api/v1/accounts"), currency, type)
        return list(desk.do(command, AccountsListed).accounts)

    for kind, count in (("margin", 1), ("isolated", 2)):
        found = listed(kind)
        assert [told(account.type, account.currency, account.balance) for _, account in found] == [
            (kind, "USDT", 5)
        ] * count
        assert listed(kind, "USDT") == found
        assert listed(kind, "BTC") == listed(kind, by=desk.key("alice")) == []
        for name, account in found:
            command = GetAccount(key.sign(method="GET", path=f"/api/v1/accounts/{name}"), name)
            assert desk.do(command, AccountFound).account.balance == account.balance
    assert len({name for kind in ("", "margin", "isolated") for name, _ in listed(kind)}) == 4


def test_trade_accounts_have_two_names() -> None:
    """Asked for as `trade_hf` they are called so, and are the same accounts."""
    desk = Desk()
    key = _with(desk, "trade", "margin")

    def listed(type: str) -> list[tuple[str, Account]]:
        command = ListAccounts(key.sign(method="GET", path="/api/v1/accounts"), "", type)
        return list(desk.do(command, AccountsListed).accounts)

    [(name, account)] = listed("trade")
    assert told(account.type, account.balance) == ("trade", 5)
    assert listed("trade_hf") == [(name, replace(account, type="trade_hf"))]
    unheard = ListAccounts(key.sign(method="GET", path="/api/v1/accounts"), "", "hf")
    assert desk.reason(unheard) is Reason.PARAMETER_INVALID


def test_account_by_id() -> None:
    """An account is found by the id that the list gives it; another user's, and one of another kind, are not."""
    desk = Desk()
    key = _with(desk, "trade", "margin")
    listed = desk.do(ListAccounts(key.sign(method="GET", path="/api/v1/accounts")), AccountsListed).accounts
    assert len({name for name, _ in listed}) == 2

    def get(by: Key, name: str) -> GetAccount:
        return GetAccount(by.sign(method="GET", path=f"/api/v1/accounts/{name}"), name)

    for name, account in listed:
        assert desk.do(get(key, name), AccountFound).account == account
        assert desk.reason(get(desk.key("alice"), name)) is Reason.ACCOUNT_UNKNOWN
    assert desk.reason(get(key, "")) is Reason.ACCOUNT_UNKNOWN


def test_holds_are_told() -> None:
    """What a withdrawal under way holds is not available."""
    desk = Desk(settlement="manual")
    key = desk.key("frank")
    desk.pay(key, payment())
    [(_, account)] = desk.do(ListAccounts(key.sign(method="GET", path="/api/v1/accounts")), AccountsListed).accounts
    assert told(account.balance, account.available, account.holds) == (50_000, 49_889, 111)


def test_user_info() -> None:
    """The level is the user's VIP level."""
    desk = Desk()
    desk.world = desk.world.put(replace(desk.world.users["frank"], level=7))
    key = desk.key("frank")
    assert desk.do(GetUserInfo(key.sign(method="GET", path="/api/v2/user-info")), UserInfo).level == 7


def test_kinds_of_account() -> None:
    """Everybody has a classic account whose spot part is of the high-frequency kind."""
    desk = Desk()
    key = desk.key("frank")
    mode = GetAccountMode(key.sign(method="GET", path="/api/ua/v1/account/mode"))
    kind = GetSpotAccountType(key.sign(method="GET", path="/api/v1/hf/accounts/opened"))
    told_mode = desk.do(mode, AccountMode).data()
    assert told_mode.self_account_mode == "CLASSIC"
    assert (told_mode.unified_sub_account, told_mode.classic_sub_account) == ((), ())
    assert desk.do(kind, SpotAccountType).high_frequency is True
