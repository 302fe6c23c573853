"""Events of the world that a scenario places just before or just after a call: `first:` and `then:` of a fault.

No call of the client does any of this. An event that finds nothing to happen to changes nothing, and says so. One more
kind of event is one more row of `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from msgspec.structs import replace

from simulator.core.account.deposit_addresses import addresses_of, spot_of
from simulator.core.control import issued
from simulator.core.control.administration import RevokeConsent, revoke_consent
from simulator.core.control.removal import without_keys
from simulator.core.control.world_event import WorldEvent
from simulator.core.endpoint import Operation
from simulator.core.fast_api.security import with_authenticator
from simulator.core.fast_api.tokens import LIFETIMES, issue
from simulator.core.funds.arrivals import ArriveDeposit, arrive_deposit, credit_deposit
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.funds.selection import under_way
from simulator.core.funds.settlement import move
from simulator.core.refusals import Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import (
    Consent,
    Currency,
    Deposit,
    DepositAddress,
    DepositStatus,
    Now,
    User,
    Withdrawal,
    WithdrawalStatus,
    World,
)


class Happen(Value, frozen=True):
    """Let an event happen. `named` = ids that the call names: the event is about them rather than about the newest."""

    event: WorldEvent
    named: tuple[str, ...] = ()


class Happened(Reply, frozen=True):
    """What has happened, in words; "" = there was nothing that it could happen to."""

    what: str = ""


HappeningResult = tuple[World, str]
"""The world afterwards, and what has happened."""


class HappeningKind(NamedTuple):
    """A kind of event: what it does, and the fields of an event that it takes and needs besides user and client."""

    run: Callable[[World, Happen, Now], HappeningResult]
    about: str
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    shifts_time: bool = False
    """True if it only lets time pass: `until_expiry` says how much."""


def happen(world: World, command: Happen, now: Now) -> tuple[World, Happened]:
    """Let the event happen."""
    world, what = KINDS[command.event.event].run(world, command, now)
    return world, Happened(what=what)


# --- Money
def _credit(world: World, command: Happen, now: Now) -> HappeningResult:
    """A deposit arrives complete, or the oldest one that waits is credited."""
    event = command.event
    if event.amount is None:
        waiting = _waiting(world, event)
        if waiting is None:
            return world, ""
        world, deposit = credit_deposit(world, waiting, now.business)
        return world, _credited(deposit)
    try:
        currency = find_currency(world, event.currency)
        user = world.users.get(event.user)
        address = _address(world, user, currency) if user else None
        if address is None:
            return world, ""
        world, arrived = arrive_deposit(world, ArriveDeposit(event.user, currency.currency, address, event.amount), now)
    except Refusal:
        return world, ""
    return world, _credited(arrived.deposit)


def _address(world: World, user: User, currency: Currency) -> DepositAddress | None:
    """The user's address of the currency by its default chain, else by any chain."""
    spot, _ = spot_of(world, user, currency.currency, find_chain(currency, "").chain_id)
    return spot or next(iter(addresses_of(world, user, currency.currency)), None)


def _waiting(world: World, event: WorldEvent) -> Deposit | None:
    """The user's oldest deposit that waits for confirmations, of the event's currency if it names one."""
    held = (world.deposits[row.id] for row in world.statement(event.user).deposits)
    waiting = [
        deposit
        for deposit in held
        if deposit.status is DepositStatus.PROCESSING and event.currency in ("", deposit.currency)
    ]
    return min(waiting, key=lambda deposit: (deposit.created_at, deposit.id), default=None)


def _credited(deposit: Deposit) -> str:
    return f"deposit {deposit.id} of {deposit.user}: {deposit.status.value}"


def _settle(world: World, command: Happen, now: Now) -> HappeningResult:
    return _ended(world, command, WithdrawalStatus.SUCCESS, now)


def _fail(world: World, command: Happen, now: Now) -> HappeningResult:
    return _ended(world, command, WithdrawalStatus.FAILURE, now)


def _review(world: World, command: Happen, now: Now) -> HappeningResult:
    """KuCoin begins to review the withdrawal, if nothing has become of it yet."""
    withdrawal = _withdrawal(world, command)
    if withdrawal is None or withdrawal.status is not WithdrawalStatus.PROCESSING:
        return world, ""
    world, withdrawal = move(world, withdrawal, WithdrawalStatus.REVIEW, now.business)
    return world, f"withdrawal {withdrawal.id} of {withdrawal.user}: {withdrawal.status.value}"


def _ended(world: World, command: Happen, status: WithdrawalStatus, now: Now) -> HappeningResult:
    withdrawal = _withdrawal(world, command)
    if withdrawal is None:
        return world, ""
    world, withdrawal = move(world, withdrawal, status, now.business)
    return world, f"withdrawal {withdrawal.id} of {withdrawal.user}: {withdrawal.status.value}"


def _withdrawal(world: World, command: Happen) -> Withdrawal | None:
    """The withdrawal that the call names, else the newest one of the user; None if it is over."""
    for name in command.named:
        if name in world.withdrawals:
            withdrawal = world.withdrawals[name]
            return None if withdrawal.status.final else withdrawal
    pending = under_way(world, world.statement(command.event.user))
    return max(pending, key=lambda withdrawal: (withdrawal.created_at, withdrawal.id), default=None)


# --- Rights
def _revoke(world: World, command: Happen, now: Now) -> HappeningResult:
    consent = newest_consent(world, command.event)
    if consent is None:
        return world, ""
    world, _ = revoke_consent(world, RevokeConsent(consent.id), now)
    return world, f"consent {consent.id} of {consent.user} to {consent.client_id}: revoked"


def newest_consent(world: World, event: WorldEvent) -> Consent | None:
    """The newest consent of the user, to the client if the event names one, that is not revoked."""
    consents = issued.consents(world, event.user, event.client) if event.user else ()
    return next((consent for consent in consents if not consent.revoked), None)


def _refresh(world: World, command: Happen, now: Now) -> HappeningResult:
    """The newest pair is replaced, and nobody here learns the new one: another process of the broker has it."""
    consent = newest_consent(world, command.event)
    if consent is None or not consent.generation:
        return world, ""
    world, _ = issue(world, consent, now)
    return world, f"consent {consent.id} of {consent.user} to {consent.client_id}: refreshed by another process"


def _delete_key(world: World, command: Happen, now: Now) -> HappeningResult:
    """The user deletes the keys that the client has made for them."""
    event = command.event
    keys = [key for key in issued.keys(world, event.user, event.client) if event.user and key.client_id]
    world, _ = without_keys(world, keys)
    return world, f"{len(keys)} API keys of {event.user}: deleted" if keys else ""


def _bind(world: World, command: Happen, now: Now) -> HappeningResult:
    """The user sets an authenticator up, on another device than the one that follows the link of s8.1."""
    user = world.users.get(command.event.user)
    if user is None or user.authenticator_bound:
        return world, ""
    return world.put(with_authenticator(user)), f"user {user.name}: has an authenticator"


def _narrow(world: World, command: Happen, now: Now) -> HappeningResult:
    """The user takes back all permissions but some: of the consent, and of the keys of that client."""
    event = command.event
    consent = newest_consent(world, event)
    keys = [key for key in issued.keys(world, event.user, event.client) if event.user and key.client_id]
    rows = [row for row in (consent, *keys) if row is not None and not set(row.groups) <= set(event.groups)]
    if not rows:
        return world, ""
    for row in rows:
        world = world.put(replace(row, groups=tuple(group for group in row.groups if group in event.groups)))
    groups = ", ".join(group.value for group in event.groups) or "nothing"
    return world, f"{event.user} leaves no more than {groups}, of {len(rows)} consents and keys"


def _freeze(world: World, command: Happen, now: Now) -> HappeningResult:
    return _set_frozen(world, command.event.user, frozen=True)


def _unfreeze(world: World, command: Happen, now: Now) -> HappeningResult:
    return _set_frozen(world, command.event.user, frozen=False)


def _set_frozen(world: World, name: str, *, frozen: bool) -> HappeningResult:
    user = world.users.get(name)
    if user is None or user.frozen is frozen:
        return world, ""
    return world.put(replace(user, frozen=frozen)), f"user {name}: {'frozen' if frozen else 'no longer frozen'}"


# --- Time
def _expire(world: World, command: Happen, now: Now) -> HappeningResult:
    """Nothing changes but the time, which `until_expiry` has let pass."""
    return world, ""


def until_expiry(world: World, event: WorldEvent, now: Now) -> int:
    """How much business time must pass until what the event names has just expired, ms; 0 = there is no such thing.

    Tokens and codes expire by the clock alone, so an expiry is a jump of the clock.
    """
    consent = newest_consent(world, event)
    if consent is None or (event.what == "code") is (consent.generation > 0):
        return 0
    if event.what == "code":
        end = consent.granted_at + world.choices.authorization_code_lifetime
    else:
        end = consent.issued_at + LIFETIMES["access" if event.what == "access_token" else "refresh"]
    return max(0, end - now.business)


KINDS: Final[dict[str, HappeningKind]] = {
    "credit": HappeningKind(
        _credit,
        "the user's oldest deposit that waits is credited, or one of `amount` arrives",
        takes=("currency", "amount"),
    ),
    "settle": HappeningKind(_settle, "the withdrawal that the call names, or the user's newest one under way, is paid"),
    "fail": HappeningKind(_fail, "the same withdrawal fails, and the money comes back"),
    "review": HappeningKind(_review, "the same withdrawal is put under review, if it is PROCESSING"),
    "refresh": HappeningKind(_refresh, "another process of the broker refreshes the newest pair of tokens"),
    "delete_key": HappeningKind(_delete_key, "the user deletes the API keys that the client has made"),
    "bind": HappeningKind(_bind, "the user sets an authenticator up somewhere else"),
    "revoke": HappeningKind(_revoke, "the user revokes the newest consent"),
    "narrow": HappeningKind(_narrow, "the user takes back all permissions but `groups`", needs=("groups",)),
    "freeze": HappeningKind(_freeze, "the user is frozen"),
    "unfreeze": HappeningKind(_unfreeze, "the user is frozen no longer"),
    "expire": HappeningKind(
        _expire, "the clock jumps to where `what` has just expired", takes=("what",), shifts_time=True
    ),
}
"""Every kind of event, by the word that a scenario writes."""
OPERATIONS: Final = (Operation(happen, Happen, "control"),)
"""What the exchange performs for a fault."""
