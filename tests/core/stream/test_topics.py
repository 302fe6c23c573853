"""What the text of a subscription may name, and KuCoin's code and text for what it may not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.spot_world import BTC_USDT, SpotDesk

from simulator.core.stream.topics import (
    MOST_MESSAGES,
    MOST_SESSIONS,
    MOST_SYMBOLS,
    MOST_TOPICS,
    PERIOD,
    TopicError,
    topics_of,
)

S = "BTC-USDT"
MANY = [f"T{number}-USDT" for number in range(101)]


@pytest.mark.parametrize(
    ("text", "private", "code", "words"),
    [
        ("", True, 406, "topic is required"),
        ("/market/nothing:BTC-USDT", True, 404, "topic does not exist"),
        ("market/ticker:BTC-USDT", True, 404, "topic does not exist"),
        ("/account/balance:BTC", True, 404, "topic does not exist"),
        ("/account/balance:BTC", False, 404, "topic does not exist"),
        ("/account/balance", False, 403, "login is required"),
        ("/market/ticker", True, 400, "topic is invalid: it names no symbol"),
        ("/market/ticker:", True, 400, "topic is invalid: it names no symbol"),
        ("/market/ticker:BTC-USDT,", True, 400, "topic is invalid: there is no symbol "),
        ("/market/match:all", True, 400, "topic is invalid: there is no symbol all"),
        (f"/market/match:{'X' * 41}", True, 400, f"topic is invalid: there is no symbol {'X' * 40}"),
        (f"/market/ticker:{S}_1min", True, 400, f"topic is invalid: there is no symbol {S}_1min"),
        (f"/market/candles:{S}", True, 400, "topic is invalid: there are no candles of no type"),
        (f"/market/candles:{S}_{'x' * 41}", True, 400, f"topic is invalid: there are no candles of {'x' * 40}"),
        ("/market/candles:all", True, 400, "topic is invalid: there is no symbol all"),
    ],
)
def test_a_topic_that_is_refused(text: str, private: bool, code: int, words: str) -> None:
    """Each wrong topic has the code of its kind, and the text says what is wrong with it."""
    with pytest.raises(TopicError) as error:
        topics_of(SpotDesk().world, text, private=private)
    assert (error.value.code, error.value.text, str(error.value)) == (code, words, words)


def test_the_most_symbols_of_a_topic() -> None:
    """A hundred symbols are subscribed to together, however often each is named; the hundred and first refuses all."""
    world = SpotDesk().world.put(*(replace(BTC_USDT, symbol=name) for name in MANY))
    names = MANY[:MOST_SYMBOLS]
    topics = [f"/market/ticker:{name}" for name in names]
    assert len(topics) == 100
    assert topics_of(world, "/market/ticker:" + ",".join(names + names), private=False) == topics
    with pytest.raises(TopicError) as error:
        topics_of(world, "/market/ticker:" + ",".join(MANY), private=False)
    assert (error.value.code, error.value.text) == (
        509,
        "exceed max subscription count limitation of 100 symbols per time",
    )


def test_a_topic_of_a_user() -> None:
    """A private topic stands for itself, with or without a colon behind it, if the session has a user."""
    world = SpotDesk().world
    for text in ("/account/balance", "/account/balance:"):
        assert topics_of(world, text, private=True) == ["/account/balance"]


def test_the_limits_of_a_session() -> None:
    """A session has up to 300 topics and sends up to 100 messages in 10 s; a user has up to 50 sessions."""
    assert (MOST_TOPICS, MOST_MESSAGES, PERIOD, MOST_SESSIONS) == (300, 100, 10, 50)
