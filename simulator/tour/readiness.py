"""The chapter of the tour about readiness: a broker that pays twice, its report, the fix, and the report after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from simulator.tour.browser import Browser
from simulator.tour.script import GRANTED, Chapter
from simulator.tour.walk import Walk

CHAPTER: Final = Chapter()
shows = CHAPTER.shows
SITUATION: Final = "lost-answers/withdrawal"
ORDER: Final = {
    "currency": "USDT",
    "chain": "trx",
    "address": "TSomebodyTSomebodyTSomebodyTSomebo",
    "amount": "100",
    "withdrawType": "ADDRESS",
}
LOST: Final = {"operation": "withdraw", "times": 1, "at": "after_commit", "network": "reset"}
"""The fault: the payment is made, and its answer is lost."""


def tested(walk: Walk, workspace: str) -> Walk:
    """A test of another broker: Frank connects in a new workspace, and the next answer to a payment is lost."""
    made = walk.control("POST", "/workspaces", name=workspace)
    broker = replace(
        walk.broker,
        client_id=made["client_id"],
        client_secret=made["client_secret"],
        redirect_uri=made["redirect_uris"][0],
    )
    test = Walk(broker, Browser(walk.broker.wire), walk.on_check, workspace)
    test.connect("frank", *GRANTED)
    test.control("POST", "/faults", **LOST)
    return test


def paid(test: Walk) -> bool:
    """Send the payment. False = no answer came."""
    try:
        test.data(test.broker.withdraw(test.keys["frank"], ORDER), "withdrawalId")
    except OSError:
        return False
    return True


def withdrawals(test: Walk) -> list[dict[str, Any]]:
    """Frank's withdrawals, as the broker sees them."""
    rows: list[dict[str, Any]] = test.looked_up("frank", "/api/v1/withdrawals?currency=USDT")["items"]
    return rows


def report(walk: Walk, workspace: str) -> dict[str, Any]:
    """The report on the calls of a test."""
    data: dict[str, Any] = walk.control("GET", f"/workspaces/{workspace}/report?profile=payouts")
    return data


def row_of(data: dict[str, Any]) -> dict[str, Any]:
    """The row of the situation."""
    row: dict[str, Any] = next(row for row in data["rows"] if row["id"] == SITUATION)
    return row


@shows("s8.2 [H51/no-idempotency]")
def careless(walk: Walk) -> None:
    """A broker that tries again after a lost answer pays twice."""
    test = tested(walk, "careless")
    walk.check("an answer to the payment", expected=False, received=paid(test))
    walk.check("an answer to the same payment again", expected=True, received=paid(test))
    walk.check("payments", 2, len(withdrawals(test)))


@shows("[H51/no-idempotency]")
def broken(walk: Walk) -> None:
    """The readiness report says so, with the calls and the fix."""
    data = report(walk, "careless")
    walk.check("not handled", [SITUATION], [row["id"] for row in data["rows"] if row["state"] == "broken"])
    row = row_of(data)
    [evidence] = row["evidence"]
    walk.check("calls that show it", 2, len(evidence["calls"]))
    walk.on_check("what was seen", evidence["why"])
    walk.on_check("the fix", row["fix"])


@shows("[rest/withdrawals]")
def careful(walk: Walk) -> None:
    """With the fix it looks first, and pays once."""
    test = tested(walk, "careful")
    walk.check("an answer to the payment", expected=False, received=paid(test))
    if not any(payment["address"] == ORDER["address"] for payment in withdrawals(test)):
        paid(test)
    walk.check("payments", 1, len(withdrawals(test)))


@shows("[H51/no-idempotency]")
def proven(walk: Walk) -> None:
    """Its report is green: the situation was met, and handled."""
    data = report(walk, "careful")
    walk.check("not handled", [], [row["id"] for row in data["rows"] if row["state"] == "broken"])
    row = row_of(data)
    walk.check("the lost answer", "1 handled, 0 not handled", f"{row['handled']} handled, {row['broken']} not handled")
    walk.check("the report passes", expected=True, received=data["ok"])
