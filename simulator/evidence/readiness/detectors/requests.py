"""What detectors ask of single calls: whether two are the same request, whether an answer arrived, who was paid."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from simulator.core.funds.payouts import Withdrawn
from simulator.core.refusals import Refusal
from simulator.core.world import Withdrawal
from simulator.evidence.journal import Entry
from simulator.evidence.readiness.history import History
from simulator.outcomes import NotPerformed

PAYMENTS: Final = ("withdraw", "verify_withdrawal", "withdraw_v1", "withdraw_v3")
"""The calls that ask for a payment, or make it."""
PAYING: Final = ("verify_withdrawal", "withdraw_v1", "withdraw_v3")
TRANSFERS: Final = ("make_transfer", "make_inner_transfer")
KEY_CALLS: Final = ("add_api_key", "add_api_key_old")
LOOKS: Final = (
    *("list_withdrawals", "get_withdrawal", "list_hist_withdrawals", "list_ledgers", "list_account_ledgers"),
    *("list_hf_ledgers", "list_accounts", "get_account", "list_holds", "get_withdrawal_quotas", "get_transferable"),
)
"""The calls that show whether money has moved."""
LONGEST_NUMBER: Final = 60
"""Characters of an amount that is read, and the most places before or after its point."""
CHANCES: Final = ("remark", "clientOid")
"""Fields that may differ between two requests for the same thing."""


def whole(entry: Entry) -> bool:
    """True if the call's own answer was sent whole, early or late."""
    struck = entry.outcome.struck
    if struck is None:
        return bool(entry.answer.status) and entry.answer.damage is None
    strike = struck.fault.strike
    return strike.answer == "own" and strike.ends == "open"


def performed(entry: Entry) -> bool:
    """True if the call was accepted and performed, whatever its answer."""
    return not isinstance(entry.outcome.result, Refusal | NotPerformed)


def fingerprint(history: History, place: int) -> str:
    """A text that two calls share if they ask for the same: all of the request but its credentials and chance marks."""
    text = history.fingerprints.get(place)
    if text is None:
        request, fields = history.entries[place].request, history.fields(place)
        parameters = request.query
        if fields:
            kept = {name: value for name, value in fields.items() if name not in CHANCES}
            parameters = json.dumps(kept, sort_keys=True, default=str)
        if not history.entries[place].outcome.subject.user:  # calls of unknown users are told apart by what they send
            parameters = f"{parameters} {request.header(b'authorization')} {request.header(b'kc-api-key')}"
        text = history.fingerprints[place] = f"{request.method} {request.path} {parameters}"
    return text


def same_request(history: History, place: int, later: int) -> bool:
    """True if a later call asks for the same as an earlier one, and has the same outcome."""
    return history.word(place) == history.word(later) and fingerprint(history, place) == fingerprint(history, later)


def number_of(text: object) -> Decimal | None:
    """An amount as a client sent it, or None if it is no number, or none that money can be."""
    if not isinstance(text, str | int | float) or len(str(text)) > LONGEST_NUMBER:
        return None
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return None
    return number.normalize() if number.is_finite() and abs(number.adjusted()) < LONGEST_NUMBER else None


def order_of(fields: Mapping[str, Any]) -> tuple[object, ...]:
    """What a payment or a transfer asks for: two of them with equal orders move the same money to the same place."""
    return (
        fields.get("currency"),
        fields.get("address") or fields.get("toAddress"),
        number_of(fields.get("amount")),
        fields.get("memo"),
        *(fields.get(name) for name in ("fromAccountType", "toAccountType", "from", "to")),
    )


def same_order(history: History, place: int, later: int) -> bool:
    """True if two requests ask for the same money to go to the same place."""
    return order_of(history.fields(place)) == order_of(history.fields(later))


def withdrawal_of(entry: Entry) -> Withdrawal | None:
    """The withdrawal that a call made, if it made one."""
    result = entry.outcome.result
    if isinstance(result, Withdrawn):
        return result.withdrawal
    return getattr(result, "withdrawal", None) if entry.outcome.operation in PAYING else None


def withdrawal_id(history: History, place: int) -> str:
    """The id of the withdrawal that a call made, looked up or canceled; "" = none."""
    made = withdrawal_of(history.entries[place])
    return made.id if made else history.entries[place].request.path.rpartition("/")[2]


def same_money(history: History, place: int, later: int) -> bool:
    """True if a later payment repeats the one that was looked up or canceled."""
    row = history.entries[place].before.withdrawals.get(withdrawal_id(history, place))
    made = withdrawal_of(history.entries[later])
    return row is not None and made is not None and made.payment == row.payment
