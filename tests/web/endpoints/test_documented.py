"""The exchange's document holds nothing that is not declared or answered: no parameter and no field too many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from support.broker_pro import earning
from support.openapi_document import walk
from support.wire import Asgi, Broker

from simulator.core.choices import DEFAULTS
from simulator.core.endpoint import NO_PARAMETERS, camel
from simulator.web.endpoints.schemas.document import document
from simulator.web.endpoints.table import ROUTES, Route

DOCUMENT: Final = document(DEFAULTS)
SCHEMAS: Final = DOCUMENT["components"]["schemas"]
HIST: Final = ("currency", "createAt", "amount", "walletTxId", "isInner", "status")
SELDOM: Final = {
    ("get_api_key_info", "data.ipWhitelist"),
    *(("list_hist_deposits", f"data.items.{name}") for name in HIST),
    *(("list_hist_withdrawals", f"data.items.{name}") for name in (*HIST, "address")),
}
"""Fields that an answer can do without, and that those of the walk have not: its world begins after 2019-02-18."""


def properties(schema: Any, place: str = "") -> Iterator[str]:
    """The places of all fields that a schema names, with dots; a row of a list stands where the list does."""
    for part in schema.get("anyOf", ()):
        yield from properties(part, place)
    if "items" in schema:
        yield from properties(schema["items"], place)
    for name, inner in schema.get("properties", {}).items():
        yield f"{place}{name}"
        yield from properties(inner, f"{place}{name}.")


def maps(schema: Any, place: str = "") -> Iterator[str]:
    """The beginnings of places that are no fields, because the names in a map are values."""
    if isinstance(schema.get("additionalProperties"), dict):
        yield place
    for name, inner in schema.get("properties", {}).items():
        yield from maps(inner, f"{place}{name}.")


def fields(value: Any, place: str = "") -> Iterator[str]:
    """The places of all fields of an answer."""
    if isinstance(value, list):
        for row in value:
            yield from fields(row, place)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield f"{place}{name}"
            yield from fields(inner, f"{place}{name}.")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_what_is_asked_is_what_is_declared(route: Route) -> None:
    """The parameters of path, query and body are those of the declaration, and all of them."""
    described = DOCUMENT["paths"][route.path][route.method.lower()]
    asked = {parameter["name"] for parameter in described.get("parameters", ())}
    if "requestBody" in described:
        asked |= SCHEMAS[f"{route.name}.request"]["properties"].keys()
    declared: set[str] = set()
    for endpoint in route.endpoints:
        own = {name for name in endpoint.command.__struct_fields__ if name not in NO_PARAMETERS}
        declared |= {*endpoint.names, *map(camel, own)}
    assert asked == declared


def test_every_field_of_a_reply_is_answered(broker: Broker) -> None:
    """Each field that the document names of a reply stands in an answer of the whole flow, and so does no other."""
    answered: dict[str, set[str]] = {}
    assert isinstance(broker.send, Asgi)
    exchange = broker.send.app.desk.exchange
    exchange.world = earning(exchange.world)
    for name, answer in walk(broker):
        answered.setdefault(name, set()).update(fields(answer.json()))
    for route in ROUTES:
        seldom = {field for name, field in SELDOM if name == route.name}
        schema = SCHEMAS[f"{route.name}.reply"]
        places = tuple(maps(schema))
        named = {field for field in answered[route.name] if not (places and field.startswith(places))}
        assert set(properties(schema)) == named | seldom, route.name
