"""Situations of second factors: the set-up, the codes, and the transaction that waits for them."""

from __future__ import annotations

from typing import Final

from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.refusals import Refusal
from simulator.evidence.readiness.detectors.combinators import PATIENCE, Sign, again, final, reached_by, watch
from simulator.evidence.readiness.detectors.paying_twice import same_transaction
from simulator.evidence.readiness.detectors.requests import same_order, same_request, whole
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation

OPEN: Final = ("withdraw",)
PROVE: Final = ("verify_withdrawal",)
BOTH: Final = (*OPEN, *PROVE)
BINDING: Final = ("prepare_factor", "bind_factor")
LOOKED_UP: Final = ("get_withdrawal", "cancel_withdrawal")
LEFT: Final = "0 attempts left"
PAID: Final = Sign(PROVE, "paid", ("OK",))
OPENED: Final = Sign(OPEN, "opened the payment again")


def _ended(history: History, place: int) -> bool:
    """True of the wrong code that ended its transaction."""
    result = history.entries[place].outcome.result
    return isinstance(result, Refusal) and result.received == LEFT


def _not_ended(history: History, place: int) -> bool:
    return not _ended(history, place)


def _challenge(history: History, place: int) -> Challenged | None:
    result = history.entries[place].outcome.result
    return result if isinstance(result, Challenged) and whole(history.entries[place]) else None


def _alternatives(history: History, place: int) -> bool:
    challenge = _challenge(history, place)
    return challenge is not None and len(challenge.all_factors) > 1


def _pair(history: History, place: int) -> bool:
    challenge = _challenge(history, place)
    return challenge is not None and len(challenge.all_factors) == 1 and len(challenge.all_factors[0]) > 1


def _any(history: History, place: int) -> bool:
    return _challenge(history, place) is not None


def _id_in_path(history: History, place: int, later: int) -> bool:
    """True if the transaction's id is looked up as if it were a withdrawal's."""
    challenge = _challenge(history, place)
    return challenge is not None and history.entries[later].request.path.endswith(f"/{challenge.transaction_id}")


def _its_answer(history: History, place: int, later: int) -> bool:
    """True if a second request answers the transaction that the first call opened."""
    challenge, validation = _challenge(history, place), history.fields(later).get("validation")
    return (
        challenge is not None
        and isinstance(validation, dict)
        and validation.get("transactionId") == challenge.transaction_id
    )


def _other_codes(history: History, place: int, later: int) -> bool:
    return not same_request(history, place, later)


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "factors/none-bound", "The user has no second factor.",
        "The payment is refused with a link to a page on which the user binds one.",
        "The payment is given up, although the user could make it possible in a minute.",
        "Send the user to the link of the text with redirect_uri, and pay when they come back.",
        "no-second-factor", "payouts", OPEN, ("s8.1/bind-more", "s8.1/link"),
        final(OPEN, ("MORE_FACTORS_NEEDED",), "paid for a user without a factor", helped_by=(Sign(BINDING, "set a factor up"),), end=None),
    ),
    Situation(
        "factors/bound-already", "The user comes to the set-up page and has an authenticator.",
        "The page refuses to bind a second one.",
        "The user is sent round in a circle.",
        "Go on with the payment when the user comes back.",
        "", "payouts", BINDING, ("H41/set-up",),
        final(BINDING, ("FACTOR_ALREADY_BOUND",), "set a second authenticator up", helped_by=(Sign(BOTH, "went on with the payment"),)),
        "Let bob pay, and follow the link in the refusal to the set-up page.",
        lines="faults: [{operation: withdraw, user: bob, times: 1, then: bind}]",
    ),
    Situation(
        "factors/wrong-code", "The user mistypes a one-time code.",
        "The code is refused, and the transaction stays open for some more tries.",
        "The payment is given up, or the same wrong code is sent until the transaction has ended.",
        "Ask the user for the code again, and send the same second request with it.",
        "wrong-code-then-right", "payouts", PROVE, ("H44/attempts",),
        watch(
            reached_by(PROVE, ("FACTOR_WRONG",), _not_ended), "had a wrong code",
            broken=(again(PROVE, "sent the same wrong code again and again", times=3),),
            handled=(PAID, OPENED, Sign(PROVE, "had other codes", when=_other_codes)),
        ),
    ),
    Situation(
        "factors/third-wrong-code", "The last wrong code ends the transaction.",
        "The transaction is gone; every further answer to it is refused.",
        "The user types right codes for a transaction that is dead.",
        "Open the payment anew when the user wants it, with new codes.",
        "", "payouts", PROVE, ("H44/attempts",),
        watch(
            reached_by(PROVE, ("FACTOR_WRONG",), _ended), "was the last wrong code",
            broken=(Sign(PROVE, "answered the dead transaction again and again", ("TRANSACTION_UNKNOWN",), same_transaction, times=2),),
            handled=(OPENED,), end=True, ending="nothing answered the dead transaction again and again",
        ),
        "Let alice pay, and mistype a code.",
        lines="choices: {verification_attempts: 1}",
    ),
    Situation(
        "factors/expired", "The user is slow, and the transaction expires.",
        "It is refused as expired; the payment must be opened anew.",
        "The user's codes are sent to a transaction that is dead.",
        "Open the payment again and ask for the new codes.",
        "transaction-expired", "payouts", PROVE, ("H44/transaction",),
        watch(
            reached_by(PROVE, ("TRANSACTION_EXPIRED",)), "came after its transaction had expired",
            broken=(Sign(PROVE, "answered the expired transaction again and again", ("TRANSACTION_EXPIRED",), same_transaction, times=2),), handled=(OPENED,),
        ),
    ),
    Situation(
        "factors/transaction-unknown", "A transaction is answered that there is not.",
        "It was paid, has ended, or belongs to another key.",
        "The user is asked for codes again and again, or the payment is opened a second time.",
        "Look whether the payment was made before a new one is opened.",
        "", "payouts", PROVE, ("H44/transaction",),
        final(PROVE, ("TRANSACTION_UNKNOWN",), "answered a transaction that there is not", helped_by=(OPENED,), when=lambda history, place: history.before(place, PROVE) is None),
        "Let alice pay.",
        lines="faults: [{operation: verify_withdrawal, user: alice, times: 1, refuse: TRANSACTION_UNKNOWN}]",
    ),
    Situation(
        "factors/alternatives", "The user has alternatives of second factors.",
        "allFactors lists the alternatives; all factors of one of them are enough.",
        "The user is asked for factors that they do not have at hand.",
        "Let the user choose one inner list, and send all factors of it and no others.",
        "alternative-factors", "payouts", BOTH, ("s8.2/all-factors", "H42/factor-sets"),
        watch(
            reached_by(OPEN, ("OK",), _alternatives), "was answered with alternatives",
            broken=(Sign(PROVE, "sent factors that answer none of them", ("FACTORS_INCOMPLETE",), _its_answer, times=2),), handled=(Sign(PROVE, "answered one of them", ("OK",), _its_answer),),
        ),
    ),
    Situation(
        "factors/together", "Two factors must be sent together.",
        "An inner list of allFactors with two factors wants both codes, also that of the authenticator, which is not sent to anybody.",
        "No payment of a user with an authenticator works.",
        "Ask for all factors of the inner list, not only for those in sentFactors.",
        "withdrawal-answer-lost", "payouts", BOTH, ("s8.2/all-factors", "s8.2/sent-factors"),
        watch(
            reached_by(OPEN, ("OK",), _pair), "was answered with two factors",
            broken=(Sign(PROVE, "sent one of them", ("FACTORS_INCOMPLETE",), _its_answer, times=2),), handled=(Sign(PROVE, "sent both", ("OK", "FACTOR_WRONG"), _its_answer),),
        ),
    ),
    Situation(
        "factors/not-paid-yet", "The first answer has a transactionId and no withdrawalId.",
        "Nothing is held or paid until the second request.",
        "The payment is booked although it was never made.",
        "Take the payment for accepted when a withdrawalId has come, and not before.",
        "alternative-factors", "payouts", BOTH, ("s8.2/challenge",),
        watch(
            reached_by(OPEN, ("OK",), _any), "was answered with a transactionId",
            broken=(Sign(LOOKED_UP, "took the transactionId for a withdrawalId", when=_id_in_path),), handled=(Sign(PROVE, "answered it", when=_its_answer),),
        ),
    ),
    Situation(
        "factors/another-payment", "The second request differs from the first.",
        "It is the first request with validation; any other difference is refused.",
        "A payment cannot be made because a field is computed anew, such as the amount.",
        "Keep the first request and send it again as it was, with validation.",
        "", "payouts", PROVE, ("H43/same-request", "H43/validation"),
        watch(
            reached_by(PROVE, ("TRANSACTION_MISMATCH",)), "asked for another payment than its transaction",
            broken=(Sign(PROVE, "asked for another payment again and again", ("TRANSACTION_MISMATCH",), same_order, times=PATIENCE),), handled=(PAID,),
        ),
        "Send the second request with another amount than the first.",
    ),
    Situation(
        "factors/frozen-meanwhile", "The user is frozen between the first request and the second.",
        "The second request is refused with 411100.",
        "The user is asked for codes again and again.",
        "Tell the user, and stop.",
        "frozen-meanwhile", "payouts", PROVE, ("H54/money-errors",),
        final(PROVE, ("USER_FROZEN",), "was refused because the user is frozen"),
    ),
)
# fmt: on
