"""KuCoin's own SDK reads markets, accounts, deposits and withdrawals: each answer is as full as KuCoin's samples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

import pytest
from support.control_calls import steer
from support.desk import OUTSIDE, Key
from support.openapi_document import own_key_over
from support.sdks.kucoin_samples import lacks, samples
from support.sdks.official import Official
from support.sdks.official_orders import answer
from support.wire import Broker

from simulator.web.server import LocalServer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the official SDK's own
GROUPS: Final = ("API_COMMON", "API_SPOT", "API_FUTURES", "API_TRANSFER", "API_MARGIN")
USUAL: Final = {"symbol": "BTC-USDT", "currency": "USDT", "symbols": "BTC-USDT", "chain": "trx", "size": "20"}
FIELDS: Final[dict[str, dict[str, str | None]]] = {
    "get_currency": {"currency": "BTC", "chain": None},
    "get_klines": {"type": "1hour"},
    "get_transfer_quotas": {"type": "MAIN"},
    "get_futures_ledger": {"currency": "USDT"},
}
"""Fields of a request that are not the usual ones."""
NOT_SERVED: Final = {
    "get_announcements",
    "get_call_auction_part_order_book",
    "get_call_auction_info",
    "get_isolated_margin_account_detail_v1",
    "get_futures_account_transfer_out_ledger",
}
OF_STREAM: Final = {"get_public_token", "get_private_token"}
HERE_EMPTY: Final = {
    "get_fiat_price": r"data\.\w+",
    "get_apikey_info": r"data\.ipWhitelist",
    "get_margin_hf_ledger": r"data\.data",
    "get_deposit_address_v3": r"data\.data\[2\]\.memo",
    "get_deposit_history_old": r"data\.items",
    "get_withdrawal_history": r"data\.items\[[01]\]\.arrears",
    "get_withdrawal_history_by_id": r"data\.remark",
    "get_withdrawal_history_old": r"data\.items",
}
"""What is truly empty: prices of currencies that are not here, an IP list that the key has not, a margin account that
trades nothing, a memo on a chain without one, a remark that nobody wrote, payments from before 2018, a field that the
SDK's model does not have."""
PARTS: Final = ("spot.market", "account.account", "account.deposit", "account.withdrawal", "account.transfer")
METHODS: Final = [
    (part, method)
    for part in PARTS
    for method in samples(part)
    if method.startswith("get_") and method not in OF_STREAM
] + [("spot.market", "get24hr_stats")]


@dataclass
class Reader:
    """The SDK after some trades, moves, a deposit and a withdrawal."""

    sdk: Official
    withdrawal: str

    def read(self, part: str, method: str) -> Any:
        """What a method answers, asked with those usual fields that its request has."""
        api = self.sdk.parts[part]
        request = get_type_hints(getattr(api, method)).get("req")
        names = {field.alias or name for name, field in request.model_fields.items()} if request else set()
        known = {**USUAL, "accountId": self.sdk.rows("USDT")[0].id, "withdrawalId": self.withdrawal}
        fields = {**known, **FIELDS.get(method, {})}
        return answer(api, method, **{name: value for name, value in fields.items() if name in names})


@pytest.fixture
def reader(server: LocalServer, online: Broker) -> Iterator[Reader]:
    """Alice has traded, moved money, got a deposit and paid."""
    assert steer(online.send, "PATCH", "/users/alice", {"trade": {"USDT": "10000", "BTC": "2"}}).status == 200
    own = own_key_over(online, "alice")
    key = online.key("alice", *GROUPS)
    sdk = Official(server.url, key)
    sdk.take("buy", "0.01", "one")
    sdk.take("sell", "0.01", "two")
    sdk.transfer("USDT", "5", "to-trade")
    for target in ("margin", "isolated"):
        sdk.move("USDT", "5", target)
    _moved_to_futures(online, key)
    deposit = {"user": "alice", "currency": "USDT", "chain": "trx", "amount": "7"}
    assert steer(online.send, "POST", "/deposits", deposit).status == 201
    name = Official(server.url, own).withdraw("USDT", "trx", OUTSIDE["trx"], "100")
    yield Reader(sdk, name)
    sdk.close()


def _moved_to_futures(broker: Broker, key: Key) -> None:
    body = {"clientOid": "f", "currency": "USDT", "amount": "5", "from": "main", "to": "contract"}
    moved = broker.signed(key, "POST", "/api/v2/accounts/inner-transfer", json.dumps(body).encode())
    assert moved.json()["code"] == "200000"


@pytest.mark.parametrize(("part", "method"), METHODS, ids=[method for _, method in METHODS])
def test_reads_are_as_full_as_the_samples(reader: Reader, part: str, method: str) -> None:
    """The model parses, and each field that KuCoin's sample fills has a value of the same type; or it is not served."""
    if method in NOT_SERVED:
        with pytest.raises(Exception, match="404"):
            reader.read(part, method)
        return
    sample = samples(part)[method]
    lacking = [*lacks(sample if isinstance(sample, dict) else {"data": sample}, reader.read(part, method))]
    pattern = HERE_EMPTY.get(method, "nothing")
    assert [lack for lack in lacking if not re.match(f"{pattern} is empty", lack)] == []
    assert bool(lacking) is (method in HERE_EMPTY)
