"""The command `tour`."""

from __future__ import annotations

import sys
from typing import NoReturn

import click


@click.command()
@click.option("--quiet", is_flag=True, help="One line a step.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a step, a line each.")
def tour(*, quiet: bool, as_json: bool) -> NoReturn:
    """Walk the whole flow over HTTP as a broker would, and check every answer."""
    from simulator.tour import walk

    sys.exit(0 if walk(sys.stdout, quiet=quiet, as_json=as_json) else 1)
