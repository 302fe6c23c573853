"""The journal of one workspace as detectors read it: indexes by operation, outcome and party, made in one pass."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from typing import Any, Final
from urllib.parse import parse_qsl

from simulator.core.endpoint import Subject
from simulator.core.fast_api.api_keys import ApiKeyAdded
from simulator.core.refusals import Refusal
from simulator.core.value import Reply
from simulator.core.world import Now
from simulator.evidence.journal import Entry, ServedElsewhere
from simulator.evidence.order_messages import END_MESSAGE, OrderMessage
from simulator.messages import Answer, Request
from simulator.outcomes import NotPerformed, Outcome

BACK: Final = 1_000
"""Ms by which the business clock must have gone back before the entries count as those of a new start."""
NO_FIELDS: Final[Mapping[str, Any]] = {}


class History:
    """The entries of one workspace, oldest first. Detectors name an entry by its place in `entries`, counted from 0.

    `starts` are the numbers of entries with which another test begins. What happened before such an entry, or before a
    reset or a rewind, is not continued after it: each entry has a `party`, and a new start makes all parties new ones.

    `messages` are what private feeds have told of orders. Each has a place behind the call that was the newest then, as
    if the client had looked at the order: its operation is the message's kind, and its number that of the session.
    """

    def __init__(
        self, entries: Iterable[Entry], starts: Iterable[int] = (), messages: Iterable[OrderMessage] = ()
    ) -> None:
        self.entries = [*_with_messages(entries, messages)]
        self.calls: dict[str, int] = {}
        """How often each operation was called; calls that never became a command are not counted."""
        self.parties: list[tuple[int, str]] = []
        """By place: the number of the start, and the user, else the client after a `~`, else ""."""
        self.firsts: list[int] = [0]
        """The place of the first entry of each start."""
        self.lasts: list[int] = [0]
        """The place of the last entry of each start."""
        self.issued: dict[str, int] = {}
        """API keys that were made, with the place of the call."""
        self.noted: list[int] = []
        """The places of calls that have notes."""
        self.ends_told: dict[tuple[tuple[int, str], str], int] = {}
        """By party and order id: the place of the first message that told of its end."""
        self.by_outcome: dict[tuple[str, str], list[int]] = {}
        """The places of all calls, by operation and outcome. The operation is "" if there was no command."""
        self._words: list[str] = []
        self._by_party: dict[tuple[tuple[int, str], str], list[int]] = {}
        self._accepted: dict[tuple[tuple[int, str], str], list[int]] = {}
        self._by_start: dict[tuple[int, str], list[int]] = {}
        self._hurt: dict[str, list[int]] = {}
        self._fields: dict[int, Mapping[str, Any]] = {}
        self.fingerprints: dict[int, str] = {}
        """The fingerprints of requests that have been made, by place: see `requests.fingerprint`."""
        self.decided: dict[object, dict[int, Any]] = {}
        """What `combinators.once` has found out of single calls: by question, and by place."""
        self._index(set(starts))

    def _index(self, starts: set[int]) -> None:
        """Make the indexes: one pass over the entries."""
        start, last = 0, None
        for place, entry in enumerate(self.entries):
            outcome = entry.outcome
            if last is not None and (entry.number in starts or _started_over(last, entry)):
                start += 1
                self.firsts.append(place)
                self.lasts.append(place)
            last, self.lasts[start] = entry, place
            operation, subject, result = outcome.operation, outcome.subject, outcome.result
            party = (start, subject.user or (f"~{subject.client}" if subject.client else ""))
            self.parties.append(party)
            word = "OK"
            if isinstance(result, FeedMessage):
                self._words.append(word)
                self._by_party.setdefault((party, operation), []).append(place)
                if operation == END_MESSAGE:
                    self.ends_told.setdefault((party, result.order_id), place)
                continue
            if isinstance(result, ApiKeyAdded):
                self.issued[result.api_key] = place
            elif isinstance(result, Refusal):
                word = result.reason.name
            elif isinstance(result, NotPerformed):
                word = "NOT_PERFORMED"
            self._words.append(word)
            if isinstance(result, ServedElsewhere):
                continue
            if operation:
                self.calls[operation] = self.calls.get(operation, 0) + 1
            self.by_outcome.setdefault((operation, word), []).append(place)
            self._by_party.setdefault((party, operation), []).append(place)
            self._by_start.setdefault((start, operation), []).append(place)
            if word == "OK":
                self._accepted.setdefault((party, operation), []).append(place)
            if entry.notes:
                self.noted.append(place)
            if outcome.struck is not None or not entry.answer.status or entry.answer.damage is not None:
                self._hurt.setdefault(operation, []).append(place)

    def places(self, operations: Iterable[str], outcomes: Iterable[str]) -> Iterator[int]:
        """The places of all calls of these operations with one of these outcomes, oldest first."""
        outcomes = tuple(outcomes)
        lists = [self.by_outcome.get((operation, word), ()) for operation in operations for word in outcomes]
        return merge(*filter(None, lists))

    def every(self, operations: Iterable[str]) -> Iterator[int]:
        """The places of all calls of these operations, whatever their outcome, oldest first."""
        operations = frozenset(operations)
        lists = [places for (operation, _), places in self.by_outcome.items() if operation in operations]
        return merge(*lists)

    def hurt(self, operations: Iterable[str]) -> Iterator[int]:
        """The places of all calls of these operations that a fault affected, or that got no whole answer."""
        return merge(*filter(None, [self._hurt.get(operation, ()) for operation in operations]))

    def after(self, place: int, operations: Iterable[str], *, anybody: bool = False) -> Iterator[int]:
        """The places of later calls of these operations by the same party, or by anybody, until the next start."""
        party = self.parties[place]
        lists: list[list[int]] = []
        for operation in operations:
            places = self._by_start.get((party[0], operation)) if anybody else self._by_party.get((party, operation))
            if places and places[-1] > place:
                lists.append(places)
        if len(lists) == 1:
            return _from(lists[0], place)
        return merge(*(_from(places, place) for places in lists))

    def before(self, place: int, operations: Iterable[str], *, anybody: bool = False) -> int | None:
        """The place of the last earlier call of these operations by the same party, or by anybody; None = none."""
        party, newest = self.parties[place], -1
        for operation in operations:
            places = self._by_start.get((party[0], operation)) if anybody else self._by_party.get((party, operation))
            if places and (index := bisect_left(places, place)):
                newest = max(newest, places[index - 1])
        return None if newest < 0 else newest

    def last_ok(self, place: int, operations: Iterable[str]) -> int | None:
        """The place of the last earlier call of these operations by the same party that was accepted; None = none."""
        party, newest = self.parties[place], -1
        for operation in operations:
            places = self._accepted.get((party, operation))
            if places and (index := bisect_left(places, place)):
                newest = max(newest, places[index - 1])
        return None if newest < 0 else newest

    def count(self, place: int, operations: Iterable[str], earlier: int) -> dict[str, int]:
        """How often the party of a call called each of these operations between an earlier place and this one."""
        counts = {}
        for operation in operations:
            places = self._by_party.get((self.parties[place], operation), ())
            if number := bisect_left(places, place) - bisect_right(places, earlier):
                counts[operation] = number
        return counts

    def made_here(self, place: int) -> bool:
        """True if the API key of a call was made by this exchange before the call, whether or not it is there now."""
        key = self.entries[place].request.header(b"kc-api-key") or ""
        first = self.entries[self.firsts[self.parties[place][0]]]
        return self.issued.get(key, place) < place or key in first.before.api_keys

    def word(self, place: int) -> str:
        """The outcome of a call: `OK`, the name of the reason, or `NOT_PERFORMED`."""
        return self._words[place]

    def at(self, place: int) -> Now:
        """The instant of a call on both clocks."""
        return self.entries[place].outcome.now

    def number(self, place: int) -> int:
        """The number of the entry, for people."""
        return self.entries[place].number

    def fields(self, place: int) -> Mapping[str, Any]:
        """The parameters of a call by KuCoin's names, from its body or else its query; empty if they cannot be read."""
        fields = self._fields.get(place)
        if fields is None:
            request = self.entries[place].request
            fields = self._fields[place] = read_fields(request.body, request.query)
        return fields


class FeedMessage(Reply, frozen=True):
    """In place of the reply of a call: a message of a feed about an order."""

    order_id: str


def _with_messages(entries: Iterable[Entry], messages: Iterable[OrderMessage]) -> Iterator[Entry]:
    """The entries, each with the messages that went out behind it."""
    behind: dict[int, list[OrderMessage]] = {}
    for message in messages:
        behind.setdefault(message.behind, []).append(message)
    for entry in entries:
        yield entry
        for message in behind.get(entry.number, ()):
            path = f"/{message.kind}/{message.order_id}"
            reply = FeedMessage(order_id=message.order_id)
            outcome = Outcome(message.kind, Subject(message.user, ""), message.now, reply)
            request, answer = Request("GET", path, "", {}, "", b""), Answer(200, b"")
            yield Entry(message.session, request, answer, outcome, entry.after, entry.after, 0)


def read_fields(body: bytes, query: str) -> Mapping[str, Any]:
    """The parameters of a request: a JSON object or a form in the body, else the query."""
    if body.lstrip()[:1] == b"{":
        try:
            fields = json.loads(body)
        except (ValueError, RecursionError):
            return NO_FIELDS
        return fields if isinstance(fields, dict) else NO_FIELDS
    return dict(parse_qsl(body.decode("utf-8", "replace") if body else query))


def _started_over(last: Entry, entry: Entry) -> bool:
    """True if a reset, a rewind or another scenario lies between two entries."""
    if entry.before is last.after:
        return False
    back = last.outcome.now.business - entry.outcome.now.business
    return entry.before.step < last.after.step or back > BACK


def _from(places: list[int], place: int) -> Iterator[int]:
    """The places behind a place, without a walk through those before it."""
    return map(places.__getitem__, range(bisect_right(places, place), len(places)))
