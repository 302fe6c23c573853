"""`orders:` of a scenario: what it makes, and every way in which it is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from simulator.core.world import EndStep, FillStep, OrderPlan, OrderType, Side
from simulator.scenario.loader import read, read_order_plans
from simulator.scenario.text.nodes import ScenarioError

HEAD = "version: 1\nname: x\nextends: demo\norders:\n"


def problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read(HEAD + text, "x.yaml")
    return [f"{problem.line}:{problem.column} {problem.path}: {problem.message}" for problem in caught.value.problems]


def test_a_plan_is_read() -> None:
    """Shares, sizes, prices, waits and ends become steps; a fill and an end of one entry are two steps."""
    text = """
  - user: alice
    symbol: BTC-USDT
    side: buy
    type: limit
    client_oid: "slow-*"
    match: {postOnly: "true"}
    plan:
      - {fill: 40%}
      - {after: 5s, fill: "0.3", price: "59990", role: maker}
      - {after: 1m, cancel: rest}
  - plan: [{fill: 12.5%, expire: rest, report: lost}]
  - {unknown_for: 2s, stale_for: 250ms}
"""
    assert read(HEAD + text, "x.yaml").world.order_plans == (
        OrderPlan(
            user="alice",
            symbol="BTC-USDT",
            side=Side.BUY,
            type=OrderType.LIMIT,
            client_oid="slow-*",
            match=(("postOnly", "true"),),
            steps=(
                FillStep(0, share=Decimal("0.40")),
                FillStep(5_000, Decimal("0.3"), None, Decimal(59990), "maker"),
                EndStep(60_000, "cancel"),
            ),
        ),
        OrderPlan(steps=(FillStep(0, share=Decimal("0.125"), lost=True), EndStep(0, "expire", lost=True))),
        OrderPlan(unknown_for=2_000, stale_for=250),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  - {user: alise, plan: []}", "5:12 orders[0].user: unknown user alise"),
        ("  - {symbol: BTC-USD, plan: []}", "5:14 orders[0].symbol: unknown symbol BTC-USD"),
        ("  - {match: {postonly: 'true'}, plan: []}", "(did you mean postOnly?)"),
        ("  - {user: alice}", "plan"),
        ("  - plan: [{fill: 60%}, {fill: 41%}]", "orders[0].plan[1].fill: makes 101%"),
        ("  - plan: [{fill: 101%}]", "must be at most 100%"),
        ("  - plan: [{fill: 0%}]", "must be more than 0"),
        ("  - plan: [{fill: half}]", "a part of the order such as 40%"),
        ("  - plan: [{fill: rest}, {after: 1s, cancel: rest}]", "orders[0].plan[1]: never happens"),
        ("  - plan: [{cancel: rest}, {fill: 10%}]", "because of cancel: rest"),
        ("  - plan: [{fill: 100%}, {fill: rest}]", "which fill 100%"),
        ("  - plan: [{price: '5', cancel: rest}]", "orders[0].plan[0].price: goes with fill"),
        ("  - {type: market, plan: [{fill: 5%, role: maker}]}", "a market order is always a taker"),
        ("  - {symbol: BTC-USDT, plan: [{fill: 5%, price: '0.01'}]}", "a multiple of 0.1"),
        ("  - plan: [{fill: 5%, price: '0'}]", "must be more than 0"),
        ("  - plan: [{after: 5s}]", "fill, cancel, reject"),
        ("  - plan: [{cancel: rest, expire: rest}]", "cancel"),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    """Names that are unknown, fills beyond the size, steps that never happen: each at its place."""
    assert any(message in problem for problem in problems(text)), problems(text)


def test_a_plan_alone_is_read() -> None:
    """One plan, a list, or a mapping with the key: the control surface takes all three."""
    world = read(HEAD + "  []", "x.yaml").world
    one = read_order_plans("plan: [{fill: rest}]", "body", world)
    assert one == read_order_plans("[{plan: [{fill: rest}]}]", "body", world)
    assert one == read_order_plans("orders: [{plan: [{fill: rest}]}]", "body", world)
