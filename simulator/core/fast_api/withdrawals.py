"""s8.2: the broker withdrawal, in two steps.

The opening request is checked in full and may be answered with the factors that are needed. The second request, which
is the same with `validation`, is checked in full again and pays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from simulator.core.data import Data, Name
from simulator.core.endpoint import Endpoint
from simulator.core.fast_api import security
from simulator.core.funds import balances, payments
from simulator.core.funds.payouts import CountedAttempt, Withdrawn, check_payable, pay
from simulator.core.gateway.parameters import Absent, Group, Items, Member, Text
from simulator.core.gateway.permissions import OAUTH_WITHDRAWAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.mint import Mint
from simulator.core.refusals import Grade, Reason, Refusal
from simulator.core.spec import Factor
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, FactorSets, Now, Payment, Transaction, User, Withdrawal, World

TRANSACTION_ID: Final = Text("transactionId", required=True)
FACTOR_TYPE: Final = Member("factorType", required=True, words=Factor)
FACTOR_VALUE: Final = Text("factorValue", required=True)
FACTORS: Final = Items("factors", required=True, fields=(FACTOR_TYPE, FACTOR_VALUE))
VALIDATION: Final = Group(
    "validation",
    "The second request: the same fields again, with the codes that the user has read",
    required=True,
    fields=(TRANSACTION_ID, FACTORS),
)
OPENING: Final = (*payments.PARAMETERS, Absent(VALIDATION.name))
"""The parameters of the opening request. Fields that the page does not list are accepted and ignored, and the journal
names them [H37/unread].
"""


class Withdraw(Value, frozen=True):
    """`POST /api/v2/broker/withdrawal` without `validation`: the opening request."""

    signed: SignedRequest
    body: Body


class VerifyWithdrawal(Value, frozen=True):
    """The same path with `validation`: the request that pays (H43)."""

    signed: SignedRequest
    body: Body


class ChallengeData(Data, frozen=True):
    """The factors that the second request needs, and those that were sent to the user."""

    transaction_id: Name
    all_factors: FactorSets
    sent_factors: FactorSets


class Challenged(Reply, frozen=True):
    """s8.2 "Get 2FA factors response": exactly these three [s8.2/challenge]."""

    transaction_id: str
    all_factors: FactorSets
    sent_factors: FactorSets

    def data(self) -> ChallengeData:
        """The three fields."""
        return ChallengeData(self.transaction_id, self.all_factors, self.sent_factors)


class Validation(Value, frozen=True):
    """The part that the second request adds (H43)."""

    transaction_id: str
    factors: Mapping[Factor, str]


def read_validation(read: Fields) -> Validation:
    """`validation: {transactionId, factors: [{factorType, factorValue}]}` [H43/validation]."""
    try:
        inner = VALIDATION.read(read)
    except FieldProblem as problem:
        raise problem.secret() from None
    try:
        transaction_id = TRANSACTION_ID.read(inner)
        factors = dict(_read_factor(item, place) for place, item in enumerate(FACTORS.read(inner)))
        return Validation(transaction_id, factors)
    except FieldProblem as problem:
        word = problem.field.endswith(f".{FACTOR_TYPE.name}")  # a word of a closed list, so it is no secret
        raise (problem if word else problem.secret()).within(VALIDATION.name) from None


def _read_factor(given: object, place: int) -> tuple[Factor, str]:
    where = f"{FACTORS.name}[{place}]"
    if not isinstance(given, Mapping):
        raise FieldProblem(where, "must be an object", given)
    read = Fields(given)
    try:
        factor = FACTOR_TYPE.read(read)
        assert factor is not None
        return factor, FACTOR_VALUE.read(read)
    except FieldProblem as problem:
        word = problem.field == FACTOR_TYPE.name and isinstance(given.get(FACTOR_TYPE.name), str | int | None)
        raise (problem if word else problem.secret()).within(where) from None


def withdraw(world: World, key: ApiKey, body: Mapping[str, object], now: Now) -> tuple[World, Challenged | Withdrawn]:
    """The opening request. It counts in the account windows even if it is refused (H46)."""
    user = world.users[key.user]
    with CountedAttempt(world, user, body, now) as counting:
        return _open(counting, key, user, Fields(body), now)


def _open(world: World, key: ApiKey, user: User, read: Fields, now: Now) -> tuple[World, Challenged | Withdrawn]:
    payment = payments.read_payment(world, read)
    _check_user(world, user)
    if () in user.factor_sets:
        world, withdrawal = pay(world, key, user, payment, now)
        return world, Withdrawn(withdrawal=withdrawal)
    check_payable(world, key, user, payment, now)  # no factors are requested for a payment that would be refused now
    mint = Mint(world, now.business)
    transaction = Transaction(
        mint.object_id("transaction"), key.api_key, user.name, payment, user.factor_sets, (), now.business
    )
    world, transaction = security.send_codes(_drop_expired(world, now), transaction, mint, now)
    world = replace(world, transaction_order=world.transaction_order.joined(transaction.id))
    return world, Challenged(
        transaction_id=transaction.id,
        all_factors=transaction.factor_sets,
        sent_factors=security.sent_factors(transaction.factor_sets),
    )


def _check_user(world: World, user: User) -> None:
    """Refuse a frozen user, and send one without factors to the set-up page [s8.1/bind-more] [H40/opening-only]."""
    balances.check_active(user)
    if not user.factor_sets:
        raise Refusal(
            Reason.MORE_FACTORS_NEEDED, link=security.link(world), expected="a second factor", received="none bound"
        )


def _drop_expired(world: World, now: Now) -> World:
    """The world without transactions that expired long ago, so that a long-lived server does not grow.

    A transaction is dropped one lifetime after its expiry; until then it is refused as expired.
    """
    order = world.transaction_order
    while order:
        oldest = world.transactions.get(order.head)
        if oldest and now.business < oldest.issued_at + 2 * world.choices.transaction_lifetime:
            break
        order = order.served()
        world = world.drop(oldest) if oldest else world
    return replace(world, transaction_order=order)


def verify_withdrawal(world: World, key: ApiKey, body: Mapping[str, object], now: Now) -> tuple[World, Withdrawn]:
    """The second request: check the transaction, the payment and the factors, then everything again, and pay."""
    world, withdrawal = _verified(world, key, world.users[key.user], Fields(body), now)
    return world, Withdrawn(withdrawal=withdrawal)


def _verified(world: World, key: ApiKey, user: User, read: Fields, now: Now) -> tuple[World, Withdrawal]:
    payment, validation = payments.read_payment(world, read), read_validation(read)
    balances.check_active(user)
    transaction = _open_transaction(world, key, validation.transaction_id, now)
    _check_same(transaction.payment, payment)
    if not security.answers(transaction, user, validation.factors, now):
        raise _wrong_code(world, transaction)
    world, withdrawal = pay(world, key, user, payment, now)
    return world.drop(transaction), withdrawal


def _open_transaction(world: World, key: ApiKey, transaction_id: str, now: Now) -> Transaction:
    """The transaction that this key opened, if it has not expired; it is paid once [H44/transaction]."""
    transaction = world.transactions.get(transaction_id)
    if transaction is None or transaction.api_key != key.api_key:
        raise Refusal(Reason.TRANSACTION_UNKNOWN, expected="an open transaction of this key", received="an unknown id")
    lifetime = world.choices.transaction_lifetime
    if (age := now.business - transaction.issued_at) >= lifetime:
        raise Refusal(Reason.TRANSACTION_EXPIRED, expected=f"younger than {lifetime} ms", received=f"{age} ms old")
    return transaction


def _check_same(opening: Payment, repeated: Payment) -> None:
    """Refuse a second request whose payment is not that of the opening request [H43/same-request]."""
    for name in Payment.__struct_fields__:
        first, second = getattr(opening, name), getattr(repeated, name)
        if first != second:
            raise Refusal(Reason.TRANSACTION_MISMATCH, field=name, expected=str(first), received=str(second))


def _wrong_code(world: World, transaction: Transaction) -> Refusal:
    """The refusal of a wrong code. It counts; the last attempt that is allowed ends the transaction [H44/attempts]."""
    transaction = replace(transaction, wrong_answers=transaction.wrong_answers + 1)
    left = world.choices.verification_attempts - transaction.wrong_answers
    kept = world.put(transaction) if left > 0 else world.drop(transaction)
    return Refusal(Reason.FACTOR_WRONG, keep=kept, expected="the right codes", received=f"{left} attempts left")


ENDPOINTS: Final = (
    Endpoint(
        withdraw,
        Withdraw,
        "s8.2",
        call="POST /api/v2/broker/withdrawal",
        parameters=OPENING,
        permission=OAUTH_WITHDRAWAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        grade=Grade.ASSUMED,
        refusals={Reason.WITHDRAWAL_RATE_LIMITED, Reason.MORE_FACTORS_NEEDED, *payments.REFUSALS},
    ),
    Endpoint(
        verify_withdrawal,
        VerifyWithdrawal,
        "s8.2",
        call="POST /api/v2/broker/withdrawal",
        parameters=(*payments.PARAMETERS, VALIDATION),
        permission=OAUTH_WITHDRAWAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        grade=Grade.ASSUMED,
        refusals={
            Reason.TRANSACTION_UNKNOWN,
            Reason.TRANSACTION_EXPIRED,
            Reason.TRANSACTION_MISMATCH,
            Reason.FACTORS_INCOMPLETE,
            Reason.FACTOR_WRONG,
            *payments.REFUSALS,
        },
    ),
)
