"""What the exchange says of the key's user beside money: VIP level, sub-accounts, which kinds of account there are."""

from __future__ import annotations

from typing import Final

from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.signature import SignedRequest
from simulator.core.gateway.tolls import GENERAL, Pool
from simulator.core.refusals import Grade
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World


class GetUserInfo(Value, frozen=True):
    """`GET /api/v2/user-info`."""

    signed: SignedRequest


class UserInfo(Reply, frozen=True):
    """The VIP level. Nobody has sub-accounts here."""

    level: int


class GetSpotAccountType(Value, frozen=True):
    """`GET /api/v1/hf/accounts/opened`: whether the user's spot account is of the high-frequency kind."""

    signed: SignedRequest


class SpotAccountType(Reply, frozen=True):
    """`true` = high-frequency."""

    high_frequency: bool


class GetAccountMode(Value, frozen=True):
    """`GET /api/ua/v1/account/mode`."""

    signed: SignedRequest


class AccountMode(Reply, frozen=True):
    """`CLASSIC`, or a unified account."""

    mode: str


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
    return world, AccountMode(mode="CLASSIC")


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
