"""The careful broker moves money between accounts, takes deposits, reads lists, and fetches its rebates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from support.desk import Key
from support.mutants.calls import DeclinedError, LostError, Reply
from support.mutants.ordering import SpotOrder
from support.mutants.trading import TradingBroker
from support.readiness.bench import ADDRESS, INNER_TRANSFER, OPERATOR, TRANSFER

USED: Final = "The clientOid has been used."
MONTH: Final = "begin=20260501&end=20260531&tradeType=SPOT"
PAGES: Final = 9


class CarefulBroker(TradingBroker):
    """All of it. Three styles agree in no more than this."""

    rebate_pause = 3_000
    page_size = 10
    part_size = 1
    old_transfers = False
    """Whether it uses the older endpoint, which asks for Spot."""
    oids = 0

    # --- transfers
    def move(self, user: str, amount: str) -> None:
        """Money from the trading account to the main one, once."""
        oid, noted = self.new_oid(), self.balances(user)
        for _ in range(3):
            try:
                reply = self.send_transfer(user, amount, oid)
            except LostError:
                if self.was_moved(user, amount, oid, noted):
                    return
                continue
            if not self.ok(reply) and reply.text != USED:
                self.transfer_refused(user, reply)
            return

    def new_oid(self) -> str:
        """A clientOid for each transfer."""
        self.oids += 1
        return f"oid-{self.oids}"

    def send_transfer(self, user: str, amount: str, oid: str) -> Reply:
        fields = {"clientOid": oid, "currency": "USDT", "amount": amount}
        if self.old_transfers:
            return self.signed(user, "POST", INNER_TRANSFER, {**fields, "from": "trade", "to": "main"})
        return self.signed(user, "POST", TRANSFER, {**fields, **self.accounts()})

    def accounts(self) -> dict[str, str]:
        """From which account of the user to which one."""
        return {"type": "INTERNAL", "fromAccountType": "TRADE", "toAccountType": "MAIN"}

    def balances(self, user: str) -> object:
        """What is noted before a transfer."""
        return None

    def was_moved(self, user: str, amount: str, oid: str, noted: object) -> bool:
        """After a lost answer: whether the money has moved."""
        raise NotImplementedError

    def bring(self, user: str, amount: str) -> None:
        accounts = {"type": "INTERNAL", "fromAccountType": "MAIN", "toAccountType": "TRADE"}
        fields = {"clientOid": self.new_oid(), "currency": "USDT", "amount": amount, **accounts}
        reply = self.signed(user, "POST", TRANSFER, fields)
        if not self.ok(reply):
            raise DeclinedError(reply.text)

    def give_back(self, wanted: SpotOrder) -> None:
        """Move what is left after an order out of the trading account."""
        self.move(wanted.user, self.left_after(wanted))

    def left_after(self, wanted: SpotOrder) -> str:
        """How much is left: a look at the account says it."""
        [row] = self.look(wanted.user, "/api/v1/accounts?currency=USDT&type=trade").data
        return str(row["available"])

    def transfer_refused(self, user: str, reply: Reply) -> None:
        raise DeclinedError(reply.text)

    def tidy(self, user: str, *amounts: str) -> None:
        """Move these amounts as the user asks for it."""
        for amount in amounts:
            try:
                self.move(user, amount)
            except DeclinedError:
                continue

    # --- deposits
    def deposit_address(self, user: str, currency: str, chain: str) -> str:
        """Where the user can send money, made if there is no address yet; "" if there cannot be one."""
        for _ in range(2):
            try:
                reply = self.send_address(user, currency, chain)
            except LostError:
                if not self.address_lost():
                    break
                continue
            if self.ok(reply):
                return str(reply.data["address"])
            break
        return self.listed_address(user, currency, chain)

    def send_address(self, user: str, currency: str, chain: str) -> Reply:
        return self.signed(user, "POST", ADDRESS, {"currency": currency, "chain": chain})

    def address_lost(self) -> bool:
        """Whether the address is asked for once more before the list is read."""
        return False

    def listed_address(self, user: str, currency: str, chain: str) -> str:
        rows = self.look(user, f"/api/v3/deposit-addresses?currency={currency}").data
        return next((str(row["address"]) for row in rows if row["chainId"] == chain), "")

    def deposited(self, user: str) -> Decimal:
        """What has come in and is the user's."""
        rows = self.look(user, "/api/v1/deposits?currency=USDT").data["items"]
        return sum((Decimal(row["amount"]) for row in rows if self.counts(row)), Decimal(0))

    def counts(self, row: dict[str, Any]) -> bool:
        """Whether a deposit is confirmed."""
        return bool(row["status"] == "SUCCESS")

    # --- lists
    def pages(self, user: str, path: str) -> list[Any]:
        """All rows of a list that has pages."""
        rows: list[Any] = []
        for number in range(1, PAGES):
            reply = self.look(user, f"{path}?pageSize={self.page_size}&currentPage={number}{self.span(path)}")
            if not self.ok(reply):
                break
            rows += reply.data["items"]
            if self.is_last(reply.data):
                break
        return rows

    def span(self, path: str) -> str:
        """The rest of the query: one day at the most."""
        return ""

    def is_last(self, data: dict[str, Any]) -> bool:
        return bool(data["currentPage"] >= data["totalPage"])

    def parts(self, user: str) -> list[Any]:
        """All rows of the trading account's ledger."""
        rows: list[Any] = []
        last = ""
        for _ in range(PAGES):
            query = f"limit={self.part_size}{f'&lastId={last}' if last else ''}"
            part = self.look(user, f"/api/v1/hf/accounts/ledgers?{query}").data
            rows += part
            if len(part) < self.part_size:
                break
            last = self.next_part(last, str(part[-1]["id"]))
        return rows

    def next_part(self, last: str, newest: str) -> str:
        """The id below which the next part begins."""
        return newest

    def futures(self, user: str) -> Reply | None:
        """The user's futures account, if the key may read it."""
        return self.look(user, "/api/v1/account-overview") if self.may_read(user) else None

    def may_read(self, user: str) -> bool:
        self.key_of(user)
        return "API_FUTURES" in self.granted[user]

    # --- Broker Pro
    def rebates(self) -> str:
        """The link to the month's file, once it is ready."""
        for _ in range(8):
            reply = self.call(lambda: self.wire.signed(self.brokers_key(), "GET", self.rebate_file()))
            if reply.code != "100001":
                break
            self.bench.sleep(self.rebate_pause)
        return str(reply.data)

    def brokers_key(self) -> Key:
        """Broker Pro wants the broker's own key."""
        return OPERATOR

    def rebate_file(self) -> str:
        """Half a year at the most."""
        return f"/api/v2/broker/api/rebate/download?{MONTH}"
