"""docs/situations.md, made of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from simulator.evidence.readiness.catalogue import SITUATIONS
from simulator.evidence.readiness.situation import Situation

PAGE: Final = Path(__file__).parents[2] / "docs" / "situations.md"
HEAD: Final = f"""# Situations

What costs a broker money or access, and what a broker's code has to do: {len(SITUATIONS)} situations. The simulator
sees in its journal which of them a client has met, and what the client did then.

- **Reached**: a call met it. A broker that saw it coming, such as by a look at a chain's minimum, has reached it too.
- **Handled**: a later call decided it in a right way. Every right way counts: a retry that is safe, a look at the list,
  the ledger, the balance or the quotas, a new login, or to stop where nothing can help.
- **Broken**: a later call was a mistake, such as the same payment again before anything looked at the first. One
  repetition of a request that cannot succeed may be a person's; two are a loop.
- **Undecided**: the run ended before anything decided it. It counts as reached, and neither as handled nor as broken.

Mistakes of the configuration - an unknown client, a wrong host, a clock that was never right, an old key version,
another redirect URI - are findings of the set-up, and never count as broken. A situation that rests on a rule which is
assumed throughout (see [the ledger](../simulator/core/rules.md)) is marked with (assumed).

The last column says how a test meets a situation without a hand in between: by a scenario that is shipped, or by lines
of a scenario that `extends: demo`. What only the client can do, such as another amount in the second request, is said
in words.

This page is generated from the catalogue. An id never changes, because baselines name it.
"""


def page() -> str:
    """The whole page."""
    topics: dict[str, list[Situation]] = {}
    for situation in SITUATIONS:
        topics.setdefault(situation.topic, []).append(situation)
    return "\n".join([HEAD, *(line for topic in topics for line in section(topic, topics[topic]))])


def section(topic: str, situations: list[Situation]) -> Iterator[str]:
    """The table of one topic."""
    yield f"## {topic.replace('-', ' ').capitalize()}"
    yield ""
    yield "| situation | what KuCoin does | at risk | what to do | how to meet it |"
    yield "|---|---|---|---|---|"
    for situation in situations:
        yield f"| {' | '.join(cells(situation))} |"
    yield ""


def cells(situation: Situation) -> Iterator[str]:
    assumed = " (assumed)" if situation.assumed else ""
    yield f"`{situation.id}` {situation.title}{assumed}"
    yield situation.kucoin
    yield situation.risk
    yield situation.fix
    yield " ".join(filter(None, (stage(situation), situation.reach)))


def stage(situation: Situation) -> str:
    """The scenario, or the lines of one, that stages a situation."""
    if name := situation.scenario:
        return f"[{name}](../scenarios/{name}.yaml){'.' if situation.reach else ''}"
    lines = " and ".join(f"`{line}`" for line in situation.lines.splitlines())
    return f"Lines: {lines}." if lines else ""
