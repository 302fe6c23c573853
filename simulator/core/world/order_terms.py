"""What a client orders."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique

from simulator.core.value import Value
from simulator.core.world.markets import Side


@unique
class OrderType(Enum):
    """The types of an order."""

    LIMIT = "limit"
    MARKET = "market"


@unique
class TimeInForce(Enum):
    """How long a limit order stays."""

    GTC = "GTC"
    GTT = "GTT"
    IOC = "IOC"
    FOK = "FOK"


@unique
class Stp(Enum):
    """Self-trade prevention: decrease and cancel, cancel the old, cancel the new, cancel both."""

    DC = "DC"
    CO = "CO"
    CN = "CN"
    CB = "CB"


class OrderTerms(Value, frozen=True):
    """What a client orders, read and typed. Exactly one of `size` and `funds` is set; `price` only of a limit order."""

    symbol: str
    side: Side
    type: OrderType
    price: Decimal | None = None
    size: Decimal | None = None
    funds: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    cancel_after: int = 0
    """Seconds of a GTT order, -1 = it stays; 0 = it is no GTT order."""
    post_only: bool = False
    hidden: bool = False
    iceberg: bool = False
    visible_size: Decimal | None = None
    stp: Stp | None = None
    remark: str | None = None
    tags: str | None = None

    @property
    def rests(self) -> bool:
        """True if it can stay in the book: market orders, IOC and FOK end at once."""
        return self.type is OrderType.LIMIT and self.time_in_force in (TimeInForce.GTC, TimeInForce.GTT)
