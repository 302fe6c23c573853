"""The readers of parameters that several commands have: text -> value, or a sentence about what is wrong."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

import click

SWIFTEST: Final = 1_000_000
"""The largest speed of a business clock."""


class Duration(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer versions of click
    """A duration such as 30s or 1h30m, as milliseconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The milliseconds. Fails with a sentence if the text is no duration."""
        from simulator.scenario.format.scalars import duration_ms

        milliseconds = duration_ms(value)
        if milliseconds is None:
            self.fail(f"{value!r} is not a duration such as 30s, 500ms or 1h30m", param, ctx)
        return milliseconds


duration = Duration()


class Speed(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer versions of click
    """How many times as fast as the wall clock a business clock runs."""

    name = "speed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """The speed. Fails with a sentence if the text is none."""
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal(0)
        if not (number.is_finite() and 0 < number <= SWIFTEST):
            self.fail(f"{value!r} is not a number such as 60 or 0.5, more than 0 and at most {SWIFTEST}", param, ctx)
        return number


speed = Speed()
