"""A payment of s8.2: read from the request, judged in the order of `Reason`, made into the withdrawal to be booked."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from re import Pattern, fullmatch
from re import compile as pattern_of
from typing import Final

from msgspec.structs import replace

from simulator.core import money
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.funds.fees import Fees, fees
from simulator.core.gateway.parameters import AMOUNT, CHAIN, NEEDED_CURRENCY, Flag, Member, Text
from simulator.core.gateway.requests import Fields
from simulator.core.mint import Mint
from simulator.core.money import ZERO
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import FeeDeductType, WithdrawType
from simulator.core.value import Value
from simulator.core.world import (
    ApiKey,
    Chain,
    Currency,
    DepositAddress,
    FeeTerms,
    Now,
    Payment,
    User,
    Withdrawal,
    WithdrawalStatus,
    World,
    phone_number,
)

ADDRESS: Final = Text("address", required=True)
WITHDRAW_TYPE: Final = Member("withdrawType", required=True, words=WithdrawType)
INNER: Final = Flag("isInner")
REMARK, MEMO = Text("remark"), Text("memo")
FEE_DEDUCT_TYPE: Final = Member("feeDeductType", words=FeeDeductType)
PARAMETERS: Final = (*(NEEDED_CURRENCY, ADDRESS, AMOUNT, WITHDRAW_TYPE, CHAIN, INNER, REMARK, MEMO, FEE_DEDUCT_TYPE),)
"""The fields of a payment: those that s8.2 lists, and the memo (H37)."""
REFUSALS: Final = {
    Reason.PARAMETER_INVALID,
    Reason.USER_FROZEN,
    Reason.CURRENCY_UNKNOWN,
    Reason.CHAIN_INVALID,
    Reason.WITHDRAWAL_DISABLED,
    Reason.AMOUNT_INCREMENT_INVALID,
    Reason.AMOUNT_BELOW_MINIMUM,
    Reason.ADDRESS_INVALID,
    Reason.ADDRESS_NOT_IN_BOOK,
    Reason.RECIPIENT_UNKNOWN,
    Reason.PAYOUT_NOT_POSITIVE,
    Reason.AMOUNT_CAP_EXCEEDED,
    Reason.BALANCE_INSUFFICIENT,
}
"""What can refuse a payment, whichever endpoint it comes by."""


LONGEST_TEXT: Final = 1024
"""Characters of an address or a memo that are held against a pattern: longer than any chain's."""


def read_payment(
    world: World, fields: Fields, address: Text = ADDRESS, withdraw_type: WithdrawType | None = None
) -> Payment:
    """The parameters of s8.2, typed [s8.2/parameters] [s8.2/is-inner] [H36/amount-and-type] [H39/remark].

    `address` is the parameter that holds the address; `withdraw_type` is given where the request cannot say it.
    """
    if withdraw_type is None:
        type_optional = world.choices.withdraw_type != "required"
        withdraw_type = WITHDRAW_TYPE.read(fields, optional=type_optional) or WithdrawType.ADDRESS
    return Payment(
        currency=NEEDED_CURRENCY.read(fields),
        address=address.read(fields),
        amount=AMOUNT.read(fields),
        withdraw_type=withdraw_type,
        chain=CHAIN.read(fields) or None,
        inner=INNER.read(fields) or withdraw_type is not WithdrawType.ADDRESS,
        remark=REMARK.read(fields),
        memo=MEMO.read(fields),
        fee_deduct_type=FEE_DEDUCT_TYPE.read(fields),
    )


class Plan(Value, frozen=True):
    """A payment that nothing speaks against but the balance: how it would be booked."""

    currency: Currency
    chain: Chain | None
    recipient: str | None
    fees: Fees
    oauth: bool
    """True if it is a withdrawal of the Fast API, which alone costs the service fee (s9)."""


def _recipient(world: World, payment: Payment) -> str | None:
    """Who gets a payment that stays inside: by uid, e-mail, phone or deposit address [H47/recipients]."""
    match payment.withdraw_type:
        case WithdrawType.ADDRESS:
            chains = [payment.chain] if payment.chain else _chain_ids(world, payment.currency)
            places = [DepositAddress(chain, payment.address, payment.memo).identity for chain in chains]
            recipient = next((name for place in places if (name := world.identities.get(place))), None)
        case WithdrawType.MAIL:
            recipient = world.identities.get(payment.address.lower()) if "@" in payment.address else None
        case WithdrawType.UID:
            recipient = world.identities.get(payment.address) if fullmatch("[0-9]+", payment.address) else None
        case WithdrawType.PHONE:
            recipient = world.identities.get(phone_number(payment.address))
    if recipient is None and world.choices.unknown_recipient == "refuse":
        expected = f"a user of that {payment.withdraw_type.value.lower()}"
        raise Refusal(Reason.RECIPIENT_UNKNOWN, expected=expected, received=payment.address)
    return recipient


def _chain_ids(world: World, currency: str) -> list[str]:
    return [chain.chain_id for chain in find_currency(world, currency).chains]


def _check_amount(payment: Payment, currency: Currency, chain: Chain | None) -> None:
    """s8.2 "a multiple of the specified amount precision", and the chain's minimum [s8.2/amount-precision]."""
    precision = chain.withdraw_precision if chain else currency.precision
    if not money.is_multiple(payment.amount, precision):
        expected = f"at most {precision} decimal places"
        raise Refusal(Reason.AMOUNT_INCREMENT_INVALID, expected=expected, received=str(payment.amount))
    if chain and payment.amount < chain.withdrawal_min_size:
        expected = f"at least {chain.withdrawal_min_size}"
        raise Refusal(Reason.AMOUNT_BELOW_MINIMUM, expected=expected, received=str(payment.amount))


def _check_address(world: World, payment: Payment, chain: Chain) -> None:
    """A memo where the chain has a tag and none elsewhere [H37/memo].

    All of the address matches the chain's pattern, and all of the memo [H62/address-pattern].
    """
    if chain.need_tag != bool(payment.memo):
        expected = "a memo" if chain.need_tag else "no memo"
        raise Refusal(Reason.ADDRESS_INVALID, expected=expected, received=repr(payment.memo))
    if world.choices.address_pattern == "ignore":
        return
    looks = (("an address", payment.address, chain.address_pattern), ("a memo", payment.memo, chain.memo_pattern))
    for what, text, pattern in looks:
        if pattern and text and not (len(text) <= LONGEST_TEXT and _compiled(pattern).fullmatch(text)):
            expected = f"{what} of {chain.chain_id}, which matches {pattern}"
            raise Refusal(Reason.ADDRESS_INVALID, expected=expected, received=text)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Pattern[str]:
    return pattern_of(pattern)


def needs_chain(payment: Payment, currency: Currency) -> bool:
    """True if a chain has to be found: a dead coin has none, and can be paid to a person nevertheless."""
    return bool(currency.chains or payment.chain) or payment.withdraw_type is WithdrawType.ADDRESS


def plan(world: World, key: ApiKey, user: User, payment: Payment, *, oauth: bool = True) -> Plan:
    """Everything between the parameters and the balance, in the order of `Reason`."""
    currency = find_currency(world, payment.currency)
    chain = find_chain(currency, payment.chain) if needs_chain(payment, currency) else None
    outside = None if payment.inner else chain
    if outside and not outside.withdraw_enabled:
        raise Refusal(Reason.WITHDRAWAL_DISABLED, expected="an open chain", received=outside.chain_id)
    _check_amount(payment, currency, outside)
    if outside:
        _check_address(world, payment, outside)
    place = (chain.chain_id if chain else "", payment.address)
    if key.addressbook_only and place not in user.address_book:  # [H53/address-book]
        book = ", ".join(f"{known} {address}" for known, address in user.address_book) or "an empty address book"
        raise Refusal(Reason.ADDRESS_NOT_IN_BOOK, expected=book, received=" ".join(place))
    recipient = _recipient(world, payment) if payment.inner else None
    due = fees(payment.amount, currency, outside, world.choices)
    return Plan(currency, outside, recipient, due if oauth else replace(due, service=ZERO), oauth)


def _deducted(world: World, user: User, payment: Payment, total: Decimal) -> FeeDeductType:
    """s8.2 feeDeductType: absent = from the main account if it covers amount and fees, else from the amount.

    [s8.2/fee-deduct-type]
    """
    if payment.fee_deduct_type:
        return payment.fee_deduct_type
    available = world.wallet(user.name).account(payment.currency).available
    enough = available >= money.add(payment.amount, total)
    return FeeDeductType.EXTERNAL if enough else FeeDeductType.INTERNAL


def _terms(world: World, plan: Plan) -> FeeTerms | None:
    if not plan.oauth:
        return None
    return FeeTerms(plan.currency.price_usdt, plan.currency.precision, world.choices.fee_rounding)


def booked(world: World, key: ApiKey, user: User, payment: Payment, plan: Plan, now: Now) -> Withdrawal:
    """The withdrawal as it will be booked. INTERNAL: the fees come out of the amount, the service fee by switch not.

    [H50/both-fees]
    """
    total = plan.fees.total
    deducted = _deducted(world, user, payment, total)
    from_amount = ZERO
    if deducted is FeeDeductType.INTERNAL:
        from_amount = plan.fees.network if world.choices.service_fee_from == "main_account" else total
    payout = money.subtract(payment.amount, from_amount)
    if payout <= 0:
        expected = f"more than the fees, {money.plain(from_amount)}"
        raise Refusal(Reason.PAYOUT_NOT_POSITIVE, expected=expected, received=str(payment.amount))
    return Withdrawal(
        id=Mint(world, now.business).object_id("withdrawal"),
        user=user.name,
        api_key=key.api_key,
        client_id=key.client_id,
        payment=payment,
        chain=plan.chain.chain_id if plan.chain else "",
        recipient=plan.recipient,
        debit=payment.amount if from_amount == total else money.add(payout, total),
        payout=payout,
        service_fee=plan.fees.service,
        network_fee=plan.fees.network,
        fee_deduct_type=deducted,
        terms=_terms(world, plan),
        status=WithdrawalStatus.PROCESSING,
        created_at=now.business,
        updated_at=now.business,
    )
