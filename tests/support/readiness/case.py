"""One run of a broker in one situation, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from support.readiness.bench import Bench, Run

Verdict = Literal["handled", "broken", "undecided"]


@dataclass(frozen=True)
class Case:
    """`text` is what the scenario has beyond the demo world. `way` names the run among those of its situation."""

    situation: str
    way: str
    verdict: Verdict
    run: Run
    text: str = ""

    def __str__(self) -> str:
        return f"{self.situation}: {self.way}"


def handled(situation: str, way: str, run: Run, text: str = "") -> Case:
    return Case(situation, way, "handled", run, text)


def broken(situation: str, way: str, run: Run, text: str = "") -> Case:
    return Case(situation, way, "broken", run, text)


def undecided(situation: str, way: str, run: Run, text: str = "") -> Case:
    return Case(situation, way, "undecided", run, text)


def refused(
    situation: str,
    ask: Run,
    other: Run,
    text: str = "",
    *,
    before: Run = lambda bench: None,
    stopping: Verdict = "handled",
    times: int = 3,
) -> list[Case]:
    """The runs of a refusal that no repetition changes: stop, ask for something else, ask again once, and for ever."""

    def stop(bench: Bench) -> None:
        before(bench)
        ask(bench)

    def change(bench: Bench) -> None:
        stop(bench)
        other(bench)

    def once_more(bench: Bench) -> None:
        stop(bench)
        ask(bench)

    def for_ever(bench: Bench) -> None:
        before(bench)
        for _ in range(times):
            ask(bench)

    return [
        Case(situation, "stop", stopping, stop, text),
        Case(situation, "ask for something else", "handled", change, text),
        Case(situation, "ask again once", "undecided", once_more, text),
        Case(situation, "ask again and again", "broken", for_ever, text),
    ]
