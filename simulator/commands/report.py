"""The command `report`: which situations the calls of tests have reached and handled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from simulator.commands.connecting import RejectedError, RunningSimulator, UnfulfilledError, talking_long
from simulator.commands.output import print_output
from simulator.commands.stepwise import stepwise

if TYPE_CHECKING:
    from simulator.evidence.readiness.baseline import Baseline
    from simulator.evidence.readiness.concluding import Demands
    from simulator.evidence.readiness.record import ReadinessRecord

FORMATS: Final = ("text", "html", "json", "junit", "md")
MOST_MOVED: Final = 20
"""Changes of a baseline that are printed."""
INTERRUPTED: Final = 130
"""The exit status after Ctrl+C."""


def demanding(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of what a report is about, and of what fails it."""
    options = (
        click.option(
            "--profile",
            "profiles",
            multiple=True,
            metavar="NAME",
            help="Only situations of login, payouts ... Repeatable.",
        ),
        click.option(
            "--fail-under", type=click.IntRange(0, 100), metavar="PERCENT", help="The least score with which it passes."
        ),
        click.option(
            "--baseline",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="The states that must not change unseen, and the waivers.",
        ),
    )
    for option in options:
        function = option(function)
    return function


@click.command()
@click.option(
    "--from",
    "folders",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="A folder with records, instead of a running simulator. Repeatable; all are merged.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="What is printed.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there; print nothing."
)
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write it there in every form, too."
)
@demanding
@click.option("--update-baseline", is_flag=True, help="Write better states and new situations into --baseline.")
@talking_long
def report(
    simulator: RunningSimulator,
    *,
    folders: tuple[Path, ...],
    form: str,
    output: Path | None,
    into: Path | None,
    baseline: Path | None,
    fail_under: int | None,
    profiles: tuple[str, ...],
    update_baseline: bool,
) -> None:
    """Say which situations that cost money or access your tests reached, and which your code handled.

    It is about the records in the folders of --from, or else about the calls that a running simulator has had.

    Exit status: 1 if a situation is broken, if the states differ from those in --baseline, or if the score is less
    than --fail-under; 2 for a folder or a baseline that cannot be used.
    """
    if update_baseline and baseline is None:
        raise click.UsageError("--update-baseline needs --baseline FILE, which it writes")
    if folders and click.get_current_context().params["workspace"]:
        raise click.UsageError("--workspace is about a running simulator, and --from about folders: give one of them")
    if simulator.json:
        if form not in ("text", "json"):
            raise click.UsageError(f"--json and --format {form} exclude each other")
        form = "json"
    from simulator.evidence.readiness.baseline import BaselineError
    from simulator.evidence.readiness.concluding import Demands, check
    from simulator.evidence.readiness.folder import ReportFolderError
    from simulator.evidence.readiness.record import RecordError
    from simulator.evidence.readiness.shipped import ProfileError

    demands = Demands(baseline=baseline, update=update_baseline, profiles=profiles, fail_under=fail_under)
    try:
        before = check(demands)
        records = _records(simulator, folders)
        failures = _concluded(records, demands, form, output, into)
        if update_baseline and baseline is not None:
            click.echo(_update(baseline, before), err=True)
    except (BaselineError, ReportFolderError, ProfileError, RecordError) as error:
        raise RejectedError(str(error)) from None
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None
    if failures:
        more = f", and {len(failures) - 1} more" if failures[1:] else ""
        raise UnfulfilledError(f"the report fails: {failures[0]}{more}")


def _update(path: Path, before: Baseline | None) -> str:
    """What an update has written into the baseline, in words."""
    from simulator.evidence.readiness.baseline import Baseline, read_baseline

    was, after = (before or Baseline()).situations, read_baseline(path).situations
    new = sum(name not in was for name in after)
    moved = [f"{name}: {was[name]} -> {state}" for name, state in after.items() if was.get(name, state) is not state]
    changed = len(moved)
    if len(moved) > MOST_MOVED:
        moved = [*moved[:MOST_MOVED], f"and {len(moved) - MOST_MOVED} more"]
    return "\n  ".join([f"{path}: {new} new, {changed} changed, {len(after) - new - changed} as before", *moved])


def _records(simulator: RunningSimulator, folders: tuple[Path, ...]) -> tuple[ReadinessRecord, ...]:
    """The records of the folders, or of the running simulator."""
    from simulator.evidence.readiness.merging import merged
    from simulator.evidence.readiness.record import decode

    if folders:
        from simulator.evidence.readiness.concluding import records_of

        with stepwise("reading records") as step:
            return records_of(folders, step)
    import json

    encoded = simulator.client.records()["records"]
    return merged(decode(json.dumps(record).encode(), simulator.url) for record in encoded)


def _concluded(
    records: tuple[ReadinessRecord, ...], demands: Demands, form: str, output: Path | None, into: Path | None
) -> tuple[str, ...]:
    """Make the report, print or write it, and return its failures."""
    from simulator.evidence.readiness.concluding import concluded
    from simulator.evidence.readiness.folder import write_whole
    from simulator.evidence.readiness.formats.terminal import lines
    from simulator.evidence.readiness.formats.writing import write_forms, written
    from simulator.version import __version__

    report = concluded(records, __version__, demands)
    text = "\n".join(lines(report)).encode() + b"\n" if form == "text" else written(report, form)
    if into:
        write_forms(report, into)
    if output:
        write_whole(output, text)
    else:
        print_output(text.decode())
    return report.failures
