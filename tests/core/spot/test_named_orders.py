"""Calls that name one order, by its `orderId` or by its `clientOid`: a refusal names what the client sent."""

from __future__ import annotations

from typing import Final

import pytest
from support.desk import IP
from support.examples import command_of
from support.spot_world import SpotDesk

from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason, Refusal
from simulator.core.spot.cancel_answers import OrderCanceled
from simulator.core.spot.orders_add import AlterOrder
from simulator.core.world import FillStep, OrderPlan

NAMES: Final = {"orderId", "clientOid"}
OF_ONE: Final = [
    (endpoint, name)
    for endpoint in ENDPOINTS
    if endpoint.refusals & {Reason.ORDER_UNKNOWN, Reason.ORDER_NOT_CANCELABLE}
    for name in sorted(NAMES & {*endpoint.names, *endpoint.example})
]
IDS: Final = [f"{endpoint.name} by {name}" for endpoint, name in OF_ONE]


def refused(desk: SpotDesk, endpoint: Endpoint, name: str, sent: str) -> Refusal:
    """The refusal of the example with that order in place of its own."""
    values = {key: value for key, value in endpoint.example.items() if key not in NAMES} | {name: sent}
    return desk.refusal(command_of(endpoint, desk.trading.sign, IP, values))


def test_there_are_calls_by_either_name() -> None:
    """Look-ups, cancellations and alterations by both names are among the calls that are looked at."""
    assert len({name for _, name in OF_ONE}) == 2
    assert {endpoint.name for endpoint, name in OF_ONE if name == "clientOid"} >= {
        "alter_order",
        "cancel_order_by_client_oid",
        "cancel_order_by_client_oid_old",
        "cancel_stop_order_by_client_oid",
        "get_hf_order_by_client_oid",
        "get_order_by_client_oid",
    }


@pytest.mark.parametrize(("endpoint", "name"), OF_ONE, ids=IDS)
def test_a_refusal_names_what_was_sent(endpoint: Endpoint, name: str) -> None:
    """An order that is unknown, and one of somebody else, is named by the name and the value of the request."""
    desk = SpotDesk()
    other = desk.placed(desk.own_key("frank"), clientOid="franks")
    for sent in ("unknown", other.client_oid if name == "clientOid" else other.id):
        refusal = refused(desk, endpoint, name, sent)
        assert refusal.reason in (Reason.ORDER_UNKNOWN, Reason.ORDER_NOT_CANCELABLE)
        assert refusal.received == sent
        assert f"the {name} of" in refusal.expected
        assert not (NAMES - {name}) & {*refusal.expected.split()}


@pytest.mark.parametrize(("endpoint", "name"), OF_ONE, ids=IDS)
def test_one_name_is_not_taken_for_the_other(endpoint: Endpoint, name: str) -> None:
    """The orderId of an active order in the place of a clientOid finds nothing, and the other way round."""
    desk = SpotDesk()
    order = desk.placed(clientOid="mine")
    sent = order.id if name == "clientOid" else order.client_oid
    assert refused(desk, endpoint, name, sent).received == sent
    assert desk.now_of(order).status.active


@pytest.mark.parametrize(
    ("endpoint", "name"), [pair for pair in OF_ONE if Reason.ORDER_NOT_CANCELABLE in pair[0].refusals]
)
def test_an_order_that_has_ended_is_named_as_it_was_sent(endpoint: Endpoint, name: str) -> None:
    """A cancellation of an order that is over says the clientOid, if that is what came, and not the id behind it."""
    desk = SpotDesk()
    order = desk.placed(clientOid="mine")
    desk.do(desk.canceling(order), OrderCanceled)
    sent = order.client_oid if name == "clientOid" else order.id
    assert refused(desk, endpoint, name, sent).received == sent


@pytest.mark.parametrize("name", ["orderId", "clientOid"])
def test_an_altered_market_order_is_named_as_it_was_sent(name: str) -> None:
    """Only limit orders can be altered; the error names the identifier that the client sent."""
    desk = SpotDesk(OrderPlan(steps=(FillStep(after=1000),)))
    order = desk.placed(type="market", price=None, clientOid="mine")
    assert order.status.active
    body = {"symbol": "BTC-USDT", name: order.client_oid if name == "clientOid" else order.id, "newPrice": "50000"}
    signed = desk.trading.sign(path="/api/v1/hf/orders/alter", timestamp=desk.wall)
    refusal = desk.refusal(AlterOrder(signed, Body(body)))
    assert refusal.text == f"Parameter Error: {name} must be that of a limit order"
