"""What the control surface shows of the world, as JSON data."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.core.money import plain
from simulator.core.redirects import resolve
from simulator.core.settlement import TimePassed
from simulator.core.world import Client, MessageBox, Now, User, Withdrawal, World


def iso(milliseconds: int) -> str:
    """An instant in ISO 8601, UTC, to the millisecond."""
    instant = datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(now: Now, mode: str) -> dict[str, Any]:
    """Both clocks: `now` and `milliseconds` are the business clock's, `wall` (ms) is the machine's."""
    return {"now": iso(now.business), "milliseconds": now.business, "wall": now.wall, "mode": mode}


def client(world: World, each: Client) -> dict[str, Any]:
    """A client with its secret: it is a made-up one, and tests need it."""
    return {
        "client_id": each.client_id,
        "name": each.name,
        "client_secret": each.secret,
        "redirect_uris": list(resolve(world, each)),
    }


def user(world: World, each: User) -> dict[str, Any]:
    """A user: who they are, what they can prove, what they own."""
    return {
        "name": each.name,
        "uid": each.uid,
        "email": each.email,
        "phone": each.phone,
        "level": each.level,
        "frozen": each.frozen,
        "futures": each.futures,
        "factorSets": [[factor.value for factor in factors] for factors in each.factor_sets],
        "apiKeys": each.foreign_api_keys + len(each.api_names),
        "accounts": [
            {
                "currency": account.currency,
                "type": account.type,
                "balance": plain(account.balance),
                "available": plain(account.available),
                "holds": plain(account.holds),
            }
            for account in world.wallet(each.name).accounts
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


def events(passed: TimePassed) -> list[dict[str, Any]]:
    """What happened while time passed, in order."""
    return [{"event": "settlement", **withdrawal(each)} for each in passed.settled]
