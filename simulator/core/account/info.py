"""What the exchange says of the key's user besides money: VIP level, sub-accounts, which kinds of account there are."""

from __future__ import annotations

from typing import Final

from simulator.core.data import Count, Data, NoRows
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Grade
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

MOST_SUB_ACCOUNTS: Final = 5
"""How many sub-accounts a user could have, as the reference's sample says."""


class GetUserInfo(Value, frozen=True):
    """`GET /api/v2/user-info`."""

    signed: SignedRequest


class UserInfoData(Data, frozen=True, kw_only=True):
    """The VIP level, and how many sub-accounts there are and could be."""

    level: Count
    sub_quantity: int = 0
    spot_sub_quantity: int = 0
    margin_sub_quantity: int = 0
    futures_sub_quantity: int = 0
    option_sub_quantity: int = 0
    max_sub_quantity: Count
    max_default_sub_quantity: Count
    max_spot_sub_quantity: Count
    max_margin_sub_quantity: Count
    max_futures_sub_quantity: Count
    max_option_sub_quantity: Count


class UserInfo(Reply, frozen=True):
    """The VIP level. Nobody has sub-accounts here."""

    level: int

    def data(self) -> UserInfoData:
        """The level; sub-accounts of the default kind only could be made."""
        return UserInfoData(
            level=self.level,
            max_sub_quantity=MOST_SUB_ACCOUNTS,
            max_default_sub_quantity=MOST_SUB_ACCOUNTS,
            max_spot_sub_quantity=0,
            max_margin_sub_quantity=0,
            max_futures_sub_quantity=0,
            max_option_sub_quantity=0,
        )


class GetSpotAccountType(Value, frozen=True):
    """`GET /api/v1/hf/accounts/opened`: whether the user's spot account is of the high-frequency kind."""

    signed: SignedRequest


class SpotAccountType(Reply, frozen=True):
    """`true` = high-frequency."""

    high_frequency: bool

    def data(self) -> bool:
        """The bare word."""
        return self.high_frequency


class GetAccountMode(Value, frozen=True):
    """`GET /api/ua/v1/account/mode`."""

    signed: SignedRequest


class AccountModeData(Data, frozen=True):
    """Nobody has another mode than this one here, and no sub-accounts."""

    self_account_mode: str = "CLASSIC"
    unified_sub_account: NoRows = ()
    classic_sub_account: NoRows = ()


class AccountMode(Reply, frozen=True):
    """Every account is a classic one."""

    def data(self) -> AccountModeData:
        """The one mode that there is."""
        return AccountModeData()


def get_user_info(world: World, key: ApiKey, command: GetUserInfo, now: Now) -> tuple[World, UserInfo]:
    """The level of the scenario; sub-accounts: none of at most five, as the reference's sample has it.

    [rest/user-info]
    """
    return world, UserInfo(level=world.users[key.user].level)


def get_spot_account_type(
    world: World, key: ApiKey, command: GetSpotAccountType, now: Now
) -> tuple[World, SpotAccountType]:
    """Every spot account is a high-frequency one, as all new ones are [rest/spot-account-type]."""
    return world, SpotAccountType(high_frequency=True)


def get_account_mode(world: World, key: ApiKey, command: GetAccountMode, now: Now) -> tuple[World, AccountMode]:
    """Everybody's accounts are classic ones: no key grants the unified account (H17) [rest/account-mode]."""
    return world, AccountMode()


ENDPOINTS: Final = (
    Endpoint(
        get_user_info,
        GetUserInfo,
        REST,
        call="GET /api/v2/user-info",
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
    ),
    Endpoint(
        get_spot_account_type,
        GetSpotAccountType,
        REST,
        call="GET /api/v1/hf/accounts/opened",
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=30,
    ),
    Endpoint(
        get_account_mode,
        GetAccountMode,
        "seen in ccxt",
        call="GET /api/ua/v1/account/mode",
        permission=GENERAL,
        pool=Pool.UNIFIED_ACCOUNT,
        weight=5,
        grade=Grade.ASSUMED,
    ),
)
