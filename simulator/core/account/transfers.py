"""Money that a user moves between accounts of their own: universal transfers, and how much could be moved."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from typing import Final

from simulator.core import money
from simulator.core.account.ledgers import ACCOUNT_TYPES
from simulator.core.data import Amount, Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import balances
from simulator.core.funds.chains import find_currency
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import AMOUNT, NEEDED_CURRENCY, Text, Word
from simulator.core.gateway.permissions import GENERAL, TRANSFER
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.mint import Mint
from simulator.core.money import plain
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import Account, ApiKey, Now, Transfer, User, Wallet, World

WHOSE: Final = ("INTERNAL", "PARENT_TO_SUB", "SUB_TO_PARENT")
"""`type`: within one user's accounts, or between a master and a sub-account."""
TRANSFERABLE: Final = tuple(kind for kind in ACCOUNT_TYPES if kind != "CONTRACT")
"""The accounts that `transferable` knows."""
PAIR: Final = "ISOLATED"
"""The account of which `transferable` has to know the pair."""
TRANSFERABLE_TYPE: Final = Word("type", required=True, words=TRANSFERABLE)
TAG: Final = Text("tag", "The pair, where there is an account for each")
TAGGED: Final = ("ISOLATED", "ISOLATED_V2")
"""Accounts of which a user has one for each trading pair, which the tag names."""
CLIENT_OID: Final = Text("clientOid", required=True, longest=128)
TYPE: Final = Word("type", required=True, words=WHOSE)
FROM_USER, TO_USER = Text("fromUserId"), Text("toUserId")
FROM: Final = (Word("fromAccountType", required=True, words=ACCOUNT_TYPES), Text("fromAccountTag"))
TO: Final = (Word("toAccountType", required=True, words=ACCOUNT_TYPES), Text("toAccountTag"))
PARAMETERS: Final = (CLIENT_OID, NEEDED_CURRENCY, AMOUNT, TYPE, FROM_USER, *FROM, TO_USER, *TO)
USER_NEEDED: Final = {"PARENT_TO_SUB": TO_USER, "SUB_TO_PARENT": FROM_USER}
"""Which sub-account it is, by `type`."""


class MakeTransfer(Value, frozen=True):
    """`POST /api/v3/accounts/universal-transfer`."""

    signed: SignedRequest
    body: Body


class TransferData(Data, frozen=True):
    """Which transfer it is."""

    order_id: Name


class TransferMade(Reply, frozen=True):
    """What was moved; the same again for a `clientOid` that comes again, if the switch says so."""

    transfer: Transfer

    def data(self) -> TransferData:
        """Its id."""
        return TransferData(self.transfer.id)


class GetTransferable(Value, frozen=True):
    """`GET /api/v1/accounts/transferable`. `parameters`: `currency`, `type`, `tag`."""

    signed: SignedRequest
    parameters: Query


class TransferableData(Data, frozen=True):
    """An account, and how much of it could be moved."""

    currency: Name
    balance: Amount
    available: Amount
    holds: Amount
    transferable: Amount


class TransferableFound(Reply, frozen=True):
    """The account, empty if nothing ever was in it."""

    account: Account

    def data(self) -> TransferableData:
        """All that is available can be moved."""
        account = self.account
        available = plain(account.available)
        return TransferableData(
            account.currency, plain(account.balance), available, plain(account.holds), transferable=available
        )


class TransferRequest(Value, frozen=True):
    """A transfer as it is asked for, read and typed."""

    client_oid: str
    currency: str
    amount: Decimal
    whose: str
    source: str
    target: str


def read_transfer(read: Fields) -> TransferRequest:
    """The fields of the reference; an account goes by its type, and by a tag where there is one for each pair.

    [rest/universal-transfer]
    """
    client_oid = CLIENT_OID.read(read)
    currency, amount, whose = NEEDED_CURRENCY.read(read), AMOUNT.read(read), TYPE.read(read)
    source, target = _account(read, *FROM), _account(read, *TO)
    if user := USER_NEEDED.get(whose):
        user.read(read, required=True)
    elif source == target:
        raise FieldProblem(TO[0].name, "must be another account than the one that pays", target)
    return TransferRequest(client_oid, currency, amount, whose, source, target)


def _account(read: Fields, type: Word, tag: Text) -> str:
    kind = type.read(read)
    return account_type(kind, tag.read(read, required=kind in TAGGED))


def account_type(type: str, tag: str) -> str:
    """The type of an account as the world has it: with the pair as its tag if there is one for each pair."""
    return f"{type.lower()}:{tag}" if type in TAGGED else type.lower()


def make_transfer(world: World, key: ApiKey, body: Mapping[str, object], now: Now) -> tuple[World, TransferMade]:
    """Move it at once: from one account of the key's user to another."""
    world, transfer = carry_out(world, world.users[key.user], read_transfer(Fields(body)), now)
    return world, TransferMade(transfer=transfer)


def carry_out(world: World, user: User, request: TransferRequest, now: Now) -> tuple[World, Transfer]:
    """A frozen user moves nothing; nobody has sub-accounts here; a `clientOid` is good for one transfer.

    [H69/transfers]
    """
    balances.check_active(user)
    if request.whose != "INTERNAL":
        raise Refusal(Reason.SUB_ACCOUNT_UNKNOWN, expected="INTERNAL: nobody has sub-accounts", received=request.whose)
    if (known := world.transfers.get((user.name, request.client_oid))) is not None:
        if world.choices.repeated_client_oid == "same_answer":
            return world, known
        expected = "a clientOid that was not used before"
        raise Refusal(Reason.CLIENT_OID_USED, expected=expected, received=request.client_oid)
    if "contract" in (request.source, request.target) and not user.futures:
        raise Refusal(Reason.ACCOUNT_NOT_OPENED, expected="a futures account", received="none was opened")
    currency = find_currency(world, request.currency)
    if not money.is_multiple(request.amount, currency.precision):
        expected = f"at most {currency.precision} decimal places"
        raise Refusal(Reason.AMOUNT_INCREMENT_INVALID, expected=expected, received=str(request.amount))
    world = balances.move(world, user.name, request.currency, request.amount, request.source, request.target)
    transfer = Transfer(
        id=Mint(world, now.business).object_id("transfer"),
        user=user.name,
        client_oid=request.client_oid,
        currency=request.currency,
        amount=request.amount,
        source=request.source,
        target=request.target,
        created_at=now.business,
    )
    statement, everybody = world.statement(user.name).with_transfer(transfer), world.everybody.with_transfer(transfer)
    return world.put(transfer, statement, everybody=everybody), transfer


def get_transferable(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, TransferableFound]:
    """What could be moved out of an account: all that is available there; only ISOLATED needs the pair.

    [rest/transferable]
    """
    read = Fields(query)
    code, kind = NEEDED_CURRENCY.read(read), TRANSFERABLE_TYPE.read(read)
    tag = TAG.read(read, required=kind == PAIR)
    currency, wallet = find_currency(world, code).currency, world.wallet(key.user)
    if kind in TAGGED and not tag:
        return world, TransferableFound(account=_of_all_pairs(wallet, currency, kind.lower()))
    return world, TransferableFound(account=wallet.account(currency, account_type(kind, tag)))


def _of_all_pairs(wallet: Wallet, currency: str, kind: str) -> Account:
    """The accounts of all pairs as if they were one."""
    own = (pair for pair in wallet.isolated.values() if pair.currency == currency)
    balances_of = (pair.balance for pair in own if pair.type.startswith(f"{kind}:"))
    return Account(currency, kind, reduce(money.add, balances_of, money.ZERO))


ENDPOINTS: Final = (
    Endpoint(
        get_transferable,
        GetTransferable,
        REST,
        call="GET /api/v1/accounts/transferable",
        parameters=(NEEDED_CURRENCY, TRANSFERABLE_TYPE, TAG),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        refusals={Reason.PARAMETER_INVALID, Reason.CURRENCY_UNKNOWN},
    ),
    Endpoint(
        make_transfer,
        MakeTransfer,
        REST,
        call="POST /api/v3/accounts/universal-transfer",
        parameters=PARAMETERS,
        permission=TRANSFER,
        pool=Pool.MANAGEMENT,
        weight=4,
        refusals={
            Reason.PARAMETER_INVALID,
            Reason.USER_FROZEN,
            Reason.SUB_ACCOUNT_UNKNOWN,
            Reason.CLIENT_OID_USED,
            Reason.ACCOUNT_NOT_OPENED,
            Reason.CURRENCY_UNKNOWN,
            Reason.AMOUNT_INCREMENT_INVALID,
            Reason.TRANSFER_BALANCE_INSUFFICIENT,
        },
    ),
)
