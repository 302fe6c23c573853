"""Failures while a call is recorded or shown: they are listed in the entry and never make the call fail.

The exchange has performed the call by then, so the client must get its answer and all other entries must be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

T = TypeVar("T")


def attempt(what: str, make: Callable[[], T], instead: T, failures: list[str]) -> T:
    """The result of `make`. If it raises: `instead`, and a description is added to `failures`."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - any failure is described in the entry
        failures.append(described(what, error))
        return instead


def described(what: str, error: Exception) -> str:
    """`the diagnosis: RecursionError in redaction.py, line 230`, without the error's text: it may hold a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return f"{what}: {type(error).__name__}"
    return (
        f"{what}: {type(error).__name__} in {PurePath(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
    )
