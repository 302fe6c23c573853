"""The command `env`: the variables that lead programs to a simulator that runs already."""

from __future__ import annotations

import os
from typing import Final

import click

from simulator import flags
from simulator.launch import ENV_MODES, SHELLS

DEFAULT: Final = "http://127.0.0.1:8080"


@click.command(name="env")
@click.option("--url", type=flags.origin, default=DEFAULT, envvar="KUCOIN_SIMULATOR_URL", help="The simulator.")
@click.option("--shell", type=click.Choice(SHELLS), default="sh", help="Whose syntax.")
@click.option("--mode", type=click.Choice(ENV_MODES), default="hooks", help="Which variables.")
@click.option("--kucoin-host", type=flags.host_name, multiple=True, metavar="NAME", help="A name that is KuCoin's too.")
@click.option("--unset", is_flag=True, help="Restore what the variables were before `env`.")
def env(url: str, shell: str, mode: str, kucoin_host: tuple[str, ...], unset: bool) -> None:
    """Print the variables that `exec` sets, for a shell to read.

    For sh: eval "$(kucoin-simulator env)". For GitHub Actions: kucoin-simulator env --shell github >> "$GITHUB_ENV".
    """
    from urllib.parse import urlsplit

    from simulator.commands.output import print_output
    from simulator.launch import shells, trust, variables

    if unset:
        print_output(shells.assignments(variables.unset(os.environ), shell))
        return
    parts = urlsplit(url)
    if parts.scheme != "http":
        raise click.UsageError(f"--url {url}: hooks and proxies need the port's plain address, http://HOST:PORT")
    address = f"{parts.hostname}:{parts.port or 80}"
    folder = trust.lasting_folder()
    setting = trust.write_files(address, folder, kucoin_host, variables.own(os.environ))
    try:
        print_output(shells.assignments({**variables.led(setting, mode, os.environ)}, shell))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
