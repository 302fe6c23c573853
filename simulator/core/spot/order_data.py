"""Orders and fills of the spot market as clients read them, under KuCoin's names and in KuCoin's order."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

from simulator.core import money
from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.money import ZERO, plain
from simulator.core.world import Fill, Order, OrderTerms, OrderType, Side

Serial = Annotated[int, Meta(ge=0, description="Higher than those before", extra_json_schema={"format": "int64"})]
SideWord = Annotated[str, words(*(side.value for side in Side))]
TypeWord = Annotated[str, words(*(word.value for word in OrderType))]
TRADE: Final = "TRADE"
"""KuCoin's word for the spot market, in contrast to margin."""


class OrderData(Data, frozen=True, kw_only=True):
    """An order of the high-frequency family."""

    id: Name
    client_oid: str
    symbol: Name
    op_type: str = "DEAL"
    type: TypeWord
    side: SideWord
    price: Amount
    size: Amount
    funds: Amount
    deal_size: Amount
    deal_funds: Amount
    remain_size: Amount
    remain_funds: Amount
    cancelled_size: Amount
    cancelled_funds: Amount
    fee: Amount
    fee_currency: Name
    stp: str | None
    time_in_force: Name
    post_only: bool
    hidden: bool
    iceberg: bool
    visible_size: Amount
    cancel_after: int
    channel: str = "API"
    remark: str | None
    tags: str | None
    cancel_exist: bool
    trade_type: str = TRADE
    in_order_book: bool
    active: bool
    tax: str = "0"
    created_at: Milliseconds
    last_updated_at: Milliseconds


class Amounts:
    """What is derived of an order: its size and funds, and what of both is filled, canceled and remains.

    The three add up to the whole. What an order is not measured in is 0. [H121/order-amounts]
    """

    __slots__ = ("canceled_funds", "canceled_size", "funds", "price", "remain_funds", "remain_size", "size")

    def __init__(self, order: Order) -> None:
        terms = order.terms
        self.price = terms.price or ZERO
        self.size = terms.size or ZERO
        self.canceled_size = order.canceled_size if self.size else ZERO
        self.remain_size = self._rest(self.size, order.deal_size, self.canceled_size)
        if terms.price is not None:
            self.funds = money.multiply(self.price, self.size)
            self.canceled_funds = money.multiply(self.price, self.canceled_size)
        else:
            self.funds = terms.funds or ZERO
            self.canceled_funds = order.canceled_funds if self.funds else ZERO
        self.remain_funds = self._rest(self.funds, order.deal_funds, self.canceled_funds)

    @staticmethod
    def _rest(whole: Decimal, filled: Decimal, canceled: Decimal) -> Decimal:
        return money.subtract(money.subtract(whole, filled), canceled) if whole else ZERO


def order_data(order: Order) -> OrderData:
    """An order, as its `reports.reported` has it."""
    terms, amounts = order.terms, Amounts(order)
    return OrderData(
        id=order.id,
        client_oid=order.client_oid,
        symbol=terms.symbol,
        type=terms.type.value,
        side=terms.side.value,
        price=plain(amounts.price),
        size=plain(amounts.size),
        funds=plain(amounts.funds),
        deal_size=plain(order.deal_size),
        deal_funds=plain(order.deal_funds),
        remain_size=plain(amounts.remain_size),
        remain_funds=plain(amounts.remain_funds),
        cancelled_size=plain(amounts.canceled_size),
        cancelled_funds=plain(amounts.canceled_funds),
        fee=plain(order.fee),
        fee_currency=quote_of(terms),
        stp=terms.stp.value if terms.stp else None,
        time_in_force=terms.time_in_force.value,
        post_only=terms.post_only,
        hidden=terms.hidden,
        iceberg=terms.iceberg,
        visible_size=plain(terms.visible_size or ZERO),
        cancel_after=terms.cancel_after,
        remark=terms.remark,
        tags=terms.tags,
        cancel_exist=cancel_exists(order),
        in_order_book=order.in_book and order.status.active,
        active=order.status.active,
        created_at=order.created_at,
        last_updated_at=order.updated_at,
    )


def quote_of(terms: OrderTerms) -> str:
    """The quote currency, in which fees are."""
    return terms.symbol.partition("-")[2]


def cancel_exists(order: Order) -> bool:
    """True if something of the order was canceled."""
    return bool(order.canceled_size or order.canceled_funds)


class FillData(Data, frozen=True, kw_only=True):
    """A fill of the high-frequency family."""

    id: Serial
    order_id: Name
    counter_order_id: Name
    trade_id: Serial
    symbol: Name
    side: SideWord
    liquidity: Annotated[str, words("taker", "maker")]
    type: TypeWord
    force_taker: bool = False
    price: Amount
    size: Amount
    funds: Amount
    fee: Amount
    fee_rate: Amount
    fee_currency: Name
    stop: str = ""
    trade_type: str = TRADE
    tax_rate: str = "0"
    tax: str = "0"
    created_at: Milliseconds


def fill_data(fill: Fill) -> FillData:
    """A fill."""
    return FillData(
        id=fill.number,
        order_id=fill.order_id,
        counter_order_id=fill.counter_order_id,
        trade_id=fill.trade_id,
        symbol=fill.symbol,
        side=fill.side.value,
        liquidity=fill.liquidity,
        type=fill.type.value,
        price=plain(fill.price),
        size=plain(fill.size),
        funds=plain(fill.funds),
        fee=plain(fill.fee),
        fee_rate=plain(fill.fee_rate),
        fee_currency=fill.quote,
        created_at=fill.at,
    )
