"""The command `healthcheck`: the health check of a container."""

from __future__ import annotations

import sys

import click


@click.command()
def healthcheck() -> None:
    """Ask the simulators in this container if they are ready; exit status 1 if there is none or one is not ready."""
    from simulator.health import ready, simulators

    try:
        addresses = list(simulators())
    except FileNotFoundError:
        raise click.ClickException("the health check needs /proc, which only Linux has") from None
    if not addresses:
        raise click.ClickException("no simulator is running here")
    answers = [ready(*address) for address in addresses]
    for (host, port), is_ready in zip(addresses, answers, strict=True):
        click.echo(f"port {port} of {host} is {'' if is_ready else 'not '}ready")
    if not all(answers):
        sys.exit(1)
