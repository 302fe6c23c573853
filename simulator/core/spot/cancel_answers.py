"""What the calls that cancel orders answer."""

from __future__ import annotations

from simulator.core.data import Amount, Data, Name, NoRows
from simulator.core.spot.order_states import SyncStatus, sizes
from simulator.core.value import Reply
from simulator.core.world import Order


class OrderIdData(Data, frozen=True):
    """Which order it is."""

    order_id: Name


class ClientOidData(Data, frozen=True):
    """Which order it is."""

    client_oid: Name


class CanceledData(Data, frozen=True):
    """How far the order had come."""

    order_id: Name
    origin_size: Amount
    deal_size: Amount
    remain_size: Amount
    canceled_size: Amount
    status: SyncStatus


class CanceledByClientOidData(Data, frozen=True):
    """How far the order had come, under its clientOid."""

    client_oid: Name
    origin_size: Amount
    deal_size: Amount
    remain_size: Amount
    canceled_size: Amount
    status: SyncStatus


class PartData(Data, frozen=True):
    """How much of the order was canceled."""

    order_id: Name
    cancel_size: Amount


class EverythingData(Data, frozen=True):
    """The symbols in which there were orders."""

    succeed_symbols: tuple[str, ...]
    failed_symbols: NoRows


class OrderCanceled(Reply, frozen=True):
    """The order after its cancellation."""

    order: Order

    def data(self) -> OrderIdData:
        """Its id."""
        return OrderIdData(self.order.id)


class OrderCanceledSync(Reply, frozen=True):
    """The order after its cancellation."""

    order: Order

    def data(self) -> CanceledData:
        """Its id and how far it had come."""
        return CanceledData(self.order.id, *sizes(self.order))


class OrderCanceledByClientOid(Reply, frozen=True):
    """The order after its cancellation."""

    order: Order

    def data(self) -> ClientOidData:
        """Its clientOid."""
        return ClientOidData(self.order.client_oid)


class OrderCanceledByClientOidSync(Reply, frozen=True):
    """The order after its cancellation."""

    order: Order

    def data(self) -> CanceledByClientOidData:
        """Its clientOid and how far it had come."""
        return CanceledByClientOidData(self.order.client_oid, *sizes(self.order))


class PartCanceled(Reply, frozen=True):
    """The order after the cancellation, and how much of it was canceled."""

    order: Order
    size: str

    def data(self) -> PartData:
        """Both."""
        return PartData(self.order.id, self.size)


class SymbolCanceled(Reply, frozen=True):
    """The orders that were canceled."""

    orders: tuple[Order, ...]

    def data(self) -> str:
        """A bare word, however many there were."""
        return "success"


class EverythingCanceled(Reply, frozen=True):
    """The symbols in which there were orders."""

    symbols: tuple[str, ...]

    def data(self) -> EverythingData:
        """None fails."""
        return EverythingData(self.symbols, ())
