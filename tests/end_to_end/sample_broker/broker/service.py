"""What the broker does for a user, besides HTTP: connect, make a key, pay, look."""

from __future__ import annotations

import secrets
import time
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from broker.kucoin import Key, KuCoin, NoAnswerError, RefusedError, Tokens
from broker.store import Store

COMMISSION: Final = Decimal("0.01")
"""The part of each payout that the broker keeps."""
PRECISION: Final = Decimal("0.000001")
SETTLED: Final = {"SUCCESS": "paid", "FAILURE": "failed"}
"""KuCoin's final states of a withdrawal -> ours. All others are on their way."""


class DeclinedError(Exception):
    """The user cannot have this. `status` is the one of our answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Broker:
    """The broker's rules."""

    def __init__(self, kucoin: KuCoin, store: Store) -> None:
        self.kucoin, self.store = kucoin, store

    # --- login
    def begin_login(self, session: str) -> str:
        """The link for the user's browser, with a state that belongs to this session alone."""
        state = secrets.token_urlsafe(16)
        self.store.new_login(state, session)
        return self.kucoin.login_link(state)

    def finish_login(self, session: str, user: str, code: str, state: str) -> None:
        """Take the tokens of a callback, if this session asked for it."""
        if not self.asked_for(state, session):
            raise DeclinedError(400, "this login was not begun here")
        if not code:
            raise DeclinedError(403, "you have not allowed it")
        self.keep(user, self.kucoin.exchange_code(code))

    def asked_for(self, state: str, session: str) -> bool:
        """True if this session began a login with that state."""
        return self.store.end_login(state, session)

    # --- tokens and keys
    def keep(self, user: str, tokens: Tokens) -> None:
        """Tokens are kept as a pair: a refresh replaces both."""
        self.store.keep_tokens(user, tokens)

    def renewed(self, user: str, tokens: Tokens) -> Tokens:
        """A new pair. If that is refused, only the user can help."""
        try:
            fresh = self.kucoin.refresh(tokens)
        except RefusedError as error:
            self.store.keep_tokens(user, None)
            raise DeclinedError(401, "log in at KuCoin again") from error
        self.keep(user, fresh)
        return self.store.tokens(user) or fresh

    def key(self, user: str) -> Key:
        """The user's key; it is made when it is needed first, with tokens that are renewed if they have expired."""
        if key := self.store.key(user):
            return key
        tokens = self.store.tokens(user)
        if tokens is None:
            raise DeclinedError(401, "connect your KuCoin account first")
        if tokens.expires_at < time.time() + 60:
            tokens = self.renewed(user, tokens)
        try:
            key = self.kucoin.add_key(tokens)
        except RefusedError as error:
            if error.status != 401:
                raise
            key = self.kucoin.add_key(self.renewed(user, tokens))
        self.store.keep_key(user, key)
        return key

    # --- money
    def pay(self, user: str, request_id: str, order: dict[str, str]) -> dict[str, Any]:
        """Pay, once a `request_id`. The answer may say which codes the user must give."""
        key = self.key(user)
        order = {**order, "amount": self.net(order["amount"])}
        if not self.store.new_payout(user, request_id, order):
            return self.look(user, request_id)
        payout = self.store.payout(user, request_id)
        assert payout
        return self.submit(key, payout)

    def prove(self, user: str, request_id: str, codes: dict[str, str]) -> dict[str, Any]:
        """Give the codes that a payout waits for."""
        payout = self.find(user, request_id)
        if payout["status"] != "waiting":
            raise DeclinedError(409, f"this payout is {payout['status']}")
        factors = [{"factorType": kind, "factorValue": code} for kind, code in codes.items()]
        validation = {"transactionId": payout["transaction_id"], "factors": factors}
        return self.submit(self.key(user), payout, {"validation": validation})

    def submit(self, key: Key, payout: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a payout, first without codes and then with them."""
        try:
            data = self.kucoin.withdraw(key, {**fields(payout), **(more or {})})
        except NoAnswerError:
            return self.after_silence(key, payout, more)
        except RefusedError as error:
            status = "waiting" if more and "code is incorrect" in error.message else "refused"
            self.store.mark(payout, status=status)
            raise
        if "withdrawalId" in data:
            return self.store.mark(payout, status="accepted", withdrawal_id=data["withdrawalId"])
        payout = self.store.mark(payout, status="waiting", transaction_id=data["transactionId"])
        return {**payout, "factors": data["allFactors"]}

    def after_silence(self, key: Key, payout: dict[str, Any], more: dict[str, Any] | None) -> dict[str, Any]:
        """The answer was lost: the money may be on its way. Never send it again; look for it."""
        return self.find_again(key, self.store.mark(payout, status="unknown"))

    def find_again(self, key: Key, payout: dict[str, Any]) -> dict[str, Any]:
        """A payout whose answer was lost is recognised by our number in its remark."""
        for row in self.history(key, payout["currency"]):
            if row["remark"] == fields(payout)["remark"]:
                return self.store.mark(payout, status="accepted", withdrawal_id=row["id"])
        return payout

    def find(self, user: str, request_id: str) -> dict[str, Any]:
        payout = self.store.payout(user, request_id)
        if payout is None:
            raise DeclinedError(404, "no such payout")
        return payout

    def look(self, user: str, request_id: str) -> dict[str, Any]:
        """A payout as it stands, after a look at KuCoin's list if it is still open."""
        payout = self.find(user, request_id)
        key = self.key(user)
        if payout["status"] == "unknown":
            payout = self.find_again(key, payout)
        if payout["status"] == "accepted":
            row = self.kucoin.signed(key, "GET", f"/api/v1/withdrawals/{payout['withdrawal_id']}")
            payout = self.store.mark(payout, status=SETTLED.get(row["status"], "accepted"))
        return payout

    def history(self, key: Key, currency: str) -> list[dict[str, Any]]:
        """The newest withdrawals of a currency."""
        query = f"pageSize=50&currentPage=1&currency={currency}"
        rows: list[dict[str, Any]] = self.kucoin.signed(key, "GET", "/api/v1/withdrawals", query)["items"]
        return rows

    def available(self, key: Key, currency: str) -> Decimal:
        """What the main account can pay."""
        rows = self.kucoin.signed(key, "GET", "/api/v1/accounts", f"type=main&currency={currency}")
        return sum((Decimal(row["available"]) for row in rows), Decimal(0))

    @staticmethod
    def net(amount: str) -> str:
        """What is sent of an amount: less our commission, cut to six digits after the point."""
        return f"{(Decimal(amount) * (1 - COMMISSION)).quantize(PRECISION, ROUND_DOWN).normalize():f}"


def fields(payout: dict[str, Any]) -> dict[str, str]:
    """The body of a withdrawal."""
    return {
        "currency": payout["currency"],
        "chain": payout["chain"],
        "address": payout["address"],
        "amount": payout["amount"],
        "withdrawType": "ADDRESS",
        "remark": f"payout-{payout['id']}-{payout['request_id']}",
    }
