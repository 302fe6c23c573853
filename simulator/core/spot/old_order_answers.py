"""What the calls that place and cancel orders answered before the high-frequency family."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.core.data import Amount, Data, Name
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.money import ZERO, plain
from simulator.core.value import Reply
from simulator.core.world import Order, OrderType, TimeInForce


class OldRowData(Data, frozen=True, kw_only=True):
    """One of several orders: the order that was accepted, or the one that was asked for and why it was refused."""

    symbol: str | None
    type: str | None
    side: str | None
    price: Amount | None
    size: Amount | None
    funds: Amount | None
    stp: str
    stop: str = ""
    stop_price: Amount | None = None
    time_in_force: str | None
    cancel_after: int
    post_only: bool
    hidden: bool
    iceberge: bool
    iceberg: bool
    visible_size: Amount | None
    channel: str = "API"
    id: str | None
    status: str
    fail_msg: str | None
    client_oid: str | None


class OldRowsData(Data, frozen=True):
    """The rows, once more under `data`."""

    data: tuple[OldRowData, ...]


class OrdersAddedOld(Reply, frozen=True):
    """Orders that were accepted, and the texts of the refusals of others. `items`: what was asked for."""

    orders: tuple[Order | str, ...]
    items: tuple[Mapping[str, object], ...]

    def data(self) -> OldRowsData:
        """The rows as they are shown."""
        rows = zip(self.orders, self.items, strict=True)
        return OldRowsData(
            tuple(_refused(order, item) if isinstance(order, str) else _row(order) for order, item in rows)
        )


def _row(order: Order) -> OldRowData:
    terms = order.terms
    return OldRowData(
        symbol=terms.symbol,
        type=terms.type.value,
        side=terms.side.value,
        price=plain(terms.price or ZERO),
        size=plain(terms.size or ZERO),
        funds=plain(terms.funds) if terms.funds is not None else None,
        stp=terms.stp.value if terms.stp else "",
        time_in_force=terms.time_in_force.value,
        cancel_after=terms.cancel_after,
        post_only=terms.post_only,
        hidden=terms.hidden,
        iceberge=terms.iceberg,
        iceberg=terms.iceberg,
        visible_size=plain(terms.visible_size or ZERO),
        id=order.id,
        status="success",
        fail_msg=None,
        client_oid=order.client_oid,
    )


def _refused(reason: str, item: Mapping[str, object]) -> OldRowData:
    """What was asked for, as far as it can be read, and why it was refused. There is no order, so that it has no id."""
    cancel_after, iceberg = item.get("cancelAfter"), item.get("iceberg") is True
    return OldRowData(
        symbol=_text(item, "symbol"),
        type=_text(item, "type") or OrderType.LIMIT.value,
        side=_text(item, "side"),
        price=_amount(item, "price"),
        size=_amount(item, "size"),
        funds=_amount(item, "funds"),
        stp=_text(item, "stp") or "",
        time_in_force=_text(item, "timeInForce") or TimeInForce.GTC.value,
        cancel_after=cancel_after if type(cancel_after) is int else 0,
        post_only=item.get("postOnly") is True,
        hidden=item.get("hidden") is True,
        iceberge=iceberg,
        iceberg=iceberg,
        visible_size=_amount(item, "visibleSize"),
        id=None,
        status="fail",
        fail_msg=reason,
        client_oid=_text(item, "clientOid"),
    )


def _text(item: Mapping[str, object], name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) else None


def _amount(item: Mapping[str, object], name: str) -> str | None:
    try:
        return plain(Fields(item).amount(name))
    except FieldProblem:
        return None


class OldCanceledData(Data, frozen=True):
    """The ids of orders that were canceled."""

    cancelled_order_ids: tuple[Name, ...]


class OrdersCanceledOld(Reply, frozen=True):
    """Orders that were canceled, the oldest first."""

    orders: tuple[Order, ...]

    def data(self) -> OldCanceledData:
        """Their ids."""
        return OldCanceledData(tuple(order.id for order in self.orders))


class OldCanceledByClientOidData(Data, frozen=True):
    """The ids of an order that was canceled."""

    cancelled_order_id: Name
    client_oid: str


class OrderCanceledByClientOidOld(Reply, frozen=True):
    """An order that was canceled."""

    order: Order

    def data(self) -> OldCanceledByClientOidData:
        """Its ids."""
        return OldCanceledByClientOidData(self.order.id, self.order.client_oid)
