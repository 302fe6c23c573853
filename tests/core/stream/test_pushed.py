"""Every field of every topic's messages is what is written down."""

from __future__ import annotations

import json

import pytest
from support.generated import OUTDATED
from support.pushed_messages import WRITTEN, messages, written

from simulator.core.stream.topics import FAMILIES


def test_the_messages_are_those_that_are_written() -> None:
    """A field too many, one too few, another name, place or value is another line of pushed_messages.txt."""
    assert WRITTEN.read_text(encoding="utf-8") == written(), OUTDATED


@pytest.mark.parametrize("family", FAMILIES)
def test_every_topic_has_a_message(family: str) -> None:
    """The story behind that file makes a message of each topic, whose frame names the topic, a type and a subject."""
    of_family = [message for name, message in messages() if name == family]
    assert of_family, f"let something happen in tests/support/pushed_messages.py that makes a message of {family}"
    for message in of_family:
        assert message["topic"].startswith(family)
        assert message["type"] == "message"
        assert message["subject"]
        assert json.dumps(message["data"]) != "{}"
