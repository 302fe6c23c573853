"""The keys of a trade."""

from __future__ import annotations

from typing import Final

from simulator.core.world.brokers import Trade, TradeType
from simulator.scenario.format.scalars import AMOUNTS, BOOLEAN, INSTANTS, TEXT
from simulator.scenario.format.shapes import BY_HAND, Key, Record, members
from simulator.scenario.format.shapes import words as one_of

TRADE: Final = Record(
    {
        "user": Key(TEXT, "Whose trade it is, by the name under given.users", required=True),
        "at": Key(INSTANTS, "When it was made; it counts from then on", required=True),
        "trade_type": Key(members(TradeType), "On which market", required=True, into="type"),
        "volume": Key(AMOUNTS, "What was traded", required=True),
        "fee": Key(AMOUNTS, "What the user paid for it; a part is the broker's (H66)", required=True),
        "tag": Key(
            BOOLEAN,
            "Whether the order carried the broker's tag; true if absent; false: its user was invited",
            into="tagged",
        ),
        "client": Key(TEXT, "Whose user it is; needed when there are several clients", into=BY_HAND),
        "currency": Key(one_of("USDT", "USDC"), "What volume and fee are counted in; USDT if absent"),
    },
    makes=Trade,
)
