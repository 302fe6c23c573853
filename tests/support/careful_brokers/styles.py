"""Three styles of a careful broker, which agree in no more than a real broker must."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from support.careful_brokers.connecting import Account, DeclinedError, Payout, Reply
from support.careful_brokers.paying import DAY, TRANSFER
from support.careful_brokers.trading import ORDERS, SYMBOL, Placed, Sight, TradingBroker
from support.wire import JSON, OLD

FINAL = {"SUCCESS": "done", "FAILURE": "failed"}
ADDRESSES = "/api/v3/deposit-addresses"


class Prompt(TradingBroker):
    """Makes a key in each callback, and follows everything by its id or its own mark."""

    def connected(self, account: Account) -> None:
        self.make_key(account)

    def may_pay(self, account: Account) -> bool:
        return "API_WITHDRAW_OAUTH" in account.groups

    def key_made(self, account: Account, data: Mapping[str, Any]) -> None:
        """The key says from which addresses it may be used: one that is not the broker's needs no call."""
        own, listed = self.people.world.observed_ip, data["ipWhiteList"]
        if own and listed and own not in listed.split(","):
            account.problem = f"{own} is not registered with KuCoin"

    def available(self, account: Account, currency: str) -> Decimal:
        rows = self.ask(account, f"/api/v1/accounts?currency={currency}&type=main")
        return sum((Decimal(row["available"]) for row in rows), Decimal(0))

    def was_paid(self, account: Account, fields: Mapping[str, Any], noted: object) -> str | None:
        """The newest withdrawal of the same amount to the same address, if it is none of those that are known."""
        known = {payout.id for payout in account.payouts}
        for row in self.ask(account, f"/api/v1/withdrawals?currency={fields['currency']}")["items"]:
            same = row["address"] == fields["address"] and Decimal(row["amount"]) == Decimal(fields["amount"])
            if same and row["id"] not in known:
                return str(row["id"])
        return None

    def state_of(self, account: Account, payout: Payout) -> str:
        status = self.ask(account, f"/api/v1/withdrawals/{payout.id}")["status"]
        return FINAL.get(status, "pending")

    def was_moved(self, account: Account, body: Mapping[str, Any], noted: object) -> bool:
        """The same clientOid again: it moves the money, or says that it has been moved."""
        reply = self.signed(account, "POST", TRANSFER, json.dumps(body).encode())
        return reply.code == "200000" or reply.text == "The clientOid has been used."

    def deposited(self, account: Account, currency: str) -> Decimal:
        """What has come in and is confirmed."""
        rows = self.ask(account, f"/api/v1/deposits?currency={currency}")["items"]
        return sum((Decimal(row["amount"]) for row in rows if row["status"] == "SUCCESS"), Decimal(0))

    def deposit_address(self, account: Account, currency: str, chain: str) -> str:
        """A new address, or the one that there is."""
        body = json.dumps({"currency": currency, "chain": chain}).encode()
        reply = self.signed(account, "POST", "/api/v3/deposit-address/create", body)
        if reply.code == "200000":
            return str(reply.body["data"]["address"])
        return str(self.ask(account, f"{ADDRESSES}?currency={currency}&chain={chain}")[0]["address"])

    def pause(self, tries: int) -> int:
        return 5_000

    def seen(self, account: Account, placed: Placed) -> Sight | None:
        """By its id, or by its clientOid if no answer has brought the id."""
        path = placed.id or f"client-order/{placed.client_oid}"
        return sight_of(self.signed(account, "GET", f"{ORDERS}/{path}?symbol={SYMBOL}"))

    def was_taken(self, account: Account, placed: Placed) -> bool:
        """It is not asked: the same clientOid again is accepted or refused, and there is one order in either case."""
        return False

    def checked(self, account: Account, fields: dict[str, Any]) -> None:
        if Decimal(fields["price"]) > self.best_ask() * Decimal("1.1"):
            raise DeclinedError("the price is too far from the market")

    def cancel_target(self, placed: Placed) -> str:
        return f"{ORDERS}/{placed.id}"

    def after_lost_cancel(self, account: Account, placed: Placed) -> None:
        """Once more: it cancels, or it is refused because it is canceled."""
        self.signed(account, "DELETE", f"{self.cancel_target(placed)}?symbol={SYMBOL}")


class Planner(TradingBroker):
    """Sets its clock, refreshes ahead of expiry, makes a key when one is needed, and looks before it acts."""

    counts_ahead = True
    new_login_after = frozenset({"timeout", "half"})

    def is_old(self, account: Account) -> bool:
        return self.people.now() - account.paired_at > 50 * 60_000

    def repeated(self, account: Account, code: str) -> bool:
        """It trusts no memory, and keeps the pair that it has when the exchange refuses the code."""
        return False

    def may_pay(self, account: Account) -> bool:
        return "API_WITHDRAW_OAUTH" in account.groups

    def key_made(self, account: Account, data: Mapping[str, Any]) -> None:
        self.set_clock()

    def form(self, account: Account, order: Mapping[str, Any]) -> dict[str, Any]:
        """It looks at what may still be withdrawn today, and waits for tomorrow if that is too little."""
        self.offered(order["currency"])
        quotas = self.ask(account, f"/api/v1/withdrawals/quotas?currency={order['currency']}")
        if "amount" in order and Decimal(order["amount"]) > Decimal(quotas["remainAmount"]):
            self.people.sleep(account.payouts[0].at + DAY - self.people.now())
        return super().form(account, order)

    def balances(self, account: Account, currency: str) -> dict[str, tuple[Decimal, Decimal]]:
        """`balance` and `available` by the type of account."""
        rows = self.ask(account, f"/api/v1/accounts?currency={currency}")
        return {row["type"]: (Decimal(row["balance"]), Decimal(row["available"])) for row in rows}

    def available(self, account: Account, currency: str) -> Decimal:
        return self.balances(account, currency).get("main", (Decimal(0), Decimal(0)))[1]

    def in_trade(self, account: Account, currency: str) -> Decimal:
        return self.balances(account, currency).get("trade", (Decimal(0), Decimal(0)))[1]

    def before_payment(self, account: Account, fields: Mapping[str, Any]) -> object:
        return self.balances(account, fields["currency"])

    def was_paid(self, account: Account, fields: Mapping[str, Any], noted: object) -> str | None:
        """Whether less is available than before. The list of withdrawals tells the id later."""
        return None if self.balances(account, fields["currency"]) == noted else ""

    def state_of(self, account: Account, payout: Payout) -> str:
        listed = self.ask(account, f"/api/v1/withdrawals?currency={payout.fields['currency']}&pageSize=100")["items"]
        others = {other.id for other in account.payouts if other is not payout}
        rows = [row for row in listed if row["id"] == payout.id or (not payout.id and row["id"] not in others)]
        payout.id = rows[0]["id"]
        return FINAL.get(rows[0]["status"], "pending")

    def was_moved(self, account: Account, body: Mapping[str, Any], noted: object) -> bool:
        return self.balances(account, body["currency"]) != noted

    def cancel(self, account: Account, payout: Payout) -> bool:
        """Only what is still PROCESSING is worth a try."""
        payout.state = self.state_of(account, payout)
        return payout.state == "pending" and super().cancel(account, payout)

    def deposited(self, account: Account, currency: str) -> Decimal:
        return self.available(account, currency)

    def deposit_address(self, account: Account, currency: str, chain: str) -> str:
        rows = self.ask(account, f"/api/v2/deposit-addresses?currency={currency}")
        return next(str(row["address"]) for row in rows if row["chainId"] == chain)

    def pause(self, tries: int) -> int:
        return 10_000

    adding = "/sync"

    def seen(self, account: Account, placed: Placed) -> Sight | None:
        """By its clientOid, which is known whatever becomes of an answer."""
        return sight_of(self.signed(account, "GET", f"{ORDERS}/client-order/{placed.client_oid}?symbol={SYMBOL}"))

    def checked(self, account: Account, fields: dict[str, Any]) -> None:
        """It looks at prices and money ahead, and has a maker's order below the ask."""
        ask = self.best_ask()
        if Decimal(fields["price"]) > ask * Decimal("1.1"):
            raise DeclinedError("the price is too far from the market")
        if fields.get("postOnly") and Decimal(fields["price"]) >= ask:
            fields["price"] = str(ask - Decimal("0.1"))
        self.fund(account, fields)

    def cancel_target(self, placed: Placed) -> str:
        return f"{ORDERS}/sync/client-order/{placed.client_oid}"


class Reactive(TradingBroker):
    """Does nothing before it must, acts on refusals, and believes the ledger.

    Keys that need not pay it makes at the old endpoint, which is served still.
    """

    def ask_for_key(self, token: str, groups: tuple[str, ...], *, book_only: bool) -> Reply:
        if self.site == "local" or "API_WITHDRAW_OAUTH" in groups:
            return super().ask_for_key(token, groups, book_only=book_only)
        headers = {**JSON, "authorization": f"bearer {token}"}
        return self.hear("add_api_key_old", lambda http: http.send("POST", OLD, b"", headers))

    def quotas(self, account: Account, currency: str) -> Any:
        return self.ask(account, f"/api/v1/withdrawals/quotas?currency={currency}")

    def ledger(self, account: Account, currency: str) -> dict[str, Decimal]:
        """What has come into the account, or gone out of it (less than 0), by the id of the row."""
        rows = self.ask(account, f"/api/v1/accounts/ledgers?currency={currency}&pageSize=500")["items"]
        return {row["id"]: Decimal(row["amount"]) * (-1 if row["direction"] == "out" else 1) for row in rows}

    def available(self, account: Account, currency: str) -> Decimal:
        return Decimal(self.quotas(account, currency)["availableAmount"])

    def before_payment(self, account: Account, fields: Mapping[str, Any]) -> object:
        return self.ledger(account, fields["currency"])

    def was_paid(self, account: Account, fields: Mapping[str, Any], noted: object) -> str | None:
        """Whether there is a new row, or something is held."""
        currency = fields["currency"]
        moved = self.ledger(account, currency) != noted or Decimal(self.quotas(account, currency)["lockedAmount"])
        return "" if moved else None

    def state_of(self, account: Account, payout: Payout) -> str:
        """Money that is held is under way; else a row for each payment that is done, and none for one that failed."""
        currency = payout.fields["currency"]
        if Decimal(self.quotas(account, currency)["lockedAmount"]):
            return "pending"
        gone = sum(amount < 0 for amount in self.ledger(account, currency).values())
        others = [other for other in account.payouts if other is not payout and other.fields["currency"] == currency]
        return "done" if gone > sum(other.state == "done" for other in others) else "failed"

    def was_moved(self, account: Account, body: Mapping[str, Any], noted: object) -> bool:
        return self.ledger(account, body["currency"]) != noted

    def deposited(self, account: Account, currency: str) -> Decimal:
        return sum((amount for amount in self.ledger(account, currency).values() if amount > 0), Decimal(0))

    def deposit_address(self, account: Account, currency: str, chain: str) -> str:
        return str(self.ask(account, f"/api/v1/deposit-addresses?currency={currency}&chain={chain}")["address"])

    def pause(self, tries: int) -> int:
        """1 s, 2 s, 4 s ..."""
        return 1_000 << tries

    def may_trade(self, account: Account) -> bool:
        return True

    def seen(self, account: Account, placed: Placed) -> Sight | None:
        """In the lists of orders; what is filled it reads in the list of fills."""
        rows = {True: self.ask(account, f"{ORDERS}/active?symbol={SYMBOL}")}
        rows[False] = self.ask(account, f"{ORDERS}/done?symbol={SYMBOL}&limit=100")["items"]
        for active, listed in rows.items():
            for row in listed:
                if row["clientOid"] == placed.client_oid:
                    fills = self.ask(account, f"/api/v1/hf/fills?symbol={SYMBOL}&orderId={row['id']}")["items"]
                    filled = sum((Decimal(fill["size"]) for fill in fills), Decimal(0))
                    return Sight(active and filled < placed.size, filled, row["id"])
        return None

    def cancel_target(self, placed: Placed) -> str:
        return f"{ORDERS}/client-order/{placed.client_oid}"


def sight_of(reply: Reply) -> Sight | None:
    """The order in an answer; None = it is said that there is none."""
    if reply.code == "200000":
        row = reply.body["data"]
        return Sight(row["active"], Decimal(row["dealSize"]), row["id"])
    assert reply.text == "order not exist.", reply
    return None


STYLES = (Prompt, Planner, Reactive)
