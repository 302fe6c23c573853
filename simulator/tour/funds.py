"""The chapter of the tour about funds, after KuCoin's reference: histories, quotas, deposits, transfers."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.tour.payout import OUTSIDE
from simulator.tour.script import GRANTED, Chapter
from simulator.tour.walk import Walk
from simulator.tour.wire import HttpResponse

CHAPTER: Final = Chapter()
shows = CHAPTER.shows
CHAIN: Final = "eth"


# --- the payout, looked up
@shows("[rest/withdrawals]")
def history(walk: Walk) -> None:
    """The history lists the withdrawal."""
    [row] = walk.looked_up("alice", "/api/v1/withdrawals?currency=USDT")["items"]
    walk.check("status", "SUCCESS", row["status"])
    walk.check("where to", f"trx {OUTSIDE}", f"{row['chain']} {row['address']}")
    walk.check("amount and fees", "100.00000000 and 11.50000000", f"{row['amount']} and {row['fee']}")


@shows("[rest/ledgers] [H73/biz-types]")
def ledger(walk: Walk) -> None:
    """The ledger lists it, too."""
    [row] = walk.looked_up("alice", "/api/v1/accounts/ledgers?currency=USDT")["items"]
    walk.check(
        "what and where", "Withdrawal out of MAIN", f"{row['bizType']} {row['direction']} of {row['accountType']}"
    )
    walk.check("amount with the fees in it", "111.5", row["amount"])


@shows("[rest/withdrawal-quotas] [H72/quotas]")
def quota(walk: Walk) -> None:
    """100 USDT of the day's quota are used."""
    quotas = walk.looked_up("alice", "/api/v1/withdrawals/quotas?currency=USDT&chain=trx")
    walk.check("used", "100", quotas["usedQuotaCurrencyAmount"])
    walk.check("left of 999999", "999899.00000000", quotas["remainAmount"])


# --- a deposit
@shows("[rest/deposit-address-create] [H67/made-up-addresses]")
def deposit_address(walk: Walk) -> None:
    """Alice gets a deposit address on Ethereum."""
    body = {"currency": "USDT", "chain": CHAIN, "to": "main"}
    created = walk.data(walk.broker.signed(walk.keys["alice"], "POST", "/api/v3/deposit-address/create", body))
    walk.check("an address of Ethereum begins", "0x", created["address"][:2])
    [address] = walk.looked_up("alice", f"/api/v3/deposit-addresses?currency=USDT&chain={CHAIN}")
    walk.check("it is listed", created["address"], address["address"])


@shows("[rest/deposits] [H68/confirmations]")
def deposit_seen(walk: Walk) -> None:
    """25 USDT are sent there and are pending at once."""
    before = walk.balance("alice")
    walk.control("POST", "/deposits", user="alice", currency="USDT", chain=CHAIN, amount="25", confirmations=0)
    walk.check("status and confirmations", "PROCESSING, 0 of 12", newest_deposit(walk))
    walk.check("USDT in main are as before", before, walk.balance("alice"))


@shows("s9 [s9/deposit-fee] [H68/confirmations]")
def deposit_credited(walk: Walk) -> None:
    """After twelve confirmations all 25 are credited."""
    before = walk.balance("alice")
    walk.control("POST", "/clock/advance", to_event="deposit")
    walk.check("status and confirmations", "SUCCESS, 12 of 12", newest_deposit(walk))
    walk.check("Alice got", Decimal(25), walk.balance("alice") - before)


def newest_deposit(walk: Walk) -> str:
    """The status and confirmations of the newest deposit, as Alice's key reads them."""
    newest = walk.looked_up("alice", "/api/v1/deposits?currency=USDT")["items"][0]
    return f"{newest['status']}, {newest['confirmation']} of {newest['confirmationCount']}"


# --- a transfer
@shows("[rest/permissions]")
def transfer_refused(walk: Walk) -> None:
    """The key may not transfer: Alice did not grant that."""
    walk.refused(transfer(walk), 403, "400007", "permission")


@shows("s3 [H22/second-consent] [rest/permission-words]")
def transfer_granted(walk: Walk) -> None:
    """A second consent gives a key that may."""
    walk.connect("alice", *GRANTED, "TRANSFER")
    info = walk.looked_up("alice", "/api/v1/user/api-key")
    walk.check("permission", "General,Spot,InnerTransfer,Transfer", info["permission"])


@shows("[rest/universal-transfer] [H69/transfers]")
def transfer_made(walk: Walk) -> None:
    """It transfers 10 USDT to the trading account, once."""
    before = walk.balance("alice")
    walk.data(transfer(walk), "orderId")
    walk.refused(transfer(walk), 200, "999999", "The clientOid has been used.")
    walk.check("left main", Decimal(10), before - walk.balance("alice"))
    [trade] = walk.looked_up("alice", "/api/v1/accounts?currency=USDT&type=trade")
    walk.check("USDT in trade", "10", trade["available"])


def transfer(walk: Walk) -> HttpResponse:
    """Transfer 10 USDT from main to trade."""
    body = {"clientOid": "transfer-1", "currency": "USDT", "amount": "10", "type": "INTERNAL"}
    where = {"fromAccountType": "MAIN", "toAccountType": "TRADE"}
    return walk.broker.signed(walk.keys["alice"], "POST", "/api/v3/accounts/universal-transfer", {**body, **where})
