"""The keys of `stream_faults`: what goes wrong on the websocket feeds."""

from __future__ import annotations

from typing import Final

from simulator.core.stream.topics import FAMILIES
from simulator.scenario.format.scalars import DURATIONS, INTEGER, POSITIVE, TEXT
from simulator.scenario.format.shapes import Key, Record, words
from simulator.scenario.staging.stream_faults import EFFECTS, StreamFault

STREAM_FAULT: Final = Record(
    {
        "topic": Key(TEXT, f"A topic, or what stands before its colon: {', '.join(FAMILIES)}", required=True),
        "effect": Key(
            words(*EFFECTS),
            "; ".join(f"{effect}: {about}" for effect, about in EFFECTS.items()),
            required=True,
        ),
        "user": Key(TEXT, "Only messages to this user"),
        "times": Key(POSITIVE, "How many messages it strikes; one if absent"),
        "skip": Key(INTEGER, "How many messages it lets pass first"),
        "messages": Key(POSITIVE, "Of a gap: how many messages in a row are lost; two if absent"),
        "delay": Key(DURATIONS, "Of late: after how long the message comes, in real time; a second if absent"),
    },
    makes=StreamFault,
)
