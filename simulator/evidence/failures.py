"""What went wrong when a call was written down or shown. It is told in the entry and never a reason for a call to fail.

The exchange has performed the call by then: whoever called must get the answer, and every other entry must be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

T = TypeVar("T")


def attempt(what: str, make: Callable[[], T], instead: T, failures: list[str]) -> T:
    """What `make` gives; `instead`, and one more of the failures, if it raises."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        failures.append(described(what, error))
        return instead


def described(what: str, error: Exception) -> str:
    """`the diagnosis: RecursionError in redaction.py, line 230`. The error's own text may hold a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return f"{what}: {type(error).__name__}"
    return (
        f"{what}: {type(error).__name__} in {PurePath(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
    )
