"""What KuCoin's gateway asks of each call to /api: a permission of the key, and a weight of one of the caller's pools.

Each endpoint declares its own, beside the function that obeys it.
"""

from __future__ import annotations

from enum import Enum, unique
from typing import Final

from simulator.core.refusals import Grade
from simulator.core.spec import AuthGroup
from simulator.core.value import Value


@unique
class Pool(Enum):
    """What calls are counted in together. The public one is the caller's IP's, the others are the user's."""

    UNIFIED_ACCOUNT = "Unified Account"
    SPOT = "Spot"
    FUTURES = "Futures"
    MANAGEMENT = "Management"
    PUBLIC = "Public"

    __hash__ = object.__hash__
    """A member is equal to itself alone. An Enum's own hash is made of its name, in Python, at every look-up."""


@unique
class OwnPermission(Enum):
    """A permission that no consent grants: only a key that somebody made by hand on KuCoin's own page can have it."""

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
"""What KuCoin's reference calls a permission that a call asks for."""


class Toll(Value, frozen=True):
    """What a call needs and costs. `needs` None = public: no key, and whatever KC-API headers come are ignored.

    `grade` tells how well weight and pool are known.

    [rest/permissions] [rest/pools] [H60/unpublished-weights]
    """

    needs: Permission | None
    pool: Pool
    weight: int
    grade: Grade


GENERAL, TRANSFER, OAUTH_WITHDRAWAL = AuthGroup.API_COMMON, AuthGroup.API_TRANSFER, AuthGroup.API_WITHDRAW_OAUTH
SPOT_TRADING, FUTURES_TRADING = AuthGroup.API_SPOT, AuthGroup.API_FUTURES
WITHDRAWAL: Final = OwnPermission.WITHDRAWAL
