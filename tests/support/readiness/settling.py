"""Runs about what becomes of a payment, and about deposits, lists, transfers and rebates."""

# mypy: disable-error-code="func-returns-value, misc"
# What the calls of a run return does not matter, and a lambda in a loop needs a default.

from __future__ import annotations

from typing import Final

from support.readiness.bench import OPERATOR, Bench, Run
from support.readiness.case import Case, broken, handled, refused, undecided
from support.readiness.connecting import both
from support.readiness.losing import FREE, look, pay, pending
from support.readiness.payments import IN_TRADE, MANUAL, USDT

REBATES: Final = "choices: {rebate_delay: 6s}"
FILE: Final = "/api/v2/broker/api/rebate/download?begin=20260501&end=20260531&tradeType=SPOT"


def settled(how: str) -> Run:
    """A payment that ends by hand."""

    def run(bench: Bench) -> None:
        bench.withdrawal = pending(bench)
        bench.steer("POST", f"/withdrawals/{bench.withdrawal}/{how}")

    return run


def currency(bench: Bench) -> None:
    bench.currency()


def ordered(bench: Bench, how: str = "") -> None:
    """A payment for order 7, which ends as it is said."""
    bench.withdrawal = pending(bench, remark="order 7")
    if how:
        bench.steer("POST", f"/withdrawals/{bench.withdrawal}/{how}")


def review(bench: Bench) -> None:
    settled("review")(bench)
    bench.signed("GET", f"/api/v1/withdrawals/{bench.withdrawal}")


def cancel(bench: Bench) -> None:
    bench.cancel(bench.withdrawal)


def waiting(bench: Bench) -> None:
    bench.address()
    bench.steer(
        "POST", "/deposits", {"user": "frank", "currency": "USDT", "chain": "eth", "amount": "100", "confirmations": 0}
    )
    bench.signed("GET", "/api/v1/deposits")


def many(bench: Bench) -> None:
    for number in range(12):
        bench.pay(amount=str(10 + number))


def deposited(bench: Bench) -> None:
    bench.address()
    for _ in range(12):
        bench.steer("POST", "/deposits", {"user": "frank", "currency": "USDT", "chain": "eth", "amount": "100"})


def pages(path: str, *numbers: int) -> Run:
    """The pages of a list of ten rows each."""

    def run(bench: Bench) -> None:
        for number in numbers:
            bench.signed("GET", f"{path}?pageSize=10&currentPage={number}")

    return run


def moved(bench: Bench) -> None:
    for _ in range(3):
        bench.transfer("1")


def part(bench: Bench, last: str = "") -> str:
    rows = bench.signed("GET", f"/api/v1/hf/accounts/ledgers?limit=1{f'&lastId={last}' if last else ''}").json()["data"]
    return str(rows[-1]["id"]) if rows else ""


def file(bench: Bench) -> None:
    bench.broker.signed(OPERATOR, "GET", FILE)


# fmt: off
CASES: Final[list[Case]] = [
    handled("settlement/pending", "look", lambda bench: (pending(bench), bench.look()), MANUAL),
    handled("settlement/pending", "look at the accounts", lambda bench: (pending(bench), bench.accounts()), MANUAL),
    undecided("settlement/pending", "pay another of the same amount", lambda bench: (pending(bench), pending(bench)), MANUAL),
    broken("settlement/pending", "pay one order twice", lambda bench: (pending(bench, remark="order 6"), pending(bench, remark="order 7"), pending(bench, remark="order 7")), MANUAL),
    undecided("settlement/pending", "pay twice with a remark that says nothing", lambda bench: (pending(bench, remark="payout"), pending(bench, remark="payout")), MANUAL),
    handled("settlement/succeeded", "look", both(settled("approve"), look), MANUAL),
    broken("settlement/succeeded", "pay the order again", lambda bench: (ordered(bench, "approve"), ordered(bench), pending(bench, remark="order 8", amount="9")), MANUAL),
    handled("settlement/succeeded", "pay again with a remark that stands with every payment", lambda bench: (ordered(bench, "approve"), bench.look(), ordered(bench)), MANUAL),
    undecided("settlement/pending", "pay twice with one remark for all", lambda bench: (pending(bench, remark="v1.2"), pending(bench, remark="v1.2")), MANUAL),
    undecided("settlement/succeeded", "never look", both(settled("approve"), currency), MANUAL),
    broken("settlement/succeeded", "look, and pay the order again", lambda bench: (ordered(bench, "approve"), bench.look(), ordered(bench), pending(bench, remark="order 8", amount="9")), MANUAL),
    broken("settlement/pending", "look, and pay the order again because nothing has arrived", lambda bench: (pending(bench, remark="order 6"), ordered(bench), bench.look(), ordered(bench)), MANUAL),
    handled("settlement/failed", "look", both(settled("fail"), look), MANUAL),
    handled("settlement/failed", "look and pay again", both(settled("fail"), look, pay), MANUAL),
    undecided("settlement/failed", "never look", both(settled("fail"), currency), MANUAL),
    handled("settlement/failed", "pay the order again", lambda bench: (ordered(bench, "fail"), bench.look(), ordered(bench)), MANUAL),
    handled("settlement/review", "stop", review, MANUAL),
    handled("settlement/review", "look again", both(review, look), MANUAL),
    broken("settlement/review", "pay again", both(review, pay), MANUAL),
    handled("settlement/review", "see it in the list", both(settled("review"), look, look), MANUAL),
    broken("settlement/review", "see it in the list, and pay again", both(settled("review"), look, pay), MANUAL),
    handled("settlement/cancel-too-late", "look", both(settled("approve"), cancel, look), FREE),
    undecided("settlement/cancel-too-late", "stop", both(settled("approve"), cancel), FREE),
    broken("settlement/cancel-too-late", "pay again", both(settled("approve"), cancel, pay), FREE),
    handled("settlement/canceled", "look", lambda bench: (setattr(bench, "withdrawal", pending(bench)), cancel(bench), bench.look()), FREE),
    broken("settlement/canceled", "cancel again and again", lambda bench: (setattr(bench, "withdrawal", pending(bench)), *[cancel(bench) for _ in range(4)]), FREE),
    handled("settlement/canceled", "stop", lambda bench: (setattr(bench, "withdrawal", pending(bench)), cancel(bench)), FREE),
    *refused("settlement/unknown-id", lambda bench: bench.signed("GET", "/api/v1/withdrawals/6a1d0c7e5b2f4800019c3d22"), look, times=4),
    handled("deposits/unconfirmed", "look when it is credited", lambda bench: (waiting(bench), bench.advance("1h"), bench.signed("GET", "/api/v1/deposits")), USDT.format(0)),
    handled("deposits/unconfirmed", "pay when it is credited", lambda bench: (waiting(bench), bench.advance("1h"), bench.pay(amount="50")), USDT.format(0)),
    undecided("deposits/unconfirmed", "stop", waiting, USDT.format(0)),
    broken("deposits/unconfirmed", "pay with it", lambda bench: (waiting(bench), bench.pay(amount="50"), bench.pay(amount="50")), USDT.format(0)),
    handled("deposits/address-exists", "list them", lambda bench: (bench.address("USDT", "trx", "alice"), bench.signed("GET", "/api/v3/deposit-addresses?currency=USDT", user="alice"))),
    undecided("deposits/address-exists", "stop", lambda bench: bench.address("USDT", "trx", "alice")),
    broken("deposits/address-exists", "ask again and again", lambda bench: [bench.address("USDT", "trx", "alice") for _ in range(3)]),
    *refused("deposits/chain-closed", lambda bench: bench.address(), lambda bench: bench.address(chain="trx"), "given: {currencies: {USDT: {chains: {eth: {deposit_enabled: false}}}}}"),
    *refused("deposits/malformed", lambda bench: bench.address(chain="nosuch"), lambda bench: bench.address()),
    *(
        case
        for name, path, before in (("ledger-pages", "/api/v1/accounts/ledgers", many), ("withdrawal-pages", "/api/v1/withdrawals", many), ("deposit-pages", "/api/v1/deposits", deposited))
        for case in (
            handled(f"lists/{name}", "read all of them", both(before, pages(path, 1, 2))),
            handled(f"lists/{name}", "look once behind the end", both(before, pages(path, 1, 2, 3))),
            undecided(f"lists/{name}", "read the first", both(before, pages(path, 1))),
            broken(f"lists/{name}", "never stop", both(before, pages(path, 1, 2, 3, 4, 5))),
        )
    ),
    handled("lists/trading-ledger-parts", "ask for the next part", lambda bench: (moved(bench), part(bench, part(bench))), IN_TRADE),
    broken("lists/trading-ledger-parts", "ask for the same part", lambda bench: (moved(bench), [part(bench, last) for last in [part(bench)] for _ in range(4)]), IN_TRADE),
    undecided("lists/trading-ledger-parts", "look at the newest now and then", lambda bench: (moved(bench), *[part(bench) for _ in range(6)]), IN_TRADE),
    *refused("lists/page-size", lambda bench: bench.signed("GET", "/api/v1/withdrawals?pageSize=1000"), look),
    broken("lists/page-size", "ask so for several lists, in turn", lambda bench: [bench.signed("GET", f"/api/v1/{name}?pageSize=1000") for _ in range(3) for name in ("withdrawals", "deposits")]),
    *refused("lists/ledger-span", lambda bench: bench.signed("GET", "/api/v1/accounts/ledgers?startAt=1780000000000&endAt=1780272000000"), lambda bench: bench.signed("GET", "/api/v1/accounts/ledgers"), stopping="undecided"),
    *refused("transfers/balance-short", lambda bench: bench.transfer("5000", "one"), lambda bench: bench.transfer("5", "two"), IN_TRADE),
    *refused("transfers/client-oid-repeated", lambda bench: bench.transfer(oid="one"), lambda bench: bench.accounts(), IN_TRADE, before=lambda bench: bench.transfer(oid="one")),
    *refused("transfers/client-oid-reused", lambda bench: bench.transfer("5", "one"), lambda bench: bench.transfer("7", "two"), IN_TRADE, before=lambda bench: bench.transfer(oid="one"), stopping="undecided"),
    broken("transfers/client-oid-reused", "use it for all transfers", lambda bench: [bench.transfer(str(number), "one") for number in (4, 5, 6, 7)], IN_TRADE),
    *refused("transfers/account-not-opened", lambda bench: bench.transfer(oid="one", toAccountType="CONTRACT"), lambda bench: bench.transfer("5"), IN_TRADE),
    *refused("transfers/sub-account", lambda bench: bench.transfer(oid="one", type="PARENT_TO_SUB", toUserId="x"), lambda bench: bench.transfer("5"), IN_TRADE),
    *refused("transfers/malformed", lambda bench: bench.transfer("0", "one"), lambda bench: bench.transfer("5"), IN_TRADE),
    handled("rebates/not-ready", "wait and ask again", lambda bench: (file(bench), bench.sleep(6_000), file(bench)), REBATES),
    handled("rebates/not-ready", "ask every two seconds", lambda bench: [(file(bench), bench.sleep(2_000)) for _ in range(5)], REBATES),
    undecided("rebates/not-ready", "stop", file, REBATES),
    broken("rebates/not-ready", "ask without a pause", lambda bench: [file(bench) for _ in range(7)], REBATES),
    *refused("rebates/not-the-brokers-key", lambda bench: bench.signed("GET", FILE), file),
    *refused("rebates/span", lambda bench: bench.broker.signed(OPERATOR, "GET", FILE.replace("20260501", "20240501")), file, stopping="undecided"),
]
# fmt: on
"""What is right, what is wrong, and what is not decided."""
