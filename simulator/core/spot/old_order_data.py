"""Orders and fills as clients read them by the calls that were before the high-frequency family."""

from __future__ import annotations

from typing import Annotated

from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.money import ZERO, plain
from simulator.core.spot.order_data import TRADE, Amounts, SideWord, TypeWord, cancel_exists, quote_of
from simulator.core.world import Fill, Order


class OldOrderData(Data, frozen=True, kw_only=True):
    """An order of the older family: it says nothing of what remains."""

    id: Name
    symbol: Name
    op_type: str = "DEAL"
    type: TypeWord
    side: SideWord
    price: Amount
    size: Amount
    funds: Amount
    deal_funds: Amount
    deal_size: Amount
    fee: Amount
    fee_currency: Name
    stp: str
    stop: str = ""
    stop_triggered: bool = False
    stop_price: str = "0"
    time_in_force: Name
    post_only: bool
    hidden: bool
    iceberg: bool
    visible_size: Amount
    cancel_after: int
    channel: str = "API"
    client_oid: str
    remark: str | None
    tags: str | None
    is_active: bool
    cancel_exist: bool
    created_at: Milliseconds
    trade_type: str = TRADE


class OldFillData(Data, frozen=True, kw_only=True):
    """A fill of the older family: its `tradeId` is a text."""

    symbol: Name
    trade_id: Name
    order_id: Name
    counter_order_id: Name
    side: SideWord
    liquidity: Annotated[str, words("taker", "maker")]
    force_taker: bool = False
    price: Amount
    size: Amount
    funds: Amount
    fee: Amount
    fee_rate: Amount
    fee_currency: Name
    stop: str = ""
    type: TypeWord
    created_at: Milliseconds
    trade_type: str = TRADE


def old_order_data(order: Order) -> OldOrderData:
    """An order, as its `reports.reported` has it."""
    terms, amounts = order.terms, Amounts(order)
    return OldOrderData(
        id=order.id,
        symbol=terms.symbol,
        type=terms.type.value,
        side=terms.side.value,
        price=plain(amounts.price),
        size=plain(amounts.size),
        funds=plain(terms.funds or ZERO),
        deal_funds=plain(order.deal_funds),
        deal_size=plain(order.deal_size),
        fee=plain(order.fee),
        fee_currency=quote_of(terms),
        stp=terms.stp.value if terms.stp else "",
        time_in_force=terms.time_in_force.value,
        post_only=terms.post_only,
        hidden=terms.hidden,
        iceberg=terms.iceberg,
        visible_size=plain(terms.visible_size or ZERO),
        cancel_after=terms.cancel_after,
        client_oid=order.client_oid,
        remark=terms.remark,
        tags=terms.tags,
        is_active=order.status.active,
        cancel_exist=cancel_exists(order),
        created_at=order.created_at,
    )


def old_fill_data(fill: Fill) -> OldFillData:
    """A fill."""
    return OldFillData(
        symbol=fill.symbol,
        trade_id=str(fill.trade_id),
        order_id=fill.order_id,
        counter_order_id=fill.counter_order_id,
        side=fill.side.value,
        liquidity=fill.liquidity,
        price=plain(fill.price),
        size=plain(fill.size),
        funds=plain(fill.funds),
        fee=plain(fill.fee),
        fee_rate=plain(fill.fee_rate),
        fee_currency=fill.quote,
        type=fill.type.value,
        created_at=fill.at,
    )
