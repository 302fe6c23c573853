"""The section `stream_faults:`: read values -> typed values, with the checks between keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from simulator.core.stream.topics import FAMILIES
from simulator.scenario.format.reader import Path, Reader, suggestion
from simulator.scenario.format.shapes import Values, by_hand, fields
from simulator.scenario.keys.streams import STREAM_FAULT
from simulator.scenario.staging.stream_faults import StreamFault

by_hand(STREAM_FAULT)
ONLY: Final = {"messages": "gap", "delay": "late"}
"""Keys that go with one effect."""


def stream_faults(reader: Reader, entries: Iterable[Values], users: Collection[str]) -> tuple[StreamFault, ...]:
    """The faults, in the order of the file. What does not fit together becomes a problem of the reader."""
    faults: list[StreamFault] = []
    for place, values in enumerate(entries):
        path: Path = ("stream_faults", place)
        name = values.get("topic", "").partition(":")[0]
        if name and name not in FAMILIES:
            reader.refuse((*path, "topic"), f"there is no topic {name}{suggestion(name, FAMILIES)}")
        elif "user" in values and name and FAMILIES[name].of != "user":
            reader.refuse((*path, "user"), f"never matches: {name} is public; remove it", key=True)
        if "user" in values and values["user"] not in users:
            user = values["user"]
            reader.refuse((*path, "user"), f"there is no user {user}{suggestion(user, users)}")
        for key, effect in ONLY.items():
            if key in values and values.get("effect") not in (effect, None):
                reader.refuse((*path, key), f"goes with effect: {effect}", key=True)
        faults.append(StreamFault(**{"topic": "", "effect": "drop", **fields(STREAM_FAULT, values)}))
    return tuple(faults)
