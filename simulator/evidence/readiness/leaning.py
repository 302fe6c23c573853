"""Which assumed rules the outcomes of calls depended on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from simulator.core.refusals import Grade, Reason
from simulator.core.value import Value
from simulator.evidence.journal import Entry
from simulator.evidence.readiness.detectors.orders import ADDS, BATCHES, LISTS, NAMING
from simulator.evidence.readiness.history import History

HOLE: Final = re.compile(r"\((H\d{2,3})\)")
PLACED: Final = ("H98/holds", "H100/counterparty", "H100/takers")
SHOWN: Final = ("H121/order-amounts",)
QUOTED: Final = ("H110/frozen-book",)
ACCEPTED: Final[dict[str, tuple[str, ...]]] = {
    "add_api_key": ("H13/api-name", "H25/read-only"),
    "add_api_key_old": ("H13/api-name", "H25/read-only"),
    "bind_factor": ("H41/set-up", "H45/authenticator"),
    "withdraw": ("H42/factor-sets", "H46/counting", "H52/settlement"),
    "verify_withdrawal": ("H43/same-request", "H44/transaction", "H45/authenticator", "H52/settlement"),
    "withdraw_v1": ("H52/settlement", "rest/withdraw-v1"),
    "withdraw_v3": ("H52/settlement",),
    "cancel_withdrawal": ("H71/cancel",),
    "get_withdrawal": ("rest/withdrawal-by-id",),
    "get_withdrawal_quotas": ("H72/quotas", "H72/amount-cap"),
    "make_transfer": ("H69/transfers",),
    "make_inner_transfer": ("H69/transfers", "rest/inner-transfer"),
    "create_deposit_address": ("H67/made-up-addresses",),
    "create_deposit_address_v1": ("H67/made-up-addresses",),
    "list_deposits": ("H68/confirmations",),
    "list_ledgers": ("H73/biz-types", "H90/ledger-rows"),
    "list_hf_ledgers": ("H91/hf-window",),
    "get_rebate": ("H65/file-columns", "H65/preparation"),
    "get_rebate_v2": ("H65/file-columns", "H65/preparation"),
    "get_commission": ("H66/commission-rate", "H65/unpaid"),
    "list_broker_users": ("H65/users",),
    "list_broker_transactions": ("H65/last-id",),
    **dict.fromkeys((*ADDS, *BATCHES), PLACED),
    "alter_order": (*PLACED, "H109/alter"),
    "add_stop_order": ("H102/stops", "H102/stop-direction"),
    "cancel_part": ("H108/part",),
    **dict.fromkeys((*NAMING, *LISTS), SHOWN),
    **dict.fromkeys(("get_ticker", "get_order_book", "get_order_book20", "get_order_book100"), QUOTED),
    "list_candles": ("H111/candles",),
    "get_stats": ("H111/day",),
}
"""The assumed rules that decide what an accepted call answers or does, by operation."""


class LeanedRule(Value, frozen=True):
    """A rule of the ledger that is assumed, wholly or in part, and the calls that depended on it."""

    rule: str
    grade: str
    source: str
    reading: str
    count: int
    """How many calls depended on it."""
    entry: int
    """The number of the first of them."""


def assumed(rule_ids: Iterable[str]) -> tuple[str, ...]:
    """The rules among these that are assumed, wholly or in part. Reads the ledger."""
    from simulator.evidence.diagnosis.rules import rules

    return tuple(rule_id for rule_id in rule_ids if Grade.ASSUMED.value in rules()[rule_id].grade)


def rules_of_outcome(operation: str, word: str) -> tuple[str, ...]:
    """The assumed rules behind an outcome: `OK`, or the name of a reason."""
    from simulator.evidence.diagnosis.advice import ADVICE

    if word == "OK":
        return assumed(ACCEPTED.get(operation, ()))
    return assumed(ADVICE[Reason[word]].rules) if word in Reason.__members__ else ()


def rules_of_notes(entry: Entry) -> Iterator[str]:
    """The assumed rules of the holes that an entry's notes name."""
    from simulator.evidence.diagnosis.rules import of_section

    for hole in dict.fromkeys(hole for note in entry.notes for hole in HOLE.findall(note)):
        yield from assumed(rule.id for rule in of_section(hole))


def rules_of_entry(entry: Entry) -> tuple[str, ...]:
    """The assumed rules that one call depended on. A refusal that a fault staged depends on none."""
    outcome = entry.outcome
    by_outcome = () if outcome.prevented else rules_of_outcome(outcome.operation, outcome.word)
    return tuple(dict.fromkeys((*by_outcome, *rules_of_notes(entry))))


def leaned_on(history: History) -> tuple[LeanedRule, ...]:
    """The assumed rules that a history depended on, the most frequent first."""
    from simulator.evidence.diagnosis.rules import rules

    places_by_rule: dict[str, list[int]] = {}
    for (operation, word), places in history.by_outcome.items():
        if rule_ids := rules_of_outcome(operation, word):
            judged = [place for place in places if not history.entries[place].outcome.prevented]
            for rule_id in rule_ids:
                places_by_rule.setdefault(rule_id, []).extend(judged)
    for place in history.noted:
        for rule_id in rules_of_notes(history.entries[place]):
            places_by_rule.setdefault(rule_id, []).append(place)
    leaned = []
    for rule_id, places in places_by_rule.items():
        if numbers := {history.number(place) for place in places}:
            rule = rules()[rule_id]
            leaned.append(LeanedRule(rule_id, rule.grade, rule.source, rule.reading, len(numbers), min(numbers)))
    return tuple(sorted(leaned, key=lambda row: (-row.count, row.rule)))
