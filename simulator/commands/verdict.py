"""The command `verify`: whether what the scenario expects has happened."""

from __future__ import annotations

from typing import BinaryIO

import click

from simulator.commands.connecting import RunningSimulator, UnfulfilledError, talking_long


@click.command()
@click.argument("file", required=False, type=click.File("rb"))
@talking_long
def verify(simulator: RunningSimulator, file: BinaryIO | None) -> None:
    """Compare what has happened with the scenario's `expect`, or that of FILE; exit status 1 if it does not hold."""
    from simulator.testing import Problem

    try:
        reply = simulator.client.verify(file.read() if file else None)
    except Problem as problem:
        if problem.status != 409 or "results" not in problem.body:
            raise
        data = {name: problem.body[name] for name in ("ok", "results", "text")}
        *results, end = problem.body["text"].splitlines()
        simulator.show(data, "\n".join(results))
        raise UnfulfilledError(end) from None
    simulator.show(reply, reply["text"])
