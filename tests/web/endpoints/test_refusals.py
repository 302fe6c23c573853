"""Each family says no in its own envelope, and a refusal on the wire is only its status, code and text."""

from __future__ import annotations

import json
from collections.abc import Callable
from string import Formatter

import pytest
from msgspec.structs import replace
from support.desk import payment, token_query
from support.wire import DEMO, JSON, NEW, OLD, REFRESH, TOKEN, Answer, Broker

from simulator.core.choices import DEFAULTS
from simulator.core.refusals import OF_THE_SERVER, Reason, Refusal
from simulator.web.endpoints.envelope import Family, refused


def _order(answer: Answer) -> list[str]:
    return list(answer.json())


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.name)
def test_every_reason_is_spelled_in_every_envelope(reason: Reason) -> None:
    """The names and their order are the family's, the status and the code are the reason's, and no hole is left."""
    denial = reason.denial
    details = {name: f"<{name}>" for _, name, _, _ in Formatter().parse(denial.text) if name}
    code, text = denial.code or DEFAULTS.unpublished_code, denial.text.format(**details)
    bare = {"code": code, "msg": text}
    shapes: dict[Family, dict[str, object]] = {
        Family.TOKEN: {"success": False, "code": code, "msg": text, "retry": False},
        Family.RESOURCE: {"success": False, "code": code, "msg": text, "retry": False},
        Family.OPENAPI: {"msg": text, "code": code} if denial.status == 200 else {**bare},
    }
    if reason in OF_THE_SERVER:
        shapes = {family: {**bare, "retry": False, "success": False} for family in Family}
    for family, shape in shapes.items():
        answer = refused(family, Refusal(reason, keep=None, **details), DEFAULTS)
        assert (answer.status, answer.content_type) == (denial.status, b"application/json")
        assert answer.body == json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_code_that_nobody_published_is_the_scenarios(wired: Callable[..., Broker]) -> None:
    """H00: one shared code stands for all of them, and a scenario may choose it."""
    answer = wired(unpublished_code="123").exchange("none")
    assert answer.body == b'{"success":false,"code":"123","msg":"invalid_grant: unknown code","retry":false}'


def _token(broker: Broker, **changes: str) -> Answer:
    names = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "http://localhost:3000/callback"}
    query = {**names, "client_id": "demo-broker", **changes}
    return broker.send("GET", f"{TOKEN}?" + "&".join(f"{name}={value}" for name, value in query.items() if value))


TOKEN_REFUSALS = [
    ({"client_id": "nobody"}, "invalid_client: unknown client_id"),
    ({"client_id": ""}, "invalid_request: client_id is compulsory"),
    ({"client_secret": "wrong"}, "invalid_client: client_secret is wrong or missing"),
    ({"grant_type": "password"}, "unsupported_grant_type: grant_type must be authorization_code"),
    ({"grant_type": ""}, "invalid_request: grant_type is compulsory"),
    ({"code": ""}, "invalid_request: code is compulsory"),
    ({"redirect_uri": ""}, "invalid_request: redirect_uri is compulsory"),
    ({"code": "x&code=y"}, "invalid_request: code stands more than once"),
    ({}, "invalid_grant: unknown code"),
]


@pytest.mark.parametrize(("changes", "text"), TOKEN_REFUSALS)
def test_the_token_call_says_no_with_an_rfc_6749_name(broker: Broker, changes: dict[str, str], text: str) -> None:
    """H10: HTTP 400, the envelope of the resources, and a text that begins with the standard's name."""
    answer = _token(broker, **changes)
    assert (answer.status, answer.text) == (400, f'{{"success":false,"code":"999999","msg":"{text}","retry":false}}')


@pytest.mark.parametrize(("changes", "text"), TOKEN_REFUSALS)
def test_a_scenario_may_want_the_standards_own_error_body(
    wired: Callable[..., Broker], changes: dict[str, str], text: str
) -> None:
    """`oauth_error_body: rfc6749` answers `error` and `error_description` (RFC 6749 s5.2)."""
    error, _, description = text.partition(": ")
    answer = _token(wired(oauth_error_body="rfc6749"), **changes)
    assert (answer.status, answer.text) == (400, f'{{"error":"{error}","error_description":"{description}"}}')


def test_the_standards_error_body_is_only_for_the_token_calls(wired: Callable[..., Broker]) -> None:
    """The switch reaches token and refresh, bodies that cannot be read included; keys and /api keep their envelopes."""
    broker = wired(oauth_error_body="rfc6749")
    body = broker.send("POST", REFRESH, b"[", JSON)
    assert body.text == '{"error":"invalid_request","error_description":"Invalid request data."}'
    assert broker.refresh("x").text == '{"error":"invalid_grant","error_description":"unknown refresh_token"}'
    assert _order(broker.send("POST", NEW)) == ["success", "code", "msg", "retry"]
    assert _order(broker.send("POST", "/api/v2/broker/withdrawal")) == ["code", "msg"]
    assert _order(broker.send("POST", TOKEN)) == ["code", "msg", "retry", "success"]


def test_a_used_code_a_used_token_and_a_wrong_place_are_told_apart(broker: Broker) -> None:
    """The grant's own refusals, in the order in which a broker meets them."""
    code = broker.authorize()
    other = broker.send("GET", f"{TOKEN}?{token_query(code, 'http://127.0.0.1:9/callback')}")
    assert other.json()["msg"] == "invalid_grant: redirect_uri is not the one used at login"
    tokens = broker.exchange(code).json()
    assert broker.exchange(code).json()["msg"] == "invalid_grant: the code has been used"
    broker.refresh(tokens["refresh_token"])
    assert broker.refresh(tokens["refresh_token"]).json()["msg"] == "invalid_grant: the refresh_token has been used"
    assert broker.refresh(tokens["access_token"]).json()["msg"] == "invalid_grant: unknown refresh_token"


@pytest.mark.parametrize("path", [NEW, OLD])
@pytest.mark.parametrize(
    ("bearer", "code", "text"),
    [
        (None, "400401", "Authorization is required."),
        ("", "400401", "Authorization is required."),
        ("bearer", "400401", "Authorization is required."),
        ("bearer  ", "400401", "Authorization is required."),
        ("Basic YTpi", "400401", "Authorization is required."),
        ("bearer nonsense", "400400", "Invalid authorization token."),
        ("bearer a.b.c", "400400", "Invalid authorization token."),
        ("bearer \xff\xfe", "400400", "Invalid authorization token."),
    ],
)
def test_a_bad_bearer_is_a_401(broker: Broker, path: str, bearer: str | None, code: str, text: str) -> None:
    """H11: missing and wrong bearers have the gateway's two codes in the envelope of the resources."""
    headers = JSON if bearer is None else {**JSON, "authorization": bearer}
    answer = broker.send("POST", path, b"{}", headers)
    assert answer.status == 401
    assert answer.text == f'{{"success":false,"code":"{code}","msg":"{text}","retry":false}}'


def test_a_key_that_cannot_be_made_is_a_business_refusal(broker: Broker) -> None:
    """s4: HTTP 200, `success` false; the printed text keeps its typographic apostrophe as UTF-8."""
    at_limit = broker.add_key(broker.tokens("dave")["access_token"])
    assert at_limit.status == 200
    text = "The number of user\N{RIGHT SINGLE QUOTATION MARK}s apiKey reaches to the maximum level"
    assert at_limit.body == f'{{"success":false,"code":"999999","msg":"{text}","retry":false}}'.encode()
    token = broker.tokens("alice", grant=["API_SPOT"])["access_token"]
    more = broker.add_key(token, "API_SPOT", "API_EARN")
    assert more.text == '{"success":false,"code":"40503","msg":"authGroupMap mismatch: API_EARN","retry":false}'
    book = broker.add_key(token, "API_SPOT", book_only=True)
    assert book.text == '{"success":false,"code":"40503","msg":"isAddressbookOnly mismatch","retry":false}'
    assert (more.status, book.status) == (200, 200)


def test_a_repeated_name_is_a_business_refusal(wired: Callable[..., Broker]) -> None:
    """s4: a client with a fixed `api_name` meets the first of the two printed errors on its second key."""
    broker = wired(DEMO.put(replace(DEMO.clients["demo-broker"], api_name="fixed")))
    broker.key()
    answer = broker.add_key(broker.tokens()["access_token"])
    assert answer.status == 200
    assert answer.text == '{"success":false,"code":"999999","msg":"Repeated apiName","retry":false}'


@pytest.mark.parametrize(
    ("user", "changes", "code", "text"),
    [
        ("erin", {}, "411100", "User is frozen"),
        ("alice", {"amount": None}, "400100", "Parameter Error: amount is compulsory"),
        ("alice", {"amount": "2.9"}, "400100", "The withdrawal amount is below the minimum requirement."),
        ("alice", {"amount": "10000000"}, "115007", "Insufficient account balance"),
        ("alice", {"chain": "doge"}, "900014", "Invalid chainId"),
        ("alice", {"currency": "DOGE", "chain": None}, "999999", "The currency does not exist."),
        ("alice", {"memo": "x"}, "400100", "Incorrect withdrawal address"),
        ("alice", {"amount": "3.0000001"}, "999999", "The amount increment is invalid."),
    ],
)
def test_a_business_refusal_of_the_withdrawal_has_msg_first(
    broker: Broker, user: str, changes: dict[str, object], code: str, text: str
) -> None:
    """HTTP 200, two names, `msg` before `code`, as captured."""
    answer = broker.withdraw(broker.key(user), payment(**changes))
    assert (answer.status, answer.text) == (200, f'{{"msg":"{text}","code":"{code}"}}')


def test_a_user_without_a_second_factor_gets_the_link(broker: Broker) -> None:
    """s8.1: the text as printed, with our own link at its end and nothing after it."""
    answer = broker.withdraw(broker.key("bob"))
    assert (answer.status, _order(answer), answer.json()["code"]) == (200, ["msg", "code"], "999999")
    assert answer.json()["msg"] == (
        "You need to bind more factors to continue this operation. Please visit the following link: "
        "http://127.0.0.1:8080/account/security/g2fa"
    )


def test_too_many_withdrawals_by_account_are_a_429(broker: Broker) -> None:
    """s8.2: the fourth request within 10 s by UID, MAIL or PHONE meets the gateway's limit."""
    key = broker.key()
    to_bob = payment(withdrawType="UID", address="200000002", chain=None)
    statuses = [broker.withdraw(key, to_bob).status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert broker.withdraw(key, to_bob).text == '{"code":"429000","msg":"Too Many Requests"}'


def test_a_wrong_answer_and_a_used_transaction_are_business_refusals(broker: Broker) -> None:
    """H44: a wrong code, another body, and a transaction that is paid."""
    key = broker.key()
    challenge = broker.withdraw(key).json()["data"]
    right = broker.validation("alice", challenge)
    wrong = {**right, "factors": [{**each, "factorValue": "x"} for each in right["factors"]]}
    refusals = [
        broker.withdraw(key, validation=wrong),
        broker.withdraw(key, payment(amount="101"), validation=right),
        broker.withdraw(key, validation={**right, "factors": right["factors"][:1]}),
    ]
    assert broker.withdraw(key, validation=right).json()["data"].keys() == {"withdrawalId"}
    refusals.append(broker.withdraw(key, validation=right))
    assert [refusal.status for refusal in refusals] == [200] * 4
    assert [refusal.json()["msg"] for refusal in refusals] == [
        "The verification code is incorrect.",
        "The request differs from the one of the validation transaction: amount",
        "The validation needs all factors of one group of allFactors.",
        "The validation transaction does not exist.",
    ]
    assert {_order(refusal)[0] for refusal in refusals} == {"msg"}


def test_the_reason_never_leaves_the_journal(broker: Broker) -> None:
    """What was expected and received is in the entry, and not on the wire."""
    answer = broker.withdraw(broker.key(), payment(amount="10000000"))
    diagnosis = broker.entry(answer)["diagnosis"]
    assert diagnosis["expected"] == "10000000 USDT in main"
    assert diagnosis["received"] == "1000000 USDT"
    assert "1000000" not in answer.text
