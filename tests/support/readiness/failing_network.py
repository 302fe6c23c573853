"""Runs in which the network fails, and clocks are off."""

# mypy: disable-error-code="func-returns-value, misc"
# What the calls of a run return does not matter, and a lambda in a loop needs a default.

from __future__ import annotations

from typing import Final

from support.readiness.bench import Bench, Run
from support.readiness.case import Case, broken, handled, undecided
from support.readiness.connecting import both
from support.readiness.losing import look


def struck(effect: dict[str, object], operation: str = "list_accounts") -> Run:
    """A look that a fault strikes."""

    def run(bench: Bench) -> None:
        bench.key("frank")
        bench.fault(operation, times=30, **effect)
        bench.accounts()

    return run


def storm(bench: Bench) -> None:
    for _ in range(21):
        bench.accounts()


EFFECTS: Final[dict[str, dict[str, object]]] = {
    "reset": {"network": "reset"},
    "empty": {"network": "empty"},
    "truncated": {"network": "truncate"},
    "wrong-length": {"network": "wrong_length"},
    "garbage": {"network": "garbage"},
    "hang": {"network": "hang"},
    "drip": {"network": "drip", "delay": "1ms"},
    "outage": {"respond": {"status": 502, "body": "Bad Gateway"}},
    "strange-success": {"respond": {"status": 200, "body": "Welcome"}},
    "strange-refusal": {"respond": {"status": 403, "body": "Forbidden"}},
    "slow": {"delay": "1ms"},
}


# fmt: off
CASES: Final[list[Case]] = [
    *(
        case
        for name, effect in EFFECTS.items()
        for case in (handled(f"network/{name}", "go on", both(struck(effect), look)), undecided(f"network/{name}", "stop", struck(effect)), *([broken(f"network/{name}", "flood it", both(struck(effect), storm))] if name not in ("slow", "drip") else []))
    ),
    handled("clock/skew", "correct it", lambda bench: (bench.accounts(), bench.skew(30_000), bench.accounts(), bench.skew(0), bench.accounts())),
    undecided("clock/skew", "stop", lambda bench: (bench.accounts(), bench.skew(30_000), bench.accounts())),
    undecided("clock/skew", "never have been right: a mistake of the set-up", lambda bench: (bench.skew(30_000), *[bench.accounts() for _ in range(9)])),
    broken("clock/skew", "go on with it", lambda bench: (bench.accounts(), bench.skew(30_000), *[bench.accounts() for _ in range(9)])),
]
# fmt: on
"""What is right, what is wrong, and what is not decided."""
