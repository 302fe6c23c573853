"""Topics: their names, who may subscribe to them, and the limits and errors of a session."""

from __future__ import annotations

from typing import Final, Literal

from simulator.core.market.trades import TYPE
from simulator.core.value import Value
from simulator.core.world import World

MOST_SYMBOLS: Final = 100
"""Symbols of one topic that a request may name [H126/limits]."""
MOST_TOPICS: Final = 300
"""Topics of a session; each symbol counts."""
MOST_SESSIONS: Final = 50
"""Sessions of a user, and of an IP without a user."""
MOST_MESSAGES: Final = 100
"""Messages that a client may send in `PERIOD`."""
PERIOD: Final = 10
"""Seconds."""

TopicOf = Literal["user", "symbol", "symbol or all", "candles"]


class TopicFamily(Value, frozen=True):
    """A kind of topics: what stands before the colon, and what a topic of it is about."""

    name: str
    of: TopicOf


FAMILIES: Final = {
    family.name: family
    for family in (
        TopicFamily("/market/ticker", "symbol or all"),
        TopicFamily("/market/snapshot", "symbol"),
        TopicFamily("/market/level2", "symbol"),
        TopicFamily("/spotMarket/level1", "symbol"),
        TopicFamily("/spotMarket/level2Depth5", "symbol"),
        TopicFamily("/spotMarket/level2Depth50", "symbol"),
        TopicFamily("/market/match", "symbol"),
        TopicFamily("/market/candles", "candles"),
        TopicFamily("/spotMarket/tradeOrdersV2", "user"),
        TopicFamily("/spotMarket/tradeOrders", "user"),
        TopicFamily("/spotMarket/advancedOrders", "user"),
        TopicFamily("/account/balance", "user"),
    )
}
"""The topics that are served [H126/topics]."""


class TopicError(Exception):
    """A request that is refused, with KuCoin's code and text [H126/errors]."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def topics_of(world: World, text: str, *, private: bool) -> list[str]:
    """The single topics in the text of a request: one for each symbol. `private` = the session has a user.

    Raises `TopicError`.
    """
    if not text:
        raise TopicError(406, "topic is required")
    name, colon, rest = text.partition(":")
    family = FAMILIES.get(name)
    if family is None:
        raise TopicError(404, "topic does not exist")
    if family.of == "user":
        if rest:
            raise TopicError(404, "topic does not exist")
        if not private:
            raise TopicError(403, "login is required")
        return [name]
    parts = list(dict.fromkeys(rest.split(",")))
    if not colon or not rest:
        raise TopicError(400, "topic is invalid: it names no symbol")
    if len(parts) > MOST_SYMBOLS:
        raise TopicError(509, f"exceed max subscription count limitation of {MOST_SYMBOLS} symbols per time")
    for part in parts:
        _check(world, family, part)
    return [f"{name}:{part}" for part in parts]


def _check(world: World, family: TopicFamily, part: str) -> None:
    of_candles = family.of == "candles"
    name, _, candle = part.partition("_")
    symbol = name if of_candles else part
    if part == "all" and family.of == "symbol or all":
        return
    if symbol not in world.symbols:
        raise TopicError(400, f"topic is invalid: there is no symbol {symbol[:40]}")
    if of_candles and candle not in TYPE.words:
        raise TopicError(400, f"topic is invalid: there are no candles of {candle[:40] or 'no type'}")
