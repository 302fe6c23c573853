"""All sessions of a workspace: who subscribed to what, what is pushed when the world changes, and when it will."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import json

from simulator.clock import stopwatch
from simulator.core.endpoint import Subject
from simulator.core.passing import next_due
from simulator.core.stream import tokens, topics
from simulator.core.stream.families import FIRST, SOURCES
from simulator.core.stream.message import Push, Transition
from simulator.core.value import Reply
from simulator.core.world import Now, World
from simulator.messages import Answer, Request
from simulator.outcomes import Outcome
from simulator.web.endpoints.desk import Desk
from simulator.web.stream.delivery import Delivery
from simulator.web.stream.order_texts import read_message
from simulator.web.stream.session import NORMAL, StreamSession
from simulator.web.stream.socket import Handed, Socket
from simulator.web.wire import protocols
from simulator.web.work import SLICE, in_slices

SWITCHED: Final = 101
"""The status of a handshake that made a websocket."""
MALFORMED: Final = "a handshake that is malformed"
KEPT: Final = 50
"""Sessions that have ended and are still shown."""
KEYLESS: Final = "the API key of the session's token was deleted"
SHORTEST_WAIT, LONGEST_WAIT = 0.001, 60.0
"""Seconds until the clock is looked at again. It may have been moved meanwhile."""


class Hub:
    """The sessions of one workspace. While there is none, no call pays for it."""

    def __init__(self, desk: Desk, used: Callable[[], None]) -> None:
        """`used` is called when a client says something."""
        self._desk, self.used = desk, used
        self._loop = asyncio.get_running_loop()
        self.sessions: dict[int, StreamSession] = {}
        self.ended: deque[StreamSession] = deque(maxlen=KEPT)
        self._number = 0
        self._subscribers: dict[tuple[str, str], dict[StreamSession, None]] = {}
        """By topic and user, "" = the topic is public."""
        self._families: dict[str, int] = {}
        """How many subscriptions there are to each family."""
        self._delivery = Delivery()
        self._changes: deque[Transition] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._pushing: asyncio.Task[None] | None = None
        self._era = 0
        """How often all sessions have been ended. What belongs to an older era is pushed to nobody."""
        desk.streams = self

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self._desk.exchange.world

    def instant(self) -> int:
        """The business clock, ms."""
        return self._desk.exchange.clock.now().business

    # --- sessions
    def open(self, connection: Handed, request: Request, query: dict[str, str], rest: bytes) -> None:
        """Make a websocket of a connection, and a session if the token is good. `rest` came behind the request."""
        self._number += 1
        session = StreamSession(self, self._number, self._loop)
        session.connect_id, session.ip = query.get("connectId", str(session.number)), request.ip
        session.socket = Socket(connection, session.heard, session.over)
        status = session.socket.accept(request)
        opened = tokens.opened_by(self.world, query.get("token", ""), self._desk.exchange.clock.now())
        user, key = ("", "") if isinstance(opened, str) else (opened.sub, opened.key)
        self._record(session, request, status, user, key)
        if status != SWITCHED:
            session.socket.abort(MALFORMED)
            return
        self.sessions[session.number] = session
        if isinstance(opened, str):
            session.turn_away(401, opened)
        elif self._crowded(user, request.ip):
            session.turn_away(509, f"exceed max session count limitation of {topics.MOST_SESSIONS}")
        else:
            session.admit(user, key)
            self.look()
        if rest:
            session.socket.data_received(rest)

    def _crowded(self, user: str, ip: str) -> bool:
        """True if the user, or for public topics the IP, has as many sessions as allowed."""
        same = (
            session
            for session in self.sessions.values()
            if session.ends_at is not None and session.user == user and (user or session.ip == ip)
        )
        return sum(1 for _ in same) >= topics.MOST_SESSIONS

    def _record(self, session: StreamSession, request: Request, status: int, user: str, api_key: str) -> None:
        """Write the session's entry."""
        known = self.world.api_keys.get(api_key)
        subject = Subject(user, known.client_id if known else "")
        result = Reply() if status == SWITCHED else protocols.not_served(protocols.WEBSOCKET, MALFORMED)
        outcome = Outcome("", subject, self._desk.exchange.clock.now(), result)
        answer = Answer(status, b"", headers=((b"upgrade", b"websocket"),))
        notes = (f"a websocket: GET /_sim/v1/streams/{session.number} shows its messages",)
        journal, world, mark = self._desk.journal, self.world, self._desk.mark()
        session.entry = journal.add(request, answer, outcome, world, world, 0, notes, mark, mark)

    def went_out(self, session: StreamSession, text: bytes) -> None:
        """A text went out on a session of a user: the journal remembers what it says of orders."""
        journal, now = self._desk.journal, self._desk.exchange.clock.now()
        message = read_message(text, session.user, session.entry, journal.last, now)
        if message is not None:
            journal.order_messages.append(message)

    def left(self, session: StreamSession) -> None:
        """A session has ended. It keeps the names of its topics, which are shown."""
        self._drop(session, list(session.topics))
        if self.sessions.pop(session.number, None):
            self.ended.append(session)
        self._desk.journal.amend(session.entry, f"the websocket ended: {session.ended}")
        self.look()

    def end(self, reason: str) -> None:
        """End all sessions. Any thread may call this."""
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            self._end(reason)
        else:
            self._loop.call_soon_threadsafe(self._end, reason)

    def _end(self, reason: str) -> None:
        self._era += 1
        self._changes.clear()
        self._delivery.start_over()
        for session in list(self.sessions.values()):
            session.end(reason)

    def known(self) -> list[StreamSession]:
        """All sessions that are open, and the last ones that ended, the newest first."""
        return sorted((*self.sessions.values(), *self.ended), key=lambda session: session.number, reverse=True)

    # --- subscriptions
    def subscribe(self, session: StreamSession, chosen: list[str]) -> None:
        """Push these topics to the session from now on; some begin with what is known already."""
        if session.ended:  # by the ack, for which there was no room
            return
        for topic in chosen:
            session.topics[topic] = None
            family = family_of(topic)
            self._families[family] = self._families.get(family, 0) + 1
            self._subscribers.setdefault((topic, self._owner(session, family)), {})[session] = None
        if chosen:
            self._desk.exchange.watcher = self.changed
            self.look()
        for topic in chosen:
            if first := FIRST.get(family_of(topic)):
                for message in first(self.world, topic, self._desk.exchange.clock.now()):
                    session.tell(message.written(self.world))

    def unsubscribe(self, session: StreamSession, chosen: list[str]) -> None:
        """Push them no longer."""
        if session.ended:  # its topics are dropped already
            return
        for topic in chosen:
            del session.topics[topic]
        self._drop(session, chosen)

    def _drop(self, session: StreamSession, chosen: list[str]) -> None:
        for topic in chosen:
            family = family_of(topic)
            self._families[family] -= 1
            if not self._families[family]:
                del self._families[family]
            place = (topic, self._owner(session, family))
            subscribers = self._subscribers[place]
            del subscribers[session]
            if not subscribers:
                del self._subscribers[place]
        if not self._families:
            self._desk.exchange.watcher = None

    @staticmethod
    def _owner(session: StreamSession, family: str) -> str:
        return session.user if topics.FAMILIES[family].of == "user" else ""

    # --- what happens
    def changed(self, before: World, after: World, now: Now) -> None:
        """A command has been performed. Its messages follow behind its answer. Any thread may call this."""
        if after is not before:
            self._changes.append(Transition(before, after, now))
            self._loop.call_soon_threadsafe(self._push_all)

    def _push_all(self) -> None:
        """Push what the changes make: at once, or the rest in slices if it is much, so that others have their turn."""
        if self._pushing is None:
            steps, began = self._pushes(), stopwatch()
            for _ in steps:
                if stopwatch() - began > SLICE:
                    self._pushing = self._loop.create_task(self._push_rest(steps))
                    return
            self.look()

    async def _push_rest(self, steps: Iterator[None]) -> None:
        try:
            async for _ in in_slices(steps):
                pass
        finally:
            self._pushing = None
            self._loop.call_soon(self._push_all)

    def _pushes(self) -> Iterator[None]:
        while self._changes:
            change, era = self._changes.popleft(), self._era
            self._end_without_key(change)
            change.topics = {topic for topic, user in self._subscribers if not user}
            for family in [family for family in SOURCES if family in self._families]:
                for message in SOURCES[family](change):
                    if era != self._era:
                        return
                    self._push(change.after, message)
                    yield

    def _end_without_key(self, change: Transition) -> None:
        """End the sessions whose API key the change has deleted."""
        gone = {key for key in change.keys("api_keys") if key not in change.after.api_keys}
        for session in [session for session in self.sessions.values() if session.api_key in gone]:
            session.fail(session.connect_id, 401, "token is invalid")
            session.end(KEYLESS, NORMAL)

    def _push(self, world: World, message: Push) -> None:
        place = (message.topic, message.user)
        if subscribers := self._subscribers.get(place):
            self._delivery.send(self._desk.stream_staging, place, json.encode(message.written(world)), subscribers)

    # --- time
    def look(self) -> None:
        """See when something happens next by itself, and be there."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        ends = [session.ends_at for session in self.sessions.values() if session.ends_at is not None]
        if self._families and (due := next_due(self.world)) is not None:
            ends.append(due)
        clock = self._desk.exchange.clock
        left = min(ends, default=0) - clock.now().business
        if not ends or (left > 0 and not clock.scale):
            return
        wait = left / float(clock.scale) / 1000 if left > 0 else 0
        self._timer = self._loop.call_later(min(max(wait, SHORTEST_WAIT), LONGEST_WAIT), self._wake)

    def _wake(self) -> None:
        if self._task is None:
            self._task = self._loop.create_task(self._pass_time())

    async def _pass_time(self) -> None:
        """Let happen what is due, and end the sessions whose time is over."""
        try:
            if self._families and await self._desk.caught_up():
                self._desk.settled()
        finally:
            self._task = None
            self.expire()
            self.look()

    def expire(self) -> None:
        """End the sessions whose time is over."""
        now = self.instant()
        for session in list(self.sessions.values()):
            if session.ends_at is not None and now >= session.ends_at:
                session.end("the session is 24 h old: ask for another token", NORMAL)


def family_of(topic: str) -> str:
    """The name of a topic's family."""
    return topic.partition(":")[0]
