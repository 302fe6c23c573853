"""Values of the world in the words of a scenario: the view loops over the keys by which the reader reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from simulator.core.choices import After, Polls
from simulator.core.money import plain
from simulator.instants import iso
from simulator.scenario.format.scalars import DURATION_UNITS, DURATIONS, INSTANTS, OFFSETS
from simulator.scenario.format.shapes import List, OneOf, Record, Shape


def written(record: Record, value: object) -> dict[str, Any]:
    """A value by the keys of its record that are shown; what is obeyed by hand is not among them."""
    shown: dict[str, Any] = {}
    for name, key in record.keys.items():
        if key.shown is None:
            continue
        if part := record.part(name):
            shown[key.shown or name] = written(part, value)
        elif field := record.field(name):
            shown[key.shown or name] = spelled(key.shape, getattr(value, field))
    return shown


def spelled(shape: Shape, value: Any) -> Any:
    """One value as a scenario writes it."""
    if isinstance(value, After):
        return {"after": duration(value.milliseconds)}
    if isinstance(value, Polls):
        return {"polls": value.times}
    if isinstance(shape, List):
        return [spelled(shape.of, part) for part in value]
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
