"""Which assumed rules a run depended on: what was refused by one, noted by one, or accepted as one says."""

from __future__ import annotations

import asyncio

from support.readiness.bench import Bench
from support.readiness.ordering import FUNDED, TAKE, order

from simulator.core.endpoints import CALLS
from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.readiness.leaning import ACCEPTED, assumed, rules_of_entry


def leaned(bench: Bench) -> dict[str, tuple[int, int]]:
    """By rule: how many calls, and the first of them."""
    return {row.rule: (row.count, row.entry) for row in bench.assess().leaned}


def test_a_refusal_leans_on_its_rules(runner: asyncio.Runner) -> None:
    """A code that has expired is refused by a lifetime that is assumed; the row says so, with grade and source."""
    bench = Bench(runner)
    code = bench.code()
    bench.advance("5m")
    bench.exchange(code)
    [row] = [row for row in bench.assess().leaned if row.rule == "H06/code"]
    assert (row.grade, row.source, row.count) == ("inferred, assumed", "RFC 6749, ours", 1)
    assert row.reading == rules()["H06/code"].reading


def test_an_accepted_call_leans_on_its_rules(runner: asyncio.Runner) -> None:
    """A payment that is settled at once leans on the assumption that it is, once for each payment."""
    bench = Bench(runner)
    bench.pay()
    first = bench.app.desk.journal.last
    bench.pay(amount="7")
    assert leaned(bench)["H52/settlement"] == (2, first)


def test_an_order_leans_on_the_market_of_the_simulator(runner: asyncio.Runner) -> None:
    """An order is filled by a counterparty that is assumed; a note leans on its hole, also on one of three digits."""
    bench = Bench(runner, FUNDED)
    for _ in range(2):
        order(bench, price=TAKE, size="0.001")
    bench.signed("POST", "/api/v1/orders", {"symbol": "XBTUSDTM", "side": "buy", "clientOid": "one"})
    rules_leaned = leaned(bench)
    assert rules_leaned["H100/counterparty"][0] == 2
    assert rules_leaned["H123/one-port-orders"][0] == 1


def test_a_staged_refusal_leans_on_nothing(runner: asyncio.Runner) -> None:
    """What a fault of the scenario said is no assumption about KuCoin."""
    bench = Bench(runner)
    bench.key("frank")
    before = leaned(bench)
    bench.fault("withdraw", refuse="WITHDRAWAL_RATE_LIMITED")
    bench.pay()
    assert leaned(bench) == before


def test_documented_rules_are_no_assumptions(runner: asyncio.Runner) -> None:
    """A frozen user is refused as KuCoin documents it, so nothing is leaned on for it."""
    bench = Bench(runner)
    bench.key("erin")
    before = leaned(bench)
    bench.pay("erin")
    assert leaned(bench) == before


def test_one_entry_says_what_it_leaned_on(runner: asyncio.Runner) -> None:
    """The rules of a single call are those that the whole run counts."""
    bench = Bench(runner)
    bench.pay("alice")
    entry = bench.app.desk.journal.entry(bench.app.desk.journal.last)
    assert entry is not None
    assert rules_of_entry(entry) == assumed(ACCEPTED["withdraw"])


def test_the_table_names_assumed_rules_of_real_calls() -> None:
    """Each operation of the table is one that clients call, and each of its rules is assumed by the ledger."""
    assert set(ACCEPTED) <= set(CALLS)
    assert {operation: assumed(rule_ids) for operation, rule_ids in ACCEPTED.items()} == ACCEPTED
