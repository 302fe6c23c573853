"""Situations of deposits, of lists with pages and spans, and of transfers between a user's accounts."""

from __future__ import annotations

from typing import Final

from simulator.core.gateway.paging import Paged
from simulator.core.world import DepositStatus
from simulator.core.world.movements import Deposit
from simulator.evidence.readiness.detecting import (
    Condition,
    Relation,
    Sign,
    again,
    final,
    other_request,
    reached_by,
    watch,
)
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.requests import LOOKS, PAYMENTS, TRANSFERS, number_of, order_of
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations.amounts import SHORT, available
from simulator.evidence.readiness.situations.lost_answers import ADDRESSES, CREATING

DEPOSITS: Final = ("list_deposits", "list_hist_deposits")
SEEING: Final = ("list_deposits",)
LEDGERS: Final = ("list_ledgers",)
HF: Final = ("list_hf_ledgers",)
USUAL_HF: Final = 100
"""Rows of the trading account's ledger without a limit."""
RUNAWAY: Final = 3
"""Pages behind the last one from which on a loop does not stop by itself."""


def page_of(history: History, place: int) -> Paged | None:
    """The page that a list answered, if it has pages."""
    page = getattr(history.entries[place].outcome.result, "page", None)
    return page if isinstance(page, Paged) else None


def _first_of_many(history: History, place: int) -> bool:
    page = page_of(history, place)
    return page is not None and page.page.number == 1 and page.total > page.page.size


def _same_list(history: History, place: int, later: int) -> bool:
    """True if both calls ask for one list, whatever the page."""
    first, second = ({**history.fields(number), "currentPage": ""} for number in (place, later))
    return first == second


def _further(history: History, place: int, later: int) -> bool:
    page = page_of(history, later)
    return (
        page is not None and page.page.number > 1 and page.page.begin < page.total and _same_list(history, place, later)
    )


def _behind_the_end(history: History, place: int, later: int) -> bool:
    page = page_of(history, later)
    return page is not None and page.page.begin >= page.total and _same_list(history, place, later)


def _paging(name: str, operation: str, what: str, rules: tuple[str, ...], profile: str) -> Situation:
    operations = (operation,)
    return Situation(
        f"lists/{name}", f"The list of {what} has more than one page.",
        "Each answer has currentPage, pageSize, totalNum and totalPage; a page has 50 rows without pageSize.",
        "What stands on the second page is taken for not there.",
        "Ask for the next page until currentPage is totalPage, and stop there.",
        "", profile, operations, rules,
        watch(
            reached_by(operations, ("OK",), _first_of_many), "showed the first of several pages",
            broken=(Sign(operations, "went on behind the last page", ("OK",), _behind_the_end, times=RUNAWAY),), handled=(_stopping(operations),),
        ),
        "Make more rows than pageSize has, for example twelve with pageSize=10.",
    )  # fmt: skip


def _stopping(operations: tuple[str, ...]) -> Sign:
    """The last page of the list."""

    def last(history: History, place: int, later: int) -> bool:
        page = page_of(history, later)
        return (
            _further(history, place, later)
            and page is not None
            and page.page.end >= page.total
            and not _runs_on(history, later)
        )

    def _runs_on(history: History, place: int) -> bool:
        following = (later for later in history.after(place, operations) if _same_list(history, place, later))
        return (
            sum(_behind_the_end(history, place, later) for _, later in zip(range(RUNAWAY), following, strict=False))
            == RUNAWAY
        )

    return Sign(operations, "was the last page", ("OK",), last)


def _field(*names: str) -> Condition:
    """True of a refusal that is about one of these fields."""

    def condition(history: History, place: int) -> bool:
        details = getattr(history.entries[place].outcome.result, "details", {})
        return details.get("field") in names

    return condition


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


def _full(history: History, place: int) -> bool:
    """True of a part of the trading account's ledger that may have a next one."""
    rows = getattr(history.entries[place].outcome.result, "rows", ())
    limit = history.fields(place).get("limit")
    return len(rows) == (int(limit) if isinstance(limit, str) and limit.isdigit() else USUAL_HF)


def _other_last_id(*, other: bool) -> Relation:
    def relation(history: History, place: int, later: int) -> bool:
        first, second = (history.fields(number).get("lastId") for number in (place, later))
        return (first != second) is other

    return relation


def _span(history: History, place: int) -> bool:
    return _field("startAt", "endAt")(history, place)


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
    when: Condition | None = None,
    end: bool | None = True,
) -> Situation:
    return Situation(
        f"transfers/{name}", title, kucoin, risk, fix, scenario, "accounts", TRANSFERS, ("H69/transfers",),
        final(TRANSFERS, reasons, what, when=when, helped_by=(Sign(LOOKS, "looked at the accounts", ("OK",)),), end=end), reach,
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
            broken=(Sign(PAYMENTS, "tried to pay with it", (SHORT,), _spends_it),),
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
            reached_by(CREATING, ("DEPOSIT_ADDRESS_EXISTS",)), "asked for an address that exists",
            broken=(again(CREATING),), handled=(Sign(ADDRESSES, "listed the addresses", ("OK",)), other_request(CREATING)),
        ),
    ),
    Situation(
        "deposits/chain-closed", "The chain is closed for deposits.",
        "No address is made; isDepositEnabled says so beforehand.",
        "Money that a customer sends all the same does not arrive.",
        "Offer the chains whose isDepositEnabled is true.",
        "", "deposits", CREATING, ("H68/deposit-closed", "H67/second-address"),
        final(CREATING, ("DEPOSIT_DISABLED",), "asked for an address of a chain that is closed", helped_by=(Sign(ADDRESSES, "listed the addresses", ("OK",)),)),
        "Give a chain deposit_enabled: false and ask for an address of it.",
    ),
    Situation(
        "deposits/malformed", "An address of a currency or chain is asked for that there is not.",
        "The call is refused.",
        "A job repeats it for ever, and the customer gets no address.",
        "Offer what GET /api/v3/currencies lists.",
        "", "deposits", CREATING, ("rest/deposit-address-create",),
        final(CREATING, ("CURRENCY_UNKNOWN", "CHAIN_INVALID", "PARAMETER_INVALID"), "asked for an address that there cannot be", helped_by=(Sign(ADDRESSES, "listed the addresses", ("OK",)),)),
        "Create an address with chain: NOSUCH.",
    ),
    _paging("ledger-pages", "list_ledgers", "ledger rows", ("rest/page-size", "rest/ledgers"), "accounts"),
    _paging("withdrawal-pages", "list_withdrawals", "withdrawals", ("rest/page-size", "rest/withdrawals"), "payouts"),
    _paging("deposit-pages", "list_deposits", "deposits", ("rest/page-size", "rest/deposits"), "deposits"),
    Situation(
        "lists/trading-ledger-parts", "The trading account's ledger has more rows than one answer.",
        "lastId asks for the rows below an id; an answer has 100 rows without limit.",
        "A loop asks for the same part for ever, or stops after the first.",
        "Send the last id of each answer as lastId until fewer rows come than limit.",
        "", "accounts", HF, ("rest/hf-ledger",),
        watch(
            reached_by(HF, ("OK",), _full), "showed a full part of the ledger",
            broken=(Sign(HF, "asked for the same part again and again", ("OK",), _other_last_id(other=False), times=RUNAWAY),),
            handled=(Sign(HF, "asked for the next part", ("OK",), _other_last_id(other=True)),),
        ),
        "GET /api/v1/hf/accounts/ledgers with a limit that is smaller than the number of rows.",
    ),
    Situation(
        "lists/page-size", "pageSize, or another parameter of a page, is not allowed.",
        "pageSize is 10 to 500; anything else is 400100.",
        "A report stays empty.",
        "Ask for 500 rows at most, and for the next page.",
        "", "accounts", ("list_ledgers", "list_withdrawals", "list_deposits"), ("rest/page-size",),
        final(("list_ledgers", "list_withdrawals", "list_deposits"), ("PARAMETER_INVALID",), "asked for a page that there cannot be", when=_field("pageSize", "currentPage")),
        "GET /api/v1/withdrawals?pageSize=1000.",
    ),
    Situation(
        "lists/ledger-span", "The span of the ledger is longer than 24 hours.",
        "startAt and endAt are at most 24 hours apart; a longer span is refused.",
        "Nothing can be reconciled after a weekend.",
        "Ask day by day.",
        "", "accounts", LEDGERS, ("rest/ledger-span",),
        final(LEDGERS, ("PARAMETER_INVALID",), "asked for a span that is too long", when=_span, end=None),
        "GET /api/v1/accounts/ledgers with startAt and endAt two days apart.",
    ),
    _refused_transfers(
        "balance-short", "The account that pays for a transfer does not have it.", "200004; what withdrawals hold cannot be moved.",
        "A job repeats the transfer, and the payment behind it waits.", "Ask GET /api/v1/accounts/transferable first.",
        ("TRANSFER_BALANCE_INSUFFICIENT",), "moved more than the account has", "Move more than the account has.",
    ),
    _refused_transfers(
        "client-oid-repeated", "A transfer is sent a second time with its clientOid.", "It moves nothing, and the refusal says that the first one did.",
        "The transfer is taken for failed and made again under another clientOid.", "Take the refusal for what it says: the money has been moved.",
        ("CLIENT_OID_USED",), "repeated a transfer that was made", "", "transfer-answer-lost", _no_reuse,
    ),
    _refused_transfers(
        "client-oid-reused", "Another transfer is sent with a clientOid that was used.", "It is refused, although it is another transfer.",
        "The second transfer is never made, and its refusal is taken for a success.", "Make a new clientOid for each transfer, also after a restart.",
        ("CLIENT_OID_USED",), "used the clientOid of another transfer", "Send two different transfers with one clientOid.", when=_reused, end=None,
    ),
    _refused_transfers(
        "account-not-opened", "Money is moved to a futures account that there is not.", "The transfer is refused.",
        "A job repeats it for ever.", "Tell the user to open the account.",
        ("ACCOUNT_NOT_OPENED",), "moved money to an account that is not opened", "Move money of frank of the demo world to CONTRACT.",
    ),
    _refused_transfers(
        "sub-account", "Money is moved to or from a sub-account that there is not.", "The transfer is refused: nobody has sub-accounts here.",
        "A job repeats it for ever.", "Move money with type INTERNAL between the user's own accounts.",
        ("SUB_ACCOUNT_UNKNOWN",), "named a sub-account that there is not", "Send a transfer with type: PARENT_TO_SUB.",
    ),
    _refused_transfers(
        "malformed", "A parameter of a transfer is missing or malformed.", "400100 with the name of the field.",
        "A job repeats it for ever.", "Check the amount and the account types; do not repeat it.",
        ("PARAMETER_INVALID", "CURRENCY_UNKNOWN", "AMOUNT_INCREMENT_INVALID"), "was a malformed transfer", "Move an amount of 0.",
    ),
)
# fmt: on
