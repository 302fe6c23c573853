"""Requests of endpoints, made of the example in the declaration: no table of tests has to know a new endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from simulator.core.endpoint import Endpoint, camel
from simulator.core.gateway.parameters import Parameter, Whole, Word
from simulator.core.gateway.requests import Body
from simulator.core.value import Command

Sign = Callable[..., Any]
"""Signs a method and a path: a key's `sign`, or one that spoils it."""


def request_of(endpoint: Endpoint) -> tuple[str, bytes]:
    """The target and the body of the example: what is not in the path is JSON in a body, or else the query."""
    path, values = endpoint.path, dict(endpoint.example)
    for name in tuple(values):
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", values.pop(name))
    if endpoint.held_in == "body":
        return path, json.dumps(values).encode()
    return f"{path}?{urlencode(values)}" if values else path, b""


def command_of(endpoint: Endpoint, sign: Sign, ip: str, values: Mapping[str, Any] | None = None) -> Command:
    """The command of the example, or of other values."""
    values = endpoint.example if values is None else values
    held = {name: values[name] for name in endpoint.names if values.get(name) is not None}
    sources: dict[str, Callable[[], Any]] = {
        "signed": lambda: sign(method=endpoint.method, path=endpoint.path),
        "parameters": lambda: held,
        "body": lambda: Body(held),
        "ip": lambda: ip,
    }
    names = endpoint.command.__struct_fields__
    return endpoint.command(*(sources.get(name, lambda name=name: values.get(camel(name), ""))() for name in names))


def wrong_values(endpoint: Endpoint) -> Iterator[dict[str, str | None]]:
    """Changes to the example, each of which makes one parameter wrong: it is absent, or no such word or number."""
    for parameter in endpoint.parameters:
        yield from ({parameter.name: value} for value in _wrong(parameter))


def _wrong(parameter: Parameter) -> Iterator[str | None]:
    if parameter.required:
        yield None
    if isinstance(parameter, Word | Whole):
        yield "bogus"
