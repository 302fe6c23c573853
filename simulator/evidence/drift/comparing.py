"""Calls of a recording against our declarations, one at a time; what they have in common is concluded at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, Final

from msgspec import msgpack

from simulator.core.refusals import OF_THE_SERVER, Reason
from simulator.core.value import Value
from simulator.evidence.drift.declarations import Declarations, DeclaredCall
from simulator.evidence.drift.findings import Difference, DriftFinding, DriftKind, Place
from simulator.evidence.drift.ledger_rules import rules_of
from simulator.evidence.drift.matching import match, shape_text
from simulator.evidence.drift.recorded_calls import RecordedCall, RecordedRequest
from simulator.evidence.drift.refusing import Refused, refusal_of
from simulator.evidence.drift.requesting import compare_request
from simulator.evidence.drift.shapes import DeclaredSchema, FieldShapes, JsonShape, Leaf, Stripper
from simulator.evidence.drift.stripped import StrippedCall, stripped
from simulator.evidence.drift.tally import DriftTally, Sighting
from simulator.hosts import is_kucoin, is_loopback

WORKSPACES: Final = ".localhost"
"""The end of the names at which the simulator serves workspaces; a browser never asks a name server for them."""
CONNECT: Final = "CONNECT"
"""The method by which a proxy is asked for a connection that it cannot read."""
CONTROL: Final = "/_sim/"
"""Stands in the paths of the simulator's own calls."""
MOST_GROUPS: Final = 5000
"""Groups of equal calls that are kept until they are compared."""


class Coverage(Value, frozen=True):
    """What of a recording was compared. `operations` are numbers of calls."""

    operations: dict[str, int]
    other_hosts: int
    unserved: int
    """Calls of KuCoin's hosts that the simulator does not serve."""
    without_body: int
    unanswered: int
    staged: int = 0
    """Answers of the simulator that a fault staged."""
    from_browser: int = 0
    """Answers that are not the service's: the browser had them in its cache, or redirected the call to HTTPS."""
    encrypted: int = 0
    """Connections to KuCoin's hosts that a proxy passed on without reading them."""
    without_headers: int = 0
    too_large: int = 0
    """Entries that are too large to be read."""
    steering: int = 0
    """Calls of the simulator's own surface, and preflights of a browser: nothing of KuCoin's."""

    @property
    def compared(self) -> int:
        """How many calls were compared."""
        return sum(self.operations.values())


class Comparison:
    """Takes the calls of recordings and keeps no value of them. `hosts` are more names of hosts than KuCoin's."""

    def __init__(self, declarations: Declarations, hosts: Collection[str] = ()) -> None:
        self._declarations = declarations
        self._hosts = frozenset(hosts)
        self._stripper = Stripper(declarations.words)
        self._counts: Counter[str] = Counter()
        self._operations: Counter[str] = Counter()
        self._calls = {call.operation: call for call in declarations.calls}
        self._tally = DriftTally()
        self._groups: dict[bytes, tuple[StrippedCall, Sighting]] = {}
        """Calls that are the same without their values, by their bytes. They are compared once."""
        self._taken = 0

    @property
    def coverage(self) -> Coverage:
        """What has been compared so far."""
        counts = self._counts
        return Coverage(
            dict(sorted(self._operations.items())),
            counts["other host"],
            counts["unserved"],
            counts["without body"],
            counts["unanswered"],
            counts["staged"],
            counts["from browser"],
            counts["encrypted"],
            counts["without headers"],
            counts["too large"],
            counts["steering"],
        )

    def declared(self, request: RecordedRequest) -> DeclaredCall | None:
        """The declaration of a call that is to be compared; None if it is left out, and counted as what it is."""
        call = self._declarations.find(request.method, request.path)
        host = request.host
        if not (is_loopback(host) or host.endswith(WORKSPACES) or is_kucoin(host, self._hosts)):
            self._counts["other host"] += 1
        elif request.method == CONNECT:
            self._counts["encrypted"] += 1
        elif call is None:
            self._counts["steering" if request.method == "OPTIONS" or CONTROL in request.path else "unserved"] += 1
        else:
            return call
        return None

    def skip(self) -> None:
        """Count an entry that is too large to be read."""
        self._counts["too large"] += 1

    def take(self, call: DeclaredCall, recorded: RecordedCall, entry: str) -> None:
        """Compare a recorded call with its declaration; `entry` is its name in the report."""
        if recorded.staged or recorded.from_browser or not recorded.status:
            left_out = "staged" if recorded.staged else "from browser" if recorded.from_browser else "unanswered"
            self._counts[left_out] += 1
            return
        self._operations[call.operation] += 1
        self._counts["without body"] += recorded.body is None
        self._counts["without headers"] += recorded.headers is None
        made = stripped(call, recorded, self._stripper)
        key = msgpack.encode(made)
        if key not in self._groups:
            if len(self._groups) >= MOST_GROUPS:
                self._compare()
            self._groups[key] = made, Sighting()
        self._taken += 1
        self._groups[key][1].see(self._taken, entry, recorded.day)

    def _compare(self) -> None:
        """Compare one of each group."""
        for made, sighting in self._groups.values():
            _Answer(self._tally, self._declarations, self._calls[made.operation], sighting).compare(made)
        self._groups.clear()

    @property
    def tally(self) -> DriftTally:
        """What all calls have shown so far."""
        self._compare()
        return self._tally

    def findings(self, own: DriftTally) -> list[DriftFinding]:
        """All findings, the worst first. `own` is the tally of our own answers."""
        findings = [
            DriftFinding(
                difference,
                sighting.count,
                tuple(entry for _, entry in sighting.entries),
                sighting.day,
                rules_of(difference),
                self._calls[difference.place.operation].call,
            )
            for difference, sighting in self.tally.concluded(own).items()
        ]
        return sorted(findings, key=_order)


def _order(finding: DriftFinding) -> tuple[Any, ...]:
    difference = finding.difference
    place = difference.place
    return -finding.severity.rank, place.operation, place.at, difference.kind.word, difference.received


class _Answer:
    """One answer that is being compared. It takes down what `match` sees."""

    def __init__(self, tally: DriftTally, declarations: Declarations, call: DeclaredCall, seen: Sighting) -> None:
        self._tally, self._declarations, self._call, self._seen = tally, declarations, call, seen
        self._part = "answer"
        self._refusals: tuple[str, ...] = ()
        self._quiet = False
        """True while forms of values and absences are not taken down."""

    def differs(self, kind: DriftKind, at: str, expected: str, received: str) -> None:
        """Take down a difference."""
        if self._part == "header" and kind in (DriftKind.NUMBER_FORMAT, DriftKind.NULLABILITY):
            kind = DriftKind.HEADER_FORMAT
        difference = Difference(kind, self._place(at), expected, received, self._refusals)
        self._tally.differs(difference, self._seen)

    def due(self, at: str, *, came: bool) -> None:
        """Take down that a compulsory field came, or did not."""
        if not self._quiet:
            self._tally.due(self._place(at), self._seen, came=came)
        elif not came:
            self.differs(DriftKind.ENVELOPE, at, "a field of each refusal", "no such field")

    def leaf(self, at: str, leaf: Leaf, unit: str) -> None:
        """Take down the form of a value."""
        if not self._quiet:
            self._tally.leaf(self._place(at), leaf, unit, self._seen)

    def _place(self, at: str) -> Place:
        return Place(self._call.operation, f"{self._part} {at}" if at else self._part)

    def compare(self, made: StrippedCall) -> None:
        """Compare status, headers, body and request."""
        if not made.is_json and made.status in self._statuses():
            self.differs(DriftKind.BODY, "", "application/json", "another content type")
        if isinstance(made.body, FieldShapes):
            refused = refusal_of(self._declarations, self._call, made.body)
            if refused:
                self._refused(refused, made.body, made.status)
            else:
                self._accepted(made.body, made.status)
                compare_request(self._call, made, self._requesting)
            self._headers(made.headers, refused.reasons if refused else ())
        elif made.status not in self._statuses():
            self._status(made.status, self._statuses())
        elif made.body is not None:
            self.differs(DriftKind.BODY, "", "a JSON object", shape_text(made.body))
        else:
            self._headers(made.headers, ())

    def _requesting(self, kind: DriftKind, at: str, expected: str, received: str) -> None:
        self._part, part = "request", self._part
        self.differs(kind, at, expected, received)
        self._part = part

    def _statuses(self) -> set[int]:
        return {200, *(reason.denial.status for reason in self._call.refusals)}

    def _status(self, status: int, expected: Iterable[int]) -> None:
        received = str(status) if 100 <= status <= 599 else "another number"
        self.differs(DriftKind.STATUS, "", f"HTTP {' or '.join(map(str, sorted(expected)))}", f"HTTP {received}")

    def _accepted(self, shape: JsonShape, status: int) -> None:
        if status != 200:
            self._status(status, [200])
        enveloped = "code" in self._call.reply.get("properties", ())
        if isinstance(shape, FieldShapes) and not enveloped and isinstance(shape.known.get("data"), FieldShapes):
            self.differs(DriftKind.ENVELOPE, "", "the fields themselves, without an envelope", "`data` around them")
            shape = shape.known["data"]
        if enveloped and isinstance(shape, FieldShapes):
            self._constants(self._call.reply, shape)
        match(self._call.reply, shape, "", self)

    def _constants(self, schema: DeclaredSchema, shape: FieldShapes) -> None:
        """Compare booleans and code of the envelope with the only ones that we send."""
        for name, declared in schema["properties"].items():
            leaf, constant = shape.known.get(name), declared.get("const")
            if isinstance(leaf, Leaf) and isinstance(constant, bool) and leaf.kind == "boolean":
                if leaf.word != str(constant).lower():
                    self.differs(DriftKind.ENVELOPE, name, str(constant).lower(), leaf.word)
            elif isinstance(leaf, Leaf) and name == "code" and self._part == "answer" and leaf.word != constant:
                self.differs(DriftKind.ENVELOPE, name, f"{constant}", "another code, not shown")

    def _refused(self, refused: Refused, shape: FieldShapes, status: int) -> None:
        self._part, self._quiet = "refusal", True
        self._refusals = tuple(reason.name for reason in refused.reasons)
        if not refused.reasons:
            self.differs(DriftKind.CODE, "code", "a code of ours", refused.code_text)
        elif not refused.here:
            self.differs(DriftKind.CODE, "code", "a code of this call", f"{refused.code}, which is of other calls here")
        statuses = {reason.denial.status for reason in refused.reasons}
        if statuses and status not in statuses:
            self._status(status, statuses)
        self._constants(refused.schema, shape)
        match(refused.schema, shape, "", self)
        if refused.reasons and not refused.same_text:
            self.differs(DriftKind.REFUSAL_TEXT, "msg", "a text of ours", "another text, not shown")
        self._part, self._quiet, self._refusals = "answer", False, ()

    def _headers(self, head: FieldShapes | None, reasons: tuple[Reason, ...]) -> None:
        if head is None:
            return
        self._part = "header"
        if not set(reasons) & OF_THE_SERVER:
            for name, schema in self._call.headers.items():
                self.due(name, came=name in head.known)
                if name in head.known:
                    self._header(name, schema, head.known[name])
        for name in head.known:
            if name not in self._call.headers:
                self.differs(DriftKind.NEW_HEADER, name, "no such header", "the header was sent")
        for new in head.new:
            self.differs(DriftKind.NEW_HEADER, "", "no such header", new.text)
        self._part = "answer"

    def _header(self, name: str, schema: Any, leaf: Leaf) -> None:
        match(schema, leaf, name, self)
        if name.endswith("-reset") and leaf.form == "digits" and leaf.unit:
            self.differs(DriftKind.TIME_UNIT, name, "a duration in milliseconds", shape_text(leaf))
