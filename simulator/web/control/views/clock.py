"""Both clocks."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.money import plain
from simulator.instants import iso
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, DECIMAL, INSTANT, MS, Schema, closed, one_of

MODE: Final = one_of("real", "offset", "frozen", "scaled")
CLOCK_FIELDS: Final[dict[str, Schema]] = {
    "now": {**INSTANT, "description": "The business clock"},
    "milliseconds": {**MS, "description": "The business clock, ms since 1970-01-01 UTC"},
    "wall": {**MS, "description": "The machine's clock, ms since 1970-01-01 UTC"},
    "mode": MODE,
    "scale": DECIMAL,
    "held": {**COUNT, "description": "For how many ms more it stands still, because the machine's clock went back"},
    "jumps": closed(
        {
            "count": {**COUNT, "description": "How often the machine's clock was set since the last reset"},
            "ahead": {**COUNT, "description": "How far ahead in all, ms"},
            "back": {**COUNT, "description": "How far back in all, ms"},
        }
    ),
}
CLOCK: Final = closed(CLOCK_FIELDS)


def clock_data(desk: Desk) -> dict[str, Any]:
    """Both clocks of a workspace, how the business clock runs, and how the machine's was set."""
    clock = desk.exchange.clock
    now, jumps = clock.now(), clock.jumps
    return {
        "now": iso(now.business),
        "milliseconds": now.business,
        "wall": now.wall,
        "mode": clock.mode,
        "scale": plain(clock.scale),
        "held": clock.held,
        "jumps": {"count": jumps.count, "ahead": jumps.ahead, "back": jumps.back},
    }
