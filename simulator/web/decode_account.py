"""Signed requests about a user's own account -> commands."""

from __future__ import annotations

from simulator.core.accounts import ListAccounts
from simulator.core.api_keys import GetApiKeyInfo
from simulator.core.operations import Command
from simulator.core.settlement import GetWithdrawal
from simulator.messages import Request
from simulator.web.decode import last_part, parameters, signed


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
