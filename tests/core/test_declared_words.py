"""What is declared and read by no line of a rule: closed vocabularies, examples, and fields that never change.

The tables are KuCoin's reference, written down once more: a word that is missing here or there is a client's error.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from msgspec import NODEFAULT, UNSET
from msgspec.structs import fields

from simulator.core.account.ledgers import BIZ_TYPES, PROSE
from simulator.core.data import Data
from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.scenario.built_in_symbols import BUILT_IN

VOCABULARIES: Final = {
    "balanceCurrency": ("USDT KCS BTC",),
    "base": ("USD",),
    "bizType": (
        "DEPOSIT WITHDRAW TRANSFER SUB_TRANSFER TRADE_EXCHANGE MARGIN_EXCHANGE KUCOIN_BONUS BROKER_TRANSFER",
        "TRADE_EXCHANGE TRANSFER SUB_TRANSFER RETURNED_FEES DEDUCTION_FEES OTHER",
        "TRANSFER MARGIN_EXCHANGE ISOLATED_EXCHANGE LIQUIDATION ASSERT_RETURN",
    ),
    "currencyType": ("0 1",),
    "direction": (
        "PRE NEXT",
        "in out",
    ),
    "feeDeductType": ("INTERNAL EXTERNAL",),
    "forward": ("true false",),
    "from": ("main trade trade_hf margin isolated margin_v2 isolated_v2 option",),
    "fromAccountType": ("MAIN TRADE CONTRACT MARGIN ISOLATED MARGIN_V2 ISOLATED_V2 OPTION",),
    "grant_type": ("authorization_code",),
    "queryType": (
        "ISOLATED ISOLATED_V2 ALL",
        "MARGIN MARGIN_V2 ALL",
    ),
    "quoteCurrency": ("USDT KCS BTC",),
    "rebateType": ("0 1 2",),
    "scope": ("OAUTH_CREATE_API",),
    "side": ("buy sell",),
    "status": (
        "PROCESSING REVIEW WALLET_PROCESSING SUCCESS FAILURE",
        "PROCESSING SUCCESS FAILURE",
        (
            "PROCESSING SUCCESS FAILURE PRE_SUCCESS WAIT_TRM_MGT TRM_MGT_REJECTED ROLLBACKING ROLLBACK "
            "WAIT_RISK_MGT RISK_MGT_REJECTED"
        ),
        "active done",
    ),
    "stop": ("entry loss",),
    "stp": ("DC CO CN CB",),
    "timeInForce": ("GTC GTT IOC FOK",),
    "to": (
        "main trade",
        "main trade trade_hf margin isolated margin_v2 isolated_v2 option contract",
    ),
    "toAccountType": ("MAIN TRADE CONTRACT MARGIN ISOLATED MARGIN_V2 ISOLATED_V2 OPTION",),
    "tradeType": (
        "1 2",
        "SPOT FUTURE FUTURES",
        "TRADE",
        "TRADE MARGIN_TRADE MARGIN_ISOLATED_TRADE",
        "all SPOT FUTURE FUTURES",
    ),
    "type": (
        "1min 3min 5min 15min 30min 1hour 2hour 4hour 6hour 8hour 12hour 1day 1week 1month",
        "INTERNAL PARENT_TO_SUB SUB_TO_PARENT",
        "MAIN TRADE MARGIN ISOLATED MARGIN_V2 ISOLATED_V2 OPTION",
        "limit market",
        "limit market limit_stop market_stop oco_limit oco_stop",
        "main trade option margin isolated trade_hf",
        "realisedpnl deposit withdrawal transferin transferout realizedpnl",
    ),
    "withdrawType": ("ADDRESS UID MAIL PHONE",),
}
"""Parameter -> the words that it takes, in each meaning that it has."""
NEVER_CHANGE: Final = {
    "ApiKeyInfoData": {"apiVersion": 3, "isMaster": True, "region": "SC", "kycStatus": 1},
    "DepositRowData": {"remark": "Deposit"},
    "FuturesHistoryRowData": {"status": "Completed"},
    "HfLedgerRowData": {"accountType": "TRADE_HF"},
    "AccountModeData": {"selfAccountMode": "CLASSIC"},
    "IsolatedPairData": {"status": "EFFECTIVE"},
    "MarginAccountsData": {"status": "EFFECTIVE"},
    "MarginAssetData": {"transferInEnabled": True},
    "IsolatedPairDataV1": {"status": "CLEAR"},
    "MarginLedgerRowData": {"fee": "0.00000000", "bizType": "TRANSFER", "context": "{}", "tax": "0.00000000"},
    "QuotasData": {"quotaCurrency": "USDT"},
    "WithdrawalData": {"returnStatus": "NOT_RETURN", "returnCurrency": "KCS"},
    "OldRowData": {"channel": "API"},
    "OldFillData": {"tradeType": "TRADE"},
    "OldOrderData": {"opType": "DEAL", "channel": "API", "tradeType": "TRADE"},
    "FillData": {"tradeType": "TRADE"},
    "OrderData": {"opType": "DEAL", "channel": "API", "tradeType": "TRADE"},
    "StopOrderData": {"channel": "API", "domainId": "kucoin", "tradeSource": "USER", "tradeType": "TRADE"},
}
"""Fields of answers that have one value always, if it says something. All others of them are empty."""
EMPTY: Final = (None, False, 0, "", "0", ())


def _words(parameter: Any) -> str:
    words = getattr(parameter, "words", ())
    return " ".join(word.value if isinstance(word, Enum) else word for word in words)


def test_every_closed_vocabulary() -> None:
    """A parameter that takes some words only takes KuCoin's words, in KuCoin's spelling."""
    declared: dict[str, set[str]] = {}
    for endpoint in ENDPOINTS:
        for parameter in endpoint.parameters:
            if words := _words(parameter):
                declared.setdefault(parameter.name, set()).add(words)
    assert declared == {name: set(meanings) for name, meanings in VOCABULARIES.items()}


def _wrong_examples(endpoint: Endpoint) -> Iterator[str]:
    """What is wrong with the example of a call."""
    parameters = {parameter.name: parameter for parameter in endpoint.parameters}
    for name, value in endpoint.example.items():
        if name not in parameters and name not in endpoint.fields and f"{{{name}}}" not in endpoint.path:
            yield f"{endpoint.name}: no parameter is named {name}"
        elif (words := _words(parameters.get(name))) and value.lower() not in words.lower().split():
            yield f"{endpoint.name}: {name} is never {value}"
        elif name == "symbol" and "-" in value and value not in BUILT_IN:
            yield f"{endpoint.name}: there is no symbol {value}"


def test_every_example() -> None:
    """An example names parameters that there are, words that are allowed, and a symbol that a new world has."""
    assert [problem for endpoint in ENDPOINTS for problem in _wrong_examples(endpoint)] == []


def _kinds(kind: type[Data]) -> Iterator[type[Data]]:
    for child in kind.__subclasses__():
        yield child
        yield from _kinds(child)


def test_every_field_that_never_changes() -> None:
    """A field of an answer that has the same value always has KuCoin's value, which is empty if none is named here."""
    constants: dict[str, dict[str, object]] = {}
    for kind in _kinds(Data):
        for field in fields(kind):
            if kind.__module__.startswith("simulator.core.") and field.default not in (NODEFAULT, UNSET, *EMPTY):
                constants.setdefault(kind.__name__, {})[field.encode_name] = field.default
    assert constants == NEVER_CHANGE


def test_every_kind_of_business_has_words() -> None:
    """Each word of a ledger's `bizType` has what live answers say in its place, but the one of which there is none."""
    assert {*PROSE, "BROKER_TRANSFER"} == {*BIZ_TYPES}
