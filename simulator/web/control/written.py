"""Values of the world in the words of a scenario: shown by the same keys by which the reader reads them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from simulator.core.choices import After, Polls
from simulator.core.money import plain
from simulator.instants import iso
from simulator.scenario.format.scalars import DURATION_UNITS, DURATIONS, INSTANTS, OFFSETS
from simulator.scenario.format.shapes import List, Names, OneOf, Record, Shape
from simulator.scenario.keys import json_schema
from simulator.web.json_schema import Schema


def written(record: Record, value: object) -> dict[str, Any]:
    """A value by the keys of its record, except those that are obeyed by hand."""
    data: dict[str, Any] = {}
    for name, key in record.keys.items():
        if part := record.part(name):
            data[name] = written(part, value)
        elif field := record.field(name):
            content = getattr(value, field)
            data[name] = spelled(key.shape, key.unmake(content) if key.unmake else content)
    return data


def written_fields(record: Record) -> dict[str, Schema]:
    """The schemas of the keys of a record, for reading and for showing."""
    fields: dict[str, Schema] = json_schema.of(record)["properties"]
    return fields


def spelled(shape: Shape, value: Any) -> Any:
    """One value as a scenario writes it."""
    if isinstance(value, After):
        return {"after": duration(value.milliseconds)}
    if isinstance(value, Polls):
        return {"polls": value.times}
    if isinstance(shape, List):
        return [spelled(shape.of, part) for part in value]
    if isinstance(shape, Names):
        entries: Mapping[str, Any] = value
        return {name: spelled(shape.shape(name), part) for name, part in entries.items()}
    if isinstance(shape, OneOf):
        return next(word for word, meaning in shape.values.items() if meaning == value)
    if value is None or isinstance(value, str):
        return value
    if shape in (DURATIONS, OFFSETS):
        return duration(value)
    if shape is INSTANTS:
        return iso(value)
    return plain(value) if isinstance(value, Decimal) else value


def duration(milliseconds: int) -> str:
    """`1m30s` or `-2s`, as a scenario writes it."""
    left, text = abs(milliseconds), "-" if milliseconds < 0 else ""
    for letters, unit in zip(("d", "h", "m", "s", "ms"), DURATION_UNITS, strict=True):
        count, left = divmod(left, unit)
        text += f"{count}{letters}" if count else ""
    return text or "0s"
