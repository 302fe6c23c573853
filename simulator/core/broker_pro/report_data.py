"""The rows of Broker Pro's responses, with the names and types of the samples in KuCoin's reference."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

from simulator.core.broker_pro.reports import BrokerTransaction, BrokerUser, Period
from simulator.core.data import Amount, Count, Data, Digits, Milliseconds, Name, words
from simulator.core.money import padded
from simulator.core.world import User
from simulator.core.world.brokers import TradeType

PLACES: Final = 4
"""Decimal places of the amounts in the samples."""
UNPAID: Final = 1
"""`status`: the sample has 2 together with a payout time. KuCoin's reference does not explain the values."""
SettlementCurrency = Annotated[str, words("USDT", "USDC")]


def places(amount: Decimal) -> str:
    """The amount with at least four decimal places, as in the samples, and with all its digits [H65/decimals]."""
    return padded(amount, PLACES)


def nickname(user: User) -> str:
    """The phone number or the e-mail address, as in KuCoin's reference for a user without a nickname."""
    return user.phone or user.email


class PeriodData(Data, frozen=True, kw_only=True):
    """The trades of a day in one currency."""

    site_type: str
    rebate_type: Annotated[int, Meta(extra_json_schema={"enum": [0, 1, 2]})]
    payout_time: None = None
    period_start_time: Milliseconds
    period_end_time: Milliseconds
    status: Count
    total_trade_user: Digits
    tag_user: Digits
    tag_trade_volume: Amount
    tag_commission: Amount
    invited_user: Digits
    no_tag_trade_volume: Amount
    no_tag_commission: Amount
    total_commission: Amount
    currency: SettlementCurrency


def period_data(row: Period, site_type: str, rebate_type: int) -> PeriodData:
    """The response's row for a period."""
    earned = row.earned
    return PeriodData(
        site_type=site_type,
        rebate_type=rebate_type,
        period_start_time=row.start,
        period_end_time=row.end,
        status=UNPAID,
        total_trade_user=str(earned.users),
        tag_user=str(len(earned.tag_users)),
        tag_trade_volume=places(earned.tagged.volume),
        tag_commission=places(earned.tagged.commission),
        invited_user=str(len(earned.invited_users)),
        no_tag_trade_volume=places(earned.untagged.volume),
        no_tag_commission=places(earned.untagged.commission),
        total_commission=places(earned.commission),
        currency=row.currency,
    )


class BrokerUserData(Data, frozen=True):
    """A user and the sums of all trades in one currency. The futures volumes appear twice, as in the sample."""

    uid: Name
    nick_name: str
    registration_time: Milliseconds
    rate_up: bool
    total_commission: Amount
    total_trading_volume: Amount
    total_fee: Amount
    invited_by_me: bool
    rcode: str | None
    tags: str
    spot_trading_volume_with_tag: Amount
    future_trading_volume_with_tag: Amount
    trading_fee_with_tag: Amount
    commission_with_tag: Amount
    spot_trading_volume_without_tag: Amount
    future_trading_volume_without_tag: Amount
    trading_fee_without_tag: Amount
    commission_without_tag: Amount
    currency: SettlementCurrency
    futures_trading_volume_with_tag: Amount
    futures_trading_volume_without_tag: Amount


def broker_user_data(row: BrokerUser) -> BrokerUserData:
    """The response's row for a user."""
    earned, tagged, untagged = row.earned, row.earned.tagged, row.earned.untagged
    return BrokerUserData(
        uid=str(row.user.uid),
        nick_name=nickname(row.user),
        registration_time=row.user.registered_at,
        rate_up=False,
        total_commission=places(earned.commission),
        total_trading_volume=places(earned.volume),
        total_fee=places(earned.fee),
        invited_by_me=row.invited,
        rcode=row.rcode,
        tags=row.tag,
        spot_trading_volume_with_tag=places(tagged.spot),
        future_trading_volume_with_tag=places(tagged.futures),
        trading_fee_with_tag=places(tagged.fee),
        commission_with_tag=places(tagged.commission),
        spot_trading_volume_without_tag=places(untagged.spot),
        future_trading_volume_without_tag=places(untagged.futures),
        trading_fee_without_tag=places(untagged.fee),
        commission_without_tag=places(untagged.commission),
        currency=row.currency,
        futures_trading_volume_with_tag=places(tagged.futures),
        futures_trading_volume_without_tag=places(untagged.futures),
    )


class TransactionData(Data, frozen=True):
    """A trade. Fields that do not apply to it are null: those of the other trade type, and of the other tag state."""

    trade_time: Milliseconds
    uid: Name
    nick_name: str
    invited_by_me: bool
    total_commission: Amount
    total_volume: Amount
    total_fee: Amount
    rcode: str | None
    spot_trading_volume_with_tag: Amount | None
    future_trading_volume_with_tag: Amount | None
    trading_fee_with_tag: Amount | None
    commission_with_tag: Amount | None
    spot_trading_volume_with_no_tag: Amount | None
    future_trading_volume_with_no_tag: Amount | None
    trading_fee_with_no_tag: Amount | None
    commission_with_no_tag: Amount | None
    currency: SettlementCurrency
    last_id: Name


def transaction_data(row: BrokerTransaction) -> TransactionData:
    """The response's row for a trade."""
    trade = row.trade
    volume, fee, commission = places(trade.volume), places(trade.fee), places(row.commission)
    spot, tagged = trade.type is TradeType.SPOT, trade.tagged
    return TransactionData(
        trade_time=trade.at,
        uid=str(row.user.uid),
        nick_name=nickname(row.user),
        invited_by_me=row.invited,
        total_commission=commission,
        total_volume=volume,
        total_fee=fee,
        rcode=row.rcode,
        spot_trading_volume_with_tag=volume if spot and tagged else None,
        future_trading_volume_with_tag=volume if not spot and tagged else None,
        trading_fee_with_tag=fee if tagged else None,
        commission_with_tag=commission if tagged else None,
        spot_trading_volume_with_no_tag=volume if spot and not tagged else None,
        future_trading_volume_with_no_tag=volume if not spot and not tagged else None,
        trading_fee_with_no_tag=None if tagged else fee,
        commission_with_no_tag=None if tagged else commission,
        currency=trade.currency,
        last_id=str(trade.number),
    )
