"""Did happen what had to happen? `expect:` held against what was counted and against the world.

Control surface, command line and tests all ask this one function.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.core.world import World
from simulator.evidence.journal import Journal, Tallied
from simulator.printing import printable
from simulator.scenario.staging.expectations import Expectation

RETIRED: Final = frozenset({Reason.ACCESS_TOKEN_SUPERSEDED.name, Reason.REFRESH_TOKEN_SUPERSEDED.name})
"""Outcomes of a call with a token that a refresh had retired (s6.3)."""

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
"""Outcomes that no state of the world excuses: the request itself is not as the page, or our answer to its hole, says.

What can befall a correct broker - a token that expires, a balance that is short, a clock that is off - is none.
"""


class Result(Value, frozen=True):
    """One expectation, and how often it was."""

    expectation: Expectation
    count: int
    seen: tuple[str, ...] = ()
    """What was counted instead, where the count is wrong: `refresh_tokens REFRESH_TOKEN_EXPIRED x2`."""

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return self.expectation.allows(self.count)

    def __str__(self) -> str:
        line = f"{'ok  ' if self.ok else 'FAIL'}  {self.expectation}, was {self.count}"
        return f"{line} ({'; '.join(self.seen)})" if self.seen else line


class Verdict(Value, frozen=True):
    """All of them, in the order of the file."""

    results: tuple[Result, ...]

    @property
    def ok(self) -> bool:
        """Whether all hold; so they do when nothing is expected."""
        return all(result.ok for result in self.results)

    @property
    def text(self) -> str:
        """A line for each, and one that sums up, for people."""
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
    """Hold each expectation against the calls since the scenario began, and against the world as it is now."""
    return Verdict(tuple(_result(each, journal, world) for each in expectations))


def _result(wanted: Expectation, journal: Journal, world: World) -> Result:
    if wanted.fact == "withdrawals_accepted":
        count = sum(
            wanted.user in ("", each.user) and wanted.client in ("", each.client_id)
            for each in world.withdrawals.values()
        )
        return Result(wanted, count)
    if wanted.fact == "transfers_accepted":
        return Result(wanted, sum(wanted.user in ("", each.user) for each in world.transfers.values()))
    about = {
        key: count
        for key, count in journal.tally.items()
        if wanted.user in ("", key.user) and wanted.client in ("", key.client)
    }
    counted = {key: count for key, count in about.items() if _counts(wanted, key)}
    total = sum(counted.values())
    if wanted.allows(total):
        return Result(wanted, total)
    if wanted.fact:
        return Result(wanted, total, _seen(counted))
    return Result(wanted, total, _seen({key: n for key, n in about.items() if wanted.operation in ("", key.operation)}))


def _counts(wanted: Expectation, key: Tallied) -> bool:
    if wanted.fact == "retired_tokens_used":
        return key.outcome in RETIRED and not key.staged
    if wanted.fact == "violations":
        return (key.outcome in VIOLATIONS and not key.staged) or key.departs
    return wanted.operation in ("", key.operation) and wanted.outcome in ("", key.outcome)


def _seen(counted: dict[Tallied, int]) -> tuple[str, ...]:
    """The tallies by operation and outcome, the most frequent first."""
    words: dict[str, int] = {}
    for key, count in counted.items():
        noted = " with notes" if key.departs else ""
        word = f"{key.operation or 'no operation'} {key.outcome}{noted}"
        words[word] = words.get(word, 0) + count
    return tuple(f"{word} x{count}" for word, count in sorted(words.items(), key=lambda each: (-each[1], each[0])))
