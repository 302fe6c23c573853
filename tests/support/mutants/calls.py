"""The calls of the careful broker: what it hears, what it does at once about a refusal, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from support.desk import Key
from support.readiness.bench import Bench
from support.wire import Answer, Broker

TRIES: Final = 12
"""Times that a call is sent at the most; a careful broker needs two."""


class LostError(Exception):
    """A call brought no usable answer."""


class DeclinedError(Exception):
    """The broker tells its user that something cannot be done, and why."""


@dataclass(frozen=True)
class Reply:
    """A JSON answer, and what the gateway says of the rate pool."""

    status: int
    body: Mapping[str, Any]
    remaining: str
    reset: int

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))

    @property
    def text(self) -> str:
        return str(self.body.get("msg") or self.body.get("message") or self.body.get("error_description") or "")

    @property
    def data(self) -> Any:
        return self.body.get("data") or {}


class Caller:
    """A broker that can call, and knows what to do about its clock, its pool, its key and its address."""

    look_tries = 3

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.correction = 0
        self.wire = Broker(bench.send, self.clock)
        self.keys: dict[str, Key] = {}

    def clock(self) -> int:
        """What goes into KC-API-TIMESTAMP."""
        return self.bench.wall - self.bench.skewed + self.correction

    def now(self) -> int:
        """The instant by which tokens, codes and windows end, ms."""
        return self.bench.app.desk.exchange.clock.now().business

    def hear(self, do: Callable[[], Answer]) -> Reply:
        """The answer to one call. Raise `LostError` if there is none that can be read."""
        answer = do()
        try:
            body = json.loads(answer.body)
        except ValueError:
            raise LostError from None
        if not isinstance(body, dict) or not body:
            raise LostError
        remaining, reset = (answer.headers.get(f"gw-ratelimit-{name}", "0") for name in ("remaining", "reset"))
        return Reply(answer.status, body, remaining, int(reset))

    def ok(self, reply: Reply) -> bool:
        """Whether a call succeeded. The status 200 says nothing."""
        return reply.code == "200000" or reply.body.get("success") is True or "access_token" in reply.body

    def call(self, do: Callable[[], Answer]) -> Reply:
        """The answer of a call that has met neither an empty pool nor a wrong clock."""
        for _ in range(TRIES):
            reply = self.hear(do)
            if reply.code == "429000" and reply.remaining == "0":
                self.pool_is_empty(reply)
            elif reply.code == "400002":
                self.clock_is_off()
            else:
                break
        return reply

    def pool_is_empty(self, reply: Reply) -> None:
        """Wait as long as the answer says."""
        self.bench.sleep(reply.reset)

    def clock_is_off(self) -> None:
        """Correct the own clock by the exchange's."""
        self.correction += self.public("/api/v1/timestamp").body["data"] - self.clock()

    def public(self, target: str) -> Reply:
        """A call that needs no key."""
        return self.call(lambda: self.wire.send("GET", target))

    def signed(self, user: str, method: str, target: str, body: object = None) -> Reply:
        """A signed call, sent once unless the exchange did not judge it."""
        raw = b"" if body is None else json.dumps(body).encode()
        for _ in range(TRIES):
            key = self.key_of(user)
            reply = self.call(lambda key=key: self.wire.signed(key, method, target, raw))  # type: ignore[misc]
            if reply.code == "400003":
                self.key_is_gone(user)
            elif reply.code == "400006":
                self.address_is_barred(user)
            else:
                break
        return reply

    def key_of(self, user: str) -> Key:
        """The user's key."""
        raise NotImplementedError

    def key_is_gone(self, user: str) -> None:
        """The user has deleted the key: forget it, and tell the user."""
        del self.keys[user]
        raise DeclinedError("connect again")

    def address_is_barred(self, user: str) -> None:
        """Nothing that a program does can help."""
        raise DeclinedError("this machine's address is not registered with KuCoin")

    def look(self, user: str, target: str) -> Reply:
        """A signed look. It changes nothing, so it is repeated if its answer is lost."""
        for _ in range(self.look_tries):
            try:
                return self.signed(user, "GET", target)
            except LostError:
                self.pause()
        raise LostError

    def pause(self) -> None:
        """Give the network a moment."""
        self.bench.sleep(1_000)
