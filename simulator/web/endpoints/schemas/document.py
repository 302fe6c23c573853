"""The OpenAPI document of the exchange: its endpoints, and all answers that each can give."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from simulator.core import spec
from simulator.core.choices import Choices
from simulator.core.refusals import NOT_IN_RANGE, Reason
from simulator.version import __version__
from simulator.web.endpoints.decode import FORM, JSON
from simulator.web.endpoints.envelope import Family
from simulator.web.endpoints.schemas.call import BEARER, SIGNED, replies_of, security_of
from simulator.web.endpoints.schemas.data import reply_schema
from simulator.web.endpoints.schemas.parameters import body_of, has_body, queried
from simulator.web.endpoints.table import PLACES, ROUTES, Route
from simulator.web.json_schema import (
    DIGITS,
    NAME,
    TEXT,
    Schema,
    closed,
    const,
    either,
    filled,
    in_path,
    json_content,
    names_in_path,
    ref,
)

ENTRY: Final = {
    "X-Sim-Entry": {"description": "The call's entry in the journal: `workspace/number`", "schema": TEXT},
    "X-Sim-Note": {"description": "Notes about how the workspace was found, if there are any", "schema": TEXT},
}
RATE: Final = {
    "gw-ratelimit-limit": {"description": "The size of the caller's rate pool", "schema": DIGITS},
    "gw-ratelimit-remaining": {"description": "The part of the pool that is left", "schema": DIGITS},
    "gw-ratelimit-reset": {"description": "Milliseconds until the pool is full again", "schema": DIGITS},
}
"""Headers of answers to calls that the gateway counts."""
ANYWHERE: Final = (Reason.BODY_TOO_LARGE,)
"""Reasons of the server itself, which can refuse any call."""


def document(choices: Choices, server: str = "/") -> dict[str, Any]:
    """The document under these choices, which decide the shared code and the form of token errors.

    `server` is the prefix of all paths.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "KuCoin Broker Fast API, simulated",
            "version": __version__,
            "description": f"What the page of {spec.PAGE_REVISION} says, and the simulator's labelled choices where it"
            f" is silent. The code {choices.unpublished_code} stands for every code that nobody published. A fault of"
            " a scenario with `respond` or `network` can give any other answer.",
        },
        "servers": [{"url": server}],
        "paths": {
            path: {method.lower(): _operation(route, choices) for method, route in routes.items()}
            for path, routes in PLACES.items()
        },
        "components": {"schemas": _components(choices), "securitySchemes": _schemes()},
    }


def _schemes() -> dict[str, Any]:
    signed = {name: {"type": "apiKey", "in": "header", "name": name} for name in SIGNED}
    return {BEARER: {"type": "http", "scheme": "bearer", "description": "An access token (s6.2)"}, **signed}


def _operation(route: Route, choices: Choices) -> dict[str, Any]:
    name = route.name
    described: dict[str, Any] = {
        "operationId": name,
        "summary": " / ".join(f"{endpoint.name} ({endpoint.section})" for endpoint in route.endpoints),
        "tags": [route.family.value],
    }
    if parameters := [*map(in_path, names_in_path(route.path)), *queried(route)]:
        described["parameters"] = parameters
    if has_body(route):
        types = (JSON, FORM) if route.endpoints[0].form else (JSON,)
        body = {media_type: {"schema": ref(f"{name}.request")} for media_type in types}
        described["requestBody"] = {"required": True, "content": body}
    described["security"] = [{scheme: [] for scheme in security}] if (security := security_of(route)) else []
    counted = any(endpoint.rate_limit for endpoint in route.endpoints)
    described["responses"] = _responses(route, choices, {**ENTRY, **RATE} if counted else ENTRY)
    return described


def reasons_of(route: Route) -> list[Reason]:
    """The reasons that can refuse calls of a route, in order of precedence."""
    every = frozenset().union(ANYWHERE, *(endpoint.refusals for endpoint in route.endpoints))
    return [reason for reason in Reason if reason in every]


def _responses(route: Route, choices: Choices, headers: Schema) -> dict[str, Any]:
    refused: dict[int, list[Reason]] = {}
    for reason in reasons_of(route):
        refused.setdefault(reason.denial.status, []).append(reason)
    answers = {
        status: [ref(_component(route.family, reason)) for reason in reasons] for status, reasons in refused.items()
    }
    answers[200] = [ref(f"{route.name}.reply"), *answers.get(200, [])]
    return {
        str(status): {
            "description": _description(HTTPStatus(status).phrase, refused.get(status, ())),
            "headers": headers,
            "content": json_content(either(*schemas)),
        }
        for status, schemas in sorted(answers.items())
    }


def _description(phrase: str, reasons: Iterable[Reason]) -> str:
    names = ", ".join(reason.name for reason in reasons)
    return f"{phrase}: {names}" if names else phrase


def _component(family: Family, reason: Reason) -> str:
    return f"{family.value}.{reason.name}"


def _components(choices: Choices) -> dict[str, Schema]:
    components: dict[str, Schema] = {}
    for route in ROUTES:
        name = route.name
        if has_body(route):
            components[f"{name}.request"] = body_of(route)
        components[f"{name}.reply"] = accepted(route.family, either(*map(reply_schema, replies_of(route))))
        for reason in reasons_of(route):
            components[_component(route.family, reason)] = refused(route.family, reason, choices)
    return dict(sorted(components.items()))


def accepted(family: Family, data: Schema) -> Schema:
    """The schema of an answer with a reply, as `envelope.accepted` writes it."""
    if family is Family.OPENAPI:
        return closed({"code": const("200000"), "data": data})
    if family is Family.RESOURCE:
        head = {
            "success": const(value=True),
            "code": const("200"),
            "msg": const("success"),
            "retry": const(value=False),
        }
        return closed({**head, "data": data})
    return data


def refused(family: Family, reason: Reason, choices: Choices) -> Schema:
    """The schema of a refusal, as `envelope.refused` writes it."""
    denial = reason.denial
    code, text = const(denial.code or choices.unpublished_code), filled(denial.text)
    if reason is Reason.PARAMETER_INVALID:
        text = either(text, filled(f"{{field}} {NOT_IN_RANGE}"), const(NOT_IN_RANGE))
    if family is Family.TOKEN and denial.oauth and choices.oauth_error_body == "rfc6749":
        fields: dict[str, Schema] = {"error": const(denial.oauth), "error_description": NAME}
    elif family is Family.OPENAPI:
        fields = {"code": code, "msg": text}
    else:
        fields = {"success": const(value=False), "code": code, "msg": text, "retry": const(value=False)}
    return closed(fields, title=reason.name, description=f"{denial.meaning} ({denial.rule}; {denial.grade.value})")
