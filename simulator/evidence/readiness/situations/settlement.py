"""Situations of what becomes of a withdrawal after it was accepted, and of users who are frozen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Final

from simulator.core.world import Withdrawal, WithdrawalStatus
from simulator.evidence.readiness.detectors.combinators import (
    HORIZON,
    MOST_CALLS,
    CallCondition,
    Reached,
    Relation,
    Sign,
    final,
    once,
    reached_by,
    watch,
)
from simulator.evidence.readiness.detectors.requests import (
    LOOKS,
    PAYMENTS,
    TRANSFERS,
    same_money,
    whole,
    withdrawal_id,
    withdrawal_of,
)
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations.lists import page_of

CANCEL: Final = ("cancel_withdrawal",)
LOOKUP: Final = ("get_withdrawal",)
LISTS: Final = ("get_withdrawal", "list_withdrawals", "list_hist_withdrawals")
S = WithdrawalStatus
NEWEST: Final = 10
"""Rows of a list that are looked at for one call."""
SEEING: Final = ("get_withdrawal", "list_withdrawals")
"""The looks that show a status."""
UNDER_WAY: Final = (S.PROCESSING, S.REVIEW, S.WALLET_PROCESSING)


def status_at(history: History, place: int, withdrawal: str) -> WithdrawalStatus | None:
    """The status of a withdrawal when a call came in, as the call found it."""
    row = history.entries[place].after.withdrawals.get(withdrawal)
    return row.status if row else None


def _still(*statuses: WithdrawalStatus) -> CallCondition:
    """True of a payment that was accepted, with its answer, and is in one of these states afterwards."""

    def condition(history: History, place: int) -> bool:
        made = withdrawal_of(history.entries[place])
        return made is not None and made.status in statuses and whole(history.entries[place])

    return condition


def _seen(*statuses: WithdrawalStatus) -> Relation:
    """True of a look that comes when the payment of the first call has one of these states."""
    return lambda history, place, later: (
        history.word(later) == "OK" and status_at(history, later, withdrawal_id(history, place)) in statuses
    )


def _ended_as(status: WithdrawalStatus) -> Reached:
    """Reached by the first call of the user that comes after a payment ended so, if the payment was not over at once."""

    def places(history: History) -> Iterator[int]:
        for place in islice(history.places(PAYMENTS, ("OK",)), MOST_CALLS):
            made = withdrawal_of(history.entries[place])
            if made is None or made.status.final:
                continue
            last = history.entries[history.lasts[history.parties[place][0]]].after.withdrawals.get(made.id)
            if last is not None and last.status is status and not canceled(history, place):
                yield place

    return places


def canceled(history: History, place: int) -> bool:
    """True if the payment that a call made was canceled by the client."""
    withdrawal = withdrawal_id(history, place)
    return any(
        withdrawal_id(history, later) == withdrawal and history.word(later) == "OK"
        for later in history.after(place, CANCEL)
    )


def _not_canceled(history: History, place: int) -> bool:
    """True if it was not the client that has canceled the withdrawal already."""
    made = history.last_ok(place, CANCEL)
    return made is None or withdrawal_id(history, made) != withdrawal_id(history, place)


def _reviewed(history: History, place: int) -> list[Withdrawal]:
    """The withdrawals under review that a look showed: the one that it names, or the newest of a list."""
    page = page_of(history, place)
    if page is None:
        named = history.entries[place].after.withdrawals.get(withdrawal_id(history, place))
        rows = [] if named is None else [named]
    else:
        rows = [row.withdrawal for row in page.items[:NEWEST]]
    return [row for row in rows if row.status is S.REVIEW]


def _sees_review(history: History, place: int) -> bool:
    return bool(_reviewed(history, place))


def _same_as_reviewed(history: History, place: int, later: int) -> bool:
    """True if a later payment repeats one that the look showed under review."""
    made = withdrawal_of(history.entries[later])
    return made is not None and any(made.payment == row.payment for row in _reviewed(history, place))


def _same_id(history: History, place: int, later: int) -> bool:
    return withdrawal_id(history, place) == withdrawal_id(history, later)


def _same_remark(history: History, place: int, later: int, statuses: tuple[WithdrawalStatus, ...] = UNDER_WAY) -> bool:
    """True if a later payment is for the same order: a customer may want one amount twice, but not by one remark."""
    made, again = (withdrawal_of(history.entries[number]) for number in (place, later))
    if made is None or again is None or made.payment != again.payment:
        return False
    return status_at(history, later, made.id) in statuses and _remarks_differ(history, place)


@once
def _remarks_differ(history: History, place: int) -> bool:
    """True if a payment near this one has another remark. A remark that stands with every payment names no order."""
    before = history.before(place, PAYMENTS)
    others = [*([] if before is None else [before]), *islice(history.after(place, PAYMENTS), HORIZON)]
    remarks = {paid.payment.remark for number in (place, *others) if (paid := withdrawal_of(history.entries[number]))}
    return len(remarks - {""}) > 1


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "settlement/pending", "A payment is accepted and not over yet.",
        "A withdrawalId means accepted, not arrived: amount and fees are held, and the status is PROCESSING.",
        "The payment is booked as done, or made a second time because nothing has arrived.",
        "Keep the withdrawalId, and look at the withdrawal until its status is SUCCESS or FAILURE.",
        "settlement-later", "payouts", PAYMENTS, ("H52/hold", "H52/states"),
        watch(
            reached_by(PAYMENTS, ("OK",), _still(S.PROCESSING, S.WALLET_PROCESSING)), "was accepted and is not over",
            broken=(Sign(PAYMENTS, "paid the same order, by its remark, a second time", ("OK",), _same_remark),),
            handled=(Sign(LOOKS, "looked what had become of it", ("OK",)),), lasting=True,
        ),
    ),
    Situation(
        "settlement/succeeded", "A payment that was pending has succeeded.",
        "The status is SUCCESS, and the money has left.",
        "The customer never learns that the payment has arrived.",
        "Look again until the status is final, and tell the customer.",
        "settlement-later", "payouts", PAYMENTS, ("H52/settle", "H52/states"),
        watch(_ended_as(S.SUCCESS), "was accepted and succeeded later", broken=(Sign(PAYMENTS, "paid the same order, by its remark, a second time", ("OK",), partial(_same_remark, statuses=(S.SUCCESS,))),), handled=(Sign(LOOKS, "looked when it was over", when=_seen(S.SUCCESS)),), lasting=True),
    ),
    Situation(
        "settlement/failed", "A payment that was accepted fails afterwards.",
        "The status is FAILURE; amount and fees all come back, and nothing has arrived.",
        "The payment is booked as done and never made; or it is replaced more than once.",
        "Look again until the status is final; when it is FAILURE, tell the customer or pay once more.",
        "withdrawal-fails", "payouts", PAYMENTS, ("H52/settle", "H52/states"),
        watch(
            _ended_as(S.FAILURE), "was accepted and failed later",
            handled=(Sign(LOOKS, "looked when it had failed", when=_seen(S.FAILURE)),),
        ),
    ),
    Situation(
        "settlement/review", "A payment is under review.",
        "The status is REVIEW for as long as a person at KuCoin needs; the money is held.",
        "The payment is made a second time, because it takes long.",
        "Tell the customer that it takes longer, and go on looking. Do not pay again.",
        "payment-under-review", "payouts", SEEING, ("H52/states",),
        watch(
            reached_by(SEEING, ("OK",), _sees_review), "saw a payment under review",
            broken=(Sign(PAYMENTS, "made the same payment once more", when=_same_as_reviewed),),
            handled=(Sign(LISTS, "looked again", ("OK",)),), end=True, ending="it was not paid again",
        ),
    ),
    Situation(
        "settlement/cancel-too-late", "A withdrawal is canceled that cannot be canceled any more.",
        "The cancellation is refused: it is paid, or about to be.",
        "The customer gets the money back, and the payment arrives as well.",
        "When the cancellation is refused, look at the withdrawal, and give nothing back.",
        "cancel-too-late", "payouts", CANCEL, ("rest/cancel",),
        watch(
            reached_by(CANCEL, ("WITHDRAWAL_NOT_CANCELABLE",), _not_canceled), "came too late to cancel",
            broken=(Sign(CANCEL, "tried again and again", ("WITHDRAWAL_NOT_CANCELABLE",), _same_id, times=2), Sign(PAYMENTS, "paid again before anything looked at it", when=same_money)),
            handled=(Sign(LOOKS, "looked what had become of it", ("OK",)),),
        ),
    ),
    Situation(
        "settlement/canceled", "A withdrawal is canceled in time.",
        "It ends as FAILURE, and all of the money comes back.",
        "The broker takes the money for gone, or cancels once more.",
        "Book the money back once; what is canceled is over.",
        "", "payouts", CANCEL, ("rest/cancel", "H71/cancel"),
        watch(
            reached_by(CANCEL, ("OK",), lambda history, place: whole(history.entries[place])), "canceled a payment",
            broken=(Sign(CANCEL, "canceled it again and again", ("WITHDRAWAL_NOT_CANCELABLE",), _same_id, times=2),),
            handled=(Sign(LOOKS, "looked at the money", ("OK",)),), end=True, ending="it was canceled once",
        ),
        "Pay, and cancel the withdrawal.",
        lines="choices: {settlement: manual, cancel_with_oauth_key: allow}",
    ),
    Situation(
        "settlement/unknown-id", "A withdrawal is looked up or canceled that there is not.",
        "It is refused; only the user's own withdrawals are found.",
        "A job asks for ever for a payment that was never made.",
        "Look at the list; if the payment is not there, it was not made.",
        "", "payouts", (*LOOKUP, *CANCEL), ("rest/withdrawal-by-id",),
        final((*LOOKUP, *CANCEL), ("WITHDRAWAL_UNKNOWN",), "named a withdrawal that there is not", helped_by=(Sign(("list_withdrawals",), "looked at the list", ("OK",), weak=True),), times=3),
        "Pay, and look at the withdrawal by its id.",
        lines="faults: [{operation: get_withdrawal, times: 1, refuse: WITHDRAWAL_UNKNOWN}]",
    ),
    Situation(
        "users/frozen", "The user is frozen.",
        "Payments are refused with 411100, and nothing that a broker does can help.",
        "Everybody's payments wait behind those of a frozen user.",
        "Tell the user, take the payment out of the queue, and go on with the others.",
        "user-frozen", "payouts", ("withdraw", "withdraw_v1", "withdraw_v3"), ("H54/money-errors",),
        final(("withdraw", "withdraw_v1", "withdraw_v3"), ("USER_FROZEN",), "was refused because the user is frozen"),
    ),
    Situation(
        "users/frozen-transfer", "A frozen user's money should be moved.",
        "The transfer is refused with 411100.",
        "A job repeats a transfer that cannot succeed.",
        "Tell the user, and stop.",
        "frozen-meanwhile", "accounts", TRANSFERS, ("H69/transfers", "H54/money-errors"),
        final(TRANSFERS, ("USER_FROZEN",), "was refused because the user is frozen"),
    ),
)
# fmt: on
