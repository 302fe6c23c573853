"""Whether statements and clienteles of an imported state tell what is there: they are indexes, and lose nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from simulator.core.ordering import in_order
from simulator.core.world import WithdrawalStatus, World
from simulator.state.indexes import told

Line = tuple[str, str, str]
"""Which list of a statement, whose, and the name that stands there."""
LISTS: Final = ("withdrawals", "received", "deposits", "transfers")


def problems(world: World) -> Iterator[tuple[str, str]]:
    """What does not fit: where, and what is wrong. Each table is gone through once."""
    there, told = set(_there(world)), Counter(_told(world))
    for (kind, user, name), times in told.items():
        place = f".world.statements[{user}].{kind}"
        if (kind, user, name) not in there:
            yield place, f"{name} is none of the user's {kind}"
        if times > 1:
            yield place, f"{name} stands twice"
    for kind, user, name in in_order(set(_owed(world)) - told.keys()):
        yield f".world.statements[{user}].{kind}", f"{name} is missing"
    yield from _clienteles(world)
    yield from _names(world)


def _names(world: World) -> Iterator[tuple[str, str]]:
    """No two keys of a user have the same name."""
    named = Counter((key.user, key.api_name) for key in world.api_keys.values())
    for (user, name), times in named.items():
        if times > 1:
            yield f".world.users[{user}]", f"has {times} API keys of the name {name}"


def _clienteles(world: World) -> Iterator[tuple[str, str]]:
    """Who has authorized a client is exactly who has consented, and each with a consent of their own."""
    consented = {(each.client_id, each.user) for each in world.consents.values()}
    listed = {(name, user) for name, each in world.clienteles.items() for user in each.users}
    for client_id, user in in_order(consented ^ listed):
        yield f".world.clienteles[{client_id}].users", f"{user} is missing, or has not consented"
    for client_id, each in world.clienteles.items():
        for user, consent in each.users.items():
            found = world.consents.get(consent)
            if found is None or (found.client_id, found.user) != (client_id, user):
                yield f".world.clienteles[{client_id}].users", f"{consent} is no consent of {user}"


def _told(world: World) -> Iterator[Line]:
    for user, statement in world.statements.items():
        each = told(statement)
        for kind in LISTS:
            yield from ((kind, user, name) for name in getattr(each, kind))


def _there(world: World) -> Iterator[Line]:
    """What a statement may tell. Past withdrawals of somebody who is gone need not be told to a namesake."""
    for name, each in world.withdrawals.items():
        yield "withdrawals", each.user, name
        if each.recipient is not None and each.status is WithdrawalStatus.SUCCESS:
            yield "received", each.recipient, name
    yield from _owed(world)


def _owed(world: World) -> Iterator[Line]:
    """What a statement must tell."""
    for name, each in world.withdrawals.items():
        if not each.status.final:
            yield "withdrawals", each.user, name
    for name, deposit in world.deposits.items():
        yield "deposits", deposit.user, name
    for user, client_oid in world.transfers:
        yield "transfers", user, client_oid
