"""KuCoin's own SDK trades: every call of its spot order API, of which each answer is as full as KuCoin's samples.

The samples are those that the SDK is installed with. One Cancels the Other is not simulated, and says so.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

import pytest
from support.control_calls import steer
from support.sdks.kucoin_samples import lacks, samples
from support.sdks.official import Official
from support.sdks.official_orders import answer
from support.wire import Broker

from simulator.web.server import LocalServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK was written for an older pydantic
    from kucoin_universal_sdk.generate.spot.order.api_order import OrderAPI
    from kucoin_universal_sdk.model.common import RestError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the official SDK's own
LIMIT: Final = {"type": "limit", "symbol": "BTC-USDT", "side": "buy", "price": "50000", "size": "0.01"}
WORDS: Final = {"remark": "order remarks", "tags": "order tags"}
OTHER: Final = {**LIMIT, "symbol": "ETH-USDT", "price": "2000"}
POOR: Final = {**LIMIT, "clientOid": "poor", "price": "50000", "size": "0.000001"}
OF_SYMBOL: Final = {"symbol": "BTC-USDT"}
Fields = dict[str, Any]


@dataclass
class Trader:
    """The SDK with a key that can trade, and the broker's hand on the server."""

    sdk: Official
    broker: Broker

    def order(self, client_oid: str, **more: str) -> str:
        """The id of a limit order that rests."""
        return str(self.sdk.ask("add_order", **LIMIT, **WORDS, clientOid=client_oid, **more)["orderId"])

    def resting(self) -> Fields:
        return {"orderId": self.order("one"), "clientOid": "one", **OF_SYMBOL}

    def filled(self) -> Fields:
        """An order that is filled in two parts, the second at a better price."""
        fields = self.resting()
        for body in ({"size": "0.004"}, {"price": "49990"}):
            assert steer(self.broker.send, "POST", "/orders/one/fill", body).status == 200
        return fields

    def canceled(self) -> Fields:
        fields = self.resting()
        self.sdk.ask("cancel_order_by_order_id", **fields)
        return fields

    def two_symbols(self) -> Fields:
        self.resting()
        self.sdk.ask("add_order", **OTHER, clientOid="two")
        return {}

    def waiting(self) -> Fields:
        """A stop order."""
        made = self.sdk.ask("add_stop_order", **LIMIT, **WORDS, stopPrice="51000", clientOid="stop")
        return {"orderId": made["orderId"], "clientOid": "stop", **OF_SYMBOL}

    def switch(self) -> Fields:
        """The dead man's switch is set."""
        self.sdk.ask("set_dcp", timeout=5, symbols="BTC-USDT,ETH-USDT")
        return {}


@pytest.fixture
def trader(server: LocalServer, online: Broker) -> Trader:
    """Alice's key that can trade, with money to trade with."""
    assert steer(online.send, "PATCH", "/users/alice", {"trade": {"USDT": "10000", "BTC": "2"}}).status == 200
    return Trader(Official(server.url, online.key("alice", "API_COMMON", "API_SPOT")), online)


Before = Callable[[Trader], Fields]


def _nothing(trader: Trader) -> Fields:
    return {}


CALLS: Final[tuple[tuple[str, Before, Fields], ...]] = (
    ("add_order", _nothing, {**LIMIT, "clientOid": "one"}),
    ("add_order_sync", _nothing, {**LIMIT, "clientOid": "one"}),
    ("add_order_test", _nothing, {**LIMIT, "clientOid": "one"}),
    ("batch_add_orders", _nothing, {"orderList": [{**LIMIT, "clientOid": "one"}, POOR]}),
    ("batch_add_orders_sync", _nothing, {"orderList": [{**LIMIT, "clientOid": "one"}, POOR]}),
    ("cancel_order_by_order_id", Trader.resting, {}),
    ("cancel_order_by_order_id_sync", Trader.resting, {}),
    ("cancel_order_by_client_oid", Trader.resting, {}),
    ("cancel_order_by_client_oid_sync", Trader.resting, {}),
    ("cancel_partial_order", Trader.resting, {"cancelSize": "0.004"}),
    ("cancel_all_orders_by_symbol", Trader.resting, {}),
    ("cancel_all_orders", Trader.two_symbols, {}),
    ("modify_order", Trader.resting, {"newPrice": "50001", "newSize": "0.02", "clientOid": None}),
    ("get_order_by_order_id", Trader.filled, {}),
    ("get_order_by_client_oid", Trader.filled, {}),
    ("get_symbols_with_open_order", Trader.two_symbols, {}),
    ("get_open_orders", Trader.resting, {}),
    ("get_open_orders_by_page", Trader.resting, {}),
    ("get_closed_orders", Trader.filled, {"side": "buy", "type": "limit"}),
    ("get_trade_history", Trader.filled, {}),
    ("get_dcp", Trader.switch, {}),
    ("set_dcp", _nothing, {"timeout": 5, "symbols": "BTC-USDT,ETH-USDT"}),
    ("add_stop_order", _nothing, {**LIMIT, "stopPrice": "51000", "clientOid": "stop"}),
    ("cancel_stop_order_by_client_oid", Trader.waiting, {}),
    ("cancel_stop_order_by_order_id", Trader.waiting, {}),
    ("batch_cancel_stop_order", Trader.waiting, {"tradeType": "TRADE"}),
    ("get_stop_orders_list", Trader.waiting, {}),
    ("get_stop_order_by_order_id", Trader.waiting, {}),
    ("get_stop_order_by_client_oid", Trader.waiting, {}),
    ("add_order_old", _nothing, {**LIMIT, "clientOid": "one"}),
    ("add_order_test_old", _nothing, {**LIMIT, "clientOid": "one"}),
    ("batch_add_orders_old", _nothing, {**OF_SYMBOL, "orderList": [{**LIMIT, "clientOid": "one"}, POOR]}),
    ("cancel_order_by_order_id_old", Trader.resting, {}),
    ("cancel_order_by_client_oid_old", Trader.resting, {}),
    ("batch_cancel_order_old", Trader.two_symbols, {"tradeType": "TRADE"}),
    ("get_orders_list_old", Trader.canceled, {"status": "done"}),
    ("get_recent_orders_list_old", Trader.canceled, {}),
    ("get_order_by_order_id_old", Trader.canceled, {}),
    ("get_order_by_client_oid_old", Trader.canceled, {}),
    ("get_trade_history_old", Trader.filled, {}),
    ("get_recent_trade_history_old", Trader.filled, {}),
)
"""A method, what is there before, and the fields of its request beside those that `before` brings."""

NO_ORDER: Final = "data.data[1].id is empty"
"""KuCoin gives an order that is refused an id. Here there is no order, so that it has none."""


@pytest.mark.parametrize(("method", "before", "fields"), CALLS, ids=[call[0] for call in CALLS])
def test_answers_are_as_full_as_the_samples(trader: Trader, method: str, before: Before, fields: Fields) -> None:
    """The SDK's model parses the answer, and each field that KuCoin's sample fills has a value of the same type."""
    sample = samples("spot.order")[method]
    full = trader.sdk.ask(method, **{**before(trader), **fields})
    lacking = [*lacks(sample if isinstance(sample, dict) else {"data": sample}, full)]
    assert [lack.partition(",")[0] for lack in lacking] == ([NO_ORDER] if method == "batch_add_orders_old" else [])


def test_every_method_is_called() -> None:
    """Every method of the spot order API is called here, or it is one of OCO."""
    methods = {name for name in vars(OrderAPI) if not name.startswith("_")}
    assert methods - {call[0] for call in CALLS} == {name for name in methods if "_oco_" in name}
    assert methods == samples("spot.order").keys()


@pytest.mark.parametrize("method", sorted(name for name in vars(OrderAPI) if "_oco_" in name))
def test_oco_is_not_simulated(trader: Trader, method: str) -> None:
    """A call of OCO is answered 404, not with something that looks like an order."""
    fields = {**LIMIT, "clientOid": "c", "orderId": "o", "orderIds": "o", "stopPrice": "51000", "limitPrice": "52000"}
    request = get_type_hints(getattr(OrderAPI, method))["req"]
    names = {field.alias or name for name, field in request.model_fields.items()}
    with pytest.raises(RestError, match="404"):
        trader.sdk.ask(method, **{name: value for name, value in fields.items() if name in names})


@pytest.mark.parametrize(
    ("method", "fields"), [("get_basic_fee", {}), ("get_spot_actual_fee", {"symbols": "BTC-USDT"})]
)
def test_fees_are_as_full_as_the_samples(trader: Trader, method: str, fields: Fields) -> None:
    """The rates of the user and of a symbol parse, and each field that KuCoin's sample fills has a value."""
    sample = samples("account.fee")[method]
    full = answer(trader.sdk.fee_rates, method, **fields)
    assert [*lacks(sample if isinstance(sample, dict) else {"data": sample}, full)] == []
