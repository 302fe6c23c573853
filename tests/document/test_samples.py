"""Each JSON sample that the page prints, against what the simulator sends: names, order, types, envelope.

Some samples are no JSON. What is mended in them stands beside them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.desk import query
from support.json_samples import differences, mended
from support.wire import FORM, JSON, NEW, OLD, Broker

GROUPS = "API_COMMON,API_FUTURES,API_SPOT,API_EARN,API_TRANSFER,API_MARGIN"
UNQUOTED = (f'"authGroup": {GROUPS},', f'"authGroup": "{GROUPS}",')
"""A list without brackets or quotes: one string, as an earlier edition prints it."""

ADDED_OLD = mended(
    """
{
    "success": true,
    "code": "200",
    "msg": "success",
    "retry": false,
    "data": {
        "apiName": "",
        "apiKey": "",
        "secret": "",
        "passphrase": "",
        "brokerId": "",
        "authGroup": API_COMMON,API_FUTURES,API_SPOT,API_EARN,API_TRANSFER,API_MARGIN,
        "ipWhiteList": ""
    }
}
""",
    UNQUOTED,
)
"""s4.1."""
ASKED_NEW = mended(
    """
{
"authGroupMap": {
"API_COMMON": true,
"API_SPOT": true,
"API_MARGIN": true,
"API_FUTURES": true,
"API_EARN": true,
"API_TRANSFER": true,
"API_WITHDRAW_OAUTH": false
},
"isAddressbookOnly": false
}
"""
)
"""s4.2, the request."""
ADDED_NEW = mended(
    """
{
"success": true,
"code": "200",
"msg": "success",
"retry": false,
"data": {
"apiName": "",
"apiKey": "",
"secret": "",
"passphrase": "",
"brokerId": "",
"authGroup": API_COMMON,API_FUTURES,API_SPOT,API_EARN,API_TRANSFER,API_MARGIN,
"ipWhiteList": ""
}
}
""",
    UNQUOTED,
)
"""s4.2, the answer."""
AUTHORIZED = mended(
    """
    "success": true,
    "code": "668*********c711",
    "msg": "success.",
    "retry": false,
    "data": null
   "state": XXX
""",
    ('\n    "success"', '{"success"'),
    ("null\n", "null,\n"),
    ('"state": XXX\n', '"state": "XXX"}'),
)
"""s7.1."""
TOKENS = mended(
    """
    "access_token":"",
    "token_type":"bearer"
    "expires_in":3600,
    "refresh_token":,
    "scope": ["", ""]
}
""",
    ('\n    "access_token"', '{"access_token"'),
    ('"bearer"\n', '"bearer",\n'),
    ('"refresh_token":,', '"refresh_token":"",'),
)
"""s7.2, without its comments."""
REFRESHED = mended(
    """
    "access_token":"",
    "token_type":"bearer",
    "expires_in":3600,
    "refresh_token":,
    "scope": [""OAUTH_CREATE_API""]
}
""",
    ('\n    "access_token"', '{"access_token"'),
    ('"refresh_token":,', '"refresh_token":"",'),
    ('""OAUTH_CREATE_API""', '"OAUTH_CREATE_API"'),
)
"""s7.3, without its comments."""
CHALLENGE = mended(
    """
    "code": "200000",
    "data": {
        "transactionId": "sample transactionId",
        "allFactors": [
            ["GAV", "EMV"]
        ],
        "sentFactors": [
            ["EMV"]
        ]
    }
}
""",
    ('\n    "code"', '{"code"'),
)
"""s8.2 "Get 2FA factors response"."""
WITHDRAWN = mended(
    """
{
    "code": "200000",
    "data": {
        "withdrawalId": "sample withdrawalId"
    }
}
"""
)
"""s8.2 "withdraw success response"; printed a second time without its opening brace."""


def _words(sample: dict[str, Any], *names: str) -> list[Any]:
    return [sample[name] for name in names]


def test_the_old_endpoint_answers_the_sample(broker: Broker) -> None:
    """s4.1: the same envelope, the same seven names, and the very groups of the sample in their order."""
    token = broker.tokens()["access_token"]
    sent = broker.send("POST", OLD, headers={**JSON, "Authorization": f"bearer {token}"}).json()
    assert differences(ADDED_OLD, sent) == []
    envelope = ("success", "code", "msg", "retry")
    assert _words(sent, *envelope) == _words(ADDED_OLD, *envelope)
    assert sent["data"]["authGroup"] == ADDED_OLD["data"]["authGroup"] == GROUPS


def test_the_sample_request_makes_the_sample_answer(broker: Broker) -> None:
    """s4.2: what the page sends is accepted as it stands and answered as it stands."""
    token = broker.tokens()["access_token"]
    headers = {**JSON, "Authorization": f"bearer {token}"}
    sent = broker.send("POST", NEW, json.dumps(ASKED_NEW).encode(), headers).json()
    assert differences(ADDED_NEW, sent) == []
    envelope = ("success", "code", "msg", "retry")
    assert _words(sent, *envelope) == _words(ADDED_NEW, *envelope)
    assert sent["data"]["authGroup"] == ADDED_NEW["data"]["authGroup"] == GROUPS


def test_the_login_answers_the_sample_to_who_asks_for_json(broker: Broker) -> None:
    """s7.1: six names, where `code` is the authorization code, and it buys tokens."""
    form = b"step=consent&identity=alice&decision=approve"
    answer = broker.send("POST", f"/oauth?{query(state='XXX')}", form, {**FORM, "accept": "application/json"})
    sent = answer.json()
    assert differences(AUTHORIZED, sent) == []
    names = ("success", "msg", "retry", "data", "state")
    assert _words(sent, *names) == _words(AUTHORIZED, *names)
    assert len(sent["code"]) == 24
    assert broker.exchange(sent["code"]).status == 200


def test_the_token_call_answers_the_sample(broker: Broker) -> None:
    """s7.2: bare, five names in their order, a list of scopes."""
    sent = broker.exchange(broker.authorize()).json()
    assert differences(TOKENS, sent) == []
    assert _words(sent, "token_type", "expires_in") == _words(TOKENS, "token_type", "expires_in")


def test_the_refresh_call_answers_the_sample(broker: Broker) -> None:
    """s7.3: the same five names, with the one scope there is."""
    sent = broker.refresh(broker.tokens()["refresh_token"]).json()
    assert differences(REFRESHED, sent) == []
    names = ("token_type", "expires_in", "scope")
    assert _words(sent, *names) == _words(REFRESHED, *names) == ["bearer", 3600, ["OAUTH_CREATE_API"]]


def test_the_withdrawal_answers_both_samples(broker: Broker) -> None:
    """s8.2: the sample's own factors for a user who has these two, then the withdrawal."""
    key = broker.key()
    sent = broker.withdraw(key).json()
    assert differences(CHALLENGE, sent) == []
    assert _words(sent["data"], "allFactors", "sentFactors") == _words(CHALLENGE["data"], "allFactors", "sentFactors")
    paid = broker.withdraw(key, validation=broker.validation("alice", sent["data"])).json()
    assert differences(WITHDRAWN, paid) == []
    assert (sent["code"], paid["code"]) == (CHALLENGE["code"], WITHDRAWN["code"])


@pytest.mark.parametrize(
    ("sample", "sent"),
    [
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": None}, {"a": ""}),
        ([["x"]], [["x"], "x"]),
        ([["x"]], [[]]),
        ({"a": {"b": [1]}}, {"a": {"b": [1.0]}}),
    ],
)
def test_a_difference_is_seen(sample: object, sent: object) -> None:
    """The comparison itself tells types, order, missing and additional names apart."""
    assert differences(sample, sent)
    assert not differences(sample, sample)
