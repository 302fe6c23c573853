"""`POST /api/v1/withdrawals`: the ordinary withdrawal as it was before version 3, to addresses only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import balances, payments
from simulator.core.funds.payouts import Withdrawn, pay
from simulator.core.gateway.permissions import WITHDRAWAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.spec import WithdrawType
from simulator.core.value import Value
from simulator.core.world import ApiKey, Now, World

PARAMETERS: Final = tuple(parameter for parameter in payments.PARAMETERS if parameter != payments.WITHDRAW_TYPE)


class WithdrawV1(Value, frozen=True):
    """The request; there is one step only."""

    signed: SignedRequest
    body: Body


def withdraw_v1(world: World, key: ApiKey, body: Mapping[str, object], now: Now) -> tuple[World, Withdrawn]:
    """Judged as version 3 is. A person cannot be paid, because there is no `withdrawType` [rest/withdraw-v1]."""
    user = world.users[key.user]
    payment = payments.read_payment(world, Fields(body), withdraw_type=WithdrawType.ADDRESS)
    balances.check_active(user)
    world, withdrawal = pay(world, key, user, payment, now, oauth=False)
    return world, Withdrawn(withdrawal=withdrawal)


ENDPOINTS: Final = (
    Endpoint(
        withdraw_v1,
        WithdrawV1,
        REST,
        call="POST /api/v1/withdrawals",
        parameters=PARAMETERS,
        example={
            "currency": "USDT",
            "address": "ToutsideToutsideToutsideToutsideTo",
            "amount": "20",
            "chain": "trx",
        },
        permission=WITHDRAWAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        refusals=payments.REFUSALS,
    ),
)
