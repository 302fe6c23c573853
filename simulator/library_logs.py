"""Logs of uvicorn and asyncio and warnings of Python, as lines of this process's own log."""

from __future__ import annotations

import logging
import sys
from typing import Final

from simulator.printing import json_line

ADVICE: Final = ("Unsupported upgrade request", "No supported WebSocket library")
"""The beginnings of uvicorn's messages that say what to install. They are dropped: nothing is missing."""


class _Handler(logging.Handler):
    """Writes to the current stderr: a record is a JSON object, or a text with its traceback."""

    def __init__(self, *, json: bool) -> None:
        super().__init__(logging.WARNING)
        self._json = json

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001 - a message that does not fit its arguments is the library's mistake
            text = str(record.msg)
        if self._json:
            wall_time = int(record.created * 1000)
            sys.stderr.write(json_line(record.levelname, text, logger=record.name, wall_time=wall_time))
        else:
            sys.stderr.write(f"{record.levelname} {record.name}: {text}\n")


def print_library_logs(*, json: bool) -> None:
    """Print warnings and errors of libraries from now on."""
    handler = _Handler(json=json)
    handler.addFilter(lambda record: not str(record.msg).startswith(ADVICE))
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(capture=True)
