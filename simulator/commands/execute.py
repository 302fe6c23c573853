"""The command `exec`: a simulator for the length of a command, to which KuCoin's hosts lead."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from simulator import flags, printing
from simulator.commands.report import demanding
from simulator.commands.stepwise import stepwise
from simulator.launch import EXEC_MODES

if TYPE_CHECKING:
    from simulator.launch.options import Options
    from simulator.scenario.overrides import UserOverride


class CommandError(click.ClickException):
    """The command was not run, or it was ended."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the error


@click.command(name="exec", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@click.option("--mode", type=click.Choice(EXEC_MODES), default="auto", help="How KuCoin's hosts are led here.")
@click.option("--scenario", default="demo", metavar="FILE|NAME", help="The world to start with.")
@click.option("--seed", type=flags.WholeNumber(0, 10**18 - 1), help="Another seed than the scenario's.")
@click.option("--verify", is_flag=True, help="Afterwards, see whether the scenario's `expect` holds.")
@click.option(
    "--report", type=click.Path(file_okay=False, path_type=Path), help="Write journal, verdict and readiness there."
)
@demanding
@click.option("--allow", multiple=True, metavar="HOST:PORT", help="The command may reach this as well. Repeatable.")
@click.option("--kucoin-host", type=flags.host_name, multiple=True, metavar="NAME", help="A name that is KuCoin's too.")
@click.option("--client-id", type=flags.text, metavar="ID", help="A client of your own.")
@click.option("--client-secret", type=flags.text, metavar="TEXT", help="The client's secret.")
@click.option("--redirect-uri", type=flags.redirect_uri, multiple=True, metavar="URI", help="Its redirect URI.")
@click.option("--user", type=flags.user, multiple=True, metavar="NAME:FACTORS:BALANCE", help="A user of your own.")
@click.option("--quiet", is_flag=True, help="Print problems only, not what was set and why.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD...")
def execute(
    mode: str,
    scenario: str,
    seed: int | None,
    verify: bool,
    report: Path | None,
    profiles: tuple[str, ...],
    fail_under: int | None,
    baseline: Path | None,
    allow: tuple[str, ...],
    kucoin_host: tuple[str, ...],
    client_id: str | None,
    client_secret: str | None,
    redirect_uri: tuple[str, ...],
    user: tuple[UserOverride, ...],
    quiet: bool,
    command: tuple[str, ...],
) -> NoReturn:
    """Run a command with a simulator, to which https://*.kucoin.com leads without a change of the command's code.

    auto is hooks, or namespace if the command itself is something that hooks cannot be in.

    Exit status: the command's, or 128 + N if signal N ended it. Otherwise 1 = expectations failed, or the readiness
    report does, which counts with --baseline or --fail-under; 2 = usage,
    3 = scenario, 4 = cannot listen, 5 = KuCoin's real hosts could be asked for past every mechanism.
    """
    from simulator.launch.options import Options

    if (profiles or fail_under is not None or baseline) and not report:
        raise click.UsageError("--profile, --fail-under and --baseline are about the report: give --report DIR as well")
    options = Options(
        command,
        mode,
        scenario,
        seed,
        verify,
        report,
        allow,
        kucoin_host,
        client_id,
        client_secret,
        redirect_uri,
        user,
        profiles=profiles,
        fail_under=fail_under,
        baseline=baseline,
    )
    code = launch(options, quiet=quiet)
    printing.end()
    os._exit(code)  # the server's thread needs no orderly end, and Python's own takes tens of ms


def launch(options: Options, *, quiet: bool) -> int:
    """Run a command with a simulator: the exit code. Raises `CommandError`. Call it before any thread is started."""
    from simulator.launch.running import FAILED, INTERRUPTED, NOT_LISTENING, SCENARIO, USAGE, Execution

    def warn(text: str) -> None:
        click.echo(f"kucoin-simulator: {text}", err=True)

    def tell(text: str) -> None:
        if not quiet:
            warn(text)

    from simulator.collector import COLLECTOR

    try:
        run = Execution(options, tell, warn, COLLECTOR.stands)
    except OSError as error:
        raise CommandError(str(error), FAILED) from None
    with COLLECTOR.start():
        from simulator.launch.namespace import NamespaceError
        from simulator.launch.serving import CannotListenError
        from simulator.scenario.overrides import OverrideError
        from simulator.scenario.text.nodes import ScenarioError

        try:
            with stepwise("readiness report") as step:
                code = run.run(step)
        except ScenarioError as error:
            raise CommandError(f"the scenario cannot be used\n{error}", SCENARIO) from None
        except (OverrideError, ValueError) as error:
            raise CommandError(str(error), USAGE) from None
        except CannotListenError as error:
            raise CommandError(f"the simulator cannot listen: {error}", NOT_LISTENING) from None
        except NamespaceError as error:
            raise CommandError(f"no namespace: {error}", USAGE) from None
        except KeyboardInterrupt:  # later, it is the command's
            raise CommandError("Ctrl+C came before the command was started", INTERRUPTED) from None
    return code
