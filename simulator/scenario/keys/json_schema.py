"""The scenario format as a JSON Schema (2020-12), made of the same declaration that the reader reads by.

Editors complete and check with it. They read YAML as YAML: `1000`, `true` and `60000.5` are numbers and booleans there,
where the reader takes the text, so both are let through. What an overlay leaves to the scenario that it extends is not
required; what one key asks of another (a user that exists, a reason of that operation) is the reader's alone.
"""

from __future__ import annotations

from typing import Any, Final

from simulator.scenario.format.scalars import Scalar
from simulator.scenario.format.shapes import Either, Key, List, Names, Record, Shape, Tagged, Word
from simulator.scenario.keys.scenario import SCENARIO

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
NULL: Final = {"type": "null"}
Schema = dict[str, Any]


def schema() -> Schema:
    """The schema of a whole scenario file."""
    found = of(SCENARIO)
    required = {name: _property(key, final=True) for name, key in SCENARIO.keys.items() if key.required}
    return {
        "$schema": DIALECT,
        "title": "A scenario of the KuCoin Fast API simulator",
        **found,
        "properties": {**found["properties"], **required},
        "required": list(required),
        "anyOf": [_present("given"), _present("extends")],
    }


def of(shape: Shape, *, final: bool = False) -> Schema:
    """The schema of one shape. `final` = it stands in a list, where nothing is merged into it."""
    if isinstance(shape, Scalar):
        return _scalar(shape)
    if isinstance(shape, Word):
        return {"enum": [each for word in shape.values for each in _spellings(word)]}
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


def _scalar(shape: Scalar) -> Schema:
    limits = {"minimum": shape.least, "maximum": shape.most, "pattern": shape.pattern and f"^(?:{shape.pattern})$"}
    if "boolean" in shape.types and shape.pattern == "true|false":
        return {"enum": [True, False, "true", "false"]}
    types = list(shape.types) if len(shape.types) > 1 else shape.types[0]
    return {"type": types, **{name: limit for name, limit in limits.items() if limit not in (None, "")}}


def _spellings(word: str) -> list[str | int]:
    """A word, and what another reader of YAML takes it for."""
    return [word, int(word)] if word.isdecimal() else [word]


def _names(shape: Names, final: bool) -> Schema:
    name = _scalar(shape.name) if shape.name else {"minLength": 1}
    least = {"minProperties": shape.least} if shape.least and final else {}
    each = of(shape.of, final=final)
    return {
        "type": "object",
        "propertyNames": name,
        "additionalProperties": each if final else _or_null(each),
        **least,
    }


def _record(shape: Record, final: bool) -> Schema:
    found: Schema = {
        "type": "object",
        "properties": {name: _property(key, final) for name, key in shape.keys.items()},
        "additionalProperties": False,
    }
    if final and (required := [name for name, key in shape.keys.items() if key.required]):
        found["required"] = required
    rules: list[Schema] = [{"anyOf": [_present(name) for name in group]} for group in shape.some if final]
    rules += [{"not": {"allOf": [_present(one), _present(other)]}} for one, other in shape.apart if final]
    return {**found, "allOf": rules} if rules else found


def _property(key: Key, final: bool) -> Schema:
    """A key's schema. Null is as good as absent, which what is required cannot be."""
    inner = of(key.shape, final=final)
    return {"description": key.description, **(inner if key.required and final else _or_null(inner))}


def _or_null(found: Schema) -> Schema:
    return {"anyOf": [found, NULL]}


def _present(name: str) -> Schema:
    return {"required": [name], "properties": {name: {"not": NULL}}}


def _tagged(shape: Tagged, final: bool) -> Schema:
    """Each variant with its tag; where another scenario may tell the tag, all keys of all of them."""
    tags = {"description": shape.description, "enum": list(shape.variants)}
    keys = {name: _property(key, final) for variant in shape.variants.values() for name, key in variant.keys.items()}
    found: Schema = {
        "type": "object",
        "properties": {shape.tag: tags if final else _or_null(tags), **keys},
        "additionalProperties": False,
    }
    found["allOf"] = [
        {
            "if": {"required": [shape.tag], "properties": {shape.tag: {"const": tag}}},
            "then": {
                "properties": {name: variant.keys.get(name) is not None or NULL for name in keys},
                **({"required": [shape.tag]} if final else {}),
            },
        }
        for tag, variant in shape.variants.items()
    ]
    return found
