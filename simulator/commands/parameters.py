"""The readers of parameters that several commands have: text -> value, or a sentence about what is wrong."""

from __future__ import annotations

from typing import Any

import click


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
