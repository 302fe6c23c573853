"""`choices:` in a scenario -> `Choices`. What a switch may be is read from its type; here stand only the exceptions."""

from __future__ import annotations

from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from msgspec.structs import fields, replace

from simulator.core.choices import DEFAULTS, After, Choices, Settlement
from simulator.scenario.nodes import Node
from simulator.scenario.reader import Read, Reader, join

DURATIONS: Final = ("authorization_code_lifetime", "transaction_lifetime")
LISTS: Final = {"refresh_encoding": ("form", "json"), "refresh_grant_types": ("authorization_code", "refresh_token")}


def read_choices(reader: Reader, node: Node, path: str) -> Choices:
    """The defaults with what the scenario says otherwise."""
    hints = get_type_hints(Choices)
    known = {field.name: _reader(reader, field.name, hints[field.name]) for field in fields(Choices)}
    found: dict[str, Any] = reader.fields(node, path, known)
    return replace(DEFAULTS, **found)


def _reader(reader: Reader, name: str, hint: object) -> Read[object]:
    if name in DURATIONS:
        return reader.duration
    if name in LISTS:
        return lambda node, path: _words(reader, node, path, LISTS[name])
    if name == "verification_attempts":
        return reader.positive
    if name == "unpublished_code":
        return lambda node, path: _code(reader, node, path)
    if name == "settlement":
        return lambda node, path: _settlement(reader, node, path)
    if get_origin(hint) is Literal:
        return reader.word(get_args(hint))
    return {int: reader.integer, str: reader.text}.get(hint, reader.amount)  # type: ignore[call-overload, no-any-return]


def _words(reader: Reader, node: Node, path: str, words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Some of these words, at least one."""
    found = reader.list_of(reader.word(words))(node, path)
    if found == () and node.items == ():
        reader.wrong(node, path, f"must name at least one of {', '.join(words)}")
    return found


def _code(reader: Reader, node: Node, path: str) -> str | None:
    """Clients parse codes as numbers."""
    code = reader.text(node, path)
    if code is not None and not (code.isascii() and code.isdigit()):
        reader.wrong(node, path, f"must be digits, as KuCoin's codes are, found {node.kind}")
    return code


def _settlement(reader: Reader, node: Node, path: str) -> Settlement | None:
    """`immediate`, `manual` or `{after: 10m}` (H52)."""
    if node.entries is not None:
        found = reader.fields(node, path, {"after": reader.duration})
        if "after" not in reader.names(node):
            reader.wrong(node, join(path, "after"), "is missing")
        after = found.get("after")
        return After(after) if isinstance(after, int) else None
    if node.text == "immediate":
        return "immediate"
    if node.text == "manual":
        return "manual"
    reader.wrong(node, path, f"expected immediate, manual or {{after: 10m}}, found {node.kind}")
    return None
