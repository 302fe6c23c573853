"""Runs of a naive client in what stages a situation: lines of a scenario, or a shipped one that careful brokers escape.

A client does here what the row says beside its lines, and nothing else: no hand steers the simulator in
between, unless the row says so.
"""

# mypy: disable-error-code="func-returns-value"
# What the calls of a run return does not matter.

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs, urlsplit

from support.demo_world import CALLBACK
from support.desk import query
from support.readiness.bench import INNER_TRANSFER, Bench, Run
from support.readiness.connecting import again, ask, both, by_frank, connected, make, renew, renew_with_old
from support.readiness.losing import look, pay, pending
from support.readiness.order_runs import fruitful, see_stop
from support.readiness.ordering import batch, ordered
from support.readiness.payments import several_kinds

PAYING: Final = ("API_COMMON", "API_WITHDRAW_OAUTH")


def linked(bench: Bench, user: str = "frank", groups: tuple[str, ...] = PAYING) -> None:
    """The key of a user with these permissions, by the login link: the scenario says what is granted."""
    link = bench.send("GET", f"/oauth?{query(CALLBACK, 's-1')}").headers["location"]
    code = parse_qs(urlsplit(link).query)["code"][0]
    bench.keep(user, bench.add_key(bench.exchange(code).json()["access_token"], *groups).key)


def lost_pair_in_use(bench: Bench) -> None:
    """The answer to a refresh is lost, and the client goes on with the access token that it has."""
    connected(bench)
    bench.refresh(bench.pair["refresh_token"])
    make(bench)


def set_up_late(bench: Bench) -> None:
    """Bob is sent to the set-up page."""
    bench.pay("bob")
    bench.identify("bob")


def mistyped(bench: Bench) -> None:
    bench.mistype(bench.open())


def paid_and_canceled(bench: Bench) -> None:
    bench.cancel(pending(bench))


def looked_up(bench: Bench) -> None:
    bench.signed("GET", f"/api/v1/withdrawals/{pending(bench)}")


def looked_often(bench: Bench) -> None:
    """Eleven looks at alice's accounts, and a deposit after each."""
    for _ in range(11):
        bench.accounts("alice")


def listed(path: str) -> Run:
    """The first page of a list of alice's."""
    return lambda bench: bench.signed("GET", f"{path}?pageSize=10", user="alice")


def refused_recipients(bench: Bench) -> None:
    for _ in range(3):
        bench.by_account(address="299999999")
    bench.by_account()


def moved(path: str) -> Run:
    """Frank's money is moved with a key that the login link brought."""
    return lambda bench: (linked(bench), bench.transfer(path=path) if path else bench.transfer())


def futures(bench: Bench) -> None:
    linked(bench)
    bench.signed("GET", "/api/v1/account-overview")


def called(method: str, path: str) -> Run:
    return lambda bench: bench.signed(method, path)


# fmt: off
RUNS: Final[dict[str, Run]] = {
    "login/code-of-another-client": lambda bench: (setattr(bench, "last_code", bench.code(client_id="other-broker")), again(bench)),
    "tokens/access-superseded": lost_pair_in_use,
    "tokens/refresh-concurrent": both(connected, renew, renew_with_old),
    "keys/less-than-granted": both(connected, lambda bench: ask(bench, "API_COMMON")),
    "keys/no-futures-account": both(by_frank, lambda bench: ask(bench, "API_COMMON", "API_FUTURES")),
    "keys/one-per-consent": both(connected, make, make),
    "permissions/transfer": moved(""),
    "permissions/inner-transfer": moved(INNER_TRANSFER),
    "permissions/reading": futures,
    "factors/bound-already": set_up_late,
    "factors/third-wrong-code": mistyped,
    "factors/transaction-unknown": lambda bench: bench.prove(bench.open()),
    "destinations/address-format": lambda bench: bench.pay(address="0x0de51de0de51de0de51de0de51de0de51de0de51"),
    "destinations/chain-unknown": lambda bench: bench.pay(chain="sol"),
    "destinations/currency-unknown": lambda bench: bench.pay(currency="TON", chain="ton", amount="5"),
    "destinations/unknown-uid": lambda bench: bench.by_account(address="299999999"),
    "destinations/unknown-phone": lambda bench: bench.by_account("PHONE", "+15550199"),
    "amounts/precision": lambda bench: bench.pay(amount="100.123456789"),
    "amounts/malformed": lambda bench: bench.pay(amount="1e2"),
    "amounts/fees-eat-it": lambda bench: bench.pay(amount="3", feeDeductType="INTERNAL"),
    "fees/from-amount": pay,
    "windows/kinds-share-one": both(several_kinds, lambda bench: bench.by_account()),
    "windows/refused-ones-count": refused_recipients,
    "pools/management": called("GET", "/api/v1/user/api-key"),
    "pools/spot": called("GET", "/api/v3/market/orderbook/level2?symbol=BTC-USDT"),
    "pools/futures": called("GET", "/api/v1/account-overview"),
    "pools/public": called("GET", "/api/v1/timestamp"),
    "lost-answers/withdrawal-not-made": pay,
    "lost-answers/inner-transfer": lambda bench: bench.transfer(path=INNER_TRANSFER, **{"from": "main", "to": "trade"}),
    "lost-answers/cancel": paid_and_canceled,
    "lost-answers/deposit-address": lambda bench: bench.address(),
    "lost-answers/look": look,
    "settlement/canceled": paid_and_canceled,
    "settlement/unknown-id": looked_up,
    "deposits/chain-closed": lambda bench: bench.address(),
    "deposits/malformed": lambda bench: bench.address(chain="sol"),
    "transfers/balance-short": lambda bench: bench.transfer("10"),
    "transfers/account-not-opened": lambda bench: bench.transfer(fromAccountType="MAIN", toAccountType="CONTRACT"),
    "transfers/malformed": lambda bench: bench.transfer("0"),
    "lists/ledger-pages": both(looked_often, listed("/api/v1/accounts/ledgers")),
    "lists/deposit-pages": both(looked_often, listed("/api/v1/deposits")),
    "orders/not-made": ordered(clientOid="one"),
    "orders/stop-triggered": both(fruitful, see_stop),
    "orders/batch-answer-lost": lambda bench: batch(bench, {"clientOid": "a"}, {"clientOid": "b"}),
    "orders/increment": ordered(price="59000.37", size="0.0123456789"),
    "orders/below-minimum": ordered(size="0.00000001"),
    "orders/above-maximum": ordered(),
    "orders/malformed-number": ordered(size="-1"),
    "orders/balance-short": ordered(size="0.001", price="60000"),
    "orders/symbol-unknown": ordered(symbol="SOL-USDT", size="1", price="100"),
    "orders/symbol-closed": ordered(size="0.001"),
    "orders/too-many": ordered(),
    "orders/too-late": lambda bench: ordered(size="0.001", clientTimestamp=bench.wall, allowMaxTimeWindow=1_000)(bench),
}
# fmt: on
"""By the situation's id."""
