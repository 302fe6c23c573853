"""A message of each kind that each topic has, as it is written when money, orders and prices change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import json as fast_json

from simulator.core.gateway.requests import Body
from simulator.core.spot.stop_order_answers import StopOrderAdded
from simulator.core.spot.stop_orders import AddStopOrder
from simulator.core.stream.families import FIRST
from simulator.core.stream.message import Push
from simulator.core.stream.topics import FAMILIES, TopicFamily
from simulator.core.value import Reply
from support.desk import payment
from support.spot_world import SpotDesk, order_fields
from support.transitions import watched

WRITTEN: Final = Path(__file__).parents[1] / "core" / "stream" / "pushed_messages.txt"
SYMBOL: Final = "BTC-USDT"


def topic_of(family: TopicFamily) -> str:
    """A topic of the family."""
    endings = {"user": "", "candles": f":{SYMBOL}_1min"}
    return family.name + endings.get(family.of, f":{SYMBOL}")


def story(desk: SpotDesk) -> None:
    """Orders rest, trade and are canceled, a stop order is triggered, prices move, and somebody is paid."""
    resting = desk.placed(clientOid="rests")
    desk.perform(desk.canceling(resting))
    desk.placed(price="62000", clientOid="takes")
    body = Body(order_fields(price="58000", stopPrice="59000", side="sell", stop="loss", clientOid="waits"))
    desk.do(AddStopOrder(desk.trading.sign(method="POST", path="/x", timestamp=desk.wall), body), StopOrderAdded)
    desk.price("59000")
    desk.do(desk.withdrawal(desk.key("frank"), payment()), Reply)


def messages() -> Iterator[tuple[str, dict[str, Any]]]:
    """The family and the fields of each message of the story, and of what is pushed to new subscribers."""
    desk = SpotDesk()
    topics = tuple(topic_of(family) for family in FAMILIES.values())
    with watched(desk.exchange, *topics) as pushes:
        story(desk)
    for family in FAMILIES.values():
        first = FIRST.get(family.name)
        own: list[Push] = [push for push in pushes if push.topic == topic_of(family)]
        for push in [*own, *(first(desk.world, topic_of(family), desk.exchange.clock.now()) if first else ())]:
            yield family.name, fast_json.decode(fast_json.encode(push.written(desk.world)))


def shape(value: Any) -> Any:
    """The names in a value, at every depth: what makes a message one of another kind."""
    if isinstance(value, dict):
        return tuple((name, shape(inner)) for name, inner in value.items())
    return (shape(value[0]),) if isinstance(value, list) and value else ()


def written(_: str = "") -> str:
    """The first message of each kind, by family."""
    kinds: dict[object, str] = {}
    for family, message in messages():
        turn = message["data"].get("type"), message["data"].get("relationEvent")
        kinds.setdefault((family, turn, shape(message)), f"{json.dumps(message)}\n")
    return "".join(kinds.values())
