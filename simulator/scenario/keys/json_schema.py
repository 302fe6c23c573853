"""The scenario format as a JSON Schema (2020-12), made of the declaration that the reader uses.

Editors complete and check with it. They read `1000`, `true` and `60000.5` in YAML as numbers and booleans, and the
reader takes the text, so both are accepted. Keys that a scenario may inherit are not required. Checks between keys (a
user that exists, a reason of that operation) are made by the reader only.
"""

from __future__ import annotations

from typing import Any, Final

from simulator.scenario.format.scalars import Scalar
from simulator.scenario.format.shapes import Either, Key, List, Names, OneOf, Record, Shape, Tagged
from simulator.scenario.keys.scenario import SCENARIO

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
NULL: Final = {"type": "null"}
JsonSchema = dict[str, Any]


def schema() -> JsonSchema:
    """The schema of a whole scenario file."""
    whole = of(SCENARIO)
    required = {name: _property(key, final=True) for name, key in SCENARIO.keys.items() if key.required}
    return {
        "$schema": DIALECT,
        "title": "A scenario of the KuCoin Fast API simulator",
        **whole,
        "properties": {**whole["properties"], **required},
        "required": list(required),
        "anyOf": [_present("given"), _present("extends")],
    }


def of(shape: Shape, *, final: bool = False) -> JsonSchema:
    """The schema of one shape. `final` = it is in a list, where nothing is merged into it."""
    if isinstance(shape, Scalar):
        return _scalar(shape)
    if isinstance(shape, OneOf):
        return {"enum": [spelling for word in shape.values for spelling in _spellings(word)]}
    if isinstance(shape, List):
        least = {"minItems": shape.least} if shape.least else {}
        return {"type": "array", "items": of(shape.of, final=True), **least}
    if isinstance(shape, Names):
        return _names(shape, final)
    if isinstance(shape, Record):
        return _record(shape, final)
    if isinstance(shape, Tagged):
        return _tagged(shape, final)
    assert isinstance(shape, Either)
    parts = [part for part in (shape.scalar, shape.items, shape.entries) if part is not None]
    return {"anyOf": [of(part, final=final) for part in parts]}


def _scalar(shape: Scalar) -> JsonSchema:
    limits = {"minimum": shape.least, "maximum": shape.most, "pattern": shape.pattern and f"^(?:{shape.pattern})$"}
    if "boolean" in shape.types and shape.pattern == "true|false":
        return {"enum": [True, False, "true", "false"]}
    types = list(shape.types) if len(shape.types) > 1 else shape.types[0]
    return {"type": types, **{name: limit for name, limit in limits.items() if limit not in (None, "")}}


def _spellings(word: str) -> list[str | int]:
    """A word, and the number that another reader of YAML reads it as."""
    return [word, int(word)] if word.isdecimal() else [word]


def _names(shape: Names, final: bool) -> JsonSchema:
    name = _scalar(shape.name) if shape.name else {"minLength": 1}
    least = {"minProperties": shape.least} if shape.least and final else {}
    item = of(shape.of, final=final)
    return {
        "type": "object",
        "propertyNames": name,
        "additionalProperties": item if final else _or_null(item),
        **least,
    }


def _record(shape: Record, final: bool) -> JsonSchema:
    schema: JsonSchema = {
        "type": "object",
        "properties": {name: _property(key, final) for name, key in shape.keys.items()},
        "additionalProperties": False,
    }
    if final and (required := [name for name, key in shape.keys.items() if key.required]):
        schema["required"] = required
    rules: list[JsonSchema] = [{"anyOf": [_present(name) for name in group]} for group in shape.some if final]
    rules += [{"not": {"allOf": [_present(one), _present(other)]}} for one, other in shape.apart if final]
    return {**schema, "allOf": rules} if rules else schema


def _property(key: Key, final: bool) -> JsonSchema:
    """A key's schema. Null counts as absent, so it is accepted unless the key is required."""
    inner = of(key.shape, final=final)
    return {
        "description": key.description,
        **(inner if key.required and final and not key.nullable else _or_null(inner)),
    }


def _or_null(inner: JsonSchema) -> JsonSchema:
    return {"anyOf": [inner, NULL]}


def _present(name: str) -> JsonSchema:
    return {"required": [name], "properties": {name: {"not": NULL}}}


def _tagged(shape: Tagged, final: bool) -> JsonSchema:
    """The schema of the variants by tag. All keys of all variants are accepted if the tag may be inherited."""
    tags = {"description": shape.description, "enum": list(shape.variants)}
    keys = {name: _property(key, final) for variant in shape.variants.values() for name, key in variant.keys.items()}
    schema: JsonSchema = {
        "type": "object",
        "properties": {shape.tag: tags if final else _or_null(tags), **keys},
        "additionalProperties": False,
    }
    schema["allOf"] = [
        {
            "if": {"required": [shape.tag], "properties": {shape.tag: {"const": tag}}},
            "then": {
                "properties": {name: variant.keys.get(name) is not None or NULL for name in keys},
                **({"required": [shape.tag]} if final else {}),
            },
        }
        for tag, variant in shape.variants.items()
    ]
    return schema
