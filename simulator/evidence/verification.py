"""Check a scenario's `expect:` against the counted calls and against the world.

The control surface, the command line and the tests all use `verify`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.core.world import Order, OrderStatus, World
from simulator.evidence.journal import Journal
from simulator.evidence.tally import TallyKey
from simulator.printing import printable
from simulator.scenario.staging.expectations import Expectation

RETIRED: Final = frozenset({Reason.ACCESS_TOKEN_SUPERSEDED.name, Reason.REFRESH_TOKEN_SUPERSEDED.name})
"""Outcomes of a call with a token that an earlier refresh replaced (s6.3)."""

VIOLATIONS: Final = frozenset(
    reason.name
    for reason in (
        Reason.NOT_HTTP,
        Reason.PROTOCOL_NOT_SERVED,
        Reason.HEAD_TOO_LARGE,
        Reason.HEADER_REPEATED,
        Reason.UNKNOWN_PATH,
        Reason.METHOD_NOT_ALLOWED,
        Reason.HEADER_MISSING,
        Reason.KEY_VERSION_ABOLISHED,
        Reason.KEY_VERSION_INVALID,
        Reason.PASSPHRASE_INVALID,
        Reason.SIGNATURE_INVALID,
        Reason.UNKNOWN_PARTNER,
        Reason.PARTNER_SIGNATURE_INVALID,
        Reason.AUTHORIZATION_MISSING,
        Reason.REFRESH_ENCODING_REFUSED,
        Reason.UNSUPPORTED_MEDIA_TYPE,
        Reason.BODY_TOO_LARGE,
        Reason.BODY_NOT_UTF8,
        Reason.BODY_NOT_JSON,
        Reason.BODY_NOT_AN_OBJECT,
        Reason.CLIENT_UNKNOWN,
        Reason.CLIENT_SECRET_INVALID,
        Reason.REDIRECT_URI_UNREGISTERED,
        Reason.REDIRECT_URI_ENCODED,
        Reason.PARAMETER_REPEATED,
        Reason.PARAMETER_MISSING,
        Reason.RESPONSE_TYPE_UNSUPPORTED,
        Reason.GRANT_TYPE_UNSUPPORTED,
        Reason.SCOPE_INVALID,
        Reason.CODE_OF_ANOTHER_CLIENT,
        Reason.REDIRECT_URI_MISMATCH,
        Reason.OLD_ENDPOINT_REFUSED,
        Reason.AUTH_GROUP_MAP_INVALID,
        Reason.PARAMETER_INVALID,
        Reason.TRANSACTION_MISMATCH,
        Reason.FACTORS_INCOMPLETE,
    )
)
"""Outcomes that are the broker's own mistake: the request is not as the page, or our answer to a hole in it, says.

What can happen to a correct broker is not in the list: an expired token, a balance that is too small, a wrong clock.
"""


class Result(Value, frozen=True):
    """One expectation, and how many calls or rows it counted."""

    expectation: Expectation
    count: int
    """Of alternatives: how many hold."""
    seen: tuple[str, ...] = ()
    """If the count is wrong: what was counted instead, such as `refresh_tokens REFRESH_TOKEN_EXPIRED x2`."""
    alternatives: tuple[tuple[Result, ...], ...] = ()
    """The results of `any_of`, alternative by alternative."""

    @property
    def ok(self) -> bool:
        """True if the expectation, or one of its alternatives, holds."""
        return self.count > 0 if self.alternatives else self.expectation.allows(self.count)

    @property
    def lines(self) -> list[str]:
        """A line for people; of alternatives also a numbered line for each expectation in each of them."""
        mark = "ok  " if self.ok else "FAIL"
        if not self.alternatives:
            seen = f" ({'; '.join(self.seen)})" if self.seen else ""
            return [printable(f"{mark}  {self.expectation}, was {self.count}{seen}")]
        total = len(self.alternatives)
        lines = [f"{mark}  any of {total} alternatives, was {self.count}"]
        for number, alternative in enumerate(self.alternatives, 1):
            lines += [f"      {number}. {line}" for result in alternative for line in result.lines]
        return lines

    def as_data(self) -> dict[str, Any]:
        """JSON data."""
        alternatives = [[result.as_data() for result in alternative] for alternative in self.alternatives]
        return {
            "expectation": str(self.expectation),
            "ok": self.ok,
            "count": self.count,
            "seen": list(self.seen),
            **({"any_of": alternatives} if alternatives else {}),
        }

    def __str__(self) -> str:
        return "\n".join(self.lines)


class Verdict(Value, frozen=True):
    """The results of all expectations, in the order of the file."""

    results: tuple[Result, ...]

    @property
    def ok(self) -> bool:
        """True if all expectations hold, also if there are none."""
        return all(result.ok for result in self.results)

    @property
    def text(self) -> str:
        """A line for each, further lines for alternatives, and one that sums up, for people."""
        failed = sum(not result.ok for result in self.results)
        total = len(self.results)
        if not total:
            return "nothing is expected"
        end = f"{failed} of {total} expectations failed" if failed else f"expectations that hold: {total} of {total}"
        return "\n".join([*(line for result in self.results for line in result.lines), end])

    def as_data(self) -> dict[str, Any]:
        """JSON data."""
        return {"ok": self.ok, "results": [result.as_data() for result in self.results]}


def verify(expectations: Iterable[Expectation], journal: Journal, world: World) -> Verdict:
    """Hold each expectation against the calls since the scenario began, and against the world as it is now."""
    return Verdict(tuple(_result(expectation, journal, world) for expectation in expectations))


def _orders(world: World, user: str, client: str) -> Iterator[Order]:
    """The orders of a user and of a client; "" = of all. An alteration and a triggered stop order make one each."""
    return (order for order in world.orders.values() if user in ("", order.user) and client in ("", order.client_id))


def _withdrawals(world: World, user: str, client: str) -> int:
    rows = world.withdrawals.values()
    return sum(user in ("", row.user) and client in ("", row.client_id) for row in rows)


OF_WORLD: Final[dict[str, Callable[[World, str, str], int]]] = {
    "withdrawals_accepted": _withdrawals,
    "transfers_accepted": lambda world, user, _: sum(user in ("", row.user) for row in world.transfers.values()),
    "orders_accepted": lambda *of: sum(1 for _ in _orders(*of)),
    "orders_filled": lambda *of: sum(order.status is OrderStatus.FILLED for order in _orders(*of)),
    "fills": lambda *of: sum(len(order.fills) for order in _orders(*of)),
}
"""The facts that are counted in the world and not in the calls: (world, user, client) -> count; "" = of all."""


def _result(expectation: Expectation, journal: Journal, world: World) -> Result:
    if expectation.any_of:
        alternatives = tuple(
            tuple(_result(part, journal, world) for part in alternative) for alternative in expectation.any_of
        )
        holding = sum(all(result.ok for result in alternative) for alternative in alternatives)
        return Result(expectation, holding, alternatives=alternatives)
    user, client = expectation.user, expectation.client
    if (of_world := OF_WORLD.get(expectation.fact)) is not None:
        return Result(expectation, of_world(world, user, client))
    about = {
        key: count for key, count in journal.tally.items() if user in ("", key.user) and client in ("", key.client)
    }
    counted = {key: count for key, count in about.items() if _counts(expectation, key)}
    total = sum(counted.values())
    if expectation.allows(total):
        return Result(expectation, total)
    if expectation.fact:
        return Result(expectation, total, _seen(counted))
    same = {key: count for key, count in about.items() if expectation.operation in ("", key.operation)}
    return Result(expectation, total, _seen(same))


def _counts(expectation: Expectation, key: TallyKey) -> bool:
    """True if a tally is of the calls that an expectation counts."""
    if expectation.fact == "retired_tokens_used":
        return key.outcome in RETIRED and not key.staged
    if expectation.fact == "violations":
        return (key.outcome in VIOLATIONS and not key.staged) or key.departs
    return expectation.operation in ("", key.operation) and expectation.outcome in ("", key.outcome)


def _seen(tallies: dict[TallyKey, int]) -> tuple[str, ...]:
    """The tallies by operation and outcome, the most frequent first."""
    counts: dict[str, int] = {}
    for key, count in tallies.items():
        noted = " with notes" if key.departs else ""
        words = f"{key.operation or 'no operation'} {key.outcome}{noted}"
        counts[words] = counts.get(words, 0) + count
    return tuple(f"{words} x{count}" for words, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
