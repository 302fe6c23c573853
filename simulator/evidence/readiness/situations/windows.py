"""Situations of limits: the rolling windows of payments by UID, MAIL and PHONE, and the gateway's rate pools."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final

from simulator.core import spec
from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import CALLS
from simulator.core.gateway.rate_limits import Pool
from simulator.core.refusals import Refusal
from simulator.evidence.readiness.detectors.combinators import (
    MOST_CALLS,
    CallCondition,
    Sign,
    either,
    foreseen,
    once,
    reached_by,
    watch,
)
from simulator.evidence.readiness.detectors.requests import PAYMENTS, same_order
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Situation

WITHDRAW: Final = ("withdraw",)
LIMITED: Final = "WITHDRAWAL_RATE_LIMITED"
KINDS: Final = ("UID", "MAIL", "PHONE")
EDGE: Final = 1_000
"""Ms around the end of a window that count as its edge."""
STEPS: Final = 12
"""Earlier requests that are looked at."""
POOLS: Final = {
    pool: tuple(name for name, call in CALLS.items() if isinstance(call, Endpoint) and call.pool is pool)
    for pool in (Pool.MANAGEMENT, Pool.SPOT, Pool.FUTURES, Pool.PUBLIC)
}
"""The operations of each pool."""


def by_account(history: History, place: int) -> bool:
    """True of a payment by UID, MAIL or PHONE."""
    return history.fields(place).get("withdrawType") in KINDS


def earlier_requests(history: History, place: int, length: int, most: int) -> list[int]:
    """The places of up to `most` earlier requests by account that still count, the newest first."""
    places: list[int] = []
    since = history.at(place).business - length
    earlier = history.before(place, WITHDRAW)
    for _ in range(STEPS):
        if earlier is None or len(places) == most or history.at(earlier).business <= since:
            break
        if by_account(history, earlier) and history.word(earlier) != LIMITED:
            places.append(earlier)
        earlier = history.before(earlier, WITHDRAW)
    return places


def _over(name: str) -> CallCondition:
    """True of a refusal by one window."""

    def condition(history: History, place: int) -> bool:
        result = history.entries[place].outcome.result
        return isinstance(result, Refusal) and result.expected.endswith(f"in {name}")

    return condition


@once
def _filling(history: History, place: int) -> list[int]:
    """The places of the earlier requests that fill the short window of a refusal by it; none of any other call."""
    name, length, most = spec.ACCOUNT_WINDOWS[0]
    return earlier_requests(history, place, length, most) if _over(name)(history, place) else []


def _mixed(history: History, place: int) -> bool:
    """True of a refusal by the short window, if requests of several kinds have filled it."""
    kinds = {history.fields(number).get("withdrawType") for number in (place, *_filling(history, place))}
    return len(kinds) > 1


def _refused_ones(history: History, place: int) -> bool:
    """True of a refusal by the short window, if a refused request has helped to fill it."""
    return any(history.word(number) != "OK" for number in _filling(history, place))


def _plain(history: History, place: int) -> bool:
    return (
        _over(spec.ACCOUNT_WINDOWS[0][0])(history, place)
        and not _mixed(history, place)
        and not _refused_ones(history, place)
    )


def _mixed_only(history: History, place: int) -> bool:
    return _mixed(history, place) and not _refused_ones(history, place)


def _again_limited(history: History, place: int, later: int) -> bool:
    return by_account(history, later) and history.word(later) == LIMITED


def _passed(history: History, place: int, later: int) -> bool:
    return by_account(history, later) and history.word(later) != LIMITED


def _limited(condition: CallCondition, what: str, index: int | None = None) -> Detector:
    refused = watch(
        reached_by(WITHDRAW, (LIMITED,), condition), what,
        broken=(Sign(WITHDRAW, "asked again and again before the window was over", when=_again_limited, times=2),),
        handled=(Sign(WITHDRAW, "waited and was let in", when=_passed),), end=True, ending="nothing asked again and again",
    )  # fmt: skip
    if index is None:
        return refused
    waited = foreseen(lambda history: _waited(history, index), "came when the window had room again, and was let in")
    return either(refused, waited)


def _waited(history: History, index: int) -> Iterator[int]:
    """The places of the requests that come soon after the end of a window that was full, and are let in."""
    length = spec.ACCOUNT_WINDOWS[index][1]
    return (place for place in _around(history, index, 0, length // 5) if history.word(place) != LIMITED)


def _around(history: History, index: int, low: int, high: int) -> Iterator[int]:
    """The places of the requests that meet a full window so many ms after its end."""
    _, length, most = spec.ACCOUNT_WINDOWS[index]
    counted: dict[tuple[int, str], deque[int]] = {}
    for place in islice(history.every(WITHDRAW), 2 * MOST_CALLS):
        if by_account(history, place):
            instants, now = counted.setdefault(history.parties[place], deque(maxlen=most)), history.at(place).business
            if len(instants) == most and low <= now - instants[0] - length < high:
                yield place
            if history.word(place) != LIMITED:
                instants.append(now)


def _just_in_time(index: int, what: str) -> Detector:
    """A request within a second of the window's end: after it, it passes; before it, it is refused."""
    return watch(
        lambda history: _around(history, index, -EDGE, EDGE), what,
        broken=(Sign(WITHDRAW, "asked again and again before the window was over", when=_again_limited, times=2),),
        handled=(Sign(WITHDRAW, "was let in", when=_passed),), end=True, ending="it was in time, or nothing asked again and again",
    )  # fmt: skip


def _still_closed(history: History, place: int, later: int) -> bool:
    """True if a later call comes before the pool is full again, as the answer has said it."""
    meter = history.entries[place].outcome.meter
    reset = meter.reset if meter else 0
    return history.word(later) == "RATE_LIMITED" and history.at(later).wall - history.at(place).wall < reset


def _same_still_closed(history: History, place: int, later: int) -> bool:
    return _still_closed(history, place, later) and same_order(history, place, later)


def _pool(pool: Pool, name: str) -> Situation:
    operations = tuple(call for call in POOLS[pool] if call not in PAYMENTS)
    public = pool is Pool.PUBLIC
    return Situation(
        f"pools/{name}", f"The rate pool {pool.value} is used up.",
        "429 until the window of 30 s is over; gw-ratelimit-reset says in how many ms. There never is a Retry-After.",
        "Workers that knock lose their calls for as long as they knock, and others that share the pool as well.",
        "Wait as long as gw-ratelimit-reset says, then send the call again, one call at a time.",
        "", "network", operations, ("rest/rate-pools", "rest/rate-window", "rest/rate-headers"),
        watch(
            reached_by(operations, ("RATE_LIMITED",)), "met an empty pool",
            broken=(Sign(operations, "knocked again and again before the pool was full", ("RATE_LIMITED",), _still_closed, times=10, anybody=public),),
            handled=(Sign(operations, "waited and was let in", ("OK",), anybody=public),), end=True, ending="nothing knocked again and again",
        ),
        f"Call {CALLS[operations[0]].call}.",
        lines=f"faults: [{{operation: {operations[0]}, times: 1, refuse: RATE_LIMITED}}]",
    )  # fmt: skip


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "windows/ten-seconds", "The fourth payment by UID, MAIL or PHONE comes within ten seconds.",
        "429000: three are allowed in any ten seconds.",
        "Payments are lost, because the refusal is taken for final, or the queue stands still.",
        "Send at most three in ten seconds, or wait until the first of the three is ten seconds old.",
        "uid-rate-limit", "payouts", WITHDRAW, ("s8.2/account-windows", "s8.2/rolling", "H75/rolling-windows"), _limited(_plain, "was one payment too many in ten seconds", 0),
    ),
    Situation(
        "windows/kinds-share-one", "Payments by UID, MAIL and PHONE fill one window together.",
        "The three kinds are counted together.",
        "A broker that counts each kind for itself is refused.",
        "Count all three kinds together.",
        "uid-rate-limit", "payouts", WITHDRAW, ("s8.2/account-windows", "H75/rolling-windows"), _limited(_mixed_only, "was one payment too many of several kinds"),
        "Pay by UID, by MAIL, by PHONE and by UID within ten seconds.",
    ),
    Situation(
        "windows/refused-ones-count", "Requests that were refused count as well.",
        "Every request past the gateway counts, whatever came of it.",
        "A mistyped recipient, tried three times, holds the right payment up.",
        "Count what was sent, not what was accepted.",
        "unknown-recipient", "payouts", WITHDRAW, ("H46/counting", "H75/rolling-windows"), _limited(_refused_ones, "met a window that refused requests had filled"),
        "Pay three times to a UID that nobody has, and then to one that somebody has, within ten seconds.",
    ),
    Situation(
        "windows/day", "The 51st payment by UID, MAIL or PHONE comes within 24 hours.",
        "429000: fifty are allowed in any 24 hours.",
        "A broker that knows only the ten seconds waits those over and over until the day is gone.",
        "Count the day as well, and pay the rest when the first of the fifty is a day old.",
        "withdrawals-50-a-day", "payouts", WITHDRAW, ("s8.2/account-windows", "H75/rolling-windows"), _limited(_over(spec.ACCOUNT_WINDOWS[1][0]), "was one payment too many in 24 hours", 1),
    ),
    Situation(
        "windows/ten-seconds-edge", "A payment comes within a second of the end of the ten seconds.",
        "At ten seconds to the tick there is room again; a millisecond before there is none.",
        "A clock that is a little fast sends too early, again and again.",
        "Wait a little longer than ten seconds, by KuCoin's clock.",
        "uid-rate-limit", "payouts", WITHDRAW, ("H75/rolling-windows", "s8.2/rolling"), _just_in_time(0, "came at the edge of the ten seconds"),
    ),
    Situation(
        "windows/day-edge", "A payment comes within a second of the end of the 24 hours.",
        "At 24 hours to the tick there is room again.",
        "A job that starts a moment too early does not pay until the next day.",
        "Try again shortly after the end of the window.",
        "withdrawals-50-a-day", "payouts", WITHDRAW, ("H75/rolling-windows", "s8.2/rolling"), _just_in_time(1, "came at the edge of the 24 hours"),
    ),
    Situation(
        "pools/payment", "A payment is turned away with 429 by the gateway.",
        "The payment was not judged: nothing was paid, and it can be sent again.",
        "The payment is lost, or the pool never fills because the broker knocks.",
        "Wait as long as gw-ratelimit-reset says, and send the same payment again.",
        "gateway-429", "payouts", PAYMENTS, ("rest/rate-window", "rest/rate-headers"),
        watch(
            reached_by(PAYMENTS, ("RATE_LIMITED",)), "was turned away with 429",
            broken=(Sign(PAYMENTS, "knocked again and again before the pool was full", ("RATE_LIMITED",), _same_still_closed, times=2),),
            handled=(Sign(PAYMENTS, "was let in", when=lambda history, _, later: history.word(later) not in ("RATE_LIMITED", "NOT_PERFORMED")),),
        ),
    ),
    _pool(Pool.MANAGEMENT, "management"),
    _pool(Pool.SPOT, "spot"),
    _pool(Pool.FUTURES, "futures"),
    _pool(Pool.PUBLIC, "public"),
)
# fmt: on
