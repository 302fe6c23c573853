"""Our declarations as drift reads them: the OpenAPI document by call, with the words that may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.evidence.drift.shapes import DeclaredSchema, Vocabulary, names_in, vocabulary

REF: Final = "#/components/schemas/"
OURS: Final = "x-sim-"
"""The beginning of our own headers, which KuCoin never sends."""
WHOLE_PATH: Final = re.compile(r"/(?:api|_oauth)/.*")
"""A path of KuCoin's, behind what names a workspace."""
STANDARD: Final = ("content-type", "retry-after", "error", "error_description")
"""Names of standards, which may be shown: headers of HTTP, and the fields of a refusal in RFC 6749."""


class DeclaredCall(Value, frozen=True):
    """What is declared of one call. `refusals` are the schemas of its refusals by reason."""

    operation: str
    method: str
    path: str
    reply: DeclaredSchema
    refusals: dict[Reason, DeclaredSchema]
    headers: dict[str, DeclaredSchema]
    query: dict[str, DeclaredSchema]
    required: frozenset[str]
    """The parameters of the query without which we refuse."""
    body: DeclaredSchema | None
    """The schema of the request's body; None = it has none that we read."""

    @property
    def call(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


class Declarations:
    """Every declared call. `document` is an OpenAPI document of the exchange."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, DeclaredSchema] = document["components"]["schemas"]
        self.calls: tuple[DeclaredCall, ...] = tuple(self._calls(document["paths"]))
        self._plain = {(call.method, call.path): call for call in self.calls if "{" not in call.path}
        self._patterns = [(call, call.path.split("/")) for call in self.calls if "{" in call.path]
        self.reasons: dict[str, tuple[Reason, ...]] = {}
        """The reasons by the code that their answers have."""
        self.texts: dict[Reason, frozenset[str]] = {}
        """The texts and patterns of texts of each reason."""
        for call in self.calls:
            for reason, schema in call.refusals.items():
                self.texts[reason] = frozenset(sentences(schema["properties"].get("msg", {})))
                for code in codes_of(schema):
                    before = self.reasons.get(code, ())
                    self.reasons[code] = before if reason in before else (*before, reason)

    def find(self, method: str, path: str) -> DeclaredCall | None:
        """The call of a method and a path; the path may have a prefix that names a workspace."""
        whole = WHOLE_PATH.search(path)
        path = whole[0] if whole else path
        call = self._plain.get((method, path))
        if call is None:
            parts = path.split("/")
            call = next((call for call, names in self._patterns if call.method == method and _is(names, parts)), None)
        return call

    @cached_property
    def words(self) -> Vocabulary:
        """The words that may be shown."""
        names = {*STANDARD}
        words = {*self.reasons}
        for call in self.calls:
            names |= {*call.headers, *call.query, *names_in(call.body)}
            for schema in (call.reply, *call.refusals.values(), *call.query.values(), call.body):
                names |= {*names_in(schema)}
                words |= {*words_in(schema)}
        return vocabulary(
            names, words, sorted({text for texts in self.texts.values() for text in texts if text[0] == "^"})
        )

    def _calls(self, paths: Mapping[str, Any]) -> Iterator[DeclaredCall]:
        for path, methods in paths.items():
            for method, operation in methods.items():
                name = operation["operationId"]
                responses = operation["responses"]
                parameters = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
                refusals = {}
                for response in responses.values():
                    for schema in branches(response["content"]["application/json"]["schema"]):
                        _, _, reason = schema["$ref"].removeprefix(REF).partition(".")
                        if reason != "reply":
                            refusals[Reason[reason]] = self._schemas[schema["$ref"].removeprefix(REF)]
                headers = {
                    header.lower(): described["schema"]
                    for header, described in responses["200"].get("headers", {}).items()
                    if not header.lower().startswith(OURS)
                }
                yield DeclaredCall(
                    operation=name,
                    method=method.upper(),
                    path=path,
                    reply=self._schemas[f"{name}.reply"],
                    refusals=refusals,
                    headers=headers,
                    query={parameter["name"]: parameter["schema"] for parameter in parameters},
                    required=frozenset(parameter["name"] for parameter in parameters if parameter["required"]),
                    body=self._schemas.get(f"{name}.request"),
                )


def _is(names: list[str], parts: list[str]) -> bool:
    """True if a path, as its parts, is one of a path with `{names}`."""
    return len(names) == len(parts) and all(
        bool(part) if name[:1] == "{" else name == part for name, part in zip(names, parts, strict=True)
    )


def branches(schema: DeclaredSchema) -> tuple[DeclaredSchema, ...]:
    """The schemas of which one has to fit."""
    return tuple(schema.get("anyOf") or (schema,))


def codes_of(schema: DeclaredSchema) -> Iterator[str]:
    """The code that an answer of this schema has."""
    code = schema.get("properties", {}).get("code", {}).get("const")
    if isinstance(code, str):
        yield code


def sentences(schema: DeclaredSchema) -> Iterator[str]:
    """The texts and the patterns of texts in the schema of a refusal's `msg`."""
    for part in branches(schema):
        text = part.get("const") or part.get("pattern")
        if isinstance(text, str):
            yield text


def words_in(schema: Any) -> Iterator[str]:
    """Every constant and every word of a closed list in a schema, at any depth, as text."""
    if isinstance(schema, dict):
        for value in (schema.get("const"), *schema.get("enum", ())):
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield str(value)
        for name, part in schema.items():
            if name not in ("const", "enum"):
                yield from words_in(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from words_in(part)
