"""The commands of the command line besides the server itself. Each is imported when it is called, or for `--help`.

A module of a command imports click and no more; what the command needs is imported when it runs.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "demo": "demo:demo",
    "open": "demo:open_page",
    "tour": "tour:tour",
    "scenarios": "scenarios:scenarios",
    "validate": "scenarios:validate",
    "schema": "scenarios:schema",
    "ready": "readiness:ready",
    "status": "readiness:status",
    "reset": "steering:reset",
    "clock": "steering:clock",
    "totp": "people:totp",
    "messages": "people:messages",
    "requests": "calls:requests",
    "explain": "calls:explain",
    "explain-signature": "calls:explain_signature",
    "verify": "verdict:verify",
    "report": "report:report",
    "doctor": "doctor:doctor",
    "drift": "drift:drift",
    "probe": "probe:probe",
    "exec": "execute:execute",
    "races": "races:races",
    "env": "environment:env",
    "healthcheck": "healthcheck:healthcheck",
    "ca": "ca:ca",
}
"""The name of each command and its home: a module of this folder and the function there."""


def command_of(name: str) -> click.Command | None:
    """The command of that name, or None."""
    if name not in COMMANDS:
        return None
    module, _, attribute = COMMANDS[name].partition(":")
    command: click.Command = getattr(import_module(f"simulator.commands.{module}"), attribute)
    return command
