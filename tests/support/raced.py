"""Calls of a desk as a race takes them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import Any

from simulator.core.value import Command
from simulator.evidence.races.calls import Lineup, RacedCall
from simulator.evidence.races.walk import performed, reply_of
from support.desk import Desk


def raced(desk: Desk, commands: Iterable[Command]) -> Lineup:
    """The line-up of these commands, which are performed now. Their entries have the numbers 1, 2 ..."""
    desk.exchange.log.clear()
    for command in commands:
        desk.exchange.perform(command)
    logged = [*desk.exchange.log]
    calls = []
    for number, one in enumerate(logged, 1):
        outcome, subject = one.outcome, one.outcome.subject
        calls.append(
            RacedCall(
                number,
                one.command,
                outcome.operation,
                subject.user,
                subject.client,
                outcome.now,
                one.before.step,
                outcome.result,
            )
        )
    return Lineup(logged[0].before, tuple(calls))


def one_by_one(lineup: Lineup) -> dict[tuple[int, ...], tuple[tuple[str, ...], Any]]:
    """Every order, each replayed from its beginning: its replies and its world. Nothing is shared."""
    outcomes = {}
    for order in permutations(range(len(lineup.calls))):
        world, replies = lineup.base, {}
        for place in order:
            call = lineup.calls[place]
            world, result = performed(world, call)
            replies[place] = reply_of(call, result)
        outcomes[order] = tuple(replies[place] for place in sorted(replies)), world
    return outcomes
