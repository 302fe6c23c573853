"""What the tests share: clocks that stand still, and a desk from which every step can be taken.

The desk signs with its own few lines of HMAC, so that the simulator's signing is held against something else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from msgspec.structs import replace
from pyotp import TOTP

from simulator.clock import Clock, ClockSettings
from simulator.core.endpoints import OPERATIONS
from simulator.core.fast_api.api_keys import AddApiKey, ApiKeyAdded
from simulator.core.fast_api.authorization import Authorize, Authorized
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode, TokensIssued
from simulator.core.fast_api.withdrawals import Challenged, VerifyWithdrawal, Withdraw
from simulator.core.funds.payouts import Withdrawn
from simulator.core.gateway.pools import Meter, charge
from simulator.core.gateway.requests import Body
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup
from simulator.core.value import Command, Reply
from simulator.core.world import ApiKey, MadeBy, World, with_keys
from simulator.exchange import Exchange
from simulator.outcomes import Outcome
from support.demo_world import CALLBACK, demo_world

START = 1_780_272_000_000
"""2026-06-01T00:00:00Z."""
IP = "203.0.113.7"
PATH = "/api/v2/broker/withdrawal"


def hmac_sha256(secret: str, text: bytes) -> str:
    """base64(HMAC-SHA256(secret, text)), written down once more."""
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


@dataclass(frozen=True)
class Key:
    """What a broker keeps of an API key."""

    api_key: str
    secret: str
    passphrase: str

    def sign(
        self, body: bytes = b"", *, timestamp: int = START, method: str = "POST", path: str = PATH, query: str = ""
    ) -> SignedRequest:
        """A request as a client signs it: over the query as it is sent."""
        target = f"{path}?{query}" if query else path
        return SignedRequest(
            method=method,
            path=path,
            query=query,
            body=body,
            key=self.api_key,
            sign=hmac_sha256(self.secret, f"{timestamp}{method}{target}".encode() + body),
            timestamp=str(timestamp),
            passphrase=hmac_sha256(self.secret, self.passphrase.encode()),
            version="3",
            ip=IP,
        )


def query(redirect_uri: str = CALLBACK, state: str = "s-1", client_id: str = "demo-broker") -> str:
    """The query of the login page as s7.1 writes it."""
    return f"response_type=code&client_id={client_id}&redirect_uri={redirect_uri}&scope=OAUTH_CREATE_API&state={state}"


def token_query(code: str, redirect_uri: str = CALLBACK, client_id: str = "demo-broker") -> str:
    """The query of the token endpoint as s7.2 writes it."""
    return f"grant_type=authorization_code&code={code}&redirect_uri={redirect_uri}&client_id={client_id}"


def refresh_body(token: object, **changes: object) -> Body:
    """The body of s7.3."""
    fields = {"grant_type": "authorization_code", "refresh_token": token, "scope": "OAUTH_CREATE_API", **changes}
    return Body({name: value for name, value in fields.items() if value is not None})


def groups_body(*groups: str, book_only: bool = False) -> Body:
    """The body of s4.2: all seven keys, true for these."""
    return Body(
        {"authGroupMap": {group.value: group.value in groups for group in AuthGroup}, "isAddressbookOnly": book_only}
    )


OUTSIDE = {
    "trx": "ToutsideToutsideToutsideToutsideTo",
    "btc": "1outside1outside1outside1outside1",
    "xrp": "routsideroutsideroutsideroutside",
    **dict.fromkeys(("eth", "kcc", "arbitrum"), "0x0de51de0de51de0de51de0de51de0de51de0de51"),
}
"""Made-up addresses by chain, of the form that the chain's have."""


def payment(**changes: object) -> dict[str, object]:
    """The body of s8.2: 100 USDT by TRON to the outside. A change to None leaves the field out."""
    usual = {"BTC": "btc"}.get(str(changes.get("currency")), "eth")
    fields = {
        "currency": "USDT",
        "address": OUTSIDE.get(str(changes.get("chain", "trx") or usual), OUTSIDE["trx"]),
        "amount": "100",
        "withdrawType": "ADDRESS",
        "chain": "trx",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def by_account(kind: str, address: str, **changes: object) -> dict[str, object]:
    """The body of a payment by UID, MAIL or PHONE."""
    return payment(withdrawType=kind, address=address, **{"chain": None, **changes})


def own_key(world: World, user: str = "frank", **changes: Any) -> tuple[Key, World]:
    """A key that a user made by hand, and the world that knows it."""
    made = ApiKey(
        api_key=f"{len(world.api_keys):024x}",
        secret="own-secret",
        passphrase="own-passphrase",
        api_name="own",
        user=user,
        uid=world.users[user].uid,
        client_id="",
        groups=tuple(group for group in AuthGroup if group is not AuthGroup.API_WITHDRAW_OAUTH),
        addressbook_only=False,
        ip_whitelist=(),
        created_at=START,
        made_by=MadeBy.USER,
        withdrawal=True,
    )
    if made.api_name in world.key_ring(user).names:
        made = replace(made, api_name=f"own-{made.api_key}")
    made = replace(made, **changes)
    return Key(made.api_key, made.secret, made.passphrase), with_keys(world, [made])


def told(*values: object) -> tuple[object, ...]:
    """Amounts side by side, to be held against plain numbers."""
    return values


R = TypeVar("R", bound=Reply)


class Desk:
    """A broker's desk at an exchange whose two clocks stand still until they are told to move."""

    def __init__(self, world: World | None = None, **choices: Any) -> None:
        self.wall = START
        clock = Clock(ClockSettings(frozen=True, start=START), wall=lambda: self.wall)
        self.exchange = Exchange(world or demo_world(**choices), clock)

    @property
    def world(self) -> World:
        return self.exchange.world

    @world.setter
    def world(self, world: World) -> None:
        self.exchange.world = world

    def advance(self, milliseconds: int) -> None:
        """Move the business clock."""
        self.exchange.clock.advance(milliseconds)

    def perform(self, command: Command) -> Outcome:
        return self.exchange.perform(command)

    def meter(self, command: Command, ip: str = "") -> Meter:
        """Perform a command that the gateway counts, from this IP if it is a public call; what the pool says."""
        meter = self.exchange.perform(command, ip).meter
        assert meter is not None
        return meter

    def use_up(self, command: Command, ip: str = "") -> None:
        """Take all that is left of the pool that a command is counted in: thousands of calls at the cost of one."""
        rate_limit = OPERATIONS[type(command)].rate_limit
        assert rate_limit is not None
        exchange = self.exchange
        wall = exchange.clock.now().wall
        exchange.pools, _ = charge(exchange.pools, self.world, rate_limit, command, ip, wall, all_of_it=True)

    def do(self, command: Command, reply: type[R]) -> R:
        """Perform a command that must succeed with this reply."""
        result = self.perform(command).result
        assert isinstance(result, reply), result
        return result

    def refusal(self, command: Command) -> Refusal:
        """Perform a command that must be refused."""
        result = self.perform(command).result
        assert isinstance(result, Refusal), result
        return result

    def reason(self, command: Command) -> Reason:
        """Why a command is refused."""
        return self.refusal(command).reason

    # --- OAuth
    def authorize(
        self, user: str = "alice", *groups: AuthGroup, redirect_uri: str = CALLBACK, **more: Any
    ) -> Authorized:
        """The user logs in and grants these, or everything."""
        command = Authorize(query(redirect_uri), user, frozenset(groups or AuthGroup), **more)
        return self.do(command, Authorized)

    def pair(self, user: str = "alice", *groups: AuthGroup, **more: Any) -> TokensIssued:
        """Log in and buy tokens with the code."""
        code = self.authorize(user, *groups, **more).code
        return self.do(ExchangeCode(token_query(code), IP), TokensIssued)

    def refresh(self, token: str) -> TokensIssued:
        return self.do(RefreshTokens(refresh_body(token), IP), TokensIssued)

    def add_key(self, token: str, *groups: str, book_only: bool = False) -> ApiKeyAdded:
        """Make a key that can do this, or pay."""
        body = groups_body(*(groups or ("API_COMMON", "API_WITHDRAW_OAUTH")), book_only=book_only)
        return self.do(AddApiKey(f"bearer {token}", body, IP), ApiKeyAdded)

    def key(self, user: str = "alice", *, book_only: bool = False) -> Key:
        """All the way from login to a key that can pay."""
        pair = self.pair(user, addressbook_only=book_only)
        added = self.add_key(pair.access_token, book_only=book_only)
        return Key(added.api_key, added.secret, added.passphrase)

    def own_key(self, user: str = "frank", **changes: Any) -> Key:
        """A key that the user made by hand, which may do all that a hand can grant."""
        key, self.world = own_key(self.world, user, **changes)
        return key

    # --- withdrawal
    def withdrawal(self, key: Key, fields: Mapping[str, object]) -> Withdraw:
        """The opening request, signed now."""
        raw = json.dumps(fields, default=str).encode()
        return Withdraw(key.sign(raw, timestamp=self.wall), Body(fields))

    def answer(self, key: Key, fields: Mapping[str, object], challenge: Challenged, **wrong: str) -> VerifyWithdrawal:
        """The second request with the codes of the first alternative; `GAV="000000"` puts a wrong one in."""
        user = self.world.api_keys[key.api_key].user
        codes = {**self.codes(user, challenge), **wrong}
        factors = [
            {"factorType": factor.value, "factorValue": codes[factor.value]} for factor in challenge.all_factors[0]
        ]
        return self.verification(key, fields, {"transactionId": challenge.transaction_id, "factors": factors})

    def verification(self, key: Key, fields: Mapping[str, object], validation: object) -> VerifyWithdrawal:
        """The second request, signed now."""
        whole = {**fields, "validation": validation}
        raw = json.dumps(whole, default=str).encode()
        return VerifyWithdrawal(key.sign(raw, timestamp=self.wall), Body(whole))

    def codes(self, user: str, challenge: Challenged) -> dict[str, str]:
        """What the user reads on the phone and in the mailbox."""
        found = {
            message.factor.value: message.code
            for message in self.world.message_box(user).messages
            if message.transaction_id == challenge.transaction_id
        }
        return {"GAV": self.totp(user), **found}

    def totp(self, user: str, offset: int = 0) -> str:
        """The six digits of the user's authenticator, `offset` steps of 30 s from now."""
        moment = datetime.fromtimestamp(self.wall // 1000 + 30 * offset, UTC)
        return TOTP(self.world.users[user].totp_secret).at(moment)

    def challenge(self, key: Key, **changes: object) -> Challenged:
        return self.do(self.withdrawal(key, payment(**changes)), Challenged)

    def pay(self, key: Key, fields: Mapping[str, object]) -> Withdrawn:
        """Both steps, or the one that is needed."""
        result = self.perform(self.withdrawal(key, fields)).result
        if isinstance(result, Challenged):
            result = self.perform(self.answer(key, fields, result)).result
        assert isinstance(result, Withdrawn), result
        return result

    def balance(self, user: str, currency: str = "USDT") -> Decimal:
        return self.world.wallet(user).account(currency).balance

    def holds(self, user: str, currency: str = "USDT") -> Decimal:
        return self.world.wallet(user).account(currency).holds

    def pot(self, name: str, currency: str = "USDT") -> Decimal:
        amount: Decimal = getattr(self.world.pot(currency), name)
        return amount
