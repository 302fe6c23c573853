"""What a call changed of orders: the rows themselves and not the indexes, however many fills and trades there are."""

from __future__ import annotations

from typing import Any

from support.spot_reads import tagged
from support.spot_world import SpotDesk

from simulator.core.world import TABLES
from simulator.evidence.changes import DERIVED, changes
from simulator.state.decoding import OURS


class Open:
    """Hides nothing."""

    def data(self, value: object) -> object:
        return value

    secret = otp = data


def told(desk: SpotDesk, before: Any) -> dict[str, Any]:
    """The changes since that world, by table."""
    hide: Any = Open()
    return {change.table: change.as_data(hide)["changes"] for change in changes(before, desk.world)}


def test_an_order_that_is_filled() -> None:
    """The order with its fill, the market with its newest match alone, the wallet and the pots."""
    desk = SpotDesk()
    for _ in range(3):
        tagged(desk, type="market", price=None)
    before = desk.world
    order = tagged(desk, type="market", price=None)
    tables = told(desk, before)
    assert tables.keys() == {"orders", "wallets", "pots", "markets"}
    [fill] = desk.now_of(order).fills
    assert [row["trade_id"] for row in tables["orders"]["fills"][1]] == [fill.trade_id]
    old, new = tables["markets"]["matches"]
    assert (old, [row["trade_id"] for row in new]) == ([], [fill.trade_id])


def test_fields_that_repeat_others_are_hidden() -> None:
    """What an import works out anew, because it repeats other fields, is no change that a person has to read."""
    repeated = {(TABLES[kind], name) for kind, names in OURS.items() if kind in TABLES for name in names}
    assert repeated == DERIVED
