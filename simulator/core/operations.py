"""The table of everything that the exchange can do: command -> operation.

The name of an operation is the word in the journal and in a scenario's faults.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace
from rpds import List

from simulator.core.account import accounts, deposit_addresses, quotas, transfers, withdrawals_v3
from simulator.core.account import deposit_addresses as deposits
from simulator.core.account import deposits as account_deposits
from simulator.core.account import hf_ledgers as hf_ledger
from simulator.core.account import info as profile
from simulator.core.account import ledgers as history
from simulator.core.account import withdrawals as account_withdrawals
from simulator.core.broker_pro import commission as broker
from simulator.core.broker_pro import rebates
from simulator.core.control import administration
from simulator.core.fast_api import api_keys, authorization, security, tokens, withdrawals
from simulator.core.fast_api.redirects import read_query
from simulator.core.funds import arrivals, settlement
from simulator.core.market import currencies, server
from simulator.core.market import symbols as markets
from simulator.core.refusals import Refusal
from simulator.core.value import Command, Reply, Value
from simulator.core.world import Now, World


class Subject(Value, frozen=True):
    """Whom a call is about, as far as its credentials tell before it is judged; "" = nobody known."""

    user: str = ""
    client: str = ""


class Operation(Value, frozen=True):
    """One thing that the exchange can do. `changes` = a success makes new things; `section` is the page's or a hole."""

    name: str
    run: Callable[[World, Command, Now], tuple[World, Reply]]
    subject: Callable[[World, Command], Subject]
    changes: bool
    section: str


def _nobody(world: World, command: Command) -> Subject:
    return Subject()


def _by_query(world: World, command: Command) -> Subject:
    values = read_query(world, command.query).values
    client = values.get("client_id", "")
    code = world.codes.get(values.get("code", ""))
    user = world.consents[code.consent].user if code else ""
    return Subject(user, client if client in world.clients else "")


def _by_identity(world: World, command: Command) -> Subject:
    user = world.user_of(command.identity.strip())
    client = _by_query(world, command).client if hasattr(command, "query") else ""
    return Subject(user.name if user else "", client)


def _of_consent(found: Any) -> Subject:
    return Subject(found[0].user, found[0].client_id) if found else Subject()


def _by_bearer(world: World, command: Command) -> Subject:
    try:
        return _of_consent(tokens.consent_of(world, tokens.bearer_token(command.authorization), "access"))
    except Refusal:
        return Subject()


def _by_refresh_token(world: World, command: Command) -> Subject:
    token = (command.body.fields or {}).get("refresh_token")
    return _of_consent(tokens.consent_of(world, token, "refresh")) if isinstance(token, str) else Subject()


def _by_key(world: World, command: Command) -> Subject:
    key = world.api_keys.get(command.signed.key or "")
    return Subject(key.user, key.client_id) if key else Subject()


# fmt: off
OPERATIONS: Final[dict[type, Operation]] = {
    authorization.RequestAuthorization: Operation("request_authorization", authorization.request_authorization, _by_query, False, "s7.1"),
    authorization.LogIn: Operation("log_in", authorization.log_in, _by_identity, False, "s7.1"),
    authorization.Authorize: Operation("authorize", authorization.authorize, _by_identity, True, "s7.1"),
    tokens.ExchangeCode: Operation("exchange_code", tokens.exchange_code, _by_query, True, "s7.2"),
    tokens.RefreshTokens: Operation("refresh_tokens", tokens.refresh_tokens, _by_refresh_token, True, "s7.3"),
    api_keys.AddApiKey: Operation("add_api_key", api_keys.add_api_key, _by_bearer, True, "s4.2"),
    api_keys.AddApiKeyOld: Operation("add_api_key_old", api_keys.add_api_key_old, _by_bearer, True, "s4.1"),
    withdrawals.Withdraw: Operation("withdraw", withdrawals.withdraw, _by_key, True, "s8.2"),
    withdrawals.VerifyWithdrawal: Operation("verify_withdrawal", withdrawals.verify_withdrawal, _by_key, True, "s8.2"),
    security.PrepareFactor: Operation("prepare_factor", security.prepare_factor, _by_identity, False, "s8.1"),
    security.BindFactor: Operation("bind_factor", security.bind_factor, _by_identity, True, "s8.1"),
    settlement.PassTime: Operation("pass_time", settlement.pass_time, _nobody, False, "H52"),
    settlement.MoveWithdrawal: Operation("move_withdrawal", settlement.move_withdrawal, _nobody, True, "H52"),
    arrivals.ArriveDeposit: Operation("arrive_deposit", arrivals.arrive_deposit, _nobody, True, "s9"),
    account_withdrawals.GetWithdrawal: Operation("get_withdrawal", account_withdrawals.get_withdrawal, _by_key, False, "REST API"),
    server.GetServerTime: Operation("get_server_time", server.get_server_time, _nobody, False, "REST API"),
    server.GetServiceStatus: Operation("get_service_status", server.get_service_status, _nobody, False, "REST API"),
    server.GetClientIp: Operation("get_client_ip", server.get_client_ip, _nobody, False, "REST API"),
    currencies.ListCurrencies: Operation("list_currencies", currencies.list_currencies, _nobody, False, "REST API"),
    currencies.GetCurrency: Operation("get_currency", currencies.get_currency, _nobody, False, "s8.2"),
    markets.ListSymbols: Operation("list_symbols", markets.list_symbols, _nobody, False, "REST API"),
    markets.ListTickers: Operation("list_tickers", markets.list_tickers, _nobody, False, "REST API"),
    markets.ListCrossMarginSymbols: Operation("list_cross_margin_symbols", markets.list_cross_margin_symbols, _nobody, False, "REST API"),
    markets.ListIsolatedMarginSymbols: Operation("list_isolated_margin_symbols", markets.list_isolated_margin_symbols, _nobody, False, "REST API"),
    markets.ListContracts: Operation("list_contracts", markets.list_contracts, _nobody, False, "REST API"),
    api_keys.GetApiKeyInfo: Operation("get_api_key_info", api_keys.get_api_key_info, _by_key, False, "REST API"),
    profile.GetUserInfo: Operation("get_user_info", profile.get_user_info, _by_key, False, "REST API"),
    profile.GetSpotAccountType: Operation("get_spot_account_type", profile.get_spot_account_type, _by_key, False, "REST API"),
    profile.GetAccountMode: Operation("get_account_mode", profile.get_account_mode, _by_key, False, "seen in ccxt"),
    accounts.ListAccounts: Operation("list_accounts", accounts.list_accounts, _by_key, False, "REST API"),
    accounts.GetAccount: Operation("get_account", accounts.get_account, _by_key, False, "REST API"),
    history.ListLedgers: Operation("list_ledgers", history.list_ledgers, _by_key, False, "REST API"),
    hf_ledger.ListHfLedgers: Operation("list_hf_ledgers", hf_ledger.list_hf_ledgers, _by_key, False, "REST API"),
    transfers.GetTransferable: Operation("get_transferable", transfers.get_transferable, _by_key, False, "REST API"),
    transfers.MakeTransfer: Operation("make_transfer", transfers.make_transfer, _by_key, True, "REST API"),
    deposits.CreateDepositAddress: Operation("create_deposit_address", deposits.create_deposit_address, _by_key, True, "REST API"),
    deposits.ListDepositAddresses: Operation("list_deposit_addresses", deposits.list_deposit_addresses, _by_key, False, "REST API"),
    deposit_addresses.ListDepositAddressesV2: Operation("list_deposit_addresses_v2", deposit_addresses.list_deposit_addresses_v2, _by_key, False, "REST API"),
    deposit_addresses.GetDepositAddressV1: Operation("get_deposit_address_v1", deposit_addresses.get_deposit_address_v1, _by_key, False, "REST API"),
    account_deposits.ListDeposits: Operation("list_deposits", account_deposits.list_deposits, _by_key, False, "REST API"),
    quotas.GetWithdrawalQuotas: Operation("get_withdrawal_quotas", quotas.get_withdrawal_quotas, _by_key, False, "REST API"),
    account_withdrawals.ListWithdrawals: Operation("list_withdrawals", account_withdrawals.list_withdrawals, _by_key, False, "REST API"),
    account_withdrawals.CancelWithdrawal: Operation("cancel_withdrawal", account_withdrawals.cancel_withdrawal, _by_key, True, "REST API"),
    withdrawals_v3.WithdrawV3: Operation("withdraw_v3", withdrawals_v3.withdraw_v3, _by_key, True, "REST API"),
    rebates.GetRebate: Operation("get_rebate", rebates.get_rebate, _by_key, False, "Broker Pro"),
    rebates.GetRebateV2: Operation("get_rebate_v2", rebates.get_rebate_v2, _by_key, False, "Broker Pro"),
    broker.GetCommission: Operation("get_commission", broker.get_commission, _by_key, False, "Broker Pro"),
    broker.ListBrokerUsers: Operation("list_broker_users", broker.list_broker_users, _by_key, False, "Broker Pro"),
    broker.ListBrokerTransactions: Operation("list_broker_transactions", broker.list_broker_transactions, _by_key, False, "Broker Pro"),
    administration.PutUser: Operation("put_user", administration.put_user, _nobody, True, "control"),
    administration.ChangeUser: Operation("change_user", administration.change_user, _nobody, True, "control"),
    administration.DeleteUser: Operation("delete_user", administration.delete_user, _nobody, True, "control"),
    administration.PutClient: Operation("put_client", administration.put_client, _nobody, True, "control"),
    administration.ChangeClient: Operation("change_client", administration.change_client, _nobody, True, "control"),
    administration.DeleteClient: Operation("delete_client", administration.delete_client, _nobody, True, "control"),
    administration.PutCurrency: Operation("put_currency", administration.put_currency, _nobody, True, "control"),
    administration.ChangeChoices: Operation("change_choices", administration.change_choices, _nobody, True, "control"),
    administration.RevokeConsent: Operation("revoke_consent", administration.revoke_consent, _nobody, True, "control"),
    administration.DeleteApiKey: Operation("delete_api_key", administration.delete_api_key, _nobody, True, "control"),
}
# fmt: on


def perform(world: World, command: Command, now: Now) -> tuple[World, Reply]:
    """Do it: a new world and a reply, or `Refusal`. What time has brought about by `now` happens first.

    The new world tells in `touched` what has changed; nothing has changed = it is the old one.
    """
    operation = OPERATIONS[type(command)]
    before = world
    world = replace(world, touched=List())
    passed = False
    if settlement.overtaken(world) and operation.run is not settlement.pass_time:
        world, done = settlement.pass_time(world, settlement.PassTime(), now)
        passed = bool(done.settled or done.credited)
    stepped = replace(world, step=world.step + 1) if operation.changes else world
    try:
        after, reply = operation.run(stepped, command, now)
    except Refusal as refusal:
        if passed and refusal.keep is None:
            raise refusal.keeping(world) from None
        raise
    return (after if after.touched or operation.changes else before), reply
