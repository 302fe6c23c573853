"""A broker without a port, at an exchange whose clocks move when they are told to: what it does is assessed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from simulator.clock import Clock, ClockSettings
from simulator.core.passing import PassTime
from simulator.evidence.readiness.assess import Assessment, assess
from simulator.evidence.readiness.history import History
from simulator.exchange import Exchange
from simulator.scenario.loader import Scenario, read
from simulator.scenario.staging.armed import Staging
from simulator.web.app import App
from simulator.web.wire.damage import NoTransportError
from support.demo_world import CALLBACK
from support.desk import OUTSIDE, START, Key, payment, query
from support.wire import FORM, JSON, NEW, OLD, OPERATOR, PAYING, V1, Answer, Asgi, Broker, control

TRANSFER = "/api/v3/accounts/universal-transfer"
INNER_TRANSFER = "/api/v2/accounts/inner-transfer"
ADDRESS = "/api/v3/deposit-address/create"
ALL = ("API_COMMON", "API_SPOT", "API_TRANSFER", "API_WITHDRAW_OAUTH")
SET_UP = "/account/security/g2fa?client_id=demo-broker&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback"
NONE = Answer(0, {}, b"{}")


@cache
def scenario_of(text: str, extends: str = "demo") -> Scenario:
    """The demo world, or that of another shipped scenario, with what this text adds."""
    return read(f"version: 1\nname: bench\nextends: {extends}\n{text}", "bench.yaml")


class Bench:
    """One run. `text` is a scenario that extends the demo world, or another one that is shipped."""

    def __init__(self, runner: asyncio.Runner, text: str = "", extends: str = "demo") -> None:
        scenario = scenario_of(text, extends)
        self.wall = START
        settings = ClockSettings(frozen=True, start=START, wall_offset=scenario.clock.wall_offset)
        clock = Clock(settings, wall=lambda: self.wall)
        staging = Staging(scenario.faults, scenario.login)
        self.app = App(Exchange(scenario.world, clock, staging=staging), scenario)
        self.wire = Asgi(self.app, runner)
        self.skewed = 0
        self.broker = Broker(self.send, lambda: self.wall - self.skewed)
        self._keys: dict[str, Key] = {}
        self._oids = 0
        self.challenge: Any = {}
        """What the last opened payment was answered with."""
        self.pair: dict[str, Any] = {}
        """The last pair of tokens."""
        self.old: dict[str, Any] = {}
        """The pair before it."""
        self.first: dict[str, Any] = {}
        """A pair that was kept for ever."""
        self.last_code = ""
        self.withdrawal = ""

    def send(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        """One request. A call whose answer is lost is answered with nothing."""
        try:
            return self.wire(method, target, body, headers)
        except NoTransportError:  # a fault wants the connection itself, which is not there
            return NONE

    # --- the stage
    def fault(self, operation: str, times: int = 1, **effect: object) -> None:
        assert control(self.send, "/faults", {"operation": operation, "times": times, **effect}).status == 201

    def lose(self, operation: str, at: str = "after_commit", network: str = "reset") -> None:
        """Lose the next answer of an operation; `at` before: the call is not performed either."""
        self.fault(operation, at=at, network=network)

    def advance(self, by: str) -> None:
        assert control(self.send, "/clock/advance", {"by": by}).status == 200

    def steer(self, method: str, path: str, body: object = None) -> Any:
        answer = self.send(
            method, V1 + path, b"" if body is None else json.dumps(body).encode(), JSON if body is not None else {}
        )
        assert answer.status < 300, answer
        return answer.json() if answer.body else None

    def sleep(self, milliseconds: int) -> None:
        """Let both clocks go on. What becomes due happens, as it does after an advance by the control surface."""
        self.wall += milliseconds
        self.app.desk.exchange.clock.advance(milliseconds)
        self.app.desk.exchange.perform(PassTime())

    # --- the broker
    def key(self, user: str = "frank", *groups: str) -> Key:
        """The user's key, made when it is first needed."""
        if user not in self._keys:
            self._keys[user] = self.broker.key(user, *(groups or ALL))
        return self._keys[user]

    def another_key(self, user: str, *groups: str) -> Key:
        """A key of another login, which is used from now on."""
        self._keys[user] = self.broker.key(user, *groups)
        return self._keys[user]

    def skew(self, milliseconds: int) -> None:
        """Let the broker's clock be behind by so much."""
        self.skewed = milliseconds

    def keep(self, user: str, key: Key) -> None:
        """Use this key from now on."""
        self._keys[user] = key

    def newest_code(self) -> str:
        """The code of the newest consent."""
        codes = self.app.desk.exchange.world.codes.values()
        consents = self.app.desk.exchange.world.consents
        return max((consents[code.consent].id, code.code) for code in codes)[1]

    def again_with(self, challenge: Mapping[str, Any]) -> Answer:
        """The second request once more."""
        factors = [{"factorType": "EMV", "factorValue": "123456"}]
        validation = {"transactionId": challenge["transactionId"], "factors": factors}
        return self.broker.withdraw(self.key("alice"), payment(), validation=validation)

    def bound_key(self) -> None:
        """Frank's key for payments to his address book alone."""
        token = self.exchange(self.code("frank", addressbook_only=True)).json()["access_token"]
        self._keys["frank"] = self.add_key(token, *ALL, book_only=True).key

    def identify(self, user: str) -> None:
        """Say who the user is on the page of s8.1."""
        self.send("POST", SET_UP, f"step=identify&identity={user}".encode(), FORM)

    def bind(self, user: str) -> None:
        """Set an authenticator up on that page."""
        self.identify(user)
        code = self.steer("GET", f"/users/{user}/totp")["code"]
        self.send("POST", SET_UP, f"step=bind&identity={user}&code={code}".encode(), FORM)

    def prove_nothing(self) -> Answer:
        """A second request for a transaction that there is not."""
        factors = [{"factorType": "EMV", "factorValue": "123456"}]
        validation = {"transactionId": "6a1d0c7e5b2f4800019c3d22", "factors": factors}
        return self.broker.withdraw(self.key("alice"), payment(), validation=validation)

    def ordinary(self) -> Answer:
        """The ordinary withdrawal, which no consent permits."""
        fields = {
            "currency": "USDT",
            "toAddress": OUTSIDE["trx"],
            "amount": 10,
            "withdrawType": "ADDRESS",
            "chain": "trx",
        }
        return self.signed("POST", "/api/v3/withdrawals", fields)

    def signed(self, method: str, target: str, body: object = None, user: str = "frank") -> Answer:
        return self.broker.signed(self.key(user), method, target, b"" if body is None else json.dumps(body).encode())

    def pay(self, user: str = "frank", **changes: Any) -> Answer:
        return self.broker.withdraw(self.key(user), payment(**changes))

    def by_account(self, kind: str = "UID", address: str = "200000002", **changes: Any) -> Answer:
        return self.pay(withdrawType=kind, address=address, chain=None, amount="10", **changes)

    def look(self, user: str = "frank") -> Answer:
        return self.signed("GET", "/api/v1/withdrawals", user=user)

    def accounts(self, user: str = "frank") -> Answer:
        return self.signed("GET", "/api/v1/accounts", user=user)

    def currency(self, name: str = "USDT") -> Answer:
        return self.send("GET", f"/api/v3/currencies/{name}")

    def open(self, user: str = "alice", **changes: object) -> Any:
        """The first request of a user with factors: what it is answered with."""
        return self.pay(user, **changes).json().get("data")

    def prove(
        self, challenge: Mapping[str, Any], user: str = "alice", chosen: tuple[str, ...] = (), **changes: Any
    ) -> Answer:
        """The second request, with the right codes."""
        validation = self.broker.validation(user, challenge, *chosen)
        return self.broker.withdraw(self.key(user), payment(**changes), validation=validation)

    def mistype(self, challenge: Mapping[str, Any], user: str = "alice", by: int = 1) -> Answer:
        """The second request, with a wrong code."""
        validation = self.broker.validation(user, challenge)
        last = validation["factors"][-1]
        last["factorValue"] = f"{(int(last['factorValue']) + by) % 1_000_000:06}"
        return self.broker.withdraw(self.key(user), payment(), validation=validation)

    def transfer(
        self, amount: str = "10", oid: str = "", path: str = TRANSFER, user: str = "frank", **changes: object
    ) -> Answer:
        """Money from the trading account to the main one."""
        self._oids += 1
        body = {"clientOid": oid or f"oid-{self._oids}", "currency": "USDT", "amount": amount}
        if path == TRANSFER:
            body |= {"type": "INTERNAL", "fromAccountType": "TRADE", "toAccountType": "MAIN"}
        else:
            body |= {"from": "trade", "to": "main"}
        return self.signed("POST", path, body | changes, user)

    def address(self, currency: str = "USDT", chain: str = "eth", user: str = "frank") -> Answer:
        return self.signed("POST", ADDRESS, {"currency": currency, "chain": chain}, user)

    def cancel(self, withdrawal: str, user: str = "frank") -> Answer:
        return self.signed("DELETE", f"/api/v1/withdrawals/{withdrawal}", user=user)

    # --- the login
    def code(self, user: str = "alice", **more: Any) -> str:
        return self.broker.authorize(user, **more)

    def tokens(self, user: str = "alice", **more: Any) -> dict[str, Any]:
        return self.broker.tokens(user, **more)

    def exchange(self, code: str) -> Answer:
        return self.broker.exchange(code)

    def refresh(self, token: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.broker.refresh(token).body or b"{}")
        return body

    def add_key(self, token: str, *groups: str, book_only: bool = False) -> Answer:
        return self.broker.add_key(token, *(groups or PAYING), book_only=book_only)

    def add_key_old(self, token: str) -> Answer:
        return self.send("POST", OLD, b"", {**JSON, "authorization": f"bearer {token}"})

    def bearer(self, header: str, groups: Mapping[str, bool]) -> Answer:
        """A request for a key with any header and any groups."""
        body = json.dumps({"authGroupMap": groups, "isAddressbookOnly": False}).encode()
        return self.send("POST", NEW, body, {**JSON, **({"authorization": header} if header else {})})

    def press(self, button: str, value: str, user: str = "alice", state: str = "s-1") -> str:
        """Log in on the page and press a button there; the location to which the browser is sent."""
        target = f"/oauth?{query(CALLBACK, state)}"
        fields = f"step=consent&identity={user}&{button}={value}&grant=API_COMMON&grant=API_WITHDRAW_OAUTH"
        answer = self.send("POST", target, fields.encode(), FORM)
        assert answer.status < 400, answer
        return answer.headers.get("location", "")

    # --- what is made of it
    def assess(self) -> Assessment:
        journal = self.app.desk.journal
        return assess(History(journal.after(0), messages=journal.order_messages))


Run = Callable[[Bench], object]
__all__ = ["ADDRESS", "ALL", "INNER_TRANSFER", "OPERATOR", "TRANSFER", "Bench", "Run"]
