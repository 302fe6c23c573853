"""What one user's many things cost everybody: calls beside 100 and beside 100,000 of them, in process.

    python benchmarks/piles.py [many]

Prints the table of docs/performance.md.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from simulator.core.account import deposits as account_deposits
from simulator.core.account import withdrawals as account_withdrawals
from simulator.core.funds import arrivals

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from growth import BODY, PATH, at_once, crowd  # noqa: E402 - the lines above find it
from msgspec.structs import replace  # noqa: E402

from simulator.clock import wall_clock  # noqa: E402
from simulator.core.account import deposit_addresses as deposits  # noqa: E402
from simulator.core.account import hf_ledgers as hf_ledger  # noqa: E402
from simulator.core.account import ledgers as history  # noqa: E402
from simulator.core.account import transfers  # noqa: E402
from simulator.core.fast_api import api_keys, authorization, redirects, tokens  # noqa: E402
from simulator.core.fast_api.withdrawals import Withdraw  # noqa: E402
from simulator.core.gateway.requests import Body  # noqa: E402
from simulator.core.gateway.signature import SignedRequest, prehash, sign  # noqa: E402
from simulator.core.world import Account, DepositAddress  # noqa: E402
from simulator.exchange import Exchange  # noqa: E402
from simulator.scenario.loader import load  # noqa: E402
from simulator.web.app import App  # noqa: E402

URI: Final = "http://localhost:3000/callback"
FEW: Final = 100
FIELDS: Final = {
    "currency": "USDT",
    "address": "T1" * 17,
    "amount": "3",
    "withdrawType": "ADDRESS",
    "chain": "trx",
}


class Owner:
    """frank, who has many things, on an exchange without a socket."""

    def __init__(self) -> None:
        world = crowd(load("demo").world, 10)
        choices = replace(
            world.choices, api_key_limit=10**9, second_deposit_address="create", amount_cap_24h=Decimal(10) ** 15
        )
        wallet = world.wallet("frank").having(Account("USDT", "trade", Decimal(10**9)))
        self.exchange = Exchange(replace(world, choices=choices).put(wallet))
        self.desk = App(self.exchange).desk
        query = redirects.build_query(client_id="demo-broker", redirect_uri=URI, scope="OAUTH_CREATE_API", state="1")
        code: Any = self.exchange.perform(authorization.Authorize(query, "frank", authorization.GRANTABLE)).result
        bought = f"grant_type=authorization_code&code={code.code}&redirect_uri={URI}&client_id=demo-broker"
        pair: Any = self.exchange.perform(tokens.ExchangeCode(bought, "127.0.0.1")).result
        self.token = pair.access_token
        self.key: Any = self.add_key()
        self.number = 0

    def signed(self, method: str, path: str, body: bytes = b"") -> SignedRequest:
        """A request with the key's signature."""
        stamp = str(wall_clock())
        return SignedRequest(
            method=method,
            path=path,
            query="",
            body=body,
            key=self.key.api_key,
            sign=sign(self.key.secret, prehash(stamp, method, path, body)),
            timestamp=stamp,
            passphrase=sign(self.key.secret, self.key.passphrase.encode()),
            version="3",
            ip="127.0.0.1",
        )

    def do(self, command: Any) -> Any:
        """Perform what must succeed."""
        outcome = self.exchange.perform(command)
        assert outcome.word == "OK", outcome.word
        return outcome.result

    def add_key(self) -> Any:
        """One more key."""
        groups = {"API_WITHDRAW_OAUTH": True, "API_SPOT": True, "API_TRANSFER": True}
        return self.do(api_keys.AddApiKey(f"bearer {self.token}", Body({"authGroupMap": groups}), ""))

    def add_address(self) -> Any:
        """One more deposit address."""
        body = Body({"currency": "USDT", "chain": "trx"})
        return self.do(deposits.CreateDepositAddress(self.signed("POST", "/x"), body))

    def withdraw(self) -> Any:
        """One more withdrawal, which is paid at once."""
        return self.do(Withdraw(self.signed("POST", PATH, BODY), Body(FIELDS)))

    def deposit(self) -> Any:
        """One more deposit, which is credited at once."""
        address = DepositAddress("trx", "T2" * 17, "", "USDT", "main")
        return self.do(arrivals.ArriveDeposit("frank", "USDT", address, Decimal(7)))

    def transfer(self, tag: str = "") -> Any:
        """One more transfer, into an isolated account of its own if there is a `tag`."""
        self.number += 1
        fields = {"clientOid": str(self.number), "currency": "USDT", "amount": "1", "type": "INTERNAL"}
        fields |= {"fromAccountType": "TRADE", "toAccountType": "ISOLATED" if tag else "MAIN"}
        return self.do(
            transfers.MakeTransfer(self.signed("POST", "/x"), Body(fields | ({"toAccountTag": tag} if tag else {})))
        )

    def isolated(self) -> Any:
        """One more account."""
        return self.transfer(f"PAIR-{self.number}")

    def listed(self, make: Any, **asked: str) -> Callable[[], Any]:
        """A list of the exchange."""
        return lambda: self.do(make(self.signed("GET", "/x"), asked))

    def seen(self, handler: Any, query: str = "") -> Callable[[], Any]:
        """A list of the control surface."""
        from starlette.requests import Request

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": query.encode()}
        return lambda: at_once(handler(self.desk, Request(scope)))


def calls(owner: Owner) -> dict[str, tuple[Callable[[], Any], dict[str, Callable[[], Any]]]]:
    """What is piled up, by what call, and the calls that are measured beside it."""
    from simulator.web.control import credentials, money
    from simulator.web.control import deposits as control_deposits

    withdrawals, ledgers, hf = account_withdrawals.ListWithdrawals, history.ListLedgers, hf_ledger.ListHfLedgers
    return {
        "withdrawals": (
            owner.withdraw,
            {
                "withdrawal": owner.withdraw,
                "GET /withdrawals": owner.listed(withdrawals),
                "the same, page 150 of 500": owner.listed(withdrawals, currentPage="150", pageSize="500"),
                "the same, another currency": owner.listed(withdrawals, currency="BTC"),
                "the same, status=FAILURE": owner.listed(withdrawals, status="FAILURE"),
                "the same, status=SUCCESS": owner.listed(withdrawals, status="SUCCESS"),
                "GET /accounts/ledgers": owner.listed(ledgers),
                "the same, direction=in": owner.listed(ledgers, direction="in"),
                "the same, another currency ": owner.listed(ledgers, currency="BTC"),
                "/_sim/v1/ledger": owner.seen(money.ledger),
                "/_sim/v1/ledger?user=": owner.seen(money.ledger, "user=frank"),
                "/_sim/v1/ledger?user= of nobody": owner.seen(money.ledger, "user=nobody"),
                "/_sim/v1/withdrawals": owner.seen(money.withdrawals),
                "/_sim/v1/withdrawals?user=": owner.seen(money.withdrawals, "user=frank"),
                "/_sim/v1/withdrawals?user= of nobody": owner.seen(money.withdrawals, "user=nobody"),
            },
        ),
        "deposits": (
            owner.deposit,
            {
                "GET /deposits": owner.listed(account_deposits.ListDeposits),
                "the same, status=PROCESSING": owner.listed(account_deposits.ListDeposits, status="PROCESSING"),
                "/_sim/v1/deposits?user=": owner.seen(control_deposits.deposits, "user=frank"),
            },
        ),
        "transfers": (
            owner.transfer,
            {"GET /accounts/ledgers": owner.listed(ledgers), "GET /hf/accounts/ledgers": owner.listed(hf)},
        ),
        "isolated accounts": (owner.isolated, {"a transfer into one more": owner.isolated}),
        "keys": (
            owner.add_key,
            {
                "add_api_key": owner.add_key,
                "/_sim/v1/api-keys?user=": owner.seen(credentials.api_keys, "user=frank"),
                "/_sim/v1/api-keys?user= of nobody": owner.seen(credentials.api_keys, "user=nobody"),
            },
        ),
        "deposit addresses": (owner.add_address, {"one more": owner.add_address}),
    }


def spent(action: Callable[[], Any], times: int) -> float:
    """The least milliseconds of processor time that an action has taken."""
    least = []
    for _ in range(times):
        began = time.process_time_ns()
        action()
        least.append(time.process_time_ns() - began)
    return min(least) / 1e6


def measure(many: int, times: int = 5, few: int = FEW) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of each call beside few and beside many things, by (what is piled up, call)."""
    measured: dict[tuple[str, str], list[float]] = {}
    for pile in calls(Owner()):
        owner = Owner()
        add, asked = calls(owner)[pile]
        had = 0
        for count in (few, many):
            for _ in range(count - had):
                add()
            had = count
            gc.collect()
            gc.freeze()
            for name, action in asked.items():
                measured.setdefault((pile, name), []).append(spent(action, times))
            gc.unfreeze()
    return measured


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"| things of one user | call | ms at {FEW} | ms at {many:,} |\n|---|---|---|---|")
    for (pile, name), (at_few, at_many) in measure(many).items():
        print(f"| {pile} | {name.strip()} | {at_few:.2f} | {at_many:.2f} |", flush=True)
