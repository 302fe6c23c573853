"""One session: the messages of a client on its websocket, and the answers and pushes that it gets."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Final, Protocol

from msgspec import MsgspecError, json

from simulator.core.stream import tokens, topics
from simulator.core.stream.topics import MOST_MESSAGES, MOST_TOPICS, PERIOD, TopicError
from simulator.core.value import Value
from simulator.core.world import World
from simulator.web.stream.socket import SLOW, Socket

MOST_FRAMES, MOST_BYTES = 500, 262_144
"""The newest texts of a session that are kept to be shown: so many, and so many bytes of them."""
MOST_LATE: Final = 1_048_576
"""Bytes that faults may hold back from a client."""
LONGEST_SHOWN: Final = 4096
"""Bytes of such a text."""
SILENCE: Final = (tokens.PING_INTERVAL + tokens.PING_TIMEOUT) / 1000
"""Seconds of real time after which a client that says nothing is gone [H125/silence]."""
NORMAL, AWAY = 1000, 1001
"""Codes of a close."""


class StreamText(Value, frozen=True):
    """A text of a session. `at` is the business clock's, ms. `sent` = by us. `fault` = what a fault did to it."""

    at: int
    sent: bool
    text: bytes
    fault: str = ""


class Around(Protocol):
    """What a session needs of all sessions of its workspace."""

    @property
    def world(self) -> World:
        """The world as it is now."""

    def instant(self) -> int:
        """The business clock, ms."""

    def used(self) -> None:
        """A client has said something: the workspace is not idle."""

    def subscribe(self, session: StreamSession, chosen: list[str]) -> None:
        """Push these topics to the session."""

    def unsubscribe(self, session: StreamSession, chosen: list[str]) -> None:
        """Do so no longer."""

    def went_out(self, session: StreamSession, text: bytes) -> None:
        """A text went out on the session of a user."""

    def left(self, session: StreamSession) -> None:
        """The session has ended."""


class StreamSession:
    """A websocket of a client, its topics, and the newest texts that went either way."""

    def __init__(self, hub: Around, number: int, loop: asyncio.AbstractEventLoop) -> None:
        self._hub, self.number, self._loop = hub, number, loop
        self.user = self.api_key = self.connect_id = self.ip = ""
        self.entry = 0
        """The number of its entry in the journal."""
        self.opened_at = hub.instant()
        self.ends_at: int | None = None
        """When its time is over, ms of the business clock; None = it was never let in."""
        self.ended = ""
        """Why it has ended, "" = it has not."""
        self.topics: dict[str, None] = {}
        self.texts: deque[StreamText] = deque()
        self._bytes = 0
        self.sent = self.received = 0
        self.silent = False
        """True if a fault has made it silent: nothing is sent any more, and nothing is answered."""
        self.socket: Socket
        self._heard_at: deque[float] = deque(maxlen=MOST_MESSAGES)
        self._spoke = loop.time()
        self._watch: asyncio.TimerHandle | None = None
        self._late: set[asyncio.TimerHandle] = set()
        """Texts that a fault sends later, and how many bytes they have."""
        self._late_bytes = 0

    # --- its life
    def admit(self, user: str, api_key: str) -> None:
        """Let the client in."""
        self.user, self.api_key, self.ends_at = user, api_key, self.opened_at + tokens.LIFETIME
        self.tell({"id": self.connect_id, "type": "welcome"})
        self._watch = self._loop.call_later(SILENCE, self._look)

    def turn_away(self, code: int, text: str) -> None:
        """Tell the client why it is not let in, and close."""
        self.fail(self.connect_id, code, text)
        self.end(text, NORMAL)

    def end(self, reason: str, code: int = AWAY) -> None:
        """Close the session. The client and the journal get the reason."""
        self.socket.close(code, reason[:120])

    def over(self, reason: str) -> None:
        """The session has ended, by the client or by us."""
        if not self.ended:
            self.ended = reason
            for timer in (*self._late, *((self._watch,) if self._watch else ())):
                timer.cancel()
            self._late.clear()
            self._hub.left(self)

    def _look(self) -> None:
        left = self._spoke + SILENCE - self._loop.time()
        if left > 0:
            self._watch = self._loop.call_later(left, self._look)
        else:
            self.fail(self.connect_id, 400, "ping timeout")
            self.end(f"ping timeout: the client said nothing for {SILENCE:g} s", NORMAL)

    # --- what the client says
    def heard(self, text: str) -> None:
        """Take a text; "" = a ping or a pong of the protocol itself."""
        self._spoke = self._loop.time()
        self._hub.used()
        if not text:
            return
        self.received += 1
        self._keep(sent=False, text=text.encode())
        if self.ends_at is None:
            return
        if len(self._heard_at) == MOST_MESSAGES and self._spoke - self._heard_at[0] < PERIOD:
            self.fail(_id_of(text), 509, "exceed max permits per second")
            return
        self._heard_at.append(self._spoke)
        self._obey(text)

    def _obey(self, text: str) -> None:
        try:
            fields: Any = json.decode(text)
        except (MsgspecError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            self.fail("", 400, "the message is no JSON object")
            return
        of, kind = _text(fields.get("id")), fields.get("type")
        if kind == "ping":
            self.tell({"id": of, "type": "pong"})
        elif kind in ("subscribe", "unsubscribe"):
            try:
                self._change(of, str(kind), _text(fields.get("topic")), answer=_true(fields.get("response")))
            except TopicError as error:
                self.fail(of, error.code, error.text)
        else:
            self.fail(of, 415, "type is not supported")

    def _change(self, of: str, kind: str, text: str, *, answer: bool) -> None:
        chosen = topics.topics_of(self._hub.world, text, private=self.api_key in self._hub.world.api_keys)
        new = [topic for topic in chosen if topic not in self.topics]
        if kind == "subscribe" and len(self.topics) + len(new) > MOST_TOPICS:
            raise TopicError(509, f"exceed max subscription count limitation of {MOST_TOPICS} per session")
        if answer:
            self.tell({"id": of, "type": "ack"})
        if kind == "subscribe":
            self._hub.subscribe(self, new)
        else:
            self._hub.unsubscribe(self, [topic for topic in chosen if topic in self.topics])

    # --- answers and pushes
    def fail(self, of: str, code: int, text: str) -> None:
        """Tell the client of an error."""
        self.tell({"id": of, "type": "error", "code": code, "data": text})

    def tell(self, fields: dict[str, Any]) -> None:
        """Send a text."""
        self.push(json.encode(fields))

    def push(self, text: bytes, fault: str = "") -> None:
        """Send a text that is JSON already. A client that reads too slowly is cut off."""
        if self.ended or self.silent:
            return
        if self.socket.crowded:
            self.socket.abort(SLOW)
            return
        self.sent += 1
        self._keep(sent=True, text=text, fault=fault)
        self.socket.send(text)
        if self.user:
            self._hub.went_out(self, text)

    def push_later(self, delay: int, text: bytes, fault: str) -> None:
        """Send a text after so many ms of real time, unless the session has ended by then."""

        def push() -> None:
            self._late.discard(timer)
            self._late_bytes -= len(text)
            self.push(text, fault)

        if self.ended:
            return
        timer = self._loop.call_later(delay / 1000, push)
        self._late.add(timer)
        self._late_bytes += len(text)
        if self._late_bytes > MOST_LATE:
            self.socket.abort(
                "faults delay more than 1 MiB of its messages: let them delay fewer, or for a shorter time"
            )

    def lose(self, text: bytes, fault: str) -> None:
        """Note a text that a fault keeps from the client."""
        self._keep(sent=True, text=text, fault=fault)

    def _keep(self, *, sent: bool, text: bytes, fault: str = "") -> None:
        self.texts.append(StreamText(self._hub.instant(), sent, text[:LONGEST_SHOWN], fault))
        self._bytes += len(self.texts[-1].text)
        while len(self.texts) > MOST_FRAMES or self._bytes > MOST_BYTES:
            self._bytes -= len(self.texts.popleft().text)


def _text(value: object) -> str:
    """An `id` or a topic as text; clients also send numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _true(value: object) -> bool:
    """True for `true`, and for its text."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _id_of(text: str) -> str:
    try:
        fields: Any = json.decode(text)
    except (MsgspecError, RecursionError):
        return ""
    return _text(fields.get("id")) if isinstance(fields, dict) else ""
