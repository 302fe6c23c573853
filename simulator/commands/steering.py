"""The commands that move a simulator: `reset` and `clock`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.commands.connecting import RunningSimulator, talking, talking_long

if TYPE_CHECKING:
    from simulator.testing.replies import Clock, Event


def _shown(clock: Clock) -> str:
    """Both clocks for people."""
    scale = "" if clock["scale"] in ("0", "1") else f", {clock['scale']} times as fast as the machine's"
    return f"{clock['now']} ({clock['mode']}{scale})"


@click.command()
@talking_long
def reset(simulator: RunningSimulator) -> None:
    """Go back to the scenario's start: world, clock, faults and logins; what `expect` counts begins anew."""
    clock = simulator.client.reset()
    simulator.show(clock, f"back to the scenario's start; the business clock shows {_shown(clock)}")


class ClockVerbs(click.Group):
    """`clock` without a verb is `clock show`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the verb, which is `show` if there is none."""
        bare = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["show", *args] if bare and not ctx.resilient_parsing else args)


@click.group(cls=ClockVerbs)
def clock() -> None:
    """Show or move the business clock; `clock` alone is `clock show`."""


@clock.command("show")
@talking
def show_clock(simulator: RunningSimulator) -> None:
    """Show the business clock."""
    reply = simulator.client.clock()
    simulator.show(reply, _shown(reply))


@clock.command()
@click.argument("by", required=False, metavar="[DURATION]")
@click.option("--to", metavar="INSTANT", help="Forward to this instant, such as 2026-06-01T00:00:00Z.")
@click.option("--to-event", metavar="KIND", help="To the next event of a kind, such as access_token_expiry.")
@click.option("--offset", metavar="DURATION", help="With --to-event: so long after it, or before it with a minus.")
@click.option("--user", metavar="NAME", help="With --to-event: an event of this user.")
@click.option("--client", "client_id", metavar="ID", help="With --to-event: an event of this client.")
@talking_long
def advance(
    simulator: RunningSimulator,
    by: str | None,
    to: str | None,
    to_event: str | None,
    offset: str | None,
    user: str | None,
    client_id: str | None,
) -> None:
    """Move the business clock forward by a DURATION such as 61m, to an instant, or to an event; what is due happens."""
    if sum(value is not None for value in (by, to, to_event)) != 1:
        raise click.UsageError("give one of DURATION, --to INSTANT and --to-event KIND")
    reply = simulator.client.advance_clock(by=by, to=to, to_event=to_event, offset=offset, user=user, client=client_id)
    lines = [f"the business clock shows {_shown(reply)}", *(f"  {_happened(event)}" for event in reply["events"])]
    simulator.show(reply, "\n".join(lines))


def _happened(event: Event) -> str:
    """An event on the way for people."""
    from simulator.instants import iso

    parties = "".join(f" {name} {event[name]}" for name in ("user", "client") if name in event)
    return f"{iso(event['at'])} {event['kind']}{parties}"


@clock.command()
@talking
def freeze(simulator: RunningSimulator) -> None:
    """Let the business clock stand still; only `advance` moves it then."""
    reply = simulator.client.patch_clock(mode="frozen")
    simulator.show(reply, f"the business clock stands at {_shown(reply)}")


@clock.command()
@click.option("--scale", metavar="NUMBER", help="So many times as fast as the machine's clock, such as 60 or 0.5.")
@talking
def run(simulator: RunningSimulator, scale: str | None) -> None:
    """Let the business clock run, from where it is."""
    reply = simulator.client.patch_clock(scale=scale) if scale else simulator.client.patch_clock(mode="real")
    simulator.show(reply, f"the business clock runs from {_shown(reply)}")
