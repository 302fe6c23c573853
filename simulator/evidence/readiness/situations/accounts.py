"""Situations of deposits, and of transfers between a user's accounts."""

from __future__ import annotations

from typing import Final

from simulator.core.world import DepositStatus
from simulator.core.world.movements import Deposit
from simulator.evidence.readiness.detectors.combinators import (
    PATIENCE,
    CallCondition,
    Sign,
    again,
    final,
    other_request,
    reached_by,
    watch,
)
from simulator.evidence.readiness.detectors.paying_twice import same_client_oid
from simulator.evidence.readiness.detectors.requests import LOOKS, PAYMENTS, TRANSFERS, number_of, order_of, whole
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations.amounts import SHORT, available
from simulator.evidence.readiness.situations.lists import page_of
from simulator.evidence.readiness.situations.lost_answers import ADDRESSES, CREATING

DEPOSITS: Final = ("list_deposits", "list_hist_deposits")
SEEING: Final = ("list_deposits",)


def _unconfirmed(history: History, place: int) -> list[Deposit]:
    """The deposits of the user that wait for confirmations, as the call's world has them."""
    entry = history.entries[place]
    page = page_of(history, place)
    rows = page.items if page else ()
    waiting = (entry.after.deposits.get(row.id) for row in rows if row.status is DepositStatus.PROCESSING)
    return [deposit for deposit in waiting if deposit is not None]


def _waits(history: History, place: int) -> bool:
    return bool(_unconfirmed(history, place))


def _spends_it(history: History, place: int, later: int) -> bool:
    """True of a payment that fails for want of exactly the money that is not confirmed yet."""
    waiting = [deposit for deposit in _unconfirmed(history, place) if _still_waits(history, later, deposit)]
    currency, amount = history.fields(later).get("currency"), number_of(history.fields(later).get("amount"))
    missing = sum(deposit.amount for deposit in waiting if deposit.currency == currency)
    short = available(history, later)
    return history.word(later) == SHORT and amount is not None and short < amount <= short + missing


def _still_waits(history: History, place: int, deposit: Deposit) -> bool:
    row = history.entries[place].after.deposits.get(deposit.id)
    return row is not None and row.status is DepositStatus.PROCESSING


def _credited(history: History, place: int, later: int) -> bool:
    """True of a call that comes when one of the deposits has been credited."""
    return history.word(later) == "OK" and not all(
        _still_waits(history, later, deposit) for deposit in _unconfirmed(history, place)
    )


def _none_was_lost(history: History, place: int) -> bool:
    """True if no answer with an address was lost: that has a row of its own."""
    made = history.last_ok(place, CREATING)
    return made is None or whole(history.entries[made])


def _reused(history: History, place: int) -> bool:
    """True if the clientOid names another transfer than this one."""
    entry = history.entries[place]
    oid = str(history.fields(place).get("clientOid"))
    made = entry.before.transfers.get((entry.outcome.subject.user, oid))
    if made is None:
        return False
    _, _, amount, *_ = order_of(history.fields(place))
    return (made.currency, made.amount) != (history.fields(place).get("currency"), amount)


def _no_reuse(history: History, place: int) -> bool:
    return not _reused(history, place)


def _refused_transfers(
    name: str,
    title: str,
    kucoin: str,
    risk: str,
    fix: str,
    reasons: tuple[str, ...],
    what: str,
    reach: str,
    scenario: str = "",
    when: CallCondition | None = None,
    end: bool | None = True,
    lines: str = "",
    rules: tuple[str, ...] = ("H69/transfers",),
) -> Situation:
    return Situation(
        f"transfers/{name}", title, kucoin, risk, fix, scenario, "accounts", TRANSFERS, rules,
        final(TRANSFERS, reasons, what, when=when, helped_by=(Sign(LOOKS, "looked at the accounts", ("OK",), weak=True),), end=end), reach, lines,
    )  # fmt: skip


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "deposits/unconfirmed", "A deposit is seen and not confirmed yet.",
        "It is PROCESSING until the chain has confirmed it; only then is it the user's.",
        "A customer is credited with money that may never come.",
        "Credit a deposit when its status is SUCCESS, and look again until then.",
        "deposit-unconfirmed", "deposits", SEEING, ("H68/confirmations",),
        watch(
            reached_by(SEEING, ("OK",), _waits), "saw a deposit that was not confirmed",
            broken=(Sign(PAYMENTS, "tried again and again to pay with it", (SHORT,), _spends_it, times=2),),
            handled=(Sign((*DEPOSITS, *LOOKS), "looked when it was credited", when=_credited), Sign(PAYMENTS, "paid when it was credited", when=_credited)),
        ),
    ),
    Situation(
        "deposits/address-exists", "The user has a deposit address of that currency and chain.",
        "A second one is refused with 260000.",
        "The customer gets no address.",
        "List the addresses and show the one that there is.",
        "deposit-address-exists", "deposits", CREATING, ("H67/second-address",),
        watch(
            reached_by(CREATING, ("DEPOSIT_ADDRESS_EXISTS",), _none_was_lost), "asked for an address that exists",
            broken=(again(CREATING),), handled=(Sign(ADDRESSES, "listed the addresses", ("OK",), weak=True), other_request(CREATING)),
        ),
    ),
    Situation(
        "deposits/chain-closed", "The chain is closed for deposits.",
        "No address is made; isDepositEnabled says so beforehand.",
        "Money that a customer sends all the same does not arrive.",
        "Offer the chains whose isDepositEnabled is true.",
        "closed-for-now", "deposits", CREATING, ("H68/deposit-closed", "H67/second-address"),
        final(CREATING, ("DEPOSIT_DISABLED",), "asked for an address of a chain that is closed", helped_by=(Sign(ADDRESSES, "listed the addresses", ("OK",), weak=True),)),
    ),
    Situation(
        "deposits/malformed", "An address of a currency or chain is asked for that there is not.",
        "The call is refused.",
        "A job repeats it for ever, and the customer gets no address.",
        "Offer what GET /api/v3/currencies lists.",
        "delisted", "deposits", CREATING, ("rest/deposit-address-create",),
        final(CREATING, ("CURRENCY_UNKNOWN", "CHAIN_INVALID", "PARAMETER_INVALID"), "asked for an address that there cannot be", helped_by=(Sign(ADDRESSES, "listed the addresses", ("OK",), weak=True),)),
    ),
    _refused_transfers(
        "balance-short", "The account that pays for a transfer does not have it.", "200004; what withdrawals hold cannot be moved.",
        "A job repeats the transfer, and the payment behind it waits.", "Ask GET /api/v1/accounts/transferable first.",
        ("TRANSFER_BALANCE_INSUFFICIENT",), "moved more than the account has", "Let frank move 10 USDT from TRADE to MAIN.",
        lines="given: {users: {frank: {trade: {USDT: '5'}}}}", rules=("H54/money-errors", "rest/transferable"),
    ),
    _refused_transfers(
        "client-oid-repeated", "A transfer is sent a second time with its clientOid.", "It moves nothing, and the refusal says that the first one did.",
        "The transfer is taken for failed and made again under another clientOid.", "Take the refusal for what it says: the money has been moved.",
        ("CLIENT_OID_USED",), "repeated a transfer that was made", "", "transfer-answer-lost", _no_reuse,
    ),
    Situation(
        "transfers/client-oid-reused", "Another transfer is sent with a clientOid that was used.", "It is refused, although it is another transfer.",
        "The second transfer is never made, and its refusal is taken for a success.", "Make a new clientOid for each transfer, also after a restart.",
        "", "accounts", TRANSFERS, ("H69/transfers",),
        watch(
            reached_by(TRANSFERS, ("CLIENT_OID_USED",), _reused), "used the clientOid of another transfer",
            broken=(Sign(TRANSFERS, "used it again and again", ("CLIENT_OID_USED",), same_client_oid, times=PATIENCE),),
            handled=(Sign(TRANSFERS, "had a clientOid of its own", ("OK",)),),
        ),
        "Send two transfers of different amounts with one clientOid.",
    ),
    _refused_transfers(
        "account-not-opened", "Money is moved to a futures account that there is not.", "The transfer is refused.",
        "A job repeats it for ever.", "Tell the user to open the account.",
        ("ACCOUNT_NOT_OPENED",), "moved money to an account that is not opened", "Let frank, who has no futures account, move money from MAIN to CONTRACT.", "demo",
    ),
    _refused_transfers(
        "sub-account", "Money is moved to or from a sub-account that there is not.", "The transfer is refused: nobody has sub-accounts here.",
        "A job repeats it for ever.", "Move money with type INTERNAL between the user's own accounts.",
        ("SUB_ACCOUNT_UNKNOWN",), "named a sub-account that there is not", "Send a transfer with type: PARENT_TO_SUB.",
    ),
    _refused_transfers(
        "malformed", "A parameter of a transfer is missing or malformed.", "400100 with the name of the field.",
        "A job repeats it for ever.", "Check the amount and the account types; do not repeat it.",
        ("PARAMETER_INVALID", "CURRENCY_UNKNOWN", "AMOUNT_INCREMENT_INVALID"), "was a malformed transfer", "", "typed-numbers", rules=("rest/universal-transfer", "rest/inner-transfer"),
    ),
)
# fmt: on
