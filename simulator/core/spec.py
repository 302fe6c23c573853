"""The document's numbers, words and lists, each with the section that prints it.

The document is KuCoin's "Broker Fast API Service", edition of 2026-05-27; `s6.3` means its section 6.3.
Durations are milliseconds. Money is `Decimal`. A word in square brackets is a rule's id in `rules.md`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique
from typing import Final

PAGE_REVISION: Final = "2026-05-27"

NANOSECONDS: Final = 1_000_000
"""In a millisecond, which is the unit of all times without another one."""
SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

# --- s5, s6, s7: OAuth -------------------------------------------------------------------------------------------
RESPONSE_TYPE: Final = "code"
"""s7.1, the URL's `response_type=code` [s7.1/response-type]."""
SCOPE: Final = "OAUTH_CREATE_API"
"""s7.1, s7.3: the one scope, a string in requests, a list of one in answers [s7.1/scope] [H23/scope]."""
GRANT_TYPE: Final = "authorization_code"
"""s5 "KuCoin offers authorization code mode only"; s7.2 for the code, s7.3 prints the same word for the refresh.
[s5/code-mode-only]
"""
TOKEN_TYPE: Final = "bearer"
"""s7.2 [s7.2/token-type]."""
ACCESS_TOKEN_LIFETIME: Final = 1 * HOUR
"""s6.3 "Valid within 1 hour": valid while less than this has passed [s6.3/access-lifetime]."""
REFRESH_TOKEN_LIFETIME: Final = 3 * DAY
"""s6.3 "Valid within 3 days" [s6.3/refresh-lifetime]."""


class Decision(Enum):
    """What the user does with the consent page."""

    APPROVE = "approve"
    DENY = "deny"


# --- s3, s4: permissions and keys --------------------------------------------------------------------------------
@unique
class AuthGroup(Enum):
    """The keys of `authGroupMap` (s4.2), in the order in which the sample prints `authGroup`.

    The sample has six; the OAuth withdrawal comes last [s4.2/auth-groups] [H19/order].
    """

    API_COMMON = "API_COMMON"
    API_FUTURES = "API_FUTURES"
    API_SPOT = "API_SPOT"
    API_EARN = "API_EARN"
    API_TRANSFER = "API_TRANSFER"
    API_MARGIN = "API_MARGIN"
    API_WITHDRAW_OAUTH = "API_WITHDRAW_OAUTH"


PERMISSIONS: Final[tuple[tuple[str, AuthGroup | None], ...]] = (
    ("Read-only permission", AuthGroup.API_COMMON),
    ("Spot Trading permission", AuthGroup.API_SPOT),
    ("Margin Trading permission", AuthGroup.API_MARGIN),
    ("Futures Trading permission", AuthGroup.API_FUTURES),
    ("Earn permission", AuthGroup.API_EARN),
    ("Flexible transfers permission", AuthGroup.API_TRANSFER),
    ("Withdrawal permission", AuthGroup.API_WITHDRAW_OAUTH),
    ("Unified account permission", None),
)
"""The eight permissions of s3 in the words that a user reads; the last one has no published key.

[s3/permissions] [H17/unified-account]
"""

OLD_ENDPOINT_GROUPS: Final = tuple(group for group in AuthGroup if group is not AuthGroup.API_WITHDRAW_OAUTH)
"""The six groups of the sample in s4.1 [s4.1/groups]."""
INTRODUCTION_GROUPS: Final = (
    AuthGroup.API_COMMON,
    AuthGroup.API_FUTURES,
    AuthGroup.API_SPOT,
    AuthGroup.API_EARN,
)
"""s1 "default permissions for: Spot Trading, Futures Trading, KuCoin Earn Access", and reading (H25)."""

API_KEY_VERSION: Final = 3
"""s1 "API key (Version 3)" [s1/key-version]."""
PERMISSION_WORDS: Final[dict[AuthGroup, tuple[str, ...]]] = {
    AuthGroup.API_COMMON: ("General",),
    AuthGroup.API_FUTURES: ("Futures",),
    AuthGroup.API_SPOT: ("Spot",),
    AuthGroup.API_EARN: ("Earn",),
    AuthGroup.API_TRANSFER: ("InnerTransfer", "Transfer"),
    AuthGroup.API_MARGIN: ("Margin",),
    AuthGroup.API_WITHDRAW_OAUTH: (),
}
"""How `GET /api/v1/user/api-key` spells a group. Its documented sample lists these words in the order in which s4
lists the groups, which gives the pairs (inferred). No word is published for the OAuth withdrawal, so none is shown.
[rest/permission-words]
"""


# --- s8: security and withdrawal ---------------------------------------------------------------------------------
@unique
class Factor(Enum):
    """Second factors. `GAV` and `EMV` are printed in s8.2; the name of the SMS factor is assumed (H42)."""

    GAV = "GAV"
    EMV = "EMV"
    SMS = "SMS"


SENT_FACTORS: Final = (Factor.EMV, Factor.SMS)
"""s8.2 sentFactors "only include those factors that need to be sent": an authenticator needs no sending.
[s8.2/sent-factors]
"""

SECURITY_PATH: Final = "/account/security/g2fa"
"""s8.1, the path of the security set-up link."""


@unique
class WithdrawType(Enum):
    """s8.2 withdrawType [s8.2/withdraw-type]."""

    ADDRESS = "ADDRESS"
    UID = "UID"
    MAIL = "MAIL"
    PHONE = "PHONE"


@unique
class FeeDeductType(Enum):
    """s8.2 feeDeductType; the page prints the rule, clients print the two words (H50)."""

    INTERNAL = "INTERNAL"
    EXTERNAL = "EXTERNAL"


ACCOUNT_WINDOWS: Final[tuple[tuple[str, int, int], ...]] = (("10 s", 10 * SECOND, 3), ("24 h", 24 * HOUR, 50))
"""s8.2 "rate limits: 3 times/10 seconds, 50 times/24 hours" as (name, length in ms, times), for withdrawals by UID,
MAIL and PHONE. [s8.2/account-windows]
"""

# --- s9: fees ----------------------------------------------------------------------------------------------------
SERVICE_FEE_RATE: Final = Decimal("0.10")
"""s9 "10% of withdrawal amount" [s9/rate]."""
SERVICE_FEE_MINIMUM_USDT: Final = Decimal(1)
"""s9 "Minimum fee: equivalent of 1 USDT per withdrawal" [s9/minimum]."""
SERVICE_FEE_MAXIMUM_USDT: Final = Decimal(30)
"""s9 "Maximum fee: equivalent of 30 USDT per withdrawal" [s9/maximum]."""

# --- not on the page: KuCoin's REST authentication ---------------------------------------------------------------
TIMESTAMP_WINDOW: Final = 5 * SECOND
"""KuCoin's signing page: a `KC-API-TIMESTAMP` 5 s or more away from the server's clock is refused.
[signing/timestamp-window]
"""
KEY_VERSIONS: Final = ("2", "3")
"""Values of `KC-API-KEY-VERSION` that real clients send with success [H31/key-versions]."""
SITES: Final = {False: "global", True: "europe"}
"""`siteType` by whether the client's site is a local one: the two words that are known [H65/site-type]."""
