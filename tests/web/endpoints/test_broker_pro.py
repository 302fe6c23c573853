"""Broker Pro on the wire: exact bytes, and the file that a link leads to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace
from support.broker_pro import TRADES, earning
from support.desk import START, Key
from support.wire import DEMO, OPERATOR, V1, Answer, Asgi, Broker, control, still_app
from support.workspaces import made, served_by

from simulator.clock import ClockSettings
from simulator.core.endpoint import PRO
from simulator.core.endpoints import ENDPOINTS
from simulator.core.spec import DAY, HOUR
from simulator.web.endpoints.spelling.broker import places
from simulator.web.server import LocalServer

COMMISSION = "/api/v2/broker/queryMyCommission"
USERS = "/api/v2/broker/queryUser"
TRANSACTIONS = "/api/v2/broker/queryDetailByUid"
OLD = "/api/v1/broker/api/rebase/download"
NEW = "/api/v2/broker/api/rebate/download"
DAYS = "begin=20260501&end=20260601"
HEADER = "tradeTime,uid,tradeType,tag,volume,fee,commission,currency\r\n"
FILE = (
    f"{HEADER}2026-05-29T00:00:00.000Z,200000001,SPOT,DEMOPARTNER,1000,1,0.4,USDT\r\n"
    "2026-05-30T01:00:00.000Z,200000002,SPOT,,200.5,0.2,0.08,USDT\r\n"
    "2026-05-31T00:00:00.000Z,200000001,SPOT,DEMOPARTNER,7,0.007,0.0028,USDC\r\n"
)


@pytest.fixture
def earns(wired: Callable[..., Broker]) -> Broker:
    """The demo world with trades."""
    return wired(earning(DEMO))


def ask(broker: Broker, target: str, key: Key = OPERATOR) -> Answer:
    return broker.signed(key, "GET", target)


def link(broker: Broker, target: str = f"{NEW}?{DAYS}&tradeType=SPOT", key: Key = OPERATOR) -> str:
    url: str = ask(broker, target, key).json()["data"]["url"]
    return url


def at(url: str) -> str:
    """What stands in the request line."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize("target", [COMMISSION, USERS])
def test_nothing_yet(broker: Broker, target: str) -> None:
    """A new broker without trades and users gets an empty page."""
    assert ask(broker, target).text == (
        '{"code":"200000","data":{"currentPage":1,"pageSize":10,"totalNum":0,"totalPage":0,"items":[]}}'
    )


def test_no_transactions_yet(broker: Broker) -> None:
    """An empty list, not an empty page."""
    assert ask(broker, TRANSACTIONS).text == '{"code":"200000","data":[]}'


def test_commission(earns: Broker) -> None:
    """The fields of the sample in its order; counts and amounts are texts; `page` is asked, `currentPage` answered."""
    assert ask(earns, f"{COMMISSION}?siteType=all&tradeType=all&rebateType=0&page=2&pageSize=1").text == (
        '{"code":"200000","data":{"currentPage":2,"pageSize":1,"totalNum":3,"totalPage":3,"items":[{'
        '"siteType":"global","rebateType":0,"payoutTime":null,'
        f'"periodStartTime":{START - 2 * DAY - 8 * HOUR},"periodEndTime":{START - DAY - 8 * HOUR - 1},"status":1,'
        '"totalTradeUser":"1","tagUser":"1","tagTradeVolume":"5000.0000","tagCommission":"1.2000","invitedUser":"1",'
        '"noTagTradeVolume":"200.5000","noTagCommission":"0.0800","totalCommission":"1.2800","currency":"USDT"}]}}'
    )


def test_users(earns: Broker) -> None:
    """All 21 fields; the futures volumes stand under both of their names."""
    assert ask(earns, f"{USERS}?tradeType=all&uid=200000002").text == (
        '{"code":"200000","data":{"currentPage":1,"pageSize":10,"totalNum":1,"totalPage":1,"items":[{'
        '"uid":"200000002","nickName":"+15550101","registrationTime":1767225600000,"rateUp":false,'
        '"totalCommission":"1.2800","totalTradingVolume":"5200.5000","totalFee":"3.2000","invitedByMe":true,'
        '"rcode":"rDemo1","tags":"DEMOPARTNER","spotTradingVolumeWithTag":"0.0000",'
        '"futureTradingVolumeWithTag":"5000.0000","tradingFeeWithTag":"3.0000","commissionWithTag":"1.2000",'
        '"spotTradingVolumeWithoutTag":"200.5000","futureTradingVolumeWithoutTag":"0.0000",'
        '"tradingFeeWithoutTag":"0.2000","commissionWithoutTag":"0.0800","currency":"USDT",'
        '"futuresTradingVolumeWithTag":"5000.0000","futuresTradingVolumeWithoutTag":"0.0000"}]}}'
    )


def test_transactions(earns: Broker) -> None:
    """A bare list; what a trade has not is null, and it is `WithNoTag` here."""
    assert ask(earns, f"{TRANSACTIONS}?uid=200000002&pageSize=500").text == (
        '{"code":"200000","data":['
        f'{{"tradeTime":{START - 2 * DAY + HOUR},"uid":"200000002","nickName":"+15550101","invitedByMe":true,'
        '"totalCommission":"0.0800","totalVolume":"200.5000","totalFee":"0.2000","rcode":"rDemo1",'
        '"spotTradingVolumeWithTag":null,"futureTradingVolumeWithTag":null,"tradingFeeWithTag":null,'
        '"commissionWithTag":null,"spotTradingVolumeWithNoTag":"200.5000","futureTradingVolumeWithNoTag":null,'
        '"tradingFeeWithNoTag":"0.2000","commissionWithNoTag":"0.0800","currency":"USDT","lastId":"3"},'
        f'{{"tradeTime":{START - 2 * DAY},"uid":"200000002","nickName":"+15550101","invitedByMe":true,'
        '"totalCommission":"1.2000","totalVolume":"5000.0000","totalFee":"3.0000","rcode":"rDemo1",'
        '"spotTradingVolumeWithTag":null,"futureTradingVolumeWithTag":"5000.0000","tradingFeeWithTag":"3.0000",'
        '"commissionWithTag":"1.2000","spotTradingVolumeWithNoTag":null,"futureTradingVolumeWithNoTag":null,'
        '"tradingFeeWithNoTag":null,"commissionWithNoTag":null,"currency":"USDT","lastId":"2"}]}'
    )


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.0000"),
        ("3", "3.0000"),
        ("2.953", "2.9530"),
        ("0.0007", "0.0007"),
        ("0.00070", "0.0007"),
        ("0.002331", "0.002331"),
        ("1E+3", "1000.0000"),
    ],
)
def test_places(amount: str, text: str) -> None:
    """Four decimal places at least, as in the samples, and no digit is lost."""
    assert places(Decimal(amount)) == text


@pytest.mark.parametrize("target", [OLD, NEW, COMMISSION, USERS, TRANSACTIONS])
def test_another_key_is_no_brokers(earns: Broker, target: str) -> None:
    """600100, a business error: HTTP 200 with `msg` first; nothing was asked of the parameters yet."""
    answer = ask(earns, f"{target}?tradeType=%00", earns.key())
    assert (answer.status, answer.text) == (200, '{"msg":"broker not exists","code":"600100"}')


def test_a_wrong_parameter_is_named(earns: Broker) -> None:
    """400100, in the text of every other call."""
    assert ask(earns, f"{NEW}?{DAYS}").text == '{"msg":"Parameter Error: tradeType is compulsory","code":"400100"}'
    assert ask(earns, f"{COMMISSION}?pageSize=501").text == (
        '{"msg":"Parameter Error: pageSize should not greater than 500","code":"400100"}'
    )


def test_a_file_that_is_not_ready(wired: Callable[..., Broker]) -> None:
    """100001 until the delay has passed, then the link."""
    broker = wired(rebate_delay=60_000)
    target = f"{OLD}?{DAYS}&tradeType=1"
    assert ask(broker, target).text == '{"msg":"rebate file is being downloaded, try later","code":"100001"}'
    control(broker.send, "/clock/advance", {"by": "1m"})
    assert "_file.csv?" in link(broker, target)


# --- the file
def test_the_file(earns: Broker) -> None:
    """Whoever has the link gets the trades as CSV, without a key, whatever `Host` says; nothing is written down."""
    url = link(earns)
    assert url.startswith("http://127.0.0.1:8080/broker/6a1ccb80")
    before = earns.send("GET", f"{V1}/requests").json()["requests"]
    for headers in ({}, {"host": "s3.example"}, {"origin": "https://elsewhere.example"}):
        answer = earns.send("GET", at(url), b"", headers)
        assert (answer.status, answer.headers["content-type"], answer.text) == (200, "text/csv", FILE)
    assert earns.send("GET", f"{V1}/requests").json()["requests"] == before


def test_an_empty_file_has_its_header(earns: Broker) -> None:
    """Days without trades are a file, too."""
    url = link(earns, f"{OLD}?begin=20260101&end=20260102&tradeType=2")
    assert earns.send("GET", at(url)).text == HEADER


def test_a_link_dies_after_a_day(earns: Broker) -> None:
    """403 and S3's XML from the tick on at which a day of business time has passed."""
    url = link(earns)
    control(earns.send, "/clock/advance", {"by": "23h59m59s999ms"})
    assert earns.send("GET", at(url)).status == 200
    control(earns.send, "/clock/advance", {"by": "1ms"})
    answer = earns.send("GET", at(url))
    assert (answer.status, answer.headers["content-type"]) == (403, "application/xml")
    assert answer.text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message>'
        "<Expires>2026-06-02T00:00:00.000Z</Expires><ServerTime>2026-06-02T00:00:00.000Z</ServerTime></Error>"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("begin=20260501", "begin=20250501"),
        ("tradeType=SPOT", "tradeType=FUTURE"),
        ("Expires=1", "Expires=9"),
        ("broker=demo-broker", "broker=other"),
        ("&Signature=", "&Signature=0"),
        ("&Signature=", "&signature="),
        ("&begin=", "&begin=x&begin="),
        ("_file.csv", "x_file.csv"),
    ],
)
def test_a_changed_link_leads_nowhere(earns: Broker, old: str, new: str) -> None:
    """Every part of it is signed: 403, `SignatureDoesNotMatch`."""
    url = at(link(earns))
    assert old in url
    answer = earns.send("GET", url.replace(old, new, 1))
    assert (answer.status, "<Code>SignatureDoesNotMatch</Code>" in answer.text) == (403, True)


def test_a_file_is_read_and_nothing_else(earns: Broker) -> None:
    """Any other method is 405; what has not a file's name is the exchange's 404."""
    url = at(link(earns))
    answer = earns.send("POST", url)
    assert (answer.status, answer.headers["allow"], "MethodNotAllowed" in answer.text) == (405, "GET", True)
    for path in ("/broker/", "/broker/x/y_file.csv", "/broker/x.csv", "/broker"):
        assert earns.send("GET", path).json()["code"] == "404"


def test_a_file_of_a_broker_who_is_gone(earns: Broker) -> None:
    """404, `NoSuchKey`."""
    url = at(link(earns))
    assert earns.send("DELETE", f"{V1}/clients/demo-broker").status == 200
    answer = earns.send("GET", url)
    assert (answer.status, "<Code>NoSuchKey</Code>" in answer.text) == (404, True)


# --- workspaces
@pytest.fixture
def shared(send: Asgi) -> Asgi:
    """A wire to a server whose default workspace has trades; the business clock stands still in every one."""
    app = still_app(earning(DEMO))
    app.desk.scenario = replace(app.desk.scenario, clock=ClockSettings(frozen=True, start=START))
    return Asgi(app, send.runner)


def test_a_workspace_has_a_key_of_its_own(shared: Asgi) -> None:
    """A call that is signed with it and says nothing else reaches the workspace, whose trades it reports on."""
    one, two = (made(shared, name=name) for name in ("one", "two"))
    keys = {}
    for told in (one, two):
        keys[told["name"]] = {
            each["user"]: Key(each["key"], each["secret"], each["passphrase"]) for each in told["api_keys"]
        }
        assert told["api_keys"] == told["clients"][0]["api_keys"]
    assert set(keys["one"]) == {"operator", "frank"}
    assert len({each for found in keys.values() for each in found.values()} | {OPERATOR}) == 5
    broker = Broker(shared)
    for name, found in keys.items():
        answer = ask(broker, TRANSACTIONS, found["operator"])
        assert (served_by(answer), len(answer.json()["data"])) == (name, 4)
    assert served_by(ask(Broker(shared, lambda: START), TRANSACTIONS)) == "default"
    assert made(shared, name="three")["api_keys"] != one["api_keys"]


def test_a_workspaces_link_leads_to_its_file(shared: Asgi) -> None:
    """The link stands behind the workspace's prefix and leads to the file; without the prefix it leads nowhere."""
    [own] = [each for each in made(shared, name="one")["api_keys"] if each["user"] == "operator"]
    key = Key(own["key"], own["secret"], own["passphrase"])
    url = link(Broker(shared), key=key)
    assert url.startswith("http://127.0.0.1:8080/w/one/broker/")
    assert shared("GET", at(url)).text == FILE
    assert shared("GET", at(url).removeprefix("/w/one")).status == 403
    assert shared("DELETE", f"{V1}/workspaces/one").status == 204
    assert shared("GET", at(url)).status == 404


def test_a_client_tells_its_own_keys(send: Asgi) -> None:
    """`GET /clients/{client}` shows the keys that the broker has made, and no key of a user's consent."""
    Broker(send, lambda: START).key()
    told = send("GET", f"{V1}/clients/demo-broker").json()
    assert told["api_keys"] == [
        {"user": "operator", "key": OPERATOR.api_key, "secret": OPERATOR.secret, "passphrase": OPERATOR.passphrase}
    ]
    assert (told["rcode"], told["invited"]) == ("", [])


def test_who_is_invited_can_be_changed(send: Asgi) -> None:
    """`PATCH` says it anew; somebody who is not there is refused."""

    def patch(body: bytes) -> Answer:
        return send("PATCH", f"{V1}/clients/demo-broker", body, {"content-type": "application/json"})

    assert patch(b'{"rcode": "r1", "invited": ["bob"]}').json()["invited"] == ["bob"]
    wrong = patch(b'{"invited": ["bob", "bo"]}')
    assert (wrong.status, wrong.json()["errors"][0]["detail"]) == (422, "unknown user bo (did you mean bob?)")
    gone = send("DELETE", f"{V1}/users/bob")
    assert gone.status == 200
    assert send("GET", f"{V1}/clients/demo-broker").json()["invited"] == []


def test_every_call_of_broker_pro_is_on_kucoins_api_host() -> None:
    """The paths are those of api.kucoin.com; on api-broker.kucoin.com they are not served."""
    found = {each.path: (each.method, each.host) for each in ENDPOINTS if each.section == PRO}
    assert found == dict.fromkeys((OLD, NEW, COMMISSION, USERS, TRANSACTIONS), ("GET", "api.kucoin.com"))


def test_over_a_real_connection(server: LocalServer, online: Broker) -> None:
    """The link's origin is where the server listens."""
    server.exchange.world = earning(server.exchange.world, TRADES)
    url = link(online)
    assert url.startswith(f"{server.url}/broker/")
    assert online.send("GET", at(url)).text.startswith(HEADER)
