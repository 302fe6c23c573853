"""The forms of a report by name, and the files that a report leaves in its folder."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.evidence.readiness.folder import write_whole

if TYPE_CHECKING:
    from simulator.evidence.readiness.report import Report

FORMS: Final = {
    "html": ("page:page", "report.html"),
    "json": ("document:document", "report.json"),
    "junit": ("junit:junit", "report.xml"),
    "md": ("markdown:markdown", "report.md"),
}
"""The name of each form: its function, and its file in the folder of a report."""


def written(report: Report, form: str) -> bytes:
    """The report in that form."""
    module, _, name = FORMS[form][0].partition(":")
    write: Callable[[Report], bytes] = getattr(import_module(f"{__package__}.{module}"), name)
    return write(report)


def write_forms(report: Report, folder: Path) -> list[Path]:
    """Write the report in every form into the folder, and return the files. Raises `ReportFolderError`."""
    files = []
    for form, (_, name) in FORMS.items():
        write_whole(folder / name, written(report, form))
        files.append(folder / name)
    return files
