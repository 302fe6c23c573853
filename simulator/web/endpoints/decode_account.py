"""Signed requests about a user's own account -> commands."""

from __future__ import annotations

from simulator.core.account.accounts import GetAccount, ListAccounts
from simulator.core.account.deposit_addresses import (
    CreateDepositAddress,
    GetDepositAddressV1,
    ListDepositAddresses,
    ListDepositAddressesV2,
)
from simulator.core.account.deposits import ListDeposits
from simulator.core.account.hf_ledgers import ListHfLedgers
from simulator.core.account.info import GetAccountMode, GetSpotAccountType, GetUserInfo
from simulator.core.account.ledgers import ListLedgers
from simulator.core.account.quotas import GetWithdrawalQuotas
from simulator.core.account.transfers import GetTransferable, MakeTransfer
from simulator.core.account.withdrawals import CancelWithdrawal, GetWithdrawal, ListWithdrawals
from simulator.core.account.withdrawals_v3 import WithdrawV3
from simulator.core.fast_api.api_keys import GetApiKeyInfo
from simulator.core.value import Command
from simulator.messages import Request
from simulator.web.endpoints.decode import json_body, last_part, parameters, signed


def get_api_key_info(request: Request) -> Command:
    """No parameters."""
    return GetApiKeyInfo(signed(request))


def list_accounts(request: Request) -> Command:
    """`currency` and `type`, both optional."""
    asked = parameters(request)
    return ListAccounts(signed(request), asked.get("currency", ""), asked.get("type", ""))


def get_withdrawal(request: Request) -> Command:
    """The id is the last part of the path."""
    return GetWithdrawal(signed(request), last_part(request))


def cancel_withdrawal(request: Request) -> Command:
    """The id is the last part of the path."""
    return CancelWithdrawal(signed(request), last_part(request))


def get_account(request: Request) -> Command:
    """The id is the last part of the path."""
    return GetAccount(signed(request), last_part(request))


def get_user_info(request: Request) -> Command:
    """No parameters."""
    return GetUserInfo(signed(request))


def get_spot_account_type(request: Request) -> Command:
    """No parameters."""
    return GetSpotAccountType(signed(request))


def get_account_mode(request: Request) -> Command:
    """No parameters."""
    return GetAccountMode(signed(request))


def list_ledgers(request: Request) -> Command:
    """Everything in the query."""
    return ListLedgers(signed(request), parameters(request))


def list_hf_ledgers(request: Request) -> Command:
    """Everything in the query."""
    return ListHfLedgers(signed(request), parameters(request))


def get_transferable(request: Request) -> Command:
    """Everything in the query."""
    return GetTransferable(signed(request), parameters(request))


def make_transfer(request: Request) -> Command:
    """Everything in the body."""
    return MakeTransfer(signed(request), json_body(request))


def create_deposit_address(request: Request) -> Command:
    """Everything in the body."""
    return CreateDepositAddress(signed(request), json_body(request))


def list_deposit_addresses(request: Request) -> Command:
    """Everything in the query."""
    return ListDepositAddresses(signed(request), parameters(request))


def list_deposit_addresses_v2(request: Request) -> Command:
    """Everything in the query."""
    return ListDepositAddressesV2(signed(request), parameters(request))


def get_deposit_address_v1(request: Request) -> Command:
    """Everything in the query."""
    return GetDepositAddressV1(signed(request), parameters(request))


def list_deposits(request: Request) -> Command:
    """Everything in the query."""
    return ListDeposits(signed(request), parameters(request))


def get_withdrawal_quotas(request: Request) -> Command:
    """Everything in the query."""
    return GetWithdrawalQuotas(signed(request), parameters(request))


def list_withdrawals(request: Request) -> Command:
    """Everything in the query."""
    return ListWithdrawals(signed(request), parameters(request))


def withdraw_v3(request: Request) -> Command:
    """Everything in the body."""
    return WithdrawV3(signed(request), json_body(request))
