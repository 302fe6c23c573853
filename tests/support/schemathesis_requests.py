"""Requests that Schemathesis makes out of a document, sent to a server that described itself with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from requests.auth import AuthBase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from simulator.scenario.loader import Scenario
from simulator.web.server import LocalServer

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
Words = Mapping[str, tuple[object, ...]]
NOTHING: Mapping[str, Any] = MappingProxyType({})


def narrowed(document: dict[str, Any], words: Words) -> dict[str, Any]:
    """The document with requests that hold only these words in the fields and parameters of these names."""
    document = deepcopy(document)

    def narrow(node: Any) -> None:
        if isinstance(node, list):
            for each in node:
                narrow(each)
            return
        if not isinstance(node, dict):
            return
        if node.get("in") in ("path", "query") and node.get("name") in words:
            node["schema"] = {"enum": list(words[node["name"]])}
        for name in node.get("properties", {}).keys() & words.keys():
            node["properties"][name] = {"enum": list(words[name])}
        for name, each in node.items():
            if name != "responses":
                narrow(each)

    requested = {name: each for name, each in document["components"]["schemas"].items() if name.endswith(".request")}
    narrow([document["paths"], requested])
    return document


def attacked(
    server: LocalServer,
    scenario: Scenario,
    path: str,
    *,
    auth: AuthBase | None = None,
    headers: Mapping[str, str] = NOTHING,
    words: Words = NOTHING,
    examples: int = 10,
    modes: tuple[GenerationMode, ...] = MODES,
    only: str = "",
    token: Mapping[str, str] = NOTHING,
) -> Counter[str]:
    """Send requests of every operation. Raises what Schemathesis finds; else counts what each operation answered.

    A count is of `GET /path 200`, or of `GET /path 200 999999` where the answer has a code.
    """
    counted: Counter[str] = Counter()
    with requests.Session() as session:
        session.auth = auth
        session.headers.update(headers)
        described = session.get(server.url + path, headers=dict(token)).json()
        schema = schemathesis.openapi.from_dict(narrowed(described, words))
        schema.config.update(base_url=server.url)
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            if operation.path.endswith(("/stream", "/wait")) or (only and operation.label != only):
                continue  # they take their time
            for mode in modes:
                if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
                    continue  # a path has no wrong way to ask, and finding that out takes seconds
                server.app.desk.apply(scenario)
                _attack(operation, mode, session, examples, counted)
    return counted


def _attack(
    operation: Any, mode: GenerationMode, session: requests.Session, examples: int, counted: Counter[str]
) -> None:
    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        response = case.call(session=session)
        case.validate_response(response, checks=CHECKS)
        data = json.loads(response.content) if response.headers.get("content-type") == ["application/json"] else None
        code = data.get("code", "") if isinstance(data, dict) else ""
        counted[f"{operation.label} {response.status_code} {code}".rstrip()] += 1

    try:
        ask()
    except Unsatisfiable:  # there is no wrong way to ask
        assert mode is GenerationMode.NEGATIVE
