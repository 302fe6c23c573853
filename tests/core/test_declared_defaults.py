"""What holds if nothing is said, written down once more, and how the members of closed lists are written."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from msgspec import Struct
from support.rule_modules import classes, rule_modules, short_name

from simulator.core.data import Data
from simulator.core.gateway.permissions import OwnPermission
from simulator.core.gateway.rate_limits import Pool

DEFAULTS: Final[dict[str, dict[str, object]]] = {
    "LedgersListed": {"captured": True},
    "Choices": {
        "unpublished_code": "999999",
        "client_secret": "optional",
        "secret_at_login": "flag",
        "refresh_encoding": ("form", "json"),
        "refresh_grant_types": ("authorization_code",),
        "refresh_token_reuse": "refuse",
        "authorization_code_lifetime": 300_000,
        "code_reuse": "refuse",
        "encoded_redirect_uri": "flag",
        "oauth_error_body": "kucoin",
        "api_key_limit": 50,
        "narrower_than_consent": "allow",
        "old_endpoint_groups": "sample",
        "keys_per_consent": "any",
        "key_version": "required",
        "signed_query": "decoded",
        "withdrawal_key_ips": "required",
        "unknown_partner": "pass",
        "withdraw_type": "required",
        "address_pattern": "check",
        "transaction_lifetime": 600_000,
        "verification_attempts": 3,
        "unknown_recipient": "refuse",
        "fee_rounding": "up",
        "service_fee_from": "as_network_fee",
        "account_windows": "sliding",
        "settlement": "immediate",
        "amount_cap_24h": Decimal(999999),
        "second_deposit_address": "refuse",
        "confirmation_time": 60_000,
        "repeated_client_oid": "refuse",
        "repeated_order_client_oid": "refuse",
        "hf_ledger_window": "recent",
        "ledger_rows": "captured",
        "cancel_with_oauth_key": "refuse",
        "rate_pools": "enforce",
        "broker_commission_rate": Decimal("0.4"),
    },
    "WorldEvent": {"what": "access_token"},
    "Endpoint": {"malformed": "PARAMETER_INVALID", "grade": "DOCUMENTED"},
    "Authorize": {"decision": "APPROVE"},
    "TokensIssued": {"expires_in": 3_600, "scope": ("OAUTH_CREATE_API",)},
    "Movement": {"account": "main"},
    "Page": {"number": 1, "size": 50},
    "Pools": {"room": 1_024},
    "Body": {"encoding": "json"},
    "Trade": {"tagged": True, "currency": "USDT"},
    "ApiKey": {"made_by": "CONSENT"},
    "Chain": {"confirms": 1, "pre_confirms": 1, "withdraw_enabled": True, "deposit_enabled": True},
    "Currency": {"margin_enabled": True, "debit_enabled": True},
    "Symbol": {
        "market": "USDS",
        "base_max_size": Decimal(10000000000),
        "quote_max_size": Decimal(99999999),
        "price_limit_rate": Decimal("0.1"),
        "enabled": True,
        "fee_category": 1,
        "maker_fee_coefficient": Decimal(1),
        "taker_fee_coefficient": Decimal(1),
    },
    "Market": {"sequence": 1},
    "EndStep": {"end": "cancel"},
    "OrderTerms": {"time_in_force": "GTC"},
    "Order": {"status": "RECEIVED"},
    "StopOrder": {"trade_type": "TRADE", "status": "NEW"},
    "Stack": {"ordered": True},
    "DepositAddress": {"account": "main"},
    "User": {"registered_at": 1_767_225_600_000},
    "World": {"workspace": "default", "origins": ("http://127.0.0.1:8080",)},
    "Hold": {"order": "arrival", "within": 4_000},
    "Fault": {"at": "before"},
    "Decided": {"decision": "APPROVE"},
    "Login": {"mode": "page"},
    "StreamFault": {"times": 1, "messages": 2, "delay": 1_000},
    "Strike": {"begins": "nothing", "announced": "body", "then": "nothing", "ends": "open"},
}
"""Class -> the fields that are not empty if nothing is said about them."""
PARAMETERS: Final[dict[str, dict[str, object]]] = {
    "funds.balances._change": {"type": "main"},
    "funds.balances.give": {"type": "main"},
    "funds.payments.plan": {"oauth": True},
    "funds.payouts.pay": {"oauth": True},
    "gateway.paging.read_page": {"name": "currentPage", "least": 10, "usual": 50, "most": 500},
    "gateway.paging.read_size": {"least": 10, "usual": 50, "most": 500},
    "gateway.requests.pairs": {"errors": "replace"},
    "gateway.requests.FieldProblem.refusal": {"reason": "PARAMETER_INVALID"},
    "gateway.requests.NotInRange.refusal": {"reason": "PARAMETER_INVALID"},
    "market.day.day_of": {"length": 86_400_000},
    "money.padded": {"places": 8},
    "nesting.too_deep": {"most": 500},
    "quoting.shortened": {"most": 200},
    "quoting.listed": {"most": 20},
    "quoting.most_like": {"least": 60},
    "spot.orders_read.reading": {"permission": "API_COMMON"},
    "spot.stop_orders.stop_order_endpoint": {"permission": "API_COMMON"},
    "world.wallets.Wallet.account": {"type": "main"},
    "exchange.Exchange.__init__": {"log_capacity": 10_000},
}
"""Function -> the parameters that are not empty if they are left out."""


def functions(place: Any, module: str) -> Iterator[Callable[..., object]]:
    """The functions of a module and of its classes."""
    for made in vars(place).values():
        if getattr(made, "__module__", "") != module:
            continue
        if inspect.isfunction(made):
            yield made
        elif inspect.isclass(made):
            yield from functions(made, module)


def stated(default: object) -> object:
    """A default that is a text, a number, a flag or a word, by the name of an enumeration's member; None = nothing."""
    if isinstance(default, Enum):
        return default.name
    texts = isinstance(default, tuple) and all(isinstance(part, str) for part in default)
    return (default if texts or isinstance(default, str | int | Decimal) else None) or None


def test_every_default_of_a_value() -> None:
    """A field has that value if nothing is said about it, and is empty if it is not named here."""
    defaults: dict[str, dict[str, object]] = {}
    for made in classes(Struct):
        if issubclass(made, Data):  # what an answer says always stands in another table
            continue
        with_default = made.__struct_fields__[len(made.__struct_fields__) - len(made.__struct_defaults__) :]
        for name, default in zip(with_default, made.__struct_defaults__, strict=True):
            if name in made.__annotations__ and (value := stated(default)) is not None:
                defaults.setdefault(made.__name__, {})[name] = value
    assert defaults == DEFAULTS


def test_every_default_of_a_function() -> None:
    """A parameter that is left out has that value, and is empty if it is not named here."""
    defaults: dict[str, dict[str, object]] = {}
    for module, _ in rule_modules():
        for function in functions(module, module.__name__):
            for name, parameter in inspect.signature(function).parameters.items():
                if (value := stated(parameter.default)) is not None:
                    defaults.setdefault(f"{short_name(module)}.{function.__qualname__}", {})[name] = value
    assert defaults == PARAMETERS


def test_every_word_of_an_enumeration() -> None:
    """A member of a closed list is written as it is named, in capitals or not; KuCoin's own words have spaces."""
    others = [pool.value for pool in Pool] + [permission.value for permission in OwnPermission]
    assert others == ["Unified Account", "Spot", "Futures", "Management", "Public", "Withdrawal"]
    for kind in classes(Enum):
        if kind not in (Pool, OwnPermission):
            words = {member.name: member.value for member in kind if isinstance(member.value, str)}
            assert {name: word for name, word in words.items() if word not in (name, name.lower())} == {}


def test_a_default_is_noticed() -> None:
    """Texts, numbers, flags and words count, and what is empty, or is no data, does not."""
    assert [stated(default) for default in ("x", 1, Decimal("0.4"), True, Pool.SPOT, ("a", "b"))] == [
        *("x", 1, Decimal("0.4"), True, "SPOT", ("a", "b")),
    ]
    assert [stated(default) for default in ("", 0, Decimal(0), False, None, (), stated, (1,))] == [None] * 8
