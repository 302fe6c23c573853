"""The schema of an answer's data, made from the type that the reply's `data` returns (see `simulator.core.data`)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, UNSET, Meta, Struct, UnsetType
from msgspec.structs import fields

from simulator.core.value import Reply
from simulator.web.json_schema import (
    ANYTHING,
    FLAG,
    NOTHING,
    TEXT,
    WHOLE,
    Schema,
    closed,
    const,
    either,
    listed,
    mapped,
    word_of,
)

PLAIN: Final[Mapping[object, Schema]] = {
    str: TEXT,
    int: WHOLE,
    Decimal: {"type": "number"},
    bool: FLAG,
    NoneType: NOTHING,
    object: ANYTHING,
}
LIMITS: Final = {"min_length": "minLength", "pattern": "pattern", "ge": "minimum", "max_length": "maxItems"}
"""The keyword in a schema for each attribute of a `Meta`. Texts have least lengths, lists have greatest ones."""
Arguments = Mapping[object, object]
"""The types that a generic class has in place of its type variables."""


def reply_schema(reply: type[Reply]) -> Schema:
    """The schema of what the reply's `data` returns."""
    return _schema(get_type_hints(reply.data, include_extras=True)["return"], {})


def _schema(kind: Any, arguments: Arguments) -> Schema:
    if isinstance(kind, TypeVar):
        return _schema(arguments[kind], {})
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _marked(_schema(parts[0], arguments), parts[1:])
    if origin in (Union, UnionType):
        return either(*(_schema(part, arguments) for part in parts if part is not UnsetType))
    if origin is dict:
        return mapped(_schema(parts[1], arguments))
    if origin is tuple:
        items = [_schema(part, arguments) for part in parts if part is not Ellipsis]
        count = {} if Ellipsis in parts else {"minItems": len(items), "maxItems": len(items)}
        return listed(either(*(item for place, item in enumerate(items) if item not in items[:place])), **count)
    plain = PLAIN.get(kind)
    if plain is not None:
        return plain
    if issubclass(origin or kind, Enum):
        return word_of(kind)
    generic = origin or kind
    return _object(generic, dict(zip(getattr(generic, "__parameters__", ()), parts, strict=True)))


def _marked(schema: Schema, marks: tuple[Meta, ...]) -> Schema:
    """A schema with the limits and the description of its `Meta`; a closed list of one word becomes a constant."""
    for mark in marks:
        more = dict(mark.extra_json_schema or {})
        if len(more.get("enum", ())) == 1:
            return const(more["enum"][0])
        limits = {word: value for name, word in LIMITS.items() if (value := getattr(mark, name)) is not None}
        description = {"description": mark.description} if mark.description else {}
        schema = {**schema, **more, **limits, **description}
    return schema


def _object(kind: type[Struct], arguments: Arguments) -> Schema:
    """The schema of a closed object with the fields of a class."""
    hints = get_type_hints(kind, include_extras=True)
    properties: dict[str, Schema] = {}
    for field in fields(kind):
        optional = field.default is UNSET
        constant = field.default not in (NODEFAULT, UNSET, None)
        schema = const(field.default) if constant else _schema(hints[field.name], arguments)
        properties[f"{field.encode_name}{'?' if optional else ''}"] = schema
    return closed(properties)
