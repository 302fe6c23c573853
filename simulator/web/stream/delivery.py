"""The way of a message to the sessions that subscribed to its topic, and what faults do to it on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from simulator.scenario.staging.stream_faults import StreamFault, StreamStaging
from simulator.web.stream.session import StreamSession

Addressee = tuple[str, str]
"""A topic and a user, "" = the topic is public."""


class Delivery:
    """Sends messages, each to all its sessions. It remembers what a fault holds back."""

    def __init__(self) -> None:
        self._held: dict[Addressee, list[tuple[StreamSession, bytes]]] = {}
        """What comes behind the next message: one message at most, to all its sessions."""
        self._missing: dict[Addressee, int] = {}
        """How many more messages are lost in a gap."""

    def start_over(self) -> None:
        """Forget what is held back: the world begins anew."""
        self._held.clear()
        self._missing.clear()

    def send(self, staging: StreamStaging, place: Addressee, text: bytes, sessions: Iterable[StreamSession]) -> None:
        """Send a message, or what a fault makes of it."""
        sessions = [*sessions]
        if left := self._missing.get(place, 0):
            self._missing[place] = left - 1
            self._lose(sessions, text, "gap")
            return
        fault = staging.struck(*place, reordered=place in self._held) if staging.armed else None
        if fault is None:
            held = self._held.pop(place, []) if self._held else []
            for session in sessions:
                session.push(text)
            for session, older in held:
                session.push(older, "reorder")
        else:
            self._strike(fault, place, text, sessions)

    def _strike(self, fault: StreamFault, place: Addressee, text: bytes, sessions: list[StreamSession]) -> None:
        match effect := fault.effect:
            case "duplicate":
                for session in sessions:
                    session.push(text)
                    session.push(text, effect)
            case "reorder":
                self._held[place] = [(session, text) for session in sessions]
            case "late":
                for session in sessions:
                    session.push_later(fault.delay, text, effect)
            case "drop" | "gap" | "close" | "silent":
                self._lose(sessions, text, effect)
                if effect == "gap":
                    self._missing[place] = fault.messages - 1
                for session in sessions:
                    if effect == "close":
                        session.end("a fault closed it")
                    session.silent = session.silent or effect == "silent"
            case _:
                assert_never(effect)

    @staticmethod
    def _lose(sessions: list[StreamSession], text: bytes, effect: str) -> None:
        for session in sessions:
            session.lose(text, effect)
