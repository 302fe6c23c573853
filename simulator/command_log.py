"""The command log: each command as it was performed, and how a log is performed once more."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.core.operations import attempt
from simulator.core.value import Command, Value
from simulator.core.world import World
from simulator.outcomes import Outcome


class Logged(Value, frozen=True):
    """One command as it was performed, with the world before it: enough to do it again."""

    before: World
    command: Command
    outcome: Outcome
    within_call: bool = False  # True if the same call has changed the world already, by what a fault lets happen


class PutWorld(Value, frozen=True):
    """No command: another world was put in place by hand. It stands in the log so that the log can be replayed."""

    world: World


def replay(log: Iterable[Logged], world: World | None = None) -> World:
    """The world after a log is performed once more, from the world before its first command or from `world`.

    `ValueError`: there is neither. `AssertionError`: an outcome is not the logged one.
    """
    for logged in log:
        if isinstance(logged.command, PutWorld):
            world = logged.command.world
            continue
        before, now = world or logged.before, logged.outcome.now
        world, result = attempt(before, logged.command, now, within_call=logged.within_call)
        if result != logged.outcome.result:
            raise AssertionError(f"{logged.outcome.operation} answered {result!r}, not {logged.outcome.result!r}")
    if world is None:
        raise ValueError("an empty log has no first world")
    return world
