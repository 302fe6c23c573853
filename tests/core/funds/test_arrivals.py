"""What can arrive: the bounds of a deposit's amount, and chains that are closed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.deposits_and_transfers import arrive
from support.desk import Desk

from simulator.core.funds.arrivals import DepositArrived
from simulator.core.refusals import Reason
from simulator.core.world import DepositStatus


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ("1", ""),
        ("0.999999", "must be at least 1: the exchange credits nothing smaller"),
        ("500", ""),
        ("500.000001", "must be at most 500 on trx"),
        ("1.0000001", "must have at most 6 decimal places"),
    ],
)
def test_the_bounds_of_a_deposit(amount: str, problem: str) -> None:
    """The minimum and the maximum arrive; one step beyond them, or finer than the precision, is refused."""
    desk = Desk()
    usdt = desk.world.currencies["USDT"]
    bounds = {"deposit_min_size": Decimal(1), "max_deposit": Decimal(500)}
    desk.world = desk.world.put(
        replace(usdt, precision=6, chains=tuple(replace(chain, **bounds) for chain in usdt.chains))
    )
    before = desk.world
    if not problem:
        assert desk.do(arrive(amount), DepositArrived).deposit.status is DepositStatus.SUCCESS
        return
    refusal = desk.refusal(arrive(amount))
    assert (refusal.reason, refusal.details) == (Reason.PARAMETER_INVALID, {"field": "amount", "problem": problem})
    assert desk.world == before


def test_nothing_arrives_by_a_closed_chain() -> None:
    """Money sent by a chain that is closed for deposits is refused and moves nothing."""
    desk = Desk()
    usdt = desk.world.currencies["USDT"]
    desk.world = desk.world.put(
        replace(usdt, chains=tuple(replace(chain, deposit_enabled=chain.chain_id != "trx") for chain in usdt.chains))
    )
    before = desk.world
    assert desk.reason(arrive()) is Reason.DEPOSIT_DISABLED
    assert desk.world == before
