"""A day at the exchange, as the lines of what each call answers and of what the feeds tell.

`PYTHONPATH=tests python -m support.played_day` writes tests/core/played_day.txt anew.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from simulator.core.choices import After
from simulator.core.control.happenings import KINDS, Happen
from simulator.core.control.orders import EndOrder, FillOrder
from simulator.core.control.trading import SetPrices
from simulator.core.control.world_event import WorldEvent
from simulator.core.endpoint import PRO, Endpoint
from simulator.core.endpoints import CALLS, ENDPOINTS
from simulator.core.funds.settlement import STEPS, MoveWithdrawal
from simulator.core.mint import account_id
from simulator.core.passing import PassTime
from simulator.core.refusals import Refusal
from simulator.core.stream.families import FIRST
from simulator.core.stream.markets import CANDLES
from simulator.core.value import Command, Reply
from simulator.core.world import EndStep, FillStep, OrderPlan, OrderStatus, Stp
from simulator.web.endpoints.envelope import as_json
from support.broker_pro import OWN, earning
from support.deposits_and_transfers import arrive, slow
from support.desk import IP, Key, payment
from support.examples import command_of
from support.refusal_cases import CASES
from support.spot_reads import partner_headers
from support.spot_world import SpotDesk
from support.transitions import watched

WRITTEN: Final = Path(__file__).parents[1] / "core" / "played_day.txt"
S: Final = "BTC-USDT"
MINUTE: Final = 60_000
LONGEST: Final = 900
"""Characters of an answer that stand in the page."""
PLANS: Final = (
    OrderPlan(
        client_oid="slow*",
        steps=(FillStep(share=Decimal("0.25")), FillStep(after=1_000, size=Decimal("0.0003")), EndStep(after=500)),
    ),
    OrderPlan(
        client_oid="late*", steps=(FillStep(share=Decimal("0.5")), FillStep(500)), unknown_for=200, stale_for=300
    ),
    OrderPlan(client_oid="lost*", steps=(FillStep(share=Decimal("0.5"), lost=True), EndStep(100, "expire", lost=True))),
    OrderPlan(client_oid="no*", steps=(EndStep(end="reject"),)),
)
TRANSFER: Final = {"clientOid": "1", "currency": "USDT", "amount": "100", "type": "INTERNAL"}
MARKET: Final = {"type": "market", "price": None}
NEEDED: Final = {"currency": "USDT", "type": "MAIN", "symbol": S, "clientOid": "stop-loss", "symbols": S}
"""Compulsory parameters, unless an example has them."""
QUERIES: Final[tuple[dict[str, str], ...]] = (
    *({}, {"pageSize": "10"}, {"limit": "2"}, {"side": "sell"}, {"type": "market"}, {"currency": "USDT"}),
    *({"status": "active"}, {"status": "done", "side": "buy"}),
)
"""Queries of lists, each by what the list reads of it."""


class PlayedDay(SpotDesk):
    """A desk of alice that writes down all answers and all messages of the feeds."""

    def __init__(self) -> None:
        super().__init__(*PLANS, rate_pools="count", settlement=After(MINUTE))
        self.world = earning(self.world)
        self.lines: list[str] = []

    def play(self, command: Command, what: str) -> Any:
        """Perform a command and write down the answer and what the feeds tell."""
        before = self.world
        with watched(self.exchange, f"/market/candles:{S}_1min") as pushes:
            result = self.perform(command).result
        self.lines.append(f"{what}: {answer_of(result)}")
        if self.world is not before:
            rows = sorted({f"{table} {key}" for table, key in self.world.touched or ()})
            self.lines.append(f"  step {self.world.step}, changed: {', '.join(rows)}")
        self.lines += [f"  {push.topic} {push.user} {push.subject} {text_of(push.data)}" for push in pushes]
        return result

    def call(self, name: str, key: Key | None = None, /, **values: Any) -> Any:
        """Make a call with these parameters."""
        endpoint = CALLS[name]
        assert isinstance(endpoint, Endpoint)
        held = {name: value for name, value in values.items() if value is not None}
        signed = (key or self.trading).sign
        command = command_of(endpoint, lambda **target: signed(**target, timestamp=self.wall), IP, held)
        return self.play(command, f"{name} {text_of(held)}")

    def later(self, milliseconds: int) -> None:
        """Let time pass on both clocks, and let happen what is due."""
        self.wall += milliseconds
        self.advance(milliseconds)
        self.play(PassTime(), f"{milliseconds} ms pass")

    def order_line(self, **changes: Any) -> dict[str, Any]:
        """The parameters of an order; a change to None leaves one out."""
        fields = {"symbol": S, "side": "buy", "type": "limit", "price": "50000", "size": "0.001", **changes}
        return {name: value for name, value in fields.items() if value is not None}


def text_of(data: Any) -> str:
    """Data as JSON; of a long one the beginning, its length and its hash."""
    text = as_json(data).decode()
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters, {digest})"


def answer_of(result: Reply | Refusal) -> str:
    """What a client sees of a result, or the reason and the text of a refusal, and what a journal notes."""
    if isinstance(result, Refusal):
        text = f"{result.reason.name} {result.text} | {result.expected} | {result.received}"
    else:
        own = type(result).data is not Reply.data
        text = text_of(result.data()) if own else f"{type(result).__name__} {getattr(result, 'what', '')}".strip()
    return " | ".join([text, *result.notes])


def trade(day: PlayedDay) -> None:
    """Orders of every kind, and what becomes of them."""
    order = day.order_line
    day.call("add_order", **order(clientOid="rests", timeInForce="GTT", cancelAfter=30, remark="note", tags="t"))
    day.call("add_order_sync", **order(price="60000.1", size="0.002", stp="CN"))
    day.call("add_order", **order(**MARKET, size=None, funds="77.7", side="sell"))
    day.call("add_order", **order(**MARKET, size=None, funds="100"))
    day.call("add_order", **order(price="61000", timeInForce="IOC", size="0.01"))
    day.call("add_order", **order(price="59000", timeInForce="FOK"))
    day.call("add_order", **order(price="70000.1"))
    day.call("add_order", **order(side="sell", price="65000", postOnly=True, iceberg=True, visibleSize="0.0005"))
    day.call("add_order", **order(side="sell", price="59000", postOnly=True))
    for name in ("slow-1", "late-1", "lost-1", "no-1"):
        day.call("add_order", **order(clientOid=name, size="0.002"))
    several = [order(clientOid="a"), order(clientOid="a"), order(price="0.1"), order(size="1000"), order(side="sell")]
    day.call("add_orders", orderList=several)
    day.call("add_orders_sync", orderList=[order(clientOid="b"), order(clientOid="b"), order(symbol="X-Y")])
    day.call("add_order_old", **order(clientOid="old", hidden=True))
    day.call("add_orders_old", symbol=S, orderList=[{**order(clientOid="c")}, {**order(clientOid="c")}])
    for stop, price in (("loss", "59000"), ("entry", "61000")):
        day.call("add_stop_order", **order(stop=stop, stopPrice=price, clientOid=f"stop-{stop}", price="59500"))
    day.call("alter_order", symbol=S, clientOid="a", newPrice="51000", newSize="0.003")
    day.call("alter_order", symbol=S, clientOid="a", newSize="0.0001")
    active = sorted(day.world.order_history("alice", S).active)
    day.call("cancel_part", orderId=active[0], symbol=S, cancelSize="0.0004")
    day.call("cancel_order_by_client_oid_sync", clientOid="b", symbol=S)
    day.call("cancel_order_sync", orderId=active[1], symbol=S)
    day.call("set_dead_man_switch", timeout=40, symbols=S)
    for stp in Stp:
        day.call("add_order", **order(side="sell", price="65000", clientOid=f"own-{stp.value}"))
        day.call("add_order_sync", **order(price="65000", size="0.0015", stp=stp.value))
        day.call("cancel_order_by_client_oid", clientOid=f"own-{stp.value}", symbol=S)
    tagged = day.order(price="61000", clientOid="tagged")
    day.play(replace(tagged, signed=partner_headers(day, tagged.signed)), "a tagged order")


def read(day: PlayedDay) -> None:
    """Every call that reads of a user or of a market, by its example and by other queries that it takes."""
    ids = {
        "orderId": min(day.world.orders),
        "withdrawalId": min(day.world.withdrawals),
        "clientOid": "rests",
        "accountId": account_id(day.world, "alice", "main", "USDT"),
    }
    for endpoint in ENDPOINTS:
        if not endpoint.reads or "currenc" in endpoint.name or "symbols" in endpoint.name:
            continue
        required = {parameter.name for parameter in endpoint.parameters if parameter.required}
        usual = {name: value for name, value in NEEDED.items() if name in required}
        usual |= {**endpoint.example, **{name: of for name, of in ids.items() if f"{{{name}}}" in endpoint.path}}
        if "stop" in endpoint.name:
            usual |= {name: min(day.world.stop_orders) for name in usual if name == "orderId"}
        key = OWN if endpoint.section == PRO else None
        for query in QUERIES:
            if {*query} <= {*endpoint.names}:
                day.call(endpoint.name, key, **{**usual, **query})


def by_hand(day: PlayedDay) -> None:
    """What is done to withdrawals, and what happens in the world, by hand."""
    to = {"currency": "USDT", "toAddress": payment()["address"], "withdrawType": "ADDRESS", "chain": "trx"}
    for step in sorted(STEPS):
        day.call("withdraw_v3", amount="5", **to)
        for _ in range(3):
            day.play(MoveWithdrawal(max(day.world.withdrawals), step), f"{step} by hand")
    day.play(arrive("11"), "a deposit is seen")
    for kind in sorted(KINDS):
        day.play(Happen(WorldEvent(kind, "alice", currency="USDT")), f"{kind} happens to alice")
        day.play(Happen(WorldEvent(kind, "frank", "demo-broker", "USDT", Decimal(3))), f"{kind} happens to frank")


def firsts(day: PlayedDay) -> list[str]:
    """What the feeds tell first to who subscribes."""
    now, lines = day.exchange.clock.now(), []
    for name, first in FIRST.items():
        for topic in (f"{name}:all", f"{name}:{S}", f"{name}:{S}_1min"):
            if (":all" in topic) <= (name == "/market/ticker") and ("_1min" in topic) is (name == CANDLES):
                lines += [
                    f"  {push.topic} {push.subject} {text_of(push.data)}" for push in first(day.world, topic, now)
                ]
    return lines


def played_day() -> list[str]:
    """The lines of the day, after those of a good request of each call."""
    lines = []
    for name in sorted(CASES):
        desk, command = CASES[name].refused()
        lines.append(f"{name}: {answer_of(desk.perform(command).result)}")
    day = PlayedDay()
    slow(day)
    day.play(arrive("25"), "a deposit is seen")
    for account, tag in (("TRADE", None), ("MARGIN", None), ("CONTRACT", None), ("ISOLATED", S), ("MARGIN_V2", None)):
        sides = {"fromAccountType": "MAIN", "toAccountType": account, "toAccountTag": tag}
        day.call("make_transfer", **{**TRANSFER, "clientOid": account}, **sides)
    day.call("make_inner_transfer", clientOid="2", currency="USDT", amount="7", **{"from": "margin", "to": "main"})
    for amount in ("100", "3", "1000000"):
        to = {"toAddress": payment()["address"], "withdrawType": "ADDRESS", "chain": "trx"}
        day.call("withdraw_v3", currency="USDT", amount=amount, **to)
    day.play(day.withdrawal(day.key("frank"), payment()), "a payment by OAuth")
    trade(day)
    day.later(100)
    read(day)
    day.lines += firsts(day)
    for prices in ({"last": "60500"}, {"last": "58900"}, {"bid": "58900.1", "ask": "59200"}, {"last": "61500"}):
        day.play(SetPrices(S, **{name: Decimal(price) for name, price in prices.items()}), text_of(prices))
        day.later(450)
    order = min(day.world.order_history("alice", S).active)
    day.play(FillOrder(order, FillStep(share=Decimal("0.1"))), "filled by hand")
    day.play(EndOrder(order, OrderStatus.EXPIRED), "ended by hand")
    day.later(30_000)
    day.later(MINUTE)
    read(day)
    by_hand(day)
    day.lines += firsts(day)
    return lines + day.lines


def written(_: str = "") -> str:
    """The whole file."""
    return "".join(f"{line}\n" for line in played_day())
