"""The demo broker places orders: their life, what each part costs, and the commission that they earn."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from inspect import getsource

import httpx
import pytest
from support.demo_visitor import Visitor
from support.processes import environment
from support.source_tree import imports
from support.wire import V1

from simulator.core.world import Order
from simulator.evidence.journal import Reporting
from simulator.web.pages.demo import broker, orders
from simulator.web.server import LocalServer


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A simulator of its own for each test."""
    with LocalServer() as local:
        yield local


@pytest.fixture
def visitor(server: LocalServer) -> Iterator[Visitor]:
    """A person at its demo broker."""
    with Visitor(server) as person:
        yield person


def only_order(visitor: Visitor) -> Order:
    """The only order of the world."""
    (order,) = visitor.world.orders.values()
    return order


def test_from_the_order_to_the_commission(visitor: Visitor) -> None:
    """An order is placed with the tag, filled in two parts by hand, and the page shows parts, fee and commission."""
    visitor.with_key("alice")
    text = visitor.order()
    assert "KuCoin has accepted the order." in text
    assert "buy 0.01 BTC-USDT at 50000 active Filled0 of 0.01" in text
    order = only_order(visitor)
    assert order.tagged
    assert order.held == Decimal("500.5")
    fill = f"{V1}/orders/{order.id}/fill"
    assert visitor.http.post(fill, json={"size": "40%"}).status_code == 200
    text = visitor.press_order("follow")
    assert "active Filled0.004 of 0.01 Part 10.004 at 50000 as maker, fee 0.2 Fee0.2 Commission0.08" in text
    assert visitor.http.post(fill, json={"size": "rest", "price": "49000"}).status_code == 200
    text = visitor.press_order("follow")
    assert "filled Filled0.01 of 0.01" in text
    assert "Part 20.006 at 49000 as maker, fee 0.294 Fee0.494 Commission0.1976" in text
    assert "Fill it by hand" not in text


def test_the_trading_account_gets_what_an_order_needs(server: LocalServer, visitor: Visitor) -> None:
    """What is missing is moved from the main account, with the fee ahead, and nothing if nothing is missing."""
    visitor.with_key("alice")
    visitor.order(price="50000.1", size="0.01234567")
    moved = [transfer.amount for transfer in visitor.world.statement("alice").transfers]
    assert moved == [Decimal("617.902020")]
    visitor.press_order("cancel")
    visitor.order(price="100", size="0.01")
    assert len([*visitor.world.statement("alice").transfers]) == 1
    assert "accepted" in visitor.order("sell", "70000", "2")
    assert only_of(visitor, "sell").held == Decimal(2)


def only_of(visitor: Visitor, side: str) -> Order:
    (order,) = [order for order in visitor.world.orders.values() if order.terms.side.value == side]
    return order


def test_an_order_is_canceled(visitor: Visitor) -> None:
    """The button cancels what is left; the page says how much was filled."""
    visitor.with_key("alice")
    visitor.order()
    visitor.http.post(f"{V1}/orders/{only_order(visitor).id}/fill", json={"size": "25%"})
    assert "canceled Filled0.0025 of 0.01" in visitor.press_order("cancel")
    assert not only_order(visitor).status.active


def test_an_order_whose_answer_is_lost(visitor: Visitor) -> None:
    """The broker does not place it again: it finds it by the clientOid that it gave it."""
    visitor.with_key("alice")
    fault = {"operation": "add_order", "at": "after_commit", "times": 1, "network": "reset"}
    assert visitor.http.post(f"{V1}/faults", json=fault).status_code == 201
    assert "No answer came, so the order may be there" in visitor.order()
    assert "active Filled0 of 0.01" in visitor.press_order("follow")
    assert only_order(visitor).tagged


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"price": "ten"}, "Price and size must be numbers"),
        ({"size": ""}, "Price and size must be numbers"),
        ({"size": "1000000"}, "KuCoin says: "),
        ({"symbol": "NO-SUCH"}, "KuCoin says: "),
        ({"symbol": "x&y=z/../"}, "KuCoin says: "),
        ({"price": "50000.12345"}, "KuCoin says: "),
    ],
)
def test_an_order_that_cannot_be(visitor: Visitor, order: dict[str, str], message: str) -> None:
    """KuCoin's words or the broker's are shown, and there is no order."""
    visitor.with_key("alice")
    assert message in visitor.order(**order)
    assert not visitor.world.orders


def test_who_does_not_permit_trading_is_paid_all_the_same(visitor: Visitor) -> None:
    """The broker takes a key without trading if no more was permitted; an order is then refused with KuCoin's words."""
    visitor.connect("frank", "API_COMMON", "API_WITHDRAW_OAUTH")
    assert "The broker has an API key" in visitor.press("key")
    assert "KuCoin says: " in visitor.order()
    assert "KuCoin has accepted the withdrawal" in visitor.pay()


def test_without_a_key_there_is_no_order(visitor: Visitor) -> None:
    """The page says what is missing, and an order of somebody else is none."""
    assert "The broker needs an API key first" in visitor.open("/demo?step=order")
    visitor.connect("alice")
    assert "There is no API key yet" in visitor.order()
    assert "There is no such order" in visitor.press("follow", order="nobody's")
    assert "form" in visitor.http.post("/demo", data={"do": "order", "side": "hold"}).text


@pytest.mark.parametrize("body", ["null", '{"code": "200000"}', '{"code": "200000", "data": [{}]}'])
def test_no_answer_breaks_the_orders(visitor: Visitor, body: str) -> None:
    """Whatever comes in place of an answer, the page is there and goes on working."""
    visitor.with_key("alice")
    visitor.order()
    names = ("list_trade_fees", "list_accounts", "make_transfer", "add_order")
    for name in (*names, "get_hf_order_by_client_oid", "list_hf_fills", "list_broker_transactions"):
        fault = {"operation": name, "times": 1, "respond": {"status": 200, "body": body}}
        staged = visitor.http.post(f"{V1}/faults", json=fault)
        assert staged.status_code == 201, staged.text
        visitor.order(size="0.02")
        visitor.press_order("follow")
        visitor.http.delete(f"{V1}/faults")
    assert "KuCoin has accepted the order." in visitor.order()


def test_a_wrong_state_is_declined_in_the_brokers_words(visitor: Visitor) -> None:
    """A customer who comes back with a `state` of no login of theirs is told that the code is not used, and why."""
    words = "The demo broker says: This answer belongs to no login that was begun here, so its code is not used."
    assert words not in visitor.open("/demo/callback?code=1&state=x")  # who never began a login is no customer
    login = visitor.log_in()
    for query in ("code=1&state=wrong", "code=1", "state=", "error=access_denied&state=wrong"):
        assert words in visitor.open(f"/demo/callback?{query}")
    assert "You are connected" in visitor.decide(login, "alice")


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_curl_line_of_an_order_is_tagged_too(server: LocalServer, visitor: Visitor) -> None:
    """With --show-secrets the line of curl places the same order, with the broker's tag."""
    server.app.desk.journal.reporting = Reporting(show_secrets=True)
    visitor.with_key("alice")
    visitor.order(price="100")
    lines = re.findall(r'with curl"><code class="copy">(.*?)</code></pre>', visitor.answer.text, re.DOTALL)
    (line,) = [unescape(line) for line in lines if "BODY=" in line and "/api/v1/hf/orders" in line]
    visitor.press_order("cancel")  # the trading account has enough for one
    line = re.sub(r'"clientOid": "[\w-]+"', '"clientOid": "again"', line)
    ended = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, check=True, env=environment(no_proxy="*")
    )
    assert json.loads(ended.stdout)["code"] == "200000", ended.stdout
    assert {order.client_oid: order.tagged for order in visitor.world.orders.values()}["again"]


def test_the_program_needs_the_standard_library_alone() -> None:
    """The second module knows the first one and nothing else of the simulator; the page shows it line by line."""
    source = getsource(orders)
    names = {name for name in imports(ast.parse(source)) if name.split(".")[0] not in sys.stdlib_module_names}
    assert [name for name in names if not name.startswith(f"{broker.__name__}.") and name != broker.__name__] == []
    with LocalServer() as server:
        page = httpx.get(f"{server.url}/demo/source?module=orders", trust_env=False).text
        other = httpx.get(f"{server.url}/demo/source?module=os", trust_env=False).text
    assert 'id="L1"' in page
    assert source.splitlines()[0] in unescape(page)
    assert "class FastApiBroker" in other
