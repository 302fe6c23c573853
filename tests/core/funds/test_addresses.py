"""H62: an address, and its memo, look like those of the chain that they go by."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import OUTSIDE, Desk, payment
from support.refusal_cases.defects import change_currency

from simulator.core.funds.payments import LONGEST_TEXT
from simulator.core.refusals import Reason

TRON = "^T[1-9A-HJ-NP-Za-km-z]{33}$"
TAG = "^[0-9]{1,10}$"
FINE = OUTSIDE["trx"]


def _desk(**choices: Any) -> Desk:
    """Frank's exchange, whose USDT goes to addresses of Tron only."""
    desk = Desk(**choices)
    desk.world = change_currency(address_pattern=TRON)(desk.world)
    return desk


@pytest.mark.parametrize(
    ("address", "good"),
    [
        (FINE, True),
        (FINE[:-1], False),
        (f"{FINE}1", False),
        (FINE.replace("o", "0"), False),
        (FINE.lower(), False),
        (OUTSIDE["eth"], False),
        (f"{FINE}\n", False),
        (f" {FINE}", False),
        ("x", False),
    ],
)
def test_an_address_looks_like_one_of_its_chain(address: str, good: bool) -> None:
    """All of it must match the chain's pattern, else 400100 tells nothing more on the wire, and the journal which."""
    desk = _desk()
    command = desk.withdrawal(desk.key("frank"), payment(address=address))
    if good:
        assert desk.perform(command).word == "OK"
    else:
        refusal = desk.refusal(command)
        assert (refusal.reason, refusal.text) == (Reason.ADDRESS_INVALID, "Incorrect withdrawal address")
        assert (refusal.expected, refusal.received) == (f"an address of trx, which matches {TRON}", address)


def test_a_switch_ignores_patterns() -> None:
    """With `address_pattern: ignore` anything is an address; a memo where there is none stays wrong."""
    desk = _desk(address_pattern="ignore")
    key = desk.key("frank")
    assert desk.perform(desk.withdrawal(key, payment(address="anything"))).word == "OK"
    assert desk.reason(desk.withdrawal(key, payment(memo="1"))) is Reason.ADDRESS_INVALID


def test_a_chain_without_a_pattern_takes_anything() -> None:
    """Where nobody said what an address looks like, nothing is wrong with any."""
    desk = Desk()
    assert desk.perform(desk.withdrawal(desk.key("frank"), payment(address="für Zoë"))).word == "OK"


@pytest.mark.parametrize(
    ("memo", "good"), [("1234567", True), ("4294967295", True), ("12345678901", False), ("shop", False), (" 1", False)]
)
def test_a_memo_looks_like_one_of_its_chain(memo: str, good: bool) -> None:
    """The same for the memo of a chain that has one."""
    desk = Desk()
    desk.world = change_currency(need_tag=True, memo_pattern=TAG)(desk.world)
    command = desk.withdrawal(desk.key("frank"), payment(memo=memo))
    if good:
        assert desk.perform(command).word == "OK"
    else:
        assert desk.refusal(command).expected == f"a memo of trx, which matches {TAG}"


def test_what_stays_inside_is_no_address() -> None:
    """A uid, an e-mail, or an address that is a user's own is not held against the pattern of a chain."""
    desk = Desk()
    desk.world = change_currency(address_pattern="^never$")(desk.world)
    key = desk.key("frank")
    inner = payment(address=desk.world.users["alice"].deposit_addresses[0].address, isInner=True)
    assert desk.perform(desk.withdrawal(key, inner)).word == "OK"
    assert desk.perform(desk.withdrawal(key, payment(withdrawType="UID", address="200000001"))).word == "OK"


def test_a_text_that_is_too_long_is_no_address() -> None:
    """A text longer than any chain's is not held against the pattern: it could take long, and cannot be one."""
    desk = Desk()
    desk.world = change_currency(address_pattern="^x+$")(desk.world)
    key = desk.key("frank")
    assert desk.perform(desk.withdrawal(key, payment(address="x" * LONGEST_TEXT))).word == "OK"
    assert desk.reason(desk.withdrawal(key, payment(address="x" * (LONGEST_TEXT + 1)))) is Reason.ADDRESS_INVALID
