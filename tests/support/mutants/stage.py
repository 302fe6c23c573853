"""How the careful broker and its mutants are put on a stage: what happens to them, and what the journal says then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from simulator.evidence.readiness.situation import Occurrence
from support.mutants.accounting import CarefulBroker
from support.mutants.calls import DeclinedError, LostError
from support.readiness.bench import Bench

Act: TypeAlias = Callable[[CarefulBroker], object]
"""What users, the network and time do; the broker answers as it does."""


@dataclass(frozen=True)
class Stage:
    """One run. `text` is what its scenario has beyond the demo world."""

    name: str
    act: Act
    text: str = ""


FALLS: Final = (DeclinedError, LostError, LookupError)


class Stages(list[Stage]):
    """The stages of one module, in the order in which their acts stand there."""

    def of(self, text: str = "") -> Callable[[Act], Act]:
        """Make an act a stage of its name."""

        def add(act: Act) -> Act:
            self.append(Stage(act.__name__.replace("_", "-"), act, text))
            return act

        return add


@dataclass(frozen=True)
class Played:
    """What the journal shows of one run. `fell` = the broker fell over, and its users saw an error page."""

    occurrences: Mapping[str, tuple[Occurrence, ...]]
    fell: bool

    @property
    def red(self) -> set[str]:
        """The situations that are broken."""
        return {name for name, rows in self.occurrences.items() if any(row.handled is False for row in rows)}


def play(runner: asyncio.Runner, part: Stage, broker: type[CarefulBroker]) -> Played:
    """One broker on one stage. Where a broker that errs falls over, its run ends."""
    bench = Bench(runner, part.text)
    fell = False
    try:
        part.act(broker(bench))
    except FALLS:
        fell = True
    return Played(bench.assess().occurrences, fell)


TELLING: Final[Mapping[str, Callable[..., bool]]] = {
    **dict.fromkeys(
        (
            "send_code",
            "send_refresh",
            "send_wish",
            "send_payment",
            "send_proof",
            "send_transfer",
            "send_address",
            "send_order",
        ),
        lambda broker, reply, *_: not broker.ok(reply),
    ),
    "user_of": lambda broker, user, *_: user is None,
    "is_denied": lambda broker, denied, *_: denied,
    "is_challenge": lambda broker, waits, *_: waits,
    "is_recent": lambda broker, recent, since: broker.now() > since,
    "spendable": lambda broker, amount, row: row["available"] != row["balance"],
    "keep": lambda broker, replaced, *_: replaced,
    "ok": lambda broker, fine, reply: reply.status == 200 and not fine,
}
"""Methods that decide, and which of their results a mistake in them can change."""


def watched(runner: asyncio.Runner, part: Stage, style: type[CarefulBroker]) -> tuple[Played, frozenset[str]]:
    """A careful run, and the attributes that it looks up: to have others of another kind changes nothing on this stage.

    A method of `TELLING` counts once more, with a question mark, when its result was one that a mistake can change.
    """
    names: set[str] = set()

    class Watched(style):  # type: ignore[misc, valid-type] # a style is a class
        def __getattribute__(self, name: str) -> Any:
            names.add(name)
            value = super().__getattribute__(name)
            if name not in TELLING:
                return value

            def told(*arguments: Any) -> Any:
                result = value(*arguments)
                if TELLING[name](self, result, *arguments):
                    names.add(f"{name}?")
                return result

            return told

    return play(runner, part, Watched), frozenset(names)
