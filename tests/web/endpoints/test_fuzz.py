"""Whatever arrives, an endpoint answers JSON in its family's shape, and never with an error of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk import START, Key, groups_body, payment, refresh_body
from support.wire import FORM, JSON, NEW, OLD, REFRESH, TOKEN, V1, WITHDRAWAL, Answer, Asgi, Broker, still_app

from simulator.web.endpoints.envelope import Family
from simulator.web.endpoints.table import ROUTES, Route

FAILED = ["success", "code", "msg", "retry"]
SHAPES: dict[Family, list[list[str]]] = {
    Family.TOKEN: [["access_token", "token_type", "expires_in", "refresh_token", "scope"], FAILED],
    Family.RESOURCE: [[*FAILED, "data"], FAILED],
    Family.OPENAPI: [["code", "data"], ["code", "msg"], ["msg", "code"]],
}
HEADERS = [
    *("authorization", "content-type", "kc-api-key", "kc-api-sign", "kc-api-timestamp", "kc-api-passphrase"),
    *(
        "kc-api-key-version",
        "kc-api-partner",
        "kc-api-partner-sign",
        "kc-api-partner-verify",
        "host",
        "transfer-encoding",
    ),
    *("origin", "accept", "expect", "content-length", "x-forwarded-for"),
]
PLAIN = settings(max_examples=80)
OF_EACH = settings(max_examples=80)
"""Of a test that is run for each endpoint: what they have in common comes a hundred times as often."""

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 10**30, 10**4000, 1e300, 5e-324, -0.0]),
    st.text(max_size=20),
    st.sampled_from(
        ["", "USDT", "ADDRESS", "UID", "MAIL", "PHONE", "INTERNAL", "100", "1e5", "+15550101", "a@b", "\x00", "😀"]
    ),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
header_values = st.binary(max_size=40).filter(lambda value: not set(value) & {0, 10, 13})


class Standing(NamedTuple):
    """A simulator at which everything that a broker needs has been made."""

    broker: Broker
    send: Asgi
    key: Key
    access: str
    refresh: str


@pytest.fixture(scope="module")
def standing(runner: asyncio.Runner) -> Standing:
    """One for all examples: none of them can spoil it for the next."""
    send = Asgi(still_app(), runner)
    broker = Broker(send, lambda: START)
    key, tokens = broker.key(), broker.tokens()
    return Standing(broker, send, key, tokens["access_token"], tokens["refresh_token"])


def _in_shape(answer: Answer, family: Family) -> bool:
    """Whether an answer is one that the family gives."""
    assert answer.headers["content-type"] == "application/json"
    assert answer.status < 500
    keys = list(answer.json())
    if answer.status in (404, 405):
        return keys == ["code", "msg", "retry", "success"]
    return keys in SHAPES[family]


def _mixed(good: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A good request with some of its fields spoilt, left out or joined by others."""
    spoilt = st.fixed_dictionaries({}, optional=dict.fromkeys(good, values))
    left_out = st.sets(st.sampled_from(sorted(good)), max_size=2)
    added = st.dictionaries(st.text(max_size=10), values, max_size=2)
    return st.builds(
        lambda changes, missing, more: {
            name: value for name, value in {**good, **changes, **more}.items() if name not in missing
        },
        spoilt,
        left_out,
        added,
    )


@pytest.mark.parametrize("endpoint", ROUTES, ids=lambda endpoint: endpoint.path)
@OF_EACH
@given(
    query=st.binary(max_size=60),
    headers=st.dictionaries(st.sampled_from(HEADERS), header_values, max_size=6),
    pieces=st.lists(st.binary(max_size=60), max_size=3),
)
def test_random_bytes_are_refused_in_shape(
    standing: Standing, endpoint: Route, query: bytes, headers: dict[str, bytes], pieces: list[bytes]
) -> None:
    """Any query, any header, any body, in any number of pieces."""
    raw = [(name.encode(), value) for name, value in headers.items()]
    target = endpoint.path.replace("{currency}", "USDT").encode() + b"?" + query
    assert _in_shape(standing.send.raw(endpoint.method, target, raw, [*pieces, b""]), endpoint.family)


@PLAIN
@given(st.text(st.characters(max_codepoint=255), min_size=1, max_size=12), st.text(max_size=12))
def test_random_methods_and_paths_are_refused_in_shape(standing: Standing, method: str, path: str) -> None:
    """Nothing below the exchange's paths is anything but JSON."""
    for prefix in ("/_oauth/", "/api/", "/api/v3/currencies/"):
        target = prefix.encode() + path.encode()
        assert _in_shape(standing.send.raw(method, target, []), Family.OPENAPI)


@PLAIN
@given(_mixed(payment(feeDeductType="INTERNAL", isInner=False, memo="", remark="", validation=None)))
def test_a_spoilt_withdrawal_is_answered_in_shape(standing: Standing, fields: dict[str, Any]) -> None:
    """Signed well, with fields of any type."""
    assert _in_shape(standing.broker.withdraw(standing.key, fields), Family.OPENAPI)


@PLAIN
@given(st.data())
def test_a_spoilt_validation_is_answered_in_shape(standing: Standing, data: st.DataObject) -> None:
    """The second request too, down to the fields of a factor."""
    factor = data.draw(_mixed({"factorType": "GAV", "factorValue": "123456"}))
    factors = data.draw(st.lists(st.just(factor) | values, max_size=3) | values)
    validation = data.draw(_mixed({"transactionId": "6" * 24, "factors": factors}) | values)
    answer = standing.broker.withdraw(standing.key, payment(), validation=validation)
    assert _in_shape(answer, Family.OPENAPI)


@PLAIN
@given(_mixed(dict(groups_body("API_SPOT").fields or {})), values)
def test_a_spoilt_key_request_is_answered_in_shape(standing: Standing, fields: dict[str, Any], groups: object) -> None:
    """With a good bearer and permissions of any type, at both endpoints."""
    headers = {**JSON, "authorization": f"bearer {standing.access}"}
    for body in (fields, {**fields, "authGroupMap": groups}):
        for path in (NEW, OLD):
            answer = standing.send("POST", path, json.dumps(body).encode(), headers)
            assert _in_shape(answer, Family.RESOURCE)


@PLAIN
@given(
    _mixed(dict(refresh_body("x").fields or {})), st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3)
)
def test_a_spoilt_refresh_is_answered_in_shape(
    standing: Standing, fields: dict[str, Any], more: dict[str, str]
) -> None:
    """As JSON and as a form."""
    assert _in_shape(standing.send("POST", REFRESH, json.dumps(fields).encode(), JSON), Family.TOKEN)
    form = urlencode({**{name: str(value)[:50] for name, value in fields.items()}, **more}).encode()
    assert _in_shape(standing.send("POST", REFRESH, form, FORM), Family.TOKEN)


@PLAIN
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["grant_type", "code", "redirect_uri", "client_id", "client_secret", "state", "", "\xe9"]),
            st.sampled_from(
                ["authorization_code", "demo-broker", "http://localhost:3000/callback", "", "%", "%ff", "a=b"]
            )
            | st.text(st.characters(max_codepoint=255, exclude_characters="#"), max_size=12),
        ),
        max_size=8,
    )
)
def test_a_spoilt_token_query_is_answered_in_shape(standing: Standing, pairs: list[tuple[str, str]]) -> None:
    """Names missing, doubled, empty, encoded or not."""
    query = "&".join(f"{name}={value}" for name, value in pairs)
    assert _in_shape(standing.send("GET", f"{TOKEN}?{query}"), Family.TOKEN)


@PLAIN
@given(
    st.recursive(st.text(max_size=4), lambda inner: st.builds(lambda a, b: f"{a}.{b}", inner, inner), max_leaves=5),
    values,
)
def test_what_looks_like_a_token_is_none(standing: Standing, text: str, claims: object) -> None:
    """Our own tokens with a claim changed, and texts with dots in them, are unknown."""
    head, body, tail = standing.access.split(".")
    for token in (text, f"{head}.{text}.{tail}", f"{head}.{body}.{text}", f"{head}.{body}", f"{claims}.{body}.{tail}"):
        fields = {**(refresh_body(token).fields or {})}
        answer = standing.send("POST", REFRESH, json.dumps(fields).encode(), JSON)
        assert _in_shape(answer, Family.TOKEN)
        assert answer.status == 400


@PLAIN
@given(
    st.sampled_from(["/authorizations", "/clock/advance", "/reset"]),
    _mixed(
        {
            "user": "alice",
            "client_id": "demo-broker",
            "redirect_uri": "http://localhost:3000/callback",
            "state": "s",
            "grant": [],
            "addressbook_only": False,
            "decision": "approve",
        }
    )
    | st.fixed_dictionaries({}, optional={"by": values, "to": values})
    | values,
)
def test_a_spoilt_control_call_is_answered_or_a_problem(runner: asyncio.Runner, path: str, body: object) -> None:
    """The control surface tells problems, and nothing else, in any of its calls."""
    answer = Asgi(still_app(), runner)("POST", V1 + path, json.dumps(body).encode(), JSON)
    expected = "application/json" if answer.status in (200, 201) else "application/problem+json"
    assert answer.headers["content-type"] == expected
    assert answer.status < 500
    assert isinstance(answer.json(), dict)


@PLAIN
@given(st.text(st.characters(max_codepoint=255), max_size=20), st.binary(max_size=20))
def test_random_control_paths_are_answered_or_a_problem(standing: Standing, path: str, query: bytes) -> None:
    """Any path and query below `/_sim`."""
    for prefix in ("/_sim/", "/_sim/v1/users/", "/_sim/v1/requests/", "/_sim/v1/users?limit="):
        answer = standing.send.raw("GET", prefix.encode() + path.encode("latin-1") + b"?" + query, [])
        assert answer.status < 500
        assert isinstance(answer.json(), dict)


def test_a_withdrawal_still_works(standing: Standing) -> None:
    """After all of this the simulator is as it was."""
    answer = standing.broker.signed(standing.key, "GET", "/api/v1/user/api-key")
    assert answer.json()["data"]["uid"] == 200_000_001
    assert WITHDRAWAL in {endpoint.path for endpoint in ROUTES}
