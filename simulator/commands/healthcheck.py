"""The command `healthcheck`: the health check of a container."""

from __future__ import annotations

import sys

import click

from simulator.commands.output import json_option, show_data


@click.command()
@json_option
def healthcheck(*, as_json: bool) -> None:
    """Ask the simulators in this container if they are ready; exit status 1 if there is none or one is not ready."""
    from simulator.health import ready, simulators

    try:
        addresses = list(simulators())
    except FileNotFoundError:
        raise click.ClickException("the health check needs /proc, which only Linux has") from None
    if not addresses:
        raise click.ClickException("no simulator is running here")
    answers = [ready(*address) for address in addresses]
    rows = [{"host": host, "port": port, "ready": ok} for (host, port), ok in zip(addresses, answers, strict=True)]
    lines = [f"port {row['port']} of {row['host']} is {'' if row['ready'] else 'not '}ready" for row in rows]
    show_data(rows, "\n".join(lines), as_json=as_json)
    if not all(answers):
        sys.exit(1)
