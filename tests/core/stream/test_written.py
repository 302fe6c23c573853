"""The frame around the data of a message: what every message has, and what only those of a user have."""

from __future__ import annotations

from msgspec.structs import replace
from support.spot_world import SpotDesk

from simulator.core.stream.message import Push, user_id


def test_a_message_for_everybody() -> None:
    """It has topic, type, subject and data, and nothing that names a user or a channel."""
    push = Push("/market/ticker:BTC-USDT", "trade.ticker", {"price": "1"})
    assert push.written(SpotDesk().world) == {
        "topic": "/market/ticker:BTC-USDT",
        "type": "message",
        "subject": "trade.ticker",
        "data": {"price": "1"},
    }


def test_a_message_for_a_user() -> None:
    """It also says whose it is and that the channel is private, and has an id if KuCoin gives it one."""
    world = SpotDesk().world
    frame = {
        "topic": "/account/balance",
        "type": "message",
        "subject": "account.balance",
        "userId": user_id(world, "alice"),
        "channelType": "private",
        "data": {},
    }
    assert Push("/account/balance", "account.balance", {}, "alice").written(world) == frame
    assert Push("/account/balance", "account.balance", {}, "alice", "w-1").written(world) == {**frame, "id": "w-1"}


def test_the_id_of_a_user() -> None:
    """It is 24 hex digits, always the same of a user, and another one of another user, seed or workspace."""
    world = SpotDesk().world
    ids = [
        user_id(world, "alice"),
        user_id(world, "frank"),
        user_id(replace(world, seed=world.seed + 1), "alice"),
        user_id(replace(world, workspace="another"), "alice"),
    ]
    assert len({*ids}) == 4
    assert ids[0] == user_id(SpotDesk().world, "alice")
    assert all(len(text) == 24 and int(text, 16) >= 0 for text in ids)
