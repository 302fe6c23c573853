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

HIDDEN: Final = {"registered_at", "totp_secret", "address_book", "deposit_addresses"}
"""Keys of a user that the control surface does not show."""
ELSEWHERE: Final = {"balances", "trade", "api_keys", "chains"}
"""Keys that are shown as something else: accounts, a count, the chains' ids."""
SHOWN: Final[list[tuple[Record, str, str, dict[str, Any]]]] = [
    (USER, "PATCH", "/users/alice", {
        "uid": 77, "email": "e@x.test", "phone": "+15550000000", "level": 3, "frozen": True, "futures": True,
        "factor_sets": [["GAV", "EMV"], ["SMS"]],
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
    """The answer has every key as it was sent, under the name that the key declares."""
    body = {**keys, "chains": {"net": {}}} if record is PRICED else keys
    answer = steer(broker.send, method, path, body)
    assert answer.status in (200, 201), answer
    shown = answer.json()
    assert {name: shown[record.keys[name].shown or name] for name in keys} == keys


@pytest.mark.parametrize("record", [USER, CLIENT, PRICED], ids=["user", "client", "currency"])
def test_every_key_is_shown(record: Record) -> None:
    """No key is hidden but those that are listed, and none is left out of the test above."""
    [keys] = [keys for known, _, _, keys in SHOWN if known is record]
    assert {name for name, key in record.keys.items() if key.shown is None} <= HIDDEN
    assert set(record.keys) - set(keys) <= HIDDEN | ELSEWHERE


def test_every_choice_is_shown(broker: Broker) -> None:
    """All switches are shown, in the order of their declaration."""
    assert list(steer(broker.send, "GET", "/choices").json()) == list(CHOICES.keys)
