"""Calls of known weight, and as many of them as a pool holds."""

from __future__ import annotations

from simulator.core.account.accounts import ListAccounts
from simulator.core.account.api_key_info import GetApiKeyInfo
from support.desk import Desk, Key


def accounts(key: Key) -> ListAccounts:
    """A call of weight 5."""
    return ListAccounts(key.sign(method="GET", path="/api/v1/accounts"))


def key_info(key: Key) -> GetApiKeyInfo:
    """A call of weight 20."""
    return GetApiKeyInfo(key.sign(method="GET", path="/api/v1/user/api-key"))


def use_up(desk: Desk, key: Key) -> None:
    """Call until the user's Management pool has no room for a call of weight 20."""
    while not desk.meter(key_info(key)).over:
        pass
