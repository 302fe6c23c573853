"""Schemas of the replies of Broker Pro, as `spelling.broker` spells them, and of what its calls are asked."""

from __future__ import annotations

from typing import Final

from simulator.core.broker_pro.commission import (
    REBATE_TYPES,
    BrokerTransactionsListed,
    BrokerUsersListed,
    CommissionFound,
)
from simulator.core.broker_pro.rebates import RebateLinked
from simulator.core.value import Reply
from simulator.web.json_schema import (
    COUNT,
    DECIMAL,
    FLAG,
    MS,
    NAME,
    NOTHING,
    TEXT,
    Schema,
    closed,
    listed,
    maybe,
    one_of,
    page_of,
)

CURRENCY: Final = one_of("USDT", "USDC")
NUMBER: Final = {"type": "string", "pattern": "^[0-9]+$"}
PERIOD: Final = closed(
    {
        "siteType": TEXT,
        "rebateType": {"type": "integer", "enum": [*map(int, REBATE_TYPES)]},
        "payoutTime": NOTHING,
        "periodStartTime": MS,
        "periodEndTime": MS,
        "status": COUNT,
        "totalTradeUser": NUMBER,
        "tagUser": NUMBER,
        "tagTradeVolume": DECIMAL,
        "tagCommission": DECIMAL,
        "invitedUser": NUMBER,
        "noTagTradeVolume": DECIMAL,
        "noTagCommission": DECIMAL,
        "totalCommission": DECIMAL,
        "currency": CURRENCY,
    }
)
USER: Final = closed(
    {
        "uid": NAME,
        "nickName": TEXT,
        "registrationTime": MS,
        "rateUp": FLAG,
        "totalCommission": DECIMAL,
        "totalTradingVolume": DECIMAL,
        "totalFee": DECIMAL,
        "invitedByMe": FLAG,
        "rcode": maybe(TEXT),
        "tags": TEXT,
        "spotTradingVolumeWithTag": DECIMAL,
        "futureTradingVolumeWithTag": DECIMAL,
        "tradingFeeWithTag": DECIMAL,
        "commissionWithTag": DECIMAL,
        "spotTradingVolumeWithoutTag": DECIMAL,
        "futureTradingVolumeWithoutTag": DECIMAL,
        "tradingFeeWithoutTag": DECIMAL,
        "commissionWithoutTag": DECIMAL,
        "currency": CURRENCY,
        "futuresTradingVolumeWithTag": DECIMAL,
        "futuresTradingVolumeWithoutTag": DECIMAL,
    }
)
TRANSACTION: Final = closed(
    {
        "tradeTime": MS,
        "uid": NAME,
        "nickName": TEXT,
        "invitedByMe": FLAG,
        "totalCommission": DECIMAL,
        "totalVolume": DECIMAL,
        "totalFee": DECIMAL,
        "rcode": maybe(TEXT),
        "spotTradingVolumeWithTag": maybe(DECIMAL),
        "futureTradingVolumeWithTag": maybe(DECIMAL),
        "tradingFeeWithTag": maybe(DECIMAL),
        "commissionWithTag": maybe(DECIMAL),
        "spotTradingVolumeWithNoTag": maybe(DECIMAL),
        "futureTradingVolumeWithNoTag": maybe(DECIMAL),
        "tradingFeeWithNoTag": maybe(DECIMAL),
        "commissionWithNoTag": maybe(DECIMAL),
        "currency": CURRENCY,
        "lastId": NAME,
    }
)
REPLIES: Final[dict[type[Reply], Schema]] = {
    RebateLinked: closed({"url": {"type": "string", "format": "uri", "description": "Valid for a day"}}),
    CommissionFound: page_of(PERIOD),
    BrokerUsersListed: page_of(USER),
    BrokerTransactionsListed: listed(TRANSACTION),
}
