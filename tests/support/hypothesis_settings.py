"""How hypothesis runs: the same examples every time, and no deadline, because a busy machine is no failure."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

STEADY = settings(max_examples=120, stateful_step_count=40)
"""Of the state machines."""
