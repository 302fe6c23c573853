"""The command `probe`: what to ask the real service, so that assumed rules become observed ones."""

from __future__ import annotations

import click

from simulator.commands.output import json_option, show_data


@click.group()
def probe() -> None:
    """Settle assumed rules by calls of the real service, without moving money."""


@probe.command()
@click.argument("rules", nargs=-1, metavar="[RULE|SECTION...]")
@click.option("--left-out", is_flag=True, help="Print the assumed rules that have no calls, with the reason.")
@json_option
def plan(*, rules: tuple[str, ...], left_out: bool, as_json: bool) -> None:
    """Print the calls that would settle each assumed rule, and what each outcome means; nothing is executed."""
    from simulator.evidence.drift import probe_plan

    if left_out:
        if rules:
            raise click.UsageError("--left-out prints all of them: leave out the rules")
        rows = probe_plan.left_out()
        text = "\n".join(f"{rule:<32} {reason}" for rule, reason in rows)
        show_data([{"rule": rule, "reason": reason} for rule, reason in rows], text, as_json=as_json)
        return
    try:
        probes = probe_plan.chosen(rules)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    show_data(probe_plan.as_data(probes), probe_plan.as_text(probes), as_json=as_json)
