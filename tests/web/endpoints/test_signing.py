"""What a signature covers on the wire, who is judged before what, and what headers and queries may not do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from support.desk import Key, hmac_sha256, payment
from support.wire import DEMO, JSON, NEW, TOKEN, WITHDRAWAL, Answer, Asgi, Broker

from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS

ACCOUNTS = "/api/v1/accounts"
PUBLIC = ("/api/v1/timestamp", "/api/v3/currencies/USDT")


def _code(answer: Answer) -> str:
    return str(answer.json()["code"])


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(payment(), separators=(",", ":")).encode(),
        json.dumps(payment(), indent=4).encode(),
        b" \n" + json.dumps(payment()).encode() + b"\n ",
        json.dumps(payment(remark="für Zoë 😀"), ensure_ascii=False).encode(),
        json.dumps(payment(remark="für Zoë 😀")).encode(),
    ],
    ids=["compact", "indented", "with blanks around", "UTF-8", "escaped"],
)
def test_the_bytes_that_were_sent_are_what_is_signed(broker: Broker, body: bytes) -> None:
    """Clients write JSON in many ways: the signature is over the body as it came, never over a copy of ours."""
    key = broker.key("frank")
    assert _code(broker.signed(key, "POST", WITHDRAWAL, body)) == "200000"
    headers = broker.headers(key, "POST", WITHDRAWAL, body)
    assert _code(broker.send("POST", WITHDRAWAL, body + b" ", headers)) == "400005"


@pytest.mark.parametrize("value", ["USDT", "a b", "a+b", "ü€", "a%2Fb", "a=b", "!@#11"])
def test_a_query_is_signed_decoded(broker: Broker, value: str) -> None:
    """The signing page wants the query decoded; a signature over what is sent is 400005 as soon as that differs."""
    key = broker.key()
    sent, decoded = f"{ACCOUNTS}?currency={quote(value)}", f"{ACCOUNTS}?currency={value}"
    assert _code(broker.send("GET", sent, headers=broker.headers(key, "GET", decoded))) == "200000"
    as_sent = broker.send("GET", sent, headers=broker.headers(key, "GET", sent))
    assert _code(as_sent) == ("200000" if sent == decoded else "400005")
    assert _code(broker.send("GET", sent, headers=broker.headers(key, "GET", ACCOUNTS))) == "400005"


def test_the_diagnosis_names_the_encoded_query(broker: Broker) -> None:
    """Who signs what is sent is told so, with both texts."""
    target = f"{ACCOUNTS}?currency=USDT%2CBTC"
    entry = broker.entry(broker.send("GET", target, headers=broker.headers(broker.key(), "GET", target)))
    signature = entry["diagnosis"]["signature"]
    assert signature["recipe"] == ["percent-encoded-query"]
    assert "the percent-encoded query, as it was sent, and not the decoded one" in entry["diagnosis"]["found"][0]
    assert signature["right"].endswith(f"GET{ACCOUNTS}?currency=USDT,BTC")
    assert signature["signed"].endswith(f"GET{target}")


SIGNED = tuple(endpoint for endpoint in ENDPOINTS if endpoint.permission is not None)


@pytest.mark.parametrize("endpoint", SIGNED, ids=lambda endpoint: endpoint.command.__name__)
def test_every_signed_call_wants_the_decoded_query(broker: Broker, endpoint: Endpoint) -> None:
    """No call is lenient: of every signed one the encoded query is 400005 and the decoded one gets past the signature.

    Partner headers and the prefix of a workspace change nothing of it.
    """
    key = broker.key()
    assert endpoint.call
    method, _, path = endpoint.call.partition(" ")
    path = re.sub(r"{\w+}", "x", path)
    sent, plain = f"{path}?note=a%2Cb+c", f"{path}?note=a,b c"
    partner = {"KC-API-PARTNER": "nobody", "KC-API-PARTNER-VERIFY": "true", "KC-API-PARTNER-SIGN": "x"}
    for prefix in ("", "/w/default"):
        for more in ({}, partner):
            wrong = broker.send(method, prefix + sent, headers={**broker.headers(key, method, sent), **more})
            assert _code(wrong) == "400005"
            right = broker.send(method, prefix + sent, headers={**broker.headers(key, method, plain), **more})
            assert _code(right) != "400005"
    with_prefix = broker.headers(key, method, f"/w/default{sent}")
    assert _code(broker.send(method, f"/w/default{sent}", headers=with_prefix)) == "400005"


def test_a_question_mark_without_a_query_is_not_signed(broker: Broker) -> None:
    """Some clients end every URL with `?`."""
    headers = broker.headers(broker.key(), "GET", ACCOUNTS)
    assert _code(broker.send("GET", f"{ACCOUNTS}?", headers=headers)) == "200000"
    assert _code(broker.send("GET", "/api/v1/timestamp?")) == "200000"


def test_a_get_may_have_a_body_and_then_it_is_signed(broker: Broker) -> None:
    """A body on a GET is read by nothing but the signature."""
    key = broker.key()
    assert _code(broker.signed(key, "GET", ACCOUNTS, b"{}")) == "200000"
    assert _code(broker.send("GET", ACCOUNTS, b"{}", broker.headers(key, "GET", ACCOUNTS))) == "400005"
    code = broker.authorize()
    query = (
        f"grant_type=authorization_code&code={code}&redirect_uri=http://localhost:3000/callback&client_id=demo-broker"
    )
    assert broker.send("GET", f"{TOKEN}?{query}", b"grant_type=password&\xff", JSON).status == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "GET"}, "400005"),
        ({"path": "/api/v1/accounts"}, "400005"),
        ({"secret": "wrong"}, "400004"),
        ({"passphrase": "wrong"}, "400004"),
        ({"api_key": "wrong"}, "400003"),
    ],
)
def test_a_signature_holds_for_one_request_of_one_key(broker: Broker, change: dict[str, str], code: str) -> None:
    """Another method, path, secret, passphrase or key is refused with its own code."""
    key = broker.key()
    known = {"api_key": key.api_key, "secret": key.secret, "passphrase": key.passphrase}
    other = Key(**{name: change.get(name, value) for name, value in known.items()})
    body = json.dumps(payment()).encode()
    headers = broker.headers(other, change.get("method", "POST"), change.get("path", WITHDRAWAL), body)
    assert _code(broker.send("POST", WITHDRAWAL, body, headers)) == code


def _headers(broker: Broker, key: Key, body: bytes, **changes: str | None) -> dict[str, str]:
    headers = {name.lower(): value for name, value in broker.headers(key, "POST", WITHDRAWAL, body).items()}
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in {**headers, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"kc_api_key": None}, 400, "400001"),
        ({"kc_api_sign": ""}, 400, "400001"),
        ({"kc_api_timestamp": None}, 400, "400001"),
        ({"kc_api_passphrase": None, "kc_api_key_version": "1"}, 400, "400001"),
        ({"kc_api_key_version": "1", "kc_api_timestamp": "0"}, 400, "400008"),
        ({"kc_api_key_version": None, "kc_api_timestamp": "0"}, 400, "400009"),
        ({"kc_api_timestamp": "0", "kc_api_key": "x"}, 400, "400002"),
        ({"kc_api_key": "x", "kc_api_passphrase": "x"}, 401, "400003"),
        ({"kc_api_passphrase": "x", "kc_api_sign": "x"}, 401, "400004"),
        ({"kc_api_sign": "x"}, 401, "400005"),
    ],
)
def test_the_gateway_judges_in_its_order_and_before_the_body(
    broker: Broker, changes: dict[str, str | None], status: int, code: str
) -> None:
    """H32: headers, version, timestamp, key, passphrase, signature; a body that is no JSON waits its turn."""
    headers = _headers(broker, broker.key(), b"\xff", content_type="text/plain", **changes)
    answer = broker.send("POST", WITHDRAWAL, b"\xff", headers)
    assert (answer.status, _code(answer)) == (status, code)


def test_the_permission_comes_before_the_body_too(broker: Broker) -> None:
    """A key that may not withdraw learns so, whatever it sends; one that may learns of the body."""
    weak, strong = broker.key("alice", "API_SPOT"), broker.key()
    answer = broker.signed(weak, "POST", WITHDRAWAL, b"[")
    assert (answer.status, _code(answer)) == (403, "400007")
    assert _code(broker.signed(strong, "POST", WITHDRAWAL, b"[")) == "400101"


def test_the_bearer_comes_before_the_body(broker: Broker) -> None:
    """H11: a caller without a token hears of the token, not of the content type or the JSON."""
    answer = broker.send("POST", NEW, b"\xff", {"authorization": "bearer x", "content-type": "text/plain"})
    assert (answer.status, _code(answer)) == (401, "400400")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_endpoints_ignore_signatures(send: Asgi, path: str) -> None:
    """Clients sign everything, with an empty key if they have none; nothing there is looked at."""
    headers = {
        "KC-API-KEY": "",
        "KC-API-SIGN": hmac_sha256("", f"0GET{path}".encode()),
        "KC-API-TIMESTAMP": "0",
        "KC-API-PASSPHRASE": hmac_sha256("", b""),
        "KC-API-KEY-VERSION": "2",
        "KC-API-PARTNER": "somebody",
        "KC-API-PARTNER-VERIFY": "true",
        "Authorization": "bearer x",
    }
    assert _code(send("GET", path, headers=headers)) == "200000"


def test_a_partner_of_its_own_name_passes(broker: Broker, wired: Callable[..., Broker]) -> None:
    """H35: SDKs send their own name with VERIFY; ours is checked, theirs is noted, and a scenario may refuse it."""
    key, client = broker.key(), DEMO.clients["demo-broker"]
    stamp = str(broker.now())
    signed = {
        **broker.headers(key, "GET", ACCOUNTS),
        "KC-API-PARTNER": client.partner,
        "KC-API-PARTNER-SIGN": hmac_sha256(client.broker_key, f"{stamp}{client.partner}{key.api_key}".encode()),
        "KC-API-PARTNER-VERIFY": "true",
    }
    assert _code(broker.send("GET", ACCOUNTS, headers=signed)) == "200000"
    wrong = {**signed, "KC-API-PARTNER-SIGN": "x"}
    assert broker.send("GET", ACCOUNTS, headers=wrong).text == '{"code":"400201","msg":"Invalid KC-API-PARTNER-SIGN"}'
    assert _code(broker.send("GET", ACCOUNTS, headers={**wrong, "KC-API-PARTNER-VERIFY": "false"})) == "200000"
    theirs = broker.send("GET", ACCOUNTS, headers={**wrong, "KC-API-PARTNER": "ccxt"})
    assert _code(theirs) == "200000"
    assert broker.entry(theirs)["notes"] == ["KC-API-PARTNER 'ccxt' is nobody here; it passes (H35)"]
    strict = wired(unknown_partner="refuse")
    strict.key()
    assert _code(strict.send("GET", ACCOUNTS, headers={**wrong, "KC-API-PARTNER": "ccxt"})) == "400200"


NAMES = ["kc-api-key", "kc-api-sign", "kc-api-timestamp", "kc-api-passphrase", "kc-api-key-version"]


@pytest.mark.parametrize("name", [*NAMES, "kc-api-partner", "host", "content-type", "authorization", "x-nonsense"])
@pytest.mark.parametrize("value", [b"\xff\xfe", "ü€😀".encode(), b"\x80", b"", b" ", b"9" * 70_000])
def test_any_bytes_in_a_header_are_only_a_wrong_value(broker: Broker, name: str, value: bytes) -> None:
    """Headers are bytes (RFC 9110 s5.5): what is no ASCII is refused or ignored, never an error of ours."""
    key = broker.key()
    headers = [
        (known.lower().encode(), text.encode())
        for known, text in broker.headers(key, "GET", ACCOUNTS).items()
        if known.lower() != name
    ]
    assert isinstance(broker.send, Asgi)
    answer = broker.send.raw("GET", ACCOUNTS.encode(), [*headers, (name.encode(), value)])
    assert (_code(answer) == "200000") is (name not in NAMES)
    assert answer.status in (200, 400, 401)


JUNK = [
    "%zz",
    "%",
    "%ff",
    "%00",
    "&&&",
    "=",
    "=x",
    "a",
    "\x00",
    "\xff\xfe",
    ";",
    "a=1;b=2",
    "?",
    "#",
    "x=" + "y" * 100_000,
]


@pytest.mark.parametrize(
    "junk", [*JUNK, "&".join(f"p{number}=1" for number in range(10_000))], ids=range(len(JUNK) + 1)
)
def test_junk_in_a_query_is_ignored_where_nothing_reads_it(broker: Broker, junk: str) -> None:
    """Public and signed endpoints answer; the token endpoint says what it misses."""
    assert _code(broker.send("GET", f"/api/v3/currencies/USDT?{junk}")) == "200000"
    assert _code(broker.signed(broker.key(), "GET", f"{ACCOUNTS}?currency=USDT")) == "200000"
    answer = broker.send("GET", f"{TOKEN}?{junk}")
    assert (answer.status, answer.json()["msg"]) == (400, "invalid_request: grant_type is compulsory")
    answer = broker.send("GET", f"{TOKEN}?{junk}&client_id=nobody")
    assert (answer.status, answer.json()["success"]) == (400, False)


def test_an_account_type_is_one_of_six(broker: Broker) -> None:
    """main, trade, option, margin, isolated and trade_hf; another word is none of the range."""
    key = broker.key()
    kinds = ("main", "trade", "option", "margin", "isolated", "trade_hf")
    assert {_code(broker.signed(key, "GET", f"{ACCOUNTS}?type={kind}")) for kind in kinds} == {"200000"}
    answer = broker.signed(key, "GET", f"{ACCOUNTS}?type=MAIN")
    assert answer.text == '{"msg":"not in the given range!","code":"400100"}'
    assert broker.entry(answer)["diagnosis"]["found"] == [f"type must be one of {', '.join(kinds)}: received 'MAIN'."]
