"""What a comparison finds: its kinds, each with its severity and what it means."""

from __future__ import annotations

from enum import Enum, unique
from typing import Final

from simulator.core.value import Value

MOST_ENTRIES: Final = 5
"""Entries of a recording that a finding names."""


@unique
class Severity(Enum):
    """How much a finding matters to a client; the last is the worst."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for the mildest."""
        return list(Severity).index(self)


I, W, E = Severity.INFO, Severity.WARNING, Severity.ERROR  # noqa: E741 - three letters, one table


@unique
class DriftKind(Enum):
    """A way in which a recording differs: the word, the severity, the meaning."""

    NEW_FIELD = "new field", I, "an answer has a field that we do not declare"
    NEW_PARAMETER = "new parameter", I, "a call that succeeded had a parameter that we do not read"
    NEW_HEADER = "new header", I, "an answer has a header of the gateway's that we do not send"
    REFUSAL_TEXT = "refusal text", I, "a refusal has a known code and another text than ours"
    MORE_ROWS = "more rows", I, "a list that is always empty here has rows"
    FORM = "form", I, "a text has another form than ours, such as a UUID where we have 24 hex digits"
    NEVER_CAME = "never came", W, "a field or a header that we always send never came"
    HEADER_ABSENT = "header absent", W, "a header that we always send came with some answers only"
    ABSENT = "absent", E, "a field that we always send came in some answers only"
    TYPE = "type", E, "a value has another JSON type"
    NULLABILITY = "nullability", E, "a value is null where ours never is, or never where ours always is"
    NUMBER_FORMAT = "number format", E, "a number is written in another way: decimals, exponent, integer or text"
    TIME_UNIT = "time unit", E, "an instant or a duration is in another unit: s, ms, us or ns"
    WORD = "word", E, "a text is none of our closed list"
    STATUS = "status", E, "an answer has another HTTP status than ours"
    CODE = "code", E, "a refusal has a code that we do not have for this call"
    ENVELOPE = "envelope", E, "the fields around the data are others"
    BODY = "body", E, "an answer is no JSON, or has another content type"
    HEADER_FORMAT = "header format", E, "the value of a header is written in another way"
    REQUEST = "request", E, "a call succeeded that we refuse by its parameters"

    def __init__(self, word: str, severity: Severity, meaning: str) -> None:
        self.word, self.severity, self.meaning = word, severity, meaning


class Place(Value, frozen=True):
    """Where something is: the operation, the part of the message, the path in it. All of it is of our declarations."""

    operation: str
    at: str
    """`answer data.items[].createdAt`, `header gw-ratelimit-reset`, `request query pageSize`, `answer`."""


class Difference(Value, frozen=True):
    """One difference, without its entries. Equal ones are one finding. `refusals` are names of reasons."""

    kind: DriftKind
    place: Place
    expected: str
    received: str
    refusals: tuple[str, ...] = ()


class DriftFinding(Value, frozen=True):
    """A difference with the entries of the recording that have it, and the rules of the ledger that it concerns.

    `count` is the number of entries; `entries` are the first of them, as `file#number`. `day` is that of the
    newest entry, "" if nobody wrote it down.
    """

    difference: Difference
    count: int
    entries: tuple[str, ...]
    day: str
    rules: tuple[str, ...]
    call: str
    """Method and path, as declared."""

    @property
    def severity(self) -> Severity:
        """The severity of its kind."""
        return self.difference.kind.severity
