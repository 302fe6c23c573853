"""The careful broker at the login: states, codes, tokens, and the key that it makes with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from simulator.core.spec import AuthGroup
from support.desk import Key
from support.mutants.calls import Caller, DeclinedError, LostError, Reply
from support.readiness.bench import ALL, Bench
from support.wire import JSON, OLD

MOST_LOGINS: Final = 60
HOUR: Final = 3_600_000
GROUPS: Final = tuple(group.value for group in AuthGroup)


@dataclass(frozen=True)
class Pair:
    """The tokens of a user, and when they came, ms."""

    access: str
    refresh: str
    at: int


@dataclass(frozen=True)
class Wish:
    """What the broker asks for with a key."""

    groups: tuple[str, ...]
    book_only: bool = False


class ConnectingBroker(Caller):
    """A style says how often it tries a code or a refresh token, and what it does about tokens that are refused."""

    code_tries = 2
    refresh_tries = 2
    groups: tuple[str, ...] = ALL

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.pairs: dict[str, Pair] = {}
        self.pending: dict[str, tuple[str, int]] = {}
        """Users who are on their way through the login, and since when, by state."""
        self.codes: set[str] = set()
        self.granted: dict[str, tuple[str, ...]] = {}
        """The permissions of each user's key."""
        self.consents: dict[str, dict[str, Any]] = {}
        """What a user ticks at a login; everything, if nothing is said. It is the user's, not the broker's."""
        self.logins = 0

    # --- the browser
    def begin(self, user: str) -> str:
        """The state of a new login."""
        self.logins += 1
        assert self.logins < MOST_LOGINS, "users are sent to log in again and again"
        state = f"state-{self.logins}"
        self.forget(user)
        self.pending[state] = (user, self.now())
        return state

    def forget(self, user: str) -> None:
        """A user has one login at a time: the state of an earlier one is worth nothing any more."""
        self.pending = {state: login for state, login in self.pending.items() if login[0] != user}

    def connect(self, user: str) -> None:
        """Send the user through the login."""
        state = self.begin(user)
        code = self.bench.code(user, state=state, **self.consents.get(user, {}))
        self.callback({"code": code, "state": state})

    def callback(self, parameters: Mapping[str, str]) -> None:
        """What comes to the redirect URI. An error, a state of no login, and a code that has come before end here."""
        if self.is_denied(parameters):
            return
        user = self.user_of(parameters)
        code = parameters.get("code", "None")
        if user is None or code in self.codes:
            return
        self.codes.add(code)
        self.exchange(user, code)

    def is_denied(self, parameters: Mapping[str, str]) -> bool:
        return "error" in parameters

    def user_of(self, parameters: Mapping[str, str]) -> str | None:
        """Whose login the state belongs to. A state is good for one callback."""
        user, since = self.pending.pop(parameters.get("state", ""), (None, 0))
        if user is not None and not self.is_recent(since):
            self.connect(user)
            return None
        return user

    def is_recent(self, since: int) -> bool:
        """A login may take an hour."""
        return self.now() - since < HOUR

    # --- tokens
    def exchange(self, user: str, code: str) -> None:
        """Buy tokens with a code."""
        for _ in range(self.code_tries):
            try:
                reply = self.send_code(code)
            except LostError:
                continue
            if self.ok(reply):
                self.keep(user, reply.body)
            else:
                self.code_refused(user)
            return
        self.connect(user)

    def send_code(self, code: str) -> Reply:
        return self.hear(lambda: self.wire.exchange(code))

    def code_refused(self, user: str) -> None:
        """The user logs in again, unless the tokens are there already."""
        if user not in self.pairs:
            self.connect(user)

    def keep(self, user: str, body: Mapping[str, Any]) -> bool:
        """Both tokens of an answer take the place of the last ones; whether there were any."""
        had = user in self.pairs
        self.pairs[user] = Pair(body["access_token"], body["refresh_token"], self.now())
        return had

    def access(self, user: str) -> str:
        """An access token as good as the broker knows."""
        if user not in self.pairs:
            self.connect(user)
        return self.pairs[user].access

    def renew(self, user: str, pair: Pair | None = None) -> None:
        """Refresh the pair, or one that was read some time ago."""
        token = (pair or self.pairs[user]).refresh
        for _ in range(self.refresh_tries):
            try:
                reply = self.send_refresh(token)
            except LostError:
                continue
            if self.ok(reply):
                self.keep(user, reply.body)
                return
            break
        self.refresh_refused(user, token)

    def send_refresh(self, token: str) -> Reply:
        return self.hear(lambda: self.wire.refresh(token))

    def refresh_refused(self, user: str, token: str) -> None:
        """Another worker may have refreshed; else the user logs in again."""
        if self.pairs[user].refresh == token:
            self.connect(user)

    # --- the key
    def key_of(self, user: str) -> Key:
        if user not in self.keys:
            self.make_key(user)
        return self.keys[user]

    def make_key(self, user: str) -> None:
        """Ask for a key, and for another one as the refusals say. Raise `DeclinedError` if none can be had."""
        wish = Wish(self.groups)
        for _ in range(5):
            token = self.bearer(user)
            try:
                reply = self.send_wish(token, wish)
            except LostError:
                self.key_lost(user)
                continue
            if self.ok(reply):
                self.key_made(user, reply.data)
                return
            if reply.status == 401:
                self.access_refused(user)
            else:
                wish = self.wish_refused(user, wish, reply)
        raise DeclinedError("no key")

    def bearer(self, user: str) -> str:
        """What goes into the header of the request for a key."""
        return self.access(user)

    def send_wish(self, token: str, wish: Wish) -> Reply:
        return self.call(lambda: self.wire.add_key(token, *wish.groups, book_only=wish.book_only))

    def send_old(self, token: str) -> Reply:
        """The request at the old endpoint."""
        return self.call(lambda: self.bench.send("POST", OLD, b"", {**JSON, "authorization": f"bearer {token}"}))

    def key_made(self, user: str, data: Mapping[str, Any]) -> None:
        self.keys[user] = Key(*(data.get(name, "") for name in ("apiKey", "secret", "passphrase")))
        self.granted[user] = tuple(data.get("authGroup", "").split(","))

    def key_lost(self, user: str) -> None:
        """A key was made or not, and its secret never came: it is of no use, and another one is asked for."""

    def access_refused(self, user: str) -> None:
        """The access token is refused."""
        self.renew(user)

    def wish_refused(self, user: str, wish: Wish, reply: Reply) -> Wish:
        """What to ask for instead."""
        if "isAddressbookOnly" in reply.text:
            return replace(wish, book_only=not wish.book_only)
        if reply.code == "40503" and reply.text.endswith("was granted"):
            return replace(wish, groups=(*wish.groups, *(group for group in GROUPS if group in reply.text)))
        if reply.code == "40503":
            return replace(wish, groups=tuple(group for group in wish.groups if group not in reply.text))
        if "already created" in reply.text:
            self.connect(user)
            return wish
        raise DeclinedError(reply.text)
