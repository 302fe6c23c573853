"""Requests that the recorded service accepted, against the parameters that we declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.evidence.drift.declarations import DeclaredCall
from simulator.evidence.drift.findings import DriftKind
from simulator.evidence.drift.matching import chosen, expected_text, joined, numeric, shape_text, type_of, type_of_shape
from simulator.evidence.drift.shapes import FieldShapes, JsonShape, Leaf, ListShape
from simulator.evidence.drift.stripped import StrippedCall

Differs = Callable[[DriftKind, str, str, str], None]
"""Takes kind, place, what we expect and what was sent."""


def compare_request(call: DeclaredCall, made: StrippedCall, differs: Differs) -> None:
    """Compare query and body of a call that succeeded: what we do not read, and what we would refuse."""
    if made.query is not None:
        _compare({"properties": call.query, "required": tuple(call.required)}, made.query, "query", differs)
    if call.body is None or made.request is None:
        return
    if isinstance(made.request, FieldShapes):
        _compare(call.body, made.request, "body", differs)
    elif not made.wants_json or isinstance(made.request, ListShape):
        differs(DriftKind.REQUEST, "body", "a JSON object", shape_text(made.request))


def _compare(schema: Mapping[str, Any], shape: FieldShapes, at: str, differs: Differs) -> None:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in shape.known:
            differs(DriftKind.REQUEST, joined(at, name), "a compulsory parameter", "no such parameter")
    for name, inner in shape.known.items():
        if name in properties:
            _compare_value(properties[name], inner, joined(at, name), differs)
        else:
            differs(DriftKind.NEW_PARAMETER, joined(at, name), "no such parameter", "the parameter was sent")
    for new in shape.new:
        differs(DriftKind.NEW_PARAMETER, at, "no such parameter", new.text)


def _compare_value(schema: Mapping[str, Any], shape: JsonShape, at: str, differs: Differs) -> None:
    schema = chosen(schema, shape)
    if isinstance(shape, FieldShapes) and type_of(schema) == "object":
        _compare(schema, shape, at, differs)
    elif isinstance(shape, ListShape) and type_of(schema) == "array":
        for inner in shape.shapes:
            _compare_value(schema.get("items", {}), inner, f"{at}[]", differs)
    elif not (isinstance(shape, Leaf) and _passes(schema, shape)):
        differs(DriftKind.REQUEST, at, expected_text(schema), shape_text(shape))


def _passes(schema: Mapping[str, Any], leaf: Leaf) -> bool:
    """True if we accept a value. A query has texts only, and an empty or a null parameter counts as left out."""
    if leaf.kind == "null" or leaf.form == "empty":
        return True
    words = schema.get("enum") or ((schema["const"],) if "const" in schema else ())
    if words:
        return leaf.word in map(str, words)
    declared = type_of(schema)
    if declared == "integer":
        return leaf.form == "digits"
    if declared == "boolean":
        return leaf.kind == "boolean" or leaf.form == "flag"
    if numeric(schema) and leaf.kind == "text":
        return leaf.form in ("decimal", "digits")
    return declared in ("", type_of_shape(leaf)) or (declared == "number" and leaf.kind == "integer")
