"""Margin accounts by version 1 of their calls, which clients ask for a balance."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from simulator.core.account.margin_accounts import (
    BALANCE_CURRENCY,
    CROSS,
    ISOLATED,
    QUOTES,
    Asset,
    Pair,
    assets_of,
    cross_accounts,
    isolated_pairs,
)
from simulator.core.data import Amount, Data, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import plain
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

CLEAR: Final = "CLEAR"


class GetMarginAccountV1(Value, frozen=True):
    """`GET /api/v1/margin/account`."""

    signed: SignedRequest


class MarginAssetDataV1(Data, frozen=True):
    """One currency of the cross account."""

    currency: Name
    total_balance: Amount
    available_balance: Amount
    hold_balance: str = "0"
    liability: str = "0"
    max_borrow_size: str = "0"


class MarginAccountDataV1(Data, frozen=True, kw_only=True):
    """The cross account."""

    debt_ratio: str = "0"
    accounts: tuple[MarginAssetDataV1, ...]


class MarginAccountFoundV1(Reply, frozen=True):
    """The assets by currency."""

    assets: tuple[Asset, ...]

    def data(self) -> MarginAccountDataV1:
        """The account as it is shown."""
        return MarginAccountDataV1(
            accounts=tuple(
                MarginAssetDataV1(
                    currency=asset.currency, total_balance=plain(asset.total), available_balance=plain(asset.available)
                )
                for asset in self.assets
            )
        )


class ListIsolatedAccountsV1(Value, frozen=True):
    """`GET /api/v1/isolated/accounts`. `parameters`: `balanceCurrency`."""

    signed: SignedRequest
    parameters: Query


class IsolatedAssetDataV1(Data, frozen=True, kw_only=True):
    """One currency of the account of a pair."""

    currency: Name
    total_balance: Amount
    hold_balance: str = "0"
    available_balance: Amount
    liability: str = "0"
    interest: str = "0"
    borrowable_amount: str = "0"


class IsolatedPairDataV1(Data, frozen=True, kw_only=True):
    """The account of a pair."""

    symbol: Name
    status: Annotated[str, words("CLEAR", "DEBT", "BANKRUPTCY", "IN_BORROW", "IN_REPAY", "IN_LIQUIDATION")] = CLEAR
    debt_ratio: str = "0"
    base_asset: IsolatedAssetDataV1
    quote_asset: IsolatedAssetDataV1


class IsolatedAccountsDataV1(Data, frozen=True, kw_only=True):
    """The accounts of all pairs."""

    total_conversion_balance: Amount
    liability_conversion_balance: str = "0"
    assets: tuple[IsolatedPairDataV1, ...]


class IsolatedAccountsListedV1(Reply, frozen=True):
    """The pairs by name, and what they are worth together."""

    worth: Decimal
    pairs: tuple[Pair, ...]

    def data(self) -> IsolatedAccountsDataV1:
        """The accounts as they are shown."""
        return IsolatedAccountsDataV1(
            total_conversion_balance=plain(self.worth),
            assets=tuple(
                IsolatedPairDataV1(symbol=pair.symbol, base_asset=_asset(pair.base), quote_asset=_asset(pair.quote))
                for pair in self.pairs
            ),
        )


def _asset(asset: Asset) -> IsolatedAssetDataV1:
    return IsolatedAssetDataV1(
        currency=asset.currency, total_balance=plain(asset.total), available_balance=plain(asset.available)
    )


def get_margin_account_v1(
    world: World, key: ApiKey, command: GetMarginAccountV1, now: Now
) -> tuple[World, MarginAccountFoundV1]:
    """The cross margin account [rest/margin-account-v1]."""
    return world, MarginAccountFoundV1(assets=assets_of(world, cross_accounts(world.wallet(key.user), CROSS["MARGIN"])))


def list_isolated_accounts_v1(
    world: World, key: ApiKey, query: Query, now: Now
) -> tuple[World, IsolatedAccountsListedV1]:
    """The isolated margin accounts of pairs to which something was moved [rest/isolated-accounts-v1]."""
    quote = BALANCE_CURRENCY.read(Fields(query)) or QUOTES[0]
    pairs, worth = isolated_pairs(world, world.wallet(key.user), ISOLATED["ISOLATED"], quote)
    return world, IsolatedAccountsListedV1(worth=worth, pairs=pairs)


ENDPOINTS: Final = (
    Endpoint(
        get_margin_account_v1,
        GetMarginAccountV1,
        REST,
        call="GET /api/v1/margin/account",
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=40,
    ),
    Endpoint(
        list_isolated_accounts_v1,
        ListIsolatedAccountsV1,
        REST,
        call="GET /api/v1/isolated/accounts",
        parameters=(BALANCE_CURRENCY,),
        example={"balanceCurrency": "USDT"},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=50,
        refusals={Reason.PARAMETER_INVALID, Reason.CURRENCY_UNKNOWN},
    ),
)
