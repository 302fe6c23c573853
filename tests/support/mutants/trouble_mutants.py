"""Mutants that err with transfers, deposits, lists, rebates, limits and the network."""

from __future__ import annotations

from typing import Final

from support.desk import START
from support.mutants.accounting import CarefulBroker
from support.mutants.calls import Reply
from support.mutants.mistakes import Change, Mutant, Style, instead, stubborn
from support.mutants.styles import Reconcile

BACK: Final = 172_800_000
"""Two days, ms."""


def new_client_oid(style: Style) -> dict[str, object]:
    send = style.send_transfer

    def send_newly(self: CarefulBroker, user: str, amount: str, oid: str) -> Reply:
        return send(self, user, amount, self.new_oid())

    return {"send_transfer": send_newly}


def account(**fields: str) -> Change:
    """Other accounts than the user has."""
    return instead(
        accounts=lambda self: {"type": "INTERNAL", "fromAccountType": "TRADE", "toAccountType": "MAIN", **fields}
    )


def two_days(self: CarefulBroker, path: str) -> str:
    return f"&startAt={START - BACK}&endAt={START}" if "ledgers" in path else ""


# fmt: off
MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant("makes-a-new-client-oid", "makes a new clientOid for each try", Change(new_client_oid)),
    Mutant("has-one-client-oid", "uses one clientOid for all transfers", instead(new_oid=lambda self: "oid")),
    Mutant("takes-used-for-failed", "sends a transfer again when its clientOid has been used", stubborn("send_transfer", lambda reply, *_: "clientOid" in reply.text)),
    Mutant("repeats-transfers", "sends a transfer again that was refused", stubborn("send_transfer")),
    Mutant("repeats-older-transfers", "sends a transfer again that was refused", stubborn("send_transfer"), style=Reconcile),
    Mutant("looks-and-repeats-transfers", "looks at the accounts, and sends a transfer again that was refused", stubborn("send_transfer", between=lambda self: self.look("frank", "/api/v1/accounts"))),
    Mutant("moves-to-a-sub-account", "names a sub-account", account(type="PARENT_TO_SUB", toUserId="1")),
    Mutant("moves-to-futures", "moves money to an account that the user does not have", account(toAccountType="CONTRACT")),
    Mutant("credits-unconfirmed-deposits", "takes a deposit that is not confirmed for money", instead(counts=lambda self, row: True)),
    Mutant("repeats-addresses", "asks for a deposit address again that was refused", stubborn("send_address")),
    Mutant("looks-and-repeats-addresses", "lists the addresses, and asks for one again that was refused", stubborn("send_address", between=lambda self: self.look("frank", "/api/v3/deposit-addresses?currency=USDT"))),
    Mutant("asks-for-1000-rows", "asks for more rows than a page has", instead(page_size=1_000)),
    Mutant("asks-for-two-days", "asks for two days of the ledger", instead(span=two_days)),
    Mutant("reads-on-behind-the-end", "does not stop at the last page", instead(is_last=lambda self, data: False)),
    Mutant("reads-one-part-for-ever", "sends the same lastId again and again", instead(next_part=lambda self, last, newest: last or newest)),
    Mutant("asks-without-a-pause", "asks for the rebate file without a pause", instead(rebate_pause=0)),
    Mutant("signs-broker-pro-with-a-users-key", "signs Broker Pro with a key of a user", instead(brokers_key=lambda self: self.key_of("frank"))),
    Mutant("asks-for-a-year", "asks for the rebates of a year", instead(rebate_file=lambda self: "/api/v2/broker/api/rebate/download?begin=20250101&end=20251231&tradeType=SPOT")),
    Mutant("ignores-429", "does not wait when the rate pool is empty", instead(pool_is_empty=lambda self, reply: None)),
    Mutant("floods", "sends a look again at once, thirty times, if its answer is lost", instead(look_tries=30, pause=lambda self: None)),
    Mutant("never-corrects-its-clock", "goes on with a wrong clock", instead(clock_is_off=lambda self: None)),
)
# fmt: on
"""What errs here."""
