"""Payments: when a chain has to be found for one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.demo_world import CURRENCIES

from simulator.core.funds.payments import needs_chain
from simulator.core.spec import WithdrawType
from simulator.core.world import Payment

USDT = CURRENCIES[0]
DEAD = replace(USDT, chains=())


@pytest.mark.parametrize(
    ("dead", "withdraw_type", "chain", "needed"),
    [
        (False, WithdrawType.ADDRESS, "", True),
        (False, WithdrawType.ADDRESS, "trx", True),
        (False, WithdrawType.UID, "", True),
        (False, WithdrawType.UID, "trx", True),
        (True, WithdrawType.ADDRESS, "", True),
        (True, WithdrawType.ADDRESS, "trx", True),
        (True, WithdrawType.UID, "", False),
        (True, WithdrawType.UID, "trx", True),
        (True, WithdrawType.MAIL, "", False),
    ],
)
def test_when_a_chain_is_needed(dead: bool, withdraw_type: WithdrawType, chain: str, needed: bool) -> None:
    """Whoever pays a person in a coin without chains needs none, unless one is named."""
    payment = Payment("USDT", "somebody", Decimal(1), withdraw_type, chain, False, "", "", None)
    assert needs_chain(payment, DEAD if dead else USDT) is needed
