"""Checks of an imported state's statements and clienteles: as indexes they must list exactly the existing rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from simulator.core.ordering import in_order
from simulator.core.world import WithdrawalStatus, World
from simulator.state.indexes import exported_statement
from simulator.state.totals import Mismatch

Listing = tuple[str, str, str]
"""(list of a statement, user, the name in the list)."""
LISTS: Final = ("withdrawals", "received", "deposits", "transfers")


def problems(world: World) -> Iterator[Mismatch]:
    """All mismatches. Each table is read once."""
    possible, counts = set(_possible(world)), Counter(_listed(world))
    for (kind, user, name), times in counts.items():
        place = f".world.statements[{user}].{kind}"
        if (kind, user, name) not in possible:
            yield place, f"{name} is none of the user's {kind}"
        if times > 1:
            yield place, f"{name} is repeated"
    for kind, user, name in in_order(set(_required(world)) - counts.keys()):
        yield f".world.statements[{user}].{kind}", f"{name} is missing"
    yield from _clienteles(world)
    yield from _names(world)


def _names(world: World) -> Iterator[Mismatch]:
    """Mismatches of key names: no two keys of a user may have the same name."""
    named = Counter((key.user, key.api_name) for key in world.api_keys.values())
    for (user, name), times in named.items():
        if times > 1:
            yield f".world.users[{user}]", f"has {times} API keys of the name {name}"


def _clienteles(world: World) -> Iterator[Mismatch]:
    """Mismatches of clienteles: they must list exactly the users who have consented, each with an own consent."""
    consented = {(consent.client_id, consent.user) for consent in world.consents.values()}
    authorized = {(name, user) for name, clientele in world.clienteles.items() for user in clientele.users}
    for client_id, user in in_order(consented ^ authorized):
        yield f".world.clienteles[{client_id}].users", f"{user} is missing, or has not consented"
    for client_id, clientele in world.clienteles.items():
        for user, consent in clientele.users.items():
            row = world.consents.get(consent)
            if row is None or (row.client_id, row.user) != (client_id, user):
                yield f".world.clienteles[{client_id}].users", f"{consent} is no consent of {user}"


def _listed(world: World) -> Iterator[Listing]:
    for user, statement in world.statements.items():
        exported = exported_statement(statement)
        for kind in LISTS:
            yield from ((kind, user, name) for name in getattr(exported, kind))


def _possible(world: World) -> Iterator[Listing]:
    """The rows that a statement may list. Past withdrawals of a deleted user need not be in a namesake's statement."""
    for name, withdrawal in world.withdrawals.items():
        yield "withdrawals", withdrawal.user, name
        if withdrawal.recipient is not None and withdrawal.status is WithdrawalStatus.SUCCESS:
            yield "received", withdrawal.recipient, name
    yield from _required(world)


def _required(world: World) -> Iterator[Listing]:
    """The rows that a statement must list."""
    for name, withdrawal in world.withdrawals.items():
        if not withdrawal.status.final:
            yield "withdrawals", withdrawal.user, name
    for name, deposit in world.deposits.items():
        yield "deposits", deposit.user, name
    for user, client_oid in world.transfers:
        yield "transfers", user, client_oid
