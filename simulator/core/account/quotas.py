"""How much a user may withdraw today: the 24-hour cap, what is used of it, and what a chain asks for."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Final

from msgspec import field

from simulator.core import money
from simulator.core.data import Amount, Count, Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import limits
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import NEEDED_CURRENCY, ONE_CHAIN
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import ZERO, padded, plain
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Chain, Currency, Now, World


class GetWithdrawalQuotas(Value, frozen=True):
    """`GET /api/v1/withdrawals/quotas`. `parameters`: `currency`, `chain`."""

    signed: SignedRequest
    parameters: Query


class QuotasData(Data, frozen=True, kw_only=True):
    """What may still be withdrawn of a currency by a chain."""

    currency: Name
    limit_btc_amount: Amount = field(name="limitBTCAmount")
    used_btc_amount: Amount = field(name="usedBTCAmount")
    quota_currency: str = "USDT"
    limit_quota_currency_amount: Amount
    used_quota_currency_amount: Amount
    remain_amount: Amount
    available_amount: Amount
    withdraw_min_fee: Amount
    inner_withdraw_min_fee: str = "0"
    withdraw_min_size: Amount
    is_withdraw_enabled: bool
    precision: Count
    chain: Name
    reason: None = None
    locked_amount: Amount


class QuotasFound(Reply, frozen=True):
    """`limit` and `used` are USDT, `limit_btc` and `used_btc` their worth; the rest is in the currency."""

    currency: Currency
    chain: Chain
    limit: Decimal
    used: Decimal
    limit_btc: Decimal
    used_btc: Decimal
    remaining: Decimal
    """What the cap leaves, in the currency."""
    available: Decimal
    """What of it the main account has."""
    locked: Decimal
    """What withdrawals under way hold."""
    enabled: bool
    """True if the chain is open, and the user not frozen."""

    def data(self) -> QuotasData:
        """The quotas as they are shown."""
        return QuotasData(
            currency=self.currency.currency,
            limit_btc_amount=padded(self.limit_btc),
            used_btc_amount=padded(self.used_btc),
            limit_quota_currency_amount=padded(self.limit),
            used_quota_currency_amount=plain(self.used),
            remain_amount=padded(self.remaining, self.currency.precision),
            available_amount=plain(self.available),
            withdraw_min_fee=plain(self.chain.withdrawal_min_fee),
            withdraw_min_size=plain(self.chain.withdrawal_min_size),
            is_withdraw_enabled=self.enabled,
            precision=self.chain.withdraw_precision,
            chain=self.chain.chain_name,
            locked_amount=plain(self.locked),
        )


def get_withdrawal_quotas(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, QuotasFound]:
    """The cap is one for all currencies, in USDT; prices are the world's [rest/withdrawal-quotas] [H72/quotas]."""
    read = Fields(query)
    code, chain_id = NEEDED_CURRENCY.read(read), ONE_CHAIN.read(read)
    currency = find_currency(world, code)
    chain = find_chain(currency, chain_id)
    limit, used = world.choices.amount_cap_24h, limits.amount_used(world, key.user, now)
    left = max(ZERO, money.subtract(limit, used))
    remaining = _worth(left, currency.price_usdt, currency.precision)
    account = world.wallet(key.user).account(code)
    bitcoin = world.currencies.get("BTC")
    in_bitcoin = [_worth(usdt, bitcoin.price_usdt, money.PRECISION) if bitcoin else ZERO for usdt in (limit, used)]
    return world, QuotasFound(
        currency=currency,
        chain=chain,
        limit=limit,
        used=used,
        limit_btc=in_bitcoin[0],
        used_btc=in_bitcoin[1],
        remaining=remaining,
        available=min(remaining, account.available),
        locked=account.holds,
        enabled=chain.withdraw_enabled and not world.users[key.user].frozen,
    )


def _worth(usdt: Decimal, price: Decimal, precision: int) -> Decimal:
    """So many USDT in a currency, rounded down: nobody is promised what the cap would refuse."""
    exact = money.ROUNDING.divide(usdt, price)
    return exact.quantize(money.unit(precision), rounding=ROUND_DOWN, context=money.ROUNDING)


ENDPOINTS: Final = (
    Endpoint(
        get_withdrawal_quotas,
        GetWithdrawalQuotas,
        REST,
        call="GET /api/v1/withdrawals/quotas",
        parameters=(NEEDED_CURRENCY, ONE_CHAIN),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        refusals={Reason.PARAMETER_INVALID, Reason.CURRENCY_UNKNOWN, Reason.CHAIN_INVALID},
    ),
)
