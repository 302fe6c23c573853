"""Situations of lists: pages, parts and spans."""

from __future__ import annotations

from typing import Final

from simulator.core.gateway.paging import Paged
from simulator.evidence.readiness.detectors.combinators import CallCondition, Relation, Sign, final, reached_by, watch
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation

LEDGERS: Final = ("list_ledgers",)
HF: Final = ("list_hf_ledgers",)
USUAL_HF: Final = 100
"""Rows of the trading account's ledger without a limit."""
LONGEST: Final = 6
"""Digits of a limit that can be one."""
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


_ARRIVING: Final = (
    "faults: [{operation: list_accounts, user: alice, then: {event: credit, currency: USDT, amount: '1'}}]"
)
_DEPOSITS: Final = (
    "Look at alice's accounts eleven times: after each look a deposit arrives. Then ask for the {} with pageSize=10."
)


def _paging(
    name: str, operation: str, what: str, rules: tuple[str, ...], profile: str, reach: str, lines: str = ""
) -> Situation:
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
        reach, lines,
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


def _field(*names: str) -> CallCondition:
    """True of a refusal that is about one of these fields."""

    def condition(history: History, place: int) -> bool:
        details = getattr(history.entries[place].outcome.result, "details", {})
        return details.get("field") in names

    return condition


def _full(history: History, place: int) -> bool:
    """True of a part of the trading account's ledger that may have a next one."""
    rows = getattr(history.entries[place].outcome.result, "rows", ())
    limit = history.fields(place).get("limit")
    return len(rows) == (
        int(limit) if isinstance(limit, str) and limit.isdecimal() and len(limit) < LONGEST else USUAL_HF
    )


def _other_last_id(*, other: bool) -> Relation:
    def relation(history: History, place: int, later: int) -> bool:
        first, second = (history.fields(number).get("lastId") for number in (place, later))
        return first != second if other else bool(first) and first == second

    return relation


def _span(history: History, place: int) -> bool:
    return _field("startAt", "endAt")(history, place)


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    _paging("ledger-pages", "list_ledgers", "ledger rows", ("rest/page-size", "rest/ledgers"), "accounts", _DEPOSITS.format("ledgers: GET /api/v1/accounts/ledgers"), _ARRIVING),
    _paging("withdrawal-pages", "list_withdrawals", "withdrawals", ("rest/page-size", "rest/withdrawals"), "payouts", "Pay eleven times, and ask GET /api/v1/withdrawals with pageSize=10."),
    _paging("deposit-pages", "list_deposits", "deposits", ("rest/page-size", "rest/deposits"), "deposits", _DEPOSITS.format("deposits: GET /api/v1/deposits"), _ARRIVING),
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
        "Make three transfers, and ask GET /api/v1/hf/accounts/ledgers with limit=1.",
    ),
    Situation(
        "lists/page-size", "pageSize, or another parameter of a page, is not allowed.",
        "pageSize is 10 to 500; anything else is 400100.",
        "A report stays empty.",
        "Ask for 500 rows at most, and for the next page.",
        "", "accounts", ("list_ledgers", "list_withdrawals", "list_deposits"), ("rest/page-size",),
        final(("list_ledgers", "list_withdrawals", "list_deposits"), ("PARAMETER_INVALID",), "asked for a page that there cannot be", when=_field("pageSize", "currentPage")),
        "Ask GET /api/v1/withdrawals with pageSize=1000.",
    ),
    Situation(
        "lists/ledger-span", "The span of the ledger is longer than 24 hours.",
        "startAt and endAt are at most 24 hours apart; a longer span is refused.",
        "Nothing can be reconciled after a weekend.",
        "Ask day by day.",
        "", "accounts", LEDGERS, ("rest/ledger-span",),
        final(LEDGERS, ("PARAMETER_INVALID",), "asked for a span that is too long", when=_span, end=None),
        "Ask GET /api/v1/accounts/ledgers with startAt and endAt two days apart.",
    ),
)
# fmt: on
