"""What `/_sim` tells of itself: operations, reasons and the format of scenarios, as the tables have them."""

from __future__ import annotations

from collections.abc import Callable

from support.wire import V1, Asgi, Broker

from simulator.core.endpoints import CALLS, OPERATIONS
from simulator.core.refusals import Reason
from simulator.scenario.keys.json_schema import schema
from simulator.web.endpoints.table import ROUTES, SITE, find


def test_every_operation_is_told(send: Asgi) -> None:
    """In the order of the table, with what a fault can name; what no client asks for has no place and no faults."""
    told = {each["name"]: each for each in send("GET", f"{V1}/operations").json()["operations"]}
    assert list(told) == [each.name for each in OPERATIONS.values()]
    assert told["refresh_tokens"]["fields"] == ["grant_type", "refresh_token", "scope"]
    assert {name for name, each in told.items() if each["faults"]} == set(CALLS)
    for name, each in told.items():
        reasons = CALLS[name].refusals if name in CALLS else set()
        assert {Reason[reason] for reason in each["reasons"]} == reasons
    assert told["pass_time"] == {
        "name": "pass_time",
        "section": "H52",
        "method": None,
        "path": None,
        "fields": [],
        "reasons": [],
        "faults": False,
    }


def test_every_operation_of_a_client_has_its_place(send: Asgi) -> None:
    """A method and a path that are served."""
    told = send("GET", f"{V1}/operations").json()["operations"]
    places = {each["name"]: (each["method"], each["path"]) for each in told if each["faults"]}
    for method, path in places.values():
        found = find(path)
        assert method in found if found else path in SITE
    assert places["verify_withdrawal"] == places["withdraw"] == ("POST", "/api/v2/broker/withdrawal")
    assert {(each.method, each.path) for each in ROUTES} < set(places.values())


def test_every_reason_is_told(wired: Callable[..., Broker]) -> None:
    """In order of precedence, as it looks on the wire, with its evidence and where it can be staged."""
    send = wired(unpublished_code="777777").send
    told = {each["name"]: each for each in send("GET", f"{V1}/reasons").json()["reasons"]}
    assert list(told) == [reason.name for reason in Reason]
    assert told["PARAMETER_INVALID"] == {
        "name": "PARAMETER_INVALID",
        "meaning": "a parameter is missing or malformed",
        "code": "400100",
        "published": True,
        "status": 200,
        "text": "Parameter Error: {field} {problem}",
        "rule": "s8.2",
        "grade": "inferred",
        "operations": [name for name, call in CALLS.items() if Reason.PARAMETER_INVALID in call.refusals],
        "details": ["field", "problem"],
    }
    assert (told["CODE_USED"]["code"], told["CODE_USED"]["published"]) == ("777777", False)
    assert told["IP_NOT_ALLOWED"]["details"] == []


def test_the_schema_is_served(send: Asgi) -> None:
    """Under its own media type, the one that `kucoin-simulator schema` prints."""
    answer = send("GET", f"{V1}/schema/scenario.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/schema+json")
    assert answer.json() == schema()
