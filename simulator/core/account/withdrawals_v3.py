"""`POST /api/v3/withdrawals`: the ordinary withdrawal, for keys that a user made by hand.

It is no transaction of the Fast API: no second factor, no OAuth service fee, and another name for the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import balances, payments
from simulator.core.funds.payouts import CountedAttempt, Withdrawn, pay
from simulator.core.gateway.parameters import Text
from simulator.core.gateway.permissions import WITHDRAWAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.core.world import ApiKey, Now, World

ADDRESS: Final = Text("toAddress", required=True)
PARAMETERS: Final = (ADDRESS, *(parameter for parameter in payments.PARAMETERS if parameter != payments.ADDRESS))


class WithdrawV3(Value, frozen=True):
    """The request; there is one step only."""

    signed: SignedRequest
    body: Body


def withdraw_v3(world: World, key: ApiKey, body: Mapping[str, object], now: Now) -> tuple[World, Withdrawn]:
    """Judged as a withdrawal of s8.2 is, but for factors and the service fee.

    [rest/withdraw-v3] [H70/no-factors-no-service-fee]
    """
    user = world.users[key.user]
    with CountedAttempt(world, user, body, now) as counting:
        payment = payments.read_payment(world, Fields(body), ADDRESS)
        balances.check_active(user)
        world, withdrawal = pay(counting, key, user, payment, now, oauth=False)
    return world, Withdrawn(withdrawal=withdrawal)


ENDPOINTS: Final = (
    Endpoint(
        withdraw_v3,
        WithdrawV3,
        REST,
        call="POST /api/v3/withdrawals",
        parameters=PARAMETERS,
        permission=WITHDRAWAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        refusals={Reason.WITHDRAWAL_RATE_LIMITED, *payments.REFUSALS},
    ),
)
