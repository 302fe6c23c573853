"""Requests of the public calls of the REST API -> commands. No key is needed, and none is looked at."""

from __future__ import annotations

from simulator.core.currencies import GetCurrency, GetServerTime
from simulator.core.operations import Command
from simulator.messages import Request
from simulator.web.decode import last_part, parameters


def get_server_time(request: Request) -> Command:
    """No parameters."""
    return GetServerTime()


def get_currency(request: Request) -> Command:
    """The currency is the last part of the path; `chain` is optional."""
    return GetCurrency(last_part(request), parameters(request).get("chain", ""))
