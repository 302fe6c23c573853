"""Building blocks of schemas: JSON Schema 2020-12, as in OpenAPI 3.1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final

Schema = Mapping[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NAME: Final[Schema] = {"type": "string", "minLength": 1}
FLAG: Final[Schema] = {"type": "boolean"}
WHOLE: Final[Schema] = {"type": "integer"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
MS: Final[Schema] = {"type": "integer", "format": "int64", "description": "Milliseconds since 1970-01-01 UTC"}
DECIMAL: Final[Schema] = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
DIGITS: Final[Schema] = {"type": "string", "pattern": "^[0-9]+$"}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
NOTHING: Final[Schema] = {"type": "null"}
ANYTHING: Final[Schema] = {}
POSITIVE: Final[Schema] = {
    "anyOf": [
        {"type": "string", "pattern": r"^[0-9]{1,30}(\.[0-9]{1,30})?$"},
        {"type": "number", "exclusiveMinimum": 0},
    ]
}
"""A positive amount: a decimal text or a number."""
SPECIAL: Final = re.compile(r"[\\^$.|?*+()\[\]{}/]")
"""Exactly the characters that must be escaped in a regular expression of ECMA 262."""


def closed(fields: Mapping[str, Schema], **more: Any) -> Schema:
    """An object with these fields and no others. A field whose name ends in `?` may be absent."""
    required = [name for name in fields if not name.endswith("?")]
    return {
        "type": "object",
        "properties": {name.removesuffix("?"): schema for name, schema in fields.items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
        **more,
    }


def open_to_more(fields: Mapping[str, Schema], **more: Any) -> Schema:
    """An object with these fields, and any others."""
    return {**closed(fields, **more), "additionalProperties": True}


def listed(item: Schema, **more: Any) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": item, **more}


def mapped(value: Schema) -> Schema:
    """An object with any names, and values of one schema."""
    return {"type": "object", "additionalProperties": value}


def one_of(*words: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(words)}


def word_of(words: type[Enum]) -> Schema:
    """A member of a closed list."""
    return one_of(*(str(word.value) for word in words))


def const(value: object) -> Schema:
    """One value and no other."""
    return {"const": value}


def maybe(schema: Schema) -> Schema:
    """A value of the schema, or null."""
    return {"anyOf": [schema, NOTHING]}


def either(*schemas: Schema) -> Schema:
    """A value of one of these schemas."""
    return schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}


def ref(name: str) -> Schema:
    """A schema of the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def filled(text: str) -> Schema:
    """A text with any text in place of each `{name}`."""
    parts = re.split(r"\{\w+\}", text)
    if len(parts) == 1:
        return {"type": "string", "const": text}
    return {"type": "string", "pattern": "^" + r"[\s\S]*".join(SPECIAL.sub(r"\\\g<0>", part) for part in parts) + "$"}


def query(name: str, schema: Schema, description: str = "", *, required: bool = False) -> Schema:
    """A parameter of the query."""
    described = {"description": description} if description else {}
    return {"name": name, "in": "query", "required": required, "schema": schema, **described}


def in_path(name: str, description: str = "") -> Schema:
    """A parameter of the path, which is never empty."""
    described = {"description": description} if description else {}
    return {"name": name, "in": "path", "required": True, "schema": NAME, **described}


def json_content(schema: Schema, media_type: str = "application/json") -> dict[str, Any]:
    """The `content` of a body of one type."""
    return {media_type: {"schema": schema}}


def names_in_path(path: str) -> Iterable[str]:
    """The `{names}` of a path."""
    return re.findall(r"\{(\w+)\}", path)


def bare(path: str) -> str:
    """A path of Starlette without its convertors: `{key:path}` becomes `{key}`."""
    return re.sub(r":\w+\}", "}", path)
