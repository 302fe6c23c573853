"""The detector of money that is moved twice, because nobody looked whether it had moved already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from simulator.evidence.readiness.detectors.combinators import HORIZON, MOST_CASES, Reached, Relation
from simulator.evidence.readiness.detectors.requests import (
    LOOKS,
    PAYMENTS,
    TRANSFERS,
    performed,
    same_order,
    whole,
    withdrawal_of,
)
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Occurrence


def same_transaction(history: History, place: int, later: int) -> bool:
    """True if both are second requests for one transaction: it is paid once, however often it is sent."""
    ids = [_transaction(history, number) for number in (place, later)]
    return bool(ids[0]) and ids[0] == ids[1]


def _transaction(history: History, place: int) -> object:
    validation = history.fields(place).get("validation")
    return validation.get("transactionId") if isinstance(validation, dict) else None


def same_client_oid(history: History, place: int, later: int) -> bool:
    """True if two transfers have one clientOid: the second moves nothing."""
    return history.fields(place).get("clientOid") == history.fields(later).get("clientOid")


def not_twice(
    reached: Reached,
    what: str,
    *,
    safe: Relation = same_transaction,
    repeats: tuple[str, ...] = PAYMENTS,
    looks: tuple[str, ...] = LOOKS,
    end: bool | None = None,
    made: bool = True,
) -> Detector:
    """Handled by a look at what has become of the money; broken if the same money is moved again without one.

    Many brokers look at the balance before each payment. So a look counts only if there are more of them than before
    the first payment: the same routine once more shows that nobody asked what had become of the first. If the first was
    not `made`, any look shows that, and it is right to move the money then.
    """
    watched = (*repeats, *looks)

    def detect(history: History) -> Iterator[Occurrence]:
        for place in islice(reached(history), MOST_CASES):
            yield decide(history, place)

    def decide(history: History, place: int) -> Occurrence:
        first, look, opening, tried = history.number(place), 0, 0, 0
        begin = f"#{first} {what}"
        for later in islice(history.after(place, watched), HORIZON):
            entry = history.entries[later]
            if entry.outcome.operation in looks:
                look = look or (entry.number if history.word(later) == "OK" and whole(entry) else 0)
                continue
            if not same_order(history, place, later):
                continue
            if safe(history, place, later) and history.word(later) == "TRANSACTION_UNKNOWN":
                tried = tried or entry.number  # paid, or ended without a payment: only a look can tell
                continue
            if safe(history, place, later):
                return Occurrence(first, True, f"{begin}; #{entry.number} sent it once more in a way that is safe")
            if not performed(entry):
                continue
            if entry.outcome.operation in PAYMENTS and withdrawal_of(entry) is None:
                opening = opening or later
                continue
            if look and not (made and routine(history, place, opening or later)):
                return Occurrence(first, True, f"{begin}; #{look} looked before #{entry.number} moved money again")
            looked = "looked at no more than before the first time" if look else "nothing looked at the first"
            text = f"{begin}, and #{entry.number} moved the same money again, although {looked}"
            return Occurrence(first, False, text, entry.number)
        if look:
            return Occurrence(first, True, f"{begin}; #{look} looked what had become of it")
        if tried:
            return Occurrence(first, True, f"{begin}; #{tried} sent it once more in a way that is safe")
        return Occurrence(first, end, f"{begin}, and nothing looked what had become of it")

    def routine(history: History, place: int, later: int) -> bool:
        """True if the broker looked at no more after the first payment than before it."""
        begin = place
        if history.entries[place].outcome.operation == "verify_withdrawal":
            begin = history.before(place, ("withdraw",)) or place
        previous = history.before(begin, (*PAYMENTS, *TRANSFERS))
        before = history.count(begin, looks, -1 if previous is None else previous)
        after = history.count(later, looks, place)
        return all(after[name] <= before.get(name, 0) for name in after)

    return detect
