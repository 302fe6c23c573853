"""A record: what the journal of one workspace shows of the situations, as JSON that can be merged with others.

A record is small however many calls it is about, and holds no secret: every text of a client has been redacted.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec
from msgspec import field

from simulator.core.value import Value
from simulator.evidence.readiness.setup import SetupFinding
from simulator.evidence.readiness.situation import Occurrence

FORMAT: Final = "kucoin-simulator/readiness-record"
VERSION: Final = 1
"""Raised if a reader of the last version would misread a record of this one."""


RecordKey: TypeAlias = tuple[str, str, int, int]
"""Run, workspace, life and start of a record."""


class RecordError(Exception):
    """A text is no record, or one that this version cannot read."""


class Sightings(Value, frozen=True):
    """How often a situation was reached: handled, not handled, and undecided; and examples, the mistakes first."""

    handled: int = 0
    broken: int = 0
    undecided: int = 0
    examples: tuple[Occurrence, ...] = ()


class CitedCall(Value, frozen=True):
    """A call that an example names, as the journal shows it."""

    number: int
    method: str
    path: str
    status: int
    operation: str
    user: str
    outcome: str


class Leaning(Value, frozen=True):
    """How many calls depended on an assumed rule, and the number of the first of them."""

    calls: int
    entry: int


class ReadinessRecord(Value, frozen=True, kw_only=True):
    """What was seen of one workspace between two emptyings of its journal.

    `run` names the process of the simulator, and `life` tells workspaces of one name and run apart. `start` is the
    number of the first call that it could be about; `first` and `last` are those of the calls that it is about.
    `began` and `ended` are ms of the wall clock. `tests` are the node ids of the tests that made the calls, if known.
    """

    format: str = FORMAT
    version: int = VERSION
    simulator: str
    run: str
    workspace: str
    life: int = 1
    start: int
    first: int
    last: int
    began: int
    ended: int
    scenario: str
    seed: int
    tests: tuple[str, ...] = ()
    operations: dict[str, int] = field(default_factory=dict)
    situations: dict[str, Sightings] = field(default_factory=dict)
    cited: tuple[CitedCall, ...] = ()
    set_up: tuple[SetupFinding, ...] = ()
    leanings: dict[str, Leaning] = field(default_factory=dict)
    """The assumed rules that the outcomes of calls depended on."""

    @property
    def key(self) -> RecordKey:
        """Two records of the same key are about the same calls; the later one knows more of them."""
        return self.run, self.workspace, self.life, self.start

    @property
    def calls(self) -> int:
        """The number of calls that the record is about."""
        return self.last - self.first + 1

    @property
    def missing(self) -> int:
        """The number of calls that the ring of the journal had dropped before they could be assessed."""
        return self.first - self.start


class _Head(Value, frozen=True):
    format: str = ""
    version: int = 0
    simulator: str = ""


_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def encode(record: ReadinessRecord) -> bytes:
    """The record as JSON; equal records have equal bytes."""
    return _ENCODER.encode(record)


def decode(data: bytes, name: str) -> ReadinessRecord:
    """The record in a file of that name. Raises `RecordError`, which says what the file is instead."""
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(f"{name} is no readiness record: {error}") from None
    if head.format != FORMAT:
        raise RecordError(f"{name} is no readiness record: its format is {head.format[:60]!r} and not {FORMAT!r}")
    if head.version != VERSION:
        raise RecordError(
            f"{name} has version {head.version} and this command line reads version {VERSION}:"
            f" use the one of the simulator that wrote it ({head.simulator[:40]})"
        )
    try:
        record = msgspec.json.decode(data, type=ReadinessRecord)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(f"{name} is a damaged readiness record: {error}") from None
    if not 1 <= record.start <= record.first or record.last < record.first - 1:
        raise RecordError(f"{name} is a damaged readiness record: its calls are numbered {record.first}-{record.last}")
    return record
