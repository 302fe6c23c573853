"""The careful broker pays: each order once, whatever is lost or refused on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from support.desk import OUTSIDE
from support.mutants.calls import DeclinedError, LostError, Reply
from support.mutants.connecting import ConnectingBroker
from support.wire import WITHDRAWAL

LINK: Final = re.compile(r"link: (\S+)")
DAY: Final = 86_400_000
WRONG: Final = "The verification code is incorrect."
INCOMPLETE: Final = "The validation needs all factors of one group of allFactors."
WINDOW: Final = 10_000
LEAST: Final = Decimal(1)
PART: Final = Decimal("0.1")
UNIT: Final = Decimal("0.000001")
STEPS: Final = 6
"""Times that an order is brought on its way, and that a payment under way is looked at."""


@dataclass
class Order:
    """What a customer wants to be paid."""

    user: str
    fields: dict[str, Any]
    state: str = "new"
    """new, sent, done, failed, or declined."""
    id: str = ""
    """The withdrawalId, once it is known."""
    waits: int = 0
    """How often a window of s8.2 was full."""
    was_short: bool = False
    """Whether it was refused because the balance did not cover it."""
    parts: tuple[str, ...] = ()
    """Amounts that are to be paid together."""


def order(user: str = "frank", **changes: Any) -> Order:
    """An order of 100 USDT by trx. A change to None leaves the field out."""
    usual = {"currency": "USDT", "amount": "100", "withdrawType": "ADDRESS", "chain": "trx", "address": OUTSIDE["trx"]}
    return Order(user, {name: value for name, value in {**usual, **changes}.items() if value is not None})


def to_account(kind: str = "UID", address: str = "200000002", amount: str = "10") -> Order:
    """An order by UID, MAIL or PHONE."""
    return order(withdrawType=kind, address=address, chain=None, amount=amount)


class PayingBroker(ConnectingBroker):
    """A style says what it looks at before a payment, and after one whose answer was lost."""

    typing_errors: tuple[int, ...] = ()
    """How far the user's next codes are from the right ones."""
    meanwhile: Callable[[], object] | None = None
    """What happens while the user looks for the codes of the next payment."""
    most_fee = Decimal(30)
    at_hand: tuple[str, ...] = ("SMS",)
    """The factors that users who have a choice have at hand."""

    # --- what a style decides
    def check(self, wanted: Order) -> None:
        """Look before the payment. Raise `DeclinedError` if it cannot succeed."""

    def note(self, wanted: Order) -> object:
        """What is noted before a payment, to be compared with if its answer is lost."""
        return None

    def was_paid(self, wanted: Order, noted: object) -> bool:
        """After a lost answer: whether the payment was made."""
        raise NotImplementedError

    def status(self, wanted: Order) -> str:
        """KuCoin's word for what has become of a payment."""
        raise NotImplementedError

    # --- an order
    def pay(self, wanted: Order) -> None:
        """Bring an order on its way, or decline it."""
        try:
            for _ in range(STEPS):
                if wanted.state == "new":
                    self.check(wanted)
                    self.attempt(wanted)
        except (DeclinedError, LostError):
            wanted.state = "declined"

    def body(self, wanted: Order) -> dict[str, Any]:
        """The request, the same whenever it is sent."""
        if not wanted.parts:
            return wanted.fields
        return {**wanted.fields, "amount": self.total(wanted.parts)}

    def total(self, parts: tuple[str, ...]) -> str:
        """Amounts are decimal numbers."""
        return str(sum(map(Decimal, parts)))

    def send_payment(self, user: str, fields: Mapping[str, Any]) -> Reply:
        return self.signed(user, "POST", WITHDRAWAL, fields)

    def attempt(self, wanted: Order) -> None:
        """Send the payment once. The order stays new if nothing was paid and another attempt is right."""
        if wanted.was_short and self.is_short_still(wanted):
            raise DeclinedError("the balance does not cover it yet")
        noted = self.note(wanted)
        try:
            reply = self.send_payment(wanted.user, self.body(wanted))
        except LostError:
            self.payment_lost(wanted, noted)
            return
        if not self.ok(reply):
            self.payment_refused(wanted, reply)
        elif self.is_challenge(reply.data):
            self.prove(wanted, reply.data, noted)
        else:
            self.accepted(wanted, reply.data)

    def is_challenge(self, data: Mapping[str, Any]) -> bool:
        """Whether the payment waits for second factors. Only a withdrawalId says that it was accepted."""
        return "transactionId" in data

    def accepted(self, wanted: Order, data: Mapping[str, Any]) -> None:
        wanted.id, wanted.state = str(data.get("withdrawalId") or data.get("transactionId")), "sent"

    def payment_lost(self, wanted: Order, noted: object) -> None:
        """Look what has become of it before anything else."""
        if self.was_paid(wanted, noted):
            wanted.state = "sent"

    def payment_refused(self, wanted: Order, reply: Reply) -> None:
        """Do what the refusal asks for. Raise `DeclinedError` if nothing helps."""
        if LINK.search(reply.text):
            self.bench.bind(wanted.user)
        elif reply.code == "429000":
            self.window_is_full(wanted)
        elif reply.code == "115007":
            self.balance_is_short(wanted)
        elif reply.code == "400007":
            self.payment_is_not_permitted(wanted)
        else:
            raise DeclinedError(reply.text)

    def window_is_full(self, wanted: Order) -> None:
        """Wait ten seconds, and then a day: one of the two windows is over."""
        self.bench.sleep(WINDOW if not wanted.waits else DAY)
        wanted.waits += 1

    def balance_is_short(self, wanted: Order) -> None:
        """Move what is missing from the trading account, or decline."""
        wanted.was_short = True
        missing = Decimal(wanted.fields["amount"]) + 20 - self.available(wanted, "main")
        if not Decimal(0) < missing <= self.available(wanted, "trade"):
            raise DeclinedError("the balance does not cover it")
        self.move(wanted.user, str(missing))

    def is_short_still(self, wanted: Order) -> bool:
        """After a refusal for want of money: a look shows if there is enough now."""
        return self.available(wanted, "main") < Decimal(wanted.fields["amount"])

    def available(self, wanted: Order, kind: str) -> Decimal:
        """What is there and not held."""
        rows = self.look(wanted.user, f"/api/v1/accounts?currency={wanted.fields['currency']}&type={kind}").data
        return sum((self.spendable(row) for row in rows), Decimal(0))

    def spendable(self, row: Mapping[str, Any]) -> Decimal:
        return Decimal(row["available"])

    def affordable(self, wanted: Order) -> str:
        """The largest amount that the main account covers together with both fees."""
        chains = self.public("/api/v3/currencies/USDT").data["chains"]
        [chain_fee] = [chain["withdrawalMinFee"] for chain in chains if chain["chainId"] == "trx"]
        rest = self.available(wanted, "main") - Decimal(chain_fee)
        amounts = [
            amount.quantize(UNIT, ROUND_DOWN)
            for amount in (rest, rest - LEAST, rest / (1 + PART), rest - self.most_fee)
        ]
        return str(max(amount for amount in amounts if amount + self.service_fee(amount) <= rest))

    def service_fee(self, amount: Decimal) -> Decimal:
        """The fee of s9 in USDT."""
        return min(max(amount * PART, LEAST), self.most_fee)

    def payment_is_not_permitted(self, wanted: Order) -> None:
        """The user has not ticked withdrawal."""
        raise DeclinedError("tick withdrawal at the next login")

    def move(self, user: str, amount: str) -> None:
        """Bring money into the main account."""
        raise NotImplementedError

    # --- second factors
    def prove(self, wanted: Order, challenge: Mapping[str, Any], noted: object) -> None:
        """Ask the user for codes and send the same request with them, as often as a wrong code is mended."""
        validation: Mapping[str, Any] | None = None
        for _ in range(5):
            validation = validation or self.ask_user(wanted.user, challenge)
            try:
                reply = self.send_proof(wanted, validation)
            except LostError:
                validation = self.proof_lost(wanted, validation, noted)
                if wanted.state == "sent":
                    return
                continue
            if self.ok(reply):
                self.accepted(wanted, reply.data)
                return
            if not self.is_worth_another_code(reply):
                self.proof_refused(wanted, reply)
                return
            validation = self.next_codes(validation)

    def send_proof(self, wanted: Order, validation: Mapping[str, Any]) -> Reply:
        return self.send_payment(wanted.user, {**self.body(wanted), "validation": validation})

    def choose(self, challenge: Mapping[str, Any]) -> tuple[str, ...]:
        """All factors of one alternative, by preference of those that the user has at hand."""
        alternatives = [tuple(factors) for factors in challenge["allFactors"]]
        return self.at_hand if self.at_hand in alternatives else alternatives[0]

    def ask_user(self, user: str, challenge: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the user types."""
        validation = self.wire.validation(user, challenge, *self.choose(challenge))
        if self.typing_errors:
            off, *rest = self.typing_errors
            self.typing_errors = tuple(rest)
            last = validation["factors"][-1]
            last["factorValue"] = f"{(int(last['factorValue']) + off) % 1_000_000:06}"
        if self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        return validation

    def next_codes(self, validation: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """After a wrong code: None = the user is asked again."""
        return None

    def is_worth_another_code(self, reply: Reply) -> bool:
        return reply.text in (WRONG, INCOMPLETE)

    def proof_refused(self, wanted: Order, reply: Reply) -> None:
        """A dead transaction leads to a new one; everything else to the user."""
        if "validation transaction" not in reply.text or "differs" in reply.text:
            self.payment_refused(wanted, reply)

    def proof_lost(self, wanted: Order, validation: Mapping[str, Any], noted: object) -> Mapping[str, Any] | None:
        """Look what has become of it. If nothing was paid, the same second request is sent once more."""
        self.payment_lost(wanted, noted)
        return validation

    # --- afterwards
    def follow(self, wanted: Order) -> None:
        """Look at a payment until it is over."""
        for _ in range(STEPS):
            if wanted.state == "sent":
                self.seen(wanted, self.status(wanted))

    def seen(self, wanted: Order, status: str) -> None:
        """One look has shown this status. A payment that takes long is waited for."""
        if status in ("SUCCESS", "FAILURE"):
            wanted.state = "done" if status == "SUCCESS" else "failed"
        else:
            self.bench.sleep(60_000)

    def cancel(self, wanted: Order) -> None:
        """Take a payment back if that is possible. Whatever the answer, a look shows what has become of it."""
        try:
            reply = self.send_cancel(wanted)
        except LostError:
            self.cancel_lost(wanted)
            return
        if reply.code != "400007":
            self.cancel_answered(wanted, reply)

    def send_cancel(self, wanted: Order) -> Reply:
        return self.signed(wanted.user, "DELETE", f"/api/v1/withdrawals/{wanted.id}")

    def cancel_lost(self, wanted: Order) -> None:
        self.seen(wanted, self.status(wanted))

    def cancel_answered(self, wanted: Order, reply: Reply) -> None:
        self.seen(wanted, self.status(wanted))
