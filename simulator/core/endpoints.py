"""Everything that the exchange can do, on one screen: what its wings declare, joined."""

from __future__ import annotations

from typing import Final

from simulator.core.account import (
    accounts,
    deposit_addresses,
    deposit_addresses_old,
    deposits,
    fees,
    hf_ledgers,
    info,
    ledgers,
    quotas,
    transfers,
    withdrawals_v3,
)
from simulator.core.account import withdrawals as account_withdrawals
from simulator.core.broker_pro import commission, rebates
from simulator.core.control import administration
from simulator.core.endpoint import Call, Endpoint, Operation
from simulator.core.fast_api import api_keys, authorization, security, tokens, withdrawals
from simulator.core.funds import arrivals, settlement
from simulator.core.market import currencies, server, symbols

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    # the page
    *tokens.ENDPOINTS,
    *api_keys.ENDPOINTS,
    *withdrawals.ENDPOINTS,
    # public
    *server.ENDPOINTS,
    *currencies.ENDPOINTS,
    *symbols.ENDPOINTS,
    # accounts
    *api_keys.API_ENDPOINTS,
    *info.ENDPOINTS,
    *accounts.ENDPOINTS,
    *ledgers.ENDPOINTS,
    *hf_ledgers.ENDPOINTS,
    *transfers.ENDPOINTS,
    *fees.ENDPOINTS,
    # deposits
    *deposit_addresses.ENDPOINTS,
    *deposit_addresses_old.ENDPOINTS,
    *deposits.ENDPOINTS,
    # withdrawals
    *quotas.ENDPOINTS,
    *account_withdrawals.ENDPOINTS,
    *withdrawals_v3.ENDPOINTS,
    # Broker Pro
    *rebates.ENDPOINTS,
    *commission.ENDPOINTS,
)
"""Every call of the exchange, in the order of the documents. Two can share a place (s8.2)."""
BY_ITSELF: Final = (
    Operation(settlement.pass_time, settlement.PassTime, "H52"),
    Operation(settlement.move_withdrawal, settlement.MoveWithdrawal, "H52"),
    Operation(arrivals.arrive_deposit, arrivals.ArriveDeposit, "s9"),
)
"""What time and the world outside bring about, or the control surface in their place."""
CALLS: Final[dict[str, Call]] = {call.name: call for call in (*authorization.PAGES, *security.PAGES, *ENDPOINTS)}
"""Every operation that a client calls, by name: what a scenario's faults can strike."""
OPERATIONS: Final[dict[type, Operation]] = {
    operation.command: operation for operation in (*CALLS.values(), *BY_ITSELF, *administration.OPERATIONS)
}
"""Every operation, by the command that asks for it."""
