"""A careful broker: how it connects users and pays for them. Three styles of it play every shipped scenario.

It acts as a real broker would: it sees what the exchange answers, and what its users do, and nothing else.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from support.careful_brokers.people import People
from support.desk import Key
from support.wire import Answer, Broker, Http


class LostError(Exception):
    """A call brought no usable answer. `how` is `timeout`, `reset`, `garbage`, `half` or `outage`."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class DeclinedError(Exception):
    """The broker tells its user that something cannot be done, and why."""


@dataclass(frozen=True)
class Reply:
    """A JSON answer, and what the gateway says of the rate pool."""

    body: dict[str, Any]
    remaining: str
    reset: int

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))

    @property
    def text(self) -> str:
        return str(self.body.get("msg", ""))


@dataclass
class Payout:
    """A payment as the broker keeps it. `id` is the withdrawalId, "" if the answer was lost."""

    fields: Mapping[str, Any]
    id: str
    at: int
    state: str = "pending"


@dataclass
class Account:
    """What a broker keeps of a user."""

    user: str
    pair: dict[str, Any] | None = None
    paired_at: int = 0
    key: Key | None = None
    groups: tuple[str, ...] = ()
    problem: str = ""
    """Why there is no key, and no try can help."""
    denied: bool = False
    codes: set[str] = field(default_factory=set)
    payouts: list[Payout] = field(default_factory=list)
    tries: list[int] = field(default_factory=list)
    """When payments by UID, MAIL and PHONE were asked for, ms."""


class CarefulBroker:
    """What all styles have in common. A style says when it makes keys, what it looks at, and what it tries again."""

    new_login_after: ClassVar[frozenset[str]] = frozenset({"timeout"})
    """Lost answers to a code after which the broker does not send that code again."""

    def __init__(self, people: People, groups: tuple[str, ...] = ("API_COMMON", "API_WITHDRAW_OAUTH")) -> None:
        self.people = people
        self.groups = groups
        self.site = "global"
        self.correction = 0
        self._accounts: dict[str, Account] = {}
        self._oids = 0

    # --- what a style decides
    def connected(self, account: Account) -> None:
        """The callback has brought tokens."""

    def repeated(self, account: Account, code: str) -> bool:
        """Whether the callback has come before."""
        return code in account.codes

    def is_old(self, account: Account) -> bool:
        """Whether the pair of tokens is to be renewed before it is used."""
        return False

    def may_pay(self, account: Account) -> bool:
        """Whether the key is worth a try."""
        return True

    def available(self, account: Account, currency: str) -> Decimal:
        """What the main account can pay."""
        raise NotImplementedError

    def in_trade(self, account: Account, currency: str) -> Decimal:
        """What the trading account has."""
        return Decimal(self.ask(account, f"/api/v1/accounts/transferable?currency={currency}&type=TRADE")["available"])

    def before_payment(self, account: Account, fields: Mapping[str, Any]) -> object:
        """What is noted before a payment, to be compared with if the answer is lost."""
        return None

    def was_paid(self, account: Account, fields: Mapping[str, Any], noted: object) -> str | None:
        """After a lost answer: the withdrawalId, "" if it cannot be known; None = nothing was paid."""
        raise NotImplementedError

    def state_of(self, account: Account, payout: Payout) -> str:
        """`pending`, `done` or `failed`."""
        raise NotImplementedError

    def was_moved(self, account: Account, body: Mapping[str, Any], noted: object) -> bool:
        """After a lost answer to a transfer: whether the money has moved."""
        raise NotImplementedError

    # --- calls
    def clock(self) -> int:
        """What goes into KC-API-TIMESTAMP."""
        return self.people.wall() + self.correction

    def hear(self, operation: str, do: Callable[[Broker], Answer]) -> Reply:
        """The answer to a call. Raise `LostError` if there is none that can be read."""
        send = self.people.send
        if (patience := self.people.patience.pop(operation, None)) is not None:
            send = Http(self.people.port, timeout=patience)
        try:
            answer = do(Broker(send, self.clock))
            body = json.loads(answer.body)
        except TimeoutError:
            raise LostError("timeout") from None
        except ConnectionResetError:
            raise LostError("reset") from None
        except (http.client.IncompleteRead, UnicodeDecodeError):
            raise LostError("half") from None
        except http.client.HTTPException:
            raise LostError("garbage") from None
        except ValueError:
            ours = answer.status < 400 and "json" in answer.headers.get("content-type", "")
            raise LostError("half" if ours else "outage") from None
        remaining, reset = (answer.headers.get(f"gw-ratelimit-{name}", "0") for name in ("remaining", "reset"))
        return Reply(body, remaining, int(reset))

    def signed(self, account: Account, method: str, target: str, body: bytes = b"", operation: str = "") -> Reply:
        """A signed call. A wrong clock is set, a full gateway is waited for, and each is tried once more."""
        assert account.key is not None
        key = account.key
        reply = self.hear(operation, lambda http: http.signed(key, method, target, body))
        if reply.code == "400002":
            self.set_clock()
        elif reply.code == "429000" and reply.remaining == "0":
            self.people.sleep(reply.reset)
        else:
            if reply.code == "400006":
                account.problem = reply.text
                raise DeclinedError(reply.text)
            return reply
        return self.hear(operation, lambda http: http.signed(key, method, target, body))

    def set_clock(self) -> None:
        """Correct the own clock by the exchange's."""
        reply = self.hear("get_server_time", lambda http: http.send("GET", "/api/v1/timestamp"))
        self.correction = reply.body["data"] - self.people.wall()

    def ask(self, account: Account, target: str) -> Any:
        """`data` of a signed look."""
        reply = self.signed(account, "GET", target)
        assert reply.code == "200000", (target, reply)
        return reply.body["data"]

    # --- login, tokens, key
    def account(self, user: str) -> Account:
        return self._accounts.setdefault(user, Account(user))

    def connect(self, user: str) -> Account:
        """Send the user through the login. A callback whose state was not sent with it is refused."""
        parameters = self.people.log_in(user, self.groups)
        return self.callback(user, parameters) if parameters.get("state") == self.people.state else self.account(user)

    def callback(self, user: str, parameters: Mapping[str, str]) -> Account:
        """What comes to the redirect URI."""
        account = self.account(user)
        code = parameters.get("code")
        account.denied = code is None
        if code is None or self.repeated(account, code):
            return account
        account.codes.add(code)
        pair = self.exchange(code)
        if pair is None:
            return account if account.pair else self.connect(user)
        account.pair, account.paired_at = pair, self.people.now()
        self.connected(account)
        return account

    def exchange(self, code: str) -> dict[str, Any] | None:
        """The pair that a code buys; None = the user must log in again."""
        for _ in range(2):
            try:
                body = self.hear("exchange_code", lambda http: http.exchange(code)).body
            except LostError as lost:
                if lost.how in self.new_login_after:
                    return None
                continue
            return body if "access_token" in body else None
        return None

    def token(self, account: Account) -> str:
        """An access token as good as the broker knows."""
        if account.pair is None:
            self.connect(account.user)
        elif self.is_old(account):
            self.renew(account)
        assert account.pair is not None
        return str(account.pair["access_token"])

    def renew(self, account: Account) -> None:
        """Refresh the pair. A lost answer is tried once more; a refusal leads to the login."""
        assert account.pair is not None
        refresh_token = account.pair["refresh_token"]
        for _ in range(2):
            try:
                body = self.hear("refresh_tokens", lambda http: http.refresh(refresh_token)).body
            except LostError:
                continue
            if "access_token" not in body:
                break
            account.pair, account.paired_at = body, self.people.now()
            return
        account.pair = None
        self.connect(account.user)

    def have_key(self, account: Account) -> Key:
        """The user's key, made now if there is none. Raise `DeclinedError` if it cannot be made."""
        if account.key is None and not account.problem:
            self.make_key(account)
        if account.key is None:
            raise DeclinedError(account.problem)
        return account.key

    def make_key(self, account: Account) -> None:
        """Ask for a key, and for less if the user has granted less."""
        groups, book_only, before = self.groups, False, account.key
        for _ in range(5):
            token = self.token(account)
            if account.key is not before:
                return  # a login on the way has brought one
            try:
                reply = self.ask_for_key(token, groups, book_only=book_only)
            except LostError:
                continue
            if reply.body.get("success"):
                data = reply.body["data"]
                account.key = Key(data["apiKey"], data["secret"], data["passphrase"])
                account.groups = tuple(data["authGroup"].split(","))
                self.key_made(account, data)
                return
            if reply.code == "400400":
                self.renew(account)
            elif "isAddressbookOnly" in reply.text:
                book_only = not book_only
            elif reply.code == "40503":
                groups = tuple(group for group in groups if group not in reply.text)
            else:
                account.problem = account.problem or reply.text
                return
        raise AssertionError(f"no key for {account.user}")

    def ask_for_key(self, token: str, groups: tuple[str, ...], *, book_only: bool) -> Reply:
        """s4.2."""
        return self.hear("add_api_key", lambda http: http.add_key(token, *groups, book_only=book_only))

    def key_made(self, account: Account, data: Mapping[str, Any]) -> None:
        """The answer with a new key has come."""
