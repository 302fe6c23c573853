"""A race as JSON data and as lines for people. No secret is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from simulator.evidence.changes import SECRET, narrowed, plain
from simulator.evidence.races.calls import Lineup, RaceError
from simulator.evidence.races.sameness import RowPlace, is_timeless, row_of, without_instants
from simulator.evidence.races.walk import CallOrder, Race, RaceOutcome

SHOWN: Final = 100
"""Outcomes that are shown."""
ROWS: Final = 50
"""Rows of one outcome that are shown."""
LONGEST: Final = 300
"""Characters of a reply in the data."""
BRIEF: Final = 60
"""Characters of a reply in a line."""


def replay_string(lineup: Lineup, order: CallOrder) -> str:
    """An order as a text that can be given back: the numbers of the entries, such as `14-12-13`."""
    return "-".join(str(lineup.calls[place].entry) for place in order)


def entries_of(replay: str) -> list[int]:
    """The numbers of the entries, in order. Raises `RaceError`."""
    parts = replay.split("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise RaceError(f"{replay[:LONGEST]!r} is no replay string such as 14-12-13")
    return [int(part) for part in parts]


def data_of(race: Race) -> dict[str, Any]:
    """The race as JSON data."""
    lineup, happened = race.lineup, race.outcomes[0]
    shown = _shown(race)
    broken = [(outcome, broken) for outcome in race.outcomes for broken in outcome.broken]
    smallest = race.outcomes[1] if len(race.outcomes) > 1 else None
    return {
        "calls": [
            {
                "entry": call.entry,
                "operation": call.operation,
                "user": call.user,
                "client": call.client,
                "reply": reply[:LONGEST],
            }
            for call, reply in zip(lineup.calls, happened.replies, strict=True)
        ],
        "left_out": [*lineup.left_out],
        "orders": race.orders,
        "performed": race.performed,
        "distinct": len(race.outcomes),
        "outcomes": [_outcome_data(lineup, outcome, happened) for outcome in shown],
        "broken": [
            {"invariant": item.invariant, "detail": item.detail, "replay": replay_string(lineup, outcome.order)}
            for outcome, item in broken[:SHOWN]
        ],
        "smallest": None if smallest is None else replay_string(lineup, smallest.order),
        "text": "\n".join(lines(race)),
    }


def _shown(race: Race) -> Iterable[RaceOutcome]:
    """The outcomes that are shown: those in which something is broken, and the nearest others."""
    first, *others = race.outcomes
    others.sort(key=lambda outcome: (not outcome.broken, outcome.swaps, outcome.order))
    return [first, *others[: SHOWN - 1]]


def _outcome_data(lineup: Lineup, outcome: RaceOutcome, happened: RaceOutcome) -> dict[str, Any]:
    return {
        "orders": outcome.orders,
        "replay": replay_string(lineup, outcome.order),
        "swaps": outcome.swaps,
        "replies": [reply[:LONGEST] for reply in outcome.replies],
        "differs": [lineup.calls[place].entry for place in _differs(outcome, happened)],
        "world": [*_changes(outcome, happened)][:ROWS],
    }


def _differs(outcome: RaceOutcome, happened: RaceOutcome) -> list[int]:
    """The places of the calls that get another reply than they got."""
    pairs = enumerate(zip(outcome.replies, happened.replies, strict=True))
    return [place for place, (reply, other) in pairs if reply != other]


def _changes(outcome: RaceOutcome, happened: RaceOutcome) -> Iterator[dict[str, Any]]:
    """The rows that differ from those after the order that happened: for each field, [then, in this outcome]."""
    if outcome is happened:
        return
    for place in sorted(outcome.places | happened.places, key=str):
        old, new = row_of(happened.world, place), row_of(outcome.world, place)
        if without_instants(old) != without_instants(new):
            table, key = place
            parts = [*map(str, key)] if isinstance(key, tuple) else str(key)
            changes = _fields(place, old, new)
            yield {"table": table, "key": "(a code)" if table == "codes" else parts, "changes": changes}


def _fields(place: RowPlace, old: Any, new: Any) -> dict[str, list[Any]]:
    table, row = place[0], new if new is not None else old
    names = [name for name in row.__struct_fields__ if is_timeless(name) and (table, name) not in SECRET]
    pairs = {name: [_field(old, name), _field(new, name)] for name in names}
    return {
        name: [plain(value) for value in narrowed(*pair)]
        for name, pair in pairs.items()
        if without_instants(pair[0]) != without_instants(pair[1])
    }


def _field(row: Any, name: str) -> Any:
    return getattr(row, name) if isinstance(row, Struct) else None


def lines(race: Race) -> Iterator[str]:
    """The race in lines."""
    lineup, happened = race.lineup, race.outcomes[0]
    calls = ", ".join(f"#{call.entry} {call.operation}" for call in lineup.calls)
    count = len(race.outcomes)
    yield f"{race.orders} orders of {calls}: {count} {'outcome' if count == 1 else 'different outcomes'}"
    if lineup.left_out:
        numbers = ", ".join(f"#{number}" for number in lineup.left_out)
        yield f"left out, although they came between: {numbers}"
    yield f"happened: {_replies(lineup, happened, range(len(lineup.calls)))}"
    for outcome in race.outcomes[1 : SHOWN + 1]:
        differing = _differs(outcome, happened)
        what = _replies(lineup, outcome, differing) if differing else "the same replies, another world"
        others = f" and {outcome.orders - 1} other orders" if outcome.orders > 1 else ""
        yield f"{replay_string(lineup, outcome.order)}{others}: {what}"
    for outcome in race.outcomes:
        for item in outcome.broken:
            yield f"BROKEN in {replay_string(lineup, outcome.order)}: {item.invariant}: {item.detail}"


def _replies(lineup: Lineup, outcome: RaceOutcome, places: Iterable[int]) -> str:
    return ", ".join(f"#{lineup.calls[place].entry} {outcome.replies[place][:BRIEF]}" for place in places)
