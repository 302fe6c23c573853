"""Three styles of the careful broker. They agree in no more than a broker must do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any, Final

from support.mutants.accounting import CarefulBroker
from support.mutants.calls import DeclinedError, LostError, Reply
from support.mutants.connecting import HOUR, Wish
from support.mutants.ordering import FEE, HF, SpotOrder
from support.mutants.paying import DAY, WINDOW, Order
from support.readiness.bench import ALL

WINDOWS: Final = ((3, WINDOW), (50, DAY))
OLD: Final = "/api/v1/orders"
FAR: Final = Decimal("1.1")
"""The largest price of a purchase, by the ask."""


class Retry(CarefulBroker):
    """Tries again whatever is safe to try again, and asks the list of withdrawals about everything else."""

    def was_paid(self, wanted: Order, noted: object) -> bool:
        rows = self.look(wanted.user, f"/api/v1/withdrawals?currency={wanted.fields['currency']}").data["items"]
        amount = Decimal(self.body(wanted)["amount"])
        same = [row for row in rows if row["address"] == wanted.fields["address"] and Decimal(row["amount"]) == amount]
        if same:
            wanted.id = str(same[0]["id"])
        return bool(same)

    def proof_lost(self, wanted: Order, validation: Mapping[str, Any], noted: object) -> Mapping[str, Any] | None:
        """The same second request pays once, however often it is sent: send it, and look if it is refused."""
        try:
            reply = self.send_proof(wanted, validation)
        except LostError:
            return validation
        if self.ok(reply):
            self.accepted(wanted, reply.data)
        else:
            self.payment_lost(wanted, noted)
        return validation

    def status(self, wanted: Order) -> str:
        return str(self.look(wanted.user, f"/api/v1/withdrawals/{wanted.id}").data.get("status"))

    def was_moved(self, user: str, amount: str, oid: str, noted: object) -> bool:
        """The same clientOid moves money once."""
        return False

    def address_lost(self) -> bool:
        return True

    def cancel_lost(self, wanted: Order) -> None:
        """The same request again is refused if the first one was performed."""
        self.cancel_answered(wanted, self.send_cancel(wanted))

    def shown(self, wanted: SpotOrder) -> Mapping[str, Any] | None:
        """The order by its id, or else by its clientOid."""
        path = wanted.id or f"client-order/{wanted.client_oid}"
        reply = self.look(wanted.user, f"{HF}/{path}?symbol={wanted.symbol}")
        return reply.data if self.ok(reply) else None

    def cancel_path(self, wanted: SpotOrder) -> str:
        return f"{HF}/{wanted.id}"

    def order_cancel_lost(self, wanted: SpotOrder) -> None:
        """The same request again is refused if the first one was performed."""
        self.send_order_cancel(wanted)


class Reconcile(CarefulBroker):
    """Looks before it acts and after it, keeps a record of its own, and refreshes ahead of time."""

    old_transfers = True
    adding = f"{HF}/sync"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.sent: list[int] = []
        """When payments by UID, MAIL and PHONE were sent, ms."""

    def access(self, user: str) -> str:
        """Before its hour is over, the pair is renewed."""
        token = super().access(user)
        if self.is_old(user):
            self.renew(user)
            token = super().access(user)
        return token

    def is_old(self, user: str) -> bool:
        return self.now() - self.pairs[user].at > HOUR * 5 // 6

    def check(self, wanted: Order) -> None:
        """Hold the order against the currency, the chain, the balance, and what the windows still let in."""
        details = self.public(f"/api/v3/currencies/{wanted.fields['currency']}")
        if not self.ok(details):
            raise DeclinedError("there is no such currency")
        if wanted.fields["withdrawType"] == "ADDRESS":
            self.check_chain(wanted, details.data)
        else:
            self.wait_for_window()
        self.check_balance(wanted)

    def check_chain(self, wanted: Order, details: Mapping[str, Any]) -> None:
        named = [chain for chain in details["chains"] if chain["chainId"] == wanted.fields.get("chain")]
        if not named or not named[0]["isWithdrawEnabled"]:
            raise DeclinedError("that chain is not open")
        if named[0]["needTag"] != bool(wanted.fields.get("memo")):
            raise DeclinedError("this chain needs a memo, or has none")

    def check_balance(self, wanted: Order) -> None:
        amount = Decimal(self.body(wanted)["amount"])
        if self.available(wanted, "main") < amount:
            self.balance_is_short(wanted)

    def wait_for_window(self) -> None:
        """Sleep until both windows have room, by the broker's own record. Refused requests count as well."""
        now = self.now()
        ends = [self.sent[-most] + length for most, length in WINDOWS if len(self.sent) >= most]
        if ends and max(ends) > now:
            self.bench.sleep(max(ends) - now)

    def send_payment(self, user: str, fields: Mapping[str, Any]) -> Reply:
        if fields["withdrawType"] != "ADDRESS" and "validation" not in fields:
            self.sent.append(self.now())
        return super().send_payment(user, fields)

    def note(self, wanted: Order) -> object:
        return self.balances(wanted.user)

    def was_paid(self, wanted: Order, noted: object) -> bool:
        return self.balances(wanted.user) != noted

    def status(self, wanted: Order) -> str:
        """The list knows it, by its id, or else as the newest."""
        rows = self.look(wanted.user, "/api/v1/withdrawals").data["items"]
        mine = [row for row in rows if wanted.id in ("", row["id"])]
        wanted.id = str(mine[0]["id"])
        return str(mine[0]["status"])

    def balances(self, user: str) -> object:
        return self.look(user, "/api/v1/accounts?currency=USDT").data

    def was_moved(self, user: str, amount: str, oid: str, noted: object) -> bool:
        return self.balances(user) != noted

    def check_order(self, wanted: SpotOrder) -> None:
        """Hold the order against the symbol and the prices, and have the money brought that it needs."""
        symbol = self.symbol(wanted)
        try:
            self.has_too_many_digits(wanted)
        except InvalidOperation:
            self.is_no_number(wanted)
        price = Decimal(wanted.fields["price"])
        if not symbol["enableTrading"]:
            self.symbol_is_closed(wanted)
        if wanted.size < Decimal(symbol["baseMinSize"]):
            self.is_too_small(wanted)
        if wanted.size > Decimal(symbol["baseMaxSize"]):
            self.is_too_large(wanted)
        if price > self.best_ask(wanted) * FAR:
            self.is_too_far_from_the_market(wanted)
        if wanted.fields["side"] == "buy" and wanted.size * price * FEE > self.money(wanted, "trade"):
            self.money_is_not_there(wanted)

    def order_lost(self, wanted: SpotOrder) -> None:
        """Look it up. What is nowhere was not placed, and the same clientOid is safe in any case."""
        if (row := self.found(wanted)) is not None:
            self.order_seen(wanted, row)

    def shown(self, wanted: SpotOrder) -> Mapping[str, Any] | None:
        """The order as the lists have it."""
        rows = [*self.active_orders(wanted.user), *self.look(wanted.user, f"{HF}/done?symbol=BTC-USDT").data["items"]]
        mine = [row for row in rows if wanted.client_oid == row["clientOid"]]
        return mine[0] if mine else None

    def cancel_path(self, wanted: SpotOrder) -> str:
        return f"{HF}/sync/client-order/{wanted.client_oid}"


class ReLogin(CarefulBroker):
    """Knows one cure for all trouble with tokens and keys, a new login, and believes the ledger."""

    code_tries = 1
    refresh_tries = 1
    adding = OLD

    def access_refused(self, user: str) -> None:
        self.connect(user)

    def key_lost(self, user: str) -> None:
        self.connect(user)

    def key_is_gone(self, user: str) -> None:
        del self.keys[user]
        self.connect(user)

    def payment_is_not_permitted(self, wanted: Order) -> None:
        """Ask the user to tick it now."""
        if wanted.waits:
            raise DeclinedError("the user does not tick withdrawal")
        wanted.waits += 1
        self.consents.pop(wanted.user, None)
        self.connect(wanted.user)
        self.make_key(wanted.user)

    def wish_refused(self, user: str, wish: Wish, reply: Reply) -> Wish:
        if reply.code == "40503" and user in self.consents and "was granted" not in reply.text:
            self.consents.pop(user)  # the user is asked to grant more
            self.connect(user)
            return wish
        return super().wish_refused(user, wish, reply)

    def ledger(self, user: str) -> set[str]:
        """The rows of the main account, by id; what is held counts as a row."""
        rows = {str(row["id"]) for row in self.look(user, "/api/v1/accounts/ledgers?currency=USDT").data["items"]}
        held = self.look(user, "/api/v1/withdrawals/quotas?currency=USDT").data["lockedAmount"]
        return rows | {f"held {Decimal(held).quantize(Decimal(1), ROUND_DOWN)}"}

    def note(self, wanted: Order) -> object:
        return self.ledger(wanted.user)

    def was_paid(self, wanted: Order, noted: object) -> bool:
        return self.ledger(wanted.user) != noted

    def status(self, wanted: Order) -> str:
        if wanted.id:
            return str(self.look(wanted.user, f"/api/v1/withdrawals/{wanted.id}").data.get("status"))
        return "SUCCESS"  # the ledger has shown that the money has gone

    def balances(self, user: str) -> object:
        return self.ledger(user)

    def was_moved(self, user: str, amount: str, oid: str, noted: object) -> bool:
        return self.ledger(user) != noted

    def may_not_trade(self, wanted: SpotOrder) -> None:
        """Ask the user to tick it now."""
        if wanted.user not in self.consents:
            raise DeclinedError("the user does not tick spot trading")
        self.consents.pop(wanted.user)
        self.groups = ALL
        self.connect(wanted.user)
        self.make_key(wanted.user)

    def shown(self, wanted: SpotOrder) -> Mapping[str, Any] | None:
        """The order by the calls of the older family."""
        path = f"{OLD}/{wanted.id}" if wanted.id else f"/api/v1/order/client-order/{wanted.client_oid}"
        reply = self.look(wanted.user, path)
        return {**reply.data, "active": reply.data["isActive"]} if self.ok(reply) else None

    def cancel_path(self, wanted: SpotOrder) -> str:
        return f"{OLD}/{wanted.id}"


NAMES: Final[dict[type[CarefulBroker], str]] = {Retry: "retry", Reconcile: "reconcile", ReLogin: "re-login"}
"""What the styles are called."""
