"""Broker Pro: signed requests that a broker makes with its own key -> commands. All parameters are in the query."""

from __future__ import annotations

from simulator.core.broker_pro.commission import GetCommission, ListBrokerTransactions, ListBrokerUsers
from simulator.core.broker_pro.rebates import GetRebate, GetRebateV2
from simulator.core.value import Command
from simulator.messages import Request
from simulator.web.endpoints.decode import parameters, signed


def get_rebate(request: Request) -> Command:
    """`begin`, `end`, and `tradeType` as a number."""
    return GetRebate(signed(request), parameters(request))


def get_rebate_v2(request: Request) -> Command:
    """`begin`, `end`, and `tradeType` as a word."""
    return GetRebateV2(signed(request), parameters(request))


def get_commission(request: Request) -> Command:
    """All optional."""
    return GetCommission(signed(request), parameters(request))


def list_broker_users(request: Request) -> Command:
    """All optional."""
    return ListBrokerUsers(signed(request), parameters(request))


def list_broker_transactions(request: Request) -> Command:
    """All optional."""
    return ListBrokerTransactions(signed(request), parameters(request))
