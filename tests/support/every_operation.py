"""Something of everything: a desk that writes down what it does, and a command of each operation, right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from simulator.core.account.accounts import GetAccount, ListAccounts
from simulator.core.account.api_key_info import GetApiKeyInfo
from simulator.core.account.deposit_addresses import (
    CreateDepositAddress,
    ListDepositAddresses,
)
from simulator.core.account.deposit_addresses_old import GetDepositAddressV1, ListDepositAddressesV2
from simulator.core.account.deposits import ListDeposits
from simulator.core.account.hf_ledgers import ListHfLedgers
from simulator.core.account.ledgers import ListLedgers
from simulator.core.account.quotas import GetWithdrawalQuotas
from simulator.core.account.transfers import GetTransferable, MakeTransfer
from simulator.core.account.withdrawals import CancelWithdrawal, GetWithdrawal, ListWithdrawals
from simulator.core.account.withdrawals_v3 import WithdrawV3
from simulator.core.broker_pro.commission import GetCommission, ListBrokerTransactions, ListBrokerUsers
from simulator.core.broker_pro.rebates import GetRebate, GetRebateV2
from simulator.core.choices import After, Polls
from simulator.core.control import administration as control
from simulator.core.control.happenings import KINDS, Happen
from simulator.core.control.orders import EndOrder, FillOrder, PutOrderPlans
from simulator.core.control.trading import SetPrices
from simulator.core.control.world_event import WorldEvent
from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.core.fast_api.api_keys import AddApiKey, AddApiKeyOld, ApiKeyAdded
from simulator.core.fast_api.authorization import Authorize, Authorized, LogIn, RequestAuthorization
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.security import BindFactor, PrepareFactor
from simulator.core.fast_api.tokens import ExchangeCode, TokensIssued
from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.funds.arrivals import ArriveDeposit
from simulator.core.funds.settlement import STEPS, MoveWithdrawal
from simulator.core.gateway.requests import Body
from simulator.core.market.currencies import GetCurrency
from simulator.core.market.server import GetServerTime
from simulator.core.passing import PassTime
from simulator.core.refusals import Reason
from simulator.core.spec import MINUTE, Decision
from simulator.core.value import Command
from simulator.core.world import Account, Client, EndStep, FillStep, OrderPlan, OrderStatus, User
from simulator.messages import Answer, Request
from simulator.outcomes import Outcome
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.faults import Fault
from simulator.web.endpoints.desk import Desk as Wired
from support.broker_pro import OWN, earning
from support.demo_world import CURRENCIES, demo_world
from support.desk import IP, Desk, Key, by_account, groups_body, own_key, payment, query, refresh_body, token_query
from support.examples import command_of

ASKED = Request("GET", "/", "", {}, IP, b"")
ZOE = User("zoe", 7, totp_secret="PKLZGRDFQVKTM34HT3RBEMNK4IQ4FOGI")
USERS = ["alice", "bob", "carol", "frank"]
SETTLEMENTS = ["immediate", "manual", After(10 * MINUTE), Polls(2)]
FAULTS = [
    Fault("withdraw", times=1, refuse=Reason.BALANCE_INSUFFICIENT),
    Fault("withdraw", skip=1, at="after_commit", refuse=Reason.USER_FROZEN),
    Fault("exchange_code", user="alice", refuse=Reason.CODE_EXPIRED),
    Fault("refresh_tokens", times=2, at="after_commit", network="reset"),
    Fault("list_accounts", at="mid_body", network="truncate"),
    Fault("get_withdrawal", times=1, first=WorldEvent("settle"), then=WorldEvent("freeze")),
    Fault("cancel_withdrawal", times=2, at="after_commit", then=WorldEvent("expire", what="refresh_token")),
    Fault("verify_withdrawal", skip=1, first=WorldEvent("expire"), advance=MINUTE),
]


class Recorded(Desk):
    """A broker's desk whose every call gets an entry in the journal. It keeps whatever it was told."""

    def __init__(self, **choices: Any) -> None:
        own, world = own_key(earning(demo_world(**choices)))
        super().__init__(world)
        self.wired = Wired(self.exchange, Scenario("rewind", "", self.world))
        self.codes_given, self.access, self.refreshes = ["x"], ["x"], ["x"]
        self.keys = [Key("x", "y", "z"), own, OWN]
        self.challenges: list[tuple[Key, dict[str, object], Challenged]] = []

    def perform(self, command: Command) -> Outcome:
        call = self.wired.perform(ASKED, command, lambda outcome: Answer(200, b""))
        with pytest.raises(StopIteration):  # it waits for nothing
            call.send(None)
        (entry,) = self.wired.journal.newest(1)
        match entry.outcome.result:
            case Authorized(code=code):
                self.codes_given.append(code)
            case TokensIssued(access_token=access, refresh_token=refresh):
                self.access.append(access)
                self.refreshes.append(refresh)
            case ApiKeyAdded(api_key=name, secret=secret, passphrase=passphrase):
                self.keys.append(Key(name, secret, passphrase))
            case Challenged() as challenge:
                key = next(each for each in self.keys if each.api_key == command.signed.key)
                self.challenges.append((key, dict(command.body.fields), challenge))
        return entry.outcome


Pick = Callable[[list[Any]], Any]
"""One of a list."""


def withdraw(desk: Recorded, pick: Pick) -> Command:
    key = pick(desk.keys)
    fields = pick([payment(), payment(amount="3"), payment(amount="9e9"), by_account("UID", "200000002")])
    return desk.withdrawal(key, fields)


def verify(desk: Recorded, pick: Pick) -> Command:
    if not desk.challenges:
        return desk.verification(pick(desk.keys), payment(), {"transactionId": "x", "factors": []})
    key, fields, challenge = pick(desk.challenges)
    if key.api_key not in desk.world.api_keys:
        return desk.verification(key, fields, {"transactionId": challenge.transaction_id, "factors": []})
    codes = {"EMV": "?", "SMS": "?", **desk.codes(desk.world.api_keys[key.api_key].user, challenge)}
    factors = [{"factorType": each.value, "factorValue": codes[each.value]} for each in challenge.all_factors[0]]
    return desk.verification(key, fields, {"transactionId": challenge.transaction_id, "factors": factors})


def looked_up(desk: Recorded, pick: Pick) -> Command:
    name = pick([*sorted(desk.world.withdrawals), "x"])
    return GetWithdrawal(
        pick(desk.keys).sign(method="GET", path=f"/api/v1/withdrawals/{name}", timestamp=desk.wall), name
    )


def read(desk: Recorded, pick: Pick, path: str) -> Any:
    return pick(desk.keys).sign(method="GET", path=path, timestamp=desk.wall)


def canceled(desk: Recorded, pick: Pick) -> Command:
    name = pick([*sorted(desk.world.withdrawals), "x"])
    return CancelWithdrawal(read(desk, pick, f"/api/v1/withdrawals/{name}"), name)


def transferred(desk: Recorded, pick: Pick) -> Command:
    fields = {
        "clientOid": pick(["a", "b", "c"]),
        "currency": pick(["USDT", "DOGE"]),
        "amount": pick(["1", "0.000001", "999999999"]),
        "type": "INTERNAL",
        "fromAccountType": pick(["MAIN", "TRADE"]),
        "toAccountType": "MARGIN",
    }
    return MakeTransfer(read(desk, pick, "/api/v3/accounts/universal-transfer"), Body(fields))


def arrives(desk: Recorded, pick: Pick) -> Command:
    users = desk.world.users.values()
    places = [(user.name, each) for user in users for each in user.deposit_addresses]
    places += [(user.name, each) for user in users for each in desk.world.deposit_book(user.name).addresses]
    if not places:
        return PassTime()
    user, address = pick(sorted(places, key=str))
    return ArriveDeposit(user, address.currency or "USDT", address, Decimal(pick(["1", "20.5"])), pick([None, 0]))


def asks(desk: Recorded, pick: Pick, command: Any, **asked: str) -> Command:
    """Broker Pro, asked with any of the keys."""
    return command(pick(desk.keys).sign(method="GET", path="/x", timestamp=desk.wall), asked)


WRONG = {"pageSize": "7"}
COMMANDS: dict[str, Callable[[Recorded, Pick], Command]] = {
    "request_authorization": lambda desk, pick: RequestAuthorization(pick([query(), query(state="")])),
    "log_in": lambda desk, pick: LogIn(query(), pick([*USERS, "nobody"])),
    "authorize": lambda desk, pick: Authorize(query(), pick(USERS), None, decision=pick(list(Decision))),
    "exchange_code": lambda desk, pick: ExchangeCode(token_query(pick(desk.codes_given)), IP),
    "refresh_tokens": lambda desk, pick: RefreshTokens(refresh_body(pick(desk.refreshes)), IP),
    "add_api_key": lambda desk, pick: AddApiKey(
        f"bearer {pick(desk.access)}", groups_body("API_COMMON", "API_WITHDRAW_OAUTH"), IP
    ),
    "add_api_key_old": lambda desk, pick: AddApiKeyOld(f"bearer {pick(desk.access)}", IP),
    "withdraw": withdraw,
    "verify_withdrawal": verify,
    "prepare_factor": lambda desk, pick: PrepareFactor(pick(USERS)),
    "bind_factor": lambda desk, pick: BindFactor(pick(USERS), pick([desk.totp("bob"), "000000"])),
    "pass_time": lambda desk, pick: PassTime(),
    "set_prices": lambda desk, pick: SetPrices("BTC-USDT", pick([Decimal(60_000), Decimal(65_000)])),
    "move_withdrawal": lambda desk, pick: MoveWithdrawal(
        pick([*sorted(desk.world.withdrawals), "x"]), pick(sorted(STEPS))
    ),
    "happen": lambda desk, pick: Happen(
        WorldEvent(pick(sorted(KINDS)), pick(USERS), amount=pick([None, Decimal(5)]), currency=pick(["USDT", ""]))
    ),
    "get_withdrawal": looked_up,
    "get_server_time": lambda desk, pick: GetServerTime(),
    "get_currency": lambda desk, pick: GetCurrency(pick(["USDT", "DOGE"])),
    "get_api_key_info": lambda desk, pick: GetApiKeyInfo(read(desk, pick, "/api/v1/user/api-key")),
    "list_accounts": lambda desk, pick: ListAccounts(read(desk, pick, "/api/v1/accounts")),
    "get_account": lambda desk, pick: GetAccount(read(desk, pick, "/api/v1/accounts/x"), "x"),
    "list_ledgers": lambda desk, pick: ListLedgers(read(desk, pick, "/api/v1/accounts/ledgers"), pick([{}, WRONG])),
    "list_hf_ledgers": lambda desk, pick: ListHfLedgers(
        read(desk, pick, "/api/v1/hf/accounts/ledgers"), pick([{}, WRONG])
    ),
    "get_transferable": lambda desk, pick: GetTransferable(
        read(desk, pick, "/api/v1/accounts/transferable"), {"currency": pick(["USDT", "DOGE"]), "type": "MAIN"}
    ),
    "make_transfer": transferred,
    "create_deposit_address": lambda desk, pick: CreateDepositAddress(
        read(desk, pick, "/api/v3/deposit-address/create"), Body({"currency": "USDT", "chain": pick(["trx", "eth"])})
    ),
    "list_deposit_addresses": lambda desk, pick: ListDepositAddresses(
        read(desk, pick, "/api/v3/deposit-addresses"), {"currency": pick(["USDT", "DOGE"])}
    ),
    "list_deposit_addresses_v2": lambda desk, pick: ListDepositAddressesV2(
        read(desk, pick, "/api/v2/deposit-addresses"), {"currency": pick(["USDT", "DOGE"])}
    ),
    "get_deposit_address_v1": lambda desk, pick: GetDepositAddressV1(
        read(desk, pick, "/api/v1/deposit-addresses"), {"currency": pick(["USDT", "DOGE"])}
    ),
    "arrive_deposit": arrives,
    "list_deposits": lambda desk, pick: ListDeposits(read(desk, pick, "/api/v1/deposits"), pick([{}, WRONG])),
    "get_withdrawal_quotas": lambda desk, pick: GetWithdrawalQuotas(
        read(desk, pick, "/api/v1/withdrawals/quotas"), {"currency": pick(["USDT", "DOGE"])}
    ),
    "list_withdrawals": lambda desk, pick: ListWithdrawals(
        read(desk, pick, "/api/v1/withdrawals"), pick([{}, {"currency": "USDT"}, WRONG])
    ),
    "cancel_withdrawal": canceled,
    "withdraw_v3": lambda desk, pick: WithdrawV3(
        read(desk, pick, "/api/v3/withdrawals"),
        Body({"currency": "USDT", "toAddress": "T", "amount": "5", "chain": "trx", "withdrawType": "ADDRESS"}),
    ),
    "get_rebate": lambda desk, pick: asks(desk, pick, GetRebate, begin="20260501", end="20260601", tradeType="1"),
    "get_rebate_v2": lambda desk, pick: asks(
        desk, pick, GetRebateV2, begin="20260501", end=pick(["20260601", "x"]), tradeType="SPOT"
    ),
    "get_commission": lambda desk, pick: asks(desk, pick, GetCommission, rebateType=pick(["0", "1", "7"])),
    "list_broker_users": lambda desk, pick: asks(desk, pick, ListBrokerUsers, pageSize=pick(["1", "501"])),
    "list_broker_transactions": lambda desk, pick: asks(desk, pick, ListBrokerTransactions, lastId=pick(["", "2"])),
    "put_user": lambda desk, pick: control.PutUser(ZOE, (Account("USDT", "main", Decimal(5)),)),
    "change_user": lambda desk, pick: control.ChangeUser(replace(desk.world.users["bob"], uid=pick([8, 9])), ()),
    "delete_user": lambda desk, pick: control.DeleteUser(pick(["zoe", "erin"])),
    "put_client": lambda desk, pick: control.PutClient(Client("other-broker", "Other", "s", ())),
    "change_client": lambda desk, pick: control.ChangeClient(replace(desk.world.clients["demo-broker"], name="Demo")),
    "delete_client": lambda desk, pick: control.DeleteClient("other-broker"),
    "put_currency": lambda desk, pick: control.PutCurrency(replace(CURRENCIES[1], price_usdt=Decimal(pick([9, 10])))),
    "change_choices": lambda desk, pick: control.ChangeChoices(
        replace(desk.world.choices, settlement=pick(SETTLEMENTS))
    ),
    "revoke_consent": lambda desk, pick: (
        control.RevokeConsent(pick(sorted(desk.world.consents))) if desk.world.consents else PassTime()
    ),
    "delete_api_key": lambda desk, pick: (
        control.DeleteApiKey(pick(sorted(desk.world.api_keys))) if desk.world.api_keys else PassTime()
    ),
}
"""Something of each operation, right or wrong, from what the desk knows."""


def of_example(endpoint: Endpoint) -> Callable[[Recorded, Pick], Command]:
    """The request that the endpoint's declaration has as its example, with any of the keys."""
    return lambda desk, pick: command_of(endpoint, partial(pick(desk.keys).sign, timestamp=desk.wall), IP)


COMMANDS |= {
    "fill_order": lambda desk, pick: FillOrder(pick([*desk.world.orders, "none"]), FillStep(share=Decimal("0.4"))),
    "end_order": lambda desk, pick: EndOrder(pick([*desk.world.orders, "none"]), OrderStatus.CANCELED),
    "put_order_plans": lambda desk, pick: PutOrderPlans(pick([(), (OrderPlan(steps=(EndStep(),)),)])),
}
COMMANDS |= {endpoint.name: of_example(endpoint) for endpoint in ENDPOINTS if endpoint.name not in COMMANDS}
