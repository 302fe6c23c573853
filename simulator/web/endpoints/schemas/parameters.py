"""The schemas of a call's parameters, in its query or in its body."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.core.gateway.parameters import (
    Absent,
    Flag,
    Flags,
    Group,
    Items,
    Member,
    Parameter,
    Positive,
    Text,
    Whole,
    Word,
)
from simulator.web.endpoints.table import Route
from simulator.web.json_schema import (
    FLAG,
    NAME,
    POSITIVE,
    TEXT,
    Schema,
    closed,
    const,
    listed,
    one_of,
    open_to_more,
    query,
    word_of,
)


def has_body(route: Route) -> bool:
    """True if the parameters of a route are in the body."""
    return route.endpoints[0].held_in == "body"


def queried(route: Route) -> list[Schema]:
    """The parameters of the query. A route with two endpoints has none, because its parameters are in the body."""
    if has_body(route):
        return []
    return [
        query(parameter.name, _schema(parameter), parameter.description, required=parameter.required)
        for parameter in route.endpoints[0].parameters
    ]


def body_of(route: Route) -> Schema:
    """The schema of the body of a route. A field that is not required by each endpoint is optional."""
    taken = [
        {parameter.name: parameter for parameter in endpoint.parameters if not isinstance(parameter, Absent)}
        for endpoint in route.endpoints
    ]
    every = {name: parameter for parameters in taken for name, parameter in parameters.items()}
    compulsory = {
        name for name in every if all(name in parameters and parameters[name].required for parameters in taken)
    }
    return _object(every.values(), compulsory, "Other fields are accepted and not read.")


def _object(parameters: Iterable[Parameter], compulsory: Iterable[str], description: str = "") -> Schema:
    fields = {
        parameter.name if parameter.name in compulsory else f"{parameter.name}?": _described(parameter)
        for parameter in parameters
    }
    return open_to_more(fields, **({"description": description} if description else {}))


def _group(parameters: Iterable[Parameter]) -> Schema:
    parameters = tuple(parameters)
    return _object(parameters, {parameter.name for parameter in parameters if parameter.required})


def _described(parameter: Parameter) -> Schema:
    schema = _schema(parameter)
    return {**schema, "description": parameter.description} if parameter.description else schema


def _schema(parameter: Parameter) -> Schema:
    match parameter:
        case Text():
            return _text(parameter)
        case Word(words=(only,)):
            return const(only)
        case Word(words=words):
            return one_of(*words)
        case Member(words=members):
            return word_of(members)
        case Whole(least=least, most=most):
            return {"type": "integer", "minimum": least, **({} if most is None else {"maximum": most})}
        case Positive():
            return POSITIVE
        case Flag():
            return FLAG
        case Flags(names=names):
            return closed({f"{name}?": FLAG for name in names}, minProperties=1)
        case Group(fields=fields):
            return _group(fields)
        case Items(fields=fields):
            return listed(_group(fields), **({"minItems": 1} if parameter.required else {}))
    raise TypeError(f"{type(parameter).__name__} has no schema")


def _text(parameter: Text) -> Schema:
    if parameter.pattern:
        return {"type": "string", "pattern": parameter.pattern}
    schema = NAME if parameter.required else TEXT
    return schema if parameter.longest is None else {**schema, "maxLength": parameter.longest}
