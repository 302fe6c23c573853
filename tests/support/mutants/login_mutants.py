"""Mutants that err at the login, with tokens, and with keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from support.desk import Key
from support.mutants.accounting import CarefulBroker
from support.mutants.calls import Reply
from support.mutants.connecting import Pair, Wish
from support.mutants.mistakes import Mutant, instead, stubborn
from support.mutants.styles import ReLogin


def whoever_began_last(self: CarefulBroker, parameters: Mapping[str, str]) -> str:
    return next(reversed(self.pending.values()))[0]


def without_a_state_too(self: CarefulBroker, parameters: Mapping[str, str]) -> str | None:
    if "state" not in parameters:
        return whoever_began_last(self, parameters)
    return self.pending.pop(parameters["state"], (None, 0))[0]


def any_earlier_state(self: CarefulBroker, parameters: Mapping[str, str]) -> str | None:
    return self.pending.get(parameters.get("state", ""), (None, 0))[0]


def exchange_whatever_comes(self: CarefulBroker, parameters: Mapping[str, str]) -> None:
    if not self.is_denied(parameters):
        user = self.pending.get(parameters.get("state", ""), (None, 0))[0]
        if user:
            self.exchange(user, parameters["code"])


def keep_the_first(self: CarefulBroker, user: str, body: Mapping[str, Any]) -> None:
    self.pairs.setdefault(user, Pair(body["access_token"], body["refresh_token"], self.now()))


def keep_the_old_access(self: CarefulBroker, user: str, body: Mapping[str, Any]) -> None:
    pair = Pair(body["access_token"], body["refresh_token"], self.now())
    self.pairs[user] = replace(pair, access=self.pairs.get(user, pair).access)


def keep_the_old_refresh(self: CarefulBroker, user: str, body: Mapping[str, Any]) -> None:
    pair = Pair(body["access_token"], body["refresh_token"], self.now())
    self.pairs[user] = replace(pair, refresh=self.pairs.get(user, pair).refresh)


def refresh_token(self: CarefulBroker, user: str) -> str:
    self.access(user)
    return self.pairs[user].refresh


def malformed(self: CarefulBroker, token: str, wish: Wish) -> Reply:
    return self.hear(lambda: self.bench.bearer(f"bearer {token}", {"API_WITHDRAW": True}))


def no_bearer(self: CarefulBroker, token: str, wish: Wish) -> Reply:
    return self.hear(lambda: self.bench.bearer("", {"API_COMMON": True}))


def another_key(self: CarefulBroker, user: str) -> None:
    del self.keys[user]


def half_a_key(self: CarefulBroker, user: str) -> None:
    """The bench's world knows what was in the half of the answer that came."""
    keys = self.bench.app.desk.exchange.world.api_keys.values()
    [key] = [key for key in keys if key.user == user]
    lost = Key(key.api_key, "none", "none")
    self.hear(lambda: self.wire.signed(lost, "GET", "/api/v1/accounts"))


# fmt: off
MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant("ignores-the-state", "takes any callback for that of the login that began last", instead("user_of?", user_of=whoever_began_last)),
    Mutant("accepts-a-missing-state", "checks the state only if there is one", instead("user_of?", user_of=without_a_state_too)),
    Mutant("keeps-states-for-ever", "accepts the state of a login that is over", instead("user_of?", user_of=any_earlier_state, forget=lambda self, user: None)),
    Mutant("exchanges-nothing", "does not read error in the callback", instead("is_denied?", is_denied=lambda self, parameters: False)),
    Mutant("forgets-logins", "forgets a login after five seconds", instead("is_recent?", is_recent=lambda self, since: self.now() - since < 5_000)),
    Mutant("exchanges-every-load", "exchanges the code whenever the callback is loaded", instead("user_of?", callback=exchange_whatever_comes)),
    Mutant("repeats-codes", "sends a code again that was refused", stubborn("send_code")),
    Mutant("tries-codes-for-ever", "sends a code again and again if its answer is lost", instead(code_refused=lambda self, user: [self.send_code(code) for code in self.codes for _ in range(3)])),
    Mutant("keeps-the-first-pair", "keeps the first pair of tokens of a user for ever", instead("keep?", keep=keep_the_first)),
    Mutant("keeps-the-old-access-token", "stores only the refresh token of a refresh", instead("keep?", keep=keep_the_old_access)),
    Mutant("keeps-the-old-refresh-token", "stores only the access token of a refresh", instead("keep?", keep=keep_the_old_refresh)),
    Mutant("repeats-refresh-tokens", "sends a refresh token again that was refused", stubborn("send_refresh")),
    Mutant("repeats-access-tokens", "sends an access token again that was refused", stubborn("send_wish", lambda reply, *_: reply.status == 401)),
    Mutant("mixes-tokens", "sends the refresh token as bearer", instead(bearer=refresh_token)),
    Mutant("sends-no-token", "loses the header with the access token", instead(send_wish=no_bearer)),
    Mutant("repeats-wishes", "asks for a key again that was refused", stubborn("send_wish", lambda reply, *_: reply.status != 401)),
    Mutant("insists-on-its-wish", "does not change what it asks for when that is refused", instead(wish_refused=lambda self, user, wish, reply: wish)),
    Mutant("uses-the-old-endpoint", "asks for keys at the old endpoint", instead(send_wish=lambda self, token, wish: self.send_old(token))),
    Mutant("names-groups-wrongly", "asks for a permission that there is not", instead(send_wish=malformed)),
    Mutant("comes-again-from-a-barred-address", "goes on when its address is not allowed", instead(address_is_barred=lambda self, user: None)),
    Mutant("makes-another-key-for-a-barred-address", "makes another key when its address is not allowed", instead(address_is_barred=another_key)),
    Mutant("knocks-with-a-deleted-key", "goes on with a key that the user has deleted", instead(key_is_gone=lambda self, user: None)),
    Mutant("uses-half-a-key", "signs with a key whose secret never came", instead(key_lost=half_a_key)),
    Mutant("reads-futures-of-everybody", "asks for accounts that the user has not granted", instead(may_read=lambda self, user: True)),
    Mutant("repeats-codes-and-logs-in", "sends a code again that was refused, and then asks for a new login", stubborn("send_code"), style=ReLogin),
)
# fmt: on
"""What errs here."""
