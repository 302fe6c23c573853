"""A report as one HTML file: nothing is loaded, no script runs, and every text is escaped."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.evidence.readiness.formats import wording
from simulator.evidence.readiness.report import Report
from simulator.evidence.readiness.states import SHOWN, RowState
from simulator.printing import printable

if TYPE_CHECKING:
    from jinja2 import Environment

HERE: Final = Path(__file__).parent
SENTENCES: Final = ("basis", "headline", "note", "place", "reached", "staging")
UNFIT: Final = re.compile(r"[^A-Za-z0-9-]")
BAR: Final = tuple(dict.fromkeys([RowState.PROVEN, RowState.UNSURE, *SHOWN]))
"""The states in the order of the bar."""
MOST_WORKSPACES: Final = 500
"""Workspaces that are listed."""


def page(report: Report) -> bytes:
    """The report as HTML."""
    style = (HERE / "report.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    listed = report.records[:MOST_WORKSPACES]
    text = (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            style=style,
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
            states=[state for state in SHOWN if report.count(state)],
            bar=[state for state in BAR if report.count(state)],
            all_states=SHOWN,
            listed=[(f"w-{place}", record) for place, record in enumerate(listed, 1)],
            workspace_anchors={record.key: f"w-{place}" for place, record in enumerate(listed, 1)},
            rule_ids=[rule.id for rule in report.rules],
        )
    )
    return text.encode(errors="replace")


@cache
def _environment() -> Environment:
    """The environment of the template. Undefined names are errors, and each value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        name: getattr(wording, name)
        for name in (
            "TITLE",
            "LIMITS",
            "basis",
            "counted",
            "headline",
            "instant",
            "note",
            "place",
            "reached",
            "staging",
        )
    }
    environment.filters |= {"anchor": anchor, "css_class": _css_class}
    environment.filters["trusted"] = Markup  # for our own style sheet alone
    environment.finalize = _shown
    return environment


def anchor(name: str) -> str:
    """The id of an element: a slash becomes `.`, what is no letter, digit or hyphen `_hex_`. No two names share one."""
    return UNFIT.sub(lambda match: "." if match[0] == "/" else f"_{ord(match[0]):x}_", name)


def _css_class(state: RowState) -> str:
    return state.value.replace(" ", "-")


def _shown(value: object) -> object:
    """Text without characters that would change the direction of other text, or that nobody can see."""
    return str(printable(value)) if type(value) is str else value
