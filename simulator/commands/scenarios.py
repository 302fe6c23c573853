"""The commands about scenarios: `scenarios`, `validate`, `schema`."""

from __future__ import annotations

import sys

import click

from simulator.commands.output import json_option, print_output, show_data
from simulator.printing import printable


class InvalidScenario(click.ClickException):
    """The scenario has problems; the message lists all of them."""

    exit_code = 3


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def scenarios(context: click.Context, *, as_json: bool) -> None:
    """List the built-in scenarios with their purposes."""
    if context.invoked_subcommand is None:
        from shutil import get_terminal_size

        from simulator.scenario.loader import builtin, comment, read_text

        rows = [(file.stem, comment(read_text(file))) for file in builtin()]
        formatter = click.HelpFormatter(width=min(get_terminal_size().columns, 100))
        formatter.write_dl(rows)
        show_data([{"name": name, "purpose": purpose} for name, purpose in rows], formatter.getvalue(), as_json=as_json)


@scenarios.command()
@click.argument("name")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Print a built-in scenario, to copy or to extend it."""
    from simulator.scenario.loader import builtin, read_text

    files = {file.stem: file for file in builtin()}
    if name not in files:
        names = ", ".join(sorted(files))
        raise InvalidScenario(f"no built-in scenario is called {printable(name)}; there are {names}")
    text = read_text(files[name])
    show_data({"name": name, "text": text}, text, as_json=as_json)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|NAME...")
@json_option
def validate(files: tuple[str, ...], *, as_json: bool) -> None:
    """Check scenarios. Each problem is printed with its line and column; exit status 3 if there is any."""
    from simulator.scenario.loader import load
    from simulator.scenario.text.nodes import ScenarioError

    results = []
    for file in files:
        problems: list[dict[str, object]] = []
        try:
            load(file)
        except ScenarioError as error:
            problems = [
                {"line": problem.line, "column": problem.column, "field": problem.path, "detail": problem.message}
                for problem in error.problems
            ]
            if not as_json:
                click.echo(str(error), err=True)
        else:
            if not as_json:
                click.echo(f"{printable(file)}: ok")
        results.append({"file": file, "ok": not problems, "problems": problems})
    if as_json:
        show_data(results, "", as_json=True)
    if not all(result["ok"] for result in results):
        sys.exit(InvalidScenario.exit_code)


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    import json

    from simulator.scenario.keys.json_schema import schema as schema_of

    print_output(json.dumps(schema_of(), indent=2, ensure_ascii=False))
