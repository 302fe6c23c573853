"""The exchange's OpenAPI document says what the exchange does: no more, no less."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import pytest
from openapi_spec_validator import validate
from support.openapi_document import Document, schemas, walk
from support.processes import python
from support.refusal_cases import CASES
from support.wire import Answer, Asgi, Broker, control

from simulator.core.choices import DEFAULTS, Choices
from simulator.core.endpoints import OPERATIONS
from simulator.core.refusals import Reason, Refusal
from simulator.core.staged import names_in
from simulator.web.endpoints.envelope import Family, refused
from simulator.web.endpoints.schemas.document import document, reasons_of
from simulator.web.endpoints.table import ROUTES, Route

DOCUMENT = Document(document(DEFAULTS))
BY_NAME = {route.name: route for route in ROUTES}
ASKED_AT = {endpoint.name: route for route in ROUTES for endpoint in route.endpoints}
"""Where each operation is asked for."""


@cache
def described_by(choices: Choices) -> Document:
    """The document of a world with these choices."""
    return Document(document(choices))


def problems(endpoint: Route, answer: Any, described: Document = DOCUMENT) -> list[str]:
    """What of an answer the document does not say: of one off the wire, or one that is still to be sent."""
    content_type = answer.headers["content-type"] if isinstance(answer, Answer) else answer.content_type.decode()
    return described.problems(endpoint.method, endpoint.path, answer.status, answer.body, content_type)


def test_it_is_valid_and_served(send: Asgi) -> None:
    """OpenAPI 3.1, at /openapi.json, as JSON."""
    answer = send("GET", "/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == json.loads(json.dumps(DOCUMENT.data))
    validate(answer.json())


def test_it_is_made_when_it_is_asked_for() -> None:
    """A start imports nothing of it."""
    code = "import simulator.web.server, sys; print([name for name in sys.modules if 'openapi' in name])"
    assert python(code).strip() == "[]"


def test_it_has_the_endpoints_and_no_others() -> None:
    """Each row of the table that serves, with the reply of each of its operations."""
    assert set(DOCUMENT.operations) == {(each.method, each.path) for each in ROUTES}
    assert ASKED_AT.keys() <= {each.name for each in OPERATIONS.values()}


def test_every_answer_is_a_closed_object() -> None:
    """No answer may have a field that the document does not name; every code and status is a constant."""
    components = DOCUMENT.data["components"]["schemas"]
    answers = {name: each for name, each in components.items() if not name.endswith(".request")}
    assert [each for each in schemas(answers) if each["additionalProperties"] is not False] == []
    refusals = [each for each in answers.values() if each.get("title") in Reason.__members__]
    assert len(refusals) > 60
    assert [each["title"] for each in refusals if "const" not in each["properties"]["code"]] == []


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("body", ["kucoin", "rfc6749"])
def test_every_reason_of_an_operation_is_there(name: str, body: Literal["kucoin", "rfc6749"]) -> None:
    """Each with its status, code and text, as the envelope spells it, in both ways that a scenario can choose."""
    choices = Choices(unpublished_code="777777", oauth_error_body=body)
    endpoint, described = BY_NAME[name], described_by(choices)
    given = reasons_of(BY_NAME[name])
    assert {reason for each in endpoint.endpoints for reason in each.refusals} <= set(given)
    for reason in given:
        refusal = Refusal(reason, keep=None, **dict.fromkeys(names_in(reason), "any\nthing"))
        assert problems(endpoint, refused(endpoint.family, refusal, choices), described) == []


@pytest.mark.parametrize("name", BY_NAME)
def test_no_other_reason_is_there(name: str) -> None:
    """A refusal that the operation cannot give is none of its answers, if its status, code and text are its own."""
    endpoint = BY_NAME[name]
    given = reasons_of(BY_NAME[name])
    told = {(each.denial.status, each.denial.code, each.denial.text) for each in given}
    for reason in Reason:
        denial = reason.denial
        if (denial.status, denial.code, denial.text) in told or names_in(reason):
            continue
        assert problems(endpoint, refused(endpoint.family, Refusal(reason, keep=None), DEFAULTS)), reason.name


@pytest.mark.parametrize("name", [name for name in CASES if name in ASKED_AT])
def test_every_refusal_for_cause_is_in_it(name: str) -> None:
    """What a bad request earns is one of the operation's answers."""
    for defect in CASES[name].defects:
        desk, command = CASES[name].refused(defect)
        refusal = desk.refusal(command)
        endpoint, choices = ASKED_AT[name], desk.world.choices
        described = described_by(choices)
        assert problems(endpoint, refused(endpoint.family, refusal, choices), described) == [], refusal.reason


def test_every_reply_is_in_it(broker: Broker) -> None:
    """The answers of the whole flow, of every endpoint, and each is a success."""
    seen = []
    for name, answer in walk(broker):
        assert problems(BY_NAME[name], answer) == [], name
        assert "success" not in answer.json() or answer.json()["success"] is True, name
        seen.append(name)
    assert set(seen) == BY_NAME.keys()


def test_a_world_with_other_choices_has_its_own(wired: Callable[..., Broker]) -> None:
    """The shared code and the body of a token error are those of the workspace that is asked."""
    broker = wired(unpublished_code="123", oauth_error_body="rfc6749")
    described = Document(broker.send("GET", "/openapi.json").json())
    answer = broker.exchange("none")
    assert answer.json()["error"] == "invalid_grant"
    assert problems(BY_NAME["exchange_code"], answer, described) == []
    assert problems(BY_NAME["exchange_code"], answer) != []


def test_a_workspace_has_its_prefix(send: Asgi) -> None:
    """The paths of a workspace's documents stand behind its prefix, those of the default one behind none."""
    control(send, "/workspaces", {"name": "mine"})
    for path in ("/openapi.json", "/_sim/v1/openapi.json"):
        assert send("GET", path).json()["servers"] == [{"url": "/"}]
        assert send("GET", f"/w/mine{path}").json()["servers"] == [{"url": "/w/mine"}]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"token_type":"bearer",', b""),
        (b'"expires_in":3600', b'"expires_in":"3600"'),
        (b'"bearer"', b'"Bearer"'),
        (b"}", b',"more":1}'),
    ],
)
def test_a_wrong_answer_is_noticed(broker: Broker, old: bytes, new: bytes) -> None:
    """A field that is missing, of another type, another word, or one too many is no answer of the document."""
    good = broker.exchange(broker.authorize())
    wrong = Answer(good.status, good.headers, good.body.replace(old, new))
    assert wrong.body != good.body
    assert problems(BY_NAME["exchange_code"], wrong)


def test_envelopes_are_told_apart() -> None:
    """The same reason in another family's envelope is no answer of an endpoint."""
    answer = refused(Family.RESOURCE, Refusal(Reason.SIGNATURE_INVALID, keep=None), DEFAULTS)
    assert problems(BY_NAME["withdraw"], answer)
