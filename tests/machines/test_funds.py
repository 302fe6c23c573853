"""A state machine of everything that moves money: no call and no passing of time makes any, and every view agrees."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support.deposits_and_transfers import move, slow, total
from support.desk import START, Desk, Key, payment
from support.hypothesis_settings import STEADY

from simulator.command_log import replay
from simulator.core.account.accounts import AccountsListed, ListAccounts
from simulator.core.account.deposit_addresses import CreateDepositAddress
from simulator.core.account.deposits import DepositsListed, ListDeposits
from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.account.ledgers import LedgerRow, LedgersListed, ListLedgers
from simulator.core.account.transfers import GetTransferable, TransferableFound
from simulator.core.account.withdrawals import CancelWithdrawal, ListWithdrawals, WithdrawalsListed
from simulator.core.account.withdrawals_v3 import WithdrawV3
from simulator.core.choices import After
from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.funds.arrivals import ArriveDeposit
from simulator.core.funds.grants import opened
from simulator.core.funds.ledger import movements
from simulator.core.funds.settlement import STEPS, MoveWithdrawal
from simulator.core.gateway.requests import Body
from simulator.core.passing import PassTime
from simulator.core.spec import DAY, MINUTE
from simulator.core.world import Account

pytestmark = pytest.mark.long

USERS = ("alice", "frank")
KINDS = ("MAIN", "TRADE", "MARGIN", "CONTRACT", "ISOLATED")
AMOUNTS = st.sampled_from(["0.000001", "1", "3", "99.5", "1000", "49999.999999", "1000000", "7.0000001"])
TARGETS = st.sampled_from([("ADDRESS", ""), ("UID", "200000001"), ("UID", "200000006"), ("MAIL", "alice@example.test")])
CHOICES: dict[str, Any] = {"second_deposit_address": "create", "cancel_with_oauth_key": "allow", "rate_pools": "count"}
COINS = st.sampled_from(["USDT", "BTC"])
Where = tuple[str, str, str]
"""User, currency, account."""


class Funds(RuleBasedStateMachine):
    """Pay, move, receive, cancel, settle and wait; look at everything after every step."""

    @initialize(settlement=st.sampled_from(["immediate", "manual", After(10 * MINUTE)]))
    def open(self, settlement: object) -> None:
        self.desk = Desk(settlement=settlement, **CHOICES)
        slow(self.desk)
        self.oauth = {user: self.desk.key(user) for user in USERS}
        self.own = {user: self.desk.own_key(user, api_name=f"own-{user}") for user in USERS}
        frank = self.desk.world.wallet("frank").having(Account("BTC", "main", Decimal(2)))
        self.desk.world = opened(self.desk.world.put(frank))
        self.desk.exchange.log.clear()
        self.money, self.oids = total(self.desk.world), count()

    def balances(self) -> dict[Where, Decimal]:
        """Every account of every user."""
        return {
            (wallet.user, account.currency, account.type): account.balance
            for wallet in self.desk.world.wallets.values()
            for account in wallet.every
        }

    # --- what can happen
    @rule(
        user=st.sampled_from(USERS), amount=AMOUNTS, to=TARGETS, v3=st.booleans(), coin=st.sampled_from(["USDT", "BTC"])
    )
    def withdraw(self, user: str, amount: str, to: tuple[str, str], v3: bool, coin: str) -> None:
        chain = ("trx" if coin == "USDT" else "btc") if to[0] == "ADDRESS" else None
        fields = payment(amount=amount, withdrawType=to[0], currency=coin, chain=chain)
        if to[1]:
            fields["address"] = to[1]
        if v3:
            fields = {"toAddress": fields.pop("address"), **fields}
            self.desk.perform(WithdrawV3(self.own[user].sign(json.dumps(fields).encode()), Body(fields)))
            return
        result = self.desk.perform(self.desk.withdrawal(self.oauth[user], fields)).result
        if isinstance(result, Challenged):
            self.desk.perform(self.desk.answer(self.oauth[user], fields, result))

    @rule(user=st.sampled_from(USERS), amount=AMOUNTS, source=st.sampled_from(KINDS), other=st.sampled_from(KINDS))
    def transfer(self, user: str, amount: str, source: str, other: str) -> None:
        changes = {"fromAccountType": source, "toAccountType": other, "amount": amount}
        tags = {"fromAccountTag": "BTC-USDT", "toAccountTag": "BTC-USDT"}
        self.desk.perform(move(self.own[user], **changes, **tags, clientOid=str(next(self.oids))))

    @rule(user=st.sampled_from(USERS), chain=st.sampled_from(["trx", "kcc"]), to=st.sampled_from(["main", "trade"]))
    def make_address(self, user: str, chain: str, to: str) -> None:
        fields = {"currency": "USDT", "chain": chain, "to": to}
        key = self.oauth[user].sign(json.dumps(fields).encode(), path="/api/v3/deposit-address/create")
        assert self.desk.perform(CreateDepositAddress(key, Body(fields))).word == "OK"

    @rule(user=st.sampled_from(USERS), amount=AMOUNTS, seen=st.sampled_from([None, 0, 1, 2, 3]), data=st.data())
    def deposit(self, user: str, amount: str, seen: int | None, data: st.DataObject) -> None:
        world = self.desk.world
        addresses = [*world.users[user].deposit_addresses, *world.deposit_book(user).addresses]
        if addresses:
            address = data.draw(st.sampled_from(addresses))
            self.desk.perform(ArriveDeposit(user, "USDT", address, Decimal(amount), seen))

    @rule(user=st.sampled_from(USERS), oauth=st.booleans(), data=st.data())
    def cancel(self, user: str, oauth: bool, data: st.DataObject) -> None:
        ids = sorted(self.desk.world.withdrawals)
        if ids:
            name = data.draw(st.sampled_from(ids))
            key = (self.oauth if oauth else self.own)[user]
            path = f"/api/v1/withdrawals/{name}"
            before = self.desk.world.withdrawals[name]
            outcome = self.desk.perform(CancelWithdrawal(key.sign(method="DELETE", path=path), name))
            after = self.desk.world.withdrawals[name]
            assert outcome.word != "OK" or (before.user, after.status.value) == (user, "FAILURE")

    @rule(step=st.sampled_from(sorted(STEPS)), data=st.data())
    def settle(self, step: str, data: st.DataObject) -> None:
        ids = sorted(self.desk.world.withdrawals)
        if ids:
            self.desk.perform(MoveWithdrawal(data.draw(st.sampled_from(ids)), step))

    @rule(jump=st.sampled_from([1, MINUTE - 1, MINUTE, 10 * MINUTE]))
    def wait(self, jump: int) -> None:
        self.desk.advance(jump)
        self.desk.perform(PassTime())

    # --- what always holds
    @invariant()
    def money_is_conserved(self) -> None:
        """All accounts, holds, fees and the outside world together have what they had at the start."""
        assert total(self.desk.world) == self.money

    @invariant()
    def nobody_is_overdrawn(self) -> None:
        """No account has less than nothing available, and only withdrawals under way hold anything."""
        held: dict[Where, Decimal] = defaultdict(Decimal)
        for each in self.desk.world.withdrawals.values():
            if not each.status.final:
                held[each.user, each.payment.currency, "main"] += each.debit
        for wallet in self.desk.world.wallets.values():
            for account in wallet.every:
                assert account.available >= 0
                assert account.holds == held[wallet.user, account.currency, account.type]

    @invariant()
    def the_ledger_leads_to_the_balances(self) -> None:
        """Every movement, the opening balance among them, adds up to what the accounts show."""
        sums: dict[Where, Decimal] = defaultdict(Decimal)
        for each in movements(self.desk.world):
            sums[each.user, each.currency, each.account] += each.balance
        assert {where: amount for where, amount in sums.items() if amount} == {
            where: amount for where, amount in self.balances().items() if amount
        }

    @invariant()
    def what_a_client_sees_agrees(self) -> None:
        """Over the wire's own calls: histories, ledger and accounts tell the same story to the last digit."""
        for user in USERS:
            self.agrees(user, self.oauth[user])

    def agrees(self, user: str, key: Key) -> None:
        read = key.sign(method="GET", path="/", timestamp=self.desk.wall)
        everything = {"pageSize": "500"}
        span = {**everything, "endAt": str(self.desk.exchange.clock.now().business)}
        ledgers = self.desk.do(ListLedgers(read, span), LedgersListed).page
        sent = self.desk.do(ListWithdrawals(read, everything), WithdrawalsListed).page
        came = self.desk.do(ListDeposits(read, everything), DepositsListed).page
        paid = sum(row.withdrawal.debit for row in sent.items if row.withdrawal.status.value == "SUCCESS")
        received = sum(row.amount for row in came.items if row.status.value == "SUCCESS")
        booked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for row in ledgers.items:
            booked[row.biz_type, row.direction] += row.amount
        assert self.desk.exchange.clock.now().business - START < DAY  # a run is shorter than what the ledger shows
        assert ledgers.total == len(ledgers.items)
        assert booked["WITHDRAW", "out"] == paid
        assert booked["DEPOSIT", "in"] == received
        assert booked["TRANSFER", "out"] == booked["TRANSFER", "in"]
        traded = [row for row in ledgers.items if row.account == "TRADE"]
        trading = self.desk.do(ListHfLedgers(read, {"limit": "200", "endAt": span["endAt"]}), HfLedgersListed).rows
        assert Counter(map(moved, traded)) == Counter(moved(row.line) for row in trading)
        numbers = [int(row.line.id) for row in trading]  # those of deposits that were credited late are others here
        assert numbers == sorted({*numbers}, reverse=True)
        for currency in {row.line.currency for row in trading}:
            left = [row.balance for row in trading if row.line.currency == currency]
            assert left[0] == self.desk.world.wallet(user).account(currency, "trade").balance
            assert min(left) >= 0
        listed = self.desk.do(ListAccounts(read), AccountsListed).accounts
        for _, account in listed:
            asked = {"currency": account.currency, "type": account.type.upper()}
            found = self.desk.do(GetTransferable(read, asked), TransferableFound).account
            assert (found.balance, found.available) == (account.balance, account.available)

    def teardown(self) -> None:
        """The log of it all, performed again, gives the same answers and the same world."""
        if hasattr(self, "desk") and self.desk.exchange.log:
            assert replay(self.desk.exchange.log) == self.desk.world


def moved(line: LedgerRow) -> tuple[str, str, Decimal, int]:
    """What a line of a ledger says of a movement, but for its id and its kind."""
    return line.currency, line.direction, line.amount, line.created_at


TestFunds = Funds.TestCase
TestFunds.settings = STEADY
