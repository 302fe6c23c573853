"""`POST /api/v3/withdrawals`: the ordinary withdrawal, for keys that a user made by hand.

It is no transaction of the Fast API: no second factor, no OAuth service fee, and another name for the address.
"""

from __future__ import annotations

from typing import Final

from simulator.core.funds import balances, payments
from simulator.core.funds.payouts import Withdrawn, counted, pay
from simulator.core.gateway.requests import Body, Fields, judging, read_body
from simulator.core.gateway.signature import SignedRequest, authenticate
from simulator.core.value import Value
from simulator.core.world import Now, World

ADDRESS: Final = "toAddress"
PARAMETERS: Final = frozenset(ADDRESS if name == "address" else name for name in payments.PARAMETERS)


class WithdrawV3(Value, frozen=True):
    """The request; there is one step only."""

    signed: SignedRequest
    body: Body


def withdraw_v3(world: World, command: WithdrawV3, now: Now) -> tuple[World, Withdrawn]:
    """Judged as a withdrawal of s8.2 is, but for factors and the service fee.

    [rest/withdraw-v3] [H70/no-factors-no-service-fee]
    """
    key, notes = authenticate(world, command.signed, now, "withdraw_v3")
    user = world.users[key.user]
    values, notes = read_body(command.body, PARAMETERS, notes)
    with judging(notes), counted(world, user, values, now) as counting:
        payment = payments.read_payment(world, Fields(values), ADDRESS)
        balances.check_active(user)
        world, withdrawal = pay(counting, key, user, payment, now, oauth=False)
    return world, Withdrawn(withdrawal=withdrawal, notes=notes)
