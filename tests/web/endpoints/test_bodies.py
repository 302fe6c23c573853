"""Bodies that cannot be read: each is refused in its family's envelope, after the caller has been judged."""

from __future__ import annotations

import json
from typing import Final

import pytest
from support.desk import Key, groups_body, payment, refresh_body
from support.wire import FORM, JSON, NEW, REFRESH, WITHDRAWAL, Answer, Broker

UNREADABLE: Final = {
    "empty": b"",
    "blank": b"  \n",
    "cut off": b'{"a":',
    "a list": b"[]",
    "a number": b"1",
    "text": b'"text"',
    "null": b"null",
    "NaN": b"NaN",
    "NaN inside": b'{"amount":NaN}',
    "infinity": b'{"amount":-Infinity}',
    "an endless exponent": b'{"amount":1e99999999999999999999}',
    "a huge integer": b'{"amount":' + b"9" * 5_000 + b"}",
    "deep lists": b"[" * 60_000,
    "deep objects": b'{"a":' * 12_000,
    "deep and closed": b"[" * 30_000 + b"]" * 30_000,
    "not UTF-8": b'{"a":"\xff"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "half a pair": b'{"a":"\\ud800"}',
    "half a pair as a name": b'{"\\udfff":1}',
    "half a pair as bytes": b'{"a":"\xed\xa0\x80"}',
    "single quotes": b"{'a':1}",
    "a trailing comma": b'{"a":1,}',
    "two values": b"{}{}",
    "a control character": b'{"a":"\x01"}',
    "a form": b"a=1&b=2",
}
KINDS = ["", "text/plain", "application/jsonp", "application/x-www-form-urlencoded", "json", "\xff", ";", "*/*"]


def _added(broker: Broker, token: str, body: bytes, kind: str | None = "application/json") -> Answer:
    headers = {"authorization": f"bearer {token}"} | ({} if kind is None else {"content-type": kind})
    return broker.send("POST", NEW, body, headers)


def _withdrawn(broker: Broker, key: Key, body: bytes, kind: str | None = "application/json") -> Answer:
    headers = broker.headers(key, "POST", WITHDRAWAL, body)
    del headers["Content-Type"]
    return broker.send("POST", WITHDRAWAL, body, headers | ({} if kind is None else {"content-type": kind}))


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_body_that_is_no_json_object_is_refused_by_every_family(broker: Broker, body: bytes) -> None:
    """HTTP 400 with 400101, wrapped as the family wraps."""
    token, key = broker.tokens()["access_token"], broker.key()
    wrapped = '{"success":false,"code":"400101","msg":"Invalid request data.","retry":false}'
    for answer in (_added(broker, token, body), broker.send("POST", REFRESH, body, JSON)):
        assert (answer.status, answer.text) == (400, wrapped)
    answer = _withdrawn(broker, key, body)
    assert (answer.status, answer.text) == (400, '{"code":"400101","msg":"Invalid request data."}')


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_another_content_type_is_refused_where_the_page_prints_one(broker: Broker, kind: str | None) -> None:
    """s4.2 and s8.2 say application/json: anything else is a 415 with KuCoin's 415000."""
    added = _added(broker, broker.tokens()["access_token"], json.dumps(groups_body("API_SPOT").fields).encode(), kind)
    assert added.status == 415
    assert added.text == '{"success":false,"code":"415000","msg":"Unsupported Media Type","retry":false}'
    paid = _withdrawn(broker, broker.key(), json.dumps(payment()).encode(), kind)
    assert (paid.status, paid.text) == (415, '{"code":"415000","msg":"Unsupported Media Type"}')


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON", "application/json; charset=utf-8", " application/json ;x"]
)
def test_the_content_type_may_have_parameters(broker: Broker, kind: str) -> None:
    """Case and parameters of the media type do not matter (RFC 9110 s8.3.1)."""
    body = json.dumps(payment(), ensure_ascii=False).encode()
    assert _withdrawn(broker, broker.key(), body, kind).json()["code"] == "200000"


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data; boundary=x"])
def test_a_refresh_is_a_form_or_json(broker: Broker, kind: str) -> None:
    """H03: two encodings and no third."""
    answer = broker.send("POST", REFRESH, b"x", {"content-type": kind})
    assert (answer.status, answer.json()["code"]) == (415, "415000")


@pytest.mark.parametrize(
    ("form", "status", "text"),
    [
        (b"refresh_token=%ff&grant_type=a&scope=b", 400, "Invalid request data."),
        (b"refresh_token=\xff", 400, "Invalid request data."),
        (b"&".join(b"a%d=1" % number for number in range(101)), 400, "Invalid request data."),
        (b"scope=a&x=&scope=b", 400, "invalid_request: scope stands more than once"),
        (b"", 400, "invalid_request: grant_type is compulsory"),
        (b"grant_type=authorization_code&scope=&refresh_token=x", 400, "invalid_request: scope is compulsory"),
        (
            b"grant_type=authorization_code&scope=OAUTH_CREATE_API&refresh_token=%00",
            400,
            "invalid_grant: unknown refresh_token",
        ),
    ],
)
def test_a_form_is_read_strictly(broker: Broker, form: bytes, status: int, text: str) -> None:
    """Bytes that are no UTF-8, more fields than anyone needs and repeated names are refused."""
    answer = broker.send("POST", REFRESH, form, FORM)
    assert (answer.status, answer.json()["msg"]) == (status, text)


WRONG_TYPE = {
    "grant_type": "unsupported_grant_type: grant_type must be authorization_code",
    "scope": "invalid_scope: scope must be OAUTH_CREATE_API",
    "refresh_token": "invalid_grant: unknown refresh_token",
}


@pytest.mark.parametrize("value", [None, 1, True, ["x"], {"a": "b"}, ""])
@pytest.mark.parametrize("name", WRONG_TYPE)
def test_a_refresh_parameter_is_a_string(broker: Broker, name: str, value: object) -> None:
    """Null and nothing are as good as absent; of JSON of another type the answer says what is right."""
    body = {**(refresh_body("x").fields or {}), name: value}
    answer = broker.send("POST", REFRESH, json.dumps(body).encode(), JSON)
    absent = f"invalid_request: {name} is compulsory"
    assert (answer.status, answer.json()["msg"]) == (400, WRONG_TYPE[name] if value else absent)


def test_of_a_name_that_stands_twice_the_last_counts(broker: Broker) -> None:
    """JSON leaves it open (RFC 8259 s4); the simulator does what most parsers do."""
    token = broker.tokens()["access_token"]
    book = _added(
        broker, token, b'{"authGroupMap":{"API_SPOT":true},"isAddressbookOnly":false,"isAddressbookOnly":true}'
    )
    assert book.json()["msg"] == "isAddressbookOnly mismatch"
    spot = _added(broker, token, b'{"authGroupMap":{"API_SPOT":false,"API_SPOT":true}}')
    assert spot.json()["data"]["authGroup"] == "API_COMMON,API_SPOT"


def test_a_key_of_unknown_permissions_names_the_field(broker: Broker) -> None:
    """H16: 400100 says which part of authGroupMap cannot be understood."""
    token = broker.tokens()["access_token"]
    known = "API_COMMON, API_FUTURES, API_SPOT, API_EARN, API_TRANSFER, API_MARGIN, API_WITHDRAW_OAUTH"
    for body, text in {
        b"{}": "authGroupMap must be an object of permissions and booleans",
        b'{"authGroupMap":["API_SPOT"]}': "authGroupMap must be an object of permissions and booleans",
        b'{"authGroupMap":{"API_SPOT":"true"}}': "authGroupMap.API_SPOT must be true or false",
        b'{"authGroupMap":{"API_SPOT":1}}': "authGroupMap.API_SPOT must be true or false",
        b'{"authGroupMap":{"API_UNIFIED":true}}': f"authGroupMap.API_UNIFIED must be one of {known}",
        b'{"authGroupMap":{"API_SPOT":false}}': "authGroupMap must ask for at least one permission",
        b'{"authGroupMap":{"API_SPOT":true},"isAddressbookOnly":"false"}': "isAddressbookOnly must be true or false",
    }.items():
        answer = _added(broker, token, body)
        assert (answer.status, answer.json()["code"]) == (200, "400100")
        assert answer.json()["msg"] == f"Parameter Error: {text}"


@pytest.mark.parametrize("amount", ["100", "100.0", "100.000000", 100, "0100", 100.5])
def test_an_amount_is_a_string_or_a_number(broker: Broker, amount: object) -> None:
    """H36: both are seen in clients; the number is read exactly."""
    answer = broker.withdraw(broker.key("frank"), payment(amount=amount))
    assert answer.json()["data"].keys() == {"withdrawalId"}
    assert broker.balance("frank") == ("49887.95" if amount == 100.5 else "49888.5")


@pytest.mark.parametrize(
    "amount", [0, "0", -1, "-1", "1e2", True, [], {}, "", "NaN", "\N{ARABIC-INDIC DIGIT ONE}", " 100", "0x10", 1e300]
)
def test_what_is_no_positive_decimal_is_refused(broker: Broker, amount: object) -> None:
    """s8.2: "Must be a positive number"."""
    answer = broker.withdraw(broker.key(), payment(amount=amount))
    assert (answer.status, answer.json()["code"]) == (200, "400100")
    assert answer.json()["msg"].startswith("Parameter Error: amount ")
