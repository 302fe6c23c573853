"""What an amount of the ledger is made of: a payout or funds of a trade, and fees, with the steps that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from simulator.core import money
from simulator.core.funds import fees
from simulator.core.funds.fees import Step
from simulator.core.value import Value
from simulator.core.world import Fill, Withdrawal


class Part(Value, frozen=True):
    """What an amount is made of: the payout, a trade's funds, or a fee with the steps that lead to it.

    `to` = where it goes; of what comes in: where it comes from, or where the fee goes that is taken out of it.
    """

    kind: Literal["payout", "service_fee", "network_fee", "funds", "trading_fee"]
    amount: Decimal
    to: str
    steps: tuple[Step, ...] = ()


def parts_of_withdrawal(withdrawal: Withdrawal) -> Iterator[Part]:
    """Payout and fees: together they are what leaves the sender (s9)."""
    amount, payout = withdrawal.payment.amount, withdrawal.payout
    fee = money.subtract(amount, payout)
    on_top = money.subtract(withdrawal.debit, amount)
    how = f"{money.plain(amount)} - {money.plain(fee)} of fees"
    if not fee:
        how = f"{money.plain(amount)}, the fees come on top"
    elif on_top:
        how += f", {money.plain(on_top)} come on top"
    yield Part("payout", payout, withdrawal.recipient or "outside", (Step(how, payout),))
    if withdrawal.terms is not None:
        steps = fees.explain(amount, withdrawal.terms)
        yield Part("service_fee", withdrawal.service_fee, "service_fee", steps)
    how = f"withdrawal_min_fee of {withdrawal.chain}" if withdrawal.chain else "stays inside: none"
    yield Part("network_fee", withdrawal.network_fee, "network_fee", (Step(how, withdrawal.network_fee),))


def parts_of_fill(fill: Fill) -> Iterator[Part]:
    """The quote currency of a fill: its funds, and the fee that comes on top of a buy and out of a sell."""
    price, size, rate = map(money.plain, (fill.price, fill.size, fill.fee_rate))
    yield Part("funds", fill.funds, "market", (Step(f"{price} x {size}", fill.funds),))
    yield Part("trading_fee", fill.fee, "trading_fee", (Step(f"{money.plain(fill.funds)} x {rate}", fill.fee),))
