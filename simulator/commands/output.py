"""The output of a command: it is written, or the command fails."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from click.exceptions import Exit

from simulator.printing import require_written

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class LostOutputError(click.ClickException):
    """The output of a command could not be written."""

    exit_code = 1


def print_output(text: str) -> None:
    """Print the command's output. Raises `LostOutputError` if it cannot be written."""
    click.echo(text, nl=not text.endswith("\n"))
    check_written()


def show_data(data: object, text: str, *, as_json: bool) -> None:
    """Print the data as JSON, or the text for people. Raises `LostOutputError` if it cannot be written."""
    if as_json:
        import json

        text = json.dumps(data, indent=2, ensure_ascii=False)
    if text:
        print_output(text)


def check_written() -> None:
    """Raise `LostOutputError` if the output is lost."""
    try:
        require_written()
    except OSError as error:
        raise LostOutputError(str(error)) from None


def reader_is_gone() -> bool:
    """True if the output is a pipe that nobody reads any more. Where this cannot be asked, it is False."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return bool(poll.poll(0))
    except (AttributeError, OSError, ValueError):
        return False


@contextmanager
def written_help() -> Iterator[None]:
    """Check that the output was written if the block ends with a help text or a version, which are all the output."""
    try:
        yield
    except Exit as ended:
        if ended.exit_code == 0:
            check_written()
        raise
