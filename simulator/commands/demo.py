"""The commands that show a simulator to people: `demo` and `open`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from simulator.commands.connecting import RunningSimulator, UnfulfilledError, talking
from simulator.commands.output import json_option, show_data
from simulator.commands.parameters import speed as speed_type
from simulator.flags import WholeNumber

if TYPE_CHECKING:
    from decimal import Decimal
    from socket import socket

    from simulator.scenario.loader import Scenario

HOST: Final = "127.0.0.1"
PORT: Final = 8080
"""The usual port. If it is in use, a demo takes any that is free."""
INTERRUPTED: Final = 130
"""The exit status of a command that Ctrl+C has ended."""
PAGES: Final = {"dashboard": "/_sim/", "demo": "/demo", "front": "/"}
"""The pages that `open` knows by name."""


class PortError(click.ClickException):
    """The demo cannot listen."""

    exit_code = 2


class DemoLink(NamedTuple):
    """A page of a demo."""

    name: str
    url: str
    about: str


@click.command()
@click.option("--no-open", is_flag=True, help="Open no browser; print the links only.")
@click.option(
    "--speed", type=speed_type, default="60", metavar="NUMBER", help="So many business seconds pass in a second."
)
@click.option("--port", type=WholeNumber(0, 65535), help="Port; without it 8080, or any that is free.")
@json_option
def demo(*, no_open: bool, speed: Decimal, port: int | None, as_json: bool) -> None:
    """Show the whole flow in a browser: a demo broker, KuCoin's side, and what the exchange knows.

    The business clock runs at --speed, so that tokens expire while somebody watches. Codes of authenticators follow the
    wall clock, so a real phone works. Secrets are shown as they are, because all of them are made up. Ctrl+C ends it.
    """
    from simulator.collector import COLLECTOR

    with COLLECTOR.start():
        from msgspec.structs import replace

        from simulator.web.server import SimulatorServer, create_app, origins, port_of

        listening = _bound(port)
        own_origins = origins(HOST, port_of(listening), tls=True)
        app = create_app(demo_scenario(speed), own_origins)
        journal = app.desk.journal
        journal.reporting = replace(journal.reporting, show_secrets=True)
        links = _links(own_origins[0])

    def ready() -> None:
        COLLECTOR.stands()
        lines = [f"  {link.name:<11} {link.url:<32} {link.about}" for link in links]
        lines.append(f"The business clock runs {speed} times as fast as yours; Ctrl+C ends the demo.")
        show_data({**{link.name: link.url for link in links}, "speed": str(speed)}, "\n".join(lines), as_json=as_json)
        if not no_open:
            _open_aside(links[0].url)

    with listening:
        try:
            SimulatorServer(app, ready).run([listening])
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)


def demo_scenario(speed: Decimal) -> Scenario:
    """The demo world with a business clock of that speed.

    Codes and withdrawals that wait for a person stay as long as usual on the person's clock.
    """
    from decimal import Decimal

    from msgspec.structs import replace

    from simulator.scenario.loader import DEMO, load

    scenario = load(DEMO)
    choices, factor = scenario.world.choices, max(speed, Decimal(1))
    choices = replace(
        choices,
        authorization_code_lifetime=int(choices.authorization_code_lifetime * factor),
        transaction_lifetime=int(choices.transaction_lifetime * factor),
    )
    world = replace(scenario.world, choices=choices)
    return replace(scenario, world=world, clock=replace(scenario.clock, scale=speed))


def _links(origin: str) -> tuple[DemoLink, ...]:
    return (
        DemoLink("demo", f"{origin}/demo", "a broker's site, step by step"),
        DemoLink("dashboard", f"{origin}/_sim/", "what the exchange knows"),
        DemoLink("front", f"{origin}/", "users, clients, and the base URL for a broker of yours"),
    )


def _bound(port: int | None) -> socket:
    """A listening socket. Raises `PortError`."""
    from simulator.web.server import bind

    for choice in (PORT, 0) if port is None else (port,):
        try:
            return bind(HOST, choice)
        except OSError as error:
            reason = error.strerror or str(error)
    raise PortError(f"cannot listen on port {choice} of {HOST}: {reason}; without --port any free one is taken")


def _open_aside(url: str) -> None:
    """Open a browser in a thread, because some browsers return only when they are closed."""
    from threading import Thread

    Thread(target=_opened, args=(url,), daemon=True).start()


def _opened(url: str) -> bool:
    """Open a browser. False = there is none."""
    import webbrowser

    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False


@click.command("open")
@click.argument("page", type=click.Choice([*PAGES]), default="dashboard")
@talking
def open_page(simulator: RunningSimulator, page: str) -> None:
    """Open a page of a running simulator in a browser; exit status 1 if there is no browser."""
    simulator.client.index()
    url = f"{simulator.client.url}{PAGES[page]}"
    opened = _opened(url)
    simulator.show({"url": url, "opened": opened}, f"opened {url}" if opened else "")
    if not opened:
        raise UnfulfilledError(f"there is no browser that could be opened here; the page is {url}")
