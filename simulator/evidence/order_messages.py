"""What private feeds have told clients of their orders: a message that went out shows an order as a look-up does."""

from __future__ import annotations

from typing import Final

from simulator.core.value import Value
from simulator.core.world import Now

TURN_MESSAGE: Final = "order_message"
FILL_MESSAGE: Final = "order_fill_message"
END_MESSAGE: Final = "order_end_message"
STOP_MESSAGE: Final = "stop_order_message"
ORDER_MESSAGES: Final = (TURN_MESSAGE, FILL_MESSAGE, END_MESSAGE)
"""Names by which detectors ask for messages, as they ask for operations. No call has one of them."""
MOST: Final = 100_000
"""Messages that are remembered, the newest ones."""


class OrderMessage(Value, frozen=True):
    """A message about one order that went out on a session of its user.

    `session` is the number of the session's entry in the journal, `behind` that of the newest entry at the time.
    """

    kind: str
    order_id: str
    user: str
    session: int
    behind: int
    now: Now
