"""The one table of faults: what each effect does at each moment to a call and to the bytes of its answer.

The exchange, the wire, the reader of scenarios, the check of imported states and the tests read it. If a network word
has no row for a moment, the import of this module fails.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from simulator.core.value import Value

Moment = Literal["before", "after_commit", "mid_body"]
"""When a fault strikes.

`before`: the call is not performed, unless the fault only delays it. `after_commit`: the call succeeded, and its
answer is what suffers; a call that is refused by itself is not struck. `mid_body`: the call was performed, whatever
came of it, and half of the answer's body is out.
"""
Network = Literal["reset", "empty", "truncate", "garbage", "hang", "drip", "wrong_length"]
"""What happens on the socket.

`reset`: a TCP RST. `empty`: the connection is closed without a byte. `truncate`: closed after half of the body.
`garbage`: bytes that are no HTTP. `hang`: nothing more, until the client hangs up. `drip`: the body comes a byte at a
time. `wrong_length`: Content-Length says half of what the body has.
"""
Effect = Literal["refuse", "respond", "hold", "first", "then", "advance", "delay"] | Network
"""What a fault does: a network word, or the key that says it.

`hold`: the call is parked until others have come. `first`, `then`: an event of the world happens just before the call
or just after it. `advance`: time passes on the business clock, and the call goes on. `delay`: it only waits.
"""


class Strike(Value, frozen=True):
    """What one effect does at one moment.

    An answer without a body, a redirect, has no middle, so it is struck before its first byte.
    """

    performed: bool
    """True if the call is performed."""
    answer: Literal["own", "dry run", "refusal", "response", "none"]
    """Which answer goes out or is spoiled: the call's own, the one that it would have had, the refusal or the response
    that the fault names, or none."""
    waits: Literal["before the call", "before the answer", "in the body", "byte by byte"]
    """Where the fault's `delay` passes."""
    begins: Literal["nothing", "head", "half"] = "nothing"
    """What is on the wire before the strike: nothing, the head, or the head and half of the body."""
    announced: Literal["body", "half"] = "body"
    """What Content-Length counts."""
    then: Literal["nothing", "garbage", "rest", "rest but a byte"] = "nothing"
    """What follows at the strike, if the connection ends with it."""
    ends: Literal["open", "FIN", "RST", "never"] = "open"
    """How the connection ends. `open`: the answer goes out whole. `never`: not until the client hangs up."""

    @property
    def damages(self) -> bool:
        """True if the answer is not sent in the ordinary way."""
        return self.begins != "nothing" or self.ends != "open"


class Impossible(Value, frozen=True):
    """An effect that is impossible at a moment. `why` is the end of a sentence that begins with `at`."""

    why: str


_DONE: Final = "as the call was performed"
_HALF: Final = "as half of the answer is out; say before or after_commit"

# fmt: off
STRIKES: Final[dict[tuple[Effect, Moment], Strike | Impossible]] = {
    ("delay", "before"): Strike(True, "own", "before the call"),
    ("delay", "after_commit"): Strike(True, "own", "before the answer"),
    ("delay", "mid_body"): Strike(True, "own", "in the body", "half"),
    ("advance", "before"): Strike(True, "own", "before the call"),
    ("advance", "after_commit"): Strike(True, "own", "before the answer"),
    ("advance", "mid_body"): Impossible(f"is too late for advance, {_HALF}"),
    ("hold", "before"): Strike(True, "own", "before the call"),
    ("hold", "after_commit"): Impossible(f"is too late for hold, {_DONE}; say before"),
    ("hold", "mid_body"): Impossible(f"is too late for hold, {_DONE}; say before"),
    ("first", "before"): Strike(True, "own", "before the call"),
    ("first", "after_commit"): Impossible(f"is too late for first, {_DONE}; say before, or use then"),
    ("first", "mid_body"): Impossible(f"is too late for first, {_DONE}; say before, or use then"),
    ("then", "before"): Strike(True, "own", "before the call"),
    ("then", "after_commit"): Strike(True, "own", "before the answer"),
    ("then", "mid_body"): Impossible(f"is too late for then, {_HALF}"),
    ("refuse", "before"): Strike(False, "refusal", "before the call"),
    ("refuse", "after_commit"): Strike(True, "refusal", "before the answer"),
    ("refuse", "mid_body"): Impossible(f"is too late for refuse, {_HALF}"),
    ("respond", "before"): Strike(False, "response", "before the call"),
    ("respond", "after_commit"): Strike(True, "response", "before the answer"),
    ("respond", "mid_body"): Impossible(f"is too late for respond, {_HALF}"),
    ("reset", "before"): Strike(False, "none", "before the call", ends="RST"),
    ("reset", "after_commit"): Strike(True, "none", "before the answer", ends="RST"),
    ("reset", "mid_body"): Strike(True, "own", "in the body", "half", ends="RST"),
    ("empty", "before"): Strike(False, "none", "before the call", ends="FIN"),
    ("empty", "after_commit"): Strike(True, "none", "before the answer", ends="FIN"),
    ("empty", "mid_body"): Impossible("is too late for an empty answer; say before, or network: truncate"),
    ("truncate", "before"): Strike(False, "dry run", "before the call", "half", ends="FIN"),
    ("truncate", "after_commit"): Strike(True, "own", "before the answer", "half", ends="FIN"),
    ("truncate", "mid_body"): Strike(True, "own", "in the body", "half", ends="FIN"),
    ("garbage", "before"): Strike(False, "none", "before the call", then="garbage", ends="FIN"),
    ("garbage", "after_commit"): Strike(True, "none", "before the answer", then="garbage", ends="FIN"),
    ("garbage", "mid_body"): Strike(True, "own", "in the body", "half", then="garbage", ends="FIN"),
    ("hang", "before"): Strike(False, "none", "before the call", ends="never"),
    ("hang", "after_commit"): Strike(True, "none", "before the answer", ends="never"),
    ("hang", "mid_body"): Strike(True, "own", "in the body", "half", ends="never"),
    ("drip", "before"): Strike(False, "dry run", "byte by byte", "head", ends="FIN"),
    ("drip", "after_commit"): Strike(True, "own", "byte by byte", "head"),
    ("drip", "mid_body"): Strike(True, "own", "byte by byte", "half"),
    ("wrong_length", "before"): Strike(False, "dry run", "before the call", "half", "half", "rest but a byte", "FIN"),
    ("wrong_length", "after_commit"): Strike(True, "own", "before the answer", "half", "half", "rest", "FIN"),
    ("wrong_length", "mid_body"): Strike(True, "own", "in the body", "half", "half", "rest", "FIN"),
}
# fmt: on
"""By effect and moment. An answer that nothing was performed for, a dry run's, never arrives whole."""
EFFECTS: Final[tuple[Effect, ...]] = (*get_args(get_args(Effect)[0]), *get_args(Network))


def strike_of(effect: Effect, at: Moment) -> Strike:
    """What an effect does at a moment. The reader and the check of imported states refuse impossible pairs."""
    row = STRIKES[effect, at]
    assert isinstance(row, Strike), f"{effect} at {at} {row.why}"
    return row


def obstacles(
    effects: tuple[Effect, ...], at: Moment, delay: int | None, advance: int | None = None
) -> list[tuple[str, str]]:
    """Why a fault is impossible: the wrong keys, each with a message. `delay` and `advance` are ms, None = absent."""
    rows = [STRIKES[effect, at] for effect in effects]
    problems = [("at", row.why) for row in rows if isinstance(row, Impossible)]
    if delay is not None and any(isinstance(row, Strike) and row.ends == "never" for row in rows):
        problems.append(("delay", "has no effect with hang, which never ends; leave it out"))
    if delay == 0 and not any(effect != "delay" for effect in effects):
        problems.append(("delay", "must be longer than 0s, or the fault does nothing"))
    if advance == 0:
        problems.append(("advance", "must be longer than 0s; leave it out if no time is to pass"))
    return problems
