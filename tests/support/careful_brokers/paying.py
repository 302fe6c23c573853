"""How a careful broker pays: what it looks at before, what it makes of each answer, and what it looks at after."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from support.careful_brokers.connecting import Account, CarefulBroker, DeclinedError, LostError, Payout, Reply
from support.wire import WITHDRAWAL

SECOND, DAY = 1_000, 86_400_000
WINDOWS: Final = ((3, 10 * SECOND), (50, DAY))
"""How many payments by UID, MAIL and PHONE s8.2 allows, and in how many ms."""
WRONG_CODE: Final = "The verification code is incorrect."
NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
LINK: Final = re.compile(r"bind more factors .+ following link: (\S+)")
TRANSFER: Final = "/api/v3/accounts/universal-transfer"
LEAST_FEE, MOST_FEE, PART = Decimal(1), Decimal(30), Decimal("0.1")
"""The service fee of s9, in USDT."""


class PayingBroker(CarefulBroker):
    """A careful broker with the payments that all styles make alike."""

    counts_ahead = False
    """Whether it waits before a limit of s8.2 refuses it. Whoever has been refused once does so from then on."""

    # --- the form
    def pay(self, user: str, **order: Any) -> Payout:
        """Pay what a user orders: fields of s8.2, without `amount` all that can be paid. `whole`: fees on top.

        Raise `DeclinedError` if it is not to be done.
        """
        account = self.ready(user)
        fields = self.form(account, {"currency": "USDT", "withdrawType": "ADDRESS", **order})
        payout = self.place(account, fields)
        account.payouts.append(payout)
        self.review(account)
        return payout

    def ready(self, user: str) -> Account:
        """The user's account with a key that can pay, as far as the broker knows."""
        account = self.account(user)
        if account.pair is None and account.key is None:
            self.connect(user)
        self.have_key(account)
        if not self.may_pay(account):
            self.permit(account)
        if account.problem:
            raise DeclinedError(account.problem)
        return account

    def permit(self, account: Account) -> None:
        """Guide the user to grant withdrawal at another login, and have a key with it (s7.1)."""
        before = account.key
        self.connect(account.user)
        if account.key is before:
            self.make_key(account)

    def form(self, account: Account, order: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of the payment, once they have been held against the currency and the balance."""
        fields = {name: value for name, value in order.items() if name != "whole"}
        currency = fields["currency"]
        if not NUMBER.fullmatch(fields.get("amount", "1")):
            raise DeclinedError("that is no amount")
        data = self.offered(currency)
        chain_fee, precision = Decimal(0), data["precision"]
        if fields["withdrawType"] == "ADDRESS":
            chain = self.chain(fields, data["chains"])
            chain_fee, precision = Decimal(chain["withdrawalMinFee"]), chain["withdrawPrecision"]
        available = self.available(account, currency)
        price = self.people.price(currency)
        if "amount" not in fields:
            fields["amount"] = str(affordable(available - chain_fee, price, precision))
        amount = Decimal(fields["amount"])
        if amount != (amount := amount.quantize(Decimal(1).scaleb(-precision), ROUND_DOWN)):
            fields["amount"] = str(amount)
        needed = amount + service_fee(amount, price) + chain_fee
        may_move = needed > available and "API_TRANSFER" in account.groups
        if may_move and needed <= available + self.in_trade(account, currency):
            self.move(account, currency, needed - available)
            available = needed
        if order.get("whole"):
            fields["feeDeductType"] = "EXTERNAL"
        if (needed if order.get("whole") else amount) > available:
            raise DeclinedError("the balance does not cover it")
        return fields

    def offered(self, currency: str) -> dict[str, Any]:
        """What KuCoin says of a currency and its chains."""
        target = f"/api/v3/currencies/{currency}"
        data = self.hear("get_currency", lambda http: http.send("GET", target)).body.get("data")
        if data is None:
            raise DeclinedError("there is no such currency")
        return dict(data)

    def chain(self, fields: dict[str, Any], chains: list[dict[str, Any]]) -> dict[str, Any]:
        """The chain that was chosen, or the cheapest one that is open and takes the amount."""
        amount = Decimal(fields.get("amount", 0))
        if "chain" not in fields:
            offered = [
                (Decimal(chain["withdrawalMinFee"]), chain["chainId"])
                for chain in chains
                if chain["isWithdrawEnabled"] and not chain["needTag"] and Decimal(chain["withdrawalMinSize"]) <= amount
            ]
            fields["chain"] = min(offered)[1]
        chain = next((chain for chain in chains if chain["chainId"] == fields["chain"]), None)
        if chain is None:
            raise DeclinedError("there is no such chain")
        fields.setdefault("address", self.people.address(fields["chain"]))
        if not chain["isWithdrawEnabled"]:
            raise DeclinedError("the chain is closed")
        if chain["addressRegex"] and not re.search(chain["addressRegex"], fields["address"]):
            raise DeclinedError("that is no address of the chain")
        if chain["needTag"] and "memo" not in fields:
            raise DeclinedError("the chain needs a memo")
        if "amount" in fields and amount < Decimal(chain["withdrawalMinSize"]):
            raise DeclinedError("the amount is too small")
        return chain

    # --- the calls
    def place(self, account: Account, fields: dict[str, Any]) -> Payout:
        """Send the payment until it is accepted."""
        for _ in range(6):
            if self.counts_ahead and fields["withdrawType"] != "ADDRESS":
                self.sit_out(account)
            if fields["withdrawType"] != "ADDRESS":
                account.tries.append(self.people.now())
            noted = self.before_payment(account, fields)
            reply = self.try_once(account, fields, noted)
            if isinstance(reply, Payout):
                return reply
            if reply is not None:
                self.take_no(account, reply)
        raise AssertionError(f"{fields} is not paid")

    def try_once(self, account: Account, fields: dict[str, Any], noted: object) -> Payout | Reply | None:
        """The payment, or the refusal; None = nothing has happened, and it may be sent again."""
        try:
            reply = self.signed(account, "POST", WITHDRAWAL, json.dumps(fields).encode(), "withdraw")
            data = reply.body.get("data") or {}
            for _ in range(3):
                if "transactionId" not in data:
                    break
                validation = self.people.codes(account.user, data)
                second = json.dumps({**fields, "validation": validation}).encode()
                reply = self.signed(account, "POST", WITHDRAWAL, second, "verify_withdrawal")
                if reply.text != WRONG_CODE:
                    data = reply.body.get("data")
                    break
        except LostError:
            known = self.was_paid(account, fields, noted)
            return None if known is None else Payout(fields, known, self.people.now())
        if reply.code == "200000" and data:
            return Payout(fields, data["withdrawalId"], self.people.now())
        return None if "validation transaction" in reply.text else reply

    def take_no(self, account: Account, reply: Reply) -> None:
        """Do what a refusal asks for, so that the payment can be sent again. Raise `DeclinedError` if nothing helps."""
        if link := LINK.search(reply.text):
            self.people.set_up_factor(account.user, link[1])
        elif reply.code in ("400007", "400003"):  # the key may not, or there is none any more
            self.permit(account)
        elif reply.code == "429000":
            self.counts_ahead = True
        elif reply.code == "110003":
            self.people.sleep(account.payouts[0].at + DAY - self.people.now())
        else:
            raise DeclinedError(reply.text)

    def sit_out(self, account: Account) -> None:
        """Sleep until no window of s8.2 is full, by the broker's own record. Refused tries count as well (H46)."""
        now, times = self.people.now(), account.tries
        ends = [times[-most] + length for most, length in WINDOWS if len(times) >= most]
        if ends and max(ends) > now:
            self.people.sleep(max(ends) - now)

    def deposited(self, account: Account, currency: str) -> Decimal:
        """What has come in and is the user's."""
        raise NotImplementedError

    def deposit_address(self, account: Account, currency: str, chain: str) -> str:
        """Where the user can send money, made if there is no address yet."""
        raise NotImplementedError

    def pause(self, tries: int) -> int:
        """How long to wait for a file that is being prepared, ms."""
        raise NotImplementedError

    # --- afterwards
    def review(self, account: Account) -> None:
        """Look at what is under way; pay again what has failed."""
        for payout in [payout for payout in account.payouts if payout.state == "pending"]:
            payout.state = self.state_of(account, payout)
            if payout.state == "failed":
                account.payouts.append(self.place(account, dict(payout.fields)))

    def cancel(self, account: Account, payout: Payout) -> bool:
        """Whether a payment could be canceled. What cannot is paid, and nothing is given back."""
        if self.signed(account, "DELETE", f"/api/v1/withdrawals/{payout.id}").code == "200000":
            payout.state = "failed"
            return True
        payout.state = self.state_of(account, payout)
        return False

    def move(
        self, account: Account, currency: str, amount: Decimal, *, source: str = "TRADE", target: str = "MAIN"
    ) -> None:
        """Money from the trading account to the main one, or as it is said, once."""
        if amount <= 0:
            raise DeclinedError("that is no amount")
        self._oids += 1
        body = {"clientOid": f"move-{self._oids}", "currency": currency, "amount": str(amount), "type": "INTERNAL"}
        body |= {"fromAccountType": source, "toAccountType": target}
        noted = self.before_payment(account, body)
        try:
            reply = self.signed(account, "POST", TRANSFER, json.dumps(body).encode(), "make_transfer")
        except LostError:
            assert self.was_moved(account, body, noted)
        else:
            if reply.code == "411100":
                raise DeclinedError(reply.text)
            assert reply.code == "200000", reply

    def new_address(self, account: Account, currency: str, chain: str) -> str:
        """A new deposit address, if the chain is open for deposits."""
        if not any(one["chainId"] == chain and one["isDepositEnabled"] for one in self.offered(currency)["chains"]):
            raise DeclinedError("the chain is closed")
        body = json.dumps({"currency": currency, "chain": chain}).encode()
        reply = self.signed(account, "POST", "/api/v3/deposit-address/create", body)
        assert reply.code == "200000", reply
        return str(reply.body["data"]["address"])


def service_fee(amount: Decimal, price: Decimal) -> Decimal:
    """The OAuth service fee of s9, in the currency."""
    return min(max(amount * price * PART, LEAST_FEE), MOST_FEE) / price


def affordable(left: Decimal, price: Decimal, precision: int) -> Decimal:
    """The largest amount that is paid with its service fee out of this."""
    candidates = (left - LEAST_FEE / price, left / (1 + PART), left - MOST_FEE / price)
    unit = Decimal(1).scaleb(-precision)
    amounts = [amount.quantize(unit, ROUND_DOWN) for amount in candidates]
    return max(amount for amount in amounts if amount + service_fee(amount, price) <= left)
