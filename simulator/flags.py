"""How the text of a flag is read: the value, or a sentence about what is wrong with it."""

from __future__ import annotations

import os
import sys
from re import fullmatch
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from simulator.evidence.journal import Reporting
    from simulator.scenario.overrides import WantedUser

LOG_FORMATS: Final = ("auto", "human", "json", "none")


class Whole(click.IntRange):
    """A whole number in ASCII digits: Python would also read `8_0`, `+80`, spaces around it and other digits."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or a sentence about what is wrong with it."""
        if isinstance(value, str) and not fullmatch("-?[0-9]+", value):
            self.fail(f"{value!r} is not a valid integer.", param, ctx)
        number: int = super().convert(value, param, ctx)
        return number


def user(text: str) -> WantedUser:
    """NAME:FACTORS:BALANCE."""
    from simulator.scenario.overrides import OverrideError, read_user

    try:
        return read_user(text)
    except OverrideError as error:
        raise click.BadParameter(str(error)) from None


def redirect_uri(text: str) -> str:
    """A URL, or a path of our own."""
    from simulator.scenario.overrides import OverrideError, read_redirect_uri

    try:
        return read_redirect_uri(text)
    except OverrideError as error:
        raise click.BadParameter(str(error)) from None


def origin(text: str) -> str:
    """Scheme, host and perhaps a port, nothing behind them."""
    from simulator.web.guards import origin_of

    try:
        return origin_of(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def host_name(text: str) -> str:
    """A name or an address, without scheme and port."""
    from simulator.web.guards import host_name

    try:
        return host_name(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def token(text: str) -> str:
    """What fits into a header."""
    from simulator.web.guards import VISIBLE

    if not VISIBLE.fullmatch(text):
        raise click.BadParameter("a token is of visible ASCII characters, without spaces")
    return text


def reporting(log_format: str, *, show_secrets: bool, headers: bool) -> Reporting:
    """How calls are told of. On a terminal a person watches; elsewhere stderr is for what goes wrong."""
    from simulator.evidence.journal import Reporting

    terminal = sys.stderr.isatty()
    if log_format == "auto":
        log_format = "human" if terminal else "none"
    if log_format == "none":
        return Reporting(show_secrets, headers)
    from simulator.evidence.lines import logger

    def write(line: str) -> None:
        sys.stderr.write(line)
        sys.stderr.flush()

    colours = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Reporting(show_secrets, headers, logger(log_format, write, colours=colours))
