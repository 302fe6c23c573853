"""The signals that the processes of a namespace know."""

from __future__ import annotations

import signal
from typing import Final

PASSED_BY: Final = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
"""Signals to the group of processes, from a terminal or from outside, that are for the command and not for us."""
ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The second of one of these ends everything inside."""
