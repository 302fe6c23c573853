"""What is done to the world from outside goes through the log like everything else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.demo_world import CURRENCIES, DEMO_BROKER
from support.desk import IP, Desk, by_account, payment, token_query

from simulator.command_log import replay
from simulator.core.account.deposit_addresses import CreateDepositAddress, DepositAddressCreated
from simulator.core.choices import After
from simulator.core.control import administration as commands
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.funds.settlement import MoveWithdrawal
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.world import Account, WithdrawalStatus
from simulator.scenario.given import amending


def test_every_command_can_be_performed_again() -> None:
    """The log of one of each, between calls of clients, leads to the same world."""
    desk = Desk(settlement="manual")
    key, other = desk.key("alice"), desk.key("frank")
    desk.pay(other, by_account("UID", "200000002"))
    consents = {each.user: each.id for each in desk.world.consents.values()}
    for command in (
        amending.put_user(desk.world, "zoe", '{"like": "frank", "uid": 5}'),
        commands.ChangeUser(replace(desk.world.users["bob"], uid=6), (Account("USDT", "main", Decimal(5)),)),
        commands.DeleteUser("dave"),
        commands.PutClient(replace(DEMO_BROKER, client_id="new")),
        commands.ChangeClient(replace(DEMO_BROKER, name="Another name")),
        commands.DeleteClient("other-broker"),
        commands.PutCurrency(replace(CURRENCIES[1], price_usdt=Decimal(7))),
        commands.ChangeChoices(replace(desk.world.choices, settlement=After(60_000))),
        commands.RevokeConsent(consents["alice"]),
        commands.DeleteApiKey(key.api_key),
    ):
        desk.do(command, commands.Administered)
        desk.advance(10_000)
    assert desk.balance("frank") < 50_000
    assert [each.status.value for each in desk.world.withdrawals.values()] == ["SUCCESS"]
    assert replay(desk.exchange.log) == desk.world
    desk.exchange.reset()
    assert desk.world == desk.exchange.scenario


def test_what_is_due_is_settled_before_money_is_given() -> None:
    """A balance that is set holds after what was due has happened, and what was held for it is free."""
    desk = Desk(settlement=After(5))
    desk.pay(desk.key("frank"), by_account("UID", "200000002"))
    command = amending.change_user(desk.world, desk.world.users["frank"], '{"balances": {"USDT": 1000}}')
    desk.advance(5)
    desk.do(command, commands.Administered)
    assert [desk.balance("frank"), desk.holds("frank"), desk.pot("control")] == [
        Decimal(1000),
        Decimal(0),
        Decimal(48890),
    ]


def test_a_revoked_consent_has_no_code_left() -> None:
    """A code that nobody has exchanged is unknown once its consent is revoked; others are untouched."""
    desk = Desk()
    code, other = desk.authorize().code, desk.authorize().code
    desk.do(commands.RevokeConsent(desk.world.codes[code].consent), commands.Administered)
    assert desk.reason(ExchangeCode(token_query(code), IP)) is Reason.CODE_UNKNOWN
    assert desk.world.codes[other].code == other


def test_keys_have_the_uid_of_their_user() -> None:
    """A new uid is in every key of the user, and in no other; keys stay the same values if the uid does."""
    desk = Desk()
    own, other = desk.own_key("frank"), desk.own_key("bob")
    frank, before = desk.world.users["frank"], dict(desk.world.api_keys)
    desk.do(commands.ChangeUser(replace(frank, frozen=True), ()), commands.Administered)
    assert all(key is before[name] for name, key in desk.world.api_keys.items())
    desk.do(commands.ChangeUser(replace(frank, uid=6), ()), commands.Administered)
    assert desk.world.api_keys[own.api_key] == replace(before[own.api_key], uid=6)
    assert desk.world.api_keys[other.api_key] is before[other.api_key]


@pytest.mark.parametrize("readdressed", [False, True])
def test_addresses_that_a_user_has_made(readdressed: bool) -> None:
    """They are the user's until the user gets other ones, and then belong to nobody."""
    desk = Desk()
    signed = desk.own_key("frank").sign(path="/x")
    created = CreateDepositAddress(signed, Body({"currency": "USDT", "chain": "trx"}))
    address = desk.do(created, DepositAddressCreated).address
    desk.do(commands.ChangeUser(desk.world.users["frank"], (), readdressed=readdressed), commands.Administered)
    assert (address.identity in desk.world.identities) is not readdressed
    assert ("frank" in desk.world.deposit_books) is not readdressed


@pytest.mark.parametrize(
    ("settlement", "status", "waiting"),
    [
        ("immediate", WithdrawalStatus.SUCCESS, 0),
        (After(60_000), WithdrawalStatus.PROCESSING, 2),
        ("manual", WithdrawalStatus.PROCESSING, 0),
    ],
)
def test_waiting_withdrawals_follow_the_switch(settlement: str | After, status: WithdrawalStatus, waiting: int) -> None:
    """They settle at once, in the new time or by hand, the oldest first; one under review waits on."""
    desk = Desk(settlement=After(90_000))
    key = desk.key("frank")
    paid = []
    for _ in range(3):
        paid.append(desk.pay(key, payment()).withdrawal.id)
        desk.advance(1)
    desk.perform(MoveWithdrawal(paid[1], "review"))
    desk.do(commands.ChangeChoices(replace(desk.world.choices, settlement=settlement)), commands.Administered)
    assert [desk.world.withdrawals[name].status for name in paid] == [status, WithdrawalStatus.REVIEW, status]
    assert [held.id for held in desk.world.everybody.paid] == (paid[::-2] if settlement == "immediate" else [])
    assert len(desk.world.unsettled.places) == waiting
    assert not waiting or desk.world.unsettled.head == paid[0]


def test_other_switches_leave_waiting_withdrawals_alone() -> None:
    """If the way of settlement stays, what waits goes on waiting in its place."""
    desk = Desk(settlement=After(60_000))
    desk.pay(desk.key("frank"), payment())
    unsettled = desk.world.unsettled
    desk.do(commands.ChangeChoices(replace(desk.world.choices, address_pattern="ignore")), commands.Administered)
    assert desk.world.unsettled is unsettled
