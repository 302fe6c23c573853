"""Every endpoint's success, byte for byte: order of the names, JSON types, envelope."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from support.answer_templates import fits
from support.demo_world import OWN_QUERY
from support.desk import START
from support.wire import DEMO, FORM, OLD, REFRESH, TOKEN, Answer, Asgi, Broker

TOKENS = (
    '{"access_token":"<jwt>","token_type":"bearer","expires_in":3600,"refresh_token":"<jwt>",'
    '"scope":["OAUTH_CREATE_API"]}'
)
ADDED = (
    '{"success":true,"code":"200","msg":"success","retry":false,"data":{"apiName":"demo-broker-<hex8>","apiKey":"<id>",'
    '"secret":"<uuid>","passphrase":"<hex16>","brokerId":"DEMOPARTNER","authGroup":"%s","ipWhiteList":"%s"}}'
)
ALL_GROUPS = "API_COMMON,API_FUTURES,API_SPOT,API_EARN,API_TRANSFER,API_MARGIN,API_WITHDRAW_OAUTH"
BTC = (
    '{"code":"200000","data":{"currency":"BTC","name":"BTC","fullName":"Bitcoin","precision":8,"confirms":null,'
    '"contractAddress":null,"isMarginEnabled":true,"isDebitEnabled":true,"chains":['
    '{"chainName":"BTC","withdrawalMinSize":"0.001","withdrawMinSize":"0.001","depositMinSize":"0.0002",'
    '"withdrawFeeRate":"0","withdrawalMinFee":"0.0005","withdrawMinFee":"0.0005","isWithdrawEnabled":true,'
    '"isDepositEnabled":true,"confirms":3,"preConfirms":1,"contractAddress":"","withdrawPrecision":8,'
    '"maxWithdraw":null,"maxDeposit":null,"needTag":false,"chainId":"btc",'
    '"addressRegex":"^[13][1-9A-HJ-NP-Za-km-z]{25,34}$|^bc1[02-9ac-hj-np-z]{11,71}$|^BC1[02-9AC-HJ-NP-Z]{11,71}$",'
    '"memoRegex":""}%s]}}'
)
OTHER_WAYS = (
    ',{"chainName":"Lightning Network","withdrawalMinSize":"0.00001","withdrawMinSize":"0.00001",'
    '"depositMinSize":"0.00001","withdrawFeeRate":"0","withdrawalMinFee":"0.000015","withdrawMinFee":"0.000015",'
    '"isWithdrawEnabled":true,"isDepositEnabled":true,"confirms":1,"preConfirms":1,"contractAddress":"",'
    '"withdrawPrecision":8,"maxWithdraw":null,"maxDeposit":"0.03","needTag":false,"chainId":"btcln",'
    '"addressRegex":"^lnbc[0-9a-z]{50,1000}$|^LNBC[0-9A-Z]{50,1000}$","memoRegex":""},'
    '{"chainName":"KCC","withdrawalMinSize":"0.0008","withdrawMinSize":"0.0008","depositMinSize":null,'
    '"withdrawFeeRate":"0","withdrawalMinFee":"0.00002","withdrawMinFee":"0.00002","isWithdrawEnabled":true,'
    '"isDepositEnabled":true,"confirms":20,"preConfirms":20,'
    '"contractAddress":"0xfa93c12cd345c658bc4644d1d4e1b9615952258c","withdrawPrecision":8,"maxWithdraw":null,'
    '"maxDeposit":null,"needTag":false,"chainId":"kcc","addressRegex":"^0x[0-9a-fA-F]{40}$","memoRegex":""},'
    '{"chainName":"BTC-Segwit","withdrawalMinSize":"0.0008","withdrawMinSize":"0.0008","depositMinSize":"0.0002",'
    '"withdrawFeeRate":"0","withdrawalMinFee":"0.0005","withdrawMinFee":"0.0005","isWithdrawEnabled":false,'
    '"isDepositEnabled":true,"confirms":2,"preConfirms":2,"contractAddress":"","withdrawPrecision":8,'
    '"maxWithdraw":null,"maxDeposit":null,"needTag":false,"chainId":"bech32",'
    '"addressRegex":"^bc1[02-9ac-hj-np-z]{11,71}$|^BC1[02-9AC-HJ-NP-Z]{11,71}$","memoRegex":""}'
)


def _is_json(answer: Answer, number: int, remaining: str = "") -> bool:
    """The head of every answer: what it is, how long, where its journal entry is; of /api, what is left of the pool."""
    head = {"content-type": "application/json", "content-length": str(len(answer.body))}
    if remaining:
        head |= {"gw-ratelimit-limit": "2000", "gw-ratelimit-remaining": remaining, "gw-ratelimit-reset": "30000"}
    return (answer.status, answer.headers) == (200, {**head, "x-sim-entry": f"default/{number}"})


def test_the_token_answer_is_five_bare_fields(broker: Broker) -> None:
    """s7.2: no envelope; `scope` a list, `expires_in` a number."""
    answer = broker.exchange(broker.authorize())
    assert fits(TOKENS, answer.body)
    assert _is_json(answer, 2)


@pytest.mark.parametrize("redirect_uri", [OWN_QUERY, "http://127.0.0.1:8080/demo/callback"])
def test_a_redirect_uri_goes_raw_through_the_token_call(broker: Broker, redirect_uri: str) -> None:
    """s7.2: "don't encode the redirect URL", also one with a query of its own in the middle of ours."""
    code = broker.authorize(redirect_uri=redirect_uri)
    target = f"{TOKEN}?grant_type=authorization_code&redirect_uri={redirect_uri}&client_id=demo-broker&code={code}"
    assert fits(TOKENS, broker.send("GET", target).body)


def test_the_refresh_answer_is_a_new_pair_in_the_same_shape(broker: Broker) -> None:
    """s7.3: the same five fields from JSON and from a form; no token comes twice."""
    seen = [broker.tokens()]
    answer = broker.refresh(seen[-1]["refresh_token"])
    assert fits(TOKENS, answer.body)
    assert _is_json(answer, 3)
    seen.append(answer.json())
    form = f"grant_type=authorization_code&refresh_token={seen[-1]['refresh_token']}&scope=OAUTH_CREATE_API"
    answer = broker.send("POST", REFRESH, form.encode(), FORM)
    assert fits(TOKENS, answer.body)
    seen.append(answer.json())
    assert len({pair[name] for pair in seen for name in ("access_token", "refresh_token")}) == 6


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (ALL_GROUPS, ALL_GROUPS),
        ("API_WITHDRAW_OAUTH,API_MARGIN,API_COMMON", "API_COMMON,API_MARGIN,API_WITHDRAW_OAUTH"),
        ("API_SPOT", "API_COMMON,API_SPOT"),
    ],
)
def test_the_new_endpoint_answers_seven_fields_in_its_envelope(broker: Broker, asked: str, given: str) -> None:
    """s4.2: `code` the string 200, `authGroup` one string in the page's order."""
    answer = broker.add_key(broker.tokens()["access_token"], *asked.split(","))
    assert fits(ADDED % (given, ""), answer.body)
    assert _is_json(answer, 3)


def test_the_old_endpoint_answers_the_same_without_a_body(broker: Broker) -> None:
    """s4.1: no parameters; the six groups of the sample."""
    token = broker.tokens()["access_token"]
    answer = broker.send("POST", OLD, headers={"authorization": f"bearer {token}"})
    assert fits(ADDED % (ALL_GROUPS.removesuffix(",API_WITHDRAW_OAUTH"), ""), answer.body)
    assert _is_json(answer, 3)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"", "application/x-www-form-urlencoded"), (b"{}", "application/json"), (b"\xff", "application/json")],
)
def test_the_old_endpoint_reads_no_body(broker: Broker, body: bytes, kind: str) -> None:
    """s4.1 "no parameter needed": whatever comes along is not looked at."""
    token = broker.tokens()["access_token"]
    answer = broker.send("POST", OLD, body, {"authorization": f"Bearer {token}", "content-type": kind})
    assert answer.json()["code"] == "200"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", None, 200),
        (b"", "application/json; charset=utf-8", 200),
        (b"{}", None, 415),
        (b"", "x/y", 415),
        (b"\xff", "x/y", 415),
    ],
)
def test_the_old_endpoint_takes_json_and_forms(broker: Broker, body: bytes, kind: str | None, status: int) -> None:
    """A body of another type, or of none, is 415; where there is neither body nor type, nothing can be wrong."""
    headers = {"authorization": f"Bearer {broker.tokens()['access_token']}"}
    answer = broker.send("POST", OLD, body, headers if kind is None else {**headers, "content-type": kind})
    assert answer.status == status


def test_trading_addresses_are_one_string_in_both_spellings(wired: Callable[..., Broker]) -> None:
    """`ipWhiteList` when the key is made, `ipWhitelist` when it is asked about; the latter is absent without a list."""
    client = replace(DEMO.clients["demo-broker"], trading_ips=("203.0.113.7", "203.0.113.8"))
    broker = wired(DEMO.put(client))
    answer = broker.add_key(broker.tokens()["access_token"], "API_SPOT")
    assert fits(ADDED % ("API_COMMON,API_SPOT", "203.0.113.7,203.0.113.8"), answer.body)
    info = broker.signed(broker.key(), "GET", "/api/v1/user/api-key").json()["data"]
    assert info["ipWhitelist"] == "203.0.113.7,203.0.113.8"
    assert "ipWhitelist" not in wired().signed(wired().key(), "GET", "/api/v1/user/api-key").text


def test_a_challenge_and_a_withdrawal_have_exactly_their_fields(broker: Broker) -> None:
    """s8.2: three names in the challenge, one in the success, in the envelope of /api without `msg`."""
    key = broker.key()
    challenge = broker.withdraw(key)
    template = '{"code":"200000","data":{"transactionId":"<id>","allFactors":[["GAV","EMV"]],"sentFactors":[["EMV"]]}}'
    assert fits(template, challenge.body)
    assert _is_json(challenge, 4, "1995")
    paid = broker.withdraw(key, validation=broker.validation("alice", challenge.json()["data"]))
    assert fits('{"code":"200000","data":{"withdrawalId":"<id>"}}', paid.body)
    assert _is_json(paid, 5, "1990")
    assert broker.balance() == "999888.5"


def test_alternatives_are_lists_of_lists(broker: Broker) -> None:
    """H42: each alternative keeps its place in both lists."""
    template = (
        '{"code":"200000","data":{"transactionId":"<id>","allFactors":[["SMS"],["GAV","EMV"]],'
        '"sentFactors":[["SMS"],["EMV"]]}}'
    )
    assert fits(template, broker.withdraw(broker.key("carol")).body)


def test_a_user_without_factors_to_prove_is_paid_at_once(broker: Broker) -> None:
    """H42: an empty alternative needs nothing."""
    answer = broker.withdraw(broker.key("frank", "API_COMMON", "API_WITHDRAW_OAUTH"))
    assert fits('{"code":"200000","data":{"withdrawalId":"<id>"}}', answer.body)


def test_the_time_is_a_number_of_milliseconds(broker: Broker) -> None:
    """The wall clock, an integer, no key needed."""
    answer = broker.send("GET", "/api/v1/timestamp")
    assert answer.body == f'{{"code":"200000","data":{START}}}'.encode()
    assert _is_json(answer, 1, "1997")


def test_a_key_tells_what_it_is(broker: Broker) -> None:
    """`apiVersion`, `createdAt` and `uid` are numbers, `isMaster` a boolean; the OAuth withdrawal has no word."""
    answer = broker.signed(broker.key("alice", *ALL_GROUPS.split(",")), "GET", "/api/v1/user/api-key")
    template = (
        '{"code":"200000","data":{"remark":"demo-broker-<hex8>","apiKey":"<id>","apiVersion":3,'
        '"permission":"General,Futures,Spot,Earn,InnerTransfer,Transfer,Margin",'
        f'"createdAt":{START},"uid":200000001,"isMaster":true,"region":"SC","kycStatus":1,"siteType":"global"}}}}'
    )
    assert fits(template, answer.body)
    assert _is_json(answer, 4, "1980")


@pytest.mark.parametrize(
    ("query", "currencies"),
    [
        ("", ["BTC", "USDT"]),
        ("?currency=USDT", ["USDT"]),
        ("?type=main", ["BTC", "USDT"]),
        ("?currency=BTC&type=main", ["BTC"]),
        ("?type=trade", []),
        ("?currency=DOGE", []),
        ("?currency=", ["BTC", "USDT"]),
    ],
)
def test_accounts_are_a_bare_list_of_strings(broker: Broker, query: str, currencies: list[str]) -> None:
    """Five strings an account; `currency` and `type` choose."""
    line = '{"id":"<id>","currency":"%s","type":"main","balance":"%s","available":"%s","holds":"0"}'
    owned = {"BTC": "100", "USDT": "1000000"}
    lines = ",".join(line % (currency, owned[currency], owned[currency]) for currency in currencies)
    answer = broker.signed(broker.key(), "GET", f"/api/v1/accounts{query}")
    assert fits(f'{{"code":"200000","data":[{lines}]}}', answer.body)


def test_money_on_hold_is_told(wired: Callable[..., Broker]) -> None:
    """`available` is `balance` less `holds` while a withdrawal is under way."""
    broker = wired(settlement="manual")
    key = broker.key("frank")
    broker.withdraw(key)
    answer = broker.signed(key, "GET", "/api/v1/accounts")
    template = (
        '{"code":"200000","data":[{"id":"<id>","currency":"USDT","type":"main","balance":"50000",'
        '"available":"49888.5","holds":"111.5"}]}'
    )
    assert fits(template, answer.body)


@pytest.mark.parametrize(
    ("query", "chains"),
    [("", OTHER_WAYS), ("?chain=btc", ""), ("?currency=BTC", OTHER_WAYS), ("?currency=BTC&chain=btc", "")],
)
def test_a_currency_has_both_spellings_of_its_limits(send: Asgi, query: str, chains: str) -> None:
    """The live twins `withdrawal...` and `withdraw...`; a path variable that comes again in the query does no harm."""
    assert send("GET", f"/api/v3/currencies/BTC{query}").body == (BTC % chains).encode()


def test_the_same_calls_give_the_same_bytes(wired: Callable[..., Broker]) -> None:
    """Two simulators with one seed cannot be told apart; with another seed, tokens and secrets are others."""

    def story(broker: Broker) -> list[bytes]:
        tokens = broker.tokens()
        added = broker.add_key(tokens["access_token"])
        key = broker.key()
        return [added.body, broker.refresh(tokens["refresh_token"]).body, broker.withdraw(key).body]

    assert story(wired()) == story(wired())
    assert not set(story(wired())[:2]) & set(story(wired(replace(DEMO, seed=1)))[:2])
