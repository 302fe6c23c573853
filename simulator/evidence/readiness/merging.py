"""Records of many workspaces, workers and jobs as one collection: their order and repetitions do not matter."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from simulator.evidence.readiness.record import ReadinessRecord, RecordKey, encode


def merged(records: Iterable[ReadinessRecord]) -> tuple[ReadinessRecord, ...]:
    """One record for each key, in the order of the keys.

    Of two records of the same calls the one that knows more of them is kept, with the tests of both.
    """
    newest: dict[RecordKey, ReadinessRecord] = {}
    for record in records:
        newest[record.key] = _joined(record, newest.get(record.key, record))
    return tuple(newest[key] for key in sorted(newest))


def _joined(one: ReadinessRecord, other: ReadinessRecord) -> ReadinessRecord:
    tests = tuple(sorted({*one.tests, *other.tests}))
    return replace(max(one, other, key=_knowledge), tests=tests)


def _knowledge(record: ReadinessRecord) -> tuple[int, int, bytes]:
    """What orders two records of the same calls; the bytes are there so that no two different records are equal."""
    return record.last, -record.first, encode(replace(record, tests=()))
