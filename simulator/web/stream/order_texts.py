"""What a text on a private feed tells of an order."""

from __future__ import annotations

from typing import Final

from msgspec import DecodeError, Struct, json

from simulator.core.stream.orders import SUBJECT
from simulator.core.stream.stop_orders import SUBJECT as STOP_SUBJECT
from simulator.core.world import Now
from simulator.evidence.order_messages import END_MESSAGE, FILL_MESSAGE, STOP_MESSAGE, TURN_MESSAGE, OrderMessage


class _Data(Struct, rename="camel", frozen=True):
    order_id: str = ""
    type: str = ""
    status: str = ""


class _Text(Struct, frozen=True):
    subject: str = ""
    data: _Data = _Data()


_DECODE: Final = json.Decoder(_Text).decode
_MARKS: Final = (f'"subject":"{SUBJECT}"'.encode(), f'"subject":"{STOP_SUBJECT}"'.encode())


def read_message(text: bytes, user: str, session: int, behind: int, now: Now) -> OrderMessage | None:
    """What a text tells of an order; None = it is about something else."""
    if not any(mark in text for mark in _MARKS):
        return None
    try:
        message = _DECODE(text)
    except DecodeError:
        return None
    data = message.data
    if message.subject != SUBJECT:
        kind = STOP_MESSAGE
    elif data.status == "done":
        kind = END_MESSAGE
    else:
        kind = FILL_MESSAGE if data.type == "match" else TURN_MESSAGE
    return OrderMessage(kind, data.order_id, user, session, behind, now)
