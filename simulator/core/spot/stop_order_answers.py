"""What calls about stop orders answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

from simulator.core.data import Amount, Data, Milliseconds, Name, words
from simulator.core.gateway.paging import Paged, PageData, page_data
from simulator.core.money import padded
from simulator.core.spec import NANOSECONDS
from simulator.core.spot.order_data import TRADE, SideWord, TypeWord
from simulator.core.value import Reply, Value
from simulator.core.world import StopOrder

DIGITS: Final = 20
"""Decimal places of the amounts in a row, as KuCoin's sample pads them."""
Nanoseconds = Annotated[
    int, Meta(description="Nanoseconds since 1970-01-01 UTC", extra_json_schema={"format": "int64"})
]


class StopOrderAddedData(Data, frozen=True):
    """Which stop order it is."""

    order_id: Name


class StopOrderAdded(Reply, frozen=True):
    """The stop order, which waits."""

    stop: StopOrder

    def data(self) -> StopOrderAddedData:
        """Its id."""
        return StopOrderAddedData(self.stop.id)


class StopOrderData(Data, frozen=True, kw_only=True):
    """A stop order. Amounts have twenty decimal places here, unlike those of orders."""

    id: Name
    symbol: Name
    user_id: Name
    status: Annotated[str, words("NEW", "TRIGGERED")]
    type: TypeWord
    side: SideWord
    price: Amount | None
    size: Amount | None
    funds: Amount | None
    stp: str | None
    time_in_force: Name
    cancel_after: int
    post_only: bool
    hidden: bool
    iceberg: bool
    visible_size: Amount | None
    channel: str = "API"
    client_oid: str
    remark: str | None
    tags: str | None
    order_time: Nanoseconds
    domain_id: str = "kucoin"
    trade_source: str = "USER"
    trade_type: str = TRADE
    fee_currency: Name
    taker_fee_rate: Amount
    maker_fee_rate: Amount
    created_at: Milliseconds
    stop: Annotated[str, words("entry", "loss")]
    stop_trigger_time: Milliseconds | None
    stop_price: Amount


class ShownStop(Value, frozen=True):
    """A stop order with what else its row shows: the user's uid and the fee rates of now."""

    stop: StopOrder
    uid: int
    rates: tuple[Decimal, Decimal]

    def data(self) -> StopOrderData:
        """The row."""
        stop, terms = self.stop, self.stop.terms
        taker, maker = self.rates
        return StopOrderData(
            id=stop.id,
            symbol=terms.symbol,
            user_id=str(self.uid),
            status="TRIGGERED" if stop.triggered_at is not None else "NEW",
            type=terms.type.value,
            side=terms.side.value,
            price=None if terms.price is None else padded(terms.price, DIGITS),
            size=None if terms.size is None else padded(terms.size, DIGITS),
            funds=None if terms.funds is None else padded(terms.funds, DIGITS),
            stp=terms.stp and terms.stp.value,
            time_in_force=terms.time_in_force.value,
            cancel_after=terms.cancel_after or -1,
            post_only=terms.post_only,
            hidden=terms.hidden,
            iceberg=terms.iceberg,
            visible_size=None if terms.visible_size is None else padded(terms.visible_size, DIGITS),
            client_oid=stop.client_oid,
            remark=terms.remark,
            tags=terms.tags,
            order_time=stop.created_at * NANOSECONDS,
            fee_currency=terms.symbol.partition("-")[2],
            taker_fee_rate=padded(taker, DIGITS),
            maker_fee_rate=padded(maker, DIGITS),
            created_at=stop.created_at,
            stop=stop.stop,
            stop_trigger_time=stop.triggered_at,
            stop_price=padded(stop.stop_price, DIGITS),
        )


class CanceledIdsData(Data, frozen=True):
    """Which stop orders were canceled."""

    cancelled_order_ids: tuple[Name, ...]


class StopCanceledByClientOidData(Data, frozen=True):
    """Which stop order was canceled."""

    client_oid: Name
    cancelled_order_id: Name


class StopOrdersListed(Reply, frozen=True):
    """A page of stop orders, the newest first."""

    page: Paged

    def data(self) -> PageData[StopOrderData]:
        """The page as it is shown."""
        return page_data(self.page, ShownStop.data)


class StopOrderFound(Reply, frozen=True):
    """One stop order."""

    shown: ShownStop

    def data(self) -> StopOrderData:
        """Its row."""
        return self.shown.data()


class StopOrdersFound(Reply, frozen=True):
    """The stop orders with a clientOid: one or none."""

    shown: tuple[ShownStop, ...]

    def data(self) -> tuple[StopOrderData, ...]:
        """Their rows."""
        return tuple(shown.data() for shown in self.shown)


class StopOrdersCanceled(Reply, frozen=True):
    """The stop orders that were canceled."""

    stops: tuple[StopOrder, ...]

    def data(self) -> CanceledIdsData:
        """Their ids."""
        return CanceledIdsData(tuple(stop.id for stop in self.stops))


class StopOrderCanceledByClientOid(Reply, frozen=True):
    """The stop order that was canceled."""

    stop: StopOrder

    def data(self) -> StopCanceledByClientOidData:
        """Its ids."""
        return StopCanceledByClientOidData(self.stop.client_oid, self.stop.id)
