"""Requests of the public calls of the REST API -> commands. No key is needed, and none is looked at."""

from __future__ import annotations

from simulator.core.market.currencies import GetCurrency, ListCurrencies
from simulator.core.market.server import GetClientIp, GetServerTime, GetServiceStatus
from simulator.core.market.symbols import (
    ListContracts,
    ListCrossMarginSymbols,
    ListIsolatedMarginSymbols,
    ListSymbols,
    ListTickers,
)
from simulator.core.value import Command
from simulator.messages import Request
from simulator.web.endpoints.decode import last_part, parameters


def get_server_time(request: Request) -> Command:
    """No parameters."""
    return GetServerTime()


def get_service_status(request: Request) -> Command:
    """No parameters."""
    return GetServiceStatus()


def get_client_ip(request: Request) -> Command:
    """No parameters: it is the connection that is asked about."""
    return GetClientIp(request.ip)


def list_currencies(request: Request) -> Command:
    """No parameters."""
    return ListCurrencies()


def get_currency(request: Request) -> Command:
    """The currency is the last part of the path; `chain` is optional."""
    return GetCurrency(last_part(request), parameters(request).get("chain", ""))


def list_symbols(request: Request) -> Command:
    """`market` would choose among none."""
    return ListSymbols()


def list_tickers(request: Request) -> Command:
    """No parameters."""
    return ListTickers()


def list_cross_margin_symbols(request: Request) -> Command:
    """`symbol` would choose among none."""
    return ListCrossMarginSymbols()


def list_isolated_margin_symbols(request: Request) -> Command:
    """No parameters."""
    return ListIsolatedMarginSymbols()


def list_contracts(request: Request) -> Command:
    """No parameters."""
    return ListContracts()
