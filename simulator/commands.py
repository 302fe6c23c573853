"""Commands about scenarios that start no server."""

from __future__ import annotations

import sys
from shutil import get_terminal_size

import click


class InvalidScenario(click.ClickException):
    """The scenario has problems; the message lists all of them."""

    exit_code = 3


@click.group(invoke_without_command=True)
@click.pass_context
def scenarios(context: click.Context) -> None:
    """List the built-in scenarios, each with what it is for."""
    if context.invoked_subcommand is None:
        from simulator.scenario.loader import builtin, comment

        formatter = click.HelpFormatter(width=min(get_terminal_size().columns, 100))
        formatter.write_dl([(file.stem, comment(file.read_text(encoding="utf-8"))) for file in builtin()])
        click.echo(formatter.getvalue(), nl=False)


@scenarios.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a built-in scenario: one to copy, or to extend."""
    from simulator.scenario.loader import builtin

    found = {file.stem: file for file in builtin()}
    if name not in found:
        raise InvalidScenario(f"no built-in scenario is called {name}; there are {', '.join(sorted(found))}")
    click.echo(found[name].read_text(encoding="utf-8"), nl=False)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|NAME...")
def validate(files: tuple[str, ...]) -> None:
    """Check scenarios. Every problem is told with its line and column; exit status 3 if there is any."""
    from simulator.scenario.loader import load
    from simulator.scenario.nodes import ScenarioError

    wrong = False
    for file in files:
        try:
            load(file)
        except ScenarioError as error:
            wrong = True
            click.echo(str(error), err=True)
        else:
            click.echo(f"{file}: ok")
    if wrong:
        sys.exit(InvalidScenario.exit_code)


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    import json

    from simulator.scenario.schema import schema as schema_of

    click.echo(json.dumps(schema_of(), indent=2, ensure_ascii=False))
