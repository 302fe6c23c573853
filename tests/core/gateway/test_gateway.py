"""The table of the gateway: what each call to /api needs and costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import get_type_hints
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk import START, Desk, Key, groups_body, payment
from support.every_operation import COMMANDS

from simulator.core.account.api_key_info import GetApiKeyInfo
from simulator.core.account.withdrawals import GetWithdrawal
from simulator.core.endpoints import ENDPOINTS, OPERATIONS
from simulator.core.fast_api.api_keys import AddApiKey, ApiKeyAdded
from simulator.core.fast_api.withdrawals import Withdraw
from simulator.core.gateway.ip_lists import may_withdraw
from simulator.core.gateway.permissions import NAMES, OwnPermission
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, pairs
from simulator.core.refusals import Grade, Reason
from simulator.core.spec import AuthGroup
from simulator.core.world import MadeBy

IP = "203.0.113.7"


def _key(desk: Desk, *groups: str) -> Key:
    added = desk.do(AddApiKey(f"bearer {desk.pair().access_token}", groups_body(*groups), IP), ApiKeyAdded)
    return Key(added.api_key, added.secret, added.passphrase)


def test_permissions() -> None:
    """A call whose key lacks the permission of its row is 400007; with it, the call is judged."""
    desk = Desk()
    reads, pays = _key(desk, "API_SPOT"), _key(desk, "API_COMMON", "API_WITHDRAW_OAUTH")
    path, raw = "/api/v1/user/api-key", json.dumps(payment()).encode()
    assert desk.perform(GetApiKeyInfo(reads.sign(method="GET", path=path))).word == "OK"
    assert desk.reason(Withdraw(reads.sign(raw), Body(payment()))) is Reason.PERMISSION_MISSING
    assert desk.perform(Withdraw(pays.sign(raw), Body(payment()))).word == "OK"
    refusal = desk.refusal(Withdraw(reads.sign(raw), Body(payment())))
    assert (refusal.expected, refusal.received) == ("API_WITHDRAW_OAUTH", "API_COMMON,API_SPOT")


def test_a_permission_that_nobody_granted_reads_nothing() -> None:
    """Every key has the general permission, so that a call that needs it asks for a key and no more."""
    desk = Desk()
    key = _key(desk, "API_SPOT")
    found = GetWithdrawal(key.sign(method="GET", path="/api/v1/withdrawals/x"), "x")
    assert desk.reason(found) is Reason.WITHDRAWAL_UNKNOWN
    assert desk.world.api_keys[key.api_key].made_by is MadeBy.CONSENT


RATE_LIMITS = {endpoint.name: endpoint.rate_limit for endpoint in ENDPOINTS if endpoint.rate_limit}


@pytest.mark.parametrize(
    ("operation", "pool", "weight"),
    [
        ("get_server_time", Pool.PUBLIC, 3),
        ("get_client_ip", Pool.PUBLIC, 0),
        ("list_tickers", Pool.PUBLIC, 15),
        ("get_api_key_info", Pool.MANAGEMENT, 20),
        ("list_accounts", Pool.MANAGEMENT, 5),
        ("list_ledgers", Pool.MANAGEMENT, 2),
        ("get_spot_account_type", Pool.SPOT, 30),
        ("make_transfer", Pool.MANAGEMENT, 4),
        ("withdraw_v3", Pool.MANAGEMENT, 5),
        ("cancel_withdrawal", Pool.MANAGEMENT, 20),
        ("get_rebate", Pool.MANAGEMENT, 3),
    ],
)
def test_documented_weights(operation: str, pool: Pool, weight: int) -> None:
    """Pools and weights are those of KuCoin's reference."""
    rate_limit = RATE_LIMITS[operation]
    assert (rate_limit.pool, rate_limit.weight, rate_limit.grade) == (pool, weight, Grade.DOCUMENTED)


def test_unpublished_weights() -> None:
    """What nobody published is said to be assumed: the broker's withdrawal costs what POST /api/v3/withdrawals does."""
    assumed = {name for name, rate_limit in RATE_LIMITS.items() if rate_limit.grade is Grade.ASSUMED}
    assert assumed >= {"withdraw", "verify_withdrawal", "get_commission"}
    for name in ("withdraw", "verify_withdrawal"):
        assert (RATE_LIMITS[name].pool, RATE_LIMITS[name].weight) == (
            RATE_LIMITS["withdraw_v3"].pool,
            RATE_LIMITS["withdraw_v3"].weight,
        )


def test_public_calls_need_no_key() -> None:
    """A call without a permission counts in the public pool, every other call in another; permissions have names."""
    for endpoint in ENDPOINTS:
        if endpoint.pool:
            assert (endpoint.permission is None) is (endpoint.pool is Pool.PUBLIC)
            assert endpoint.permission is None or endpoint.permission in NAMES
    assert {AuthGroup.API_COMMON, OwnPermission.WITHDRAWAL} <= NAMES.keys()


def test_signed_calls_have_a_row() -> None:
    """Every operation whose command is signed has its rate limit."""
    signed = {row.name for command, row in OPERATIONS.items() if "signed" in get_type_hints(command)}
    assert signed <= RATE_LIMITS.keys()
    assert {row.name for row in OPERATIONS.values()} == COMMANDS.keys()
    assert Desk().wall == START


@given(st.text("&=+%;ab0CfF\xe4\n\u20ac", max_size=24), st.sampled_from(("replace", "strict")))
def test_a_query_is_read_as_python_reads_it(text: str, errors: str) -> None:
    """Names and values of a query or a form are those of `parse_qsl`, or the same byte is wrong."""

    def read(reader: Callable[..., list[tuple[str, str]]], **more: bool) -> object:
        try:
            return reader(text, errors=errors, **more)
        except UnicodeDecodeError as error:
            return error.start, error.reason

    assert read(pairs) == read(parse_qsl, keep_blank_values=True)


def test_a_key_that_withdraws_has_a_list_of_ips() -> None:
    """Without one a key made by hand cannot have the ordinary withdrawal permission, unless the switch allows it."""
    assert may_withdraw(Desk().world, (IP,))
    assert not may_withdraw(Desk().world, ())
    assert may_withdraw(Desk(withdrawal_key_ips="optional").world, ())
