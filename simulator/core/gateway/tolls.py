"""What KuCoin's gateway asks of each call to /api: a permission of the key, and a weight of one of the caller's pools.

One row a call, by the name of its operation. `docs/endpoints.md` is made of this table, and so is every check of a
permission and every count of a pool.
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
    AuthGroup.API_TRANSFER: "FlexTransfers",
    AuthGroup.API_WITHDRAW_OAUTH: "API_WITHDRAW_OAUTH",
    OwnPermission.WITHDRAWAL: "Withdrawal",
}
"""What KuCoin's reference calls a permission that a call asks for."""


class Toll(Value, frozen=True):
    """What a call needs and costs. `needs` None = public: no key, and whatever KC-API headers come are ignored.

    `grade` tells how well weight and pool are known, `source` where the call itself stands.
    """

    needs: Permission | None
    pool: Pool
    weight: int
    source: str
    grade: Grade


G, T, O, W = AuthGroup.API_COMMON, AuthGroup.API_TRANSFER, AuthGroup.API_WITHDRAW_OAUTH, OwnPermission.WITHDRAWAL  # noqa: E741 - a table
M, P, S, U = Pool.MANAGEMENT, Pool.PUBLIC, Pool.SPOT, Pool.UNIFIED_ACCOUNT
D, C, A = Grade.DOCUMENTED, Grade.OBSERVED, Grade.ASSUMED
REST: Final = "REST API"
"""KuCoin's reference of the REST API around the page."""
PRO: Final = "Broker Pro"

# fmt: off
TOLLS: Final[dict[str, Toll]] = {
    "get_server_time": Toll(None, P, 3, REST, D),
    "get_service_status": Toll(None, P, 3, REST, D),
    "get_client_ip": Toll(None, P, 0, REST, D),
    "list_currencies": Toll(None, P, 3, REST, D),
    "get_currency": Toll(None, P, 3, "s8.2", D),
    "list_symbols": Toll(None, P, 4, REST, D),
    "list_tickers": Toll(None, P, 15, REST, D),
    "list_cross_margin_symbols": Toll(None, P, 3, REST, D),
    "list_isolated_margin_symbols": Toll(None, P, 3, REST, D),
    "list_contracts": Toll(None, P, 3, REST, D),
    "get_account_mode": Toll(G, U, 5, "seen in ccxt", A),
    "get_spot_account_type": Toll(G, S, 30, REST, D),
    "get_api_key_info": Toll(G, M, 20, REST, D),
    "get_user_info": Toll(G, M, 20, REST, D),
    "list_accounts": Toll(G, M, 5, REST, D),
    "get_account": Toll(G, M, 5, REST, D),
    "list_ledgers": Toll(G, M, 2, REST, D),
    "list_hf_ledgers": Toll(G, S, 2, REST, D),
    "get_transferable": Toll(G, M, 20, REST, D),
    "make_transfer": Toll(T, M, 4, REST, D),
    "create_deposit_address": Toll(G, M, 20, REST, D),
    "list_deposit_addresses": Toll(G, M, 5, REST, D),
    "list_deposit_addresses_v2": Toll(G, M, 5, REST, D),
    "get_deposit_address_v1": Toll(G, M, 5, REST, D),
    "list_deposits": Toll(G, M, 5, REST, D),
    "get_withdrawal_quotas": Toll(G, M, 20, REST, D),
    "list_withdrawals": Toll(G, M, 20, REST, D),
    "get_withdrawal": Toll(G, M, 20, REST, D),
    "cancel_withdrawal": Toll(W, M, 20, REST, D),
    "withdraw_v3": Toll(W, M, 5, REST, D),
    "withdraw": Toll(O, M, 5, "s8.2", A),
    "verify_withdrawal": Toll(O, M, 5, "s8.2", A),
    "get_rebate": Toll(G, M, 3, PRO, D),
    "get_rebate_v2": Toll(G, M, 3, PRO, A),
    "get_commission": Toll(G, M, 3, PRO, A),
    "list_broker_users": Toll(G, M, 3, PRO, A),
    "list_broker_transactions": Toll(G, M, 3, PRO, A),
}
# fmt: on
"""[rest/permissions] [rest/pools] [H60/unpublished-weights]"""
