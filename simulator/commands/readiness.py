"""The commands `ready` and `status`: whether a simulator can be used, and what it plays."""

from __future__ import annotations

from typing import Final

import click

from simulator.commands.connecting import (
    RunningSimulator,
    UnfulfilledError,
    no_simulator,
    talking,
    url_option,
)
from simulator.commands.output import json_option, show_data
from simulator.commands.parameters import duration

PAUSE: Final = 0.05
"""Seconds between two questions."""


@click.command()
@url_option
@click.option("--wait", type=duration, default="0s", metavar="DURATION", help="How long to wait for it, such as 30s.")
@json_option
def ready(*, url: str, wait: int, as_json: bool) -> None:
    """Wait until a simulator is ready; exit status 1 if it is not in time, 4 if something else listens there."""
    from threading import Event

    from simulator.launch.listening import ListenerKind, listener
    from simulator.launch.waiting import seconds_left

    left = seconds_left(wait / 1000)
    try:
        while (listening := listener(url)).kind is not ListenerKind.READY and left() > 0:
            Event().wait(min(PAUSE, max(left(), 0)))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from None
    show_data(
        {"url": url, "ready": listening.kind is ListenerKind.READY, "found": listening.kind.value}, "", as_json=as_json
    )
    if listening.kind is ListenerKind.OTHER:
        raise no_simulator(url, listening.evidence)
    if listening.kind is not ListenerKind.READY:
        waited = f" within {wait / 1000:g} s" if wait else ""
        raise UnfulfilledError(f"no simulator is ready at {url}{waited}: {listening.kind.value} ({listening.evidence})")
    if not as_json:
        show_data(None, f"the simulator at {url} is ready", as_json=False)


@click.command()
@talking
def status(simulator: RunningSimulator) -> None:
    """Print what a simulator plays: version, scenario, seed, clients, both clocks, and how many calls it has had."""
    index, clock = simulator.client.index(), simulator.client.clock()
    requests = simulator.client.requests(limit=1)["next"]
    more = {"url": simulator.url, "clock": clock, "requests": requests}
    data = {**{name: value for name, value in index.items() if name not in ("calls", "links")}, **more}
    rows = [
        ("url", simulator.url),
        ("version", index["version"]),
        ("workspace", index["workspace"]),
        ("scenario", f"{index['scenario']}, seed {index['seed']}"),
        ("clients", ", ".join(client["client_id"] for client in index["clients"])),
        ("users", str(index["users"])),
        ("clock", f"{clock['now']} ({clock['mode']}, scale {clock['scale']})"),
        ("requests", str(requests)),
    ]
    simulator.show(data, "\n".join(f"{name:<10} {value}" for name, value in rows))
