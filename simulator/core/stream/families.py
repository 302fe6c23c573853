"""Which module makes the messages of which topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from simulator.core.stream import balances
from simulator.core.stream.message import Push, Transition
from simulator.core.world import Now, World

SOURCES: Final[dict[str, Callable[[Transition], Iterator[Push]]]] = {
    "/account/balance": balances.messages,
}
"""By family: the messages that a change makes."""
FIRST: Final[dict[str, Callable[[World, str, Now], Iterator[Push]]]] = {}
"""By family: what is pushed at once to who subscribes to a topic, because a market that stands still pushes nothing."""
