"""The command `races`: a command is run once for each order of its overlapping calls."""

from __future__ import annotations

import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from simulator import flags
from simulator.commands.execute import CommandError, execute, launch
from simulator.commands.output import json_option, show_data
from simulator.commands.parameters import duration

if TYPE_CHECKING:
    from simulator.launch.options import Options
    from simulator.launch.repeating import Finished
    from simulator.scenario.held_orders import Orders

OF_EXEC: Final = (
    "mode",
    "scenario",
    "seed",
    "allow",
    "kucoin_host",
    "client_id",
    "client_secret",
    "redirect_uri",
    "user",
)
"""Options that are those of `exec`."""
SHOWN: Final = 20_000
"""Characters of the output of the run that failed; the end of it is shown."""
FAILED, USAGE, SCENARIO = 1, 2, 3


@click.command(context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@click.option("--runs", type=flags.WholeNumber(1, 10_000), default=64, help="How many orders are tried at most.")
@click.option(
    "--hold",
    multiple=True,
    metavar="OPERATION=N",
    help="Hold N overlapping calls of this operation; 2 without N. Repeatable. Besides those that the scenario holds.",
)
@click.option("--within", type=duration, default="4s", help="How long such a call waits for the others.")
@click.option("--replay", metavar="STRING", help="Run the command once, in the order that a failed run has printed.")
@json_option
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD...")
def races(
    runs: int,
    hold: tuple[str, ...],
    within: int,
    replay: str | None,
    command: tuple[str, ...],
    *,
    as_json: bool,
    **of_exec: Any,
) -> NoReturn:
    """Run a command once for each order of its overlapping calls, each time with a new simulator, as `exec` does.

    A run fails if the command's exit status is not 0, or if the scenario's `expect` does not hold. The first one that
    fails ends it: its output and a replay string are printed, and its exit status is that of the command. With more
    orders than --runs, as many are drawn by --seed.

    Exit status: 0 = no order failed; 1 as well if no calls ever overlapped. Otherwise as of `exec`.
    """
    from simulator.launch.options import Options
    from simulator.scenario.held_orders import read_orders, read_size

    names = {"kucoin_host": "hosts", "redirect_uri": "redirect_uris", "user": "users"}
    options = Options(
        command, verify=True, within=within, **{names.get(name, name): value for name, value in of_exec.items()}
    )
    try:
        sizes = [read_size(text) for text in hold]
        orders = read_orders(replay) if replay else ()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if orders and sizes:
        raise click.UsageError("--replay says which calls are held; leave --hold out")
    report = _replayed(options, orders) if orders else _tried(options, sizes, runs)
    show_data(report, report["text"], as_json=as_json)
    sys.exit(report["exit_code"])


races.params[-1:-1] = [parameter for parameter in execute.params if parameter.name in OF_EXEC]


def _replayed(options: Options, orders: Orders) -> dict[str, Any]:
    """One run in these orders, with its output as it comes."""
    run = _run(options._replace(orders=orders), None)
    return _report(options, 1, 1, orders if run.code else (), run)


def _tried(options: Options, sizes: list[tuple[str, int]], runs: int) -> dict[str, Any]:
    """Runs in one order after another, up to the first that fails."""
    from simulator.scenario.held_orders import count_of, held_calls, orders_of

    sizes = [*held_calls(_scenario(options)), *sizes]
    if not sizes:
        raise click.UsageError(
            "nothing is held: say which calls overlap, such as --hold refresh_tokens=2, or `hold` in a scenario's fault"
        )
    every = list(orders_of(sizes, runs, options.seed or 0))
    overlapped, number, run = 0, 0, None
    with tempfile.TemporaryDirectory(prefix="kucoin-simulator-races-") as folder:
        output = Path(folder) / "output"
        with click.progressbar(every, label="orders", file=sys.stderr, hidden=not sys.stderr.isatty()) as remaining:
            for orders in remaining:
                number += 1
                run = _run(options._replace(orders=orders), output)
                overlapped += run.overlapped
                if run.code:
                    break
        if run and run.code:
            click.echo(output.read_text(encoding="utf-8", errors="replace")[-SHOWN:], err=True, nl=False)
            return _report(options, number, count_of(sizes), orders, run)
    assert run is not None
    return _report(options, len(every), count_of(sizes), (), run._replace(overlapped=overlapped))


def _scenario(options: Options) -> Any:
    """The scenario. Raises `CommandError`."""
    from simulator.scenario.loader import load
    from simulator.scenario.text.nodes import ScenarioError

    try:
        return load(options.scenario, options.seed)
    except ScenarioError as error:
        raise CommandError(f"the scenario cannot be used\n{error}", SCENARIO) from None


def _run(options: Options, output: Path | None) -> Finished:
    """One run. Raises `CommandError` if the command could not be run, or was stopped."""
    from simulator.launch.repeating import STOPPED, StoppedError, run_apart

    try:
        run = run_apart(lambda seen: launch(options._replace(seen=seen), quiet=True), output)
    except StoppedError:
        raise CommandError("stopped", STOPPED) from None
    except OSError as error:
        raise CommandError(str(error), FAILED) from None
    if run.failure:
        raise CommandError(run.failure, run.code)
    return run


def _report(options: Options, runs: int, count: int, failed: Orders, run: Finished) -> dict[str, Any]:
    """What came of it, as data and as text."""
    from simulator.scenario.held_orders import replay_text

    code, replay = run.code, replay_text(failed) if failed else None
    if replay:
        seed = [] if options.seed is None else ["--seed", str(options.seed)]
        again = ["races", "--scenario", options.scenario, *seed, "--replay", replay, "--", *options.arguments]
        text = f"run {runs} failed with exit status {code}. To repeat it: kucoin-simulator {shlex.join(again)}"
        if not run.overlapped:
            text += "\nThe calls that are held never overlapped in it, so no order of them was the reason"
    elif not run.overlapped:
        code = FAILED
        text = (
            "no order was tried: the held calls never overlapped. Let the command make them at the same time,"
            " on connections of their own, or hold other calls (--hold)"
        )
    else:
        text = f"{runs} of {count} orders tried, none failed"
    return {
        "runs": runs,
        "orders": count,
        "failed": replay,
        "exit_code": code,
        "overlapped": run.overlapped,
        "text": text,
    }
