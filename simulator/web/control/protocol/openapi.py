"""The OpenAPI document of the control surface: its calls, what they take and give, and their problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from simulator.version import __version__
from simulator.web.control.protocol.declaration import ControlCall
from simulator.web.control.protocol.problems import KIND
from simulator.web.endpoints.table import BASE
from simulator.web.json_schema import (
    COUNT,
    TEXT,
    Schema,
    bare,
    closed,
    const,
    in_path,
    json_content,
    listed,
    names_in_path,
    ref,
)


def document(calls: Iterable[ControlCall], server: str = "/") -> dict[str, Any]:
    """The document of these calls. `server` is the prefix of all paths."""
    paths: dict[str, dict[str, Any]] = {}
    statuses: set[int] = set()
    for call in calls:
        paths.setdefault(BASE + bare(call.path), {})[call.method.lower()] = _operation(call)
        statuses.update(call.statuses)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "KuCoin Fast API simulator: control surface",
            "version": __version__,
            "description": "Drives the simulator: users, time, faults, the journal. No call of the exchange is here.",
        },
        "servers": [{"url": server}],
        "security": [{}, {"bearer": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": {f"Problem.{status}": problem(status) for status in sorted(statuses)},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The token of --control-token"},
                "token": {"type": "apiKey", "in": "header", "name": "X-Sim-Token", "description": "The same"},
            },
        },
    }


def problem(status: int, members: Mapping[str, Schema] | None = None) -> Schema:
    """`application/problem+json` of one status (RFC 9457), as `control/problems.py` writes it."""
    error = closed({"line?": COUNT, "column?": COUNT, "field": TEXT, "detail": TEXT})
    head: dict[str, Schema] = {
        "type": const("about:blank"),
        "title": const(HTTPStatus(status).phrase),
        "status": const(status),
        "detail": TEXT,
    }
    return closed({**head, **(members or {}), "errors?": listed(error)})


def _operation(call: ControlCall) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{call.handler.__module__.rpartition('.')[2]}.{call.handler.__name__}",
        "summary": call.summary,
    }
    query = (parameter.as_openapi() for parameter in call.query)
    if parameters := [*map(in_path, names_in_path(call.path)), *query]:
        operation["parameters"] = parameters
    if call.body:
        operation["requestBody"] = call.body.as_openapi()
    return {**operation, "responses": _responses(call)}


def _responses(call: ControlCall) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(call.status).phrase}
    if (reply := call.reply_schema) is not None:
        success["content"] = json_content(reply, call.media_type)
    responses = {str(status): success for status in (call.status, *call.also)}
    for status in call.statuses:
        members = call.members.get(status)
        schema = problem(status, members) if members else ref(f"Problem.{status}")
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": json_content(schema, KIND)}
    return responses
