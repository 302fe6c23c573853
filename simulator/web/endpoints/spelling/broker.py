"""The replies of Broker Pro, in the names and types of the samples in KuCoin's reference."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from simulator.core.broker_pro.commission import BrokerTransactionsListed, BrokerUsersListed, CommissionFound
from simulator.core.broker_pro.rebates import RebateLinked
from simulator.core.broker_pro.reports import BrokerUser, Period, Transaction
from simulator.core.money import plain
from simulator.core.world import User
from simulator.core.world.brokers import TradeType
from simulator.web.endpoints.spelling import Spellings, page

PLACES: Final = 4
"""Decimal places of the amounts in the samples."""
UNPAID: Final = 1
"""`status`: the sample has 2 beside a time of payout, and its values are explained nowhere."""


def places(amount: Decimal) -> str:
    """At least four decimal places, as in the samples, and no digit less than there is [H65/decimals]."""
    whole, _, rest = plain(amount).partition(".")
    return f"{whole}.{rest.ljust(PLACES, '0')}"


def nickname(user: User) -> str:
    """KuCoin's reference: the phone number or the e-mail address of who has chosen none; nobody here has."""
    return user.phone or user.email


def _period(reply: CommissionFound, row: Period) -> dict[str, Any]:
    earned = row.earned
    return {
        "siteType": reply.site_type,
        "rebateType": reply.rebate_type,
        "payoutTime": None,
        "periodStartTime": row.start,
        "periodEndTime": row.end,
        "status": UNPAID,
        "totalTradeUser": str(earned.users),
        "tagUser": str(len(earned.tag_users)),
        "tagTradeVolume": places(earned.tagged.volume),
        "tagCommission": places(earned.tagged.commission),
        "invitedUser": str(len(earned.invited_users)),
        "noTagTradeVolume": places(earned.untagged.volume),
        "noTagCommission": places(earned.untagged.commission),
        "totalCommission": places(earned.commission),
        "currency": row.currency,
    }


def _user(row: BrokerUser) -> dict[str, Any]:
    """The futures volumes stand there twice, under both names, as in the sample."""
    earned, tagged, untagged = row.earned, row.earned.tagged, row.earned.untagged
    return {
        "uid": str(row.user.uid),
        "nickName": nickname(row.user),
        "registrationTime": row.user.registered_at,
        "rateUp": False,
        "totalCommission": places(earned.commission),
        "totalTradingVolume": places(earned.volume),
        "totalFee": places(earned.fee),
        "invitedByMe": row.invited,
        "rcode": row.rcode,
        "tags": row.tag,
        "spotTradingVolumeWithTag": places(tagged.spot),
        "futureTradingVolumeWithTag": places(tagged.futures),
        "tradingFeeWithTag": places(tagged.fee),
        "commissionWithTag": places(tagged.commission),
        "spotTradingVolumeWithoutTag": places(untagged.spot),
        "futureTradingVolumeWithoutTag": places(untagged.futures),
        "tradingFeeWithoutTag": places(untagged.fee),
        "commissionWithoutTag": places(untagged.commission),
        "currency": row.currency,
        "futuresTradingVolumeWithTag": places(tagged.futures),
        "futuresTradingVolumeWithoutTag": places(untagged.futures),
    }


def _transaction(row: Transaction) -> dict[str, Any]:
    """Null is what the trade has not: another kind of volume, the other half of tag or no tag."""
    trade = row.trade
    volume, fee, commission = places(trade.volume), places(trade.fee), places(row.commission)
    spot, tagged = trade.type is TradeType.SPOT, trade.tagged
    return {
        "tradeTime": trade.at,
        "uid": str(row.user.uid),
        "nickName": nickname(row.user),
        "invitedByMe": row.invited,
        "totalCommission": commission,
        "totalVolume": volume,
        "totalFee": fee,
        "rcode": row.rcode,
        "spotTradingVolumeWithTag": volume if spot and tagged else None,
        "futureTradingVolumeWithTag": volume if not spot and tagged else None,
        "tradingFeeWithTag": fee if tagged else None,
        "commissionWithTag": commission if tagged else None,
        "spotTradingVolumeWithNoTag": volume if spot and not tagged else None,
        "futureTradingVolumeWithNoTag": volume if not spot and not tagged else None,
        "tradingFeeWithNoTag": None if tagged else fee,
        "commissionWithNoTag": None if tagged else commission,
        "currency": trade.currency,
        "lastId": str(trade.number),
    }


SPELLINGS: Final[Spellings] = {
    RebateLinked: lambda reply: {"url": reply.url},
    CommissionFound: lambda reply: page(reply.periods, lambda row: _period(reply, row)),
    BrokerUsersListed: lambda reply: page(reply.users, _user),
    BrokerTransactionsListed: lambda reply: [_transaction(each) for each in reply.transactions],
}
