"""A withdrawal as its user sees it: a row of the history, and what is shown of address, chain and fee."""

from __future__ import annotations

from simulator.core import money
from simulator.core.data import Amount, Data, Milliseconds, Name
from simulator.core.funds.addresses import mint_wallet_tx_id
from simulator.core.funds.selection import whole_second
from simulator.core.money import padded
from simulator.core.spec import WithdrawType
from simulator.core.value import Value
from simulator.core.world import Withdrawal, WithdrawalStatus, World


class WithdrawalRowData(Data, frozen=True, kw_only=True):
    """A withdrawal in the history."""

    id: Name
    currency: Name
    chain: str
    status: WithdrawalStatus
    failure_reason: str = ""
    failure_reason_msg: None = None
    sub_status: str
    address: str
    memo: str
    is_inner: bool
    amount: Amount
    fee: Amount
    wallet_tx_id: str | None
    created_at: Milliseconds
    updated_at: Milliseconds
    remark: str
    arrears: bool = False


class WithdrawalRow(Value, frozen=True):
    """A withdrawal as the user sees it: where it went, by which chain ("" = by none), and the chain's hash of it."""

    withdrawal: Withdrawal
    chain: str
    address: str
    wallet_tx_id: str | None

    def data(self) -> WithdrawalRowData:
        """The row as it is shown."""
        withdrawal, payment = self.withdrawal, self.withdrawal.payment
        return WithdrawalRowData(
            id=withdrawal.id,
            currency=payment.currency,
            chain=self.chain,
            status=withdrawal.status,
            sub_status=withdrawal.status.value,
            address=self.address,
            memo=payment.memo,
            is_inner=payment.inner,
            amount=padded(payment.amount),
            fee=total_fee(withdrawal),
            wallet_tx_id=self.wallet_tx_id,
            created_at=whole_second(withdrawal.created_at),
            updated_at=whole_second(withdrawal.updated_at),
            remark=payment.remark,
        )


def total_fee(withdrawal: Withdrawal) -> str:
    """Both fees together: the reference does not say how the service fee is shown (rest/withdrawal-by-id)."""
    return padded(money.add(withdrawal.service_fee, withdrawal.network_fee))


def shown_chain(world: World, withdrawal: Withdrawal) -> str:
    """The chainId that a withdrawal shows: to an address also if it stays inside, to a person none.

    [rest/history-chain]
    """
    if withdrawal.payment.withdraw_type is not WithdrawType.ADDRESS:
        return ""
    currency = world.currencies[withdrawal.payment.currency]
    return withdrawal.chain or withdrawal.payment.chain or currency.default_chain


def shown_address(withdrawal: Withdrawal) -> str:
    """An e-mail address is masked as in the reference's sample, anything else is shown [rest/history-masked]."""
    address = withdrawal.payment.address
    if withdrawal.payment.withdraw_type is not WithdrawType.MAIL:
        return address
    name, at, host = address.partition("@")
    return f"{name[:4]}*****{at}{host}"


def shown_tx_id(world: World, withdrawal: Withdrawal) -> str | None:
    """The chain's hash of a payment that left, none of one that stayed inside or is still under way (made up)."""
    left = withdrawal.chain and withdrawal.status is WithdrawalStatus.SUCCESS
    return mint_wallet_tx_id(world, withdrawal.id) if left else None


def row_of(world: World, withdrawal: Withdrawal) -> WithdrawalRow:
    """The withdrawal as the user sees it."""
    return WithdrawalRow(
        withdrawal, shown_chain(world, withdrawal), shown_address(withdrawal), shown_tx_id(world, withdrawal)
    )
