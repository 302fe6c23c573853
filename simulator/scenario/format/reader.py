"""The reader: nodes -> values by declared shape. All problems are collected; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from simulator.core.quoting import most_like
from simulator.scenario.format.scalars import Scalar
from simulator.scenario.format.shapes import Either, Key, List, Names, OneOf, Record, Shape, Tagged
from simulator.scenario.text.nodes import MOST_PROBLEMS, Node, Problem, ScenarioError

Path = tuple[str | int, ...]
"""The path from the root of a scenario to a value: keys, and indexes of lists."""


class Reader:
    """Reads a scenario's nodes and collects problems. Raises `ScenarioError` if there are too many."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def wrong(self, node: Node, path: str, message: str) -> None:
        """Add a problem at a node."""
        self.problems.append(Problem(node.file, node.line, node.column, path, message))
        if len(self.problems) > MOST_PROBLEMS:
            raise ScenarioError(self.problems)

    def refuse(self, path: Path, message: str, *, key: bool = False) -> None:
        """Add a problem at a path's value, or at its key; at its last existing part if the path does not exist."""
        node = place = self.root
        for part in path:
            if isinstance(part, int):
                place = node = (node.items or ())[part]
                continue
            entry = node.entry(part)
            if entry is None:
                place = node
                break
            node, place = entry[1], entry[0] if key else entry[1]
        self.wrong(place, shown(path), message)

    def read(self, shape: Shape, node: Node, path: str) -> Any:
        """The value of a node; None if it has none, and then a problem has been added."""
        match shape:
            case Scalar():
                return self._scalar(shape, node, path)
            case OneOf():
                return self._word(shape, node, path)
            case Record():
                return self._record(shape, shape.keys, node, path)
            case Names():
                return self._names(shape, node, path)
            case List():
                return self._list(shape, node, path)
            case Tagged():
                return self._tagged(shape, node, path)
            case _:
                return self._either(shape, node, path)

    def entries(self, node: Node, path: str) -> dict[str, tuple[Node, Node]]:
        """The (key, value) nodes of a mapping by name. Null counts as an empty mapping."""
        if node.entries is None and not node.is_null:
            self.wrong(node, path, f"expected a mapping, found {node.kind}")
        pairs: dict[str, tuple[Node, Node]] = {}
        for key, value in node.entries or ():
            if key.text is not None:
                pairs.setdefault(key.text, (key, value))
        return pairs

    def _scalar(self, shape: Scalar, node: Node, path: str) -> Any:
        value, problem = None, f"expected {shape.expected}, found {node.kind}"
        if node.text is not None and not node.is_null:
            if shape.pattern and not re.fullmatch(shape.pattern, node.text):
                problem = shape.why(node.text) if shape.why else problem
            else:
                try:
                    value = shape.convert(node.text)
                except ValueError as error:
                    problem = str(error)
        if value is None:
            self.wrong(node, path, problem)
        return value

    def _word(self, shape: OneOf, node: Node, path: str) -> Any:
        if node.text is not None and node.text in shape.values:
            return shape.values[node.text]
        hint = suggestion(node.text or "", shape.values)
        if shape.noun and node.text is not None:
            where = "" if hint else f"; GET /_sim/v1{shape.listed_at} lists them"
            self.wrong(node, path, f"no such {shape.noun} as {node.kind}{hint}{where}")
        else:
            expected = shape.expected or f"one of {', '.join(shape.values)}"
            self.wrong(node, path, f"expected {expected}, found {node.kind}{hint}")
        return None

    def _list(self, shape: List, node: Node, path: str) -> tuple[Any, ...] | None:
        if node.items is None:
            self.wrong(node, path, f"expected a list, found {node.kind}")
            return None
        if len(node.items) < shape.least:
            some = ", ".join(shape.of.values) if isinstance(shape.of, OneOf) else "entry"
            self.wrong(node, path, f"must name at least one of {some}" if some != "entry" else "must not be empty")
        return tuple(self.read(shape.of, item, f"{path}[{place}]") for place, item in enumerate(node.items))

    def _names(self, shape: Names, node: Node, path: str) -> dict[str, Any]:
        """A mapping's values by name. None = the text deletes a built-in name with null."""
        entries = self.entries(node, path)
        if node.entries is not None and len(entries) < shape.least:
            self.wrong(node, path, "must not be empty")
        values: dict[str, Any] = {}
        for name, (key, value) in entries.items():
            if not name:
                self.wrong(key, path, "a name must not be empty")
                continue
            if shape.name and self._scalar(shape.name, key, join(path, name)) is None:
                continue
            if value.is_null and name in shape.known:
                values[name] = None
            elif value.is_null and shape.known:
                self.wrong(key, join(path, name), absent(name, shape.known))
            elif (read := self.read(shape.shape(name), value, join(path, name))) is not None:
                values[name] = read
        return values

    def _record(
        self,
        shape: Record,
        keys: Mapping[str, Key],
        node: Node,
        path: str,
        elsewhere: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """A mapping's values without absent and null keys. `elsewhere`: the message for keys that belong elsewhere."""
        values: dict[str, Any] = {}
        present: dict[str, Node] = {}
        for name, (key, value) in self.entries(node, path).items():
            declared = keys.get(name)
            if declared is None:
                hint = (elsewhere or {}).get(name) or f"unknown key{suggestion(name, keys)}; known: {', '.join(keys)}"
                self.wrong(key, join(path, name), hint)
            elif value.is_null and declared.nullable:
                present[name], values[name] = key, None
            elif not value.is_null:
                present[name] = key
                read = self.read(declared.shape, value, join(path, name))
                if read is not None:
                    values[name] = read
        if node.entries is None and not node.is_null:
            return values
        for name, declared in keys.items():
            if declared.required and name not in present:
                self.wrong(node, join(path, name), "is missing")
        for group in shape.some:
            if not any(name in present for name in group):
                self.wrong(node, path, f"must have at least one of {', '.join(group)}")
        for one, other in shape.apart:
            if one in present and other in present:
                self.wrong(present[other], join(path, other), f"cannot be combined with {one}; remove one of them")
        return values

    def _tagged(self, shape: Tagged, node: Node, path: str) -> dict[str, Any] | None:
        choice = OneOf({name: name for name in shape.variants})
        tag = node.value(shape.tag)
        if tag is None:
            if node.entries is None and not node.is_null:
                self.wrong(node, path, f"expected a mapping, found {node.kind}")
            else:
                self.wrong(node, join(path, shape.tag), f"is missing; it is one of {', '.join(shape.variants)}")
            return None
        if tag.text is None or tag.text not in shape.variants:
            self.read(choice, tag, join(path, shape.tag))
            return None
        variant = shape.variants[tag.text]
        elsewhere = {
            name: f"goes with {shape.tag}: {' or '.join(_having(shape, name))}, not with {shape.tag}: {tag.text}"
            for other in shape.variants.values()
            for name in other.keys
        }
        keys = {shape.tag: Key(choice, shape.description), **variant.keys}
        return self._record(variant, keys, node, path, elsewhere)

    def _either(self, shape: Either, node: Node, path: str) -> Any:
        fitting = shape.entries if node.entries is not None else shape.items if node.items is not None else shape.scalar
        if fitting is None:
            self.wrong(node, path, f"expected {shape.expected}, found {node.kind}")
            return None
        return self.read(fitting, node, path)


def _having(shape: Tagged, name: str) -> list[str]:
    """The variants that have this key."""
    return [tag for tag, variant in shape.variants.items() if name in variant.keys]


def repeated(node: Node, path: str = "") -> Iterable[Problem]:
    """The problems of repeated keys and of keys that are not words, at every depth."""
    for place, item in enumerate(node.items or ()):
        if item.text is None:
            yield from repeated(item, f"{path}[{place}]")
    first: dict[str, Node] = {}
    for key, value in node.entries or ():
        if key.text is None:
            yield Problem(key.file, key.line, key.column, path, f"a key must be a word, found {key.kind}")
        elif key.text in first:
            message = f"is repeated; first on line {first[key.text].line}"
            yield Problem(key.file, key.line, key.column, join(path, key.text), message)
        else:
            first[key.text] = key
            if value.text is None:
                yield from repeated(value, join(path, key.text))


def join(path: str, name: str) -> str:
    """`given` and `users` -> `given.users`."""
    return f"{path}.{name}" if path else name


def shown(path: Path) -> str:
    """`("expect", 0, "user")` -> `expect[0].user`."""
    text = ""
    for part in path:
        text = f"{text}[{part}]" if isinstance(part, int) else join(text, part)
    return text


def suggestion(word: str, known: Iterable[str]) -> str:
    """` (did you mean ...?)` with the most similar known word, or ""."""
    near = most_like(word, known)
    return f" (did you mean {near}?)" if near else ""


def absent(name: str, known: Iterable[str]) -> str:
    """The message about a null that deletes a name that does not exist."""
    return f"there is no {name} to delete{suggestion(name, known)}; for one with defaults write {{}}"


def words(names: Iterable[str]) -> str:
    """Names in a line, or `none`."""
    return ", ".join(sorted(names)) or "none"


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The message about an unknown currency, chain or client, with the known ones."""
    names = list(known)
    what = {"currency": "there are", "chain": "the currencies have", "client": "given.clients has"}[kind]
    return f"unknown {kind} {name}; {what} {words(names)}{suggestion(name, names)}"
