"""What the control surface shows of the world, as JSON data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.clock import Clock
from simulator.core.control import issued
from simulator.core.fast_api.redirects import resolve
from simulator.core.funds.arrivals import confirmations, credited_at
from simulator.core.money import plain
from simulator.core.world import (
    ApiKey,
    Client,
    Deposit,
    DepositStatus,
    MessageBox,
    Now,
    User,
    Withdrawal,
    World,
)
from simulator.instants import iso
from simulator.scenario.keys.people import CLIENT, USER
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.armed import Armed
from simulator.scenario.staging.faults import Condition, Fault
from simulator.scenario.staging.logins import Decided, Login
from simulator.web.control.written import duration, written


def clock(now: Now, its_clock: Clock) -> dict[str, Any]:
    """Both clocks: `now` and `milliseconds` are the business clock's, `wall` (ms) is the machine's.

    `held` is for how many ms more the business clock stands still because the machine's went back; `jumps` tells how
    often the machine's was set since the last reset, and how far in all, ms.
    """
    jumps = its_clock.jumps
    return {
        "now": iso(now.business),
        "milliseconds": now.business,
        "wall": now.wall,
        "mode": its_clock.mode,
        "scale": plain(its_clock.scale),
        "held": its_clock.held,
        "jumps": {"count": jumps.count, "ahead": jumps.ahead, "back": jumps.back},
    }


def client(world: World, each: Client) -> dict[str, Any]:
    """A client with its secret: it is a made-up one, and tests need it."""
    keys = written(CLIENT, each)
    return {
        "client_id": each.client_id,
        **{name: keys[name] for name in ("name", "client_secret")},
        "redirect_uris": list(resolve(world, each)),
        "api_keys": [
            {"user": key.user, "key": key.api_key, "secret": key.secret, "passphrase": key.passphrase}
            for key in own_keys(world, each)
        ],
    }


def own_keys(world: World, each: Client) -> list[ApiKey]:
    """The keys that a broker has made in its own account, in order."""
    return [*issued.keys(world, client=each.client_id, own=True)][::-1]


def user(world: World, each: User) -> dict[str, Any]:
    """A user: who they are, what they can prove, what they own."""
    return {
        "name": each.name,
        **written(USER, each),
        "apiKeys": each.foreign_api_keys + len(world.key_ring(each.name).names),
        "accounts": [
            {
                "currency": account.currency,
                "type": account.type,
                "balance": plain(account.balance),
                "available": plain(account.available),
                "holds": plain(account.holds),
            }
            for account in world.wallet(each.name).every
        ],
    }


def messages(box: MessageBox) -> dict[str, Any]:
    """One-time codes that were sent to a user, newest first; `sentAt` is ms of the business clock."""
    return {
        "messages": [
            {
                "factor": message.factor.value,
                "code": message.code,
                "transactionId": message.transaction_id,
                "sentAt": message.sent_at,
            }
            for message in box.messages
        ]
    }


def withdrawal(each: Withdrawal) -> dict[str, Any]:
    """A withdrawal as it was booked: `debit` is the sender's, `payout` the recipient's; instants in ms."""
    return {
        "withdrawalId": each.id,
        "user": each.user,
        "currency": each.payment.currency,
        "chain": each.chain,
        "address": each.payment.address,
        "recipient": each.recipient,
        "amount": plain(each.payment.amount),
        "debit": plain(each.debit),
        "payout": plain(each.payout),
        "serviceFee": plain(each.service_fee),
        "networkFee": plain(each.network_fee),
        "feeDeductType": each.fee_deduct_type.value,
        "status": each.status.value,
        "createdAt": each.created_at,
        "at": each.updated_at,
    }


def deposit(world: World, each: Deposit, now: Now) -> dict[str, Any]:
    """A deposit as it stands now; `account` is the type of the account that gets it, instants are in ms."""
    return {
        "depositId": each.id,
        "user": each.user,
        "currency": each.currency,
        "chain": each.chain,
        "address": each.address,
        "memo": each.memo,
        "amount": plain(each.amount),
        "account": each.account,
        "status": each.status.value,
        "confirmations": confirmations(world, each, now),
        "confirms": each.confirms,
        "creditedAt": credited_at(world, each) if each.status is DepositStatus.PROCESSING else each.updated_at,
        "createdAt": each.created_at,
        "at": each.updated_at,
    }


def scenario(each: Scenario) -> dict[str, Any]:
    """A scenario: what it is about, how much of everything it has, its text. Its files go by their bare names."""
    world = each.world
    return {
        "name": each.name,
        "description": each.description,
        "seed": world.seed,
        "clock": {
            "mode": each.clock.mode,
            **({"scale": plain(each.clock.scale)} if each.clock.mode == "scaled" else {}),
            "start": None if each.clock.start is None else iso(each.clock.start),
            "wall_offset": duration(each.clock.wall_offset),
        },
        "login": login(each.login),
        "users": len(world.users),
        "clients": len(world.clients),
        "faults": len(each.faults),
        "expectations": len(each.expect),
        "files": [Path(file).name for file in each.files],
        "text": each.text,
    }


def login(each: Login) -> dict[str, Any]:
    """How users log in, in the words of a scenario."""
    if each.mode == "auto":
        return {"mode": each.mode, **decided(each.decisions[0])}
    return {"mode": each.mode, **({"logins": [*map(decided, each.decisions)]} if each.mode == "queue" else {})}


def decided(each: Decided) -> dict[str, Any]:
    """What a user does at the login page; `grant` is absent when it is what the page has ticked."""
    return {
        "user": each.user,
        "decision": each.decision.value,
        **({} if each.grant is None else {"grant": sorted(group.value for group in each.grant)}),
        "addressbook_only": each.addressbook_only,
    }


def armed(each: Armed) -> dict[str, Any]:
    """A fault in force, with what it has done so far."""
    counts = {"id": each.id, "hits": each.hits, "seen": each.seen, "spent": each.spent}
    return {**counts, **fault(each.fault)}


def fault(each: Fault) -> dict[str, Any]:
    """A fault in the words of a scenario; what it does not say is absent."""
    return {
        "operation": each.operation,
        **({"user": each.user} if each.user else {}),
        **({"client": each.client} if each.client else {}),
        **({"match": {condition.field: _condition(condition) for condition in each.match}} if each.match else {}),
        **({} if each.times is None else {"times": each.times}),
        **({"skip": each.skip} if each.skip else {}),
        "at": each.at,
        **_effect(each),
        **({"delay": duration(each.delay)} if each.delay else {}),
    }


def _condition(each: Condition) -> str | dict[str, str]:
    if each.equals is not None:
        return each.equals
    bounds = {"at_least": each.at_least, "at_most": each.at_most}
    return {name: plain(bound) for name, bound in bounds.items() if bound is not None}


def _effect(each: Fault) -> dict[str, Any]:
    if each.refuse:
        name = each.refuse.name
        return {"refuse": {"reason": name, **dict(each.details)} if each.details else name}
    if each.respond:
        status, headers, body = each.respond.status, dict(each.respond.headers), each.respond.body
        return {"respond": {"status": status, **({"headers": headers} if headers else {}), "body": body}}
    return {"network": each.network} if each.network else {}
