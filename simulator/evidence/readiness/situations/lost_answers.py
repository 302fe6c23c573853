"""Situations in which something happened and its answer did not arrive; and those in which nothing happened."""

from __future__ import annotations

from typing import Final

from simulator.core.endpoints import CALLS
from simulator.core.fast_api.api_keys import ApiKeyAdded
from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.gateway.permissions import Permission
from simulator.evidence.readiness.detectors.combinators import Sign, reached_by_loss, watch
from simulator.evidence.readiness.detectors.paying_twice import not_twice, same_client_oid
from simulator.evidence.readiness.detectors.requests import (
    KEY_CALLS,
    LOOKS,
    PAYMENTS,
    TRANSFERS,
    performed,
    same_money,
    same_order,
    whole,
    withdrawal_of,
)
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations.login import same_code
from simulator.evidence.readiness.situations.tokens import same_refresh_token

SIGNED: Final = tuple(name for name, call in CALLS.items() if isinstance(getattr(call, "permission", None), Permission))
OUTAGE: Final = 500
ADDRESSES: Final = ("list_deposit_addresses", "list_deposit_addresses_v2", "get_deposit_address_v1")
CREATING: Final = ("create_deposit_address", "create_deposit_address_v1")
MOVES: Final = (*LOOKS, "list_futures_history", "get_futures_account", "list_margin_accounts", "list_margin_ledgers")


def lost(history: History, place: int) -> bool:
    """True if the call was performed, and its own answer did not arrive whole."""
    entry = history.entries[place]
    return performed(entry) and not whole(entry)


def _paid(history: History, place: int) -> bool:
    return lost(history, place) and withdrawal_of(history.entries[place]) is not None


def _challenged(history: History, place: int) -> bool:
    return lost(history, place) and isinstance(history.entries[place].outcome.result, Challenged)


def unanswered(history: History, place: int) -> bool:
    """True if a fault kept the call from the exchange, and the client cannot know it: no answer, or an outage."""
    struck = history.entries[place].outcome.struck
    if struck is None or history.word(place) != "NOT_PERFORMED" or struck.fault.refuse:
        return False
    response = struck.fault.respond
    return response is None or response.status >= OUTAGE


def _one_step_unanswered(history: History, place: int) -> bool:
    """True if such a call would have paid at once, so that sending it again could pay twice."""
    entry = history.entries[place]
    user = entry.before.users.get(entry.outcome.subject.user)
    at_once = entry.outcome.operation != "withdraw" or (user is not None and () in user.factor_sets)
    return at_once and unanswered(history, place)


def _with_the_lost_key(history: History, place: int, later: int) -> bool:
    """True if a call is signed with the key whose secret never arrived."""
    result = history.entries[place].outcome.result
    if not isinstance(result, ApiKeyAdded):
        return False
    return history.entries[later].request.header(b"kc-api-key") == result.api_key


def _other_transaction(history: History, place: int, later: int) -> bool:
    return same_order(history, place, later) and history.word(later) != "OK"


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "lost-answers/exchange", "The tokens are issued, and the answer is lost.",
        "The code is used up; a second exchange of it is refused.",
        "The user is never connected, or the code is sent again and again.",
        "Try once more at most, then send the user through the login again.",
        "truncated-json", "network", ("exchange_code",), ("H06/code",),
        watch(
            reached_by_loss(("exchange_code",), lost), "issued tokens that were lost",
            broken=(Sign(("exchange_code",), "sent the used code again and again", ("CODE_USED",), same_code, times=3),),
            handled=(Sign(("authorize",), "is a new login"), Sign(KEY_CALLS, "went on with tokens", ("OK",))),
        ),
    ),
    Situation(
        "lost-answers/refresh", "The pair is renewed, and the answer is lost.",
        "The old refresh token is used up; the new pair is known to nobody.",
        "A job tries the dead token for ever, and the user is disconnected.",
        "Try once more at most, then let the user log in again.",
        "refresh-answer-lost", "network", ("refresh_tokens",), ("H05/refresh-token-reuse", "s6.3/new-pair"),
        watch(
            reached_by_loss(("refresh_tokens",), lost), "renewed a pair that was lost",
            broken=(Sign(("refresh_tokens",), "sent the dead refresh token again and again", ("REFRESH_TOKEN_SUPERSEDED",), same_refresh_token, times=3),),
            handled=(Sign(("authorize", "exchange_code"), "is a new login"), Sign((*KEY_CALLS, "refresh_tokens"), "went on with a good pair", ("OK",))),
        ),
    ),
    Situation(
        "lost-answers/key", "The API key is made, and the answer with its secret is lost.",
        "The secret is shown once; the key exists and counts towards the user's maximum.",
        "The user is taken for connected without a secret, or never connected.",
        "Make another key, and tell the user to delete the lost one.",
        "key-answer-lost", "network", KEY_CALLS, ("s4.2/answer", "H21/keys-per-consent"),
        watch(
            reached_by_loss(KEY_CALLS, lost), "made a key that was lost",
            broken=(Sign(SIGNED, "used the key without its secret", ("PASSPHRASE_INVALID", "SIGNATURE_INVALID"), _with_the_lost_key),),
            handled=(Sign(KEY_CALLS, "asked for another key"), Sign(("authorize",), "is a new login")),
        ),
    ),
    Situation(
        "lost-answers/withdrawal", "A payment that needs no factor is made, and the answer is lost.",
        "The money is gone; there is no idempotency key, and the same request again is a second payment.",
        "The customer is paid twice.",
        "Look at the list of withdrawals, the ledger or the balance before anything is sent again.",
        "withdrawal-answer-lost", "payouts", ("withdraw", "withdraw_v1", "withdraw_v3"), ("H51/no-idempotency",),
        not_twice(reached_by_loss(("withdraw", "withdraw_v1", "withdraw_v3"), _paid), "paid, and its answer was lost"),
    ),
    Situation(
        "lost-answers/verified-withdrawal", "The second request pays, and its answer is lost.",
        "The money is gone and the transaction is used up; a new opening is a second payment.",
        "The customer is asked for new codes, and paid twice.",
        "Look at the list of withdrawals, the ledger or the balance before a new transaction is opened.",
        "withdrawal-answer-lost", "payouts", ("verify_withdrawal",), ("H51/no-idempotency", "H44/transaction"),
        not_twice(reached_by_loss(("verify_withdrawal",), _paid), "paid, and its answer was lost"),
    ),
    Situation(
        "lost-answers/challenge", "The opening request is accepted, and the answer with the transactionId is lost.",
        "Nothing is held or paid; the codes are on their way to the user for a transaction that the broker does not know.",
        "The payment hangs, or codes are sent for a transaction that nobody knows.",
        "Open the payment again, and ask the user for the newest codes.",
        "opening-answer-lost", "payouts", ("withdraw",), ("s8.2/challenge",),
        watch(
            reached_by_loss(("withdraw",), _challenged), "opened a transaction that was lost",
            broken=(Sign(("verify_withdrawal",), "answered a transaction that it cannot know", when=_other_transaction, times=2),),
            handled=(Sign(("withdraw",), "opened the payment again"), Sign(LOOKS, "looked whether money had moved", ("OK",))),
        ),
    ),
    Situation(
        "lost-answers/withdrawal-not-made", "A payment is not performed, and no answer says so.",
        "Nothing has happened. The broker cannot tell it from a payment whose answer was lost.",
        "The payment is made twice the next time, or never.",
        "Look whether the money has gone; if it has not, send the payment again.",
        "payment-not-made", "payouts", ("withdraw", "withdraw_v1", "withdraw_v3"), ("H51/no-idempotency",),
        not_twice(reached_by_loss(("withdraw", "withdraw_v1", "withdraw_v3"), _one_step_unanswered), "was never performed, and got no answer", made=False),
    ),
    Situation(
        "lost-answers/verification-not-made", "The second request is not performed, and no answer says so.",
        "The transaction is still open: the same second request pays once, however often it is sent.",
        "A new transaction is opened although the first may have paid.",
        "Send the same second request again, or look whether the money has gone.",
        "payment-not-made", "payouts", ("verify_withdrawal",), ("H44/transaction", "H51/no-idempotency"),
        not_twice(reached_by_loss(("verify_withdrawal",), unanswered), "was never performed, and got no answer", made=False),
    ),
    Situation(
        "lost-answers/transfer", "A transfer is made, and the answer is lost.",
        "The same clientOid moves nothing a second time, and its refusal says that the first one did.",
        "Money is moved twice, or believed not to have moved.",
        "Send the same clientOid again, or look at the accounts.",
        "transfer-answer-lost", "accounts", ("make_transfer",), ("H69/transfers",),
        not_twice(reached_by_loss(("make_transfer",), lost), "moved money, and its answer was lost", safe=same_client_oid, repeats=TRANSFERS, looks=MOVES),
    ),
    Situation(
        "lost-answers/inner-transfer", "A transfer by the older endpoint is made, and the answer is lost.",
        "Both endpoints share their clientOids: the same one again moves nothing.",
        "Money is moved twice, or believed not to have moved.",
        "Send the same clientOid again, or look at the accounts.",
        "", "accounts", ("make_inner_transfer",), ("H69/transfers", "rest/inner-transfer"),
        not_twice(reached_by_loss(("make_inner_transfer",), lost), "moved money, and its answer was lost", safe=same_client_oid, repeats=TRANSFERS, looks=MOVES),
        "Move money with POST /api/v2/accounts/inner-transfer.",
        lines="faults: [{operation: make_inner_transfer, times: 1, at: after_commit, network: reset}]",
    ),
    Situation(
        "lost-answers/cancel", "A withdrawal is canceled, and the answer is lost.",
        "The withdrawal is over and the money is back; the same request again is refused.",
        "The broker gives the customer the money a second time, or takes the payment for made.",
        "Look at the withdrawal, or cancel once more: the refusal says that it is over.",
        "", "payouts", ("cancel_withdrawal",), ("rest/cancel",),
        watch(
            reached_by_loss(("cancel_withdrawal",), lost), "canceled a payment, and its answer was lost",
            broken=(Sign(("cancel_withdrawal",), "canceled it again and again", ("WITHDRAWAL_NOT_CANCELABLE",), times=3), Sign(PAYMENTS, "made the same payment before anything looked at it", when=same_money)),
            handled=(Sign(LOOKS, "looked what had become of it", ("OK",)),),
        ),
        "Pay, and cancel the withdrawal.",
        lines="choices: {settlement: manual, cancel_with_oauth_key: allow}\nfaults: [{operation: cancel_withdrawal, times: 1, at: after_commit, network: reset}]",
    ),
    Situation(
        "lost-answers/deposit-address", "A deposit address is made, and the answer is lost.",
        "The address exists; a second one of the same currency and chain is refused.",
        "The customer gets no address, although there is one.",
        "List the addresses; they show the one that was made.",
        "", "deposits", CREATING, ("H67/second-address",),
        watch(
            reached_by_loss(CREATING, lost), "made an address that was lost",
            broken=(Sign(CREATING, "asked for the address again and again", ("DEPOSIT_ADDRESS_EXISTS",), times=3),),
            handled=(Sign(ADDRESSES, "listed the addresses", ("OK",)), Sign(CREATING, "made another", ("OK",))),
        ),
        "Create a deposit address, such as frank's of USDT by eth.",
        lines="faults: [{operation: create_deposit_address, times: 1, at: after_commit, network: reset}]",
    ),
    Situation(
        "lost-answers/look", "A look at money is lost.",
        "Nothing has changed, and the look can be repeated.",
        "What could not be seen is taken for not there: a payment is made twice.",
        "Repeat the look; pay only when it has answered.",
        "", "network", LOOKS, ("rest/withdrawals",),
        watch(
            reached_by_loss(LOOKS, lambda history, place: not whole(history.entries[place]) and history.word(place) in ("OK", "NOT_PERFORMED")), "was a look without an answer",
            handled=(Sign(LOOKS, "looked again", ("OK",), when=lambda history, _, later: whole(history.entries[later])),),
        ),
        "Look at the list of withdrawals.",
        lines="faults: [{operation: list_withdrawals, times: 1, network: reset}]",
    ),
)
# fmt: on
