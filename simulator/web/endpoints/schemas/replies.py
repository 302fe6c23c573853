"""A schema for each reply that `envelope.DATA` spells."""

from __future__ import annotations

from typing import Final

from simulator.core.value import Reply
from simulator.web.endpoints.schemas import (
    replies_account,
    replies_broker,
    replies_funds,
    replies_oauth,
    replies_public,
)
from simulator.web.json_schema import Schema

REPLIES: Final[dict[type[Reply], Schema]] = {
    **replies_oauth.REPLIES,
    **replies_public.REPLIES,
    **replies_account.REPLIES,
    **replies_funds.REPLIES,
    **replies_broker.REPLIES,
}
