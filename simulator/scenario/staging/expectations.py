"""`expect:` as data: what must have happened by the end."""

from __future__ import annotations

from typing import Final

from simulator.core.value import Value

FACTS: Final = {
    "withdrawals_accepted": "withdrawals that the exchange accepted, whatever became of them and of their answers",
    "transfers_accepted": "transfers that the exchange made, each once, whatever became of their answers",
    "orders_accepted": "orders that the exchange accepted, whatever became of them and of their answers",
    "orders_filled": "orders of which nothing is left, because all of it was filled",
    "fills": "fills of orders, as many as the parts in which they were filled",
    "retired_tokens_used": "calls that came with a token which a refresh had retired (s6.3)",
    "violations": "calls that the page's rules forbid whatever the world is like, and calls with a noted departure",
}
"""The facts that can be counted besides calls, with the sentence that describes each."""
OF_NO_CLIENT: Final = ("transfers_accepted",)
"""Facts that cannot be counted by client, because what they count does not record the client."""


class Expectation(Value, frozen=True):
    """One entry of `expect:`: a number of calls or of a fact, or alternatives. "" = any."""

    operation: str = ""
    user: str = ""
    client: str = ""
    outcome: str = ""
    """`OK`, `NOT_PERFORMED` (a fault kept the call from the exchange), or the name of a reason."""
    fact: str = ""
    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    any_of: tuple[tuple[Expectation, ...], ...] = ()
    """Alternatives, of which one must hold. All expectations of an alternative must hold, and none has alternatives.

    An expectation with alternatives has nothing else.
    """

    def allows(self, count: int) -> bool:
        """True if that count is as expected."""
        return (
            (self.exactly is None or count == self.exactly)
            and (self.at_least is None or count >= self.at_least)
            and (self.at_most is None or count <= self.at_most)
        )

    @property
    def bounds(self) -> str:
        """The expected number in words: `exactly 2`, `at least 1 and at most 3`."""
        words = (("exactly", self.exactly), ("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{word} {number}" for word, number in words if number is not None)

    def __str__(self) -> str:
        """The expectation in a line: `refresh_tokens, user alice, outcome OK: exactly 2`."""
        if self.any_of:
            alternatives = (" and ".join(map(str, alternative)) for alternative in self.any_of)
            return f"any of ({'), ('.join(alternatives)})"
        what = self.fact or self.operation or "calls"
        names = (("user", self.user), ("client", self.client), ("outcome", self.outcome))
        return f"{', '.join([what, *(f'{kind} {name}' for kind, name in names if name)])}: {self.bounds}"
