"""How much may still be withdrawn today."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.desk import Desk, Key, payment, told

from simulator.core.account.quotas import GetWithdrawalQuotas, QuotasFound
from simulator.core.refusals import Reason
from simulator.core.spec import DAY


def ask(key: Key, **asked: str) -> GetWithdrawalQuotas:
    return GetWithdrawalQuotas(key.sign(method="GET", path="/api/v1/withdrawals/quotas"), asked)


def test_a_payout_is_seen() -> None:
    """What was withdrawn is used, in USDT and in bitcoin, until the window has closed; money on hold is locked."""
    desk = Desk(settlement="manual", amount_cap_24h=Decimal(1_000))
    key = desk.key("frank")
    before = desk.do(ask(key, currency="USDT"), QuotasFound)
    assert told(before.limit, before.used, before.remaining, before.available, before.locked) == (
        1_000,
        0,
        1_000,
        1_000,
        0,
    )
    desk.pay(key, payment(amount="600"))
    after = desk.do(ask(key, currency="USDT"), QuotasFound)
    assert told(after.used, after.remaining, after.available, after.locked) == (600, 400, 400, 631)
    assert (after.limit_btc, after.used_btc) == (Decimal("0.01666666"), Decimal("0.01"))
    btc = desk.do(ask(key, currency="BTC"), QuotasFound)
    assert told(btc.remaining, btc.available) == (Decimal("0.00666666"), 0)
    desk.advance(DAY - 1)
    assert desk.do(ask(key, currency="USDT"), QuotasFound).used == 600
    desk.advance(1)
    assert desk.do(ask(key, currency="USDT"), QuotasFound).used == 0


def test_what_the_quota_promises_can_be_withdrawn() -> None:
    """All that remains is accepted, and a tick more is not."""
    desk = Desk(amount_cap_24h=Decimal("250.5"))
    key = desk.key("frank")
    desk.pay(key, payment(amount="100"))
    left = desk.do(ask(key, currency="USDT", chain="trx"), QuotasFound).available
    assert left == Decimal("150.5")
    more = payment(amount=str(left + Decimal("0.000001")))
    assert desk.reason(desk.withdrawal(key, more)) is Reason.AMOUNT_CAP_EXCEEDED
    desk.pay(key, payment(amount=str(left)))
    assert desk.do(ask(key, currency="USDT"), QuotasFound).available == 0


def test_quotas_of_a_chain() -> None:
    """Fee, minimum, precision and name are those of the chain that is asked for, or of the default one."""
    desk = Desk()
    key = desk.key("frank")
    for asked, chain, fee in (({}, "ERC20", 5), ({"chain": "trx"}, "TRC20", 1)):
        found = desk.do(ask(key, currency="USDT", **asked), QuotasFound)
        assert told(found.chain.chain_name, found.chain.withdrawal_min_fee) == (chain, fee)
    assert found.available == 50_000
    assert desk.reason(ask(key, currency="USDT", chain="none")) is Reason.CHAIN_INVALID
    assert desk.reason(ask(key)) is Reason.PARAMETER_INVALID


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("open_chain", [True, False])
def test_who_may_withdraw(frozen: bool, open_chain: bool) -> None:
    """It is enabled when the chain is open and the user is not frozen."""
    desk = Desk()
    usdt = desk.world.currencies["USDT"]
    chains = tuple(replace(each, withdraw_enabled=open_chain) for each in usdt.chains)
    desk.world = desk.world.put(replace(usdt, chains=chains), replace(desk.world.users["frank"], frozen=frozen))
    assert desk.do(ask(desk.key("frank"), currency="USDT"), QuotasFound).enabled is (open_chain and not frozen)


def test_without_a_price_of_bitcoin_there_is_no_worth_in_it() -> None:
    """A world that has no BTC tells 0."""
    desk = Desk()
    desk.world = desk.world.put(currencies=desk.world.currencies.remove("BTC"))
    found = desk.do(ask(desk.key("frank"), currency="USDT"), QuotasFound)
    assert told(found.limit_btc, found.used_btc) == (0, 0)
