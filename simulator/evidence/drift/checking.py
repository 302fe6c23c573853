"""Recordings from files into a comparison, with an error that names file and entry if one cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import BinaryIO, Final, Protocol
from urllib.parse import parse_qsl

from simulator.evidence.drift.comparing import Comparison
from simulator.evidence.drift.declarations import Declarations
from simulator.evidence.drift.har_stream import TOO_LARGE, HarError, HarStream, Progress
from simulator.evidence.drift.recorded_bodies import Attachments, no_attachments
from simulator.evidence.drift.recorded_calls import (
    EntryError,
    RecordedCall,
    RecordedRequest,
    recorded_call,
    recorded_request,
)
from simulator.evidence.drift.tally import DriftTally

UNFIT: Final = re.compile(r"[^\w.-]")
LONGEST_LABEL: Final = 40
"""Characters of a file's name in a report."""


class MadeAnswer(Protocol):
    """An answer of ours. Header names are lower case."""

    @property
    def method(self) -> str:
        """The request's method."""

    @property
    def path(self) -> str:
        """The request's path."""

    @property
    def query(self) -> str:
        """The request's query, as it was sent."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """All headers."""

    @property
    def body(self) -> bytes:
        """JSON in UTF-8."""


def take_file(
    comparison: Comparison,
    source: BinaryIO,
    name: str,
    label: str,
    progress: Progress,
    attachments: Attachments = no_attachments,
) -> int:
    """Compare all entries of a file and return their number. Raises `HarError`.

    `label` stands before the number of an entry in the report; "" if there is one file. `attachments` gives the files
    that the recording names.
    """
    stream = HarStream(source, name, progress)
    for entry in stream.entries():
        try:
            if entry is TOO_LARGE:
                comparison.skip()
            elif call := comparison.declared(request := recorded_request(entry)):
                comparison.take(call, recorded_call(entry, request, attachments), f"{label}#{stream.number}")
        except EntryError as error:
            raise stream.error(str(error)) from None
        except Exception as error:  # noqa: BLE001 - its text may have a value of the recording, so it goes no further
            raise HarError(f"{name}, entry {stream.number}: {_mistake(error)}") from None
    return stream.number


def _mistake(error: Exception) -> str:
    """A mistake of ours in words that have nothing of the recording: its type, and the line of our source."""
    *_, frame = extract_tb(error.__traceback__)
    where = f"{Path(frame.filename).name}, line {frame.lineno}"
    return f"the simulator made a mistake ({type(error).__name__} in {where}): please report this line"


def label_of(name: str) -> str:
    """A file's name as it stands before the number of an entry: its last part, without what a report could not show."""
    return UNFIT.sub("_", name.replace("\\", "/").rpartition("/")[2][:LONGEST_LABEL])


def tally_of(declarations: Declarations, answers: Iterable[MadeAnswer]) -> DriftTally:
    """The tally of answers of ours."""
    comparison = Comparison(declarations)
    for answer in answers:
        recorded = _recorded(answer)
        if call := comparison.declared(recorded.request):
            comparison.take(call, recorded, "ours")
    return comparison.tally


def _recorded(answer: MadeAnswer) -> RecordedCall:
    return RecordedCall(
        request=RecordedRequest(answer.method, "localhost", answer.path, answer.query, secure=False),
        query=tuple(parse_qsl(answer.query, keep_blank_values=True)),
        request_body=None,
        request_type="",
        status=answer.status,
        headers=answer.headers,
        body=answer.body.decode(),
        day="",
    )
