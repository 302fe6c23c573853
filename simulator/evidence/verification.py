"""Check a scenario's `expect:` against the counted calls and against the world.

The control surface, the command line and the tests all use `verify`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.core.world import World
from simulator.evidence.journal import Journal, TallyKey
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
    seen: tuple[str, ...] = ()
    """If the count is wrong: what was counted instead, such as `refresh_tokens REFRESH_TOKEN_EXPIRED x2`."""

    @property
    def ok(self) -> bool:
        """True if the expectation holds."""
        return self.expectation.allows(self.count)

    def __str__(self) -> str:
        line = f"{'ok  ' if self.ok else 'FAIL'}  {self.expectation}, was {self.count}"
        return f"{line} ({'; '.join(self.seen)})" if self.seen else line


class Verdict(Value, frozen=True):
    """The results of all expectations, in the order of the file."""

    results: tuple[Result, ...]

    @property
    def ok(self) -> bool:
        """True if all expectations hold, also if there are none."""
        return all(result.ok for result in self.results)

    @property
    def text(self) -> str:
        """One line per expectation and a summary line, for people."""
        failed = sum(not result.ok for result in self.results)
        total = len(self.results)
        if not total:
            return "nothing is expected"
        end = f"{failed} of {total} expectations failed" if failed else f"expectations that hold: {total} of {total}"
        return "\n".join([*(printable(str(result)) for result in self.results), end])

    def as_data(self) -> dict[str, Any]:
        """JSON data."""
        return {
            "ok": self.ok,
            "results": [
                {
                    "expectation": str(result.expectation),
                    "ok": result.ok,
                    "count": result.count,
                    "seen": list(result.seen),
                }
                for result in self.results
            ],
        }


def verify(expectations: Iterable[Expectation], journal: Journal, world: World) -> Verdict:
    """The result of each expectation, from the calls since the scenario began and the world as it is now."""
    return Verdict(tuple(_result(expectation, journal, world) for expectation in expectations))


def _result(expectation: Expectation, journal: Journal, world: World) -> Result:
    if expectation.fact == "withdrawals_accepted":
        count = sum(
            expectation.user in ("", withdrawal.user) and expectation.client in ("", withdrawal.client_id)
            for withdrawal in world.withdrawals.values()
        )
        return Result(expectation, count)
    if expectation.fact == "transfers_accepted":
        count = sum(expectation.user in ("", transfer.user) for transfer in world.transfers.values())
        return Result(expectation, count)
    about = {
        key: count
        for key, count in journal.tally.items()
        if expectation.user in ("", key.user) and expectation.client in ("", key.client)
    }
    counted = {key: count for key, count in about.items() if _counts(expectation, key)}
    total = sum(counted.values())
    if expectation.allows(total):
        return Result(expectation, total)
    if expectation.fact:
        return Result(expectation, total, _seen(counted))
    same_operation = {key: n for key, n in about.items() if expectation.operation in ("", key.operation)}
    return Result(expectation, total, _seen(same_operation))


def _counts(expectation: Expectation, key: TallyKey) -> bool:
    if expectation.fact == "retired_tokens_used":
        return key.outcome in RETIRED and not key.staged
    if expectation.fact == "violations":
        return (key.outcome in VIOLATIONS and not key.staged) or key.departs
    return expectation.operation in ("", key.operation) and expectation.outcome in ("", key.outcome)


def _seen(counted: dict[TallyKey, int]) -> tuple[str, ...]:
    """Counts by operation and outcome, the most frequent first: `withdraw OK x3`."""
    words: dict[str, int] = {}
    for key, count in counted.items():
        noted = " with notes" if key.departs else ""
        word = f"{key.operation or 'no operation'} {key.outcome}{noted}"
        words[word] = words.get(word, 0) + count
    return tuple(f"{word} x{count}" for word, count in sorted(words.items(), key=lambda item: (-item[1], item[0])))
