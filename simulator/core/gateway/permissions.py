"""The permissions that KuCoin's gateway requires for calls to /api. Each endpoint declares its own."""

from __future__ import annotations

from enum import Enum, unique
from typing import Final

from simulator.core.spec import AuthGroup


@unique
class OwnPermission(Enum):
    """A permission that no consent grants: only a key that was made by hand on KuCoin's own page can have it."""

    WITHDRAWAL = "Withdrawal"


Permission = AuthGroup | OwnPermission
NAMES: Final[dict[Permission, str]] = {
    AuthGroup.API_COMMON: "General",
    AuthGroup.API_SPOT: "Spot",
    AuthGroup.API_FUTURES: "Futures",
    AuthGroup.API_TRANSFER: "FlexTransfers",
    AuthGroup.API_WITHDRAW_OAUTH: "API_WITHDRAW_OAUTH",
    OwnPermission.WITHDRAWAL: "Withdrawal",
}
"""The name of each permission in KuCoin's reference [rest/permissions].

A call without a permission is public: it needs no key, and its KC-API headers are ignored.
"""

GENERAL, TRANSFER, OAUTH_WITHDRAWAL = AuthGroup.API_COMMON, AuthGroup.API_TRANSFER, AuthGroup.API_WITHDRAW_OAUTH
SPOT_TRADING, FUTURES_TRADING = AuthGroup.API_SPOT, AuthGroup.API_FUTURES
WITHDRAWAL: Final = OwnPermission.WITHDRAWAL
