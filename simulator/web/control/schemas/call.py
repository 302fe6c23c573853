"""What a call of the control surface takes and gives."""

from __future__ import annotations

from typing import Final, NamedTuple

from simulator.web.control.scenarios import TEXTS
from simulator.web.json_schema import Schema, query

JSON: Final = ("application/json",)
MALFORMED: Final = (400, 413, 415)
"""The problems of a JSON body."""
UNUSABLE: Final = (*MALFORMED, 422)
"""The problems of a scenario's text, or of a part of one."""
LIMIT: Final = query("limit", {"type": "integer", "minimum": 1, "maximum": 10_000}, "How many at most; 100 without")


class Shape(NamedTuple):
    """A call. `problems` are statuses beside 401 and 403, which the guards give everywhere.

    `reply` None = the answer has no body. `also` are other statuses of success with the same reply.
    """

    reply: Schema | None
    status: int = 200
    problems: tuple[int, ...] = ()
    query: tuple[Schema, ...] = ()
    body: Schema | None = None
    types: tuple[str, ...] = JSON
    required: bool = True
    media_type: str = "application/json"
    told: tuple[tuple[int, dict[str, Schema]], ...] = ()
    """Members of a problem beside those that all have, by status."""
    also: tuple[int, ...] = ()


def given(reply: Schema, body: Schema, *, problems: tuple[int, ...] = (), also: tuple[int, ...] = ()) -> Shape:
    """A call that takes a part of a scenario, in YAML or JSON."""
    return Shape(reply, problems=(*UNUSABLE, *problems), body=body, types=TEXTS, also=also)
