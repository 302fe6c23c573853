"""The command `drift`: recordings of the real service against the simulator, read here and sent nowhere."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from simulator import flags
from simulator.commands.output import json_option, print_output

if TYPE_CHECKING:
    from simulator.evidence.drift.comparing import Comparison

UNUSABLE: Final = 2
DRIFTED: Final = 1
STDIN: Final = "/dev/stdin"


class DriftError(click.ClickException):
    """A recording cannot be compared."""

    exit_code = UNUSABLE


@click.command()
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "md")), default="text", help="How the report is written."
)
@json_option
@click.option(
    "--fail-on",
    type=click.Choice(("info", "warning", "error", "never")),
    default="error",
    help="The mildest finding for which the exit status is 1.",
)
@click.option(
    "--learn",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a patch for rules.md there. A file that is no such patch is not overwritten.",
)
@click.option(
    "--kucoin-host", "hosts", type=flags.host_name, multiple=True, metavar="NAME", help="A name that is KuCoin's too."
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    metavar="FILE.har...",
)
def drift(
    *, form: str, as_json: bool, fail_on: str, learn: Path | None, hosts: tuple[str, ...], files: tuple[str, ...]
) -> None:
    """Compare recordings (HAR) of the real service with the simulator, without a look at any value in them.

    The files are read on this machine and nothing is sent; `-` is the standard input. Exit status: 1 if there is a
    finding as bad as --fail-on, 2 if a file cannot be used.
    """
    if learn:
        _check_target(learn)
    files = tuple(STDIN if file == "-" else file for file in files)
    if as_json:
        if form == "md":
            raise click.UsageError("--json and --format md exclude each other")
        form = "json"
    from simulator.evidence.drift.comparing import Comparison
    from simulator.evidence.drift.findings import Severity
    from simulator.evidence.drift.report import DriftReport, as_data, as_markdown, as_text
    from simulator.web.own_answers import own_declarations, own_tally

    comparison = Comparison(own_declarations(), [host.lower() for host in hosts])
    entries = _take(comparison, files)
    coverage = comparison.coverage
    if coverage.without_body == coverage.compared:
        remarks = "; ".join(DriftReport(entries, coverage, ()).remarks)
        lack = "has a body that can be compared" if coverage.compared else "is a call that the simulator serves"
        raise DriftError(f"none of {entries} entries {lack}{remarks and f': {remarks}'}")
    from simulator.evidence.drift.learning import patch

    findings = comparison.findings(own_tally())
    report = DriftReport(entries, coverage, tuple(findings))
    if form == "json":
        print_output(json.dumps(as_data(report), indent=2))
    else:
        print_output(as_markdown(report) if form == "md" else as_text(report))
    if learn:
        _write(learn, patch(findings))
    if fail_on != "never" and report.has(Severity(fail_on)):
        sys.exit(DRIFTED)


def _take(comparison: Comparison, files: tuple[str, ...]) -> int:
    """Compare all entries of all files and return their number. No message of a failure quotes anything of a file."""
    from simulator.commands.progress import ProgressBar
    from simulator.evidence.drift.checking import label_of, take_file
    from simulator.evidence.drift.har_stream import HarError
    from simulator.evidence.drift.recorded_bodies import attachments_beside

    entries = 0
    with closing(ProgressBar("reading", sum(os.stat(file).st_size for file in files))) as bar:  # noqa: PTH116
        for file in files:
            name = label_of(file)
            try:
                with open(file, "rb") as source:  # noqa: PTH123 - a name such as /dev/stdin, too
                    label, attachments = name if len(files) > 1 else "", attachments_beside(Path(file).parent)
                    entries += take_file(comparison, source, name, label, bar.advance, attachments)
            except HarError as error:
                raise DriftError(str(error)) from None
            except OSError as error:
                raise DriftError(f"{name} cannot be read: {error.strerror}") from None
    return entries


def _check_target(file: Path) -> None:
    """Refuse to overwrite what is no patch of ours: a recording cannot be made a second time."""
    from simulator.evidence.drift.learning import HEAD

    try:
        with file.open("rb") as existing:
            start = existing.read(len(HEAD)) if file.is_file() else b""
    except OSError:  # there is no such file yet, or writing it will say what is wrong
        return
    if start not in (b"", HEAD.encode()):
        raise click.UsageError(
            f"--learn would overwrite {file.name}, which is no patch for rules.md: give another name"
        )


def _write(file: Path, text: str) -> None:
    if not text:
        click.echo("there is nothing to learn: no file was written", err=True)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DriftError(f"the patch cannot be written: {error.strerror}") from None
    click.echo("the patch is written; in a working copy of the simulator, `git apply` takes it", err=True)
