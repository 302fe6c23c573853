"""The control surface's document: its calls, what they take and give, and their problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from simulator.version import __version__
from simulator.web.control.problems import KIND
from simulator.web.control.schemas.call import JSON, Shape
from simulator.web.control.schemas.calls import SHAPES
from simulator.web.endpoints.table import BASE
from simulator.web.json_schema import (
    ANYTHING,
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

if TYPE_CHECKING:
    from simulator.web.control.calls import ControlCall

GUARDS: Final = (401, 403)
"""What the guards answer before a call is read."""
PROBLEMS: Final = (400, 404, 405, 408, 409, 410, 413, 415, 422, 429, 503)
"""What a call of which nothing more is known may answer beside."""
GENERAL: Final = Shape(ANYTHING, problems=PROBLEMS)


def key_of(method: str, path: str) -> str:
    """What a call is called in `SHAPES`."""
    return f"{method} {path}"


def document(calls: Iterable[ControlCall], server: str = "/") -> dict[str, Any]:
    """The document of these rows of `control.routes.CALLS`. `server` is what stands before the paths."""
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        path = bare(call.path)
        operation = _operation(call, path, SHAPES.get(key_of(call.method, path)))
        paths.setdefault(BASE + path, {})[call.method.lower()] = operation
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
            "schemas": {f"Problem.{status}": problem(status) for status in sorted({*GUARDS, *PROBLEMS})},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The token of --control-token"},
                "token": {"type": "apiKey", "in": "header", "name": "X-Sim-Token", "description": "The same"},
            },
        },
    }


def problem(status: int, more: Mapping[str, Schema] | None = None) -> Schema:
    """`application/problem+json` of one status (RFC 9457), as `control/problems.py` writes it."""
    error = closed({"line?": COUNT, "column?": COUNT, "field": TEXT, "detail": TEXT})
    head: dict[str, Schema] = {
        "type": const("about:blank"),
        "title": const(HTTPStatus(status).phrase),
        "status": const(status),
        "detail": TEXT,
    }
    return closed({**head, **(more or {}), "errors?": listed(error)})


def _operation(call: ControlCall, path: str, shape: Shape | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{call.handler.__module__.rpartition('.')[2]}.{call.handler.__name__}",
        "summary": (call.handler.__doc__ or "").partition("\n")[0],
    }
    known = shape or GENERAL
    if parameters := [*map(in_path, names_in_path(path)), *known.query]:
        described["parameters"] = parameters
    if known.body is not None:
        described["requestBody"] = _body(known, call.body)
    elif shape is None and call.body:
        described["requestBody"] = {"description": call.body, "required": False, "content": json_content(ANYTHING)}
    described["responses"] = _responses(known) if shape else {"2XX": _anything(), **_responses(known)}
    if shape is None:
        del described["responses"]["200"]
    return described


def _anything() -> dict[str, Any]:
    return {"description": "Done", "content": {"*/*": {"schema": ANYTHING}}}


def _body(shape: Shape, told: str) -> dict[str, Any]:
    """What a scenario's text says in YAML is what its JSON says: there it is only a text."""
    content = {kind: {"schema": shape.body if kind in JSON else TEXT} for kind in shape.types}
    return {**({"description": told} if told else {}), "required": shape.required, "content": content}


def _responses(shape: Shape) -> dict[str, Any]:
    done: dict[str, Any] = {"description": HTTPStatus(shape.status).phrase}
    if shape.reply is not None:
        done["content"] = json_content(shape.reply, shape.media_type)
    responses = {str(status): done for status in (shape.status, *shape.also)}
    told = dict(shape.told)
    for status in sorted({*GUARDS, *shape.problems}):
        more = told.get(status)
        schema = problem(status, more) if more else ref(f"Problem.{status}")
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": json_content(schema, KIND)}
    return responses
