"""What the calls that place an order answer: which order it is, and how far."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from simulator.core.data import Amount, Data, Milliseconds, Name
from simulator.core.spot.order_states import SyncData, sync_data
from simulator.core.value import Reply
from simulator.core.world import Order


class OrderAddedData(Data, frozen=True):
    """Which order it is. Without a clientOid in the request there is none."""

    order_id: Name
    client_oid: str | None


class OrderAdded(Reply, frozen=True):
    """The order as it was after its acceptance."""

    order: Order

    def data(self) -> OrderAddedData:
        """Its ids."""
        return OrderAddedData(self.order.id, self.order.client_oid or None)


class OrderAddedSync(Reply, frozen=True):
    """The order as it was after its acceptance."""

    order: Order

    def data(self) -> SyncData:
        """Its ids and how far it is."""
        return sync_data(self.order)


class RowData(Data, frozen=True, kw_only=True):
    """An order of several: its ids, or why it was refused."""

    order_id: Name | UnsetType = UNSET
    client_oid: str | UnsetType | None = UNSET
    success: bool
    fail_msg: str | UnsetType = UNSET


class SyncRowData(Data, frozen=True, kw_only=True):
    """An order of several: its ids and how far it is, or why it was refused."""

    order_id: Name | UnsetType = UNSET
    client_oid: str | UnsetType | None = UNSET
    order_time: Milliseconds | UnsetType = UNSET
    origin_size: Amount | UnsetType = UNSET
    deal_size: Amount | UnsetType = UNSET
    remain_size: Amount | UnsetType = UNSET
    canceled_size: Amount | UnsetType = UNSET
    status: str | UnsetType = UNSET
    match_time: Milliseconds | UnsetType = UNSET
    success: bool
    fail_msg: str | UnsetType = UNSET


class OrdersAdded(Reply, frozen=True):
    """For each order that was asked for: the order, or the text of its refusal."""

    orders: tuple[Order | str, ...]

    def data(self) -> tuple[RowData, ...]:
        """A row for each, in the order of the request."""
        return tuple(
            RowData(success=False, fail_msg=order)
            if isinstance(order, str)
            else RowData(order_id=order.id, client_oid=order.client_oid or None, success=True)
            for order in self.orders
        )


class OrdersAddedSync(Reply, frozen=True):
    """For each order that was asked for: the order after its acceptance, or the text of its refusal."""

    orders: tuple[Order | str, ...]

    def data(self) -> tuple[SyncRowData, ...]:
        """A row for each, in the order of the request."""
        return tuple(_sync_row(order) for order in self.orders)


def _sync_row(order: Order | str) -> SyncRowData:
    if isinstance(order, str):
        return SyncRowData(success=False, fail_msg=order)
    data = sync_data(order)
    return SyncRowData(**{name: getattr(data, name) for name in data.__struct_fields__}, success=True)


class OrderAlteredData(Data, frozen=True):
    """The order that came in place of the other one."""

    new_order_id: Name
    client_oid: str | None


class OrderAltered(Reply, frozen=True):
    """The new order; the old one if only that was canceled."""

    order: Order

    def data(self) -> OrderAlteredData:
        """Its ids."""
        return OrderAlteredData(self.order.id, self.order.client_oid or None)
