"""YAML as an editor reads it that checks a scenario against the schema."""

from __future__ import annotations

import re
from typing import Any

import yaml

CORE = (
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
    ("null", r"~|null|Null|NULL|"),
)


class Core(yaml.SafeLoader):
    """YAML as an editor reads it: the core schema of YAML 1.2, without dates, `yes` and sexagesimal numbers."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to say it


def _integer(text: str) -> int:
    """`010` is ten; `0x` and `0o` are prefixes."""
    return int(text, 0) if text[1:2] in ("x", "o") else int(text)


for name, pattern in CORE:
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(rf"^(?:{pattern})$"), None)
Core.add_constructor("tag:yaml.org,2002:int", lambda _, node: _integer(str(node.value)))


def edited(text: str) -> Any:
    """What an editor sees of a text."""
    return yaml.load(text, Loader=Core)


class Texts(yaml.BaseLoader):
    """Reads every scalar as a string, and null as nothing: a client that knows no other types."""


Texts.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("null"), ["n"])
Texts.add_constructor("tag:yaml.org,2002:null", lambda *_: None)


def as_texts(text: str) -> Any:
    """A document whose scalars are all strings or null."""
    return yaml.load(text, Loader=Texts)
