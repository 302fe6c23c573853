"""The baseline: the file in which a project keeps the states that it has reached, its waivers, and how strict it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from msgspec import field

from simulator.core.value import Value
from simulator.evidence.readiness.states import MEASURED, RowState
from simulator.scenario.format.reader import suggestion
from simulator.scenario.text.nodes import Node, Problem, ScenarioError
from simulator.scenario.text.parsing import parse

VERSION: Final = "1"
KEYS: Final = ("version", "strict_truth", "situations", "waived", "accepted_rules")
FLAGS: Final = {"true": True, "false": False}
HEAD: Final = """\
# The readiness baseline. `kucoin-simulator report --baseline FILE` fails if a situation is in a worse state than here,
# and also if it is in a better one, until --update-baseline has written that down. Comments are not kept.
"""
PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*")
T = TypeVar("T")


class BaselineError(Exception):
    """A baseline cannot be used; the message lists each problem with its place."""


class Baseline(Value, frozen=True, kw_only=True):
    """`strict_truth` = it is an error to rest on an assumed rule that is not in `accepted_rules`.

    `waived` and `accepted_rules` have the reasons.
    """

    situations: dict[str, RowState] = field(default_factory=dict)
    waived: dict[str, str] = field(default_factory=dict)
    strict_truth: bool = False
    accepted_rules: dict[str, str] = field(default_factory=dict)


def read_baseline(path: Path) -> Baseline:
    """The baseline in a YAML or JSON file. Raises `BaselineError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BaselineError(f"{path} is not UTF-8") from None
    except OSError as error:
        hint = "; --update-baseline makes it" if isinstance(error, FileNotFoundError) else ""
        raise BaselineError(f"{path} cannot be read: {error.strerror or error}{hint}") from None
    return parsed_baseline(text, str(path))


def parsed_baseline(text: str, file: str) -> Baseline:
    """The baseline in a text. Raises `BaselineError`."""
    try:
        root = parse(text, file)
    except ScenarioError as error:
        raise BaselineError(str(error)) from None
    return _Reader().read(root)


class _Reader:
    """Reads the nodes of a baseline and collects the problems."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def read(self, root: Node) -> Baseline:
        """The baseline. Raises `BaselineError` with all problems."""
        nodes = self._mapping(root, "", lambda name, node: node)
        for name, node in nodes.items():
            if name not in KEYS:
                self._fail(node, name, f"unknown{suggestion(name, KEYS)}; known are {', '.join(KEYS)}")
        version = nodes.get("version")
        if version is None or version.text != VERSION:
            self._fail(version or root, "version", f"must be {VERSION}, and is {version.kind if version else 'absent'}")
        situations = self._part(nodes, "situations", self._state)
        waived = self._part(nodes, "waived", self._reason)
        accepted = self._part(nodes, "accepted_rules", self._reason)
        strict = False
        if (flag := nodes.get("strict_truth")) is not None:
            if flag.text in FLAGS and flag.plain:
                strict = FLAGS[flag.text]
            else:
                self._fail(flag, "strict_truth", f"must be true or false, and is {flag.kind}")
        for name in situations.keys() & waived.keys():
            self._fail(nodes["waived"], f"waived.{name}", "is in `situations` as well: leave it in one of them")
        if self._problems:
            raise BaselineError(str(ScenarioError(self._problems)))
        return Baseline(
            situations={name: state for name, state in situations.items() if state},
            waived=waived,
            strict_truth=strict,
            accepted_rules=accepted,
        )

    def _fail(self, node: Node, path: str, message: str) -> None:
        self._problems.append(Problem(node.file, node.line, node.column, path, message))

    def _part(self, nodes: Mapping[str, Node], name: str, convert: Callable[[str, Node], T]) -> dict[str, T]:
        node = nodes.get(name)
        return {} if node is None or node.is_null else self._mapping(node, name, convert)

    def _mapping(self, node: Node, path: str, convert: Callable[[str, Node], T]) -> dict[str, T]:
        if node.entries is None:
            self._fail(node, path, f"must be a mapping, and is {node.kind}")
            return {}
        values: dict[str, T] = {}
        for key, value in node.entries:
            name = key.text
            if name is None:
                self._fail(key, path, f"a key must be a word, and is {key.kind}")
            elif name in values:
                self._fail(key, f"{path}.{name}" if path else name, "is there twice")
            else:
                values[name] = convert(f"{path}.{name}" if path else name, value)
        return values

    def _state(self, path: str, node: Node) -> RowState | None:
        words = [state.value for state in MEASURED]
        if node.text in words:
            return RowState(node.text)
        self._fail(node, path, f"must be one of {', '.join(words)}, and is {node.kind}")
        return None

    def _reason(self, path: str, node: Node) -> str:
        if node.is_null or not (node.text or "").strip():
            self._fail(node, path, f"must be the reason, in words, and is {node.kind}")
        return (node.text or "").strip()


def written_baseline(baseline: Baseline) -> str:
    """The text of the file."""
    lines = [f"version: {VERSION}", f"strict_truth: {'true' if baseline.strict_truth else 'false'}"]
    lines += _part("situations", {name: state.value for name, state in baseline.situations.items()})
    lines += _part("waived", {name: _quoted(reason) for name, reason in baseline.waived.items()})
    lines += _part("accepted_rules", {name: _quoted(reason) for name, reason in baseline.accepted_rules.items()})
    return HEAD + "\n".join(lines) + "\n"


def _part(name: str, values: Mapping[str, str]) -> list[str]:
    if not values:
        return []
    return [f"{name}:", *(f"  {_key(key)}: {value}" for key, value in sorted(values.items()))]


def _key(name: str) -> str:
    """A name as a key of YAML: quoted unless it is made of what names are made of."""
    return name if PLAIN.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    """The text as a scalar of YAML in double quotes. JSON would write a character beyond 16 bits as two."""
    quoted = json.dumps(text, ensure_ascii=False)
    if quoted.isprintable():
        return quoted
    return "".join(character if character.isprintable() else f"\\U{ord(character):08x}" for character in quoted)
