"""s8.2: the parameters of a withdrawal, and what leaves the sender."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.desk import Desk, by_account, payment

from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.funds.ledger import movements
from simulator.core.funds.payouts import Withdrawn
from simulator.core.refusals import Reason
from simulator.core.spec import FeeDeductType, WithdrawType
from simulator.core.world import WithdrawalStatus


def test_success_and_challenge() -> None:
    """A user with nothing to prove gets `withdrawalId` at once, any other a challenge with exactly three members."""
    desk = Desk()
    withdrawn = desk.do(desk.withdrawal(desk.key("frank"), payment()), Withdrawn)
    assert re.fullmatch("[0-9a-f]{24}", withdrawn.withdrawal.id)
    assert desk.challenge(desk.key()).transaction_id
    assert set(Challenged.__struct_fields__) == {"notes", "transaction_id", "all_factors", "sent_factors"}
    assert set(Withdrawn.__struct_fields__) == {"notes", "withdrawal"}


@pytest.mark.parametrize("name", ["currency", "address", "amount", "withdrawType"])
@pytest.mark.parametrize("value", [None, ""])
def test_compulsory_parameters(name: str, value: str | None) -> None:
    """currency, address, amount and withdrawType are compulsory; 400100 names the one that is missing."""
    desk = Desk()
    refusal = desk.refusal(desk.withdrawal(desk.key(), payment(**{name: value})))
    assert refusal.reason is Reason.PARAMETER_INVALID
    assert refusal.text == f"Parameter Error: {name} is compulsory"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("currency", 5, "must be a string"),
        ("address", ["x"], "must be a string"),
        ("chain", 5, "must be a string"),
        ("remark", {}, "must be a string"),
        ("memo", 1, "must be a string"),
        ("isInner", "true", "must be true or false"),
        ("isInner", 1, "must be true or false"),
        ("withdrawType", "address", "not in the given range!"),
        ("withdrawType", "EMAIL", "not in the given range!"),
        ("feeDeductType", "internal", "not in the given range!"),
    ],
)
def test_malformed_parameters(name: str, value: object, problem: str) -> None:
    """A parameter of the wrong kind is 400100 with its name and what is wrong."""
    desk = Desk()
    refusal = desk.refusal(desk.withdrawal(desk.key(), payment(**{name: value})))
    assert (refusal.reason, refusal.details) == (Reason.PARAMETER_INVALID, {"field": name, "problem": problem})


@pytest.mark.parametrize("value", ["100", 100, Decimal(100), Decimal("1E+2"), "100.000000", "0100"])
def test_amount_as_text_or_number(value: object) -> None:
    """The amount is a text or a JSON number and kept exact (H36)."""
    desk = Desk()
    withdrawal = desk.pay(desk.key("frank"), payment(amount=value)).withdrawal
    assert withdrawal.payout == Decimal(100)


@pytest.mark.parametrize(
    "value",
    [
        *("0", "0.0", 0, "-1", "+1", "1e3", ".5", "5.", " 5", "1,000", "NaN", "Infinity", "1" * 31, "\u0661"),
        *(True, 1.5, [], Decimal("NaN"), Decimal("1E+999999"), Decimal("1E-999999")),
    ],
)
def test_amount_must_be_positive(value: object) -> None:
    """Anything but a positive plain decimal number is no amount (s8.2)."""
    desk = Desk()
    refusal = desk.refusal(desk.withdrawal(desk.key(), payment(amount=value)))
    assert refusal.details == {"field": "amount", "problem": "must be a positive decimal number"}


def test_withdraw_type_can_be_optional() -> None:
    """With `withdraw_type: optional` an absent withdrawType is ADDRESS (H36)."""
    desk = Desk(withdraw_type="optional")
    withdrawal = desk.pay(desk.key("frank"), payment(withdrawType=None)).withdrawal
    assert withdrawal.payment.withdraw_type is WithdrawType.ADDRESS


@pytest.mark.parametrize(
    ("chain", "amount", "word"),
    [
        ("trx", "100.000001", "OK"),
        ("trx", "100.0000001", "AMOUNT_INCREMENT_INVALID"),
        ("kcc", "100.0001", "OK"),
        ("kcc", "100.00001", "AMOUNT_INCREMENT_INVALID"),
        ("kcc", "100.00010", "OK"),
        ("trx", "1", "OK"),
        ("trx", "0.999999", "AMOUNT_BELOW_MINIMUM"),
        ("eth", "10", "OK"),
        ("eth", "9.999999", "AMOUNT_BELOW_MINIMUM"),
        (None, "9.999999", "AMOUNT_BELOW_MINIMUM"),
    ],
)
def test_precision_and_minimum(chain: str | None, amount: str, word: str) -> None:
    """The amount is a multiple of the chain's precision and at least its minimum, one tick decides."""
    desk = Desk()
    fields_ = payment(chain=chain, amount=amount, feeDeductType="EXTERNAL")
    assert desk.perform(desk.withdrawal(desk.key("frank"), fields_)).word == word


def test_chain() -> None:
    """A chain goes by its chainId; absent, the currency's default is taken (H38); an unknown one is 900014."""
    desk = Desk()
    key = desk.key("frank")
    assert desk.pay(key, payment(chain="kcc")).withdrawal.chain == "kcc"
    assert desk.pay(key, payment(chain=None)).withdrawal.chain == "eth"
    for chain in ("TRC20", "TRX", "btc"):
        assert desk.reason(desk.withdrawal(key, payment(chain=chain))) is Reason.CHAIN_INVALID
    assert desk.reason(desk.withdrawal(key, payment(currency="usdt"))) is Reason.CURRENCY_UNKNOWN


@pytest.mark.parametrize(
    ("currency", "chain", "memo", "word"),
    [
        ("USDT", "trx", None, "OK"),
        ("USDT", "trx", "", "OK"),
        ("USDT", "trx", "123", "ADDRESS_INVALID"),
        ("XRP", "xrp", "123", "OK"),
        ("XRP", "xrp", None, "ADDRESS_INVALID"),
        ("XRP", "xrp", "", "ADDRESS_INVALID"),
    ],
)
def test_memo(currency: str, chain: str, memo: str | None, word: str) -> None:
    """A memo is needed where the chain needs a tag, refused where it has none, and stored (H37)."""
    desk = Desk()
    account = replace(desk.world.wallet("frank").account("USDT"), currency="XRP")
    desk.world = desk.world.put(desk.world.wallet("frank").having(account))
    outcome = desk.perform(desk.withdrawal(desk.key("frank"), payment(currency=currency, chain=chain, memo=memo)))
    assert outcome.word == word
    assert [each.payment.memo for each in desk.world.withdrawals.values()] == ([memo or ""] if word == "OK" else [])


def test_remark_and_unread_fields() -> None:
    """The remark is stored (H39); fields that the page does not list pass and are named for the journal (H37)."""
    desk = Desk()
    fields_ = payment(remark="rent \N{SNOWMAN}", wallet="kucoin", country="EE")
    result = desk.pay(desk.key("frank"), fields_)
    assert result.withdrawal.payment.remark == "rent \N{SNOWMAN}"
    assert result.notes == ("fields that nothing read: wallet, country",)


@pytest.mark.parametrize("closed", ["trx", "kcc"])
def test_closed_chain(closed: str) -> None:
    """A chain that is closed for withdrawals is refused, the others serve, and payments inside do not mind."""
    desk = Desk()
    currency = desk.world.currencies["USDT"]
    chains = tuple(replace(chain, withdraw_enabled=chain.chain_id != closed) for chain in currency.chains)
    desk.world = desk.world.put(replace(currency, chains=chains, default_chain=closed))
    key = desk.key("frank")
    for chain in ("trx", "kcc"):
        word = "WITHDRAWAL_DISABLED" if chain == closed else "OK"
        assert desk.perform(desk.withdrawal(key, payment(chain=chain))).word == word
    assert desk.perform(desk.withdrawal(key, by_account("UID", "200000002"))).word == "OK"


def test_only_the_main_account_pays() -> None:
    """Money in the trade account pays for nothing (s8.2: the main account)."""
    desk = Desk()
    account = desk.world.wallet("frank").account("USDT")
    wallet = desk.world.wallet("frank").having(replace(account, balance=Decimal(5)))
    desk.world = desk.world.put(wallet.having(replace(account, type="trade")))
    refusal = desk.refusal(desk.withdrawal(desk.key("frank"), payment()))
    assert (refusal.reason, refusal.received) == (Reason.BALANCE_INSUFFICIENT, "5 USDT")


def test_no_idempotency() -> None:
    """Two equal calls that are accepted are two payouts (H51)."""
    desk = Desk()
    key = desk.key("frank")
    assert desk.pay(key, payment()).withdrawal.id != desk.pay(key, payment()).withdrawal.id
    assert desk.pot("outside") == 200


def test_opening_pays_nothing() -> None:
    """A challenge moves and holds no money, and nothing is challenged that could not be paid (s8.2)."""
    desk = Desk()
    before = (desk.world.wallets, desk.world.withdrawals, desk.world.pots)
    desk.challenge(desk.key())
    assert (desk.world.wallets, desk.world.withdrawals, desk.world.pots) == before
    assert desk.reason(desk.withdrawal(desk.key("carol"), payment(amount="1001"))) is Reason.BALANCE_INSUFFICIENT


@pytest.mark.parametrize(
    ("amount", "deduct", "word", "payout", "debit"),
    [
        ("100", None, FeeDeductType.EXTERNAL, "100", "111"),
        ("100", "EXTERNAL", FeeDeductType.EXTERNAL, "100", "111"),
        ("100", "INTERNAL", FeeDeductType.INTERNAL, "89", "100"),
        ("49969", None, FeeDeductType.EXTERNAL, "49969", "50000"),
        ("49969.000001", None, FeeDeductType.INTERNAL, "49938.000001", "49969.000001"),
        ("50000", None, FeeDeductType.INTERNAL, "49969", "50000"),
        ("50000", "INTERNAL", FeeDeductType.INTERNAL, "49969", "50000"),
    ],
)
def test_fee_deduct_type(amount: str, deduct: str | None, word: FeeDeductType, payout: str, debit: str) -> None:
    """Fees come from the main account, or from the amount; unsaid, from the main account while it covers both (H50)."""
    desk = Desk()
    withdrawal = desk.pay(desk.key("frank"), payment(amount=amount, feeDeductType=deduct)).withdrawal
    assert (withdrawal.fee_deduct_type, withdrawal.payout, withdrawal.debit) == (word, Decimal(payout), Decimal(debit))
    assert withdrawal.status is WithdrawalStatus.SUCCESS
    assert desk.balance("frank") == 50_000 - Decimal(debit)


@pytest.mark.parametrize(
    ("amount", "deduct"), [("49969.000001", "EXTERNAL"), ("50000", "EXTERNAL"), ("50000.01", None)]
)
def test_fee_deduct_type_cannot_be_paid(amount: str, deduct: str | None) -> None:
    """EXTERNAL needs amount and fees in the main account; nothing helps when the amount alone is too much."""
    desk = Desk()
    fields_ = payment(amount=amount, feeDeductType=deduct)
    assert desk.reason(desk.withdrawal(desk.key("frank"), fields_)) is Reason.BALANCE_INSUFFICIENT


@pytest.mark.parametrize(
    ("amount", "word"), [("2", "PAYOUT_NOT_POSITIVE"), ("2.000001", "OK"), ("1", "PAYOUT_NOT_POSITIVE")]
)
def test_payout_must_be_positive(amount: str, word: str) -> None:
    """A payout that the fees would eat whole is refused; a millionth more is paid (H50)."""
    desk = Desk()
    fields_ = payment(amount=amount, feeDeductType="INTERNAL")
    assert desk.perform(desk.withdrawal(desk.key("frank"), fields_)).word == word


@pytest.mark.parametrize(("balance", "received"), [("1", "0.9994"), ("1.0005", "0.9994"), ("1.0006", "1")])
def test_the_bitcoin_example(balance: str, received: str) -> None:
    """The page's 1 BTC with a network fee of 0.0001: fees, the service fee too, come out of it unless covered."""
    desk = Desk()
    account = replace(desk.world.wallet("frank").account("BTC"), balance=Decimal(balance))
    desk.world = desk.world.put(desk.world.wallet("frank").having(account))
    withdrawal = desk.pay(desk.key("frank"), payment(currency="BTC", chain="btc", amount="1")).withdrawal
    assert (withdrawal.service_fee, withdrawal.network_fee) == (Decimal("0.0005"), Decimal("0.0001"))
    assert withdrawal.payout == Decimal(received)


@pytest.mark.parametrize(
    ("balance", "deduct", "debited", "received"),
    [
        ("1.0006", None, "1.0006", "1"),
        ("1.0005", None, "1.0005", "0.9999"),
        ("1.0005", "INTERNAL", "1.0005", "0.9999"),
        ("1.00049999", "INTERNAL", None, None),
        ("1.0005", "EXTERNAL", None, None),
        ("1.0006", "EXTERNAL", "1.0006", "1"),
    ],
)
def test_the_bitcoin_example_as_printed(
    balance: str, deduct: str | None, debited: str | None, received: str | None
) -> None:
    """With the service fee from the main account, of 1 BTC less the fee of 0.0001 the printed 0.9999 are received."""
    desk = Desk(service_fee_from="main_account")
    account = replace(desk.world.wallet("frank").account("BTC"), balance=Decimal(balance))
    desk.world = desk.world.put(desk.world.wallet("frank").having(account))
    key, fields = desk.key("frank"), payment(currency="BTC", chain="btc", amount="1", feeDeductType=deduct)
    if received is None or debited is None:
        assert desk.reason(desk.withdrawal(key, fields)) is Reason.BALANCE_INSUFFICIENT
        return
    withdrawal = desk.pay(key, fields).withdrawal
    assert (withdrawal.service_fee, withdrawal.network_fee) == (Decimal("0.0005"), Decimal("0.0001"))
    assert (withdrawal.debit, withdrawal.payout) == (Decimal(debited), Decimal(received))
    [debit] = [each for each in movements(desk.world, "frank") if each.kind == "debit"]
    assert sum(part.amount for part in debit.parts) == withdrawal.debit
    assert debit.parts[0].steps[0].result == withdrawal.payout


def test_the_journal_reads_what_was_wrong() -> None:
    """A refusal tells the journal what came: `absent`, or the value in brief, but never a one-time code."""
    desk = Desk()
    key = desk.key()
    assert desk.refusal(desk.withdrawal(key, payment(address=None))).received == "absent"
    assert desk.refusal(desk.withdrawal(key, payment(remark=5))).received == "5"
    assert len(desk.refusal(desk.withdrawal(key, payment(remark=["x" * 5_000]))).received) < 200
    validation = {"transactionId": "x", "factors": [{"factorType": "GAV", "factorValue": 123456}]}
    assert desk.refusal(desk.verification(key, payment(), validation)).received == "a int"
