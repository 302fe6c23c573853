"""Runs of payments: where they go, how much they are, factors, limits."""

# mypy: disable-error-code="func-returns-value, misc"
# What the calls of a run return does not matter, and a lambda in a loop needs a default.

from __future__ import annotations

from typing import Final

from support.readiness.bench import INNER_TRANSFER, Bench
from support.readiness.case import Case, broken, handled, refused, undecided


def pay(bench: Bench) -> None:
    bench.pay()


def wait_and_pay(bench: Bench) -> None:
    bench.sleep(10_000)
    bench.by_account()


def filled(bench: Bench) -> None:
    """Three payments by UID: the window of ten seconds is full."""
    for _ in range(3):
        bench.by_account()


def several_kinds(bench: Bench) -> None:
    bench.by_account()
    bench.by_account("MAIL", "bob@example.test")
    bench.by_account("PHONE", "+15550101")


def with_refused_ones(bench: Bench) -> None:
    bench.by_account(address="1")
    bench.by_account()
    bench.by_account()


def a_day_of_payments(bench: Bench) -> None:
    for _ in range(50):
        bench.by_account()
        bench.sleep(11_000)


def challenged(bench: Bench) -> None:
    bench.challenge = bench.open()


def expired(bench: Bench) -> None:
    challenged(bench)
    bench.advance("10m")


FRIEND: Final = "TFrankFriendFrankFriendFrankFriend"
USDT: Final = "given: {{users: {{frank: {{balances: {{USDT: '{}'}}}}}}}}"
TRX_CLOSED: Final = "given: {currencies: {USDT: {chains: {trx: {withdraw_enabled: false}}}}}"
XRP: Final = "given: {users: {frank: {balances: {XRP: '1000'}}}}"
SHOP: Final = {"currency": "XRP", "chain": "xrp", "address": "rShopShopShopShopShopShopShop"}
IN_TRADE: Final = "given: {users: {frank: {balances: {USDT: '0'}, trade: {USDT: '1000'}}}}"
MANUAL: Final = "choices: {settlement: manual}"
HELD: Final = f"{MANUAL}\n{USDT.format(200)}"


def look_and_pay_all(bench: Bench) -> None:
    bench.accounts()
    bench.pay(amount="50", feeDeductType="INTERNAL")


def move_and_pay(bench: Bench) -> None:
    bench.transfer("200")
    bench.pay()


def needed(bench: Bench) -> None:
    bench.key("frank")


def pay_and_look(bench: Bench) -> None:
    bench.pay()
    bench.accounts()


def knock(bench: Bench, kind: str) -> None:
    for _ in range(11):
        bench.signed("GET", kind)


# fmt: off
CASES: Final[list[Case]] = [
    *refused("destinations/address-format", lambda bench: bench.pay(address="0xnone"), pay),
    *refused("destinations/memo-missing", lambda bench: bench.pay(**SHOP), lambda bench: bench.pay(**SHOP, memo="1234567"), XRP),
    handled("destinations/memo-missing", "send the memo at once", lambda bench: bench.pay(**SHOP, memo="1234567"), XRP),
    *refused("destinations/memo-superfluous", lambda bench: bench.pay(memo="7"), pay),
    *refused("destinations/not-in-address-book", pay, lambda bench: bench.pay(address=FRIEND), before=lambda bench: bench.bound_key()),
    *refused("destinations/chain-name", lambda bench: bench.pay(chain="TRC20"), pay),
    *refused("destinations/chain-unknown", lambda bench: bench.pay(chain="nosuch"), pay),
    *refused("destinations/chain-closed", pay, lambda bench: bench.pay(chain="eth", address="0x0de51de0de51de0de51de0de51de0de51de0de51"), TRX_CLOSED),
    *refused("destinations/currency-unknown", lambda bench: bench.pay(currency="NOSUCH"), pay),
    *refused("destinations/unknown-uid", lambda bench: bench.by_account(address="1"), lambda bench: bench.by_account()),
    *refused("destinations/unknown-mail", lambda bench: bench.by_account("MAIL", "no@example.test"), lambda bench: bench.by_account()),
    *refused("destinations/unknown-phone", lambda bench: bench.by_account("PHONE", "+1999"), lambda bench: bench.by_account()),
    *refused("destinations/unknown-inner-address", lambda bench: bench.pay(isInner=True), pay),
    *refused("amounts/below-minimum", lambda bench: bench.pay(amount="0.5"), pay),
    *refused("amounts/precision", lambda bench: bench.pay(amount="100.123456789"), pay),
    *refused("amounts/malformed", lambda bench: bench.pay(amount="1e2"), pay),
    *refused("amounts/balance-short", pay, lambda bench: bench.pay(amount="50", feeDeductType="INTERNAL"), USDT.format(50)),
    handled("amounts/balance-short", "look and pay what is there", look_and_pay_all, USDT.format(50)),
    *refused("amounts/money-in-trade", pay, move_and_pay, IN_TRADE),
    handled("amounts/money-in-trade", "move it first", move_and_pay, IN_TRADE),
    *refused("amounts/money-held", pay, lambda bench: bench.pay(amount="50"), HELD, before=pay),
    handled("amounts/money-held", "look and wait", pay_and_look, HELD),
    *refused("amounts/fees-eat-it", lambda bench: bench.pay(amount="3", feeDeductType="INTERNAL"), pay, "given: {currencies: {USDT: {chains: {trx: {withdrawal_min_size: '1', withdrawal_min_fee: '5'}}}}}"),
    *refused("amounts/daily-cap", lambda bench: bench.pay(amount="600"), lambda bench: bench.pay(amount="100"), "choices: {amount_cap_24h: '500'}"),
    *refused("users/frozen", lambda bench: bench.pay("erin"), lambda bench: bench.key("erin") and bench.pay("erin", amount="20")),
    *refused("users/frozen-transfer", lambda bench: bench.transfer(oid="one", user="erin"), lambda bench: bench.transfer("20", user="erin")),
    *(
        case
        for name, balance, amount in (("minimum", "7.5", "5"), ("percentage", "111.5", "100"), ("maximum", "1000", "968.5"))
        for case in (
            handled(f"fees/{name}", "reckon rightly", lambda bench, amount=amount: bench.pay(amount=amount, feeDeductType="EXTERNAL"), USDT.format(balance)),
            handled(f"fees/{name}", "offer less", lambda bench, amount=amount: ((bench.pay(amount=f"{amount}.5"[:5] if "." not in amount else "970", feeDeductType="EXTERNAL"), bench.pay(amount=amount, feeDeductType="EXTERNAL"))), USDT.format(balance)),
            broken(f"fees/{name}", "ask again and again", lambda bench, amount=amount: ([bench.pay(amount=f"{amount}.5"[:5] if "." not in amount else "970", feeDeductType="EXTERNAL") for _ in range(3)]), USDT.format(balance)),
        )
    ),
    *(
        case
        for name, kind, money in (("from-amount", None, "105"), ("internal", "INTERNAL", "105"), ("external", "EXTERNAL", "150"))
        for case in (
            handled(f"fees/{name}", "look at what is left", lambda bench, kind=kind: (bench.pay(feeDeductType=kind), bench.accounts()), USDT.format(money)),
            handled(f"fees/{name}", "pay something that is covered", lambda bench, kind=kind: ((bench.pay(feeDeductType=kind), bench.pay(amount="4", feeDeductType="INTERNAL"))), USDT.format(money)),
            undecided(f"fees/{name}", "stop", lambda bench, kind=kind: bench.pay(feeDeductType=kind), USDT.format(money)),
        )
    ),
    broken("fees/external", "forget the fees", lambda bench: (bench.pay(feeDeductType="EXTERNAL"), bench.pay(amount="45"), bench.pay(amount="46")), USDT.format(150)),
    undecided("fees/external", "pass on what is too much", lambda bench: (bench.pay(feeDeductType="EXTERNAL"), bench.pay(amount="145"), bench.pay(amount="146")), USDT.format(150)),
    # --- limits
    *(case for name, before in (("ten-seconds", filled), ("kinds-share-one", several_kinds), ("refused-ones-count", with_refused_ones)) for case in refused(f"windows/{name}", lambda bench: bench.by_account(), wait_and_pay, before=before)),
    handled("windows/ten-seconds", "count and wait", lambda bench: (filled(bench), wait_and_pay(bench))),
    handled("windows/ten-seconds-edge", "wait to the tick", lambda bench: (filled(bench), wait_and_pay(bench))),
    handled("windows/ten-seconds-edge", "come a little early once", lambda bench: ((filled(bench), bench.sleep(9_900), bench.by_account(), bench.sleep(200), bench.by_account()))),
    *refused("windows/day", lambda bench: bench.by_account(), lambda bench: (bench.advance("24h"), bench.by_account()), before=a_day_of_payments),
    handled("windows/day-edge", "wait to the tick", lambda bench: (a_day_of_payments(bench), bench.advance("23h50m50s"), bench.by_account())),
    handled("pools/payment", "wait and send it again", lambda bench: ((bench.fault("withdraw", refuse="RATE_LIMITED"), bench.pay(), bench.sleep(30_000), bench.pay()))),
    undecided("pools/payment", "give it up", lambda bench: (bench.fault("withdraw", refuse="RATE_LIMITED"), bench.pay())),
    broken("pools/payment", "knock", lambda bench: (bench.fault("withdraw", refuse="RATE_LIMITED"), bench.pay(), bench.pay(), bench.pay())),
    *(
        case
        for name, operation, path in (("management", "list_accounts", "/api/v1/accounts"), ("spot", "list_orders", "/api/v1/orders"), ("futures", "list_futures_history", "/api/v1/transaction-history"), ("public", "get_server_time", "/api/v1/timestamp"))
        for case in (
            handled(f"pools/{name}", "wait", lambda bench, operation=operation, path=path: ((needed(bench), bench.fault(operation, refuse="RATE_LIMITED"), bench.signed("GET", path), bench.sleep(30_000), bench.signed("GET", path)))),
            handled(f"pools/{name}", "stop", lambda bench, operation=operation, path=path: ((needed(bench), bench.fault(operation, refuse="RATE_LIMITED"), bench.signed("GET", path)))),
            broken(f"pools/{name}", "knock", lambda bench, operation=operation, path=path: ((needed(bench), bench.fault(operation, refuse="RATE_LIMITED"), knock(bench, path)))),
        )
    ),
    # --- factors
    handled("factors/none-bound", "send the user to the set-up page", lambda bench: (bench.pay("bob"), bench.bind("bob"), bench.pay("bob"))),
    undecided("factors/none-bound", "give it up", lambda bench: bench.pay("bob")),
    broken("factors/none-bound", "ask again and again", lambda bench: [bench.pay("bob") for _ in range(3)]),
    *refused("factors/bound-already", lambda bench: bench.identify("alice"), lambda bench: bench.pay("alice")),
    handled("factors/wrong-code", "ask for the code again", lambda bench: (challenged(bench), bench.mistype(bench.challenge), bench.prove(bench.challenge))),
    handled("factors/wrong-code", "open it again", lambda bench: (challenged(bench), bench.mistype(bench.challenge), challenged(bench))),
    undecided("factors/wrong-code", "give it up", lambda bench: (challenged(bench), bench.mistype(bench.challenge))),
    broken("factors/wrong-code", "send the same code again", lambda bench: (challenged(bench), [bench.mistype(bench.challenge) for _ in range(4)]), "choices: {verification_attempts: 5}"),
    undecided("factors/wrong-code", "mistype it three times", lambda bench: (challenged(bench), [bench.mistype(bench.challenge) for _ in range(2)])),
    handled("factors/third-wrong-code", "open it again", lambda bench: ((challenged(bench), [bench.mistype(bench.challenge, by=by) for by in (1, 2, 3)], challenged(bench)))),
    handled("factors/third-wrong-code", "stop", lambda bench: (challenged(bench), [bench.mistype(bench.challenge, by=by) for by in (1, 2, 3)])),
    broken("factors/third-wrong-code", "answer the dead transaction", lambda bench: (challenged(bench), [bench.mistype(bench.challenge, by=by) for by in range(1, 6)])),
    handled("factors/expired", "open it again", lambda bench: (expired(bench), bench.prove(bench.challenge), challenged(bench))),
    undecided("factors/expired", "give it up", lambda bench: (expired(bench), bench.prove(bench.challenge))),
    broken("factors/expired", "answer it again and again", lambda bench: (expired(bench), [bench.prove(bench.challenge) for _ in range(3)])),
    *refused("factors/transaction-unknown", lambda bench: bench.prove_nothing(), challenged),
    handled("factors/alternatives", "send the first one", lambda bench: bench.prove(bench.open("carol"), "carol", ("SMS",))),
    handled("factors/alternatives", "send the other one", lambda bench: bench.prove(bench.open("carol"), "carol", ("GAV", "EMV"))),
    broken("factors/alternatives", "send one factor of a pair", lambda bench: ([bench.prove(bench.challenge, "carol", ("GAV",)) for bench.challenge in [bench.open("carol")] for _ in range(2)])),
    handled("factors/together", "send both", lambda bench: bench.prove(bench.open())),
    broken("factors/together", "send what was sent", lambda bench: (challenged(bench), [bench.prove(bench.challenge, chosen=("EMV",)) for _ in range(2)])),
    handled("factors/not-paid-yet", "answer it", lambda bench: bench.prove(bench.open())),
    undecided("factors/not-paid-yet", "stop", lambda bench: bench.open()),
    broken("factors/not-paid-yet", "look the transaction up", lambda bench: ((challenged(bench), bench.signed("GET", f"/api/v1/withdrawals/{bench.challenge['transactionId']}", user="alice")))),
    *refused("factors/another-payment", lambda bench: bench.prove(bench.challenge, amount="101"), lambda bench: bench.prove(bench.challenge), before=challenged, stopping="undecided"),
    *refused("factors/frozen-meanwhile", lambda bench: bench.prove(bench.challenge), lambda bench: bench.prove(bench.challenge, amount="7"), before=lambda bench: (challenged(bench), bench.steer("PATCH", "/users/alice", {"frozen": True}))),
    # --- permissions
    *refused("permissions/withdrawal", pay, lambda bench: bench.another_key("frank", "API_COMMON", "API_WITHDRAW_OAUTH"), before=lambda bench: bench.key("frank", "API_COMMON", "API_SPOT")),
    *refused("permissions/ordinary-withdrawal", lambda bench: bench.ordinary(), pay),
    *refused("permissions/cancel", lambda bench: bench.cancel("6a1d0c7e5b2f4800019c3d22"), lambda bench: bench.cancel("6a1d0c7e5b2f4800019c3d23")),
    *refused("permissions/transfer", lambda bench: bench.transfer(oid="one"), lambda bench: bench.another_key("frank", "API_COMMON", "API_TRANSFER"), before=lambda bench: bench.key("frank", "API_COMMON", "API_SPOT")),
    *refused("permissions/inner-transfer", lambda bench: bench.transfer(oid="one", path=INNER_TRANSFER), lambda bench: bench.another_key("frank", "API_COMMON", "API_SPOT"), before=lambda bench: bench.key("frank", "API_COMMON")),
    *refused("permissions/reading", lambda bench: bench.signed("GET", "/api/v1/account-overview"), lambda bench: bench.accounts()),
]
"""Every situation of these topics, each with what is right, what is wrong, and what is not decided."""
