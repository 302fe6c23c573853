"""One thread, from the user's login to the broker's rebate file and back to the user's wallet, by two SDKs.

ccxt trades and pays, KuCoin's own SDK reads and accounts. No digit differs between what they and the file say.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
import requests
from support.control_calls import steer
from support.desk import payment
from support.sdks import Money
from support.sdks.by_ccxt import Ccxt
from support.sdks.official import Official
from support.sdks.official_orders import answer
from support.wire import OPERATOR, Broker

from simulator.core.spec import DAY
from simulator.web.server import LocalServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK was written for an older pydantic
    from kucoin_universal_sdk.api import DefaultClient
    from kucoin_universal_sdk.generate.broker.apibroker import GetRebaseReq, GetRebaseReqBuilder
    from kucoin_universal_sdk.model import ClientOptionBuilder, TransportOptionBuilder

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the official SDK's own
PARTNER: Final = {"id": "DEMOPARTNER", "key": "11111111-2222-3333-4444-555555555555"}
GROUPS: Final = ("API_COMMON", "API_SPOT", "API_TRANSFER", "API_WITHDRAW_OAUTH")
START, FEE_RATE, SHARE = Decimal(1_000_000), Decimal("0.001"), Decimal("0.4")
SIZE, FIRST, PRICE, BETTER = (Decimal(text) for text in ("0.07777777", "0.03333333", "50000.1", "49987.7"))


@dataclass
class Sdks:
    """Two SDKs with the user's key, and ccxt with the broker's own one."""

    trading: Ccxt
    reading: Official
    operator: Ccxt
    broker: Broker
    url: str

    def fills(self, size: object, **more: object) -> None:
        """The other side fills the order, in part or whole."""
        body = {"size": str(size), **more}
        assert steer(self.broker.send, "POST", "/orders/in-two/fill", body).status == 200

    def report(self, name: str) -> Any:
        """A report of Broker Pro, through ccxt's own request method."""
        return self.operator.api.request(f"broker/{name}", ["private"], "GET", {"version": "v2"})["data"]

    def file(self) -> list[dict[str, str]]:
        """The rebate file of these days, by the official SDK."""
        rest = _official(self.url, OPERATOR.api_key, OPERATOR.secret, OPERATOR.passphrase)
        now = self.reading.time()
        asked = GetRebaseReqBuilder().set_begin(_day(now - 2 * DAY)).set_end(_day(now + 2 * DAY))
        asked = asked.set_trade_type(GetRebaseReq.TradeTypeEnum.T_1).build()
        url = rest.get_broker_service().get_api_broker_api().get_rebase(asked).url
        return [*csv.DictReader(requests.get(url, timeout=10).text.splitlines())]

    def wealth(self) -> Decimal:
        """What the user has of USDT in all accounts."""
        return sum((Decimal(row.balance) for row in self.reading.rows("USDT")), Decimal(0))


def _official(url: str, key: str, secret: str, passphrase: str) -> Any:
    """KuCoin's own SDK that knows the broker's partner name and broker key."""
    options = ClientOptionBuilder().set_key(key).set_secret(secret).set_passphrase(passphrase)
    options = options.set_spot_endpoint(url).set_broker_endpoint(url).set_broker_name("DEMOBROKER")
    options = options.set_broker_partner(PARTNER["id"]).set_broker_key(PARTNER["key"])
    return DefaultClient(options.set_transport_option(TransportOptionBuilder().build()).build()).rest_service()


def _day(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1000, UTC).strftime("%Y%m%d")


@pytest.fixture
def sdks(server: LocalServer, online: Broker) -> Iterator[Sdks]:
    """Alice has logged in and consented, and the broker has her key."""
    key = online.key("alice", *GROUPS)
    trading, operator = Ccxt(server.url, key), Ccxt(server.url, OPERATOR)
    trading.api.options["partner"] = PARTNER
    yield Sdks(trading, Official(server.url, key), operator, online, server.url)
    trading.close()
    operator.close()


def _sum(rows: Any, name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


def test_from_login_to_rebate_and_withdrawal(sdks: Sdks) -> None:
    """Login, key, order with two fills, fee, commission, rebate file, withdrawal: the difference is 0 everywhere."""
    sdks.trading.transfer("USDT", "5000.5", "to-trade")
    order_id = sdks.trading.place("buy", str(PRICE), str(SIZE), "in-two")
    held = SIZE * PRICE * (1 + FEE_RATE)
    assert sdks.reading.balance("USDT", "trade") == (Decimal("5000.5"), Decimal("5000.5") - held, held)
    sdks.fills(FIRST)
    assert sdks.reading.order(order_id).filled == FIRST
    sdks.fills("rest", price=str(BETTER))

    funds = FIRST * PRICE + (SIZE - FIRST) * BETTER
    fee = funds * FEE_RATE
    order = sdks.reading.order(order_id)
    assert (order.filled, order.funds, order.fee, order.status) == (SIZE, funds, fee, "closed")
    fills = sdks.reading.ask("get_trade_history", symbol="BTC-USDT", orderId=order_id)["items"]
    assert len(fills) == 2
    assert (_sum(fills, "size"), _sum(fills, "funds"), _sum(fills, "fee")) == (SIZE, funds, fee)
    raw = [trade["info"] for trade in sdks.trading.api.fetch_my_trades("BTC/USDT")]
    assert sorted(fill["fee"] for fill in raw) == sorted(fill["fee"] for fill in fills)

    left = Decimal("5000.5") - funds - fee
    assert sdks.reading.balance("USDT", "trade") == Money(left, left, Decimal(0))
    assert sdks.reading.balance("BTC", "trade").total == SIZE
    ledger = [row["info"] for row in sdks.trading.api.fetch_ledger("USDT")]
    paid = [row for row in ledger if row["bizType"] == "TRADE_EXCHANGE"]
    assert (_sum(paid, "amount"), _sum(paid, "fee")) == (funds + fee, fee)

    periods = sdks.report("queryMyCommission")["items"]
    [user] = [row for row in sdks.report("queryUser")["items"] if row["uid"] == "200000001"]
    trades = sdks.report("queryDetailByUid")
    commission = fee * SHARE
    assert _sum(periods, "tagCommission") == _sum(periods, "totalCommission") == commission
    assert Decimal(user["commissionWithTag"]) == Decimal(user["totalCommission"]) == commission
    assert _sum(trades, "commissionWithTag") == commission
    assert _sum(periods, "tagTradeVolume") == Decimal(user["spotTradingVolumeWithTag"]) == funds
    assert _sum(trades, "totalVolume") == funds
    assert Decimal(user["tradingFeeWithTag"]) == _sum(trades, "totalFee") == fee
    file = sdks.file()
    assert {(row["uid"], row["tag"], row["currency"]) for row in file} == {("200000001", PARTNER["id"], "USDT")}
    assert len(file) == 2
    assert (_sum(file, "volume"), _sum(file, "fee"), _sum(file, "commission")) == (funds, fee, commission)

    assert sdks.wealth() == START - funds - fee
    sdks.trading.api.transfer("USDT", 1000.25, "trade", "main", {"clientOid": "back"})
    challenge = _withdraw(sdks)
    paid_out = _withdraw(sdks, validation=sdks.broker.validation("alice", challenge))
    [withdrawal] = sdks.reading.withdrawals("USDT")
    assert (withdrawal.id, withdrawal.status) == (paid_out["withdrawalId"], "SUCCESS")
    assert sdks.wealth() == START - funds - fee - withdrawal.amount - withdrawal.fee
    asked = answer(sdks.reading.fee_rates, "get_spot_actual_fee", symbols="BTC-USDT")["data"]
    assert [row["takerFeeRate"] for row in asked] == [str(FEE_RATE)]


def test_orders_of_the_official_sdk_have_no_tag(sdks: Sdks) -> None:
    """It sends partner headers with broker calls only, also when it is told them: its trades are in no report."""
    sdks.trading.transfer("USDT", "5000.5", "to-trade")
    key = sdks.trading.api
    orders = _official(sdks.url, key.apiKey, key.secret, key.password).get_spot_service().get_order_api()
    answer(orders, "add_order", symbol="BTC-USDT", type="market", side="buy", size="0.01")
    assert sdks.report("queryDetailByUid") == []
    assert sdks.file() == []
    sdks.trading.take("buy", "0.01", "tagged")
    assert [row["fee"] for row in sdks.file()] == ["0.600001"]


def _withdraw(sdks: Sdks, **more: object) -> Any:
    """s8.2 through ccxt's own request method: first the challenge, then the payment."""
    body = {"version": "v2", **payment(amount="995000"), **more}
    return sdks.trading.api.request("broker/withdrawal", ["private"], "POST", body)["data"]
