"""Prints the tour: the steps, the requests with their answers, the checks."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from textwrap import wrap
from typing import Final, TextIO

from simulator.core.money import plain
from simulator.printing import Printable, line, painted, printable
from simulator.tour.browser import title_of
from simulator.tour.wire import HttpRequest, HttpResponse

WIDTH: Final = 100
LONG: Final = re.compile(r"[A-Za-z0-9_.-]{36,}")
"""Tokens and secrets, which are printed shortened."""
LONGEST, CUT = 4_000, 300
"""Characters of an answer that is printed as a whole, and of the beginning of a longer one."""
SIGNATURE: Final = re.compile(r"[A-Za-z0-9+/]{43}=")
WORTH_SHOWING: Final = (
    *("authorization", "kc-api-key", "kc-api-sign", "kc-api-timestamp", "kc-api-passphrase"),
    *("kc-api-partner", "kc-api-partner-sign"),
)
BOLD, DIM, GREEN, RED = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[31m"


class Narrator:
    """Writes to `out`; quiet = one line per step, and what failed."""

    def __init__(self, out: TextIO, *, quiet: bool) -> None:
        self._out = out
        self._quiet = quiet
        self._colour = out.isatty() and not os.environ.get("NO_COLOR")

    def _paint(self, text: str, colour: str) -> Printable:
        return painted(text, colour) if colour and self._colour else printable(text)

    def _line(self, *parts: str) -> None:
        self._out.write(line(*parts))

    def _detail(self, mark: str, text: str, colour: str) -> None:
        """A wrapped paragraph with its mark in the margin."""
        if self._quiet:
            return
        for place, row in enumerate(wrap(text, WIDTH - 9, break_on_hyphens=False)):
            self._line("    ", self._paint(f"{'' if place else mark:4}{row}", colour))

    def say(self, text: str) -> None:
        """Print a paragraph between the steps."""
        if not self._quiet:
            self._line()
            for row in wrap(text, WIDTH):
                self._line(row)

    def step(self, number: int, title: str, rules: str) -> None:
        """Print the beginning of a step."""
        if self._quiet:
            return
        self._line()
        self._line(self._paint(f"{number:2}  {title}", BOLD), self._paint(f"  {rules}", DIM))

    def exchanged(self, request: HttpRequest, answer: HttpResponse) -> None:
        """Print a request and its answer."""
        self._detail(">", f"{request.method} {shortened(spaced(request.target))}", "")
        for name, value in request.headers.items():
            if name.lower() in WORTH_SHOWING:
                self._detail("", f"{name}: {shortened(value)}", DIM)
        if request.body:
            self._detail("", shortened(spaced(request.body)), DIM)
        self._detail("<", f"{answer.status} {_summary(answer)}" if answer.status else "no answer", "")

    def checked(self, what: str, received: object) -> None:
        """Print a check that passed."""
        text = plain(received) if isinstance(received, Decimal) else str(received)
        self._detail("ok", f"{what}: {shortened(text)}", GREEN)

    def passed(self, number: int, title: str, rules: str) -> None:
        """Print that a step passed."""
        if self._quiet:
            self._line(self._paint("ok", GREEN), f" {number:2}  {title}  ", self._paint(rules, DIM))

    def failed(self, number: int, title: str, rules: str, what: str, expected: object, received: object) -> None:
        """Print why a step failed."""
        self._line(self._paint(f"FAILED {number}  {title}  {rules}", RED))
        for name, value in (("", what), ("expected", expected), ("received", received)):
            self._line(f"    {name:9} {value}")

    def end(self, passed: int, total: int) -> None:
        """Print the summary."""
        self._line()
        self._line(self._paint(f"{passed} of {total} steps are as the rules say", GREEN if passed == total else RED))


class JsonNarrator(Narrator):
    """Writes one JSON object a step, on a line of its own."""

    def __init__(self, out: TextIO) -> None:
        super().__init__(out, quiet=True)

    def _step(self, number: int, title: str, rules: str, **more: object) -> None:
        from json import dumps

        self._line(printable(dumps({"step": number, "title": title, "rules": rules, **more})))

    def passed(self, number: int, title: str, rules: str) -> None:
        """Write that a step passed."""
        self._step(number, title, rules, ok=True)

    def failed(self, number: int, title: str, rules: str, what: str, expected: object, received: object) -> None:
        """Write why a step failed."""
        self._step(number, title, rules, ok=False, what=what, expected=str(expected), received=str(received))

    def end(self, passed: int, total: int) -> None:
        """Write nothing: the exit status says it."""


def shortened(text: str) -> str:
    """The text with long words cut to their first and last characters."""
    for long in (SIGNATURE, LONG):
        text = long.sub(lambda match: f"{match[0][:8]}...{match[0][-4:]}", text)
    return text


def spaced(text: str) -> str:
    """A query, a form or compact JSON with spaces, so that lines can be wrapped."""
    return text.replace("&", " &").replace(',"', ', "')


def _summary(answer: HttpResponse) -> str:
    """A summary of an answer: its location, its page's title, or its body."""
    if "location" in answer.headers:
        return f"Location: {shortened(spaced(answer.headers['location']))}"
    if answer.headers.get("content-type", "").startswith("text/html"):
        return f"a page: {title_of(answer)}"
    if len(answer.text) > LONGEST:
        beginning = " ".join(answer.text[:CUT].split())
        return f"{shortened(beginning)} ... ({len(answer.text):,} characters)"
    return shortened(spaced(answer.text))
