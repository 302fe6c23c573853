"""What the control surface shows of users, clients, currencies and choices follows from the declared keys."""

from __future__ import annotations

from typing import Any, Final

import pytest
from support.control_calls import steer
from support.wire import Broker

from simulator.scenario.format.shapes import Record
from simulator.scenario.given.amending import PRICED
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.people import CLIENT, USER

SHOWN: Final[list[tuple[Record, str, str, dict[str, Any]]]] = [
    (USER, "PATCH", "/users/alice", {
        "uid": 77, "email": "e@x.test", "phone": "+15550000000", "level": 3, "frozen": True, "futures": True,
        "registered_at": "2020-02-03T04:05:06.000Z", "factor_sets": [["GAV", "EMV"], ["SMS"]],
        "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DP", "balances": {"BTC": "1", "USDT": "2"}, "trade": {"USDT": "3"},
        "address_book": {"trx": ["TBook"], "eth": ["0x1", "0x2"]}, "deposit_addresses": {"eth": "0xOwn", "trx": "TOwn"},
        "api_keys": 3,
    }),
    (CLIENT, "PATCH", "/clients/demo-broker", {
        "name": "N", "secret": "s", "redirect_uris": ["https://x.test/cb"],
        "ip_allowlist": {"oauth": ["203.0.113.9"], "trading": ["203.0.113.8"]}, "api_name": "bot", "site": "local",
        "partner": {"name": "P", "broker_name": "B", "broker_key": "K"}, "rcode": "r", "invited": ["alice"],
    }),
    (PRICED, "PUT", "/currencies/NEW", {
        "full_name": "New", "precision": 3, "default_chain": "net", "margin_enabled": False, "debit_enabled": False,
        "price_usdt": "2.5",
    }),
    (CHOICES, "PATCH", "/choices", {
        "settlement": {"after": "10m"}, "refresh_encoding": ["json"], "amount_cap_24h": "1000.5",
        "confirmation_time": "1m30s", "api_key_limit": 3, "unpublished_code": "012345", "client_secret": "required",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("record", "method", "path", "keys"), SHOWN, ids=[path for _, _, path, _ in SHOWN])
def test_what_is_said_is_shown(broker: Broker, record: Record, method: str, path: str, keys: dict[str, Any]) -> None:
    """The answer has every key as it was sent, under the same name."""
    body = {**keys, "chains": {"net": {}}} if record is PRICED else keys
    answer = steer(broker.send, method, path, body)
    assert answer.status in (200, 201), answer
    shown = answer.json()
    assert {name: shown[name] for name in keys} == keys


@pytest.mark.parametrize("record", [USER, CLIENT, PRICED], ids=["user", "client", "currency"])
def test_every_key_is_shown(record: Record) -> None:
    """No key is left out of the test above, but for the chains, which are shown with their defaults."""
    [keys] = [keys for known, _, _, keys in SHOWN if known is record]
    assert set(record.keys) - set(keys) <= {"chains"}


def test_every_choice_is_shown(broker: Broker) -> None:
    """All switches are shown, in the order of their declaration."""
    assert list(steer(broker.send, "GET", "/choices").json()) == list(CHOICES.keys)
