"""What a call of the exchange takes and gives, in words of OpenAPI."""

from __future__ import annotations

from typing import Final, NamedTuple

from simulator.core.value import Reply
from simulator.web.endpoints.decode import JSON
from simulator.web.json_schema import Schema

SIGNED: Final = ("KC-API-KEY", "KC-API-SIGN", "KC-API-TIMESTAMP", "KC-API-PASSPHRASE", "KC-API-KEY-VERSION")
"""The headers of s8.2, all of them at once."""
BEARER: Final = "bearer"


class Shape(NamedTuple):
    """What an endpoint takes and gives beside what is declared of it in the core."""

    replies: tuple[type[Reply], ...]
    parameters: tuple[Schema, ...] = ()
    body: Schema | None = None
    types: tuple[str, ...] = (JSON,)
    security: tuple[str, ...] = ()
