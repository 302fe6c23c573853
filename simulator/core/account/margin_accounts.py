"""Margin accounts, cross and isolated: what transfers have moved there. Nobody borrows or owes anything."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal
from typing import Annotated, Final

from simulator.core import money
from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds.chains import find_currency
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import Text, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import ZERO, plain
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import Account, ApiKey, Now, Wallet, World

QUOTES: Final = ("USDT", "KCS", "BTC")
QUOTE: Final = Word("quoteCurrency", "What the totals are in; USDT without", words=QUOTES)
CROSS: Final = {"MARGIN": ("margin",), "MARGIN_V2": ("margin_v2",), "ALL": ("margin", "margin_v2")}
"""`queryType` of the cross account -> the kinds of accounts that it means; the first one is meant without it."""
ISOLATED: Final = {"ISOLATED": ("isolated",), "ISOLATED_V2": ("isolated_v2",), "ALL": ("isolated", "isolated_v2")}
CROSS_TYPE: Final = Word("queryType", words=tuple(CROSS))
ISOLATED_TYPE: Final = Word("queryType", words=tuple(ISOLATED))
SYMBOL: Final = Text("symbol", "One pair; all without")
BALANCE_CURRENCY: Final = Word("balanceCurrency", "What the totals are in; USDT without", words=QUOTES)
STATUS: Final = "EFFECTIVE"
StatusWord = Annotated[str, words("EFFECTIVE", "BANKRUPTCY", "LIQUIDATION", "REPAY", "BORROW")]
DECIMALS: Final = money.unit(8)


class ListMarginAccounts(Value, frozen=True):
    """`GET /api/v3/margin/accounts`. `parameters`: `quoteCurrency`, `queryType`."""

    signed: SignedRequest
    parameters: Query


class MarginAssetData(Data, frozen=True, kw_only=True):
    """One currency of a margin account."""

    currency: Name
    total: Amount
    available: Amount
    hold: Amount
    liability: str = "0"
    liability_principal: str = "0"
    liability_interest: str = "0"
    max_borrow_size: str = "0"
    borrow_enabled: bool
    transfer_in_enabled: bool = True


class MarginAccountsData(Data, frozen=True, kw_only=True):
    """The cross account."""

    total_asset_of_quote_currency: Amount
    total_liability_of_quote_currency: str = "0"
    debt_ratio: str = "0"
    status: StatusWord = STATUS
    accounts: tuple[MarginAssetData, ...]


class Asset(Value, frozen=True):
    """What there is of a currency, and whether it can be borrowed."""

    currency: str
    total: Decimal = ZERO
    available: Decimal = ZERO
    borrowed: bool = False

    def data(self) -> MarginAssetData:
        """The asset as it is shown."""
        hold = money.subtract(self.total, self.available)
        return MarginAssetData(
            currency=self.currency,
            total=plain(self.total),
            available=plain(self.available),
            hold=plain(hold),
            borrow_enabled=self.borrowed,
        )


class MarginAccountsListed(Reply, frozen=True):
    """The assets by currency, and what they are worth together."""

    worth: Decimal
    assets: tuple[Asset, ...]

    def data(self) -> MarginAccountsData:
        """The account as it is shown."""
        return MarginAccountsData(
            total_asset_of_quote_currency=plain(self.worth), accounts=tuple(asset.data() for asset in self.assets)
        )


class ListIsolatedAccounts(Value, frozen=True):
    """`GET /api/v3/isolated/accounts`. `parameters`: `symbol`, `quoteCurrency`, `queryType`."""

    signed: SignedRequest
    parameters: Query


class IsolatedPairData(Data, frozen=True, kw_only=True):
    """The account of a pair."""

    symbol: Name
    status: StatusWord = STATUS
    debt_ratio: str = "0"
    base_asset: MarginAssetData
    quote_asset: MarginAssetData


class IsolatedAccountsData(Data, frozen=True, kw_only=True):
    """The accounts of all pairs."""

    total_asset_of_quote_currency: Amount
    total_liability_of_quote_currency: str = "0"
    timestamp: Milliseconds
    assets: tuple[IsolatedPairData, ...]


class Pair(Value, frozen=True):
    """A pair with the assets of both currencies."""

    symbol: str
    base: Asset
    quote: Asset


class IsolatedAccountsListed(Reply, frozen=True):
    """The pairs by name, and what they are worth together; as of when, ms."""

    worth: Decimal
    pairs: tuple[Pair, ...]
    at: int

    def data(self) -> IsolatedAccountsData:
        """The accounts as they are shown."""
        return IsolatedAccountsData(
            total_asset_of_quote_currency=plain(self.worth),
            timestamp=self.at,
            assets=tuple(
                IsolatedPairData(symbol=pair.symbol, base_asset=pair.base.data(), quote_asset=pair.quote.data())
                for pair in self.pairs
            ),
        )


def list_margin_accounts(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, MarginAccountsListed]:
    """The cross margin account; nothing is owed or on hold there [rest/margin-accounts]."""
    read = Fields(query)
    quote, kinds = QUOTE.read(read) or QUOTES[0], CROSS[CROSS_TYPE.read(read) or "MARGIN"]
    accounts = cross_accounts(world.wallet(key.user), kinds)
    return world, MarginAccountsListed(worth=_worth(world, accounts, quote), assets=assets_of(world, accounts))


def list_isolated_accounts(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, IsolatedAccountsListed]:
    """The isolated margin accounts of pairs to which something was moved [rest/isolated-accounts]."""
    read = Fields(query)
    symbol, quote = SYMBOL.read(read), QUOTE.read(read) or QUOTES[0]
    kinds = ISOLATED[ISOLATED_TYPE.read(read) or "ISOLATED"]
    pairs, worth = isolated_pairs(world, world.wallet(key.user), kinds, quote, symbol)
    return world, IsolatedAccountsListed(worth=worth, pairs=pairs, at=now.business)


def cross_accounts(wallet: Wallet, kinds: tuple[str, ...]) -> list[Account]:
    """The accounts of these kinds."""
    return [account for account in wallet.accounts if account.type in kinds]


def assets_of(world: World, accounts: list[Account]) -> tuple[Asset, ...]:
    """What the accounts have together, by currency."""
    return tuple(_asset(world, currency, accounts) for currency in sorted({account.currency for account in accounts}))


def isolated_pairs(
    world: World, wallet: Wallet, kinds: tuple[str, ...], quote: str, symbol: str = ""
) -> tuple[tuple[Pair, ...], Decimal]:
    """The pairs with accounts of these kinds, all or one, by name, and their worth."""
    by_symbol: dict[str, list[Account]] = {}
    for account in wallet.isolated.values():
        kind, _, tag = account.type.partition(":")
        if kind in kinds and symbol in ("", tag):
            by_symbol.setdefault(tag, []).append(account)
    worth = _worth(world, [account for accounts in by_symbol.values() for account in accounts], quote)
    return tuple(_pair(world, tag, by_symbol[tag]) for tag in sorted(by_symbol)), worth


def _pair(world: World, symbol: str, accounts: list[Account]) -> Pair:
    base, _, quote = symbol.partition("-")
    return Pair(symbol, _asset(world, base, accounts), _asset(world, quote or base, accounts))


def _asset(world: World, currency: str, accounts: Iterable[Account]) -> Asset:
    total = available = ZERO
    for account in accounts:
        if account.currency == currency:
            total, available = money.add(total, account.balance), money.add(available, account.available)
    known = world.currencies.get(currency)
    return Asset(currency, total, available, known is not None and known.margin_enabled)


def _worth(world: World, accounts: Iterable[Account], quote: str) -> Decimal:
    """What the accounts are worth at the world's prices, rounded down to eight decimal places."""
    price = find_currency(world, quote).price_usdt
    total = ZERO
    for account in accounts:
        total = money.add(total, money.multiply(account.balance, world.currencies[account.currency].price_usdt))
    return money.ROUNDING.divide(total, price).quantize(DECIMALS, ROUND_DOWN, money.ROUNDING) if total else ZERO


ENDPOINTS: Final = (
    Endpoint(
        list_margin_accounts,
        ListMarginAccounts,
        REST,
        call="GET /api/v3/margin/accounts",
        parameters=(QUOTE, CROSS_TYPE),
        example={"quoteCurrency": "USDT"},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=15,
        refusals={Reason.PARAMETER_INVALID, Reason.CURRENCY_UNKNOWN},
    ),
    Endpoint(
        list_isolated_accounts,
        ListIsolatedAccounts,
        REST,
        call="GET /api/v3/isolated/accounts",
        parameters=(SYMBOL, QUOTE, ISOLATED_TYPE),
        example={"symbol": "BTC-USDT"},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=15,
        refusals={Reason.PARAMETER_INVALID, Reason.CURRENCY_UNKNOWN},
    ),
)
