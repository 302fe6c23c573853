"""The flow of calls of one user between the user, the broker and KuCoin: what really happened, step by step.

A step is an arrow or a note. The picture of the steps and their text are made of the same values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, Literal, TypeVar

from simulator.core import money
from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import CALLS
from simulator.core.fast_api.api_keys import ApiKeyAdded
from simulator.core.fast_api.authorization import AuthorizationRequested, Authorized, Denied, LoggedIn
from simulator.core.fast_api.security import FactorBound
from simulator.core.fast_api.tokens import TokensIssued
from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.funds.payouts import Withdrawn
from simulator.core.refusals import Refusal
from simulator.core.spot.order_answers import OrderAdded, OrderAddedSync
from simulator.core.value import Value
from simulator.core.world import Stack, World
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.lives.touches import opens_websocket

R = TypeVar("R")
Party = Literal["user", "broker", "kucoin"]
PARTIES: Final[tuple[Party, ...]] = ("user", "broker", "kucoin")
"""In the order of the picture."""
StepOutcome = Literal["ok", "refused", "fault", "note"]
LEAP: Final = 2_000
"""Ms by which the business clock must have moved apart from the wall clock before a note says so."""
MOST_CALLS: Final = 60
"""Calls that one flow shows: the newest ones."""


class FlowStep(Value, frozen=True):
    """An arrow between two parties, or with the same party twice a note at it.

    `entry` is the number of its call, 0 = none. `business` and `wall` are ms. `lost` = the arrow does not arrive.
    `detail` may hold what a client sent: it must be redacted before it is shown.
    """

    source: Party
    target: Party
    text: str
    detail: str = ""
    outcome: StepOutcome = "note"
    entry: int = 0
    business: int = 0
    wall: int = 0
    lost: bool = False

    @property
    def note(self) -> bool:
        """True if it is a note at one party."""
        return self.source == self.target


NAMES: Final[dict[Party, str]] = {"user": "User", "broker": "Broker", "kucoin": "KuCoin"}


def of_user(journal: Journal, user: str, before: int | None = None) -> Iterator[Entry | None]:
    """The calls of a user, newest first, in steps: None is an entry that is not of the user.

    A login page is asked for before anybody knows who will log in. It belongs to the user whose next call came from
    that page, with the same query.
    """
    queries: set[str] = set()
    for entry in journal.newest(journal.last):
        if before is not None and entry.number >= before:
            continue
        outcome = entry.outcome
        by_user = outcome.subject.user == user
        opening = outcome.operation == "request_authorization" and entry.request.query in queries
        if by_user and entry.request.path == "/oauth":
            queries.add(entry.request.query)
        elif opening:
            queries.discard(entry.request.query)
        yield entry if by_user or opening else None


def flow(entries: Iterable[Entry]) -> list[FlowStep]:
    """The steps of these calls, which are given oldest first."""
    steps: list[FlowStep] = []
    earlier: Entry | None = None
    for entry in entries:
        steps += _between(earlier, entry)
        steps += _of_call(entry)
        earlier = entry
    return steps


def _between(earlier: Entry | None, entry: Entry) -> Iterator[FlowStep]:
    """What happened between two calls: the business clock was moved, withdrawals settled, orders were filled ..."""
    if earlier is None:
        return
    then, now = earlier.outcome.now, entry.outcome.now
    apart = (now.business - now.wall) - (then.business - then.wall)
    if abs(apart) >= LEAP:
        text = f"the business clock moves {'on' if apart > 0 else 'back'} by {span(abs(apart))}"
        yield FlowStep("kucoin", "kucoin", text, business=now.business, wall=now.wall)
    yield from _settled(earlier.after, entry.before, entry)


def _settled(before: World, after: World, entry: Entry) -> Iterator[FlowStep]:
    """Withdrawals that settled, deposits that were credited, orders that were filled: by themselves or by hand.

    They are taken from the user's statement.
    """
    user = entry.outcome.subject.user
    if before is after or not user:
        return
    old, new = before.statement(user), after.statement(user)
    if old is new:
        return
    wall = entry.outcome.now.wall
    texts = [(row, f"withdrawal of {row.payment.currency} is paid") for row in _newer(new.paid, old.paid)]
    texts += [
        (row, f"withdrawal of {row.payment.currency} fails, the money goes back")
        for row in _newer(new.failed, old.failed)
    ]
    for withdrawal, text in texts:
        yield FlowStep("kucoin", "kucoin", text, withdrawal.id, business=withdrawal.updated_at, wall=wall)
    for deposit in _newer(new.credited, old.credited):
        text = f"deposit of {deposit.currency} is credited"
        yield FlowStep("kucoin", "kucoin", text, deposit.id, business=deposit.updated_at, wall=wall)
    for fill in _newer(new.fills, old.fills):
        text = f"order is filled: {fill.side.value} of {money.plain(fill.size)} {fill.base}"
        yield FlowStep("kucoin", "kucoin", text, fill.order_id, business=fill.at, wall=wall)


def _newer(rows: Stack[R], older: Stack[R]) -> list[R]:
    """The rows that came since, oldest first, at most `MOST_CALLS`; none if the world went back meanwhile."""
    return [*islice(rows, max(0, min(len(rows) - len(older), MOST_CALLS)))][::-1]


def span(milliseconds: int) -> str:
    """A duration as a person says it, its two largest units: `2 d 3 h`."""
    parts = []
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        count, milliseconds = divmod(milliseconds, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "less than 1 s"


# --- one call
def _of_call(entry: Entry) -> Iterator[FlowStep]:
    """The request, the answer, and what else it led to."""
    outcome, request = entry.outcome, entry.request
    operation = CALLS.get(outcome.operation)
    caller: Party = "broker" if operation is None or isinstance(operation, Endpoint) else "user"
    if request.path.startswith("/_sim"):
        caller = "user"  # a test gave the consent without a browser
    if outcome.operation == "request_authorization":
        yield _step(entry, "broker", "user", "the link to the login page")
    unnamed = "opens a websocket" if opens_websocket(entry) else "a call that KuCoin does not know"
    request_text = ASKS.get(outcome.operation, outcome.operation or unnamed)
    yield _step(entry, caller, "kucoin", request_text, f"{request.method} {request.path}")
    if struck := outcome.struck:
        yield _step(entry, "kucoin", "kucoin", f"fault {struck.id}: {struck.fault.effect}", outcome="fault")
    yield from _answers(entry, caller)


def _step(
    entry: Entry,
    source: Party,
    target: Party,
    text: str,
    detail: str = "",
    *,
    outcome: StepOutcome = "ok",
    lost: bool = False,
) -> FlowStep:
    """A step of a call, at its instant."""
    now = entry.outcome.now
    return FlowStep(source, target, text, detail, outcome, entry.number, now.business, now.wall, lost)


def _answers(entry: Entry, caller: Party) -> Iterator[FlowStep]:
    outcome, status = entry.outcome, entry.answer.status
    shown = outcome.answered.result
    lost = not status or bool(entry.answer.damage and entry.answer.damage.network)
    refused = isinstance(shown, Refusal)
    made: StepOutcome = "fault" if outcome.struck else "refused" if refused else "ok"
    if isinstance(shown, Challenged) and not isinstance(outcome.result, Refusal):
        for factors in shown.sent_factors:
            names = ", ".join(factor.value for factor in factors)
            yield _step(entry, "kucoin", "user", f"one-time code ({names})")
    gives = shown.reason.name if isinstance(shown, Refusal) else _gives(shown)
    detail = shown.text if isinstance(shown, Refusal) else ""
    text = f"{status} {gives}".strip() if status else f"no answer ({gives})" if gives else "no answer"
    yield _step(entry, "kucoin", caller, text, detail, outcome=made, lost=lost)
    if isinstance(shown, Authorized | Denied) and not lost:
        word = "the code" if isinstance(shown, Authorized) else "access_denied"
        yield _step(entry, "user", "broker", f"redirect with {word} and state", outcome=made)


ASKS: Final = {
    "request_authorization": "opens the login page",
    "log_in": "logs in",
    "authorize": "decides about the permissions",
    "prepare_factor": "opens the security set-up",
    "bind_factor": "binds an authenticator",
    "exchange_code": "exchanges the code for tokens",
    "refresh_tokens": "refreshes the tokens",
    "add_api_key": "asks for an API key",
    "add_api_key_old": "asks for an API key (old call)",
    "withdraw": "asks for a withdrawal",
    "verify_withdrawal": "sends the second factors",
    **dict.fromkeys(("add_order", "add_order_sync", "add_order_old"), "places an order"),
    "add_stop_order": "places a stop order",
    "make_transfer": "moves money between accounts",
    **dict.fromkeys(("open_public_stream", "open_private_stream"), "asks where the websocket is"),
    **dict.fromkeys(("add_orders", "add_orders_sync", "add_orders_old"), "places orders"),
}
"""What the caller does, of operations of the page, of orders and of feeds. Every other operation goes by its name."""


def _gives(result: object) -> str:
    """What an accepted call gives, in a few words."""
    words: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (AuthorizationRequested, "the login page"),
        (LoggedIn, "the permissions to choose from"),
        (Authorized, "allowed"),
        (Denied, "denied by the user"),
        (TokensIssued, "a pair of tokens"),
        (ApiKeyAdded, "the API key"),
        (Challenged, "factors are needed"),
        (Withdrawn, "the withdrawal is accepted"),
        ((OrderAdded, OrderAddedSync), "the order is accepted"),
        (FactorBound, "the authenticator is bound"),
    )
    return next((text for kind, text in words if isinstance(result, kind)), "")


def line(step: FlowStep) -> str:
    """A step as a line of text: the twin of its arrow."""
    if step.note:
        return f"{NAMES[step.source]}: {step.text}"
    lost = " (the answer is lost)" if step.lost else ""
    return f"{NAMES[step.source]} to {NAMES[step.target]}: {step.text}{lost}"
