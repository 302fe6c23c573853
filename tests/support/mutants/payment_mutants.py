"""Mutants that err with payments."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from support.mutants.accounting import CarefulBroker
from support.mutants.calls import LostError, Reply
from support.mutants.mistakes import Change, Mutant, Style, instead, stubborn
from support.mutants.paying import Order
from support.mutants.styles import Reconcile, ReLogin


def always(**fields: object) -> Change:
    """Fields that stand in every payment."""

    def change(style: Style) -> dict[str, Any]:
        body = style.body
        return {"body": lambda self, wanted: {**body(self, wanted), **fields}}

    return Change(change)


def only_one_look(style: Style) -> dict[str, Any]:
    """A look that is lost shows nothing, and nothing is taken for not paid."""
    was_paid = style.was_paid

    def seen_once(self: CarefulBroker, wanted: Order, noted: object) -> bool:
        tries, self.look_tries = self.look_tries, 1
        try:
            return was_paid(self, wanted, noted)
        except LostError:
            return False
        finally:
            self.look_tries = tries

    return {"was_paid": seen_once}


def another_transaction(self: CarefulBroker, wanted: Order, validation: Mapping[str, Any], noted: object) -> object:
    self.attempt(wanted)
    return validation


def ordinary(self: CarefulBroker, user: str, fields: Mapping[str, Any]) -> Reply:
    names = ("currency", "amount", "withdrawType", "chain")
    body = {**{name: fields[name] for name in names if name in fields}, "toAddress": fields["address"]}
    return self.signed(user, "POST", "/api/v3/withdrawals", body)


def rounded_proof(self: CarefulBroker, wanted: Order, validation: Mapping[str, Any]) -> Reply:
    amount = f"{Decimal(self.body(wanted)['amount']) + Decimal('0.01'):f}"
    return self.send_payment(wanted.user, {**self.body(wanted), "amount": amount, "validation": validation})


def sent_factors(self: CarefulBroker, challenge: Mapping[str, Any]) -> tuple[str, ...]:
    sent: list[Any] = challenge["sentFactors"]
    return (str(sent[-1][-1] if isinstance(sent[-1], list) else sent[-1]),)


def authenticator_alone(self: CarefulBroker, challenge: Mapping[str, Any]) -> tuple[str, ...]:
    return ("GAV",)


def dead_ones_too(style: Style) -> dict[str, Any]:
    right = style.is_worth_another_code
    return {"is_worth_another_code": lambda self, reply: right(self, reply) or "validation tran" in reply.text}


def pays_again_if(*statuses: str) -> Change:
    """A payment that shows one of these states is made once more."""

    def change(style: Style) -> dict[str, Any]:
        right = style.seen

        def seen(self: CarefulBroker, wanted: Order, status: str) -> None:
            right(self, wanted, status)
            if status in statuses and not wanted.waits:
                wanted.waits = 1
                self.attempt(wanted)

        return {"seen": seen}

    return Change(change)


def first(reply: Reply, user: str, fields: Mapping[str, Any]) -> bool:
    return "validation" not in fields


def four_times(self: CarefulBroker, wanted: Order) -> Reply:
    replies = [self.signed(wanted.user, "DELETE", f"/api/v1/withdrawals/{wanted.id}") for _ in range(4)]
    return replies[0]


# fmt: off
MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant("pays-again", "pays again if the answer is lost", instead(payment_lost=lambda self, wanted, noted: None)),
    Mutant("pays-again-after-a-new-login", "pays again if the answer is lost", instead(payment_lost=lambda self, wanted, noted: None), style=ReLogin),
    Mutant("looks-only-as-always", "looks at no more after a lost answer than before every payment, and pays again", instead(was_paid=lambda self, wanted, noted: False), style=Reconcile),
    Mutant("takes-a-lost-look-for-nothing", "takes what it could not see for not paid", Change(only_one_look)),
    Mutant("opens-another-transaction", "opens another transaction if the answer to the second request is lost", instead(proof_lost=another_transaction)),
    Mutant("takes-200-for-success", "believes in the status 200, whatever code the body has", instead("ok?", ok=lambda self, reply: reply.status == 200)),
    Mutant("takes-a-transaction-for-a-payment", "books a payment that waits for second factors", instead("is_challenge?", is_challenge=lambda self, data: False)),
    Mutant("repeats-payments", "sends a payment again that was refused", stubborn("send_payment", first)),
    Mutant("looks-and-repeats-payments", "looks at the money, and sends a payment again that was refused", stubborn("send_payment", first, between=lambda self: self.look("frank", "/api/v1/accounts"))),
    Mutant("repeats-proofs", "sends a second request again that was refused", stubborn("send_proof")),
    Mutant("adds-floats", "adds amounts as binary floats", instead(total=lambda self, parts: str(sum(map(float, parts))))),
    Mutant("writes-exponents", "writes amounts with an exponent", instead(total=lambda self, parts: f"{sum(map(Decimal, parts)):e}")),
    Mutant("always-sends-a-memo", "sends a memo with every payment", always(memo="-")),
    Mutant("names-chains", "sends the name of a chain in place of its id", always(chain="TRC20")),
    Mutant("pays-inside", "sends isInner with every payment", always(isInner=True)),
    Mutant("uses-the-ordinary-withdrawal", "pays by the endpoint of users", instead(send_payment=ordinary)),
    Mutant("pays-without-permission", "goes on without the permission to withdraw", instead(payment_is_not_permitted=lambda self, wanted: None)),
    Mutant("reckons-with-the-balance", "takes money that is held for available", instead("spendable?", spendable=lambda self, row: Decimal(row["balance"])), style=Reconcile),
    Mutant("knows-no-fee", "reckons without the service fee", instead(service_fee=lambda self, amount: Decimal(0))),
    Mutant("knows-no-minimum-fee", "takes ten percent for the fee, however small the amount is", instead(service_fee=lambda self, amount: amount / 10)),
    Mutant("caps-the-fee-too-low", "takes 20 USDT for the maximum of the fee", instead(most_fee=Decimal(20))),
    Mutant("knocks-at-full-windows", "does not wait when a window is full", instead(window_is_full=lambda self, wanted: None)),
    Mutant("knows-only-ten-seconds", "waits ten seconds, whichever window is full", instead(window_is_full=lambda self, wanted: self.bench.sleep(10_000))),
    Mutant("changes-the-second-request", "computes the amount anew for the second request", instead(send_proof=rounded_proof)),
    Mutant("asks-for-sent-codes-only", "asks only for the codes that were sent", instead(choose=sent_factors)),
    Mutant("asks-for-the-authenticator-alone", "asks only for the code of the authenticator", instead(choose=authenticator_alone)),
    Mutant("resends-wrong-codes", "sends a wrong code again", instead(next_codes=lambda self, validation: validation)),
    Mutant("answers-dead-transactions", "asks for codes again when the transaction is dead", Change(dead_ones_too)),
    Mutant("pays-again-while-pending", "pays again because nothing has arrived yet", pays_again_if("PROCESSING", "WALLET_PROCESSING")),
    Mutant("pays-again-in-review", "pays again because a review takes long", pays_again_if("REVIEW")),
    Mutant("knows-no-success", "does not know the word SUCCESS, and pays again", pays_again_if("SUCCESS")),
    Mutant("pays-back-before-looking", "pays again as soon as a cancellation is answered", instead(cancel_answered=lambda self, wanted, reply: self.attempt(wanted))),
    Mutant("pays-back-after-a-lost-cancellation", "pays again if the answer to a cancellation is lost", instead(cancel_lost=lambda self, wanted: self.attempt(wanted))),
    Mutant("cancels-again-and-again", "cancels until nothing can be canceled any more", instead(send_cancel=four_times)),
)
# fmt: on
"""What errs here."""
