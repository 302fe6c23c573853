"""The commands about scenarios: `scenarios`, `validate`, `schema`."""

from __future__ import annotations

import sys

import click

from simulator.commands.output import print_output
from simulator.printing import printable


class InvalidScenario(click.ClickException):
    """The scenario has problems; the message lists all of them."""

    exit_code = 3


@click.group(invoke_without_command=True)
@click.pass_context
def scenarios(context: click.Context) -> None:
    """List the built-in scenarios with their purposes."""
    if context.invoked_subcommand is None:
        from shutil import get_terminal_size

        from simulator.scenario.loader import builtin, comment, read_text

        formatter = click.HelpFormatter(width=min(get_terminal_size().columns, 100))
        formatter.write_dl([(file.stem, comment(read_text(file))) for file in builtin()])
        print_output(formatter.getvalue())


@scenarios.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a built-in scenario, to copy or to extend it."""
    from simulator.scenario.loader import builtin, read_text

    files = {file.stem: file for file in builtin()}
    if name not in files:
        names = ", ".join(sorted(files))
        raise InvalidScenario(f"no built-in scenario is called {printable(name)}; there are {names}")
    print_output(read_text(files[name]))


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|NAME...")
def validate(files: tuple[str, ...]) -> None:
    """Check scenarios. Each problem is printed with its line and column; exit status 3 if there is any."""
    from simulator.scenario.loader import load
    from simulator.scenario.text.nodes import ScenarioError

    wrong = False
    for file in files:
        try:
            load(file)
        except ScenarioError as error:
            wrong = True
            click.echo(str(error), err=True)
        else:
            click.echo(f"{printable(file)}: ok")
    if wrong:
        sys.exit(InvalidScenario.exit_code)


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    import json

    from simulator.scenario.keys.json_schema import schema as schema_of

    print_output(json.dumps(schema_of(), indent=2, ensure_ascii=False))
