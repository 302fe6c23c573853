"""The exchange's document: its endpoints, and every way in which each can answer."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from simulator.core import spec
from simulator.core.choices import Choices
from simulator.core.gateway.parameters import Parameter, Text, Whole, Word
from simulator.core.refusals import Reason
from simulator.version import __version__
from simulator.web.endpoints.decode import FORM, JSON
from simulator.web.endpoints.envelope import Family
from simulator.web.endpoints.schemas.account import NEW_ADDRESS, PAYMENT_V3, TRANSFER
from simulator.web.endpoints.schemas.call import BEARER, SIGNED, replies_of, security_of
from simulator.web.endpoints.schemas.data import reply_schema
from simulator.web.endpoints.schemas.requests import ADD_KEY, PAYMENT, REFRESH, TOKEN_QUERY
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
    one_of,
    query,
    ref,
)

ENTRY: Final = {
    "X-Sim-Entry": {"description": "Leads to the journal: `workspace/number`", "schema": TEXT},
    "X-Sim-Note": {"description": "What was noticed on the way to a workspace, if anything was", "schema": TEXT},
}
RATE: Final = {
    "gw-ratelimit-limit": {"description": "How much is in a full pool of the caller's", "schema": DIGITS},
    "gw-ratelimit-remaining": {"description": "What is left of it", "schema": DIGITS},
    "gw-ratelimit-reset": {"description": "Milliseconds until it is full again", "schema": DIGITS},
}
"""On answers to what the gateway counts."""
ANYWHERE: Final = (Reason.BODY_TOO_LARGE,)
"""What the wire answers whatever is asked."""


BODIES: Final = {
    "refresh_tokens": REFRESH,
    "add_api_key": ADD_KEY,
    "withdraw": PAYMENT,
    "make_transfer": TRANSFER,
    "create_deposit_address": NEW_ADDRESS,
    "withdraw_v3": PAYMENT_V3,
}
"""Requests with a body, by the route's name."""


def document(choices: Choices, server: str = "/") -> dict[str, Any]:
    """The document as it holds under these choices, which decide the shared code and how token errors look.

    `server` is what stands before the paths.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "KuCoin Broker Fast API, simulated",
            "version": __version__,
            "description": f"What the page of {spec.PAGE_REVISION} says, and the simulator's labelled choices where it"
            f" is silent. The code {choices.unpublished_code} stands for every code that nobody published. Faults that"
            " a scenario stages with `respond` or `network` answer whatever they say.",
        },
        "servers": [{"url": server}],
        "paths": {
            path: {method.lower(): _operation(route, choices) for method, route in found.items()}
            for path, found in PLACES.items()
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
    if parameters := [*map(in_path, names_in_path(route.path)), *_queried(route)]:
        described["parameters"] = parameters
    if name in BODIES:
        types = (JSON, FORM) if name == "refresh_tokens" else (JSON,)
        body = {kind: {"schema": ref(f"{name}.request")} for kind in types}
        described["requestBody"] = {"required": True, "content": body}
    described["security"] = [{scheme: [] for scheme in security}] if (security := security_of(route)) else []
    counted = any(endpoint.toll for endpoint in route.endpoints)
    described["responses"] = _responses(route, choices, {**ENTRY, **RATE} if counted else ENTRY)
    return described


def _queried(route: Route) -> list[Schema]:
    """What can stand in the query, as it is declared, but for that of s7.2, which is taken apart otherwise."""
    if route.name == "exchange_code":
        return [*TOKEN_QUERY]
    declared = (parameter for parameter in route.endpoints[0].parameters if isinstance(parameter, Parameter))
    return [query(each.name, _kind(each), each.description, required=each.required) for each in declared]


def _kind(parameter: Parameter) -> Schema:
    if isinstance(parameter, Word):
        return one_of(*parameter.words)
    if isinstance(parameter, Whole):
        most = {} if parameter.most is None else {"maximum": parameter.most}
        return {"type": "integer", "minimum": parameter.least, **most}
    if isinstance(parameter, Text) and parameter.pattern:
        return {"type": "string", "pattern": parameter.pattern}
    return NAME if parameter.required else TEXT


def reasons_of(route: Route) -> list[Reason]:
    """All that can refuse an endpoint's calls, in order of precedence."""
    every = frozenset().union(ANYWHERE, *(endpoint.refusals for endpoint in route.endpoints))
    return [reason for reason in Reason if reason in every]


def _responses(route: Route, choices: Choices, headers: Schema) -> dict[str, Any]:
    refused: dict[int, list[Reason]] = {}
    for reason in reasons_of(route):
        refused.setdefault(reason.denial.status, []).append(reason)
    answers = {status: [ref(_component(route.family, reason)) for reason in found] for status, found in refused.items()}
    answers[200] = [ref(f"{route.name}.reply"), *answers.get(200, [])]
    return {
        str(status): {
            "description": _told(HTTPStatus(status).phrase, refused.get(status, ())),
            "headers": headers,
            "content": json_content(either(*schemas)),
        }
        for status, schemas in sorted(answers.items())
    }


def _told(phrase: str, reasons: Iterable[Reason]) -> str:
    names = ", ".join(reason.name for reason in reasons)
    return f"{phrase}: {names}" if names else phrase


def _component(family: Family, reason: Reason) -> str:
    return f"{family.value}.{reason.name}"


def _components(choices: Choices) -> dict[str, Schema]:
    components: dict[str, Schema] = {}
    for route in ROUTES:
        name = route.name
        if name in BODIES:
            components[f"{name}.request"] = BODIES[name]
        components[f"{name}.reply"] = accepted(route.family, either(*map(reply_schema, replies_of(route))))
        for reason in reasons_of(route):
            components[_component(route.family, reason)] = refused(route.family, reason, choices)
    return dict(sorted(components.items()))


def accepted(family: Family, data: Schema) -> Schema:
    """The envelope around a reply, as `envelope.accepted` writes it."""
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
    """A refusal as `envelope.refused` writes it."""
    denial = reason.denial
    code, told = const(denial.code or choices.unpublished_code), filled(denial.text)
    if family is Family.TOKEN and denial.oauth and choices.oauth_error_body == "rfc6749":
        fields: dict[str, Schema] = {"error": const(denial.oauth), "error_description": NAME}
    elif family is Family.OPENAPI:
        fields = {"code": code, "msg": told}
    else:
        fields = {"success": const(value=False), "code": code, "msg": told, "retry": const(value=False)}
    return closed(fields, title=reason.name, description=f"{denial.meaning} ({denial.rule}; {denial.grade.value})")
