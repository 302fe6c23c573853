"""A shape against a schema: each difference, in words that are ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol

from simulator.evidence.drift.findings import DriftKind
from simulator.evidence.drift.shapes import DeclaredSchema, FieldShapes, JsonShape, Leaf, ListShape

TYPES: Final = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
KINDS: Final = {"text": "string", "unreadable": ""}
"""The type of a leaf's kind if it has another name in schemas."""
UNITS: Final = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
NUMBER: Final = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,30})?")
NUMERIC: Final = ("decimal", "digits")
"""Forms of a text that is a decimal number."""
MILLISECONDS: Final = "Milliseconds since"
"""The beginning of a schema's description."""


class Notes(Protocol):
    """Takes down what a comparison sees. `at` is a path of declared names."""

    def differs(self, kind: DriftKind, at: str, expected: str, received: str) -> None:
        """Take down a difference."""

    def due(self, at: str, *, came: bool) -> None:
        """Take down that a compulsory field came, or did not."""

    def leaf(self, at: str, leaf: Leaf, unit: str) -> None:
        """Take down the form of a value. `unit` is the declared unit of time, "" = none."""


def match(schema: DeclaredSchema, shape: JsonShape, at: str, notes: Notes) -> None:
    """Compare a shape with a schema whose references are resolved."""
    schema = chosen(schema, shape)
    declared, received = type_of(schema), type_of_shape(shape)
    if not declared:
        return
    if isinstance(shape, Leaf):
        notes.leaf(at, shape, "ms" if str(schema.get("description", "")).startswith(MILLISECONDS) else "")
    if declared != received and not (declared == "number" and received == "integer"):
        notes.differs(_kind(declared, received), at, expected_text(schema), shape_text(shape))
        return
    if isinstance(shape, FieldShapes):
        _match_fields(schema, shape, at, notes)
    elif isinstance(shape, ListShape):
        _match_items(schema, shape, at, notes)
    else:
        _match_leaf(schema, shape, at, notes)


def _kind(declared: str, received: str) -> DriftKind:
    if "null" in (declared, received):
        return DriftKind.NULLABILITY
    return DriftKind.NUMBER_FORMAT if (declared, received) == ("integer", "number") else DriftKind.TYPE


def _match_fields(schema: DeclaredSchema, shape: FieldShapes, at: str, notes: Notes) -> None:
    properties = schema.get("properties", {})
    if isinstance(entry := schema.get("additionalProperties"), Mapping):  # a map: its names are values
        for inner in (*shape.known.values(), *shape.unnamed):
            match(entry, inner, joined(at, "*"), notes)
        return
    for name in schema.get("required", ()):
        notes.due(joined(at, name), came=name in shape.known)
    for name, inner in shape.known.items():
        if name in properties:
            match(properties[name], inner, joined(at, name), notes)
        else:
            notes.differs(DriftKind.NEW_FIELD, joined(at, name), "no such field", "the field was sent")
    for new in shape.new:
        notes.differs(DriftKind.NEW_FIELD, at, "no such field", new.text)
    if shape.repeated:
        notes.differs(DriftKind.TYPE, at, "each name once", "a name that stands twice")


def _match_items(schema: DeclaredSchema, shape: ListShape, at: str, notes: Notes) -> None:
    if schema.get("maxItems") == 0 or schema.get("const") == ():
        if not shape.empty:
            notes.differs(DriftKind.MORE_ROWS, at, "an empty list", "a list with rows")
        return
    for inner in shape.shapes:
        match(schema.get("items", {}), inner, f"{at}[]", notes)


def _match_leaf(schema: DeclaredSchema, leaf: Leaf, at: str, notes: Notes) -> None:
    words = schema.get("enum")
    if words and leaf.word not in map(str, words):
        notes.differs(DriftKind.WORD, at, expected_text(schema), "another word, not shown")
    if leaf.kind == "number" and leaf.form == "exponent":
        notes.differs(DriftKind.NUMBER_FORMAT, at, "a number in digits", "a number with an exponent")
    if leaf.kind == "text" and numeric(schema):
        if not _is_number(schema, leaf):
            notes.differs(DriftKind.NUMBER_FORMAT, at, expected_text(schema), shape_text(leaf))
    elif leaf.kind == "text" and leaf.form == "empty" and schema.get("minLength"):
        notes.differs(DriftKind.NULLABILITY, at, "text that is never empty", "an empty text")


def _is_number(schema: DeclaredSchema, leaf: Leaf) -> bool:
    """True if a text has the form of the numbers that a schema's texts are."""
    form = numeric(schema)
    return leaf.form in NUMERIC if form == "decimal" else form == leaf.form == "digits"


def numeric(schema: DeclaredSchema) -> str:
    """`decimal` or `digits` if the schema's texts are numbers, else ""."""
    pattern, constant = schema.get("pattern", ""), schema.get("const")
    if isinstance(constant, str) and NUMBER.fullmatch(constant):
        return "decimal"
    if pattern == "^[0-9]+$":
        return "digits"
    return "decimal" if pattern.endswith(r"[0-9]+(\.[0-9]+)?$") else ""


def chosen(schema: DeclaredSchema, shape: JsonShape) -> DeclaredSchema:
    """The branch of a schema that a shape fits best."""
    branches = schema.get("anyOf")
    return max(branches, key=lambda branch: _fitness(branch, shape)) if branches else schema


def _fitness(branch: DeclaredSchema, shape: JsonShape) -> tuple[int, int]:
    branch = chosen(branch, shape)
    same = type_of(branch) == type_of_shape(shape)
    if not same or not isinstance(shape, FieldShapes):
        near = isinstance(shape, Leaf) and shape.kind == "integer" and type_of(branch) == "number"
        words = branch.get("enum", ())
        return 2 * same + near, isinstance(shape, Leaf) and (shape.word in map(str, words) or _is_number(branch, shape))
    properties, required = branch.get("properties", {}), branch.get("required", ())
    shared = sum(name in properties for name in shape.known)
    return 2, 2 * shared - sum(name not in shape.known for name in required) - (len(shape.known) - shared)


def type_of(schema: DeclaredSchema) -> str:
    """The type of a schema's values; "" = any."""
    if "type" in schema:
        return str(schema["type"])
    if "const" not in schema:
        return ""
    constant = schema["const"]
    kinds = {bool: "boolean", int: "integer", str: "string", tuple: "array", type(None): "null"}
    return kinds.get(type(constant), "")


def type_of_shape(shape: JsonShape) -> str:
    """The type of a shape, in the words of schemas."""
    if isinstance(shape, FieldShapes):
        return "object"
    if isinstance(shape, ListShape):
        return "array"
    return KINDS.get(shape.kind, shape.kind)


def expected_text(schema: DeclaredSchema) -> str:
    """What a schema expects, in a few words."""
    if schema.get("anyOf"):
        return " or ".join(dict.fromkeys(expected_text(branch) for branch in schema["anyOf"]))
    if words := schema.get("enum"):
        return f"one of {', '.join(map(str, words))}" if len(words) <= 8 else f"one of {len(words)} words"
    if str(schema.get("description", "")).startswith(MILLISECONDS):
        return "a whole number of milliseconds"
    form = numeric(schema)
    if form:
        return "a decimal number as text" if form == "decimal" else "digits as text"
    return TYPES.get(type_of(schema), "anything")


def shape_text(shape: JsonShape) -> str:
    """The form of a shape, in a few words."""
    kind = type_of_shape(shape)
    if not isinstance(shape, Leaf) or kind in ("boolean", "null"):
        return TYPES.get(kind, "no JSON")
    unit = f" (an instant in {UNITS[shape.unit]}, by its size)" if shape.unit else ""
    if kind == "string":
        forms = {"decimal": "a decimal number as text", "digits": "digits as text", "empty": "an empty text"}
        return forms.get(shape.form, f"text of the form {shape.form}" if shape.form != "text" else "text") + unit
    if kind == "number":
        return f"a number with {'an exponent' if shape.form == 'exponent' else 'a decimal point'}"
    return TYPES.get(kind, "no JSON") + unit


def joined(at: str, name: str) -> str:
    """The path of a field in the object at `at`."""
    return f"{at}.{name}" if at else name
