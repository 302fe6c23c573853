"""The readers of flags: text -> value, or a sentence about what is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from re import fullmatch
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.evidence.journal import Reporting
    from simulator.scenario.overrides import UserOverride

LARGEST_PORT: Final = 65_535
LOG_FORMATS: Final = ("auto", "human", "json", "none")


class WholeNumber(click.IntRange):
    """A whole number in ASCII digits. Python's `int` would also accept `8_0`, `+80`, spaces and other digits."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Fails with a sentence if the text is not one."""
        if isinstance(value, str) and not fullmatch("-?[0-9]+", value):
            self.fail(f"{value!r} is not a valid integer.", param, ctx)
        number: int = super().convert(value, param, ctx)
        return number


class NeverEmpty(click.Option):
    """A flag whose environment variable must not be empty, because the user who sets it relies on it.

    An empty environment variable of any other flag counts as not set.
    """

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The environment variable's value, also if it is empty."""
        value = super().resolve_envvar_value(ctx)
        return os.environ.get(f"{ctx.auto_envvar_prefix}_{self.name}".upper()) if value is None else value


def text(text: str) -> str:
    """Any text that is not empty."""
    if not text:
        raise click.BadParameter("it is empty; remove it, or give a value")
    return text


def user(text: str) -> UserOverride:
    """The user of NAME:FACTORS:BALANCE."""
    from simulator.scenario.overrides import OverrideError, read_user

    try:
        return read_user(text)
    except OverrideError as error:
        raise click.BadParameter(str(error)) from None


def folder(text: str) -> Path:
    """The path of a folder, which need not be there yet."""
    from pathlib import Path

    if not text or Path(text).is_file():
        raise click.BadParameter(f"{text!r} is not a folder")
    return Path(text)


def file(text: str) -> Path:
    """The path of a file that will be written."""
    from pathlib import Path

    path = Path(text)
    if not text or path.is_dir():
        raise click.BadParameter(f"{text!r} is not a file's name")
    return path


def redirect_uri(text: str) -> str:
    """A URL, or a path of our own."""
    from simulator.scenario.overrides import OverrideError, read_redirect_uri

    try:
        return read_redirect_uri(text)
    except OverrideError as error:
        raise click.BadParameter(str(error)) from None


def origin(text: str) -> str:
    """An origin: scheme, host and perhaps a port."""
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


def kucoin_host(text: str) -> str:
    """A name that a certificate can be made for."""
    from simulator.certificates.issuing import permitted_names

    name = host_name(text)
    try:
        permitted_names([name])
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return name


def address(text: str) -> tuple[str, int]:
    """The host and the port of HOST:PORT; an IPv6 address stands in brackets."""
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not host or (":" in host and not bracketed):
        raise click.BadParameter(f"{text!r} is not like 127.0.0.1:8443 or [::1]:8443")
    if not fullmatch("[0-9]{1,5}", port) or int(port) > LARGEST_PORT:
        raise click.BadParameter(f"{port!r} is not a port from 0 to {LARGEST_PORT}; 0 = any that is free")
    return (host[1:-1] if bracketed else host), int(port)


def tls(text: str) -> bool | tuple[str, str]:
    """`auto` is True, `off` is False; else two files, of a certificate and its key."""
    if text in ("auto", "off"):
        return text == "auto"
    certificate, comma, key = text.partition(",")
    if not comma or not certificate or not key:
        raise click.BadParameter(f"{text!r} is not auto, off, or two files as in cert.pem,key.pem")
    return certificate, key


def token(text: str) -> str:
    """A token that fits into a header."""
    from simulator.web.guards import VISIBLE

    if not VISIBLE.fullmatch(text):
        raise click.BadParameter("a token consists of visible ASCII characters, without spaces")
    return text


def wants_json(arguments: Sequence[str], variable: str) -> bool:
    """True if the log format is JSON, before the command line has been parsed."""
    formats = [os.environ.get(variable, "")]
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--log-format":
            formats += [value] if value else arguments[place + 1 : place + 2]
    return formats[-1] == "json"


def reporting(log_format: str, *, show_secrets: bool, headers: bool) -> Reporting:
    """How calls are reported. `auto` prints calls on a terminal only; elsewhere stderr is for errors."""
    from simulator.evidence.journal import Reporting

    terminal = sys.stderr.isatty()
    if log_format == "auto":
        log_format = "human" if terminal else "none"
    if log_format == "none":
        return Reporting(show_secrets, headers)
    from simulator.evidence.log_lines import logger

    colours = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Reporting(show_secrets, headers, logger(log_format, sys.stderr.write, colours=colours))
