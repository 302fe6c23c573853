"""Every way to earn a refusal, of every operation that has a good request."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.core.refusals import Reason
from simulator.core.value import Command
from support.desk import IP, Desk
from support.examples import command_of, wrong_values
from support.refusal_cases import account, broker_pro, fast_api, oauth, older_calls, spot, spot_reads, stop_orders
from support.refusal_cases.defects import UNREADABLE, Case, Defect, Fields, change_key, change_user, unreadable
from support.refusal_cases.fast_api import GATEWAY_DEFECTS, signed_as, used_up_by

CASES: Final[dict[str, Case]] = oauth.CASES | fast_api.CASES | account.CASES | broker_pro.CASES
CASES.update(older_calls.CASES)
CASES.update(spot.CASES)
CASES.update(spot_reads.CASES)
CASES.update(stop_orders.CASES)
WORLDS: Final = {
    Reason.CURRENCY_UNKNOWN: account.NO_SUCH_CURRENCY,
    Reason.CHAIN_INVALID: account.NO_SUCH_CHAIN,
    Reason.SYMBOL_UNKNOWN: Defect(Reason.SYMBOL_UNKNOWN, world=lambda world: world.put(symbols=HashTrieMap())),
    Reason.USER_FROZEN: Defect(Reason.USER_FROZEN, world=change_user(frozen=True)),
    Reason.ACCOUNT_NOT_OPENED: Defect(Reason.ACCOUNT_NOT_OPENED, world=change_user(futures=False)),
}
"""Reasons that another world gives to any call that can be refused for them."""
NEEDS_A_CASE: Final = "a Case in tests/support/refusal_cases/, or a Defect in WORLDS there"


def of_example(endpoint: Endpoint) -> Case:
    """The example of the declaration, signed with a key that a user made by hand, and what can be wrong with it."""

    def build(desk: Desk, fields: Fields) -> Command:
        command = command_of(endpoint, lambda **_: signed_as(desk, fields), IP, fields)
        return replace(command, body=fields["body"]) if fields["body"] else command

    def limited(desk: Desk, fields: Fields) -> None:
        used_up_by(lambda signed: command_of(endpoint, lambda **_: signed, IP))(desk, fields)

    return Case(
        lambda desk: {**endpoint.example, "credentials": desk.own_key("alice"), "body": None},
        build,
        (
            Defect(Reason.RATE_LIMITED, earlier=limited),
            *(defect for defect in GATEWAY_DEFECTS if defect.reason is not Reason.RATE_LIMITED),
            Defect(Reason.PERMISSION_MISSING, world=change_key(groups=(), withdrawal=False)),
            *(unreadable(*UNREADABLE) if endpoint.held_in == "body" else ()),
            *(Defect(endpoint.malformed, wrong) for wrong in wrong_values(endpoint)),
            *(defect for reason, defect in WORLDS.items() if reason in endpoint.refusals),
        ),
    )


CASES.update(
    {
        endpoint.name: of_example(endpoint)
        for endpoint in ENDPOINTS
        if endpoint.permission and endpoint.name not in CASES
    }
)
