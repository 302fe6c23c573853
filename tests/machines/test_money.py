"""A state machine of withdrawals: whatever is asked, paid, settled or given, no money is made and none disappears."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, invariant, multiple, rule
from support.deposits_and_transfers import total
from support.desk import Desk, Key, payment
from support.hypothesis_settings import STEADY

from simulator.command_log import replay
from simulator.core.choices import After
from simulator.core.control.administration import DeleteUser, unfinished
from simulator.core.fast_api.withdrawals import Challenged
from simulator.core.funds.grants import opened
from simulator.core.funds.ledger import movements
from simulator.core.funds.payouts import Withdrawn
from simulator.core.funds.settlement import STEPS, MoveWithdrawal
from simulator.core.money import is_multiple
from simulator.core.passing import PassTime
from simulator.core.refusals import Refusal
from simulator.core.spec import MINUTE
from simulator.core.world import Account
from simulator.scenario.given import amending
from simulator.scenario.text.nodes import ScenarioError

pytestmark = pytest.mark.long

EDGES = ["-1", "0.000001", "1", "2", "10", "10.0001", "99.9999", "300", "12345.6", "50000", "999999999"]
AMOUNTS = st.one_of(st.sampled_from(EDGES), st.decimals("0.1", "1500", places=4).map(str))
TARGETS = st.sampled_from(
    [
        ("ADDRESS", "ToutsideToutsideToutsideToutsideTo"),
        ("ADDRESS", "TFarawayTFarawayTFarawayTFarawayTF"),
        ("UID", "200000002"),
        ("MAIL", "frank@example.test"),
    ]
)
SETTLEMENTS = st.sampled_from(["immediate", "manual", After(10 * MINUTE), After(0)])

Challenge = tuple[str, dict[str, object], Challenged]
"""Who asked for what, and what came back."""
Opened = Challenge | MultipleResults[Challenge]


class Money(RuleBasedStateMachine):
    """Open, answer, settle and wait; count the money after every step."""

    challenges: Bundle[Challenge] = Bundle("challenges")

    @initialize(
        settlement=SETTLEMENTS,
        rounding=st.sampled_from(["up", "half_even"]),
        paid_from=st.sampled_from(["as_network_fee", "main_account"]),
    )
    def open(self, settlement: object, rounding: str, paid_from: str) -> None:
        self.desk = Desk(settlement=settlement, fee_rounding=rounding, service_fee_from=paid_from)
        self.keys: dict[str, Key] = {user: self.desk.key(user) for user in ("alice", "carol", "frank")}
        for user in ("carol", "frank"):
            self.desk.world = self.desk.world.put(
                self.desk.world.wallet(user).having(Account("BTC", "main", Decimal(5)))
            )
        self.desk.world = opened(self.desk.world)
        self.desk.exchange.log.clear()
        self.money = total(self.desk.world)
        self.paid = 0

    @rule(
        target=challenges,
        user=st.sampled_from(["alice", "carol", "frank", "frank"]),
        amount=AMOUNTS,
        to=TARGETS,
        coin=st.sampled_from([("USDT", "trx"), ("USDT", "kcc"), ("BTC", "btc")]),
        deduct=st.sampled_from([None, "INTERNAL", "EXTERNAL"]),
    )
    def withdraw(
        self, user: str, amount: str, to: tuple[str, str], coin: tuple[str, str], deduct: str | None
    ) -> Opened:
        fields = payment(
            amount=amount if coin[0] == "USDT" else str(Decimal(amount).scaleb(-4)),
            withdrawType=to[0],
            address=to[1],
            currency=coin[0],
            chain=coin[1],
            feeDeductType=deduct,
        )
        before = self.desk.world
        result = self.desk.perform(self.desk.withdrawal(self.keys[user], fields)).result
        if isinstance(result, Refusal) and to[0] == "ADDRESS" and not before.unsettled:
            assert self.desk.world is before
        self.paid += isinstance(result, Withdrawn)
        return (user, fields, result) if isinstance(result, Challenged) else multiple()

    @rule(challenge=challenges, wrong=st.booleans())
    def answer(self, challenge: Challenge, wrong: bool) -> None:
        user, fields, opened = challenge
        if user not in self.desk.world.users:
            return
        known = {} if wrong else self.desk.codes(user, opened)
        factors = [
            {"factorType": each.value, "factorValue": known.get(each.value, "wrong")} for each in opened.all_factors[0]
        ]
        validation = {"transactionId": opened.transaction_id, "factors": factors}
        result = self.desk.perform(self.desk.verification(self.keys[user], fields, validation)).result
        self.paid += isinstance(result, Withdrawn)

    @rule(step=st.sampled_from(sorted(STEPS)), data=st.data())
    def move(self, step: str, data: st.DataObject) -> None:
        ids = sorted(self.desk.world.withdrawals)
        if ids:
            self.desk.perform(MoveWithdrawal(data.draw(st.sampled_from(ids)), step))

    @rule(jump=st.sampled_from([1, 1_000, 10_000, 10_000, MINUTE, 10 * MINUTE - 1, 10 * MINUTE]), look=st.booleans())
    def wait(self, jump: int, look: bool) -> None:
        self.desk.advance(jump)
        if look:
            self.desk.perform(PassTime())

    @rule(
        user=st.sampled_from(["alice", "carol", "frank", "frank", "bob"]),
        amount=st.sampled_from(["11", "1000.5", "60000"]),
        coin=st.sampled_from(["USDT", "USDT", "BTC"]),
    )
    def give(self, user: str, amount: str, coin: str) -> None:
        """A user is given money, or it is taken away, but for what is held."""
        known = self.desk.world.users.get(user)
        if known is None:
            return
        try:
            command = amending.change_user(self.desk.world, known, json.dumps({"balances": {coin: amount}}))
        except ScenarioError:
            assert self.desk.holds(user, coin) > Decimal(amount)
            return
        self.desk.perform(command)

    @rule(user=st.sampled_from(["bob", "dave", "zoe", "carol"]), stays=st.booleans())
    def come_or_go(self, user: str, stays: bool) -> None:
        """A user is made anew or deleted, unless their money is under way."""
        world = self.desk.world
        if not unfinished(world, user) and (stays or user in world.users):
            put = {"balances": {"USDT": "700"}, "factor_sets": [[]]}
            self.desk.perform(amending.put_user(world, user, json.dumps(put)) if stays else DeleteUser(user))

    def moved(self, user: str) -> dict[str, Decimal]:
        """What the ledger says that was added to the accounts of a user of that name."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for each in movements(self.desk.world, user):
            sums[each.currency] += each.balance
        return sums

    @invariant()
    def the_ledger_agrees(self) -> None:
        """Every account has what the ledger's movements add up to; holds are theirs alone."""
        for user in self.desk.world.users:
            moved = self.moved(user)
            held: dict[str, Decimal] = defaultdict(Decimal)
            for each in movements(self.desk.world, user):
                held[each.currency] += each.holds
            for account in self.desk.world.wallet(user).accounts:
                assert account.balance == moved[account.currency]
                assert account.holds == held[account.currency]

    @invariant()
    def money_is_conserved(self) -> None:
        """Users and pots together have to the last digit what they had at the start."""
        assert total(self.desk.world) == self.money

    @invariant()
    def nothing_is_spent_twice(self) -> None:
        """No account is overdrawn, and what is held is exactly what unsettled withdrawals will take."""
        held: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for each in self.desk.world.withdrawals.values():
            if not each.status.final:
                held[each.user, each.payment.currency] += each.debit
        for wallet in self.desk.world.wallets.values():
            for account in wallet.every:
                assert account.available >= 0
                assert account.holds == held[wallet.user, account.currency]

    @invariant()
    def withdrawals_add_up(self) -> None:
        """Each payout and its fees are what left the sender, and each accepted call made one withdrawal."""
        assert len(self.desk.world.withdrawals) == self.paid
        for each in self.desk.world.withdrawals.values():
            assert each.debit == each.payout + each.service_fee + each.network_fee
            assert each.payout > 0
            assert is_multiple(each.service_fee, 8 if each.payment.currency == "BTC" else 6)

    def teardown(self) -> None:
        """The log of it all, performed again, gives the same answers and the same world."""
        if hasattr(self, "desk") and self.desk.exchange.log:
            assert replay(self.desk.exchange.log) == self.desk.world


TestMoney = Money.TestCase
TestMoney.settings = STEADY


def test_the_count_can_fail() -> None:
    """The count of the money sees a hundredth that was made from nothing."""
    desk = Desk()
    before = total(desk.world)
    wallet = desk.world.wallet("bob")
    account = wallet.account("USDT")
    desk.world = desk.world.put(wallet.having(Account("USDT", "main", account.balance + Decimal("0.01"))))
    after = total(desk.world)
    assert {coin: after[coin] - before[coin] for coin in after} == {"USDT": Decimal("0.01"), "BTC": 0}
