"""Each kind of event for itself: which of several rows it is about, what it says, and when it finds nothing to do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.demo_world import ALICE_ADDRESS
from support.deposits_and_transfers import slow
from support.desk import Desk, Key, payment

from simulator.core.control.happenings import Happen, happen, until_expiry
from simulator.core.control.world_event import WorldEvent
from simulator.core.fast_api.tokens import LIFETIMES
from simulator.core.funds.arrivals import ArriveDeposit
from simulator.core.spec import AuthGroup
from simulator.core.world import DepositAddress, WithdrawalStatus

MANUAL: dict[str, Any] = {"settlement": "manual"}


def _happens(desk: Desk, event: str, *named: str, user: str = "alice", **fields: Any) -> str:
    """What happens to the user; the desk's world is the one afterwards."""
    command = Happen(WorldEvent(event, user=user, **fields), named)
    desk.world, happened = happen(desk.world, command, desk.exchange.clock.now())
    return happened.what


def _arrive(desk: Desk, currency: str, amount: str) -> str:
    """The id of a deposit that waits for confirmations."""
    address = DepositAddress("trx", ALICE_ADDRESS)
    if currency == "BTC":
        address = DepositAddress("btc", "bc1qalicealicealicealicealicealicealicealic")
    known = set(desk.world.deposits)
    desk.perform(ArriveDeposit("alice", currency, address, Decimal(amount), 0))
    [deposit_id] = set(desk.world.deposits) - known
    return deposit_id


def test_which_deposit_is_credited() -> None:
    """It is the user's oldest one that waits, of the currency that the event names, or of any if it names none."""
    desk = Desk()
    slow(desk)
    older = _arrive(desk, "USDT", "7")
    desk.advance(1)
    bitcoin = _arrive(desk, "BTC", "1")
    desk.advance(1)
    newer = _arrive(desk, "USDT", "5")
    assert _happens(desk, "credit", currency="ETH") == ""
    assert _happens(desk, "credit", user="frank") == ""
    assert _happens(desk, "credit", currency="BTC") == f"deposit {bitcoin} of alice: SUCCESS"
    assert [_happens(desk, "credit") for _ in range(3)] == [
        f"deposit {older} of alice: SUCCESS",
        f"deposit {newer} of alice: SUCCESS",
        "",
    ]


@pytest.mark.parametrize(
    ("fields", "credited"),
    [
        ({"currency": "USDT"}, True),
        ({"currency": "USDT", "user": "nobody"}, False),
        ({"currency": "DOGE"}, False),
        ({"currency": "ETH"}, False),
    ],
)
def test_an_amount_that_is_credited(fields: dict[str, Any], credited: bool) -> None:
    """It comes to an address of the user; without a user, a currency or an address nothing happens."""
    desk = Desk()
    before = desk.world
    what = _happens(desk, "credit", amount=Decimal(5), **fields)
    assert what.endswith("of alice: SUCCESS") is credited
    assert (what == "") is (desk.world is before) is not credited


def _paid(desk: Desk, key: Key, amount: str) -> str:
    desk.advance(1)
    return desk.pay(key, payment(amount=amount)).withdrawal.id


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("settle", WithdrawalStatus.SUCCESS),
        ("fail", WithdrawalStatus.FAILURE),
        ("review", WithdrawalStatus.REVIEW),
    ],
)
def test_which_withdrawal_it_is(event: str, status: WithdrawalStatus) -> None:
    """It is the one that is named, else the newest one under way; one that is over is named in vain."""
    desk = Desk(**MANUAL)
    key = desk.key("frank")
    first, second, third = (_paid(desk, key, amount) for amount in ("100", "7", "8"))
    said = f"of frank: {status.value}"
    assert _happens(desk, event, "no such id", first, user="frank") == f"withdrawal {first} {said}"
    assert desk.world.withdrawals[second].status is WithdrawalStatus.PROCESSING
    assert _happens(desk, event, first, user="frank") == ""
    assert _happens(desk, event, user="frank") == f"withdrawal {third} {said}"
    assert _happens(desk, event, user="alice") == ""
    again = "" if event == "review" else f"withdrawal {second} {said}"
    assert _happens(desk, event, user="frank") == again


def test_a_withdrawal_under_review_can_end() -> None:
    """A review does not end a withdrawal: it can still be paid."""
    desk = Desk(**MANUAL)
    paid = _paid(desk, desk.key("frank"), "100")
    assert _happens(desk, "review", user="frank") == f"withdrawal {paid} of frank: REVIEW"
    assert _happens(desk, "settle", user="frank") == f"withdrawal {paid} of frank: SUCCESS"
    assert _happens(desk, "settle", user="frank") == ""


def test_which_consent_it_is() -> None:
    """It is the newest one that is not revoked, of the client that the event names, and of nobody without a user."""
    desk = Desk()
    first = desk.pair()
    desk.advance(1)
    second = desk.authorize()
    assert first
    newest, oldest = sorted(desk.world.consents.values(), key=lambda consent: -consent.granted_at)
    assert _happens(desk, "revoke", user="") == ""
    assert _happens(desk, "revoke", client="other-broker") == ""
    assert _happens(desk, "refresh") == ""  # nobody has bought tokens with the newest consent
    assert _happens(desk, "revoke", client="demo-broker") == f"consent {newest.id} of alice to demo-broker: revoked"
    generation = desk.world.consents[oldest.id].generation
    said = f"consent {oldest.id} of alice to demo-broker: refreshed by another process"
    assert _happens(desk, "refresh") == said
    assert desk.world.consents[oldest.id].generation == generation + 1
    assert _happens(desk, "revoke") == f"consent {oldest.id} of alice to demo-broker: revoked"
    assert _happens(desk, "revoke") == _happens(desk, "refresh") == ""
    assert second.code


def test_the_keys_that_a_user_deletes() -> None:
    """All keys that the client has made go, a key that the user made by hand stays, and a second time none is left."""
    desk = Desk()
    own = desk.own_key("frank")
    pair = desk.pair("frank")
    for _ in range(2):
        desk.add_key(pair.access_token)
    assert _happens(desk, "delete_key", user="frank", client="other-broker") == ""
    assert _happens(desk, "delete_key", user="") == ""
    assert _happens(desk, "delete_key", user="frank") == "2 API keys of frank: deleted"
    assert [key.api_key for key in desk.world.api_keys.values() if key.user == "frank"] == [own.api_key]
    assert _happens(desk, "delete_key", user="frank") == ""


def test_what_a_user_narrows() -> None:
    """Consent and keys keep those of their permissions that the event names; what has no more than these stays."""
    desk = Desk()
    own = desk.own_key("frank")
    groups = desk.world.api_keys[own.api_key].groups
    key = desk.key("frank")
    leaves = AuthGroup.API_WITHDRAW_OAUTH, AuthGroup.API_COMMON
    said = "frank leaves no more than API_WITHDRAW_OAUTH, API_COMMON, of 1 consents and keys"
    assert _happens(desk, "narrow", user="frank", groups=leaves) == said
    [consent] = desk.world.consents.values()
    assert set(consent.groups) == set(leaves)
    assert _happens(desk, "narrow", user="frank", groups=leaves) == ""
    assert _happens(desk, "narrow", user="frank") == "frank leaves no more than nothing, of 2 consents and keys"
    assert desk.world.api_keys[key.api_key].groups == ()
    assert desk.world.api_keys[own.api_key].groups == groups
    assert _happens(desk, "narrow", user="") == ""


def test_what_is_true_already() -> None:
    """A user is frozen, unfrozen or given an authenticator once; a second time there is nothing to do."""
    desk = Desk()
    for event, said in (
        ("freeze", "user bob: frozen"),
        ("unfreeze", "user bob: no longer frozen"),
        ("bind", "user bob: has an authenticator"),
    ):
        assert [_happens(desk, event, user="bob") for _ in range(2)] == [said, ""]
        assert _happens(desk, event, user="nobody") == ""


def test_how_far_an_expiry_is() -> None:
    """A code expires until tokens are bought with it, tokens only from then on; what has expired is no way off."""
    desk = Desk()
    clock, lifetime = desk.exchange.clock, desk.world.choices.authorization_code_lifetime

    def ways() -> list[int]:
        events = (WorldEvent("expire", user="alice", what=what) for what in ("code", "access_token", "refresh_token"))
        return [until_expiry(desk.world, event, clock.now()) for event in events]

    assert ways() == [0, 0, 0]
    desk.authorize()
    desk.advance(1000)
    assert ways() == [lifetime - 1000, 0, 0]
    desk.advance(lifetime)
    assert ways() == [0, 0, 0]
    desk.pair()
    desk.advance(1000)
    assert ways() == [0, LIFETIMES["access"] - 1000, LIFETIMES["refresh"] - 1000]
    desk.advance(LIFETIMES["access"])
    assert ways() == [0, 0, LIFETIMES["refresh"] - 1000 - LIFETIMES["access"]]
    assert WorldEvent("expire").what == "access_token"
    before = desk.world
    assert (_happens(desk, "expire"), desk.world is before) == ("", True)
    assert until_expiry(desk.world, WorldEvent("expire"), clock.now()) == 0
