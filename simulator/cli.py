"""Flags -> one server process. What a command needs is imported when it runs: `--help` costs click and no more."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource
from click.exceptions import Exit

from simulator import commands, ending, flags, printing
from simulator.commands.output import written_help
from simulator.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.scenario.overrides import UserOverride

NAME: Final = "kucoin-simulator"
PREFIX: Final = "KUCOIN_SIMULATOR"
"""Begins every flag's environment twin: `--redirect-uri` is KUCOIN_SIMULATOR_REDIRECT_URI."""
COMPLETION: Final = f"_{PREFIX}_COMPLETE"
UNDECIDED: Final = (
    "{flag} {host} lets other machines reach the control surface, which reads every code and resets the world."
    " Add --control-token TOKEN, which each of its calls must then bring, or --control-open if anybody may call it"
)
ONE_PROCESS: Final = (
    "the state lives in one process, so several workers would answer from several worlds;"
    " leave --workers and WEB_CONCURRENCY out, or set them to 1"
)


class Program(click.Group):
    """The command line. Everything that it prints goes through `simulator.printing`."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command to its end. What a shell asks for its completion is written by click, as bytes."""
        if COMPLETION in os.environ:
            return super().main(*args, **kwargs)
        with printing.safe_streams():
            try:
                return super().main(*args, **kwargs)
            except Exception:  # noqa: BLE001 - a mistake of ours is printed like everything else
                sys.excepthook(*sys.exc_info())
                sys.exit(1)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the flags; `--help` and `--version` end here."""
        with written_help():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the `--help` of a command ends here, and so does Ctrl+C in one that does not handle it."""
        try:
            with written_help():
                return super().invoke(ctx)
        except KeyboardInterrupt:  # click's own status is 1, which is that of a verdict
            click.echo("stopped by Ctrl+C", err=True)
            raise Exit(128 + signal.SIGINT) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, for `--help` and completion."""
        return sorted(commands.COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, which is imported now."""
        return commands.command_of(cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the flags. With a JSON log, errors in the flags are lines of the log as well."""
        printing.print_json(enabled=flags.wants_json(args, f"{PREFIX}_LOG_FORMAT"))
        return super().parse_args(ctx, args)


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={
        "auto_envvar_prefix": PREFIX,
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "show_default": True,
    },
)
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=8080, type=flags.WholeNumber(0, 65535), help="Port; 0 = any that is free.")
@click.option(
    "--listen",
    type=flags.address,
    multiple=True,
    metavar="HOST:PORT",
    help="One more address to listen on, such as 127.0.0.1:443. Repeatable.",
)
@click.option(
    "--tls",
    type=flags.tls,
    default="auto",
    metavar="auto|off|CERT,KEY",
    help="https at the same ports: with certificates of this installation's own authority, not at all, or with the"
    " certificate and the key in two PEM files.",
)
@click.option(
    "--kucoin-host",
    type=flags.kucoin_host,
    multiple=True,
    metavar="NAME",
    help="One more host that is KuCoin's, such as a local site's. Repeatable.",
)
@click.option(
    "--proxy-others",
    type=click.Choice(["refuse", "tunnel"]),
    default="refuse",
    help="What a proxy's CONNECT to a host that is not KuCoin's gets; a tunnel is for clients on this machine only.",
)
@click.option("--public-url", type=flags.origin, metavar="URL", help="Our origin as others see it, such as a proxy's.")
@click.option(
    "--control-token",
    cls=flags.NeverEmpty,
    type=flags.token,
    metavar="TOKEN",
    help="What each call of /_sim must bring as a bearer token.",
)
@click.option("--control-open", is_flag=True, help="Other machines may call /_sim without a token.")
@click.option(
    "--allowed-host",
    type=flags.host_name,
    multiple=True,
    metavar="NAME",
    help="Another name by which pages and /_sim may be asked for, such as a container's. Repeatable.",
)
@click.option("--port-file", type=flags.file, metavar="FILE", help="Write host, port and URL there as JSON.")
@click.option("--until-eof", is_flag=True, help="End when standard input ends, as it does with the program behind it.")
@click.option("--scenario", default="demo", metavar="FILE|NAME", help="The world to start with.")
@click.option("--watch", is_flag=True, help="An edit of the scenario's file takes effect at once.")
@click.option("--verify", is_flag=True, help="At the end, print whether the scenario's `expect` holds.")
@click.option("--report", type=flags.folder, metavar="DIR", help="At the end, write a readiness report there.")
@click.option(
    "--state-file", type=click.Path(), metavar="FILE", help="Begin with the state in this file, if the file is there."
)
@click.option("--export-on-exit", is_flag=True, help="At the end, write the state to --state-file.")
@click.option(
    "--seed",
    type=flags.WholeNumber(0, 10**18 - 1),
    help="Another seed than the scenario's: other ids, codes and secrets.",
)
@click.option(
    "--client-id", type=flags.text, metavar="ID", help="A client of your own; if the scenario has it, it is changed."
)
@click.option("--client-secret", type=flags.text, metavar="TEXT", help="The client's secret.")
@click.option(
    "--redirect-uri",
    type=flags.redirect_uri,
    multiple=True,
    metavar="URI",
    help="A redirect URI of the client, in place of those it has. Repeatable.",
)
@click.option(
    "--user",
    type=flags.user,
    multiple=True,
    metavar="NAME:FACTORS:BALANCE",
    help="A user of your own, such as zoe:GAV+EMV,SMS:1000 - GAV and EMV together, or SMS alone; `none` = no factor"
    " is bound yet, `free` = none is asked for. The balance is USDT. Repeatable.",
)
@click.option(
    "--log-format",
    type=click.Choice(flags.LOG_FORMATS),
    default="auto",
    help="One line a call on stderr; auto = human on a terminal, none elsewhere.",
)
@click.option("--show-secrets", is_flag=True, help="Show secrets that were minted here in journal and log.")
@click.option("--no-sim-headers", is_flag=True, help="Leave X-Sim-Entry and X-Sim-Note out of the answers.")
@click.option(
    "--workers",
    default=1,
    type=flags.WholeNumber(0),
    envvar="WEB_CONCURRENCY",
    help="1 and no more: it holds the state.",
)
@click.version_option(__version__, prog_name=NAME)
@click.pass_context
def main(
    context: click.Context,
    host: str,
    port: int,
    listen: tuple[tuple[str, int], ...],
    tls: bool | tuple[str, str],
    kucoin_host: tuple[str, ...],
    proxy_others: str,
    public_url: str | None,
    control_token: str | None,
    control_open: bool,
    allowed_host: tuple[str, ...],
    port_file: Path | None,
    until_eof: bool,
    scenario: str,
    watch: bool,
    verify: bool,
    report: Path | None,
    state_file: str | None,
    export_on_exit: bool,
    seed: int | None,
    client_id: str | None,
    client_secret: str | None,
    redirect_uri: tuple[str, ...],
    user: tuple[UserOverride, ...],
    log_format: str,
    show_secrets: bool,
    no_sim_headers: bool,
    workers: int,
) -> None:
    """Serve a local simulator of KuCoin's Broker Fast API.

    Every flag has an environment twin, such as KUCOIN_SIMULATOR_CLIENT_ID for --client-id. There the values of a
    repeatable flag are separated by spaces.

    Exit status: 2 for a flag or a port that cannot be used, 3 for a scenario that cannot be used. With --verify, which
    speaks when SIGTERM or Ctrl+C ends the server: 1 if the scenario's `expect` does not hold; if it does, 0 after
    SIGTERM, and after Ctrl+C what it is without --verify. With --export-on-exit: 1 if the state cannot be written.
    """
    if context.invoked_subcommand is not None:
        printing.print_json(enabled=False)
        printing.wait_for_readers()
        _refuse_flags(context)
        return
    if workers != 1:
        raise click.UsageError(ONE_PROCESS)
    if not host:
        raise click.UsageError("--host is empty, which would be every interface; say 0.0.0.0 if that is meant")
    if export_on_exit and not state_file:
        raise click.UsageError("--export-on-exit needs --state-file FILE, which it writes")
    _readable(scenario, client_id or "", client_secret or "", *redirect_uri)
    from simulator.collector import COLLECTOR

    with COLLECTOR.start():  # imports make many objects and no garbage
        from simulator import starting
        from simulator.hosts import is_loopback
        from simulator.scenario.overrides import Overrides
        from simulator.web.guards import Policy

        for flag, address in (("--host", host), *(("--listen", address) for address, _ in listen)):
            if not (control_token or control_open or is_loopback(address)):
                raise click.UsageError(UNDECIDED.format(flag=flag, host=address))
        policy = Policy(allowed_host, control_token, kucoin_host, tls, proxy_others == "tunnel")
        kept = starting.StateFile(state_file, export_on_exit) if state_file else None
        overrides = Overrides(client_id, client_secret, redirect_uri, user)
        telling = flags.reporting(log_format, show_secrets=show_secrets, headers=not no_sim_headers)
        load = partial(starting.scenario_of, scenario, seed, overrides)
        try:
            starting.serve(
                ((host, port), *listen),
                public_url,
                policy,
                load,
                overrides,
                watch,
                verify,
                telling,
                json=log_format == "json",
                state_file=kept,
                supervision=starting.Supervision(port_file, until_eof),
                report=report,
            )
        except ending.InputEnded:
            raise
        except KeyboardInterrupt:
            ending.die_of(signal.SIGINT)
        except ending.Terminated:
            ending.die_of(signal.SIGTERM)


def _readable(*texts: str) -> None:
    """Refuse text that came from bytes that are no UTF-8: no client could send it."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise click.UsageError(f"{text!r} is not UTF-8") from None


def _refuse_flags(context: click.Context) -> None:
    """The server's flags mean nothing to a subcommand: say so instead of ignoring them."""
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            flag = "--" + name.replace("_", "-")
            raise click.UsageError(f"{flag} is for the server; {context.invoked_subcommand} knows nothing of it")
