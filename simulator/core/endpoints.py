"""All operations of the exchange, joined from the declarations of its wings."""

from __future__ import annotations

from typing import Final

from simulator.core import passing
from simulator.core.account import (
    accounts,
    accounts_old,
    api_key_info,
    deposit_addresses,
    deposit_addresses_old,
    deposits,
    fees,
    futures_account,
    futures_positions,
    hf_ledgers,
    histories_old,
    info,
    ledgers,
    margin_accounts,
    margin_accounts_old,
    margin_ledgers,
    quotas,
    sub_accounts,
    transfers,
    transfers_old,
    withdrawals_v1,
    withdrawals_v3,
)
from simulator.core.account import withdrawals as account_withdrawals
from simulator.core.broker_pro import commission, rebates
from simulator.core.control import administration, happenings
from simulator.core.control import orders as orders_by_hand
from simulator.core.control import trading as control_trading
from simulator.core.endpoint import Call, Endpoint, Operation
from simulator.core.fast_api import api_keys, authorization, refresh, security, tokens, withdrawals
from simulator.core.funds import arrivals, settlement
from simulator.core.market import currencies, currencies_old, order_book, server, symbols, tickers, trades
from simulator.core.spot import (
    dead_man_switch,
    orders_add,
    orders_cancel,
    orders_done,
    orders_old,
    orders_old_trading,
    orders_read,
    stop_orders,
    stop_orders_cancel,
)
from simulator.core.stream import tokens as stream_tokens

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    # the page
    *tokens.ENDPOINTS,
    *refresh.ENDPOINTS,
    *api_keys.ENDPOINTS,
    *withdrawals.ENDPOINTS,
    # public
    *server.ENDPOINTS,
    *currencies.ENDPOINTS,
    *currencies_old.ENDPOINTS,
    *symbols.ENDPOINTS,
    *tickers.ENDPOINTS,
    *order_book.ENDPOINTS,
    *trades.ENDPOINTS,
    # accounts
    *api_key_info.ENDPOINTS,
    *info.ENDPOINTS,
    *sub_accounts.ENDPOINTS,
    *accounts.ENDPOINTS,
    *accounts_old.ENDPOINTS,
    *margin_accounts.ENDPOINTS,
    *margin_accounts_old.ENDPOINTS,
    *futures_account.ENDPOINTS,
    *futures_positions.ENDPOINTS,
    *ledgers.ENDPOINTS,
    *hf_ledgers.ENDPOINTS,
    *margin_ledgers.ENDPOINTS,
    *transfers.ENDPOINTS,
    *transfers_old.ENDPOINTS,
    *fees.ENDPOINTS,
    # trading
    *orders_old.ENDPOINTS,
    *orders_old_trading.ENDPOINTS,
    *orders_read.ENDPOINTS,
    *orders_done.ENDPOINTS,
    *orders_add.ENDPOINTS,
    *orders_cancel.ENDPOINTS,
    *dead_man_switch.ENDPOINTS,
    *stop_orders.ENDPOINTS,
    *stop_orders_cancel.ENDPOINTS,
    # websocket feeds
    *stream_tokens.ENDPOINTS,
    # deposits
    *deposit_addresses.ENDPOINTS,
    *deposit_addresses_old.ENDPOINTS,
    *deposits.ENDPOINTS,
    # withdrawals
    *quotas.ENDPOINTS,
    *account_withdrawals.ENDPOINTS,
    *withdrawals_v1.ENDPOINTS,
    *withdrawals_v3.ENDPOINTS,
    *histories_old.ENDPOINTS,
    # Broker Pro
    *rebates.ENDPOINTS,
    *commission.ENDPOINTS,
)
"""Every call of the API, in the order of the documents. Two can share a method and a path (s8.2)."""
BY_ITSELF: Final = (*passing.OPERATIONS, *settlement.OPERATIONS, *arrivals.OPERATIONS)
"""Operations that happen by the passing of time or by the world outside, or that the control surface calls instead."""
BY_HAND: Final = (
    *administration.OPERATIONS,
    *happenings.OPERATIONS,
    *orders_by_hand.OPERATIONS,
    *control_trading.OPERATIONS,
)
"""Operations of the control surface."""
CALLS: Final[dict[str, Call]] = {call.name: call for call in (*authorization.PAGES, *security.PAGES, *ENDPOINTS)}
"""Every operation that a client calls, by name. A scenario's faults can name any of them."""
OPERATIONS: Final[dict[type, Operation]] = {
    operation.command: operation for operation in (*CALLS.values(), *BY_ITSELF, *BY_HAND)
}
"""Every operation, by the type of its command."""
