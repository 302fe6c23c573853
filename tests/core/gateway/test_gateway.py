"""The table of the gateway: what each call to /api needs and costs."""

from __future__ import annotations

import json
from typing import get_type_hints

import pytest
from support.desk import START, Desk, Key, groups_body, payment
from support.every_operation import COMMANDS

from simulator.core.account.withdrawals import GetWithdrawal
from simulator.core.endpoints import ENDPOINTS, OPERATIONS
from simulator.core.fast_api.api_keys import AddApiKey, ApiKeyAdded, GetApiKeyInfo
from simulator.core.fast_api.withdrawals import Withdraw
from simulator.core.gateway.ip_lists import may_withdraw
from simulator.core.gateway.requests import Body
from simulator.core.gateway.tolls import NAMES, OwnPermission, Pool
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


TOLLS = {endpoint.name: endpoint.toll for endpoint in ENDPOINTS if endpoint.toll}


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
    toll = TOLLS[operation]
    assert (toll.pool, toll.weight, toll.grade) == (pool, weight, Grade.DOCUMENTED)


def test_unpublished_weights() -> None:
    """What nobody published is said to be assumed: the broker's withdrawal costs what POST /api/v3/withdrawals does."""
    assumed = {name for name, toll in TOLLS.items() if toll.grade is Grade.ASSUMED}
    assert assumed >= {"withdraw", "verify_withdrawal", "get_commission"}
    for name in ("withdraw", "verify_withdrawal"):
        assert (TOLLS[name].pool, TOLLS[name].weight) == (TOLLS["withdraw_v3"].pool, TOLLS["withdraw_v3"].weight)


def test_public_calls_need_no_key() -> None:
    """A call that needs nothing counts in the public pool, and every other one needs a permission that has a name."""
    assert {toll.pool for toll in TOLLS.values() if toll.needs is None} == {Pool.PUBLIC}
    assert {toll.needs for toll in TOLLS.values()} - {None} <= NAMES.keys()
    assert {AuthGroup.API_COMMON, OwnPermission.WITHDRAWAL} <= NAMES.keys()


def test_signed_calls_have_a_row() -> None:
    """Every operation whose command is signed has its toll."""
    signed = {row.name for command, row in OPERATIONS.items() if "signed" in get_type_hints(command)}
    assert signed <= TOLLS.keys()
    assert {row.name for row in OPERATIONS.values()} == COMMANDS.keys()
    assert Desk().wall == START


def test_a_key_that_withdraws_has_a_list_of_ips() -> None:
    """Without one a key made by hand cannot have the ordinary withdrawal permission, unless the switch allows it."""
    assert may_withdraw(Desk().world, (IP,))
    assert not may_withdraw(Desk().world, ())
    assert may_withdraw(Desk(withdrawal_key_ips="optional").world, ())
