"""What is done to the world from outside goes through the log like everything else."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace
from support.demo_world import CURRENCIES, DEMO_BROKER
from support.desk import IP, Desk, by_account, token_query

from simulator.command_log import replay
from simulator.core.choices import After
from simulator.core.control import administration as commands
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.refusals import Reason
from simulator.core.world import Account
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
