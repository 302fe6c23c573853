"""The numbers that the rules declare, written down once more.

A test that reads a number by its name notices no change of the number. Here each one stands as it is, so that nobody
changes one by mistake: a limit of KuCoin's, how long something lives, how much is kept.
"""

from __future__ import annotations

import ast
from decimal import Decimal
from typing import Final

from support.rule_modules import rule_modules, short_name

NUMBERS: Final = {
    "account.api_key_info": {"VERIFIED": 1},
    "account.fees": {"MOST_SYMBOLS": 10},
    "account.futures_account": {"USUAL": 50},
    "account.hf_ledgers": {"LARGEST": 200, "USUAL": 100, "HISTORY": 259_200_000},
    "account.histories_old": {"CUT": 1_550_448_000_000, "EARLIEST_MS": 100_000_000_000, "MONTH": 2_592_000_000},
    "account.info": {"MOST_SUB_ACCOUNTS": 5},
    "account.ledgers": {"MOST_CURRENCIES": 10, "LEDGER_SPAN": 86_400_000},
    "account.margin_accounts": {"DECIMALS": Decimal("1E-8")},
    "account.margin_ledgers": {"LARGEST": 200, "USUAL": 100, "LONGEST": 259_200_000},
    "account.sub_accounts": {"LARGEST": 100, "USUAL": 10},
    "broker_pro.commission": {"SMALLEST": 1, "USUAL": 10},
    "broker_pro.rebates": {"LONGEST_MONTHS": 6, "LINK_LIFETIME": 86_400_000},
    "broker_pro.report_data": {"PLACES": 4, "UNPAID": 1},
    "broker_pro.reports": {"AHEAD": 28_800_000},
    "control.issued": {"SLACK": 64},
    "fast_api.claims": {"LONGEST_TOKEN": 4_096},
    "funds.arrivals": {"FEE": Decimal(0)},
    "funds.grants": {"LINES": 7},
    "funds.payments": {"LONGEST_TEXT": 1_024},
    "gateway.paging": {
        "FAR": 1_000_000_000_000_000_000,
        "LONGEST_NUMBER": 15,
        "SMALLEST_PAGE": 10,
        "LARGEST_PAGE": 500,
        "USUAL_PAGE": 50,
    },
    "gateway.pools": {"TOP_LEVEL": 12, "ROOM": 1_024},
    "gateway.requests": {"MAXIMUM_BODY": 65_536, "LONGEST_EXPONENT": 64},
    "gateway.signature": {"LONGEST_TIMESTAMP": 15, "BLOCK": 64},
    "market.day": {"RATE_PLACES": 4, "AVERAGE_PLACES": 8},
    "market.order_book": {"LEVELS": 5, "LEAST_ORDERS": Decimal(100000)},
    "market.trades": {"MOST_TRADES": 100, "MOST_CANDLES": 1_500, "WEEK": 604_800_000, "MONDAY": 345_600_000},
    "money": {"ZERO": Decimal(0), "ONE": Decimal(1), "PRECISION": 8, "MOST_PRECISE": 18},
    "nesting": {"DEEPEST": 500},
    "ordering": {"RUN": 1_000},
    "passing": {"MUCH": 100},
    "quoting": {
        "LONGEST_QUOTE": 200,
        "MOST_QUOTED": 20,
        "LONGEST_COMPARED": 64,
        "MOST_COMPARED": 200,
        "MOST_LIKELY": 8,
        "LIKE": 60,
    },
    "refusals": {"LONGEST_DETAIL": 500},
    "spec": {
        "NANOSECONDS": 1_000_000,
        "SECOND": 1_000,
        "MINUTE": 60_000,
        "HOUR": 3_600_000,
        "DAY": 86_400_000,
        "ACCESS_TOKEN_LIFETIME": 3_600_000,
        "REFRESH_TOKEN_LIFETIME": 259_200_000,
        "API_KEY_VERSION": 3,
        "SERVICE_FEE_RATE": Decimal("0.10"),
        "SERVICE_FEE_MINIMUM_USDT": Decimal(1),
        "SERVICE_FEE_MAXIMUM_USDT": Decimal(30),
        "TIMESTAMP_WINDOW": 5_000,
    },
    "spot.dead_man_switch": {"OFF": -1, "LEAST_TIMEOUT": 5, "LONGEST_TIMEOUT": 86_400, "MOST_SYMBOLS": 50},
    "spot.orders_add": {"MOST_TOGETHER": 5},
    "spot.orders_done": {"NEAR": 4},
    "spot.orders_old": {"RECENT": 86_400_000, "MOST_RECENT": 1_000},
    "spot.orders_read": {"USUAL": 20},
    "spot.stop_order_answers": {"DIGITS": 20},
    "stream.markets": {"MOST_TRADES": 1_000},
    "stream.tokens": {"LIFETIME": 86_400_000, "PING_INTERVAL": 18_000, "PING_TIMEOUT": 10_000},
    "stream.topics": {"MOST_SYMBOLS": 100, "MOST_TOPICS": 300, "MOST_SESSIONS": 50, "MOST_MESSAGES": 100, "PERIOD": 10},
    "trading.booking": {"FIRST_FILL": 19_814_995_000_000, "FIRST_TRADE": 11_029_373_945_600_000},
    "trading.order_parameters": {
        "LONGEST_CANCEL_AFTER": 2_592_000,
        "LONGEST_CLIENT_OID": 40,
        "LONGEST_NOTE": 20,
        "LEAST_VISIBLE": 20,
    },
    "trading.placing": {"MOST_OF_A_SYMBOL": 200, "MOST_OF_A_USER": 2_000},
    "trading.quotes": {"SINCE_EVER": 0},
    "world.folds": {"MOST_KEPT": 64},
    "world.sorted_keys": {"LONGEST": 256},
    "world.users": {"NEW_YEAR": 1_767_225_600_000},
    "exchange": {"LOG_CAPACITY": 10_000},
    "scenario.staging.armed": {"MOST": 1_000},
    "scenario.staging.faults": {"DRIP": 10_000, "MOST_HELD": 64, "WITHIN": 4_000},
    "scenario.staging.stream_faults": {"LATE": 1_000},
}
"""Module -> its numbers. A module stands without the package that all share."""


def test_every_number() -> None:
    """A number with a name has that value."""
    numbers: dict[str, dict[str, object]] = {}
    for module, tree in rule_modules():
        targets = [
            target
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        ]
        for name in (name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)):
            value = getattr(module, name.id, None)
            if type(value) in (int, Decimal):
                numbers.setdefault(short_name(module), {})[name.id] = value
    assert numbers == NUMBERS
