"""A user who is deleted leaves no stop order behind, neither in the world nor among those that wait in a symbol."""

from __future__ import annotations

from decimal import Decimal

from support.spot_world import SpotDesk

from simulator.core.control.administration import DeleteUser
from simulator.core.trading import stop_orders
from simulator.core.world import Draft, OrderTerms, OrderType, Side, StopOrder
from simulator.state.consistency import problems


def _waits(desk: SpotDesk, user: str, number: int, *, entry: bool = False) -> StopOrder:
    """A market sell of the user that waits for a price of 59000, or of 61000."""
    terms = OrderTerms(symbol="BTC-USDT", side=Side.SELL, type=OrderType.MARKET, size=Decimal(1))
    stop = StopOrder(
        id=f"stop-{number}",
        number=number,
        user=user,
        api_key="",
        client_id="",
        client_oid="",
        tagged=False,
        terms=terms,
        stop="entry" if entry else "loss",
        stop_price=Decimal(61_000 if entry else 59_000),
        created_at=0,
    )
    draft = Draft(desk.world)
    stop_orders.wait(draft, stop)
    desk.world = draft.done()
    return stop


def test_no_stop_order_is_left() -> None:
    """Those of the user go, those that wait and one that was canceled; those of others wait on and are triggered."""
    desk, without_alice = SpotDesk(), SpotDesk()
    _waits(without_alice, "frank", 4)
    _waits(desk, "alice", 1)
    _waits(desk, "alice", 2, entry=True)
    canceled, other = _waits(desk, "alice", 3), _waits(desk, "frank", 4)
    draft = Draft(desk.world)
    stop_orders.cancel(draft, canceled)
    desk.world = draft.done()
    desk.perform(DeleteUser("alice"))
    assert [*desk.world.stop_orders] == [other.id]
    assert desk.world.resting("BTC-USDT") == without_alice.world.resting("BTC-USDT")
    assert [*desk.world.traders] == ["frank"]
    assert list(problems(desk.exchange.state())) == []
    desk.price("59000")
    assert desk.world.stop_orders[other.id].status == "TRIGGERED"
    assert {order.user for order in desk.world.orders.values()} == {"frank"}
